use drempel_fhe::Needs;

use crate::agreement::AgreementError;
use crate::cases::CaseError;
use crate::coverage::CoverageError;
use crate::files::container::ContainerError;
use crate::plan::PlanError;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// The agreement says no.
    #[error(transparent)]
    Agreement(#[from] AgreementError),
    /// A case breaks a rule.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// Too few of those that the cases ask about have a record.
    #[error(transparent)]
    Coverage(#[from] CoverageError),
    /// A table or the key belongs elsewhere.
    #[error("{what}: {source}")]
    Input {
        /// Which file.
        what: String,
        /// What is wrong with it.
        source: ContainerError,
    },
    /// The tables are not those of the agreement.
    #[error("the agreement's analysis reads {expected}, but the tables given are of {found}")]
    WrongTables {
        /// By the agreement, in order.
        expected: String,
        /// As given.
        found: String,
    },
    /// The signing key of another party.
    #[error("the evaluator is party \"{party}\", and this is not its signing key")]
    WrongSigner {
        /// The evaluator.
        party: String,
    },
    /// The caller said so when it was told how far it was.
    #[error("stopped")]
    Stopped,
    /// Decisions without what closes their noise.
    #[error(
        "these answers need a noise seed of the evaluator and a nonce that an auditor drew for it, both made before the \
         evaluation"
    )]
    NoNoise,
    /// A key that was made for another analysis.
    #[error(
        "the evaluation key has other parts than the agreement's analysis needs: {found}, not {needed}; ask the key holder for \
         the key that `drempel keygen` made for this agreement"
    )]
    KeyParts {
        /// By the agreement.
        needed: Needs,
        /// In the key.
        found: Needs,
    },
    /// The job would exceed a limit.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A table could not be read, or the answer not written.
    #[error(transparent)]
    Container(#[from] ContainerError),
}

impl EvaluateError {
    /// Whether the agreement, or what was agreed with it, refuses this; as opposed to a malformed file or a failing system.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Agreement(error) => error.is_refusal(),
            Self::Case(error) => error.is_refusal(),
            Self::Plan(error) => error.is_refusal(),
            Self::Input { source, .. } | Self::Container(source) => source.is_refusal(),
            Self::Coverage(_) | Self::WrongSigner { .. } => true,
            Self::WrongTables { .. } | Self::Stopped | Self::NoNoise | Self::KeyParts { .. } => false,
        }
    }

    /// Whether it is the evaluator's file of cases that is at fault.
    pub fn is_about_cases(&self) -> bool {
        matches!(self, Self::Case(_) | Self::Plan(_))
    }
}
