use std::io;

use super::kind::{Kind, VERSION};
use crate::units::{AgreementId, KeyId};

/// Why a file is not what it should be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContainerError {
    /// The operating system failed.
    #[error("reading or writing failed: {0}")]
    Io(#[from] io::Error),
    /// The first bytes are not drempel's.
    #[error("not a drempel file")]
    NotDrempel,
    /// A version that this program does not know.
    #[error(
        "format version {found} is not known: this program reads version {}; make the file again with this program, or use \
         the one that made it",
        VERSION
    )]
    Version {
        /// What the file says.
        found: u16,
    },
    /// A file of another kind.
    #[error("expected {expected}, but this file is {found}")]
    WrongKind {
        /// What was asked for.
        expected: Kind,
        /// What the file says.
        found: Kind,
    },
    /// A kind that this program does not know.
    #[error("the kind of this file is not known")]
    UnknownKind,
    /// The file belongs to another agreement.
    #[error("made for agreement {found}, not for {expected}; use the file made for this agreement")]
    WrongAgreement {
        /// The agreement in hand.
        expected: AgreementId,
        /// The file's.
        found: AgreementId,
    },
    /// The file belongs to another key set.
    #[error("made under key {found}, not {expected}; use files of one key set")]
    WrongKey {
        /// The key in hand.
        expected: KeyId,
        /// The file's.
        found: KeyId,
    },
    /// The file is shorter than its header says.
    #[error("truncated: {expected} bytes expected, {found} found")]
    Truncated {
        /// By the header.
        expected: u64,
        /// On disk.
        found: u64,
    },
    /// The file is longer than its header says.
    #[error("{extra} bytes follow the end")]
    TrailingBytes {
        /// How many.
        extra: u64,
    },
    /// A header whose lengths contradict each other.
    #[error("the header's lengths are not possible")]
    BadLengths,
    /// A chunk's bytes do not match its digest.
    #[error("chunk {chunk} is damaged: its digest does not match")]
    DamagedChunk {
        /// Counted from zero.
        chunk: u64,
    },
    /// Header, metadata or trailer do not match the trailer's digest.
    #[error("the file is damaged: the trailer's digest does not match")]
    Damaged,
    /// More identifiers than a file takes.
    #[error("{kind} takes {rows} identifiers of {bytes} bytes in all; use shorter ones, or split the rows")]
    TooManyIdentifiers {
        /// What was to be written.
        kind: Kind,
        /// The most identifiers.
        rows: usize,
        /// The most bytes.
        bytes: u64,
    },
    /// The metadata cannot be read.
    #[error("the metadata is not valid")]
    BadMetadata,
    /// The signature is not that of the party whose file this should be.
    #[error("{kind} must be signed by party \"{party}\", and this one is not")]
    NotSigned {
        /// What the file is.
        kind: Kind,
        /// Who should have made it.
        party: String,
    },
    /// The payload breaks a rule of its kind.
    #[error("the contents are not valid: {0}")]
    BadContents(&'static str),
}

impl ContainerError {
    /// Whether the file is intact and belongs to somebody else: an agreement, a key, a party.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::NotSigned { .. } | Self::WrongAgreement { .. } | Self::WrongKey { .. })
    }
}
