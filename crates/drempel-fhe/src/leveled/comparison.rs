//! Whether one hidden number is at most another: what ranking and matching are made of.
//!
//! The low 11 bits are decided by turning with x and turning back with y; one state is enough for the high
//! bits: where the bits are equal it stays, else the number with the zero is the smaller one.

use super::decision::DecisionScratch;
use super::fourier::Ffts;
use super::key::ExpandedKey;
use super::parameters::LeveledParams;
use super::polynomial::subtract;
use super::product::{Ring, add_to, multiply, yes_times};
use super::selector::{HiddenNumber, LeafScratch};
use crate::params::RING;

/// A yes in the constant coefficient when `left` is at most `right`, else zero. `noise` gives e
/// for each high bit, as for sums.
pub(super) fn is_at_most<'s>(
    [left, right]: [HiddenNumber<'_>; 2],
    mut noise: impl FnMut(usize) -> u64,
    key: &ExpandedKey,
    scratch: &'s mut DecisionScratch,
    leaves: &mut LeafScratch,
    ffts: &mut Ffts<'_>,
) -> &'s Ring {
    let bits = left.bits();
    let low_bits = LeveledParams::low_bits(1).min(bits);
    scratch.fit(key, 2);
    scratch.states[0].set_constant(0);
    // Half a yes everywhere: so the constant coefficient is after a turn by X^s for s in −N + 1..=0, and minus
    // that for s in 1..N.
    let half = scratch.yes() / 2;
    scratch.states[0].parts_mut()[1].fill(half);
    for (side, number) in [left, right].into_iter().enumerate() {
        let degree = |bit: usize| if side == 0 { 1_usize << bit } else { 2 * RING - (1 << bit) };
        scratch.turn_by(side, number, (0..low_bits).map(degree), key, leaves, ffts);
    }
    scratch.states[0].add_constant(half);
    for bit in low_bits..bits {
        for (side, number) in [left, right].into_iter().enumerate() {
            scratch.selectors[side].prepare(number, bit, key, leaves, ffts);
        }
        let e = noise(bit - low_bits);
        scratch.states[0].add_constant(e.wrapping_neg());
        scratch.compare_bit(bit, ffts);
        scratch.states[0].add_constant(e);
    }
    &scratch.states[0]
}

impl DecisionScratch {
    /// c becomes A + x · (B − A), where A = c + y · (yes − c) is for x = 0 and B = y · c for x = 1.
    fn compare_bit(&mut self, bit: usize, ffts: &mut Ffts<'_>) {
        let [x, y] = [0, 1].map(|side| self.selectors[side].get(bit));
        let yes = self.yes();
        let state = &mut self.states[0];
        let [of_state, of_yes] = self.products.first_chunk_mut::<2>().expect("room for two products");
        multiply(state, y, self.gadget, &mut self.digits, of_state, ffts);
        yes_times(yes, y, self.gadget, of_yes);
        // B − A = 2 y·c − c − y·yes.
        let (of_state_values, of_yes_values) = (of_state.values.as_slice(), of_yes.values.as_slice());
        let sum = self.sum.as_mut_slice().iter_mut();
        sum.zip(of_state_values.iter().zip(of_yes_values)).for_each(|(sum, (c, yes))| *sum = c + c - yes);
        for (part, difference) in self.difference.parts_mut().iter_mut().enumerate() {
            let rest = &of_state.half_rest.parts()[part];
            let own = &state.parts()[part];
            for ((difference, rest), own) in difference.iter_mut().zip(rest).zip(own) {
                *difference = rest.wrapping_add(*rest).wrapping_sub(*own);
            }
            ffts.add_back(self.sum.get_mut(part), difference);
        }
        multiply(&self.difference, x, self.gadget, &mut self.digits, &mut self.product, ffts);
        // A = c − y·c + y·yes.
        for (part, words) in state.parts_mut().iter_mut().enumerate() {
            subtract(words, &of_state.half_rest.parts()[part]);
        }
        let values = self.product.values.as_mut_slice().iter_mut();
        let terms = of_state.values.as_slice().iter().zip(of_yes.values.as_slice());
        values.zip(terms).for_each(|(value, (c, yes))| *value += yes - c);
        add_to(state, &mut self.product, ffts);
        self.external_products += 2;
    }
}
