//! An evaluator's answers before packing, so that an auditor can evaluate a share of them again.
//!
//! Packed answers are sums, which nobody can check in part. The transcript has every single answer, 32 bits kept of each
//! word (all that packing reads): the auditor packs it again, which is cheap, compares the sum with the answer file, and
//! evaluates the drawn rows again. The answer file names the transcript's digest, so that it cannot change afterwards.

use std::fs::File;
use std::io::{self, Write};

use drempel_fhe::le_bytes;
use drempel_fhe::packing::{ROW_BYTES, ROWS_PER_CHUNK, read_rows};

use crate::files::container::{Container, ContainerError, Header, Kind, Writer, artefact};
use crate::signature::SigningKey;
use crate::units::{AgreementId, KeyId};

/// One encrypted value after the other, in the order of the answers: 8 KB each.
#[derive(Debug)]
pub struct Transcript {
    container: Container,
}

artefact!(Transcript, Shared);

impl Transcript {
    fn read(container: Container) -> Result<Self, ContainerError> {
        container.metadata::<()>()?;
        let header = container.header();
        if !header.payload_bytes.is_multiple_of(ROW_BYTES as u64) {
            return Err(ContainerError::BadContents("a transcript of another shape"));
        }
        Ok(Self { container })
    }

    /// How many encrypted values.
    pub fn rows(&self) -> usize {
        (self.container.header().payload_bytes / ROW_BYTES as u64) as usize
    }

    /// The rounded words of so many answers at a time, in order, and the place of the first.
    pub(crate) fn chunks(&self) -> impl Iterator<Item = Result<(usize, Vec<u32>), ContainerError>> {
        (0..self.container.header().chunks())
            .map(|chunk| Ok((chunk as usize * ROWS_PER_CHUNK, read_rows(&self.container.chunk(chunk)?))))
    }
}

/// Writes a transcript to a temporary file while the answers are computed.
pub(crate) struct TranscriptWriter {
    writer: Writer<io::BufWriter<File>>,
    file: File,
    pending: Vec<u8>,
}

impl TranscriptWriter {
    pub(crate) fn new(agreement: AgreementId, key: KeyId, rows: usize) -> Result<Self, ContainerError> {
        let bytes = rows * ROW_BYTES;
        let header = Header::new(Kind::Transcript, agreement, key, bytes, ROWS_PER_CHUNK * ROW_BYTES);
        let file = tempfile::tempfile()?;
        let writer = Writer::new(io::BufWriter::new(file.try_clone()?), header, &())?;
        Ok(Self { writer, file, pending: Vec::new() })
    }

    pub(crate) fn rows(&mut self, words: &[u32]) -> Result<(), ContainerError> {
        le_bytes::write(&mut self.pending, words);
        let full = self.pending.len() / (ROWS_PER_CHUNK * ROW_BYTES) * (ROWS_PER_CHUNK * ROW_BYTES);
        for chunk in self.pending[..full].chunks_exact(ROWS_PER_CHUNK * ROW_BYTES) {
            self.writer.chunk(chunk)?;
        }
        self.pending.drain(..full);
        Ok(())
    }

    /// Signs it; under a name where it is a part of a job, so that it cannot be taken for another part.
    pub(crate) fn finish(mut self, signer: &SigningKey, name: &str) -> Result<Transcript, ContainerError> {
        if !self.pending.is_empty() {
            self.writer.chunk(&self.pending)?;
        }
        self.writer.finish(signer, name)?;
        self.file.flush()?;
        Transcript::from_container(Container::from_file(self.file)?)
    }
}
