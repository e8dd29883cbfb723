use super::{Draw, VerifyError};
use crate::agreement::Role;
use crate::artefacts::{Attestation, EncryptedAnswer};
use crate::contract::SignedAgreement;
use crate::files::container::NO_LABEL;

/// How many of the answers were evaluated again, as the attestations say: the most of any, and `None` where none is
/// given.
///
/// # Errors
/// [`VerifyError::BadAttestation`] for the first that is not an auditor's word that the agreed share of this answer was
/// evaluated again, by the program that computed it; and where every one of them evaluated nothing again.
pub fn attestations<A>(
    agreement: &SignedAgreement<A>,
    answer: &EncryptedAnswer,
    attestations: &[Attestation],
) -> Result<Option<u64>, VerifyError> {
    let audited = attestations.iter().map(|attestation| audited(agreement, answer, attestation));
    match audited.reduce(|one, other| Ok(one?.max(other?))).transpose()? {
        Some(0) => Err(VerifyError::BadAttestation { why: "it evaluated no answer again" }),
        most => Ok(most),
    }
}

fn audited<A>(
    agreement: &SignedAgreement<A>,
    answer: &EncryptedAnswer,
    attestation: &Attestation,
) -> Result<u64, VerifyError> {
    let refuse = |why| Err(VerifyError::BadAttestation { why });
    let (container, made) = (attestation.container(), answer.provenance());
    if container.expect(agreement.id(), Some(answer.header().key)).is_err() {
        return refuse("it was made for another agreement or key");
    }
    let mut auditors = agreement.holders(Role::Auditor);
    if !auditors.any(|party| container.signed_by(party.signer(), NO_LABEL).is_ok()) {
        return refuse("no auditor of this agreement has signed it");
    }
    let statement = attestation.statement();
    if statement.answer != answer.digest() {
        return refuse("it is about another answer");
    }
    if statement.program != made.program {
        return refuse("the audit ran another program or version");
    }
    let answers = made.subjects.len();
    let drawn = Draw::new(statement.answer, statement.nonce, agreement.disclosure()).count(answers);
    if statement.audited != drawn || statement.answers != answers as u64 {
        return refuse("it does not cover the share that the agreement sets");
    }
    Ok(drawn)
}
