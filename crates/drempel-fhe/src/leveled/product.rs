//! The external product of a selector with a ring ciphertext, and the turn of a ciphertext under a hidden
//! bit.
//!
//! Rounding is *centred*: what a ciphertext's digits leave out is a rest ρ, and a product with a hidden bit
//! is wrong by bit · ρ. Half of ρ is added, so that it is wrong by (bit − 1/2) · ρ: the same size for a zero
//! and a one. Otherwise an answer's noise would tell how many bits are one.

use super::fourier::{Ffts, Fourier, HALF, Slots, Words, halves, halves_mut};
use super::gadget::{Gadget, digit};
use super::polynomial::turned_difference;
use super::selector::Selector;
use super::split::{Split, TILE, TILES, add_products, merge};
use crate::params::RING;

/// A ring ciphertext under t: mask and body.
pub(super) struct Ring(Box<[Words; 2]>);

impl Ring {
    pub(super) fn zero() -> Self {
        let words: Box<[Words]> = vec![[0; RING]; 2].into_boxed_slice();
        Self(words.try_into().expect("two polynomials"))
    }

    pub(super) fn parts(&self) -> &[Words; 2] {
        &self.0
    }

    pub(super) fn parts_mut(&mut self) -> &mut [Words; 2] {
        &mut self.0
    }

    pub(super) fn copy_from(&mut self, other: &Self) {
        self.0.copy_from_slice(&*other.0);
    }

    /// A constant that hides nothing.
    pub(super) fn set_constant(&mut self, value: u64) {
        self.0.as_flattened_mut().fill(0);
        self.0[1][0] = value;
    }

    pub(super) fn add_constant(&mut self, value: u64) {
        self.0[1][0] = self.0[1][0].wrapping_add(value);
    }
}

/// A product that is not transformed back yet, and the half of the rests that centres its rounding.
pub(super) struct Product {
    pub(super) values: Fourier,
    pub(super) half_rest: Ring,
}

impl Product {
    pub(super) fn new() -> Self {
        Self { values: Fourier::zeros(2), half_rest: Ring::zero() }
    }
}

/// The digits of a mask and of a body, transformed: level after level, the mask's before the body's.
pub(super) struct Digits {
    /// One part's, as the FFT leaves them.
    part: Fourier,
    split: Split,
}

impl Digits {
    pub(super) fn new(gadget: Gadget) -> Self {
        Self { part: Fourier::zeros(gadget.count()), split: Split::zeros(2 * gadget.count()) }
    }
}

/// `product` becomes selector ⊡ ciphertext: 2 · levels FFTs.
pub(super) fn multiply(
    ciphertext: &Ring,
    selector: Selector<'_>,
    gadget: Gadget,
    digits: &mut Digits,
    product: &mut Product,
    ffts: &mut Ffts<'_>,
) {
    let Digits { part: values, split } = digits;
    let Product { values: sums, half_rest } = product;
    for (index, (part, rest)) in ciphertext.parts().iter().zip(half_rest.parts_mut()).enumerate() {
        match gadget.levels {
            1 => cut::<1>(part, gadget, values, rest, ffts),
            2 => cut::<2>(part, gadget, values, rest, ffts),
            _ => cut::<3>(part, gadget, values, rest, ffts),
        }
        for level in 0..gadget.count() {
            ffts.transform_in_place(values.get_mut(level));
            split.set(2 * level + index, values.get(level));
        }
    }
    let (mask, body) = sums.as_mut_slice().split_at_mut(HALF);
    for tile in 0..TILES {
        let digits = split.tile(tile).as_chunks::<2>().0;
        for (output, sums) in [&mut *mask, &mut *body].into_iter().enumerate() {
            let mut sum = [[0.0; TILE]; 2];
            for (level, digits) in digits.iter().enumerate() {
                add_products(&mut sum, digits, &selector.tile(level, tile)[2 * output..2 * output + 2]);
            }
            merge(&sum, sums[tile * TILE..].first_chunk_mut().expect("tiles fill a polynomial"));
        }
    }
}

/// What one thread needs to turn.
pub(super) struct TurnScratch {
    difference: Ring,
    digits: Digits,
    product: Product,
}

impl TurnScratch {
    pub(super) fn new(gadget: Gadget) -> Self {
        Self { difference: Ring::zero(), digits: Digits::new(gadget), product: Product::new() }
    }
}

/// Turns the accumulator by X^degree where the selector's bit is one: 2 · (levels + 1) FFTs.
pub(super) fn turn_if(
    accumulator: &mut Ring,
    degree: usize,
    selector: Selector<'_>,
    gadget: Gadget,
    scratch: &mut TurnScratch,
    ffts: &mut Ffts<'_>,
) {
    let TurnScratch { difference, digits, product } = scratch;
    for (part, output) in accumulator.parts().iter().zip(difference.parts_mut()) {
        turned_difference(part, degree, output);
    }
    multiply(difference, selector, gadget, digits, product, ffts);
    add_to(accumulator, product, ffts);
}

/// `ciphertext += product`, whose values are used up: 2 FFTs.
pub(super) fn add_to(ciphertext: &mut Ring, product: &mut Product, ffts: &mut Ffts<'_>) {
    let rests = product.half_rest.parts();
    for (index, (part, rest)) in ciphertext.parts_mut().iter_mut().zip(rests).enumerate() {
        ffts.add_back_with(product.values.get_mut(index), rest, part);
    }
}

/// All digits of a polynomial in one pass, to be transformed; `half_rest` gets half of what they leave out.
fn cut<const LEVELS: usize>(
    polynomial: &Words,
    gadget: Gadget,
    digits: &mut Fourier,
    half_rest: &mut Words,
    ffts: &Ffts<'_>,
) {
    let (low, high) = halves(polynomial);
    let (low_rest, high_rest) = halves_mut(half_rest);
    let (offset, mask, base_bits) = (gadget.offset(), gadget.mask(), gadget.base_bits);
    let shifts: [u32; LEVELS] = std::array::from_fn(|level| gadget.shift(level));
    let unit = 1_u64 << (64 - gadget.kept_bits());
    let half = unit >> 1;
    let rest = |word: u64| ((word.wrapping_add(half) & (unit - 1)) >> 1).wrapping_sub(half >> 1);
    let (cosines, sines) = ffts.twist();
    {
        let mut outputs = digits.iter_mut();
        let outputs: [&mut Slots; LEVELS] =
            std::array::from_fn(|_| outputs.next().expect("as many as the gadget has levels"));
        for j in 0..HALF {
            low_rest[j] = rest(low[j]);
            high_rest[j] = rest(high[j]);
            let (low, high) = (low[j].wrapping_add(offset), high[j].wrapping_add(offset));
            for level in 0..LEVELS {
                let re = digit(low, shifts[level], mask, base_bits);
                let im = digit(high, shifts[level], mask, base_bits);
                outputs[level][j].re = re * cosines[j] - im * sines[j];
                outputs[level][j].im = re * sines[j] + im * cosines[j];
            }
        }
    }
}

/// A yes times a bit: it is a digit of the first level, 1/2 half of its base.
pub(super) fn yes_times(yes: u64, selector: Selector<'_>, gadget: Gadget, product: &mut Product) {
    debug_assert!(yes.is_multiple_of(gadget.unit(0)));
    let digit = (yes / gadget.unit(0)) as f64;
    for part in 0..2 {
        for (tile, output) in product.values.get_mut(part).as_chunks_mut().0.iter_mut().enumerate() {
            // The row for the body.
            let mut row = selector.tile(0, tile)[2 * part + 1];
            row.as_flattened_mut().iter_mut().for_each(|value| *value *= digit);
            merge(&row, output);
        }
    }
    product.half_rest.set_constant(0);
}
