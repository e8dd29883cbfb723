//! Artefacts that no role would make, signed by whoever is asked to.

use drempel::artefacts::{PROGRAM, Statement};
use drempel::files::{Header, Kind};
use drempel::units::{AgreementId, Digest, KeyId};
use drempel::{Attestation, EncryptedAnswer, Provenance, SigningKey};
use serde::Serialize;

use crate::Artefact;

/// An answer with any contents, under any agreement and key. docs/format.md, section 5.
pub fn answer(
    signer: &SigningKey,
    (agreement, key): (AgreementId, KeyId),
    provenance: &Provenance,
    chunk_bytes: usize,
    payload: &[u8],
) -> EncryptedAnswer {
    let (kind, metadata) = (Kind::EncryptedAnswer, encoded(provenance));
    let file = Artefact { kind, agreement, key, chunk_bytes, metadata: &metadata, payload };
    EncryptedAnswer::from_bytes(file.signed(signer, "")).expect("well-formed")
}

/// That every answer was evaluated again, by this program.
pub fn statement(answer: &EncryptedAnswer) -> Statement {
    let answers = answer.provenance().subjects.len() as u64;
    let (answer, nonce, program) = (answer.digest(), Digest::of(b"nonce"), PROGRAM.to_owned());
    Statement { answer, nonce, audited: answers, answers, program }
}

/// An attestation of anything about an answer. docs/format.md, section 7.
pub fn attestation(answer: &EncryptedAnswer, statement: &Statement, signer: &SigningKey) -> Attestation {
    let Header { agreement, key, .. } = *answer.header();
    let (kind, metadata) = (Kind::Attestation, encoded(statement));
    let file = Artefact { kind, agreement, key, chunk_bytes: 1, metadata: &metadata, payload: &[] };
    Attestation::from_bytes(file.signed(signer, "")).expect("well-formed")
}

fn encoded(metadata: &impl Serialize) -> Vec<u8> {
    bincode::Options::serialize(bincode::DefaultOptions::new(), metadata).expect("in memory")
}
