//! Artefacts that no role would make, signed by whoever is asked to. Nothing in them was ever encrypted: documents read
//! only what they were made from, and who signed.

use bincode::Options as _;
use drempel::analysis::Program;
use drempel::artefacts::{PROGRAM, Statement};
use drempel::circuit::Scale;
use drempel::files::{Container, Kind, Seal};
use drempel::units::{AgreementId, Digest, KeyId, SubjectIds};
use drempel::{Attestation, EncryptedAnswer, Provenance, SignedAgreement, SigningKey};
use drempel_test_support::Artefact;
use serde::Serialize;

/// The key set of all of them.
pub(crate) const KEY: KeyId = Digest::ZERO;

/// The seal of a table without rows.
pub(crate) fn table(agreement: AgreementId, dataset: &str, provider: &SigningKey) -> Seal {
    let (kind, chunk_bytes) = (Kind::EncryptedTable, 1 << 15);
    let table = Artefact { kind, agreement, key: KEY, chunk_bytes, metadata: &[], payload: &[] };
    Container::from_bytes(table.signed(provider, dataset)).expect("just written").seal()
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
    let (chunk_bytes, payload) = match made.scale {
        Scale::Slots => (8_192, 2 * (2_048 * values.div_ceil(2_048) + values)),
        Scale::Sums => (64 * 8_196, 8_196 * values),
    };
    let (metadata, payload) = (encoded(made), vec![0; payload]);
    let kind = Kind::EncryptedAnswer;
    let answer = Artefact { kind, agreement, key: KEY, chunk_bytes, metadata: &metadata, payload: &payload };
    EncryptedAnswer::from_bytes(answer.signed(signer, "")).expect("just written")
}

/// That every answer was evaluated again, by this program.
pub(crate) fn statement(answer: &EncryptedAnswer) -> Statement {
    let answers = answer.provenance().subjects.len() as u64;
    let (answer, nonce, program) = (answer.digest(), Digest::of(b"nonce"), PROGRAM.to_owned());
    Statement { answer, nonce, audited: answers, answers, program }
}

/// An attestation of anything. docs/format.md, section 7.
pub(crate) fn attestation(
    answer: &EncryptedAnswer,
    statement: &Statement,
    signer: &SigningKey,
) -> Attestation {
    let (kind, chunk_bytes, agreement) = (Kind::Attestation, 1, answer.header().agreement);
    let metadata = encoded(statement);
    let attestation = Artefact { kind, agreement, key: KEY, chunk_bytes, metadata: &metadata, payload: &[] };
    Attestation::from_bytes(attestation.signed(signer, "")).expect("just written")
}

fn encoded(metadata: &impl Serialize) -> Vec<u8> {
    bincode::DefaultOptions::new().serialize(metadata).expect("in memory")
}
