//! What every party has before a test begins: a signed agreement, and signing keys in key files that open fast.

use std::fs;
use std::path::Path;

use drempel::Rehearsal;
use drempel::agreement::Signatures;
use drempel::analysis::Eligibility;
use drempel::files::{Access, write_atomically};

#[path = "key_file.rs"]
mod encryption;

pub(crate) use encryption::PASSPHRASE;

/// Writes `name`, the signatures beside it, and one signing key per party.
pub(crate) fn sign_all(folder: &Path, name: &str, text: &str) -> Rehearsal<Eligibility> {
    let rehearsal = Rehearsal::<Eligibility>::of(text).expect("a sound agreement");
    let path = folder.join(name);
    fs::write(&path, rehearsal.agreement().text()).expect("writes");
    fs::write(Signatures::path(&path), rehearsal.signatures().to_text()).expect("writes");
    let stem = name.trim_end_matches(".toml");
    for party in rehearsal.agreement().parties() {
        let key = folder.join(format!("{stem}.{}.key", party.name));
        key_file(&key, &rehearsal.key(&party.name).to_bytes());
    }
    rehearsal
}

/// Writes a key file that opens fast.
pub(crate) fn key_file(path: &Path, secret: &[u8]) {
    let encrypted = encryption::encrypted(secret);
    write_atomically(path, Access::Private, |out| std::io::Write::write_all(out, &encrypted))
        .expect("writes");
}
