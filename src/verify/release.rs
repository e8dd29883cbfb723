use super::VerifyError;
use crate::agreement::Role;
use crate::artefacts::{Attestation, EncryptedAnswer};
use crate::contract::SignedAgreement;
use crate::ledger::{Ledger, Release};

/// The release of an answer in the key holder's ledger, with its entry's number.
///
/// # Errors
/// When the ledger is another party's, has no release of this answer or one of something else, or when the release did
/// not accept one of these attestations.
pub fn release<'l, A>(
    agreement: &SignedAgreement<A>,
    answer: &EncryptedAnswer,
    attestations: &[Attestation],
    ledger: &'l Ledger,
) -> Result<(u64, &'l Release), VerifyError> {
    let owner = agreement.only(Role::KeyHolder).signing_key;
    if !owner.is_some_and(|owner| ledger.is_of(&owner)) {
        return Err(VerifyError::OtherLedger);
    }
    let mut releases = ledger.releases();
    let (entry, release) =
        releases.find(|(_, release)| release.answer == answer.digest()).ok_or(VerifyError::NotInLedger)?;
    let made = answer.provenance();
    let same = release.agreement == agreement.id()
        && release.key == answer.header().key
        && release.cases == made.cases
        && release.answers == made.subjects.len() as u64
        && release.tables.iter().copied().eq(made.tables.iter().map(|table| table.digest()));
    if !same {
        return Err(VerifyError::OtherRelease { entry });
    }
    if attestations.iter().any(|attestation| !release.attestations.contains(&attestation.digest())) {
        return Err(VerifyError::BadAttestation { why: "the release in the ledger did not rest on it" });
    }
    Ok((entry, release))
}
