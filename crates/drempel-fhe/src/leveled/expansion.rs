//! Oblivious expansion: one ciphertext of N coefficients becomes N ciphertexts of one constant each.
//!
//! Each doubling adds to a ciphertext c its image under X → X^k, which keeps half of the coefficients and
//! doubles them (Angel et al., ePrint 2017/1142, section 3.3; Chen, Chillotti and Ren, ePrint 2019/736). A
//! stage of width 2 does two doublings with one set of digits: its four ciphertexts are the discrete Fourier
//! transform, with X^(N/2) for i, of the images under four automorphisms.

use std::ops::Range;

use super::fourier::{Ffts, Fourier, Words, words, words_mut};
use super::gadget::Gadget;
use super::key::{ExpandedKey, Shift, StageKey};
use super::polynomial::{add, automorphism, subtract, turn};
use super::split::Split;
use crate::params::RING;

/// Words of one ciphertext: mask and body.
pub(super) const PAIR: usize = 2 * RING;

/// Leaves of one node before the last stage.
pub(super) const LEAVES: usize = 4;

/// A compact list of N values as a ring ciphertext under t.
#[derive(Clone)]
pub struct Bin(Vec<u64>);

impl Bin {
    /// Takes a full compact list as tfhe makes it: `mask` and one body for each value, both N words.
    ///
    /// # Panics
    /// When they are not N words.
    ///
    /// # Cost
    /// Two million additions.
    pub fn new(mask: &[u64], bodies: &[u64], shift: &Shift) -> Self {
        assert!(mask.len() == RING && bodies.len() == RING, "a full list has {RING} values");
        let mut pair = vec![0; PAIR];
        let (ring_mask, body) = pair.split_at_mut(RING);
        // Value i of a list has the mask's coefficients in the order that a(1/X) · X^i has.
        automorphism(words(mask), 2 * RING - 1, words_mut(ring_mask));
        body.copy_from_slice(bodies);
        shift.apply(words(ring_mask), words_mut(body));
        Self(pair)
    }
}

/// Some of a bin's ciphertexts on their way: a run of slots, in whole ciphertexts.
#[derive(Clone, Default)]
struct Level {
    slots: Range<usize>,
    /// Grows to the largest run and stays.
    words: Vec<u64>,
}

impl Level {
    /// The ciphertexts that hold these slots, `below` of them each, and the index of the first one in the
    /// bin.
    fn of(&self, slots: &Range<usize>, below: usize) -> (&[u64], usize) {
        assert!(self.holds(slots), "slots {slots:?} were not expanded: there are {:?}", self.slots);
        let first = slots.start / below;
        let start = self.slots.start / below;
        (&self.words[(first - start) * PAIR..(slots.end.div_ceil(below) - start) * PAIR], first)
    }

    fn holds(&self, slots: &Range<usize>) -> bool {
        self.slots.start <= slots.start && slots.end <= self.slots.end && !slots.is_empty()
    }
}

/// A bin after all stages but the last two: each ciphertext holds sixteen slots. 32 KiB each, 4 MiB for a
/// whole bin.
#[derive(Clone, Default)]
pub struct Branches(Level);

/// Some of a bin's ciphertexts after all stages but the last: each holds four slots. 32 KiB each: a few
/// people at a time, so that they stay in the cache until their selectors are made.
#[derive(Clone, Default)]
pub struct Nodes(Level);

impl Branches {
    /// Slots that can be taken.
    pub fn slots(&self) -> Range<usize> {
        self.0.slots.clone()
    }
}

impl Nodes {
    /// Slots that can be taken.
    pub fn slots(&self) -> Range<usize> {
        self.0.slots.clone()
    }

    /// The nodes that hold these slots.
    pub(super) fn of(&self, slots: &Range<usize>) -> &[u64] {
        self.0.of(slots, LEAVES).0
    }
}

/// What one thread needs.
pub(super) struct ExpansionScratch {
    digit: Fourier,
    digits: Split,
    results: Fourier,
    images: Vec<Box<Words>>,
    mixed: Vec<Box<Words>>,
    other: Level,
}

impl ExpansionScratch {
    pub(super) fn new(key: &ExpandedKey) -> Self {
        let levels = key.stages.iter().map(|stage| stage.rows.levels()).max().unwrap_or(0);
        let polynomials = || (0..LEAVES).map(|_| Box::new([0; RING])).collect();
        Self {
            digit: Fourier::zeros(1),
            digits: Split::zeros(levels),
            results: Fourier::zeros(2 * LEAVES),
            images: polynomials(),
            mixed: polynomials(),
            other: Level::default(),
        }
    }
}

/// Takes a bin through all stages but the last two, as far as `slots` need it; gives the number of key
/// switches.
pub(super) fn expand(
    key: &ExpandedKey,
    bin: &Bin,
    slots: Range<usize>,
    branches: &mut Branches,
    scratch: &mut ExpansionScratch,
    ffts: &mut Ffts<'_>,
) -> u64 {
    assert!(slots.end <= RING && !slots.is_empty(), "a bin has {RING} slots");
    let mut from = std::mem::take(&mut scratch.other);
    from.slots = 0..RING;
    from.words.resize(from.words.len().max(PAIR), 0);
    from.words[..PAIR].copy_from_slice(&bin.0);
    let mut key_switches = 0;
    for stage in &key.stages[..key.stages.len() - 2] {
        key_switches += run(stage, &from, &slots, &mut branches.0, scratch, ffts);
        std::mem::swap(&mut from, &mut branches.0);
    }
    std::mem::swap(&mut from, &mut branches.0);
    scratch.other = from;
    key_switches
}

/// The last stage but one, for the branches that hold `slots`; gives the number of key switches.
pub(super) fn refine(
    key: &ExpandedKey,
    branches: &Branches,
    slots: &Range<usize>,
    nodes: &mut Nodes,
    scratch: &mut ExpansionScratch,
    ffts: &mut Ffts<'_>,
) -> u64 {
    run(&key.stages[key.stages.len() - 2], &branches.0, slots, &mut nodes.0, scratch, ffts)
}

/// One stage, for the ciphertexts that hold `slots`.
fn run(
    stage: &StageKey,
    from: &Level,
    slots: &Range<usize>,
    to: &mut Level,
    scratch: &mut ExpansionScratch,
    ffts: &mut Ffts<'_>,
) -> u64 {
    let group = 1 << stage.width;
    // Slots below one child of this stage.
    let below = RING >> (stage.at + stage.width);
    let (parents, first) = from.of(slots, below * group);
    let children = slots.start / below..slots.end.div_ceil(below);
    to.slots = children.start * below..children.end * below;
    let needed = children.len() * PAIR;
    if to.words.len() < needed {
        to.words.resize(needed, 0);
    }
    for (index, parent) in parents.chunks_exact(PAIR).enumerate() {
        let own = (first + index) * group..(first + index + 1) * group;
        let wanted = own.start.max(children.start)..own.end.min(children.end);
        let outputs =
            &mut to.words[(wanted.start - children.start) * PAIR..(wanted.end - children.start) * PAIR];
        grow(stage, parent, wanted.start - own.start, outputs, scratch, ffts);
    }
    (parents.len() / PAIR * (group - 1)) as u64
}

/// One ciphertext becomes up to four: those from child `skipped` on that `outputs` has room for.
fn grow(
    stage: &StageKey,
    parent: &[u64],
    skipped: usize,
    outputs: &mut [u64],
    scratch: &mut ExpansionScratch,
    ffts: &mut Ffts<'_>,
) {
    let ExpansionScratch { digit, digits, results, images, mixed, .. } = scratch;
    let (mask, body) = parent.split_at(RING);
    let (mask, body) = (words(mask), words(body));
    cut(mask, stage.gadget, digit, digits, ffts);
    // Key switches are not moved by their automorphisms yet: all share the mask's digits.
    stage.rows.products(digits, results.as_mut_slice());
    let group = 1 << stage.width;
    for (part, own) in [mask, body].into_iter().enumerate() {
        for (v, image) in images.iter_mut().enumerate().take(group).skip(1) {
            let result = results.get_mut(2 * (v - 1) + part);
            if part == 0 {
                ffts.set_back(result, &mut mixed[0]);
            } else {
                ffts.set_back_with(result, own, &mut mixed[0]);
            }
            automorphism(&mixed[0], stage.exponents[v], image);
        }
        combine(own, images, mixed, group);
        for (output, child) in outputs.chunks_exact_mut(PAIR).zip(skipped..) {
            // What stood at coefficient i · 2^at comes to the front.
            let degree = (2 * RING - (child << stage.at)) % (2 * RING);
            turn(&mixed[child], degree, words_mut(&mut output[part * RING..]));
        }
    }
}

/// All digits of a polynomial, transformed.
pub(super) fn cut(
    polynomial: &Words,
    gadget: Gadget,
    digit: &mut Fourier,
    digits: &mut Split,
    ffts: &mut Ffts<'_>,
) {
    for level in 0..gadget.count() {
        let digit = digit.get_mut(0);
        ffts.digits(polynomial, gadget, level, digit);
        digits.set(level, digit);
    }
}

/// `mixed`\[i\] = Σ images\[v\] · X^(−iv · 2N/group), the discrete Fourier transform of the images, where
/// `own` stands for the first one.
pub(super) fn combine(own: &Words, images: &[Box<Words>], mixed: &mut [Box<Words>], group: usize) {
    if group == 2 {
        mixed[0].copy_from_slice(own);
        mixed[1].copy_from_slice(own);
        add(&mut mixed[0], &images[1]);
        subtract(&mut mixed[1], &images[1]);
        return;
    }
    let [m0, m1, m2, m3] = mixed.first_chunk_mut::<4>().expect("room for four");
    let [_, s1, s2, s3] = images.first_chunk::<4>().expect("four images");
    let s0 = own;
    const HALF: usize = RING / 2;
    for part in 0..2 {
        // X^(−N/2) takes the lower half of the difference up, with its sign turned, and the upper half down.
        let (here, there) = (part * HALF, HALF - part * HALF);
        for j in 0..HALF {
            let (even, odd) =
                (s0[here + j].wrapping_add(s2[here + j]), s1[here + j].wrapping_add(s3[here + j]));
            m0[here + j] = even.wrapping_add(odd);
            m2[here + j] = even.wrapping_sub(odd);
            let even = s0[here + j].wrapping_sub(s2[here + j]);
            let odd = s1[there + j].wrapping_sub(s3[there + j]);
            let odd = if part == 0 { odd } else { odd.wrapping_neg() };
            m1[here + j] = even.wrapping_add(odd);
            m3[here + j] = even.wrapping_sub(odd);
        }
    }
}
