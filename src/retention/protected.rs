//! What no purge deletes: keys, agreements and ledgers.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::files::{is_key_file, is_ledger};
use crate::units::{AgreementId, Digest};

/// The most bytes at the beginning of a file that are read to recognise it: no agreement is longer.
const RECOGNISED_BY: u64 = 1 << 20;

/// What a file is that must stay.
pub(super) fn protected(file: &Path, agreement: AgreementId) -> io::Result<Option<&'static str>> {
    if is_key_file(file) {
        return Ok(Some("a key file"));
    }
    if is_ledger(file) {
        return Ok(Some("a ledger"));
    }
    let mut start = Vec::new();
    File::open(file)?.take(RECOGNISED_BY + 1).read_to_end(&mut start)?;
    if start.is_empty() {
        return Ok(Some("an empty file, as a new ledger is"));
    }
    // Its signatures begin with the same word as the agreement itself.
    let table: Option<toml::Table> =
        std::str::from_utf8(&start).ok().and_then(|text| toml::from_str(text).ok());
    if Digest::of(&start) == agreement || table.is_some_and(|table| table.contains_key("agreement")) {
        return Ok(Some("an agreement or its signatures"));
    }
    Ok(None)
}
