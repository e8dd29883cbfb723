//! The first bytes of files that are never overwritten.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Every file in the age format.
pub(super) const KEY_FILE: &[u8] = b"age-encryption.org/";

/// Every ledger with an entry.
const LEDGER: &[u8] = b"{\"entry\":{\"number\":1,";

/// Whether there is a key file at this path.
pub fn is_key_file(path: &Path) -> bool {
    starts_with(path, KEY_FILE)
}

/// Whether there is a ledger at this path.
pub fn is_ledger(path: &Path) -> bool {
    starts_with(path, LEDGER)
}

fn starts_with(path: &Path, bytes: &[u8]) -> bool {
    let mut start = vec![0; bytes.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == bytes
}
