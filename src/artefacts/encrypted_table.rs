//! One dataset under encryption: subjects in the clear, one row of ciphertexts each.
//!
//! The ciphertexts of all rows follow one another and are cut into *bins* of 2,048. A bin is one compact list and one
//! chunk of the file: a mask of 2,048 words that its ciphertexts share, then their bodies, 16 bytes per ciphertext in all.

use drempel_fhe::ciphertexts::{Bin, InputTable};
use drempel_fhe::circuit::{Encoding, Layout};
use drempel_fhe::le_bytes;
use drempel_fhe::params::RING;
use serde::{Deserialize, Serialize};

use crate::files::container::{Container, ContainerError, artefact};
use crate::units::{SubjectIds, hides};

/// Bytes of a full bin.
pub(crate) const BIN_BYTES: usize = 2 * RING * size_of::<u64>();

/// One encrypted dataset. Bins are read from the file when they are needed.
#[derive(Debug)]
pub struct EncryptedTable {
    container: Container,
    metadata: Metadata,
}

/// What an encrypted table says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Metadata {
    /// The dataset's name in the agreement.
    pub(crate) dataset: String,
    /// Ciphertexts per row.
    pub(crate) width: u32,
    /// How many whole rows a bin has, where decisions read them; else rows follow one another across bins.
    pub(crate) rows_per_bin: Option<u32>,
    /// Whom the rows are about, in ascending order.
    pub(crate) subjects: SubjectIds,
}

impl Metadata {
    pub(crate) fn new(dataset: &str, encoding: &Encoding, subjects: &SubjectIds) -> Self {
        let rows_per_bin = match encoding.layout() {
            Layout::Continuous => None,
            Layout::WholeRows(rows) => Some(rows as u32),
        };
        let (dataset, width) = (dataset.to_owned(), encoding.width() as u32);
        Self { dataset, width, rows_per_bin, subjects: subjects.clone() }
    }

    /// How many bytes the bins take, digests not counted; `None` where there cannot be so many.
    pub(crate) fn payload_bytes(&self) -> Option<usize> {
        let ciphertexts = match self.rows_per_bin {
            // Such bins are full lists, whatever their rows fill.
            Some(0) => return None,
            Some(rows) => self.subjects.len().div_ceil(rows as usize).checked_mul(RING)?,
            None => self.subjects.len().checked_mul(self.width as usize)?,
        };
        let words = |ciphertexts: usize| ciphertexts.div_ceil(RING) * RING + ciphertexts;
        (ciphertexts <= u32::MAX as usize * RING).then(|| words(ciphertexts) * size_of::<u64>())
    }
}

artefact!(EncryptedTable, Shared);

impl EncryptedTable {
    fn read(container: Container) -> Result<Self, ContainerError> {
        let metadata: Metadata = container.metadata()?;
        let header = container.header();
        if metadata.payload_bytes().map(|bytes| bytes as u64) != Some(header.payload_bytes) {
            return Err(ContainerError::BadContents("rows and length of the table contradict each other"));
        }
        if metadata.dataset.is_empty() || metadata.dataset.chars().any(hides) {
            return Err(ContainerError::BadContents("the dataset's name has characters that do not show"));
        }
        if !metadata.subjects.is_ascending() {
            return Err(ContainerError::BadContents("the subjects are not in ascending order"));
        }
        Ok(Self { container, metadata })
    }

    /// The dataset's name in the agreement.
    pub fn dataset(&self) -> &str {
        &self.metadata.dataset
    }

    /// Whom the rows are about, in ascending order.
    pub fn subjects(&self) -> &SubjectIds {
        &self.metadata.subjects
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.metadata.subjects.len()
    }

    /// Ciphertexts per row.
    pub fn width(&self) -> usize {
        self.metadata.width as usize
    }

    /// Whether it is encrypted so.
    pub(crate) fn has_encoding(&self, encoding: &Encoding) -> bool {
        let Metadata { width, rows_per_bin, .. } = Metadata::new("", encoding, &SubjectIds::default());
        (width, rows_per_bin) == (self.metadata.width, self.metadata.rows_per_bin)
    }

    /// Reads every bin, as an evaluation would.
    ///
    /// # Errors
    /// When a bin is no ciphertexts.
    pub fn check(&self) -> Result<(), ContainerError> {
        (0..self.header().chunks() as usize).try_for_each(|bin| self.bin(bin).map(drop))
    }
}

impl InputTable for EncryptedTable {
    type Error = ContainerError;

    fn width(&self) -> usize {
        self.width()
    }

    fn bin(&self, index: usize) -> Result<Bin, ContainerError> {
        let bytes = self.container.chunk(index as u64)?;
        let mut rest = bytes.as_slice();
        let mask = le_bytes::take::<u64>(&mut rest, RING);
        let mask = mask.ok_or(ContainerError::BadContents("a bin lacks its mask"))?;
        // A mask of zeros would be plaintext in the clear, posing as a ciphertext.
        if mask.iter().all(|word| *word == 0) {
            return Err(ContainerError::BadContents("a mask of zeros"));
        }
        let count = rest.len() / size_of::<u64>();
        let bodies = le_bytes::take::<u64>(&mut rest, count).unwrap_or_default();
        Ok(Bin { mask, bodies })
    }
}
