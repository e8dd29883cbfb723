//! What every party has before a test begins: a signed agreement, and signing keys in key files that open fast.

use std::fs;
use std::path::Path;

use drempel::Rehearsal;
use drempel::agreement::Signatures;
use drempel::container::{Access, write_atomically};

/// Of every key file that a test makes.
pub(crate) const PASSPHRASE: &str = "test";

/// Writes `name`, the signatures beside it, and one signing key per party.
pub(crate) fn sign_all(folder: &Path, name: &str, text: &str) -> Rehearsal {
    let rehearsal = Rehearsal::of(text).expect("a sound agreement");
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

/// A key file with the smallest work factor, so that tests need not wait a second for each.
pub(crate) fn key_file(path: &Path, secret: &[u8]) {
    let mut recipient = age::scrypt::Recipient::new(PASSPHRASE.to_owned().into());
    recipient.set_work_factor(2);
    let encrypted = age::encrypt(&recipient, secret).expect("encrypts");
    write_atomically(path, Access::Private, |out| std::io::Write::write_all(out, &encrypted))
        .expect("writes");
}
