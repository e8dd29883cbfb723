//! One small job, and what its parties could forge.

use std::sync::OnceLock;

use drempel::analysis::Eligibility;
use drempel::files::{Container, ContainerError, Header, Kind, Seal};
use drempel::units::{AgreementId, Digest, KeyId, SubjectId};
use drempel::{
    EncryptedAnswer, EncryptedTable, EvaluationKey, Households, Provenance, SecretKey, SigningKey, Transcript,
};
use drempel_fhe::bootstrap::WORDS;
use drempel_fhe::ciphertexts::Bin;
use drempel_fhe::leveled::{self, NoiseSeed, NoiseStreams};
use drempel_fhe::params::{ANSWER_BITS, RING, Scale};
use drempel_fhe::{Engines, keys, le_bytes, packing};
pub use drempel_test_support::forged::{attestation, statement};
use drempel_test_support::{Artefact, forged};

/// Amounts of 0 or 1 cent: one bit.
pub const AGREEMENT: &str = r#"
[agreement]
name = "attacks"
purpose = "p"
legal_basis = "l"
valid_from = 2020-01-01
valid_until = 2099-12-31
retention_days = 1

[[party]]
name = "provider"
roles = ["data-provider", "auditor"]

[[party]]
name = "evaluator"
roles = ["evaluator"]

[[party]]
name = "holder"
roles = ["key-holder"]

[[party]]
name = "receiver"
roles = []

[[dataset]]
name = "income"
provider = "provider"
subject = "person"
amount = "cents"
unit = "eurocent"
concept = "income"
min = 0
max = 1

[analysis]
kind = "eligibility"
datasets = ["income"]
comparison = "below"
max_addends = 8
missing = "refuse"
line_min = 0
line_max = 1

[disclosure]
to = "receiver"
answers = 100000
audit = 1.0
"#;

/// Twelve people.
pub const INCOMES: &str = "person,cents\na,0\nb,1\nc,0\nd,1\ne,0\nf,1\ng,0\nh,1\ni,0\nj,1\nk,0\nl,1\n";

/// Two households of one.
pub const HOUSEHOLDS: &str = "household,person,poverty_line_cents\nh1,a,1\nh2,b,1\n";

/// All roles of a job of this kind.
pub type Scene = drempel_test_support::Scene<Eligibility>;

/// All roles of that job. Everybody who needs no keys of their own shares these: making them takes seconds.
pub fn shared() -> &'static Scene {
    static SHARED: OnceLock<Scene> = OnceLock::new();
    SHARED.get_or_init(|| Scene::new(AGREEMENT, &[INCOMES]))
}

/// All roles of the same agreement once more, with other keys.
pub fn another() -> &'static Scene {
    static ANOTHER: OnceLock<Scene> = OnceLock::new();
    ANOTHER.get_or_init(|| Scene::new(AGREEMENT, &[INCOMES]))
}

/// The evaluator's file.
pub fn households(text: &str) -> Households {
    Households::from_csv(text.as_bytes()).expect("valid")
}

/// An answer file with any contents, signed by the evaluator: what a dishonest one can always make.
pub fn answer(scene: &Scene, provenance: &Provenance, payload: &[u8]) -> EncryptedAnswer {
    let key = scene.evaluation_key.header();
    answer_for(scene, (key.agreement, key.key), provenance, payload)
}

/// The same under any agreement and key.
pub fn answer_for(
    scene: &Scene,
    of: (AgreementId, KeyId),
    provenance: &Provenance,
    payload: &[u8],
) -> EncryptedAnswer {
    answer_by(&scene.key("evaluator"), of, provenance, payload)
}

/// The same by anybody.
pub fn answer_by(
    signer: &SigningKey,
    of: (AgreementId, KeyId),
    provenance: &Provenance,
    payload: &[u8],
) -> EncryptedAnswer {
    forged::answer(signer, of, provenance, packing::RING_BYTES, payload)
}

/// A transcript of any ciphertexts, signed by the evaluator.
pub fn transcript(scene: &Scene, rows: &[u32]) -> Transcript {
    let Header { agreement, key, .. } = *scene.evaluation_key.header();
    let (kind, chunk_bytes) = (Kind::Transcript, packing::ROWS_PER_CHUNK * packing::ROW_BYTES);
    let mut payload = Vec::new();
    le_bytes::write(&mut payload, rows);
    let file = Artefact { kind, agreement, key, chunk_bytes, metadata: &[], payload: &payload };
    Transcript::from_bytes(file.signed(&scene.key("evaluator"), "")).expect("well-formed")
}

/// What is written to memory, as a file that is whole.
fn contents(write: impl FnOnce(&mut Vec<u8>) -> Result<(), ContainerError>) -> Container {
    let mut bytes = Vec::new();
    write(&mut bytes).expect("in memory");
    Container::from_bytes(bytes).expect("just written")
}

/// All bytes of a file's payload.
fn payload_of(container: &Container) -> Vec<u8> {
    container.payload(container.header().payload_bytes as usize).expect("in memory")
}

/// The payload of an answer.
pub fn answer_payload(answer: &EncryptedAnswer) -> Vec<u8> {
    payload_of(&contents(|bytes| answer.write(bytes)))
}

/// The words of a transcript's ciphertexts.
pub fn transcript_rows(transcript: &Transcript) -> Vec<u32> {
    packing::read_rows(&payload_of(&contents(|bytes| transcript.write(bytes))))
}

/// A table's digest with its provider's signature.
pub fn seal(table: &EncryptedTable) -> Seal {
    contents(|bytes| table.write(bytes)).seal()
}

/// An evaluation key, ready to compute whatever its owner wants.
pub fn engines(key: &EvaluationKey) -> Engines {
    let payload = payload_of(&contents(|bytes| key.write(bytes)));
    Engines::expand(&key.parts(), payload).expect("of its length")
}

/// The randomness that closes the noise of a scene's answers, as docs/protocol.md has it: the evaluator can make it.
pub fn streams(scene: &Scene, made: &Provenance) -> NoiseStreams {
    let (seed, nonce) = scene.evaluator.noise().expect("a scene has noise");
    let seed = payload_of(&contents(|bytes| seed.write(bytes)));
    let nonce = payload_of(&contents(|bytes| nonce.write(bytes)));
    let agreement = scene.evaluation_key.header().agreement;
    let tables = made.tables.iter().map(Seal::digest);
    let job = [agreement, made.evaluation_key].into_iter().chain(tables);
    let job = job.chain([made.cases, Digest::of(made.program.as_bytes())]);
    let job: Vec<u8> = job.flat_map(|digest| *digest.as_bytes()).collect();
    let seed = NoiseSeed::new(seed.try_into().expect("32 bytes"));
    NoiseStreams::new(&seed, Digest::of(&job).as_bytes(), &nonce.try_into().expect("32 bytes"))
}

/// Around the gate: all values of an answer, for who has the secret key and no conscience.
pub fn decrypt(key: &SecretKey, answer: &EncryptedAnswer) -> Vec<i64> {
    let packed = key.to_bytes();
    let secret = keys::SecretKey::from_bytes(key_bits(&packed)).expect("a key file ends with the key");
    let payload = answer_payload(answer);
    let chunks = payload.chunks(packing::chunk_bytes(answer.provenance().scale));
    match answer.provenance().scale {
        Scale::Slots => chunks
            .filter_map(packing::read_ring)
            .flat_map(|ring| secret.phases(&ring).to_vec())
            .map(packing::decode_slot)
            .collect(),
        Scale::Halves => chunks
            .filter_map(packing::read_ring)
            .flat_map(|ring| secret.phases(&ring).to_vec())
            .map(|phase| {
                leveled::read(u64::from(phase) << (u64::BITS - ANSWER_BITS), 0, 0.249).map_or(-1, i64::from)
            })
            .collect(),
        Scale::Sums => chunks
            .map(packing::read_rows)
            .flat_map(|rows| {
                rows.chunks_exact(WORDS).map(|row| packing::decode_sum(secret.phase(row))).collect::<Vec<_>>()
            })
            .collect(),
    }
}

/// The bits of a secret key as it lies in a key file, eight a byte.
pub fn key_bits(key_file: &[u8]) -> &[u8] {
    &key_file[key_file.len() - keys::SecretKey::BYTES..]
}

/// A bin of a table as a ring element of answers: what anybody can make with the public key alone. An expanded list takes
/// inner products with the key where a ring element takes a product of polynomials, so the mask is read backwards.
pub fn as_ring(bin: &Bin) -> (Vec<u16>, Vec<u16>) {
    let shift = u64::BITS - ANSWER_BITS;
    let round = |word: u64| (word.wrapping_add(1 << (shift - 1)) >> shift) as u16;
    let backwards = bin.mask[1..].iter().rev().map(|word| round(word.wrapping_neg()));
    let mask = std::iter::once(round(bin.mask[0])).chain(backwards).collect();
    (mask, bin.bodies.iter().map(|word| round(*word)).collect())
}

/// The payload of an answer file of one ring element.
pub fn payload(mask: &[u16], bodies: &[u16]) -> Vec<u8> {
    let mut payload = Vec::new();
    le_bytes::write(&mut payload, mask);
    le_bytes::write(&mut payload, bodies);
    payload
}

/// The length of the payload of an answer file with so many values, at most [`RING`].
pub fn payload_bytes(values: usize) -> usize {
    (RING + values) * size_of::<u16>()
}

/// The distance between two values in a packed answer.
pub const ONE: u16 = 1 << (ANSWER_BITS - 1);

/// Whom or what answers are about.
pub fn subjects(provenance: &Provenance) -> Vec<SubjectId> {
    provenance.subjects.iter().map(|id| SubjectId::try_from(id).expect("an identifier")).collect()
}
