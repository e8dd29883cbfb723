//! Artefacts that no role would make, signed by whoever is asked to. Written as docs/format.md says, without drempel's own
//! writer: nothing in them was ever encrypted, and documents read only what they were made from and who signed.

use bincode::Options as _;
use drempel::SignedAgreement;
use drempel::agreement::Role;
use drempel::analysis::Program;
use drempel::artefacts::PROGRAM;
use drempel::artefacts::Statement;
use drempel::circuit::Scale;
use drempel::files::{Container, Seal};
use drempel::units::{AgreementId, Digest, KeyId, SubjectIds};
use drempel::{Attestation, EncryptedAnswer, Provenance, SigningKey};
use ed25519_dalek::Signer as _;
use serde::Serialize;

/// The key set of all of them.
pub(crate) const KEY: KeyId = Digest::ZERO;

const VERSION: u16 = if cfg!(insecure_parameters) { 0xffff } else { 3 };
const ENCRYPTED_TABLE: u16 = 4;
const ENCRYPTED_ANSWER: u16 = 5;
const ATTESTATION: u16 = 7;

/// Who signs, and under which name.
struct By<'a> {
    key: &'a SigningKey,
    name: &'a str,
}

/// A container of this kind. docs/format.md, section 1.
fn container(
    (kind, chunk_bytes): (u16, u32),
    agreement: AgreementId,
    metadata: &[u8],
    payload: &[u8],
    by: &By<'_>,
) -> Vec<u8> {
    let mut header = b"drempel\n".to_vec();
    header.extend(VERSION.to_le_bytes());
    header.extend(kind.to_le_bytes());
    header.extend(chunk_bytes.to_le_bytes());
    header.extend((metadata.len() as u64).to_le_bytes());
    header.extend((payload.len() as u64).to_le_bytes());
    header.extend(agreement.as_bytes());
    header.extend(KEY.as_bytes());
    header.extend(blake3::hash(&header).as_bytes());
    let mut whole = blake3::Hasher::new();
    whole.update(&header).update(metadata);
    let mut bytes = [&header, metadata].concat();
    for (number, chunk) in (0_u64..).zip(payload.chunks(chunk_bytes as usize)) {
        let mut digest = blake3::Hasher::new();
        digest.update(agreement.as_bytes()).update(KEY.as_bytes()).update(&kind.to_le_bytes());
        let digest = digest.update(&number.to_le_bytes()).update(chunk).finalize();
        whole.update(digest.as_bytes());
        bytes.extend(chunk);
        bytes.extend(digest.as_bytes());
    }
    let digest = whole.finalize();
    let message = format!("drempel artefact 1\n{kind}\n{agreement}\n{KEY}\n{}\n", by.name);
    bytes.extend(digest.as_bytes());
    bytes.extend(signature(by.key, &[message.as_bytes(), digest.as_bytes()].concat()));
    bytes
}

/// A key file ends with the seed of the key. docs/format.md, section 9.
fn signature(key: &SigningKey, message: &[u8]) -> [u8; 64] {
    let bytes = key.to_bytes();
    let seed = bytes.last_chunk().expect("32 bytes");
    ed25519_dalek::SigningKey::from_bytes(seed).sign(message).to_bytes()
}

fn encoded(metadata: &impl Serialize) -> Vec<u8> {
    bincode::DefaultOptions::new().serialize(metadata).expect("in memory")
}

/// The seal of a table without rows.
pub(crate) fn table(agreement: AgreementId, dataset: &str, provider: &SigningKey) -> Seal {
    let by = By { key: provider, name: dataset };
    let bytes = container((ENCRYPTED_TABLE, 1 << 15), agreement, &[], &[], &by);
    Container::from_bytes(bytes).expect("just written").seal()
}

/// What an answer about these subjects says that it was made from.
pub(crate) fn provenance<A: Program>(
    agreement: &SignedAgreement<A>,
    tables: Vec<Seal>,
    cases: Digest,
    subjects: SubjectIds,
) -> Provenance {
    let released = agreement.shape().released().clone();
    Provenance {
        program: PROGRAM.to_owned(),
        evaluation_key: Digest::of(b"key"),
        tables,
        cases,
        transcript: None,
        blinding: None,
        scale: released.scale,
        fields: released.fields.len() as u32,
        subjects,
    }
}

/// An encrypted answer whose every word is zero. docs/format.md, section 5.
pub(crate) fn answer(agreement: AgreementId, made: &Provenance, signer: &SigningKey) -> EncryptedAnswer {
    let values = made.subjects.len() * made.fields as usize;
    EncryptedAnswer::from_bytes(answer_of(agreement, made.scale, values, &encoded(made), signer))
        .expect("just written")
}

/// The same with any metadata.
pub(crate) fn answer_of(
    agreement: AgreementId,
    scale: Scale,
    values: usize,
    metadata: &[u8],
    signer: &SigningKey,
) -> Vec<u8> {
    let (chunk_bytes, payload) = match scale {
        Scale::Slots => (8_192, 2 * (2_048 * values.div_ceil(2_048) + values)),
        Scale::Sums => (64 * 8_196, 8_196 * values),
    };
    let by = By { key: signer, name: "" };
    container((ENCRYPTED_ANSWER, chunk_bytes), agreement, metadata, &vec![0; payload], &by)
}

/// The metadata of an answer.
pub(crate) fn metadata(made: &Provenance) -> Vec<u8> {
    encoded(made)
}

/// An attestation that every answer was evaluated again. docs/format.md, section 7.
pub(crate) fn attestation(answer: &EncryptedAnswer, signer: &SigningKey) -> Attestation {
    let answers = answer.provenance().subjects.len() as u64;
    let statement = Statement {
        answer: answer.digest(),
        nonce: Digest::of(b"nonce"),
        audited: answers,
        answers,
        program: PROGRAM.to_owned(),
    };
    let by = By { key: signer, name: "" };
    let bytes = container((ATTESTATION, 1), answer.header().agreement, &encoded(&statement), &[], &by);
    Attestation::from_bytes(bytes).expect("just written")
}

/// The key of the party that has a role.
pub(crate) fn key_of<A: Program>(parties: &drempel::Rehearsal<A>, role: Role) -> SigningKey {
    let party = parties.agreement().holders(role).next().expect("a party for each role");
    parties.key(&party.name)
}
