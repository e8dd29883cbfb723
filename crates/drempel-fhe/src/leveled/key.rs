//! The leveled engine's key: what a file holds, and what is computed with.
//!
//! Everything is under t = s − h, where s is the binary secret key and h a public pseudo-random binary
//! polynomial. A binary s has mean one half, so s² is large and rounding comes back through it
//! (docs/protocol.md); t has mean zero. A ciphertext (a, b) under s is (a, b − a·h) under t, exactly.

mod expanded;
#[cfg(feature = "secret-key")]
mod generate;
mod rows;

pub(super) use expanded::{ExpandedKey, StageKey};
#[cfg(all(test, feature = "secret-key"))]
pub(super) use generate::shifted;
#[cfg(feature = "secret-key")]
pub use generate::{KeygenError, generate};
pub(super) use rows::KeyRows;

use super::fourier::Words;
use super::gadget::Gadget;
use super::parameters::{LOG_RING, LeveledParams};
use super::polynomial::subtract_product_with_bits;
use crate::le_bytes;
use crate::params::RING;

/// How masks are cut for packing: one level of 20 bits, as in the bootstrap engine.
pub(super) const PACKING: Gadget = Gadget::new(1, 20);

/// Rows of the packing key that share a seed.
const PACKING_LIST: usize = 128;

/// A key as it lies in a file: public seeds, and the bodies that belong to the masks drawn from them.
///
/// # Cost
/// 16 KiB a row: for V25 205 rows of automorphisms and scheme switch, one encryption of zero and 2,048 of
/// packing.
pub struct LeveledKeySeeded {
    params: LeveledParams,
    shift: [u8; 32],
    seeds: Vec<u128>,
    bodies: Vec<u64>,
}

/// Why bytes are not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Another length than the parameters give.
    #[error("a key of these parameters has {expected} bytes, not {found}; was it made for another analysis?")]
    Length {
        /// What the parameters give.
        expected: usize,
        /// What is there.
        found: usize,
    },
    /// A row that encrypts nothing: its body is zero everywhere.
    #[error("row {row} of the key is empty; make the keys again")]
    EmptyRow {
        /// Which, from 0 on.
        row: usize,
    },
    /// Two lists of rows with the same masks.
    #[error("two parts of the key share a seed; make the keys again")]
    RepeatedSeed,
}

/// What a list of rows encrypts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// −t · 2^(64 − base · level) under t(X^(1/k)): key switches for X → X^k.
    Automorphism { k: usize, gadget: Gadget },
    /// t² · 2^(64 − base · level).
    Square { gadget: Gadget },
    /// Zero.
    Zero,
    /// t's coefficients from `first` on, each at the packing gadget's unit.
    Packing { first: usize },
}

impl Content {
    pub(super) fn rows(self) -> usize {
        match self {
            Self::Automorphism { gadget, .. } | Self::Square { gadget } => gadget.count(),
            Self::Zero => 1,
            Self::Packing { .. } => PACKING_LIST,
        }
    }
}

/// All lists of a key, in the order in which they lie in a file.
pub(super) fn lists(params: &LeveledParams) -> Vec<Content> {
    let mut lists = Vec::new();
    let mut at = 0;
    for stage in params.stages() {
        for v in 1..1 << stage.width {
            lists.push(Content::Automorphism { k: automorphism(at, stage.width, v), gadget: stage.gadget });
        }
        at += stage.width;
    }
    lists.push(Content::Square { gadget: params.scheme_switch() });
    lists.push(Content::Zero);
    lists.extend((0..RING).step_by(PACKING_LIST).map(|first| Content::Packing { first }));
    lists
}

/// The exponent of automorphism v of a stage that begins after `at` doublings.
pub(super) fn automorphism(at: u32, width: u32, v: usize) -> usize {
    1 + v * ((2 * RING) >> (at + width))
}

const _: () = assert!(LOG_RING == 11);

impl LeveledKeySeeded {
    /// Bytes of a key of these parameters.
    pub fn bytes(params: &LeveledParams) -> usize {
        let lists = lists(params);
        let rows: usize = lists.iter().map(|list| list.rows()).sum();
        32 + 16 * lists.len() + 8 * RING * rows
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// When the length is not the one that the parameters give, or the contents cannot be a key.
    pub fn from_bytes(params: LeveledParams, bytes: &[u8]) -> Result<Self, KeyError> {
        let expected = Self::bytes(&params);
        let wrong = KeyError::Length { expected, found: bytes.len() };
        let (Some((shift, mut rest)), true) = (bytes.split_first_chunk(), bytes.len() == expected) else {
            return Err(wrong);
        };
        let seeds = le_bytes::take(&mut rest, lists(&params).len()).ok_or(wrong)?;
        let words = rest.len() / size_of::<u64>();
        let bodies = le_bytes::take(&mut rest, words).ok_or(wrong)?;
        let key = Self { params, shift: *shift, seeds, bodies };
        key.check()?;
        Ok(key)
    }

    fn check(&self) -> Result<(), KeyError> {
        let empty = self.bodies.chunks_exact(RING).position(|row| row.iter().all(|word| *word == 0));
        if let Some(row) = empty {
            return Err(KeyError::EmptyRow { row });
        }
        let mut seeds = self.seeds.clone();
        seeds.sort_unstable();
        if seeds.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(KeyError::RepeatedSeed);
        }
        Ok(())
    }

    /// The key's bytes: 32 of the seed of h, 16 of each list's seed, then every row's body as little-endian
    /// words.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::bytes(&self.params));
        bytes.extend_from_slice(&self.shift);
        le_bytes::write(&mut bytes, &self.seeds);
        le_bytes::write(&mut bytes, &self.bodies);
        bytes
    }

    /// What the key was made for.
    pub fn params(&self) -> &LeveledParams {
        &self.params
    }

    /// h, by which the secret key is shifted.
    pub fn shift(&self) -> Shift {
        Shift::new(self.shift)
    }
}

/// The public polynomial h of zeros and ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift(Vec<bool>);

impl Shift {
    /// Expands a public seed.
    pub fn new(seed: [u8; 32]) -> Self {
        let mut reader =
            blake3::Hasher::new_derive_key("drempel leveled engine, shift of the secret key, v1")
                .update(&seed)
                .finalize_xof();
        let mut bytes = [0; RING / 8];
        reader.fill(&mut bytes);
        Self((0..RING).map(|i| bytes[i / 8] >> (i % 8) & 1 == 1).collect())
    }

    /// h's coefficients.
    pub fn bits(&self) -> &[bool] {
        &self.0
    }

    /// Σ h·a, for the mask of a single value: what its body gains when it goes from under t to under s.
    pub(super) fn inner_product(&self, mask: impl Iterator<Item = u64>) -> u64 {
        let terms = self.0.iter().zip(mask);
        terms.fold(0, |sum, (bit, word)| sum.wrapping_add(word & u64::from(*bit).wrapping_neg()))
    }

    /// Turns a ciphertext under s into one under t: b − a·h.
    pub(super) fn apply(&self, mask: &Words, body: &mut Words) {
        subtract_product_with_bits(body, mask, &self.0);
    }

    /// Turns a ciphertext under t into one under s: b + a·h.
    pub(super) fn undo(&self, mask: &Words, body: &mut Words) {
        body.iter_mut().for_each(|word| *word = word.wrapping_neg());
        subtract_product_with_bits(body, mask, &self.0);
        body.iter_mut().for_each(|word| *word = word.wrapping_neg());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_2254_rows_of_which_205_are_automorphisms_and_switch() {
        let lists = lists(&LeveledParams::V25);
        let small: usize =
            lists.iter().filter(|list| !matches!(list, Content::Packing { .. })).map(|l| l.rows()).sum();
        assert_eq!(small, 206);
        assert_eq!(LeveledKeySeeded::bytes(&LeveledParams::V25), 32 + 34 * 16 + 2_254 * 16_384);
    }

    #[test]
    fn the_last_automorphisms_are_3_5_and_7() {
        assert_eq!([1, 2, 3].map(|v| automorphism(9, 2, v)), [3, 5, 7]);
        assert_eq!(automorphism(0, 1, 1), 2_049);
    }

    #[test]
    fn bytes_that_are_no_key_are_refused() {
        let params = LeveledParams::V25;
        let expected = LeveledKeySeeded::bytes(&params);
        let refused = |bytes: &[u8]| LeveledKeySeeded::from_bytes(params, bytes).err();
        for found in [0, 31, 32, expected - 1, expected + 1] {
            assert_eq!(refused(&vec![1; found]), Some(KeyError::Length { expected, found }));
        }
        let mut bytes = vec![1; expected];
        assert_eq!(refused(&bytes), Some(KeyError::RepeatedSeed));
        bytes[32 + 34 * 16 + 16_384..][..16_384].fill(0);
        assert_eq!(refused(&bytes), Some(KeyError::EmptyRow { row: 1 }));
    }

    #[test]
    fn a_shift_undoes_itself() {
        let shift = Shift::new([3; 32]);
        let mask: Words = std::array::from_fn(|i| (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut body = mask;
        shift.apply(&mask, &mut body);
        assert_ne!(body, mask);
        shift.undo(&mask, &mut body);
        assert_eq!(body, mask);
        let ones = shift.bits().iter().filter(|bit| **bit).count();
        assert!((900..1_150).contains(&ones), "{ones}");
    }
}
