//! Artefacts that no role would make, signed by whoever is asked to. Nothing in them was ever encrypted: documents read
//! only what they were made from, and who signed.

use drempel::analysis::Program;
use drempel::artefacts::{Closing, PROGRAM};
use drempel::circuit::Scale;
use drempel::files::{Container, Kind, Seal};
use drempel::units::{AgreementId, Digest, KeyId, SubjectIds};
use drempel::{EncryptedAnswer, Provenance, SignedAgreement, SigningKey};
use drempel_test_support::Artefact;
use drempel_test_support::forged;
pub(crate) use drempel_test_support::forged::{attestation, statement};

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
        noise: (released.scale == Scale::Halves)
            .then(|| Closing { seed: Digest::of(b"noise"), nonce: Digest::of(b"nonce") }),
        scale: released.scale,
        fields: released.fields.len() as u32,
        subjects,
    }
}

/// An encrypted answer whose every word is zero. docs/format.md, section 5.
pub(crate) fn answer(agreement: AgreementId, made: &Provenance, signer: &SigningKey) -> EncryptedAnswer {
    let values = made.subjects.len() * made.fields as usize;
    let (chunk_bytes, payload) = match made.scale {
        Scale::Slots | Scale::Halves => (8_192, 2 * (2_048 * values.div_ceil(2_048) + values)),
        Scale::Sums => (64 * 8_196, 8_196 * values),
    };
    forged::answer(signer, (agreement, KEY), made, chunk_bytes, &vec![0; payload])
}
