//! Selectors: hidden bits as matrices in the Fourier domain (GGSW), made from leaves of the expansion.
//!
//! A row for the body is a leaf. The row for the mask would be the same leaf times −t: from a leaf c = (a, b)
//! it is (b, 0) plus digits of a times RLWE'(t²), the scheme switch (Chen, Chillotti and Ren, ePrint
//! 2019/736, section 3.3; Mughees, Chen and Ren, ePrint 2021/1081). It is only ever used as such a row, so
//! nothing is transformed back.

use std::ops::Range;

use tfhe::core_crypto::fft_impl::fft64::c64;

use super::expansion::{LEAVES, Nodes, PAIR, combine, cut};
use super::fourier::{Ffts, Fourier, HALF, Slots, Words, words};
use super::key::ExpandedKey;
use super::polynomial::{automorphism, turn};
use super::split::{Split, TILE, TILES, Tile};
use crate::params::RING;

/// Polynomials of one leaf as a selector's level: the masks of the row for the mask and of the row for the
/// body, then their bodies.
pub(super) const MATRIX: usize = 4;

/// The levels of one hidden bit.
#[derive(Clone, Copy)]
pub(super) struct Selector<'a> {
    levels: [&'a Split; 3],
}

impl<'a> Selector<'a> {
    /// One tile of a level's matrix.
    #[inline(always)]
    pub(super) fn tile(&self, level: usize, tile: usize) -> &'a [Tile; MATRIX] {
        self.levels[level].tile(tile).first_chunk().expect("a matrix has four polynomials")
    }

    #[cfg(test)]
    pub(super) fn matrix(&self, level: usize) -> &'a Split {
        self.levels[level]
    }
}

/// One number of a bin: where its hidden bits are found. It is cheap to copy.
#[derive(Clone, Copy)]
pub struct HiddenNumber<'n> {
    nodes: &'n Nodes,
    slot: usize,
    bits: usize,
    is_complement: bool,
}

impl<'n> HiddenNumber<'n> {
    /// A number of `bits` bits whose slots begin at `slot` of the bin that `nodes` was expanded from.
    pub fn new(nodes: &'n Nodes, slot: usize, bits: usize) -> Self {
        Self { nodes, slot, bits, is_complement: false }
    }

    /// What it lacks to the largest number of its bits: each bit turned round, at no cost.
    pub fn complement(self) -> Self {
        Self { is_complement: !self.is_complement, ..self }
    }

    /// How many bits it has.
    pub fn bits(&self) -> usize {
        self.bits
    }

    pub(super) fn nodes(&self) -> &'n Nodes {
        self.nodes
    }

    pub(super) fn slots(&self, levels: usize) -> Range<usize> {
        self.slot..self.slot + self.bits * levels
    }
}

/// The selectors of two of a number's nodes, made when a bit is asked for and kept while they are in the
/// cache: a circuit that asks from the lowest bit up has each made once.
pub(super) struct Selectors {
    /// Where the number's first slot stands in its first node.
    offset: usize,
    /// Slots of the number, and of one of its bits.
    slots: usize,
    levels: usize,
    /// Whether the bits are turned round, and with what digit each level begins.
    is_complement: bool,
    base_bits: u32,
    /// Which node each half of `matrices` holds.
    loaded: [Option<usize>; 2],
    matrices: Vec<Split>,
}

impl Selectors {
    pub(super) fn new(key: &ExpandedKey) -> Self {
        Self {
            offset: 0,
            slots: 0,
            is_complement: false,
            base_bits: key.params.selector().base_bits,
            levels: key.params.selector().count(),
            loaded: [None; 2],
            matrices: (0..2 * LEAVES).map(|_| Split::zeros(MATRIX)).collect(),
        }
    }

    /// Forgets what it has: another number comes.
    pub(super) fn begin(&mut self, number: HiddenNumber<'_>) {
        self.slots = number.bits * self.levels;
        self.offset = number.slot % LEAVES;
        self.is_complement = number.is_complement;
        self.loaded = [None; 2];
    }

    /// Makes a bit ready for [`Self::get`].
    pub(super) fn prepare(
        &mut self,
        number: HiddenNumber<'_>,
        bit: usize,
        key: &ExpandedKey,
        scratch: &mut LeafScratch,
        ffts: &mut Ffts<'_>,
    ) {
        let nodes = number.nodes.of(&(number.slot..number.slot + self.slots));
        let offset = self.offset;
        let slots = offset + bit * self.levels..offset + (bit + 1) * self.levels;
        for node in slots.start / LEAVES..slots.end.div_ceil(LEAVES) {
            if self.loaded[node % 2] != Some(node) {
                let half = &mut self.matrices[node % 2 * LEAVES..][..LEAVES];
                let start = if node == 0 { offset } else { 0 };
                let end = (offset + self.slots - node * LEAVES).min(LEAVES);
                make(key, &nodes[node * PAIR..][..PAIR], start..end, half, scratch, ffts);
                if self.is_complement {
                    for (leaf, matrix) in half.iter_mut().enumerate().take(end).skip(start) {
                        let level = (node * LEAVES + leaf - offset) % self.levels;
                        complement(matrix, (level as u32 + 1) * self.base_bits);
                    }
                }
                self.loaded[node % 2] = Some(node);
            }
        }
    }

    /// A bit that [`Self::prepare`] was called for last.
    pub(super) fn get(&self, bit: usize) -> Selector<'_> {
        let level = |level: usize| {
            let slot = self.offset + bit * self.levels + level.min(self.levels - 1);
            &self.matrices[slot / LEAVES % 2 * LEAVES + slot % LEAVES]
        };
        Selector { levels: [level(0), level(1), level(2)] }
    }
}

/// What one thread needs.
pub(super) struct LeafScratch {
    digit: Fourier,
    digits: Split,
    results: Fourier,
    /// The node itself, transformed.
    own: Fourier,
    /// X^(−i · 2^at) for each leaf i.
    monomials: Fourier,
    images: Vec<Box<Words>>,
    mixed: Vec<Box<Words>>,
    pub(super) key_switches: u64,
    pub(super) scheme_switches: u64,
}

impl LeafScratch {
    pub(super) fn new(key: &ExpandedKey, ffts: &Ffts<'_>) -> Self {
        let last = key.stages.last().expect("parameters have stages");
        let mut monomials = Fourier::zeros(LEAVES);
        for leaf in 0..LEAVES {
            ffts.monomial(degree(leaf, last.at), monomials.get_mut(leaf));
        }
        let polynomials = || (0..LEAVES).map(|_| Box::new([0; RING])).collect();
        Self {
            digit: Fourier::zeros(1),
            digits: Split::zeros(last.gadget.count().max(key.params.scheme_switch().count())),
            results: Fourier::zeros(2 * LEAVES),
            own: Fourier::zeros(2),
            monomials,
            images: polynomials(),
            mixed: polynomials(),
            key_switches: 0,
            scheme_switches: 0,
        }
    }
}

/// What stood at coefficient leaf · 2^at comes to the front by this power of X.
fn degree(leaf: usize, at: u32) -> usize {
    (2 * RING - (leaf << at)) % (2 * RING)
}

/// The last stage of the expansion and the scheme switch, for some of a node's leaves.
fn make(
    key: &ExpandedKey,
    node: &[u64],
    wanted: Range<usize>,
    matrices: &mut [Split],
    scratch: &mut LeafScratch,
    ffts: &mut Ffts<'_>,
) {
    let LeafScratch { digit, digits, results, own, monomials, images, mixed, key_switches, scheme_switches } =
        scratch;
    let stage = key.stages.last().expect("parameters have stages");
    let (mask, body) = node.split_at(RING);
    let (mask, body) = (words(mask), words(body));
    cut(mask, stage.gadget, digit, digits, ffts);
    ffts.torus(mask, own.get_mut(0));
    ffts.torus(body, own.get_mut(1));
    stage.rows.products(digits, results.as_mut_slice());
    *key_switches += 3;
    let places = [&stage.places[1], &stage.places[2], &stage.places[3]];
    for part in 0..2 {
        if part == 1 {
            // Every automorphism's body takes the node's with it.
            for v in 1..LEAVES {
                let sum = results.get_mut(2 * (v - 1) + 1).iter_mut().zip(own.get(1));
                sum.for_each(|(sum, own)| *sum += own);
            }
        }
        let images: [&Slots; LEAVES] =
            std::array::from_fn(|v| if v == 0 { own.get(part) } else { results.get(2 * (v - 1) + part) });
        leaves_in_fourier(images, places, monomials, 2 * part + 1, matrices);
    }
    for (v, image) in images.iter_mut().enumerate().take(LEAVES).skip(1) {
        ffts.set_back(results.get_mut(2 * (v - 1)), &mut mixed[0]);
        automorphism(&mixed[0], stage.exponents[v], image);
    }
    combine(mask, images, mixed, LEAVES);
    let switch = key.params.scheme_switch();
    for leaf in wanted {
        let turned = &mut images[0];
        turn(&mixed[leaf], degree(leaf, stage.at), turned);
        cut(turned, switch, digit, digits, ffts);
        for tile in 0..TILES {
            let [mask_mask, _, mask_body, body_body] =
                matrices[leaf].tile_mut(tile).first_chunk_mut().expect("a matrix has four polynomials");
            // The leaf's body is the mask of the row for the mask.
            *mask_mask = *body_body;
            key.switch.tile_products(digits, tile, |output, sum| match output {
                0 => add_tile(mask_mask, sum),
                _ => *mask_body = *sum,
            });
        }
        *scheme_switches += 1;
    }
}

/// A level of 1 − bit: the gadget's own matrix less the selector's. 2^−`unit` is the level's unit.
fn complement(matrix: &mut Split, unit: u32) {
    // A constant has its value in every slot.
    let unit = f64::from_bits(u64::from(1_023 - unit) << 52);
    for tile in 0..TILES {
        let polynomials: &mut [Tile; MATRIX] =
            matrix.tile_mut(tile).first_chunk_mut().expect("a matrix has four polynomials");
        for (index, polynomial) in polynomials.iter_mut().enumerate() {
            polynomial.as_flattened_mut().iter_mut().for_each(|value| *value = -*value);
            // The mask of the row for the mask, and the body of the row for the body.
            if index == 0 || index == MATRIX - 1 {
                polynomial[0].iter_mut().for_each(|re| *re += unit);
            }
        }
    }
}

fn add_tile(sum: &mut Tile, other: &Tile) {
    let values = sum.as_flattened_mut().iter_mut().zip(other.as_flattened());
    values.for_each(|(sum, other)| *sum += other);
}

/// One part of all leaves: the automorphisms as permutations, the discrete Fourier transform over them, which
/// has i for X^(N/2) in every slot, and the turn that brings each leaf's constant to the front.
fn leaves_in_fourier(
    images: [&Slots; LEAVES],
    places: [&[u16; HALF]; 3],
    monomials: &Fourier,
    row: usize,
    matrices: &mut [Split],
) {
    let [first, second, third, fourth] = matrices.first_chunk_mut().expect("a node has four leaves");
    let [m1, m2, m3] = [1, 2, 3].map(|leaf| monomials.get(leaf));
    for tile in 0..TILES {
        let [first, second, third, fourth] = [&mut *first, &mut *second, &mut *third, &mut *fourth]
            .map(|matrix| &mut matrix.tile_mut(tile)[row]);
        for index in 0..TILE {
            let slot = tile * TILE + index;
            let place = |v: usize| usize::from(places[v - 1][slot]) % HALF;
            // The last stage's automorphisms are X³, X⁵ and X⁷.
            let s0 = images[0][slot];
            let s1 = images[1][place(1)].conj();
            let s2 = images[2][place(2)];
            let s3 = images[3][place(3)].conj();
            let (even, odd) = (s0 + s2, s1 + s3);
            put(first, index, even + odd);
            put(third, index, product(even - odd, m2[slot]));
            let (even, odd) = (s0 - s2, s1 - s3);
            let odd = c64::new(-odd.im, odd.re);
            put(second, index, product(even - odd, m1[slot]));
            put(fourth, index, product(even + odd, m3[slot]));
        }
    }
}

#[inline(always)]
fn put(tile: &mut Tile, index: usize, value: c64) {
    tile[0][index] = value.re;
    tile[1][index] = value.im;
}

fn product(left: c64, right: c64) -> c64 {
    c64::new(left.re * right.re - left.im * right.im, left.re * right.im + left.im * right.re)
}
