use super::error::ContainerError;
use super::kind::{Kind, VERSION};
use crate::signature::{Context, Signature};
use crate::units::{AgreementId, Digest, KeyId, MAX_IDS, SubjectIds};

pub(crate) const MAGIC: [u8; 8] = *b"drempel\n";
pub(super) const DIGEST_BYTES: usize = 32;
pub(super) const HEADER_BYTES: usize = 128;
/// The digest over everything, and its signature.
pub(super) const TRAILER_BYTES: u64 = (DIGEST_BYTES + Signature::BYTES) as u64;

/// The first 128 bytes of every artefact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// What it is.
    pub kind: Kind,
    /// The agreement that it was made for.
    pub agreement: AgreementId,
    /// The key set that it belongs to.
    pub key: KeyId,
    /// The length of the metadata.
    pub metadata_bytes: u64,
    /// The length of the payload without digests.
    pub payload_bytes: u64,
    /// The length of every chunk but the last.
    pub chunk_bytes: u32,
}

impl Header {
    pub(crate) fn new(
        kind: Kind,
        agreement: AgreementId,
        key: KeyId,
        payload_bytes: usize,
        chunk_bytes: usize,
    ) -> Self {
        let chunk_bytes = u32::try_from(chunk_bytes).expect("a chunk is at most 1 MiB");
        assert!(kind.chunk_lengths().contains(&chunk_bytes), "a chunk has a length of its kind");
        let payload_bytes = payload_bytes as u64;
        Self { kind, agreement, key, metadata_bytes: 0, payload_bytes, chunk_bytes }
    }

    /// What a signature over this artefact covers beside its digest.
    pub(super) fn context<'n>(&self, name: &'n str) -> Context<'n> {
        Context::Artefact(self.kind.number(), self.agreement, self.key, name)
    }

    pub(super) fn to_bytes(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..10].copy_from_slice(&VERSION.to_le_bytes());
        bytes[10..12].copy_from_slice(&self.kind.number().to_le_bytes());
        bytes[12..16].copy_from_slice(&self.chunk_bytes.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.metadata_bytes.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.payload_bytes.to_le_bytes());
        bytes[32..64].copy_from_slice(self.agreement.as_bytes());
        bytes[64..96].copy_from_slice(self.key.as_bytes());
        let digest = blake3::hash(&bytes[..96]);
        bytes[96..].copy_from_slice(digest.as_bytes());
        bytes
    }

    pub(super) fn parse(bytes: &[u8], file_bytes: u64) -> Result<Self, ContainerError> {
        if bytes.len() < MAGIC.len() || bytes[..8] != MAGIC {
            return Err(ContainerError::NotDrempel);
        }
        let Ok(bytes) = <&[u8; HEADER_BYTES]>::try_from(bytes) else {
            let expected = HEADER_BYTES as u64;
            return Err(ContainerError::Truncated { expected, found: file_bytes });
        };
        let version = u16::from_le_bytes(field(bytes, 8));
        if version != VERSION {
            return Err(ContainerError::Version { found: version });
        }
        if *blake3::hash(&bytes[..96]).as_bytes() != field(bytes, 96) {
            return Err(ContainerError::Damaged);
        }
        let code = u16::from_le_bytes(field(bytes, 10));
        let kind = Kind::from_number(code).ok_or(ContainerError::UnknownKind)?;
        Ok(Self {
            kind,
            agreement: Digest::from(field(bytes, 32)),
            key: Digest::from(field(bytes, 64)),
            metadata_bytes: u64::from_le_bytes(field(bytes, 16)),
            payload_bytes: u64::from_le_bytes(field(bytes, 24)),
            chunk_bytes: u32::from_le_bytes(field(bytes, 12)),
        })
    }

    /// How many chunks the payload has.
    pub fn chunks(&self) -> u64 {
        self.payload_bytes.div_ceil(u64::from(self.chunk_bytes.max(1)))
    }

    /// The length of the file, or `None` when the lengths are not possible.
    pub(super) fn file_bytes(&self) -> Option<u64> {
        let kind = self.kind;
        if !kind.chunk_lengths().contains(&self.chunk_bytes) || self.metadata_bytes > kind.max_metadata() {
            return None;
        }
        let digests = self.chunks().checked_mul(DIGEST_BYTES as u64)?.checked_add(TRAILER_BYTES)?;
        (HEADER_BYTES as u64)
            .checked_add(self.metadata_bytes)?
            .checked_add(self.payload_bytes)?
            .checked_add(digests)
    }

    /// Where a chunk begins in the file, and its length without its digest.
    pub(super) fn chunk_range(&self, chunk: u64) -> Option<(u64, usize)> {
        if chunk >= self.chunks() {
            return None;
        }
        let full = u64::from(self.chunk_bytes);
        let offset = chunk * (full + DIGEST_BYTES as u64);
        let length = full.min(self.payload_bytes - chunk * full);
        Some((HEADER_BYTES as u64 + self.metadata_bytes + offset, length as usize))
    }

    /// The digest of a chunk, bound to its place in this file.
    pub(super) fn chunk_digest(&self, chunk: u64, bytes: &[u8]) -> Digest {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.agreement.as_bytes());
        hasher.update(self.key.as_bytes());
        hasher.update(&self.kind.number().to_le_bytes());
        hasher.update(&chunk.to_le_bytes());
        hasher.update(bytes);
        hasher.finalize().into()
    }
}

fn field<const N: usize>(bytes: &[u8; HEADER_BYTES], start: usize) -> [u8; N] {
    let mut field = [0; N];
    field.copy_from_slice(&bytes[start..start + N]);
    field
}

/// More bytes than metadata has beside identifiers.
const OTHER_METADATA: u64 = 1 << 14;

/// Refuses identifiers that a file of this kind could not be read with.
pub(crate) fn check_identifiers(kind: Kind, ids: &SubjectIds) -> Result<(), ContainerError> {
    let (bytes, rows) = (kind.max_metadata(), MAX_IDS);
    let fits = ids.len() <= rows && ids.encoded_bytes() + OTHER_METADATA <= bytes;
    if fits { Ok(()) } else { Err(ContainerError::TooManyIdentifiers { kind, rows, bytes }) }
}
