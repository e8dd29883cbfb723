//! The gate: closed until every condition holds. docs/protocol.md, section 9, has the attack that it stands against.

use super::KeyHolder;
use crate::agreement::{AgreementError, Role, SignedAgreement};
use crate::analysis::Program;
use crate::audit::{Attestation, Draw};
use crate::container::{ContainerError, NO_LABEL};
use crate::encrypted_answer::EncryptedAnswer;
use crate::evaluator::PROGRAM;
use crate::ledger::{Event, Ledger, LedgerError, Release};
use crate::signature::SigningKey;
use crate::units::{AgreementId, KeyId};

/// Why nothing is released.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReleaseError {
    /// The agreement is not in force.
    #[error(transparent)]
    Agreement(#[from] AgreementError),
    /// Another party's signing key.
    #[error("the key holder is party \"{party}\", and this is not its signing key")]
    WrongSigner {
        /// The key holder.
        party: String,
    },
    /// The secret key was made for another agreement.
    #[error("the secret key was made for agreement {found}, not for {expected}")]
    WrongAgreement {
        /// The agreement in hand.
        expected: AgreementId,
        /// The key's.
        found: AgreementId,
    },
    /// A second key set for one agreement.
    #[error(
        "this ledger has a key set for the agreement already (entry {entry}); one agreement has one key set"
    )]
    KeysExist {
        /// The ledger's entry.
        entry: u64,
    },
    /// The ledger has no entry of the making of this key set.
    #[error("this ledger does not know key {key}; use the one that `keygen` began")]
    UnknownKey {
        /// The key set.
        key: KeyId,
    },
    /// The answers are damaged, or of another agreement, key or party.
    #[error("the answer: {0}")]
    Container(#[from] ContainerError),
    /// Made from other tables than the agreement names.
    #[error("the answer was made from {found} tables; the agreement's analysis reads {expected}")]
    WrongTables {
        /// By the agreement.
        expected: usize,
        /// By the answer.
        found: usize,
    },
    /// A table that its provider did not sign.
    #[error("dataset \"{dataset}\": the table was not signed by party \"{party}\" for this agreement")]
    TableNotSigned {
        /// The dataset.
        dataset: String,
        /// Its provider.
        party: String,
    },
    /// Computed with another evaluation key than was made.
    #[error("the answer was computed with another evaluation key than `keygen` made")]
    OtherEvaluationKey,
    /// Blinded or not, audited in part or not, values of another form: otherwise than agreed.
    #[error("the answer is not blinded, not open to audit, or not of the form that the agreement says")]
    Unfit,
    /// Computed by another program.
    #[error("the answer was computed by another program or version than this one, \"{PROGRAM}\"")]
    OtherProgram,
    /// No attestation, or none that counts.
    #[error("no auditor has attested this answer; run `drempel audit` and give its attestation")]
    NotAttested,
    /// An attestation that does not count.
    #[error("the attestation does not count: {why}")]
    BadAttestation {
        /// What is wrong with it.
        why: &'static str,
    },
    /// Released before.
    #[error("this answer was released before (ledger entry {entry}); an answer is released once")]
    AlreadyReleased {
        /// The ledger's entry.
        entry: u64,
    },
    /// A second question over the same tables.
    #[error(
        "an answer over the same tables was released before (ledger entry {entry}): a second one, with other lines or \
         other people, would tell amounts; amend the agreement, with everybody's signature, and encrypt again"
    )]
    TablesAlreadyUsed {
        /// The ledger's entry.
        entry: u64,
    },
    /// More answers than agreed.
    #[error(
        "the file has {found} answers and {before} were released before; the agreement allows {allowed} ([disclosure] answers)"
    )]
    TooManyAnswers {
        /// By the agreement.
        allowed: u64,
        /// By the ledger.
        before: u64,
        /// In the file.
        found: u64,
    },
    /// Something that is no answer.
    #[error(
        "an answer lies outside the agreed values; nothing is released, and the ledger counts it as spent"
    )]
    OutsideAnswerSpace,
    /// The ledger cannot be written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl ReleaseError {
    /// Whether the gate is closed, as opposed to a damaged file or a failing system.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Agreement(error) => error.is_refusal(),
            Self::Container(error) => matches!(
                error,
                ContainerError::NotSigned { .. }
                    | ContainerError::WrongAgreement { .. }
                    | ContainerError::WrongKey { .. }
            ),
            Self::Ledger(error) => error.is_refusal(),
            _ => true,
        }
    }
}

/// Refuses a second key set for one agreement: its answers would be counted apart.
pub(super) fn check_first<A: Program>(
    agreement: &SignedAgreement<A>,
    ledger: &Ledger,
) -> Result<(), ReleaseError> {
    let same =
        |event: &Event| matches!(event, Event::Keys { agreement: known, .. } if *known == agreement.id());
    match ledger.entries().iter().find(|entry| same(&entry.event)) {
        Some(entry) => Err(ReleaseError::KeysExist { entry: entry.number }),
        None => Ok(()),
    }
}

impl KeyHolder {
    /// Refuses a signing key that is not the key holder's, before anything is made with it.
    ///
    /// # Errors
    /// [`ReleaseError::WrongSigner`].
    pub fn check_signing_key<A: Program>(
        agreement: &SignedAgreement<A>,
        signing_key: &SigningKey,
    ) -> Result<(), ReleaseError> {
        let holder = agreement.only(Role::KeyHolder);
        if holder.owns(signing_key) {
            return Ok(());
        }
        Err(ReleaseError::WrongSigner { party: holder.name.clone() })
    }

    /// Every condition, before anything is decrypted.
    pub(super) fn gate<A: Program>(
        &self,
        agreement: &SignedAgreement<A>,
        answer: &EncryptedAnswer,
        attestations: &[Attestation],
        ledger: &Ledger,
    ) -> Result<Release, ReleaseError> {
        self.check_keys(agreement)?;
        check_tables(agreement, answer, self.key.id())?;
        self.check_key_set(answer, ledger)?;
        let audited = check_attestations(agreement, answer, attestations)?;
        check_ledger(agreement, answer, ledger)?;
        let made = answer.provenance();
        Ok(Release {
            agreement: agreement.id(),
            key: self.key.id(),
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

    /// Condition 1: in force, signed by all (that is what a `SignedAgreement` is), and the keys were made for it.
    fn check_keys<A: Program>(&self, agreement: &SignedAgreement<A>) -> Result<(), ReleaseError> {
        agreement.in_force_today()?;
        Self::check_signing_key(agreement, &self.signing_key)?;
        let (expected, found) = (agreement.id(), self.key.agreement());
        if expected == found { Ok(()) } else { Err(ReleaseError::WrongAgreement { expected, found }) }
    }

    /// Condition 1 as well: the ledger has the making of this key set, and the answer was computed with it.
    fn check_key_set(&self, answer: &EncryptedAnswer, ledger: &Ledger) -> Result<(), ReleaseError> {
        let key = self.key.id();
        let Some(made) = ledger.evaluation_key(key) else {
            return Err(ReleaseError::UnknownKey { key });
        };
        if answer.provenance().evaluation_key == made {
            Ok(())
        } else {
            Err(ReleaseError::OtherEvaluationKey)
        }
    }
}

/// Conditions 2 and 3: tables signed by their providers, and an answer signed by the evaluator that names them.
fn check_tables<A: Program>(
    agreement: &SignedAgreement<A>,
    answer: &EncryptedAnswer,
    key: KeyId,
) -> Result<(), ReleaseError> {
    answer.container().expect(agreement.id(), Some(key))?;
    answer.container().signed_by(agreement.only(Role::Evaluator), NO_LABEL)?;
    let made = answer.provenance();
    let datasets = agreement.inputs();
    if made.tables.len() != datasets.len() {
        return Err(ReleaseError::WrongTables { expected: datasets.len(), found: made.tables.len() });
    }
    for (table, dataset) in made.tables.iter().zip(datasets) {
        let provider = agreement.provider(dataset);
        if table.table_signed_by(agreement.id(), key, &dataset.name, provider).is_err() {
            let (dataset, party) = (dataset.name.clone(), provider.name.clone());
            return Err(ReleaseError::TableNotSigned { dataset, party });
        }
    }
    let disclosure = agreement.disclosure();
    if made.blinding.is_some() != disclosure.blinded
        || made.transcript.is_some() != (disclosure.audit < 1.0)
        || !agreement.shape().released().matches_shape(made.scale, made.fields)
    {
        return Err(ReleaseError::Unfit);
    }
    if made.program == PROGRAM { Ok(()) } else { Err(ReleaseError::OtherProgram) }
}

/// Condition 4: an auditor has evaluated the agreed share again. Returns how many answers that was, at most.
fn check_attestations<A: Program>(
    agreement: &SignedAgreement<A>,
    answer: &EncryptedAnswer,
    attestations: &[Attestation],
) -> Result<u64, ReleaseError> {
    fn refuse<T>(why: &'static str) -> Result<T, ReleaseError> {
        Err(ReleaseError::BadAttestation { why })
    }
    let mut audited = None;
    for attestation in attestations {
        let container = attestation.container();
        let header = answer.header();
        container
            .expect(header.agreement, Some(header.key))
            .or(refuse("it was made for another agreement or key"))?;
        if !agreement.holders(Role::Auditor).any(|party| container.signed_by(party, NO_LABEL).is_ok()) {
            return refuse("no auditor of this agreement has signed it");
        }
        let statement = attestation.statement();
        if statement.answer != answer.digest() {
            return refuse("it is about another answer");
        }
        if statement.program != PROGRAM {
            return refuse("the audit ran another program or version");
        }
        let drawn = Draw::new(statement.answer, statement.nonce, agreement.disclosure());
        let answers = answer.provenance().subjects.len();
        let expected = (0..answers).filter(|place| drawn.takes(*place)).count() as u64;
        if statement.audited != expected || statement.answers != answers as u64 {
            return refuse("it does not cover the share that the agreement sets");
        }
        audited = audited.max(Some(expected));
    }
    match audited {
        Some(0) => refuse("it evaluated no answer again"),
        Some(audited) => Ok(audited),
        None => Err(ReleaseError::NotAttested),
    }
}

/// Condition 5: once, not too much, and nothing against the ledger.
fn check_ledger<A: Program>(
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
