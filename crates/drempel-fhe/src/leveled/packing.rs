//! Answers into rings, by FFT.
//!
//! An answer's constant coefficient is b₀ − Σ aⱼ′ · tⱼ, where a′ is the mask extracted (a₀, −a_{N−1}, …,
//! −a₁). For each of the N coefficients of t the digits of all answers' aⱼ′ are one polynomial, answer i at
//! X^i; times tⱼ's row of the packing key, and summed, that is every answer at a place of its own. The sum
//! stays in the Fourier domain: N forward FFTs and two backward ones, whatever the number of answers.
//!
//! Then the noise is closed: an encryption of zero that nobody else knows, because a key holder sees masks
//! too, and a flood on every answer. Only then are words rounded.

use tfhe::core_crypto::fft_impl::fft64::c64;

use super::decision::YES;
use super::fourier::{Ffts, Fourier, HALF, Slots, Words};
use super::key::{ExpandedKey, PACKING, Shift};
use super::polynomial::{add, subtract_product_with_bits};
use super::product::Ring;
use super::randomness::{NoiseStreams, Purpose};
use crate::packing::{PackedRing, round};
use crate::params::{BIG_NOISE_LOG2, RING};

/// Answers on their way into one ring.
///
/// # Cost
/// 8 KiB an answer until it is packed.
#[derive(Clone, Debug, Default)]
pub struct OpenRing {
    digits: Vec<i32>,
    bodies: Vec<u64>,
}

impl OpenRing {
    /// Answers so far; at most N.
    pub fn len(&self) -> usize {
        self.bodies.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.bodies.is_empty()
    }

    /// Whether there is no room for another.
    pub fn is_full(&self) -> bool {
        self.len() == RING
    }

    /// Takes an answer's ciphertext under the secret key, its words rounded to 32 bits: mask, then body. `shift` is the
    /// key's.
    ///
    /// # Panics
    /// When the ring is full.
    pub fn push(&mut self, row: &[u32], shift: &Shift) {
        assert!(!self.is_full(), "a ring has {RING} answers");
        let (body, mask) = row.split_last().expect("a ciphertext has a body");
        let words = || mask.iter().map(|word| u64::from(*word) << 32);
        let (offset, place, digit_mask) = (PACKING.offset(), PACKING.shift(0), PACKING.mask());
        let half = 1 << (PACKING.base_bits - 1);
        let cut = |word: u64| ((word.wrapping_add(offset) >> place) & digit_mask) as i32 - half;
        self.digits.extend(words().map(cut));
        self.bodies.push((u64::from(*body) << 32).wrapping_sub(shift.inner_product(words())));
    }

    fn clear(&mut self) {
        self.digits.clear();
        self.bodies.clear();
    }
}

/// What one thread needs.
pub(super) struct PackingScratch {
    /// Digits of [`BLOCK`] coefficients, answer by answer.
    tile: Vec<i32>,
    digits: Fourier,
    sums: Fourier,
    ring: Ring,
}

/// Coefficients of t that are gathered together: 64 bytes of each answer.
const BLOCK: usize = 16;

/// Of those, as many are transformed and multiplied together.
const GROUP: usize = 8;

impl PackingScratch {
    pub(super) fn new() -> Self {
        Self {
            tile: vec![0; BLOCK * RING],
            digits: Fourier::zeros(GROUP),
            sums: Fourier::zeros(2),
            ring: Ring::zero(),
        }
    }
}

#[cfg(test)]
impl PackingScratch {
    pub(super) fn ring(&self) -> &Ring {
        &self.ring
    }
}

/// Packs, closes and rounds; `answers` is empty afterwards. `index` is the ring's number in the job: it names
/// its noise.
pub(super) fn pack(
    key: &ExpandedKey,
    answers: &mut OpenRing,
    index: u64,
    streams: &NoiseStreams,
    scratch: &mut PackingScratch,
    ffts: &mut Ffts<'_>,
) -> PackedRing {
    let count = answers.len();
    sum_up(key, answers, scratch, ffts);
    answers.clear();
    close(key, count, index, streams, &mut scratch.ring);
    let [mask, body] = scratch.ring.parts_mut();
    key.shift.undo(mask, body);
    PackedRing {
        mask: mask.iter().map(|word| round(*word)).collect(),
        bodies: body[..count].iter().map(|word| round(*word)).collect(),
    }
}

/// Leaves all answers in `scratch.ring`, under t.
pub(super) fn sum_up(
    key: &ExpandedKey,
    answers: &OpenRing,
    scratch: &mut PackingScratch,
    ffts: &mut Ffts<'_>,
) {
    let PackingScratch { tile, digits, sums, ring } = scratch;
    sums.as_mut_slice().fill(c64::new(0.0, 0.0));
    tile.fill(0);
    for (block, rows) in key.packing.chunks_exact(BLOCK).enumerate() {
        for (place, answer) in answers.digits.chunks_exact(RING).enumerate() {
            let values: &[i32; BLOCK] = answer[block * BLOCK..].first_chunk().expect("blocks fill a mask");
            values.iter().enumerate().for_each(|(row, value)| tile[row * RING + place] = *value);
        }
        for (rows, tile) in rows.chunks_exact(GROUP).zip(tile.chunks_exact(GROUP * RING)) {
            for (index, coefficients) in tile.chunks_exact(RING).enumerate() {
                let coefficients = coefficients.first_chunk().expect("a whole polynomial");
                ffts.integers(coefficients, digits.get_mut(index));
            }
            let rows = rows.first_chunk().expect("groups fill a block");
            add_group(digits, rows, 0, sums.get_mut(0));
            add_group(digits, rows, 1, sums.get_mut(1));
        }
    }
    ring.set_constant(0);
    ring.parts_mut()[1][..answers.len()].copy_from_slice(&answers.bodies);
    sums.as_mut_slice().iter_mut().for_each(|sum| *sum = -*sum);
    for (part, words) in ring.parts_mut().iter_mut().enumerate() {
        ffts.add_back(sums.get_mut(part), words);
    }
}

fn add_group(digits: &Fourier, rows: &[Fourier; GROUP], part: usize, sum: &mut Slots) {
    let digits: [&Slots; GROUP] = std::array::from_fn(|index| digits.get(index));
    let rows: [&Slots; GROUP] = std::array::from_fn(|index| rows[index].get(part));
    for slot in 0..HALF {
        let (mut re, mut im) = (sum[slot].re, sum[slot].im);
        for index in 0..GROUP {
            let (left, right) = (digits[index][slot], rows[index][slot]);
            re += left.re * right.re - left.im * right.im;
            im += left.re * right.im + left.im * right.re;
        }
        sum[slot] = c64::new(re, im);
    }
}

/// Adds an encryption of zero and a flood for every answer. What stands at unused places is dropped from the
/// body.
fn close(key: &ExpandedKey, count: usize, index: u64, streams: &NoiseStreams, ring: &mut Ring) {
    let mut stream = streams.stream(Purpose::Zero, index);
    let mut bits = [false; RING];
    stream.bits(&mut bits);
    for (part, zero) in ring.parts_mut().iter_mut().zip(&key.zero) {
        // −(zero · r) is as good as zero · r: the key's sample has no sign of its own, and neither has the
        // noise.
        let mut product: Box<Words> = Box::new([0; RING]);
        subtract_product_with_bits(&mut product, zero, &bits);
        stream.add_noise(&mut product, BIG_NOISE_LOG2);
        add(part, &product);
    }
    let body = &mut ring.parts_mut()[1];
    for (place, word) in body[..count].iter_mut().enumerate() {
        let flood = streams.stream(Purpose::Flood, index * RING as u64 + place as u64).flood();
        *word = word.wrapping_add(flood);
    }
    zeroize::Zeroize::zeroize(bits.as_mut_slice());
}

/// A phase that is neither a yes nor a no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "answer {place} of the ring is neither a yes nor a no: the key is another one, or the table was made wrongly"
)]
pub struct NoAnswer {
    /// Which, from 0 on.
    pub place: usize,
}

/// Reads a phase: a yes within `distance` (of the whole torus) of one half, a no within it of zero.
///
/// `distance` comes from [`noise::reading_distance`](super::noise::reading_distance).
///
/// # Errors
/// When it is farther from both.
pub fn read(phase: u64, place: usize, distance: f64) -> Result<bool, NoAnswer> {
    let is_near = |value: u64| {
        let off = (phase.wrapping_sub(value) as i64).unsigned_abs() as f64;
        off <= distance * 18_446_744_073_709_551_616.0
    };
    match (is_near(0), is_near(YES)) {
        (true, false) => Ok(false),
        (false, true) => Ok(true),
        _ => Err(NoAnswer { place }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_between_yes_and_no_is_no_answer() {
        let eighth = 1_u64 << 61;
        assert_eq!(read(eighth, 0, 0.19), Ok(false));
        assert_eq!(read(eighth.wrapping_neg(), 0, 0.19), Ok(false));
        assert_eq!(read(YES + eighth, 0, 0.19), Ok(true));
        assert_eq!(read(1 << 62, 5, 0.19), Err(NoAnswer { place: 5 }));
        assert_eq!(read((1_u64 << 62).wrapping_neg(), 5, 0.19), Err(NoAnswer { place: 5 }));
        // The distance itself is still an answer.
        assert_eq!(read(eighth, 0, 0.125), Ok(false));
        assert!(read(eighth + (1 << 12), 0, 0.125).is_err());
    }
}
