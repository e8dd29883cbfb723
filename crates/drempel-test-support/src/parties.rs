//! What every party has before a test of the command begins: a signed agreement, and signing keys in key files.

use std::fs;
use std::path::Path;

use drempel::Rehearsal;
use drempel::agreement::Signatures;
use drempel::analysis::Eligibility;
use drempel::files::{Access, write_atomically};

use crate::encrypted;

/// Writes `name`, the signatures beside it, and one signing key per party.
pub fn sign_all(folder: &Path, name: &str, text: &str) -> Rehearsal<Eligibility> {
    let rehearsal = Rehearsal::<Eligibility>::of(text).expect("a sound agreement");
    let path = folder.join(name);
    fs::write(&path, rehearsal.agreement().text()).expect("writes");
    fs::write(Signatures::path(&path), rehearsal.signatures().to_text()).expect("writes");
    let stem = name.trim_end_matches(".toml");
    for party in rehearsal.agreement().parties() {
        let key = folder.join(format!("{stem}.{}.key", party.name));
        write_key_file(&key, &rehearsal.key(&party.name).to_bytes());
    }
    rehearsal
}

/// Writes a key file that opens fast.
pub fn write_key_file(path: &Path, secret: &[u8]) {
    let encrypted = encrypted(secret);
    write_atomically(path, Access::Private, |out| std::io::Write::write_all(out, &encrypted))
        .expect("writes");
}
