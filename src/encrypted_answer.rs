//! The encrypted answers of one job. The key holder decrypts them without a bootstrap.
//!
//! Small values are packed 2,048 to a ring element, 16 bits kept of each word: a full one is 8 KiB, so a value takes 4
//! bytes. Sums need more bits than packing leaves, and there are few of them: each is one ciphertext of 8 KB, 32 bits
//! kept of each word.

use serde::{Deserialize, Serialize};

use crate::analysis::MAX_FIELDS;
use crate::circuit::Scale;
use crate::container::{Container, ContainerError, Seal, artefact};
use crate::params::RING;
use crate::transcript::{ROW_BYTES, ROWS_PER_CHUNK};
use crate::units::{Digest, MAX_ID_BYTES, SubjectIds, hides};

mod packed_answers;

pub(crate) use packed_answers::PackedAnswers;

/// The encrypted answers of one job.
#[derive(Debug)]
pub struct EncryptedAnswer {
    container: Container,
    provenance: Provenance,
}

/// What the answers were made from, and whom they are about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Provenance {
    /// The program that computed it: a name and a version.
    pub program: String,
    /// The digest of the evaluation key.
    pub evaluation_key: Digest,
    /// The encrypted tables' digests with their providers' signatures, in the order of the analysis's datasets.
    pub tables: Vec<Seal>,
    /// The digest of what was asked about, as [`Cases::digest`](crate::Cases::digest) gives it.
    pub cases: Digest,
    /// The digest of the [`Transcript`](crate::Transcript), where only a share of the answers is audited.
    pub transcript: Option<Digest>,
    /// The digest of the [`Blinding`](crate::Blinding), where answers are blinded: the evaluator is bound to it.
    pub blinding: Option<Digest>,
    /// Packed small values, or sums.
    pub scale: Scale,
    /// Encrypted values per answer.
    pub fields: u32,
    /// Whom each answer is about, in order.
    pub subjects: SubjectIds,
}

impl Provenance {
    /// Encrypted values in all.
    pub(crate) fn values(&self) -> usize {
        self.subjects.len() * self.fields as usize
    }
}

/// Bytes of a full ring element: 2,048 words of mask and of body, 16 bits each.
const RING_BYTES: usize = 2 * RING * size_of::<u16>();

artefact!(EncryptedAnswer, Shared);

impl EncryptedAnswer {
    fn read(container: Container) -> Result<Self, ContainerError> {
        let provenance: Provenance = container.metadata()?;
        check_name(&provenance.program)?;
        let header = container.header();
        if provenance.fields == 0 || provenance.fields as usize > MAX_FIELDS {
            return Err(ContainerError::BadContents("an impossible number of values per answer"));
        }
        let bytes = payload_bytes(provenance.scale, provenance.values()) as u64;
        let chunk_bytes = chunk_bytes(provenance.scale);
        if header.chunk_bytes as usize != chunk_bytes || header.payload_bytes != bytes {
            return Err(ContainerError::BadContents("rows and length of the answers contradict each other"));
        }
        if !provenance.subjects.is_distinct() {
            return Err(ContainerError::BadContents("two answers are about the same subject"));
        }
        Ok(Self { container, provenance })
    }

    /// Room for answers of the same form.
    pub(crate) fn empty_packing(&self) -> PackedAnswers {
        PackedAnswers::new(self.provenance.scale, self.provenance.values())
    }

    /// What the answers were made from, and whom they are about.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}

/// Refuses a program's name that would show as something else than itself.
pub(crate) fn check_name(program: &str) -> Result<(), ContainerError> {
    if program.len() <= MAX_ID_BYTES && !program.chars().any(hides) {
        return Ok(());
    }
    Err(ContainerError::BadContents("the name of the program is too long or does not show"))
}

fn payload_bytes(scale: Scale, values: usize) -> usize {
    match scale {
        Scale::Slots => (values.div_ceil(RING) * RING + values) * size_of::<u16>(),
        Scale::Sums => values * ROW_BYTES,
    }
}

fn chunk_bytes(scale: Scale) -> usize {
    match scale {
        Scale::Slots => RING_BYTES,
        Scale::Sums => ROWS_PER_CHUNK * ROW_BYTES,
    }
}

/// A ring element of answers: its mask and its bodies.
#[cfg(feature = "key-holder")]
pub(crate) type PackedRing = (Vec<u16>, Vec<u16>);

/// What a key holder decrypts.
#[cfg(feature = "key-holder")]
pub(crate) enum Ciphertexts {
    /// Up to 2,048 small values each.
    Rings(Vec<PackedRing>),
    /// Some ciphertexts of one sum each, one after the other.
    Rows(Vec<Vec<u32>>),
}

#[cfg(feature = "key-holder")]
impl EncryptedAnswer {
    /// Everything that is to be decrypted.
    pub(crate) fn ciphertexts(&self) -> Result<Ciphertexts, ContainerError> {
        let chunks = 0..self.header().chunks() as usize;
        match self.provenance.scale {
            Scale::Slots => {
                Ok(Ciphertexts::Rings(chunks.map(|index| self.ring(index)).collect::<Result<_, _>>()?))
            }
            Scale::Sums => {
                Ok(Ciphertexts::Rows(chunks.map(|index| self.rows(index)).collect::<Result<_, _>>()?))
            }
        }
    }

    /// The words of some ciphertexts, one after the other.
    fn rows(&self, index: usize) -> Result<Vec<u32>, ContainerError> {
        let bytes = self.container.chunk(index as u64)?;
        let count = bytes.len() / size_of::<u32>();
        Ok(crate::le_bytes::take(&mut bytes.as_slice(), count).unwrap_or_default())
    }

    fn ring(&self, index: usize) -> Result<PackedRing, ContainerError> {
        let bytes = self.container.chunk(index as u64)?;
        let mut rest = bytes.as_slice();
        let mask = crate::le_bytes::take::<u16>(&mut rest, RING);
        let mask = mask.ok_or(ContainerError::BadContents("a ring element lacks its mask"))?;
        let count = rest.len() / size_of::<u16>();
        Ok((mask, crate::le_bytes::take(&mut rest, count).unwrap_or_default()))
    }
}
