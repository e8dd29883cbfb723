//! The gate: closed until every condition holds. docs/protocol.md, section 9, has the attack that it stands against.

use super::ReleaseError;
use crate::agreement::Role;
use crate::analysis::Program;
use crate::artefacts::{Attestation, EncryptedAnswer, SecretKey};
use crate::contract::SignedAgreement;
use crate::ledger::{Event, Ledger, Release};
use crate::verify::{self, InHand};

/// Every condition on files, before anything is decrypted.
///
/// 1. The agreement is signed by all (that is what a `SignedAgreement` is), and the keys were made for it. That it is in
///    force, and that this is the key holder, every step checks first.
/// 2. The tables are signed by their providers.
/// 3. The answer is signed by the evaluator and names them; it was computed with the evaluation key of this key set.
/// 4. An auditor has evaluated the agreed share again.
/// 5. Once, not too much, and nothing against the ledger.
pub(super) fn check<A: Program>(
    key: &SecretKey,
    agreement: &SignedAgreement<A>,
    answer: &EncryptedAnswer,
    attestations: &[Attestation],
    ledger: &Ledger,
) -> Result<Release, ReleaseError> {
    let (expected, found) = (agreement.id(), key.agreement());
    if expected != found {
        return Err(ReleaseError::WrongAgreement { expected, found });
    }
    let made_with = ledger.evaluation_key(key.id()).ok_or(ReleaseError::UnknownKey { key: key.id() })?;
    // What the key holder cannot know, the auditor compares: the tables themselves, and the cases.
    let in_hand = InHand {
        key: Some(key.id()),
        evaluation_key: Some(made_with),
        tables: None,
        cases: None,
        this_program: true,
    };
    verify::answer(agreement, answer, &in_hand)?;
    let audited = verify::attestations(agreement, answer, attestations)?.ok_or(ReleaseError::NotAttested)?;
    check_ledger(agreement, answer, ledger)?;
    let made = answer.provenance();
    Ok(Release {
        agreement: agreement.id(),
        key: key.id(),
        by: agreement.only(Role::KeyHolder).name.clone(),
        to: agreement.disclosure().to.clone(),
        answer: answer.digest(),
        tables: made.tables.iter().map(|table| table.digest()).collect(),
        cases: made.cases,
        attestations: attestations.iter().map(Attestation::digest).collect(),
        answers: made.subjects.len() as u64,
        audited,
    })
}

/// Refuses a second key set for one agreement: its answers would be counted apart.
pub(super) fn check_first<A>(agreement: &SignedAgreement<A>, ledger: &Ledger) -> Result<(), ReleaseError> {
    let same =
        |event: &Event| matches!(event, Event::Keys { agreement: known, .. } if *known == agreement.id());
    match ledger.entries().iter().find(|entry| same(&entry.event)) {
        Some(entry) => Err(ReleaseError::KeysExist { entry: entry.number }),
        None => Ok(()),
    }
}

/// Condition 5: once, not too much, and nothing against the ledger.
fn check_ledger<A>(
    agreement: &SignedAgreement<A>,
    answer: &EncryptedAnswer,
    ledger: &Ledger,
) -> Result<(), ReleaseError> {
    if let Some((entry, _)) = ledger.releases().find(|(_, release)| release.answer == answer.digest()) {
        return Err(ReleaseError::AlreadyReleased { entry });
    }
    let made = answer.provenance();
    let uses = |release: &Release| made.tables.iter().any(|table| release.tables.contains(&table.digest()));
    if let Some((entry, _)) = ledger.releases().find(|(_, release)| uses(release)) {
        return Err(ReleaseError::TablesAlreadyUsed { entry });
    }
    let earlier = ledger.releases().filter(|(_, release)| release.agreement == agreement.id());
    let before = earlier.fold(0_u64, |sum, (_, release)| sum.saturating_add(release.answers));
    let (allowed, found) = (agreement.disclosure().answers, made.subjects.len() as u64);
    if before.saturating_add(found) > allowed {
        return Err(ReleaseError::TooManyAnswers { allowed, before, found });
    }
    Ok(())
}
