//! Whether a sum of hidden numbers is at most a clear line, by external products alone.
//!
//! *Low bits by turning*: a test polynomial that is half a yes where the low parts fit below the line's and minus
//! that where they do not is turned by X^(2^i) under each low bit i of each addend. Turned by X^(−q · 2^r) it
//! answers for a line that is q · 2^r higher, for free. *High bits by an automaton backwards* ([`schedule`]):
//! a yes is 1/2, a no is 0.
//!
//! *Noisy constants*: a state that was absorbed early would be nearly noiseless, and whoever decrypts could
//! tell how far a sum is from its line. So before each high bit a random e is taken off the states that
//! depend on hidden bits, and after it is added to all: an absorbed state is left with e, and e has the
//! variance of a state that was not.

pub(super) mod schedule;

use tfhe::core_crypto::fft_impl::fft64::c64;

use super::fourier::{Ffts, Fourier, Words};
use super::gadget::Gadget;
use super::key::ExpandedKey;
use super::parameters::{LeveledParams, MAX_ADDENDS};
use super::polynomial::{add, subtract, turn};
use super::product::{Digits, Product, Ring, TurnScratch, add_to, multiply, turn_if, yes_times};
use super::selector::{HiddenNumber, LeafScratch, Selectors};
use crate::params::RING;
use schedule::{BitSchedule, Kind, Layer, schedules};

/// A yes that is released; a no is zero.
pub(super) const YES: u64 = 1 << 63;

/// Positions of the automaton for the most addends: see [`BitSchedule`].
const POSITIONS: usize = 3 * MAX_ADDENDS;

/// What one thread needs.
pub(super) struct DecisionScratch {
    pub(super) gadget: Gadget,
    pub(super) turn: TurnScratch,
    pub(super) selectors: Vec<Selectors>,
    pub(super) states: Vec<Ring>,
    pub(super) next: Vec<Ring>,
    pub(super) products: Vec<Product>,
    /// What is still to be transformed back and added to `states`, before the last layer.
    pub(super) pending: Vec<Fourier>,
    pub(super) digits: Digits,
    pub(super) product: Product,
    pub(super) difference: Ring,
    pub(super) sum: Fourier,
    pub(super) external_products: u64,
    /// What a yes is.
    yes: u64,
}

impl DecisionScratch {
    pub(super) fn new(key: &ExpandedKey) -> Self {
        let gadget = key.params.selector();
        Self {
            gadget,
            turn: TurnScratch::new(gadget),
            selectors: vec![],
            states: vec![],
            next: vec![],
            products: vec![],
            pending: vec![],
            digits: Digits::new(gadget),
            product: Product::new(),
            difference: Ring::zero(),
            sum: Fourier::zeros(2),
            external_products: 0,
            yes: YES,
        }
    }

    /// What a yes is in the next decision.
    pub(super) fn set_yes(&mut self, yes: u64) {
        self.yes = yes;
    }

    pub(super) fn yes(&self) -> u64 {
        self.yes
    }

    /// Memory for so many addends; it stays.
    pub(super) fn fit(&mut self, key: &ExpandedKey, addends: usize) {
        let positions = 3 * addends;
        debug_assert!(positions <= POSITIONS);
        while self.selectors.len() < addends {
            self.selectors.push(Selectors::new(key));
        }
        while self.states.len() < positions {
            self.states.push(Ring::zero());
            self.next.push(Ring::zero());
            self.products.push(Product::new());
            self.pending.push(Fourier::zeros(2));
        }
    }

    /// Turns the first state under each of a number's lowest bits, by a degree for each.
    pub(super) fn turn_by(
        &mut self,
        index: usize,
        number: HiddenNumber<'_>,
        degrees: impl Iterator<Item = usize>,
        key: &ExpandedKey,
        leaves: &mut LeafScratch,
        ffts: &mut Ffts<'_>,
    ) {
        let selectors = &mut self.selectors[index];
        selectors.begin(number);
        for (bit, degree) in degrees.enumerate() {
            selectors.prepare(number, bit, key, leaves, ffts);
            turn_if(&mut self.states[0], degree, selectors.get(bit), self.gadget, &mut self.turn, ffts);
            self.external_products += 1;
        }
    }
}

/// A yes in the constant coefficient when the numbers' sum is at most `line`, else zero.
///
/// `line` must be below m · 2^bits. `noise` gives e for each high bit, the lowest one first.
pub(super) fn sum_is_at_most<'s>(
    numbers: &[HiddenNumber<'_>],
    line: u64,
    mut noise: impl FnMut(usize) -> u64,
    key: &ExpandedKey,
    scratch: &'s mut DecisionScratch,
    leaves: &mut LeafScratch,
    ffts: &mut Ffts<'_>,
) -> &'s Ring {
    let bits = numbers[0].bits();
    let low_bits = LeveledParams::low_bits(numbers.len()).min(bits);
    scratch.fit(key, numbers.len());
    turn_by_low_bits(numbers, line, low_bits, key, scratch, leaves, ffts);
    let schedules = schedules(numbers.len(), line, low_bits, bits);
    for (index, (schedule, bit)) in schedules.iter().zip(low_bits..).enumerate() {
        for (number, selectors) in numbers.iter().zip(&mut scratch.selectors) {
            selectors.prepare(*number, bit, key, leaves, ffts);
        }
        let e = noise(index);
        scratch.states[..numbers.len()].iter_mut().for_each(|state| state.add_constant(e.wrapping_neg()));
        scratch.run_bit(schedule, bit, ffts);
        scratch.states[..schedule.wanted.len()].iter_mut().for_each(|state| state.add_constant(e));
    }
    let answer = if schedules.is_empty() { (line >> low_bits) as usize } else { 0 };
    &scratch.states[answer]
}

/// Leaves the state of each q in `scratch.states`.
fn turn_by_low_bits(
    numbers: &[HiddenNumber<'_>],
    line: u64,
    low_bits: usize,
    key: &ExpandedKey,
    scratch: &mut DecisionScratch,
    leaves: &mut LeafScratch,
    ffts: &mut Ffts<'_>,
) {
    let half = scratch.yes / 2;
    scratch.states[0].set_constant(0);
    test_polynomial((line & ((1 << low_bits) - 1)) as usize, half, &mut scratch.states[0].parts_mut()[1]);
    // Number after number, so that only one number's selectors need the cache: turns may come in any order.
    for (index, number) in numbers.iter().enumerate() {
        scratch.turn_by(index, *number, (0..low_bits).map(|bit| 1 << bit), key, leaves, ffts);
    }
    let (accumulator, others) = scratch.states.split_first_mut().expect("room for a state");
    for (q, state) in (1..numbers.len()).zip(others) {
        for (part, output) in accumulator.parts().iter().zip(state.parts_mut()) {
            turn(part, 2 * RING - (q << low_bits), output);
        }
        state.add_constant(half);
    }
    accumulator.add_constant(half);
}

/// After a turn by X^s its constant coefficient is half a yes when s is at most `low`, else minus that.
fn test_polynomial(low: usize, half: u64, output: &mut Words) {
    let value = |s: usize| if s <= low { half } else { half.wrapping_neg() };
    output[0] = value(0);
    // X^(N − j) takes coefficient j past the end.
    (1..RING).for_each(|j| output[j] = value(RING - j).wrapping_neg());
}

impl DecisionScratch {
    /// One bit of the automaton: from the states of every q to those that are wanted.
    fn run_bit(&mut self, schedule: &BitSchedule, bit: usize, ffts: &mut Ffts<'_>) {
        let addends = schedule.layers.len();
        // States take their places: a swap moves two pointers.
        for q in (0..addends).rev() {
            self.states.swap(q, schedule.below + q);
        }
        for (index, layer) in schedule.layers[..addends - 1].iter().enumerate() {
            self.multiply_states(layer, index, bit, ffts);
            for position in (0..layer.outputs.len()).filter(|p| layer.outputs[*p] == Some(Kind::Live)) {
                self.choose(layer, position);
                if index + 2 < addends {
                    let (pending, next) = (&mut self.pending[position], &mut self.next[position]);
                    for (part, words) in next.parts_mut().iter_mut().enumerate() {
                        ffts.add_back(pending.get_mut(part), words);
                    }
                }
            }
            std::mem::swap(&mut self.states, &mut self.next);
        }
        for (index, position) in schedule.wanted.iter().enumerate() {
            self.choose_last(schedule, *position, index, bit, ffts);
        }
        std::mem::swap(&mut self.states, &mut self.next);
    }

    /// Every state's product with the layer's bit.
    fn multiply_states(&mut self, layer: &Layer, addend: usize, bit: usize, ffts: &mut Ffts<'_>) {
        let selector = self.selectors[addend].get(bit);
        for position in (0..layer.inputs.len()).filter(|position| layer.multiplies(*position)) {
            let product = &mut self.products[position];
            match layer.inputs[position] {
                Kind::Live => {
                    let state = &self.states[position];
                    multiply(state, selector, self.gadget, &mut self.digits, product, ffts);
                    self.external_products += 1;
                }
                Kind::Constant(_) => yes_times(self.yes, selector, self.gadget, product),
            }
        }
    }

    /// state(u) + bit · (state(u − 1) − state(u)), the part that is not transformed back in `pending`.
    fn choose(&mut self, layer: &Layer, position: usize) {
        let next = &mut self.next[position];
        set(next, layer.inputs[position], self.yes, &self.states[position]);
        let is_there = |position: usize| layer.inputs[position] != Kind::Constant(false);
        let pending = self.pending[position].as_mut_slice();
        let [other, own] = [position - 1, position].map(|p| is_there(p).then(|| &self.products[p]));
        for part in 0..2 {
            if let Some(other) = other {
                add(&mut next.parts_mut()[part], &other.half_rest.parts()[part]);
            }
            if let Some(own) = own {
                subtract(&mut next.parts_mut()[part], &own.half_rest.parts()[part]);
            }
        }
        let [other, own] = [other, own].map(|product| product.map(|product| product.values.as_slice()));
        let is_any = set_difference(pending, other, own);
        assert!(is_any, "a choice between two equal constants is a constant");
    }

    /// The last addend: only the difference of the two states is transformed back before its product.
    fn choose_last(
        &mut self,
        schedule: &BitSchedule,
        position: usize,
        index: usize,
        bit: usize,
        ffts: &mut Ffts<'_>,
    ) {
        let addends = schedule.layers.len();
        let layer = &schedule.layers[addends - 1];
        let next = &mut self.next[index];
        if let Some(Kind::Constant(value)) = layer.outputs[position] {
            next.set_constant(if value { self.yes } else { 0 });
            return;
        }
        // With one addend the states are all there is; with more, the layer before left something to be
        // added.
        let pending = |position: usize| {
            (addends > 1 && layer.inputs[position] == Kind::Live).then(|| self.pending[position].as_slice())
        };
        let [own, other] = [pending(position), pending(position - 1)];
        set(next, layer.inputs[position], self.yes, &self.states[position]);
        set(&mut self.difference, layer.inputs[position - 1], self.yes, &self.states[position - 1]);
        for (difference, own) in self.difference.parts_mut().iter_mut().zip(next.parts()) {
            subtract(difference, own);
        }
        if set_difference(self.sum.as_mut_slice(), other, own) {
            for (part, words) in self.difference.parts_mut().iter_mut().enumerate() {
                ffts.add_back(self.sum.get_mut(part), words);
            }
        }
        let selector = self.selectors[addends - 1].get(bit);
        multiply(&self.difference, selector, self.gadget, &mut self.digits, &mut self.product, ffts);
        self.external_products += 1;
        if let Some(own) = own {
            let values = self.product.values.as_mut_slice();
            values.iter_mut().zip(own).for_each(|(value, own)| *value += own);
        }
        add_to(next, &mut self.product, ffts);
    }
}

/// `output` becomes `other` less `own`, what is not there being zero; false, and nothing done, where neither is.
fn set_difference(output: &mut [c64], other: Option<&[c64]>, own: Option<&[c64]>) -> bool {
    match (other, own) {
        (Some(other), Some(own)) => {
            let terms = other.iter().zip(own);
            output.iter_mut().zip(terms).for_each(|(output, (other, own))| *output = other - own);
        }
        (Some(other), None) => output.copy_from_slice(other),
        (None, Some(own)) => output.iter_mut().zip(own).for_each(|(output, own)| *output = -own),
        (None, None) => return false,
    }
    true
}

fn set(output: &mut Ring, kind: Kind, yes: u64, state: &Ring) {
    match kind {
        Kind::Live => output.copy_from(state),
        Kind::Constant(value) => output.set_constant(if value { yes } else { 0 }),
    }
}
