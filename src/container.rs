//! The file format that every artefact shares: header, metadata, chunks with digests, trailer, signature.
//!
//! docs/format.md describes it byte by byte. Reading goes from the outside in: lengths are checked against the
//! file's size before anything is allocated, then every digest, and only then does anyone look at the contents.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Mutex;

use serde::de::DeserializeOwned;

use crate::agreement::Party;
use crate::signature::Signature;
use crate::units::{AgreementId, Digest, KeyId};

mod artefact;
mod header;
mod metadata;
mod seal;
mod write;

pub(crate) use artefact::artefact;
use header::HEADER_BYTES;
pub use header::{Header, Kind};
pub use seal::Seal;
pub use write::{Access, check_writable, write_atomically};
pub(crate) use write::{NO_LABEL, Writer, write_new, write_whole};

const DIGEST_BYTES: usize = 32;

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
    #[error("format version {found} is not known; this program reads version {}", header::VERSION)]
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

/// A whole, verified artefact in memory or in a file. Chunks are read, and verified again, on demand.
pub struct Container {
    header: Header,
    digests: Vec<Digest>,
    seal: Seal,
    storage: Mutex<Storage>,
}

impl fmt::Debug for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Container").field("header", &self.header).finish_non_exhaustive()
    }
}

enum Storage {
    Memory(io::Cursor<Vec<u8>>),
    File(File),
}

impl Container {
    /// Opens and verifies a file of whatever kind. Reads it once, holding one chunk at a time.
    ///
    /// # Errors
    /// Every way in which a file can be wrong.
    pub fn open(path: &Path) -> Result<Self, ContainerError> {
        Self::from_file(File::open(path)?)
    }

    /// As [`open`](Self::open), for a file that is open already.
    pub(crate) fn from_file(file: File) -> Result<Self, ContainerError> {
        Self::verify(Storage::File(file))
    }

    /// Verifies an artefact in memory.
    ///
    /// # Errors
    /// Every way in which the bytes can be wrong.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, ContainerError> {
        Self::verify(Storage::Memory(io::Cursor::new(bytes)))
    }

    /// Refuses an artefact of another kind.
    pub(crate) fn expect_kind(self, expected: Kind) -> Result<Self, ContainerError> {
        match self.header.kind {
            found if found == expected => Ok(self),
            found => Err(ContainerError::WrongKind { expected, found }),
        }
    }

    fn verify(mut storage: Storage) -> Result<Self, ContainerError> {
        let size = storage.size()?;
        let mut start = vec![0; HEADER_BYTES.min(usize::try_from(size).unwrap_or(usize::MAX))];
        storage.read_at(0, &mut start)?;
        let header = Header::parse(&start, size)?;
        let total = header.file_bytes().ok_or(ContainerError::BadLengths)?;
        if size < total {
            return Err(ContainerError::Truncated { expected: total, found: size });
        }
        if size > total {
            return Err(ContainerError::TrailingBytes { extra: size - total });
        }
        let mut whole = Trailer::new(&header, &storage.read_metadata(&header)?);
        let mut digests = Vec::new();
        let mut buffer = Vec::new();
        for chunk in 0..header.chunks() {
            let stored = storage.read_chunk(&header, chunk, &mut buffer)?;
            let digest = header.chunk_digest(chunk, &buffer);
            if digest != stored {
                return Err(ContainerError::DamagedChunk { chunk });
            }
            whole.add(digest);
            digests.push(digest);
        }
        let digest = whole.finish();
        let (mut stored, mut signature) = ([0; DIGEST_BYTES], [0; Signature::BYTES]);
        storage.read_at(total - header::TRAILER_BYTES, &mut stored)?;
        storage.read_at(total - Signature::BYTES as u64, &mut signature)?;
        if Digest::from(stored) != digest {
            return Err(ContainerError::Damaged);
        }
        let seal = Seal { digest, signature: Signature::from_bytes(signature) };
        Ok(Self { header, digests, seal, storage: Mutex::new(storage) })
    }

    /// What the file is and whose.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The digest over everything: the artefact's name in whatever is made from it.
    pub fn digest(&self) -> Digest {
        self.seal.digest
    }

    /// The digest with its signature.
    pub fn seal(&self) -> Seal {
        self.seal
    }

    /// Refuses an artefact that the party has not signed, under this name where it is a table. Whose signature it must
    /// be, the agreement says.
    pub(crate) fn signed_by(&self, party: &Party, name: &str) -> Result<(), ContainerError> {
        self.seal.signed_by(&self.header, party, name)
    }

    /// Refuses an artefact of another agreement or another key.
    ///
    /// # Errors
    /// [`ContainerError::WrongAgreement`], [`ContainerError::WrongKey`].
    pub fn expect(&self, agreement: AgreementId, key: Option<KeyId>) -> Result<(), ContainerError> {
        let found = self.header.agreement;
        if found != agreement {
            return Err(ContainerError::WrongAgreement { expected: agreement, found });
        }
        match (key, self.header.key) {
            (Some(expected), found) if expected != found => Err(ContainerError::WrongKey { expected, found }),
            _ => Ok(()),
        }
    }

    /// Reads the metadata, which is not kept.
    ///
    /// # Errors
    /// [`ContainerError::BadMetadata`], or when the file cannot be read or was changed since it was opened.
    pub fn metadata<M: DeserializeOwned>(&self) -> Result<M, ContainerError> {
        metadata::decode(&self.metadata_bytes()?)
    }

    fn metadata_bytes(&self) -> Result<Vec<u8>, ContainerError> {
        let mut storage = self.storage.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let metadata = storage.read_metadata(&self.header)?;
        drop(storage);
        let mut whole = Trailer::new(&self.header, &metadata);
        self.digests.iter().for_each(|digest| whole.add(*digest));
        if whole.finish() == self.seal.digest { Ok(metadata) } else { Err(ContainerError::Damaged) }
    }

    /// Reads one chunk and compares it with the digest that was verified when the file was opened.
    ///
    /// # Errors
    /// When the file cannot be read or was changed since.
    pub fn chunk(&self, chunk: u64) -> Result<Vec<u8>, ContainerError> {
        let mut buffer = Vec::new();
        let mut storage = self.storage.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        storage.read_chunk(&self.header, chunk, &mut buffer)?;
        drop(storage);
        let known = self.digests.get(chunk as usize).ok_or(ContainerError::BadLengths)?;
        if self.header.chunk_digest(chunk, &buffer) != *known {
            return Err(ContainerError::DamagedChunk { chunk });
        }
        Ok(buffer)
    }

    /// Refuses a payload of another length.
    pub(crate) fn expect_payload(&self, bytes: usize) -> Result<(), ContainerError> {
        let same = self.header.payload_bytes == bytes as u64;
        if same { Ok(()) } else { Err(ContainerError::BadContents("a payload of another length")) }
    }

    /// Reads the whole payload, for artefacts that are one thing of a known length: keys.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk).
    pub fn payload(&self, bytes: usize) -> Result<Vec<u8>, ContainerError> {
        self.expect_payload(bytes)?;
        let mut payload = Vec::with_capacity(self.header.payload_bytes as usize);
        for chunk in 0..self.header.chunks() {
            payload.extend(self.chunk(chunk)?);
        }
        Ok(payload)
    }

    /// Copies the verified artefact to a writer.
    ///
    /// # Errors
    /// When reading or writing fails.
    pub fn copy_to(&self, out: &mut impl Write) -> Result<(), ContainerError> {
        let mut writer = Writer::start(out, self.header.clone(), self.metadata_bytes()?)?;
        for chunk in 0..self.header.chunks() {
            writer.chunk(&self.chunk(chunk)?)?;
        }
        writer.finish_sealed(self.seal)?;
        Ok(())
    }
}

impl Storage {
    fn size(&mut self) -> io::Result<u64> {
        match self {
            Self::Memory(cursor) => Ok(cursor.get_ref().len() as u64),
            Self::File(file) => file.seek(SeekFrom::End(0)),
        }
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        match self {
            Self::Memory(cursor) => {
                cursor.set_position(offset);
                cursor.read_exact(buffer)
            }
            Self::File(file) => {
                file.seek(SeekFrom::Start(offset))?;
                file.read_exact(buffer)
            }
        }
    }

    fn read_metadata(&mut self, header: &Header) -> Result<Vec<u8>, ContainerError> {
        let mut metadata = Vec::new();
        let bytes = usize::try_from(header.metadata_bytes).map_err(|_| ContainerError::BadLengths)?;
        metadata.try_reserve_exact(bytes).map_err(|_| ContainerError::BadLengths)?;
        metadata.resize(bytes, 0);
        self.read_at(HEADER_BYTES as u64, &mut metadata)?;
        Ok(metadata)
    }

    /// Fills `buffer` with a chunk's bytes and returns the digest stored after them.
    fn read_chunk(
        &mut self,
        header: &Header,
        chunk: u64,
        buffer: &mut Vec<u8>,
    ) -> Result<Digest, ContainerError> {
        let (offset, length) = header.chunk_range(chunk).ok_or(ContainerError::BadLengths)?;
        buffer.resize(length + DIGEST_BYTES, 0);
        self.read_at(offset, buffer)?;
        let mut stored = [0; DIGEST_BYTES];
        stored.copy_from_slice(&buffer[length..]);
        buffer.truncate(length);
        Ok(stored.into())
    }
}

struct Trailer(blake3::Hasher);

impl Trailer {
    fn new(header: &Header, metadata: &[u8]) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&header.to_bytes());
        hasher.update(metadata);
        Self(hasher)
    }

    fn add(&mut self, chunk: Digest) {
        self.0.update(chunk.as_bytes());
    }

    fn finish(&self) -> Digest {
        self.0.finalize().into()
    }
}
