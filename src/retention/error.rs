use std::io;
use std::path::PathBuf;

use crate::files::container::ContainerError;
use crate::ledger::LedgerError;
use crate::units::AgreementId;

/// Why a file is not deleted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RetentionError {
    /// The operating system failed.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A folder, a link or a device.
    #[error("{}: not an ordinary file; name the files themselves, not links or folders", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// A file that outlives every term.
    #[error("{}: {what}, which is never deleted by drempel", path.display())]
    Protected {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// An artefact of another agreement.
    #[error("{}: belongs to agreement {found}, not to this one", path.display())]
    OtherAgreement {
        /// The file.
        path: PathBuf,
        /// The file's agreement.
        found: AgreementId,
    },
    /// Something else than an intact artefact.
    #[error("{}: {source}; if it is this agreement's all the same, name it with --also", path.display())]
    NotAnArtefact {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ContainerError,
    },
    /// A date that no calendar has.
    #[error("{}: its date or its term lies beyond the calendar", path.display())]
    BeyondCalendar {
        /// The file.
        path: PathBuf,
    },
    /// Another file than when the plan was made.
    #[error("{}: was changed in the meantime; nothing was deleted", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A stranger's signing key.
    #[error("no party of this agreement has this signing key; nothing was deleted")]
    NotAParty,
    /// The ledger cannot be written.
    #[error("{0}; nothing was deleted")]
    Ledger(#[from] LedgerError),
    /// Recorded as deleted, but still there.
    #[error("{}: {source}; the ledger says it was deleted: delete it by hand", path.display())]
    NotDeleted {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

impl RetentionError {
    /// Whether a rule refuses, as opposed to a wrong file or a failing system.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Protected { .. } | Self::OtherAgreement { .. } | Self::NotAParty)
    }
}
