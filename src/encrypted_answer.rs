//! The encrypted answers of one job: one per household, packed 2,048 to a ring element, 16 bits kept of each word.
//!
//! A full ring element is 8 KiB, so an answer takes 4 bytes; the key holder decrypts it without a bootstrap.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::container::{Access, Container, ContainerError, Header, Kind, Seal, write_atomically};
use crate::params::RING;
use crate::units::{Digest, HouseholdId, MAX_ID_BYTES, hides};

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
    /// The digest of the households as [`Households::digest`](crate::Households::digest) gives it.
    pub households: Digest,
    /// The digest of the [`Transcript`](crate::Transcript), where only a share of the answers is audited.
    pub transcript: Option<Digest>,
    /// The digest of the [`Blinding`](crate::Blinding), where answers are blinded: the evaluator is bound to it.
    pub blinding: Option<Digest>,
    /// Whom each answer is about, in order.
    pub subjects: Vec<HouseholdId>,
}

/// Bytes of a full ring element: 2,048 words of mask and of body, 16 bits each.
const CHUNK_BYTES: usize = 2 * RING * size_of::<u16>();

impl EncryptedAnswer {
    /// Opens and verifies encrypted answers.
    ///
    /// # Errors
    /// When the file is damaged, of another kind, or contradicts itself.
    pub fn open(path: &Path) -> Result<Self, ContainerError> {
        Self::from_container(Container::open(path, Kind::EncryptedAnswer)?)
    }

    /// Verifies encrypted answers in memory.
    ///
    /// # Errors
    /// When the bytes are damaged, of another kind, or contradict themselves.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, ContainerError> {
        Self::from_container(Container::from_bytes(bytes, Kind::EncryptedAnswer)?)
    }

    fn from_container(container: Container) -> Result<Self, ContainerError> {
        let provenance: Provenance = container.metadata()?;
        check_name(&provenance.program)?;
        let header = container.header();
        let bytes = payload_bytes(provenance.subjects.len()) as u64;
        if header.chunk_bytes as usize != CHUNK_BYTES || header.payload_bytes != bytes {
            return Err(ContainerError::BadContents("rows and length of the answers contradict each other"));
        }
        let mut seen = std::collections::HashSet::new();
        if !provenance.subjects.iter().all(|subject| seen.insert(subject)) {
            return Err(ContainerError::BadContents("a household is answered twice"));
        }
        Ok(Self { container, provenance })
    }

    /// Saves the answers as a file, whole or not at all.
    ///
    /// # Errors
    /// When writing fails.
    pub fn save(&self, path: &Path) -> Result<(), ContainerError> {
        write_atomically(path, Access::Shared, |mut out| self.container.copy_to(&mut out))
    }

    /// What the file is and whose.
    pub fn header(&self) -> &Header {
        self.container.header()
    }

    /// The digest over all answers and what they were made from.
    pub fn digest(&self) -> Digest {
        self.container.digest()
    }

    pub(crate) fn container(&self) -> &Container {
        &self.container
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

fn payload_bytes(answers: usize) -> usize {
    (answers.div_ceil(RING) * RING + answers) * size_of::<u16>()
}

/// A ring element of answers: its mask and its bodies.
#[cfg(feature = "key-holder")]
pub(crate) type PackedRing = (Vec<u16>, Vec<u16>);

pub(crate) use packed::Packed;

mod packed {
    use super::*;
    use crate::container::write_whole;
    use crate::params::ANSWER_BITS;
    use crate::ring::add_turned;
    use crate::signature::SigningKey;
    use crate::units::{AgreementId, KeyId};
    use crate::words;

    /// Ring elements that fill up as answers come in, in any order.
    pub(crate) struct Packed {
        count: usize,
        masks: Vec<u64>,
        bodies: Vec<u64>,
    }

    impl Packed {
        /// Room for so many answers: 32 KiB for every 2,048.
        pub(crate) fn new(count: usize) -> Self {
            let words = count.div_ceil(RING) * RING;
            Self { count, masks: vec![0; words], bodies: vec![0; words] }
        }

        /// Puts the value in a ring element's constant coefficient at a place of its own.
        pub(crate) fn add(&mut self, place: usize, ring: &[u64]) {
            let (mask, body) = ring.split_at(RING);
            let start = place / RING * RING;
            add_turned(&mut self.masks[start..start + RING], mask, place % RING);
            add_turned(&mut self.bodies[start..start + RING], body, place % RING);
        }

        fn to_bytes(&self) -> Vec<u8> {
            let mut bytes = Vec::with_capacity(payload_bytes(self.count));
            let bodies = self.bodies[..self.count].chunks(RING);
            for (mask, body) in self.masks.chunks(RING).zip(bodies) {
                for words in [mask, body] {
                    let rounded: Vec<u16> = words.iter().map(|word| round(*word)).collect();
                    words::write(&mut bytes, &rounded);
                }
            }
            bytes
        }
    }

    impl EncryptedAnswer {
        pub(crate) fn new(
            agreement: AgreementId,
            key: KeyId,
            provenance: Provenance,
            packed: &Packed,
            signer: &SigningKey,
        ) -> Result<Self, ContainerError> {
            let payload = packed.to_bytes();
            let header = Header::new(Kind::EncryptedAnswer, agreement, key, payload.len(), CHUNK_BYTES);
            let mut bytes = Vec::new();
            write_whole(&mut bytes, header, &provenance, &payload, signer)?;
            Self::from_bytes(bytes)
        }

        /// The first ring element in which other answers are packed: its first and last answer, counted from one.
        pub(crate) fn first_difference(
            &self,
            packed: &Packed,
        ) -> Result<Option<(usize, usize)>, ContainerError> {
            for (index, expected) in packed.to_bytes().chunks(CHUNK_BYTES).enumerate() {
                if self.container.chunk(index as u64)? != expected {
                    return Ok(Some((index * RING + 1, packed.count.min((index + 1) * RING))));
                }
            }
            Ok(None)
        }
    }

    /// The nearest multiple of 2⁴⁸, as its top 16 bits.
    fn round(word: u64) -> u16 {
        let shift = u64::BITS - ANSWER_BITS;
        (word.wrapping_add(1 << (shift - 1)) >> shift) as u16
    }
}

#[cfg(feature = "key-holder")]
impl EncryptedAnswer {
    /// Every ring element: its mask and its bodies.
    pub(crate) fn rings(&self) -> Result<Vec<PackedRing>, ContainerError> {
        (0..self.header().chunks() as usize).map(|index| self.ring(index)).collect()
    }

    fn ring(&self, index: usize) -> Result<PackedRing, ContainerError> {
        let bytes = self.container.chunk(index as u64)?;
        let mut rest = bytes.as_slice();
        let mask = crate::words::take::<u16>(&mut rest, RING);
        let mask = mask.ok_or(ContainerError::BadContents("a ring element lacks its mask"))?;
        let count = rest.len() / size_of::<u16>();
        Ok((mask, crate::words::take(&mut rest, count).unwrap_or_default()))
    }
}

#[cfg(all(test, feature = "key-holder"))]
mod tests {
    use super::*;
    use crate::engine::RING_WORDS;
    use crate::params::DELTA;
    use crate::signature::SigningKey;

    /// Answers that were never encrypted: enough to see where each one goes.
    #[test]
    fn answers_beyond_the_first_ring_element_keep_their_places() {
        let count = 5_000;
        let value = |place: usize| u64::from(place.is_multiple_of(3));
        let mut packed = Packed::new(count);
        // In another order than that of the file.
        for place in (0..count).rev() {
            let mut ring = vec![0; RING_WORDS];
            ring[RING] = DELTA.wrapping_mul(value(place));
            packed.add(place, &ring);
        }
        let subject = |i: usize| HouseholdId::try_from(i.to_string()).expect("an identifier");
        let id = Digest::of(b"agreement");
        let provenance = Provenance {
            program: String::new(),
            evaluation_key: id,
            tables: vec![],
            households: id,
            transcript: None,
            blinding: None,
            subjects: (0..count).map(subject).collect(),
        };
        let signer = SigningKey::generate();
        let answer = EncryptedAnswer::new(id, id, provenance, &packed, &signer).expect("consistent");
        let bodies: Vec<u16> =
            (0..3).flat_map(|index| answer.ring(index).expect("reads").1).map(|body| body >> 11).collect();
        assert_eq!(bodies.len(), count);
        for (place, body) in bodies.into_iter().enumerate() {
            assert_eq!(u64::from(body), value(place), "{place}");
        }
    }

    #[test]
    fn a_full_ring_element_takes_four_bytes_per_answer() {
        assert_eq!(payload_bytes(RING), 4 * RING);
        assert_eq!(payload_bytes(RING + 1), 4 * RING + 2 * RING + 2);
    }
}
