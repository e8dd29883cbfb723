use std::io::Write;

use serde::Serialize;

use super::error::ContainerError;
use super::header::Header;
use super::metadata;
use super::seal::Seal;
use super::trailer::Trailer;
use crate::signature::SigningKey;

/// Writes an artefact chunk by chunk; the totals are known before the first byte.
pub(crate) struct Writer<W> {
    out: W,
    header: Header,
    whole: Trailer,
    chunk: u64,
}

impl<W: Write> Writer<W> {
    /// Writes header and metadata. `header.metadata_bytes` is set here.
    pub(crate) fn new(out: W, header: Header, metadata: &impl Serialize) -> Result<Self, ContainerError> {
        Self::start(out, header, metadata::encode(metadata)?)
    }

    pub(super) fn start(mut out: W, mut header: Header, metadata: Vec<u8>) -> Result<Self, ContainerError> {
        header.metadata_bytes = metadata.len() as u64;
        out.write_all(&header.to_bytes())?;
        out.write_all(&metadata)?;
        let whole = Trailer::new(&header, &metadata);
        Ok(Self { out, header, whole, chunk: 0 })
    }

    /// Writes the next chunk, which must have the length that the header gives it.
    pub(crate) fn chunk(&mut self, bytes: &[u8]) -> Result<(), ContainerError> {
        let expected = self.header.chunk_range(self.chunk).map(|(_, length)| length);
        assert_eq!(Some(bytes.len()), expected, "a chunk has the length that the header gives it");
        let digest = self.header.chunk_digest(self.chunk, bytes);
        self.out.write_all(bytes)?;
        self.out.write_all(digest.as_bytes())?;
        self.whole.add(digest);
        self.chunk += 1;
        Ok(())
    }

    /// Writes the trailer with its maker's signature (a table's under its dataset's name).
    pub(crate) fn finish(self, signer: &SigningKey, name: &str) -> Result<(), ContainerError> {
        let seal = Seal::new(&self.header, name, self.whole.finish(), signer);
        self.finish_sealed(seal)
    }

    /// Writes the trailer of an artefact that was signed before.
    pub(super) fn finish_sealed(mut self, seal: Seal) -> Result<(), ContainerError> {
        assert_eq!(self.chunk, self.header.chunks(), "every chunk is written");
        self.out.write_all(seal.digest.as_bytes())?;
        self.out.write_all(seal.signature.as_bytes())?;
        self.out.flush()?;
        Ok(())
    }
}

/// The name under which everything but a table is signed.
pub(crate) const NO_LABEL: &str = "";

/// The bytes of an artefact whose payload is all in memory.
pub(crate) fn to_bytes(
    header: Header,
    metadata: &impl Serialize,
    payload: &[u8],
    signer: &SigningKey,
) -> Result<Vec<u8>, ContainerError> {
    let chunk_bytes = header.chunk_bytes as usize;
    let mut bytes = Vec::with_capacity(payload.len() + payload.len() / 1_000);
    let mut writer = Writer::new(&mut bytes, header, metadata)?;
    for chunk in payload.chunks(chunk_bytes) {
        writer.chunk(chunk)?;
    }
    writer.finish(signer, NO_LABEL)?;
    Ok(bytes)
}
