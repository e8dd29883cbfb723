//! Errors with their exit codes.

use std::fmt::Display;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use drempel::agreement::{AgreementError, SignatureError};
use drempel::cases::CaseError;
use drempel::files::ContainerError;
use drempel::files::key_file::KeyFileError;
use drempel::ledger::LedgerError;
use drempel::plan::PlanError;
use drempel::rows::RowsError;
use drempel::table::TableError;
use drempel::verify::VerifyError;

/// Why a command stopped.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: FailureKind,
    pub(crate) message: String,
}

/// The kinds, by exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// The input is wrong.
    Input = 1,
    /// The agreement refuses.
    Refused = 3,
    /// The system failed.
    System = 4,
}

impl Failure {
    pub(crate) fn input(message: impl Display) -> Self {
        Self { kind: FailureKind::Input, message: message.to_string() }
    }

    pub(crate) fn system(message: impl Display) -> Self {
        Self { kind: FailureKind::System, message: message.to_string() }
    }

    /// The same failure with the file that it is about in front.
    pub(crate) fn about(mut self, path: &Path) -> Self {
        let stdin = path == Path::new(crate::input::STDIN);
        let name = if stdin { "standard input".into() } else { path.to_string_lossy() };
        self.message = format!("{name}: {}", self.message);
        self
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.kind as u8)
    }
}

/// Which kind an error is.
trait Classified {
    fn failure_kind(&self) -> FailureKind;
}

impl<E: Classified + Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { kind: error.failure_kind(), message: error.to_string() }
    }
}

fn refused_if(refused: bool) -> FailureKind {
    if refused { FailureKind::Refused } else { FailureKind::Input }
}

impl Classified for io::Error {
    fn failure_kind(&self) -> FailureKind {
        match self.kind() {
            io::ErrorKind::NotFound
            | io::ErrorKind::IsADirectory
            | io::ErrorKind::InvalidData
            | io::ErrorKind::AlreadyExists => FailureKind::Input,
            _ => FailureKind::System,
        }
    }
}

impl Classified for AgreementError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Io(error) => error.failure_kind(),
            other => refused_if(other.is_refusal()),
        }
    }
}

impl Classified for ContainerError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Io(error) => error.failure_kind(),
            Self::NotSigned { .. } => FailureKind::Refused,
            _ => FailureKind::Input,
        }
    }
}

impl Classified for RowsError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Io(error) => error.failure_kind(),
            _ => FailureKind::Input,
        }
    }
}

impl Classified for TableError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Rows(error) => error.failure_kind(),
            _ => FailureKind::Input,
        }
    }
}

impl Classified for CaseError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Rows(error) => error.failure_kind(),
            other => refused_if(other.is_refusal()),
        }
    }
}

impl Classified for PlanError {
    fn failure_kind(&self) -> FailureKind {
        refused_if(!matches!(self, Self::NoCases))
    }
}

impl Classified for SignatureError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Agreement(error) => error.failure_kind(),
            other => refused_if(other.is_refusal()),
        }
    }
}

impl Classified for KeyFileError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Io(error) => error.failure_kind(),
            _ => FailureKind::Input,
        }
    }
}

impl Classified for LedgerError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Io(error) => error.failure_kind(),
            Self::InUse => FailureKind::System,
            other => refused_if(other.is_refusal()),
        }
    }
}

impl Classified for drempel::roles::auditor::AuditError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Evaluate(error) => error.failure_kind(),
            Self::Input { source, .. } => source.failure_kind(),
            Self::Verify(VerifyError::Answer(source)) => source.failure_kind(),
            other => refused_if(other.is_refusal()),
        }
    }
}

impl Classified for drempel::answer::ReadError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Rows(error) => error.failure_kind(),
            _ => FailureKind::Input,
        }
    }
}

impl Classified for drempel_report::report::ReportError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Rows(error) => error.failure_kind(),
            Self::Verify(VerifyError::Answer(source)) => source.failure_kind(),
            other => refused_if(other.is_refusal()),
        }
    }
}

impl Classified for drempel_report::report::PageError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Report(error) => error.failure_kind(),
            other => refused_if(other.is_refusal()),
        }
    }
}

impl Classified for drempel_report::report::MapError {
    fn failure_kind(&self) -> FailureKind {
        FailureKind::Input
    }
}

impl Classified for drempel::roles::receiver::UnblindError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Rows(error) => error.failure_kind(),
            Self::Container(error) => error.failure_kind(),
            _ => FailureKind::Input,
        }
    }
}

impl Classified for drempel::pseudonym::PseudonymiseError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Rows(error) => error.failure_kind(),
            Self::Io(error) => error.failure_kind(),
            _ => FailureKind::Input,
        }
    }
}

impl Classified for drempel_report::explain::ExplainError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Answer(error) => error.failure_kind(),
            _ => FailureKind::Input,
        }
    }
}

impl Classified for drempel::retention::RetentionError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Io { source, .. } | Self::NotDeleted { source, .. } => source.failure_kind(),
            Self::NotAnArtefact { source, .. } => source.failure_kind(),
            Self::Ledger(error) => error.failure_kind(),
            other => refused_if(other.is_refusal()),
        }
    }
}

impl Classified for drempel::roles::provider::EncryptError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Agreement(error) => error.failure_kind(),
            Self::Container(error) => error.failure_kind(),
            Self::Io(error) => error.failure_kind(),
            Self::WrongSigner { .. } => FailureKind::Refused,
            _ => FailureKind::Input,
        }
    }
}

impl Classified for drempel::roles::EvaluateError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Agreement(error) => error.failure_kind(),
            Self::Case(error) => error.failure_kind(),
            Self::Plan(error) => error.failure_kind(),
            Self::Container(error) => error.failure_kind(),
            Self::Input { source, .. } => source.failure_kind(),
            Self::WrongSigner { .. } | Self::Coverage(_) => FailureKind::Refused,
            Self::Stopped => FailureKind::System,
            _ => FailureKind::Input,
        }
    }
}

impl Classified for drempel::coverage::CoverageError {
    fn failure_kind(&self) -> FailureKind {
        FailureKind::Refused
    }
}

impl Classified for drempel::job::JobError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Evaluate(error) => error.failure_kind(),
            Self::Chunk { source, .. } | Self::Blinding { source, .. } => source.failure_kind(),
            Self::Io { source, .. } => source.failure_kind(),
            Self::InUse { .. } => FailureKind::System,
            Self::Changed { .. } => FailureKind::Refused,
            _ => FailureKind::Input,
        }
    }
}

#[cfg(feature = "key-holder")]
impl Classified for drempel::roles::key_holder::ReleaseError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Agreement(error) => error.failure_kind(),
            Self::Container(ContainerError::Io(error)) => error.failure_kind(),
            Self::Ledger(error) => error.failure_kind(),
            other => refused_if(other.is_refusal()),
        }
    }
}
