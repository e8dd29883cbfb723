//! A stranger's bytes, and everything that reads them: each kind of file with the steps that come after it. No bytes may
//! make any of it panic, and none but an owner's own may be accepted. The mutation tests and the fuzz targets use this.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::{fs, thread};

use bincode::Options;
use drempel::agreement::Role;
use drempel::analysis::{Eligibility, Question};
use drempel::files::{Header, Kind};
use drempel::signature::VerifyingKey;
use drempel::units::{AgreementId, Digest, KeyId, SubjectIds};
use drempel::{
    Agreement, Answer, Attestation, EncryptedAnswer, Households, SignedAgreement, SigningKey, Table,
};
use drempel_fhe::params::RING;
use drempel_test_support::{Artefact, is_signed_by};

use crate::forge::{HOUSEHOLDS, INCOMES, Scene, households, shared};

mod containers;
mod texts;

use containers::{
    attestation, blinding, encrypted_answer, encrypted_table, evaluation_key, noise, nonce, public_key,
    transcript,
};
use texts::{
    agreement, cases_csv, key_file, ledger, manifest, pseudonyms_csv, secrets, signatures, table_csv,
};

/// One kind of file.
pub struct Target {
    /// What it is called in `TARGETS` and among the fuzz targets.
    pub name: &'static str,
    /// Reads bytes of the kind and does what comes after; whether they were accepted.
    pub read: fn(&World, &[u8]) -> bool,
    /// Files of the kind that are as they should be.
    pub good: fn(&World) -> Vec<Vec<u8>>,
    /// Whether every byte of the kind is vouched for, so that nothing but a good file is accepted.
    pub authentic: bool,
    /// Which container the kind is, where it is one.
    pub kind: Option<Kind>,
}

macro_rules! targets {
    ($($name:ident: $authentic:literal, $kind:expr;)+) => {
        /// Every kind of file that drempel reads.
        pub const TARGETS: &[Target] = &[$(Target {
            name: stringify!($name), read: $name::read, good: $name::good, authentic: $authentic, kind: $kind,
        }),+];
    };
}

targets! {
    public_key: true, Some(Kind::PublicKey);
    evaluation_key: true, Some(Kind::EvaluationKey);
    encrypted_table: true, Some(Kind::EncryptedTable);
    encrypted_answer: true, Some(Kind::EncryptedAnswer);
    transcript: true, Some(Kind::Transcript);
    attestation: true, Some(Kind::Attestation);
    blinding: true, Some(Kind::Blinding);
    noise: true, Some(Kind::Noise);
    nonce: true, Some(Kind::Nonce);
    key_file: true, None;
    ledger: true, None;
    agreement: true, None;
    signatures: false, None;
    secrets: false, None;
    manifest: false, None;
    table_csv: false, None;
    cases_csv: false, None;
    pseudonyms_csv: false, None;
}

/// The kind of file with this name.
///
/// # Panics
/// When there is no such kind.
pub fn target(name: &str) -> &'static Target {
    TARGETS.iter().find(|target| target.name == name).expect("a target")
}

/// Reads bytes as one kind of file, and, where the kind is a container, as what is in a container that is well-formed
/// and signed.
///
/// # Panics
/// When there is no such kind; otherwise never, or something is wrong.
pub fn run(name: &str, bytes: &[u8]) {
    let (target, world) = (target(name), World::get());
    (target.read)(world, bytes);
    if let Some(kind) = target.kind {
        (target.read)(world, &world.sealed(kind, bytes));
    }
}

/// One honest job, and a folder for what is read from files.
pub struct World {
    /// All roles, with their keys.
    pub scene: &'static Scene,
    households: Households,
    table: Table,
    answer: EncryptedAnswer,
    attestation: Attestation,
    released: Answer,
    folder: tempfile::TempDir,
    kinds: Vec<Agreement<Question>>,
}

/// The agreements of the examples, one for each analysis.
const KINDS: [&str; 9] = [
    include_str!("../../../examples/agreements/svb_uwv.toml"),
    include_str!("../../../examples/agreements/area_count.toml"),
    include_str!("../../../examples/agreements/debt_alarm.toml"),
    include_str!("../../../examples/agreements/debt_count.toml"),
    include_str!("../../../examples/agreements/group_comparison.toml"),
    include_str!("../../../examples/agreements/group_mean.toml"),
    include_str!("../../../examples/agreements/matching.toml"),
    include_str!("../../../examples/agreements/presence.toml"),
    include_str!("../../../examples/agreements/ranking.toml"),
];

impl World {
    /// The same for the whole process: its keys take seconds.
    pub fn get() -> &'static Self {
        static WORLD: OnceLock<World> = OnceLock::new();
        WORLD.get_or_init(Self::new)
    }

    fn new() -> Self {
        let scene = shared();
        let households = households(HOUSEHOLDS);
        let table = Table::from_csv(scene.agreement(), "income", INCOMES.as_bytes()).expect("valid");
        let evaluation = scene.evaluate(&households);
        let attestation = scene.audit(&households, &evaluation).expect("honest");
        let answer = evaluation.answer;
        let released = scene.release(&answer, std::slice::from_ref(&attestation)).expect("honest");
        let kinds = KINDS.iter().map(|text| Agreement::parse(text).expect("an example")).collect();
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { scene, households, table, answer, attestation, released, folder, kinds }
    }

    fn signer(&self, kind: Kind) -> (SigningKey, &'static str) {
        match kind {
            Kind::PublicKey | Kind::EvaluationKey => (self.scene.key("holder"), ""),
            Kind::EncryptedTable => (self.scene.key("provider"), "income"),
            Kind::Attestation | Kind::Nonce => (self.scene.key("provider"), ""),
            Kind::EncryptedAnswer | Kind::Transcript | Kind::Blinding | Kind::Noise => {
                (self.scene.key("evaluator"), "")
            }
            other => panic!("{other} has no target"),
        }
    }

    /// A container with these contents that its owner might have signed.
    pub fn signed(&self, kind: Kind, chunk_bytes: usize, metadata: &[u8], payload: &[u8]) -> Vec<u8> {
        let own = self.scene.evaluation_key.header();
        let key = if kind == Kind::PublicKey { Digest::of(payload) } else { own.key };
        self.signed_for(kind, (own.agreement, key), chunk_bytes, metadata, payload)
    }

    /// The same, for any agreement and key.
    pub fn signed_for(
        &self,
        kind: Kind,
        (agreement, key): (AgreementId, KeyId),
        chunk_bytes: usize,
        metadata: &[u8],
        payload: &[u8],
    ) -> Vec<u8> {
        let (signer, name) = self.signer(kind);
        Artefact { kind, agreement, key, chunk_bytes, metadata, payload }.signed(&signer, name)
    }

    /// Bytes as metadata and payload. The first three say how: which length of chunks, whether the payload is repeated up
    /// to the length that belongs to the metadata, and how long the metadata is.
    fn sealed(&self, kind: Kind, bytes: &[u8]) -> Vec<u8> {
        let Some((&[how, low, high], rest)) = bytes.split_first_chunk() else {
            return Vec::new();
        };
        let (metadata, pattern) = rest.split_at(rest.len().min(usize::from(u16::from_le_bytes([low, high]))));
        let chunk_bytes = match kind {
            Kind::PublicKey | Kind::EvaluationKey => 1 << 20,
            Kind::EncryptedTable => 1 << 15,
            Kind::EncryptedAnswer if how & 1 == 0 => 1 << 13,
            Kind::EncryptedAnswer | Kind::Transcript => 64 * 8_196,
            Kind::Attestation => 1,
            Kind::Blinding | Kind::Noise | Kind::Nonce => 32,
            other => panic!("{other} has no target"),
        };
        let fitting = match kind {
            Kind::PublicKey => 16_400,
            Kind::EncryptedTable => table_bytes(metadata).unwrap_or(0),
            Kind::EncryptedAnswer if how & 1 == 0 => 4_096 + 2 * usize::from(how >> 2),
            Kind::EncryptedAnswer | Kind::Transcript => 8_196 * usize::from(how >> 5),
            Kind::EvaluationKey | Kind::Attestation => 0,
            Kind::Blinding | Kind::Noise | Kind::Nonce => 32,
            other => panic!("{other} has no target"),
        };
        let length = if how & 2 == 0 { fitting } else { pattern.len() };
        let payload: Vec<u8> = pattern.iter().chain([&1]).copied().cycle().take(length).collect();
        self.signed(kind, chunk_bytes, metadata, &payload)
    }

    fn agreement(&self) -> &SignedAgreement<Eligibility> {
        self.scene.agreement()
    }

    /// Whether a well-formed file is this job's and of the party that must have signed it.
    fn owns(&self, file: &[u8], header: &Header, digest: Digest) -> bool {
        let own = self.scene.evaluation_key.header();
        let role = match header.kind {
            Kind::PublicKey | Kind::EvaluationKey => Role::KeyHolder,
            Kind::EncryptedTable | Kind::Attestation | Kind::Nonce => Role::DataProvider,
            _ => Role::Evaluator,
        };
        let (_, name) = self.signer(header.kind);
        (header.agreement, header.key) == (own.agreement, own.key)
            && is_signed_by(file, header, digest, &self.key_of(role), name)
    }

    /// The public signing key of the party with a role.
    fn key_of(&self, role: Role) -> VerifyingKey {
        let mut parties = self.agreement().holders(role);
        parties.next().and_then(|party| party.signing_key).expect("a signed agreement")
    }

    /// A file with these bytes, for this thread only.
    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(format!("{:?}", thread::current().id())).join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("makes");
        fs::write(&path, bytes).expect("writes");
        path
    }
}

/// The length of the payload of a table with this metadata, unless it is large.
fn table_bytes(metadata: &[u8]) -> Option<usize> {
    let options = bincode::DefaultOptions::new().with_limit(metadata.len() as u64).reject_trailing_bytes();
    let (_, width, rows_per_bin, subjects): (String, u32, Option<u32>, SubjectIds) =
        options.deserialize(metadata).ok()?;
    let ciphertexts = match rows_per_bin {
        Some(rows) => RING.checked_mul(subjects.len().div_ceil((rows as usize).max(1)))?,
        None => subjects.len().checked_mul(width as usize)?,
    };
    let bytes = (ciphertexts.div_ceil(RING) * RING + ciphertexts) * size_of::<u64>();
    (bytes <= 1 << 17).then_some(bytes)
}
