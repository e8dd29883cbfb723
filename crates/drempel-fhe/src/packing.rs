//! Encrypted answers on their way into a file, and what the key holder reads in them.
//!
//! Small values are packed 2,048 to a ring element, 16 bits kept of each word: a full one is 8 KiB, so a value takes 4
//! bytes. Sums need more bits than packing leaves, and there are few of them: each is one ciphertext of 8 KB, 32 bits
//! kept of each word. Decisions are packed like small values, by another key and with their noise closed.

use crate::bootstrap::{RING_WORDS, WORDS};
use crate::engines::Engines;
use crate::le_bytes;
use crate::leveled::{NoiseStreams, OpenRing};
use crate::params::{ANSWER_BITS, RING, SLOTS, Scale};
use crate::ring::add_monomial_product;

/// Bytes of one ciphertext whose words are rounded to 32 bits.
pub const ROW_BYTES: usize = WORDS * size_of::<u32>();
/// Ciphertexts per chunk of a file.
pub const ROWS_PER_CHUNK: usize = 64;
/// Bytes of a full ring element: 2,048 words of mask and of body, 16 bits each.
pub const RING_BYTES: usize = 2 * RING * size_of::<u16>();

/// How many bytes so many encrypted values take.
pub fn payload_bytes(scale: Scale, values: usize) -> usize {
    match scale {
        Scale::Slots | Scale::Halves => (values.div_ceil(RING) * RING + values) * size_of::<u16>(),
        Scale::Sums => values * ROW_BYTES,
    }
}

/// Bytes of one chunk: a ring element, or some ciphertexts.
pub fn chunk_bytes(scale: Scale) -> usize {
    match scale {
        Scale::Slots | Scale::Halves => RING_BYTES,
        Scale::Sums => ROWS_PER_CHUNK * ROW_BYTES,
    }
}

/// How many encrypted values one chunk holds.
pub fn values_per_chunk(scale: Scale) -> usize {
    match scale {
        Scale::Slots | Scale::Halves => RING,
        Scale::Sums => ROWS_PER_CHUNK,
    }
}

/// Answers as they come in, kept as their file will have them.
#[derive(Debug)]
pub struct PackedAnswers {
    form: Form,
    /// How many there will be, and how many there are.
    values: usize,
    filled: usize,
}

#[derive(Debug)]
enum Form {
    Packed(Packed),
    /// One ciphertext of [`WORDS`] words after the other.
    Rows(Vec<u32>),
    Decisions {
        rings: Vec<PackedRing>,
        open: OpenRing,
    },
}

impl PackedAnswers {
    /// Room for so many encrypted values: 32 KiB for every 2,048 that are packed, 8 KB for each that is not, and for each
    /// decision of the last 2,048.
    pub fn new(scale: Scale, values: usize) -> Self {
        let form = match scale {
            Scale::Slots => Form::Packed(Packed::new(values)),
            Scale::Sums => Form::Rows(vec![0; values * WORDS]),
            Scale::Halves => Form::Decisions { rings: Vec::new(), open: OpenRing::default() },
        };
        Self { form, values, filled: 0 }
    }

    /// Takes the next ciphertexts, their words rounded to 32 bits. `streams` closes the noise of decisions.
    ///
    /// # Panics
    /// When there are more than there was to be room for; when there are decisions, and no streams.
    pub fn push(&mut self, engines: &Engines, streams: Option<&NoiseStreams>, rows: &[u32]) {
        let first = self.filled;
        self.filled += rows.len() / WORDS;
        assert!(self.filled <= self.values, "more answers than there is room for");
        match &mut self.form {
            Form::Packed(packed) => {
                let rings = engines.bootstrap().packing_keyswitch(rows);
                for (place, ring) in (first..).zip(rings.chunks_exact(RING_WORDS)) {
                    packed.add(place, ring);
                }
            }
            Form::Rows(all) => all[first * WORDS..][..rows.len()].copy_from_slice(rows),
            Form::Decisions { rings, open } => {
                let (engine, streams) =
                    (engines.leveled(), streams.expect("whoever packs decisions closes their noise"));
                for (filled, row) in (first + 1..).zip(rows.chunks_exact(WORDS)) {
                    open.push(row, engine.shift());
                    if open.is_full() || filled == self.values {
                        rings.push(engine.worker().pack(open, rings.len() as u64, streams));
                    }
                }
            }
        }
    }

    /// Packed, one ciphertext each, or decisions.
    pub fn scale(&self) -> Scale {
        match &self.form {
            Form::Packed(_) => Scale::Slots,
            Form::Rows(_) => Scale::Sums,
            Form::Decisions { .. } => Scale::Halves,
        }
    }

    /// The bytes of a file: [`payload_bytes`] of them, cut into chunks of [`chunk_bytes`]. Values that did not come in are
    /// zero.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(payload_bytes(self.scale(), self.values));
        match &self.form {
            Form::Packed(packed) => packed.write(&mut bytes),
            Form::Rows(rows) => le_bytes::write(&mut bytes, rows),
            Form::Decisions { rings, .. } => {
                for PackedRing { mask, bodies } in rings {
                    le_bytes::write(&mut bytes, mask);
                    le_bytes::write(&mut bytes, bodies);
                }
                bytes.resize(payload_bytes(self.scale(), self.values), 0);
            }
        }
        bytes
    }
}

/// Ring elements that fill up.
#[derive(Debug)]
struct Packed {
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

    fn write(&self, bytes: &mut Vec<u8>) {
        let bodies = self.bodies[..self.count].chunks(RING);
        for (mask, body) in self.masks.chunks(RING).zip(bodies) {
            for words in [mask, body] {
                let rounded: Vec<u16> = words.iter().map(|word| round(*word)).collect();
                le_bytes::write(bytes, &rounded);
            }
        }
    }
}

/// The nearest multiple of 2⁴⁸, as its top 16 bits.
pub(crate) fn round(word: u64) -> u16 {
    let shift = u64::BITS - ANSWER_BITS;
    (word.wrapping_add(1 << (shift - 1)) >> shift) as u16
}

/// A ring element of answers as it lies in a file: 16 bits a word, under the secret key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedRing {
    /// N words.
    pub mask: Vec<u16>,
    /// One word for each answer.
    pub bodies: Vec<u16>,
}

/// Reads a ring element; `None` when it lacks its mask.
pub fn read_ring(mut bytes: &[u8]) -> Option<PackedRing> {
    let mask = le_bytes::take::<u16>(&mut bytes, RING)?;
    let count = bytes.len() / size_of::<u16>();
    Some(PackedRing { mask, bodies: le_bytes::take(&mut bytes, count)? })
}

/// Reads the words of some ciphertexts, one after the other.
pub fn read_rows(mut bytes: &[u8]) -> Vec<u32> {
    let count = bytes.len() / size_of::<u32>();
    le_bytes::take(&mut bytes, count).unwrap_or_default()
}

/// The nearest of the torus's 32 values, −16..16, to a phase of a packed answer.
pub fn decode_slot(phase: u16) -> i64 {
    let step = (Scale::Slots.delta() >> (u64::BITS - ANSWER_BITS)) as u16;
    let value = i64::from(phase.wrapping_add(step / 2) / step);
    if value >= SLOTS { value - 2 * SLOTS } else { value }
}

/// The nearest sum to a phase of a ciphertext of its own.
pub fn decode_sum(phase: u32) -> i64 {
    let step = (Scale::Sums.delta() >> u32::BITS) as u32;
    i64::from(phase.wrapping_add(step / 2) / step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::DELTA;

    /// Answers that were never encrypted: enough to see where each one goes.
    #[test]
    fn answers_beyond_the_first_ring_element_keep_their_places() {
        let count = 5_000;
        let value = |index: usize| u64::from(index.is_multiple_of(3));
        let mut packed = Packed::new(count);
        // In another order than that of the file.
        for index in (0..count).rev() {
            let mut ring = vec![0; RING_WORDS];
            ring[RING] = DELTA.wrapping_mul(value(index));
            packed.add(index, &ring);
        }
        let mut bytes = Vec::new();
        packed.write(&mut bytes);
        let rings =
            bytes.chunks(chunk_bytes(Scale::Slots)).map(|ring| read_ring(ring).expect("a mask").bodies);
        let bodies: Vec<u16> = rings.flatten().map(|body| body >> 11).collect();
        assert_eq!(bodies.len(), count);
        for (index, body) in bodies.into_iter().enumerate() {
            assert_eq!(u64::from(body), value(index), "{index}");
        }
    }

    #[test]
    fn a_full_ring_element_takes_four_bytes_per_answer() {
        assert_eq!(payload_bytes(Scale::Slots, RING), 4 * RING);
        assert_eq!(payload_bytes(Scale::Slots, RING + 1), 4 * RING + 2 * RING + 2);
    }

    #[test]
    fn a_phase_is_read_as_the_nearest_value() {
        for (phase, value) in [
            (0, 0),
            (1023, 0),
            (1024, 1),
            (2048, 1),
            (3071, 1),
            (3072, 2),
            (65535, 0),
            (64512, 0),
            (64511, -1),
            (32768, -16),
        ] {
            assert_eq!(decode_slot(phase), value, "{phase}");
        }
    }
}
