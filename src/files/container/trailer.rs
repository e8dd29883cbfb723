use super::header::Header;
use crate::units::Digest;

/// The digest over everything but the signature.
pub(super) struct Trailer(blake3::Hasher);

impl Trailer {
    pub(super) fn new(header: &Header, metadata: &[u8]) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&header.to_bytes());
        hasher.update(metadata);
        Self(hasher)
    }

    pub(super) fn add(&mut self, chunk: Digest) {
        self.0.update(chunk.as_bytes());
    }

    pub(super) fn finish(&self) -> Digest {
        self.0.finalize().into()
    }
}
