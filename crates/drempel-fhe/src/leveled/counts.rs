//! What a job costs, from the parameters alone: frozen in tests, and equal to what the engine does.

use std::ops::{Add, Mul, Range};

use super::decision::schedule::{Kind, schedules};
use super::expansion::LEAVES;
use super::parameters::{LeveledParams, Stage};
use crate::params::RING;

/// Operations of the leveled engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// FFTs of N/2 points, forward and backward.
    pub ffts: u64,
    /// Products of a selector with a ring ciphertext.
    pub external_products: u64,
    /// Key switches of the expansion; those of one stage and node share their digits.
    pub key_switches: u64,
    /// Leaves made into one level of a selector.
    pub scheme_switches: u64,
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            ffts: self.ffts + other.ffts,
            external_products: self.external_products + other.external_products,
            key_switches: self.key_switches + other.key_switches,
            scheme_switches: self.scheme_switches + other.scheme_switches,
        }
    }
}

impl Mul<u64> for Counts {
    type Output = Self;

    fn mul(self, times: u64) -> Self {
        Self {
            ffts: self.ffts * times,
            external_products: self.external_products * times,
            key_switches: self.key_switches * times,
            scheme_switches: self.scheme_switches * times,
        }
    }
}

impl Counts {
    /// Nothing.
    pub const ZERO: Self = Self { ffts: 0, external_products: 0, key_switches: 0, scheme_switches: 0 };

    /// One of so many equal shares, rounded up.
    pub fn shared_by(self, shares: u64) -> Self {
        Self {
            ffts: self.ffts.div_ceil(shares),
            external_products: self.external_products.div_ceil(shares),
            key_switches: self.key_switches.div_ceil(shares),
            scheme_switches: self.scheme_switches.div_ceil(shares),
        }
    }

    /// All stages but the last two, for these slots of a bin.
    pub fn expansion(params: &LeveledParams, slots: Range<usize>) -> Self {
        let (mut counts, mut below) = (Self::default(), RING);
        let stages = params.stages();
        for stage in &stages[..stages.len() - 2] {
            counts = counts + Self::stage(stage, below, &slots);
            below >>= stage.width;
        }
        counts
    }

    /// The last stage but one, for these slots of a bin. Runs that begin and end at multiples of sixteen
    /// slots share nothing: four numbers of 18 bits of two levels are nine times sixteen.
    pub fn refinement(params: &LeveledParams, slots: Range<usize>) -> Self {
        let stages = params.stages();
        let below = stages[stages.len() - 2..].iter().fold(1, |below, stage| below << stage.width);
        Self::stage(&stages[stages.len() - 2], below, &slots)
    }

    fn stage(stage: &Stage, below: usize, slots: &Range<usize>) -> Self {
        let nodes = (slots.end.div_ceil(below) - slots.start / below) as u64;
        let images = (1_u64 << stage.width) - 1;
        Self {
            ffts: nodes * (u64::from(stage.gadget.levels) + 2 * images),
            key_switches: nodes * images,
            ..Self::default()
        }
    }

    /// The last stage and the scheme switch, for a number of `bits` bits whose first slot is `slot`.
    pub fn selectors(params: &LeveledParams, slot: usize, bits: usize) -> Self {
        let slots = params.slots(bits);
        let offset = slot % LEAVES;
        let nodes = (offset + slots).div_ceil(LEAVES) as u64;
        let last = params.stages().last().map_or(0, |stage| stage.gadget.levels);
        Self {
            ffts: nodes * (u64::from(last) + 5) + slots as u64 * u64::from(params.scheme_switch().levels),
            external_products: 0,
            key_switches: 3 * nodes,
            scheme_switches: slots as u64,
        }
    }

    /// A decision on so many numbers, from their selectors to an answer.
    pub fn decision(params: &LeveledParams, addends: usize, bits: usize, line: u64) -> Self {
        let line = line.min(highest_line(addends, bits));
        let levels = u64::from(params.selector().levels);
        let low_bits = LeveledParams::low_bits(addends).min(bits);
        let turns = (addends * low_bits) as u64;
        let mut counts = Self { external_products: turns, ffts: turns * 2 * (levels + 1), ..Self::default() };
        for schedule in schedules(addends, line, low_bits, bits) {
            for (index, layer) in schedule.layers.iter().enumerate() {
                let live = |kind: &&Option<Kind>| **kind == Some(Kind::Live);
                let outputs = layer.outputs.iter().filter(live).count() as u64;
                if index + 1 == addends {
                    let pending = if addends > 1 { 2 } else { 0 };
                    counts.external_products += outputs;
                    counts.ffts += outputs * (2 * levels + 2 + pending);
                    continue;
                }
                let products = (0..layer.inputs.len())
                    .filter(|position| layer.inputs[*position] == Kind::Live && layer.multiplies(*position))
                    .count() as u64;
                counts.external_products += products;
                counts.ffts += products * 2 * levels;
                if index + 2 < addends {
                    counts.ffts += outputs * 2;
                }
            }
        }
        counts
    }

    /// A comparison of two hidden numbers, from their selectors to an answer.
    pub fn comparison(params: &LeveledParams, bits: usize) -> Self {
        let levels = u64::from(params.selector().levels);
        let low_bits = LeveledParams::low_bits(1).min(bits) as u64;
        let high_bits = bits as u64 - low_bits;
        Self {
            external_products: 2 * low_bits + 2 * high_bits,
            ffts: 4 * low_bits * (levels + 1) + high_bits * (4 * levels + 4),
            ..Self::default()
        }
    }

    /// Packing a ring, however many answers it has.
    pub fn packing() -> Self {
        Self { ffts: RING as u64 + 2, ..Self::default() }
    }
}

/// The largest line that a decision evaluates: any sum is below it.
pub(super) fn highest_line(addends: usize, bits: usize) -> u64 {
    ((addends as u64) << bits) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A couple's share of two full bins of 56 people of 18 bits, its selectors and its decision.
    fn per_household(params: &LeveledParams, addends: usize, line: u64) -> f64 {
        let people = RING / params.slots(18);
        let expansion = Counts::expansion(params, 0..RING) + Counts::refinement(params, 0..RING);
        let expansion = expansion.ffts as f64 / people as f64;
        let one = expansion + Counts::selectors(params, 0, 18).ffts as f64;
        let packing = Counts::packing().ffts as f64 / RING as f64;
        addends as f64 * one + Counts::decision(params, addends, 18, line).ffts as f64 + packing
    }

    #[test]
    fn counts_of_a_household_are_frozen() {
        let line = 150_000;
        let counts = |params: &LeveledParams, addends| {
            let decision = Counts::decision(params, addends, 18, line);
            (decision.ffts, decision.external_products, per_household(params, addends, line).ceil() as u64)
        };
        let v25 = [1, 2, 3, 4, 8].map(|addends| counts(&LeveledParams::V25, addends));
        // FFTs and external products of the decision, FFTs of everything.
        let frozen =
            [(108, 18, 351), (304, 51, 789), (670, 112, 1_397), (1_168, 195, 2_137), (5_062, 844, 6_998)];
        assert_eq!(v25, frozen);
        assert_eq!(Counts::comparison(&LeveledParams::V25, 16).ffts, 192);
        assert_eq!(Counts::comparison(&LeveledParams::V15, 16).ffts, 128);
    }

    #[test]
    fn a_couple_takes_at_most_800_ffts_whatever_its_line() {
        for line in (0..1 << 19).step_by(4_097).chain([1, (1 << 18) - 1, 1 << 18, (1 << 19) - 1]) {
            assert!(per_household(&LeveledParams::V25, 2, line) <= 800.0, "{line}");
        }
    }
}
