use crate::artefacts::PROGRAM;
use crate::files::container::ContainerError;

/// Why files do not belong to an agreement, or not to one another.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The answer is of another agreement, key or party.
    #[error("the answer: {0}")]
    Answer(#[source] ContainerError),
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
    /// Made from something else than what is in hand.
    #[error("the answer was made from other {what} than those given")]
    OtherInput {
        /// Tables or cases.
        what: &'static str,
    },
    /// Computed with another evaluation key.
    #[error("the answer was computed with another evaluation key than `keygen` made")]
    OtherEvaluationKey,
    /// Computed by another program.
    #[error("the answer was computed by another program or version than this one, \"{PROGRAM}\"")]
    OtherProgram,
    /// Blinded or not, audited in part or not, values of another form: otherwise than agreed.
    #[error("the agreement and the answer do not fit: {why}")]
    Unfit {
        /// What is missing or too much.
        why: &'static str,
    },
    /// An attestation that does not count.
    #[error("the attestation does not count: {why}")]
    BadAttestation {
        /// What is wrong with it.
        why: &'static str,
    },
    /// A ledger that the key holder does not keep.
    #[error("the ledger is not the key holder's of this agreement")]
    OtherLedger,
    /// An answer that was not released.
    #[error("the ledger has no release of this answer; use the ledger of its key holder")]
    NotInLedger,
    /// A release that does not fit the answer.
    #[error("entry {entry} of the ledger has released this answer as one made from something else")]
    OtherRelease {
        /// The ledger's entry.
        entry: u64,
    },
}

impl VerifyError {
    /// Whether a check says no, as opposed to a wrong file or a failing system.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Answer(error) => error.is_refusal(),
            Self::OtherInput { .. } => false,
            _ => true,
        }
    }
}
