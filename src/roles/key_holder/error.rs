use crate::agreement::AgreementError;
use crate::files::container::ContainerError;
use crate::ledger::LedgerError;
use crate::units::{AgreementId, KeyId};
use crate::verify::VerifyError;

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
    /// A file that does not belong to the agreement, or not to the others.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The answers cannot be read.
    #[error("the answer: {0}")]
    Container(#[from] ContainerError),
    /// No attestation.
    #[error("no auditor has attested this answer; run `drempel audit` and give its attestation")]
    NotAttested,
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
            Self::Verify(error) => error.is_refusal(),
            Self::Container(error) => error.is_refusal(),
            Self::Ledger(error) => error.is_refusal(),
            _ => true,
        }
    }
}
