use super::{EncryptedAnswer, Provenance, RING_BYTES, chunk_bytes, payload_bytes};
use crate::circuit::Scale;
use crate::container::{ContainerError, Header, Kind, write_whole};
use crate::engine::{Engine, RING_WORDS, WORDS};
use crate::le_bytes;
use crate::params::{ANSWER_BITS, RING};
use crate::ring::add_monomial_product;
use crate::signature::SigningKey;
use crate::units::{AgreementId, KeyId};

/// Answers as they come in, kept as their file will have them.
pub(crate) enum PackedAnswers {
    Packed(Packed),
    /// One ciphertext of [`WORDS`] words after the other.
    Rows(Vec<u32>),
}

impl PackedAnswers {
    /// Room for so many encrypted values: 32 KiB for every 2,048 that are packed, 8 KB for each that is not.
    pub(crate) fn new(scale: Scale, values: usize) -> Self {
        match scale {
            Scale::Slots => Self::Packed(Packed::new(values)),
            Scale::Sums => Self::Rows(vec![0; values * WORDS]),
        }
    }

    /// Puts ciphertexts, their words rounded to 32 bits, at the places from `first` on.
    pub(crate) fn put(&mut self, engine: &Engine, first: usize, rows: &[u32]) {
        match self {
            Self::Packed(packed) => {
                for (place, ring) in (first..).zip(engine.packing_keyswitch(rows).chunks_exact(RING_WORDS)) {
                    packed.add(place, ring);
                }
            }
            Self::Rows(all) => all[first * WORDS..][..rows.len()].copy_from_slice(rows),
        }
    }

    fn scale(&self) -> Scale {
        match self {
            Self::Packed(_) => Scale::Slots,
            Self::Rows(_) => Scale::Sums,
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Packed(packed) => packed.to_bytes(),
            Self::Rows(rows) => {
                let mut bytes = Vec::with_capacity(size_of_val(rows.as_slice()));
                le_bytes::write(&mut bytes, rows);
                bytes
            }
        }
    }
}

/// Ring elements that fill up.
pub(crate) struct Packed {
    count: usize,
    masks: Vec<u64>,
    bodies: Vec<u64>,
}

impl Packed {
    fn new(count: usize) -> Self {
        let words = count.div_ceil(RING) * RING;
        Self { count, masks: vec![0; words], bodies: vec![0; words] }
    }

    /// Puts the value in a ring element's constant coefficient at a place of its own.
    fn add(&mut self, place: usize, ring: &[u64]) {
        let (mask, body) = ring.split_at(RING);
        let start = place / RING * RING;
        add_monomial_product(&mut self.masks[start..start + RING], mask, place % RING);
        add_monomial_product(&mut self.bodies[start..start + RING], body, place % RING);
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(payload_bytes(Scale::Slots, self.count));
        let bodies = self.bodies[..self.count].chunks(RING);
        for (mask, body) in self.masks.chunks(RING).zip(bodies) {
            for words in [mask, body] {
                let rounded: Vec<u16> = words.iter().map(|word| round(*word)).collect();
                le_bytes::write(&mut bytes, &rounded);
            }
        }
        bytes
    }
}

/// The nearest multiple of 2⁴⁸, as its top 16 bits.
fn round(word: u64) -> u16 {
    let shift = u64::BITS - ANSWER_BITS;
    (word.wrapping_add(1 << (shift - 1)) >> shift) as u16
}

impl EncryptedAnswer {
    pub(crate) fn new(
        agreement: AgreementId,
        key: KeyId,
        provenance: Provenance,
        collected: &PackedAnswers,
        signer: &SigningKey,
    ) -> Result<Self, ContainerError> {
        let payload = collected.to_bytes();
        let chunk_bytes = chunk_bytes(collected.scale());
        let header = Header::new(Kind::EncryptedAnswer, agreement, key, payload.len(), chunk_bytes);
        let mut bytes = Vec::new();
        write_whole(&mut bytes, header, &provenance, &payload, signer)?;
        Self::from_bytes(bytes)
    }

    /// The first chunk that other answers would fill otherwise: its first and last answer, counted from one.
    pub(crate) fn first_difference(
        &self,
        collected: &PackedAnswers,
    ) -> Result<Option<(usize, usize)>, ContainerError> {
        let (chunk_bytes, values) = (chunk_bytes(collected.scale()), self.provenance.values());
        let per_chunk = match collected.scale() {
            Scale::Slots => chunk_bytes / (RING_BYTES / RING),
            Scale::Sums => chunk_bytes / (WORDS * size_of::<u32>()),
        };
        let answer = |value: usize| value / self.provenance.fields as usize + 1;
        for (index, expected) in collected.to_bytes().chunks(chunk_bytes).enumerate() {
            if self.container.chunk(index as u64)? != expected {
                let last = values.min((index + 1) * per_chunk) - 1;
                return Ok(Some((answer(index * per_chunk), answer(last))));
            }
        }
        Ok(None)
    }
}

#[cfg(all(test, feature = "key-holder"))]
mod tests {
    use super::*;
    use crate::engine::RING_WORDS;
    use crate::params::DELTA;
    use crate::units::{Digest, SubjectId};

    fn provenance(scale: Scale, fields: u32, subjects: usize) -> Provenance {
        let subject = |i: usize| SubjectId::try_from(i.to_string()).expect("an identifier");
        Provenance {
            program: String::new(),
            evaluation_key: Digest::ZERO,
            tables: vec![],
            cases: Digest::ZERO,
            transcript: None,
            blinding: None,
            scale,
            fields,
            subjects: (0..subjects).map(subject).collect(),
        }
    }

    fn write(provenance: Provenance, collected: &PackedAnswers) -> Result<EncryptedAnswer, ContainerError> {
        let id = Digest::of(b"agreement");
        EncryptedAnswer::new(id, id, provenance, collected, &SigningKey::generate())
    }

    #[test]
    fn a_file_whose_fields_scale_and_length_contradict_each_other_is_refused() {
        for (scale, other) in [(Scale::Slots, Scale::Sums), (Scale::Sums, Scale::Slots)] {
            let six = PackedAnswers::new(scale, 6);
            assert!(write(provenance(scale, 3, 2), &six).is_ok());
            for (scale, fields) in [(scale, 0), (scale, 2), (scale, 65), (scale, u32::MAX), (other, 3)] {
                let error = write(provenance(scale, fields, 2), &six).err();
                assert!(
                    matches!(error, Some(ContainerError::BadContents(_))),
                    "{scale:?} {fields}: {error:?}"
                );
            }
        }
    }

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
        let answer =
            write(provenance(Scale::Slots, 1, count), &PackedAnswers::Packed(packed)).expect("consistent");
        let bodies: Vec<u16> =
            (0..3).flat_map(|index| answer.ring(index).expect("reads").1).map(|body| body >> 11).collect();
        assert_eq!(bodies.len(), count);
        for (place, body) in bodies.into_iter().enumerate() {
            assert_eq!(u64::from(body), value(place), "{place}");
        }
    }

    #[test]
    fn a_full_ring_element_takes_four_bytes_per_answer() {
        assert_eq!(payload_bytes(Scale::Slots, RING), 4 * RING);
        assert_eq!(payload_bytes(Scale::Slots, RING + 1), 4 * RING + 2 * RING + 2);
    }
}
