//! The files of tests/vectors, copied to where commands can write, and what a test does with them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use arrow_array::RecordBatch;
use drempel_test_support::{copy, repository};
use ed25519_dalek::SigningKey;
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use serde_json::Value;

use crate::artefact::Artefact;
pub(crate) use crate::artefact::hexadecimal;

pub(crate) const PASSPHRASE: &str = "test";

/// A copy of the kept files.
pub(crate) struct Kept(tempfile::TempDir);

impl Kept {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        copy(&repository("tests/vectors"), folder.path());
        Self(folder)
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.path().join(name)).expect(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.path().join(name), bytes).expect(name);
    }

    /// Every file, by its path in the folder.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut folders = vec![self.0.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(self.0.path()).expect("it is in there");
                    names.push(name.to_str().expect("text").to_owned());
                }
            }
        }
        names
    }

    pub(crate) fn copy(&self, from: &str, to: &str) {
        self.write(to, &self.read(from));
    }

    /// Keeps a key file from others, as the commands demand it.
    pub(crate) fn own(&self, name: &str) {
        fs::set_permissions(self.0.path().join(name), fs::Permissions::from_mode(0o600)).expect(name);
    }

    fn output(&self, command: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_drempel"))
            .args(command.split_ascii_whitespace())
            .env("DREMPEL_PASSPHRASE", PASSPHRASE)
            .current_dir(self.0.path())
            .output()
            .expect("drempel starts")
    }

    pub(crate) fn run(&self, command: &str) -> String {
        let output = self.output(command);
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    pub(crate) fn refuse(&self, command: &str, code: i32, message: &str) {
        let output = self.output(command);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{command}: {said}");
        assert!(said.contains(message), "{command}: {said}");
    }

    /// Two files have the same bytes.
    pub(crate) fn same(&self, made: &str, kept: &str) {
        assert!(self.read(made) == self.read(kept), "{made} is not {kept}");
    }

    /// What a Parquet file holds.
    pub(crate) fn parquet(&self, name: &str) -> Vec<RecordBatch> {
        let reader =
            ParquetRecordBatchReader::try_new(bytes::Bytes::from(self.read(name)), 1_000).expect(name);
        reader.collect::<Result<_, _>>().expect(name)
    }

    /// The program under test: what its answers are said to be made by.
    pub(crate) fn program(&self) -> String {
        self.run("-V").trim().to_owned()
    }

    pub(crate) fn artefact(&self, name: &str) -> Artefact {
        Artefact::parse(&self.read(name))
    }

    /// A party's signing key, as docs/format.md says, section 9.
    fn signing_key(&self, party: &str) -> SigningKey {
        let identity = age::scrypt::Identity::new(PASSPHRASE.to_owned().into());
        let secret = age::decrypt(&identity, &self.read(&format!("parties/{party}.key"))).expect("opens");
        let seed = secret.strip_prefix(b"drempel signing key 1\n").expect("a signing key");
        SigningKey::from_bytes(seed.try_into().expect("32 bytes"))
    }

    pub(crate) fn sealed_by(&self, party: &str, artefact: Artefact) -> Artefact {
        artefact.sealed(&self.signing_key(party))
    }

    /// An answer and its attestation as they would be, had this program made them: files of `name`.
    pub(crate) fn made_by(&self, program: &str, set: &str, name: &str) {
        let mut answer = self.artefact(&format!("{set}/answer.enc"));
        answer.set_program(program);
        let answer = self.sealed_by("centre", answer);
        let mut attestation = self.artefact(&format!("{set}/answer.attest"));
        attestation.set_program(program);
        attestation.metadata[..32].copy_from_slice(answer.digest());
        if set == "v4/eligibility" {
            draw(&mut attestation.metadata);
        }
        let attestation = self.sealed_by("uwv", attestation);
        self.write(&format!("{set}/{name}.enc"), &answer.bytes());
        self.write(&format!("{set}/{name}.attest"), &attestation.bytes());
    }

    /// Puts an evaluation key together, the payload of which is a formula.
    pub(crate) fn formula_key(&self, set: &str) {
        let key = Artefact::of_ends(&self.read(&format!("{set}/formula.ends")), formula);
        self.write(&format!("{set}/formula.key"), &key.bytes());
        let said: Value =
            serde_json::from_str(&self.run(&format!("inspect {set}/formula.key --json"))).expect("JSON");
        assert_eq!(said["kind"], "an evaluation key");
        assert_eq!(said["digest"], hexadecimal(key.digest()));
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }
}

/// Bytes without a pattern, which mean nothing: BLAKE3 of the number 1 as 8 bytes, as long as asked for.
pub(crate) fn formula(bytes: usize) -> Vec<u8> {
    let mut payload = vec![0; bytes];
    blake3::Hasher::new().update(&1_u64.to_le_bytes()).finalize_xof().fill(&mut payload);
    payload
}

/// Counts whom an audit of half the answers draws (docs/protocol.md, section 9.4): of the four answers of the file, with
/// the first nonce from the attestation's own on that draws anybody.
fn draw(metadata: &mut [u8]) {
    let (named, counted) = metadata.split_at_mut(64);
    counted[0] = 0;
    while counted[0] == 0 {
        for place in 0..u64::from(counted[1]) {
            let mut hasher = blake3::Hasher::new_derive_key("drempel 2026 rows that an audit draws");
            hasher.update(named).update(&place.to_le_bytes());
            // Below half of 2^64: the highest bit, in the last of eight bytes, is not set.
            counted[0] += u8::from(hasher.finalize().as_bytes()[7] < 128);
        }
        named[63] = named[63].wrapping_add(u8::from(counted[0] == 0));
    }
}
