use std::io;
use std::path::{Path, PathBuf};

use crate::files::container::ContainerError;
use crate::roles::EvaluateError;

/// Why a job cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// The evaluation itself is refused, or cannot read its inputs.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
    /// A chunk of the job is damaged or not the evaluator's.
    #[error("{}: {source}; remove this file and resume", path.display())]
    Chunk {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ContainerError,
    },
    /// What hides the answers of the finished chunks cannot be read.
    #[error("{}: {source}; without it the finished chunks cannot be read: remove the job's folder and begin again", path.display())]
    Blinding {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ContainerError,
    },
    /// The operating system failed.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it says.
        source: io::Error,
    },
    /// A job is there.
    #[error("{}: a job is there already; go on with it (--resume), or remove the folder", path.display())]
    Exists {
        /// Its folder.
        path: PathBuf,
    },
    /// No job is there.
    #[error("{}: there is no job here", path.display())]
    NotBegun {
        /// Where its folder would be.
        path: PathBuf,
    },
    /// Another process works on it.
    #[error("{}: another process works on this job", path.display())]
    InUse {
        /// The shard's folder.
        path: PathBuf,
    },
    /// The job was begun with something else.
    #[error("{}: the job was begun with another {what}; its chunks would not fit", path.display())]
    Changed {
        /// The manifest.
        path: PathBuf,
        /// What changed.
        what: &'static str,
    },
    /// A line of the manifest that drempel has not written.
    #[error("{}: line {line} is not as it was written", path.display())]
    BadManifest {
        /// The manifest.
        path: PathBuf,
        /// Counted from one.
        line: usize,
    },
    /// Not every chunk is there.
    #[error("{done} of {of} answers are there: evaluate the other shards, or resume those that stopped")]
    Unfinished {
        /// Answers on the disk.
        done: usize,
        /// Answers of the whole job.
        of: usize,
    },
}

impl JobError {
    /// Whether the agreement refuses the job, or it was begun with other inputs; as opposed to a damaged file or a failing
    /// system.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Evaluate(error) => error.is_refusal(),
            Self::Changed { .. } => true,
            _ => false,
        }
    }

    /// Whether it is the evaluator's file of cases that is at fault.
    pub fn is_about_cases(&self) -> bool {
        matches!(self, Self::Evaluate(error) if error.is_about_cases())
    }

    /// An error about a chunk, or about the disk.
    pub(super) fn about(path: &Path) -> impl Fn(ContainerError) -> Self + '_ {
        |source| match source {
            ContainerError::Io(source) => Self::Io { path: path.to_owned(), source },
            source => Self::Chunk { path: path.to_owned(), source },
        }
    }

    pub(super) fn io(path: &Path) -> impl Fn(io::Error) -> Self + '_ {
        |source| Self::Io { path: path.to_owned(), source }
    }
}

impl From<ContainerError> for JobError {
    fn from(error: ContainerError) -> Self {
        Self::Evaluate(error.into())
    }
}
