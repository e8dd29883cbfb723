//! The numbers that the leveled engine can be built with.

use super::gadget::Gadget;
use crate::params::RING;

/// One hoisted step of the oblivious expansion: 2^width − 1 automorphisms share one set of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stage {
    /// How many times the number of ciphertexts doubles: 1 or 2.
    pub width: u32,
    /// How masks are cut for the key switches.
    pub gadget: Gadget,
}

/// Gadgets of every step, over the ring of the project's frozen set (N = 2,048, q = 2⁶⁴, its noise, its
/// secret key).
///
/// Noise, failure probability and leak bound of a choice are formulas: see [`noise`](super::noise). Early
/// stages work on few ciphertexts, and what they add is doubled by every later level: they have fine gadgets,
/// the last ones coarse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LeveledParams {
    stages: &'static [Stage],
    scheme_switch: Gadget,
    selector: Gadget,
}

/// Why numbers cannot be computed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParamsError {
    /// The stages do not turn one ciphertext into N.
    #[error("stages of 1 or 2 levels, the last of 2, must add up to 11 levels; these add up to {levels}")]
    Stages {
        /// Their sum.
        levels: u32,
    },
    /// A gadget that words of 64 bits do not have.
    #[error("{levels} digits of {base_bits} bits are not possible: at most 24 bits each and 63 together")]
    Gadget {
        /// Its digits.
        levels: u32,
        /// Their bits.
        base_bits: u32,
    },
    /// A selector has one to three levels, which keep at most 32 bits.
    #[error("a selector of {levels} levels is not possible: 1 to 3, which keep at most 32 bits")]
    Selector {
        /// Its levels.
        levels: u32,
    },
}

/// What a decision adds up at most.
pub const MAX_ADDENDS: usize = 8;

/// log2 of the number of coefficients.
pub(super) const LOG_RING: u32 = RING.ilog2();

const fn stage(width: u32, levels: u32, base_bits: u32) -> Stage {
    Stage { width, gadget: Gadget::new(levels, base_bits) }
}

const SWITCH: Gadget = Gadget::new(3, 13);

impl LeveledParams {
    /// One level a bit: half the bytes and time of [`Self::V25`], for what a bootstrap closes afterwards.
    pub const V15: Self = Self {
        stages: &[
            stage(1, 22, 2),
            stage(2, 22, 2),
            stage(2, 15, 3),
            stage(2, 11, 4),
            stage(2, 9, 5),
            stage(2, 5, 8),
        ],
        scheme_switch: SWITCH,
        selector: Gadget::new(1, 13),
    };

    /// The choice for released yes/no answers: 576 bytes for a number of 18 bits.
    pub const V25: Self = Self {
        stages: &[
            stage(1, 22, 2),
            stage(2, 22, 2),
            stage(2, 15, 3),
            stage(2, 11, 4),
            stage(2, 7, 6),
            stage(2, 5, 8),
        ],
        scheme_switch: SWITCH,
        selector: Gadget::new(2, 9),
    };

    /// Three levels a bit, where a policy wants a stricter bound: 864 bytes for a number of 18 bits.
    pub const V35: Self = Self {
        stages: &[
            stage(1, 22, 2),
            stage(2, 22, 2),
            stage(2, 15, 3),
            stage(2, 9, 5),
            stage(2, 7, 6),
            stage(2, 5, 8),
        ],
        scheme_switch: SWITCH,
        selector: Gadget::new(3, 7),
    };

    /// Other numbers.
    ///
    /// # Errors
    /// When they cannot be computed with. Whether their noise is small enough is for [`noise`](super::noise)
    /// to say.
    pub fn new(
        stages: &'static [Stage],
        scheme_switch: Gadget,
        selector: Gadget,
    ) -> Result<Self, ParamsError> {
        let levels = stages.iter().fold(0_u32, |sum, stage| sum.saturating_add(stage.width));
        let widths_fit = stages.iter().all(|stage| matches!(stage.width, 1 | 2));
        if !widths_fit || levels != LOG_RING || stages.last().is_none_or(|last| last.width != 2) {
            return Err(ParamsError::Stages { levels });
        }
        for gadget in stages.iter().map(|stage| stage.gadget).chain([scheme_switch, selector]) {
            let Gadget { levels, base_bits } = gadget;
            if levels > 63 || base_bits > 63 || !gadget.is_possible() {
                return Err(ParamsError::Gadget { levels, base_bits });
            }
        }
        if !(1..=3).contains(&selector.levels) || selector.kept_bits() > 32 {
            return Err(ParamsError::Selector { levels: selector.levels });
        }
        Ok(Self { stages, scheme_switch, selector })
    }

    /// The name of a named choice, as files and `plan` have it; of another, that it is one.
    pub fn name(&self) -> &'static str {
        let named = Self::NAMED.iter().find(|(_, params)| params == self);
        named.map_or("other parameters", |(name, _)| name)
    }

    /// The choice of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMED.iter().find(|(known, _)| *known == name).map(|(_, params)| *params)
    }

    const NAMED: [(&'static str, Self); 3] = [("V15", Self::V15), ("V25", Self::V25), ("V35", Self::V35)];

    /// The expansion's stages, the first one first.
    pub fn stages(&self) -> &'static [Stage] {
        self.stages
    }

    /// How a leaf's mask is cut when it becomes a selector.
    pub fn scheme_switch(&self) -> Gadget {
        self.scheme_switch
    }

    /// How ciphertexts are cut when a selector multiplies them.
    pub fn selector(&self) -> Gadget {
        self.selector
    }

    /// Coefficients of a compact list that a number of so many bits takes: 16 bytes each in a file.
    pub fn slots(&self, bits: usize) -> usize {
        bits * self.selector.count()
    }

    /// Where a slot's plaintext stands in a compact list of N values. Slots count leaves in the order in
    /// which the expansion's tree meets them, so that a number's slots are neighbours and share their way
    /// down.
    ///
    /// # Panics
    /// When `slot` is not below N.
    pub fn coefficient(&self, slot: usize) -> usize {
        assert!(slot < RING, "a list has {RING} slots");
        let (mut rest, mut at, mut coefficient) = (slot, LOG_RING, 0);
        for stage in self.stages.iter().rev() {
            at -= stage.width;
            coefficient += (rest & ((1 << stage.width) - 1)) << at;
            rest >>= stage.width;
        }
        coefficient
    }

    /// What a provider encrypts at the slot of a bit's level: bit · q / (B^(level + 1) · N). The expansion
    /// multiplies by N.
    pub fn plaintext(&self, bit: bool, level: usize) -> u64 {
        u64::from(bit) << (64 - (level as u32 + 1) * self.selector.base_bits - LOG_RING)
    }

    /// The plaintexts of a number's `bits` lowest bits, slot after slot: lowest bit first, its levels
    /// together.
    pub fn plaintexts(&self, number: u64, bits: usize) -> impl Iterator<Item = u64> + '_ {
        let levels = 0..self.selector.count();
        (0..bits).flat_map(move |bit| {
            levels.clone().map(move |level| self.plaintext(number >> bit & 1 == 1, level))
        })
    }

    /// Bits of the low part that is decided by turning, for a sum of so many numbers: 11 − ⌈log2 addends⌉.
    /// Sums of low parts stay below N.
    pub fn low_bits(addends: usize) -> usize {
        (LOG_RING - addends.next_power_of_two().ilog2()) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_choices_are_possible() {
        for params in [LeveledParams::V15, LeveledParams::V25, LeveledParams::V35] {
            let LeveledParams { stages, scheme_switch, selector } = params;
            assert_eq!(LeveledParams::new(stages, scheme_switch, selector), Ok(params));
        }
    }

    #[test]
    fn impossible_numbers_are_refused_by_name() {
        let LeveledParams { stages, scheme_switch, selector } = LeveledParams::V25;
        let refused = |stages, switch, selector| LeveledParams::new(stages, switch, selector).err();
        assert_eq!(refused(&stages[1..], scheme_switch, selector), Some(ParamsError::Stages { levels: 10 }));
        assert_eq!(refused(&[], scheme_switch, selector), Some(ParamsError::Stages { levels: 0 }));
        for (levels, base_bits) in [(0, 4), (4, 0), (8, 8), (1, 25), (u32::MAX, u32::MAX)] {
            let gadget = Gadget::new(levels, base_bits);
            assert_eq!(refused(stages, gadget, selector), Some(ParamsError::Gadget { levels, base_bits }));
        }
        assert_eq!(
            refused(stages, scheme_switch, Gadget::new(4, 7)),
            Some(ParamsError::Selector { levels: 4 })
        );
    }

    #[test]
    fn every_slot_has_a_coefficient_of_its_own() {
        let mut seen = [false; RING];
        for slot in 0..RING {
            let coefficient = LeveledParams::V25.coefficient(slot);
            assert!(!std::mem::replace(&mut seen[coefficient], true));
        }
        // Neighbours come from one last ciphertext.
        let first: Vec<usize> = (0..5).map(|slot| LeveledParams::V25.coefficient(slot)).collect();
        assert_eq!(first, [0, 512, 1_024, 1_536, 128]);
    }

    #[test]
    fn a_number_of_18_bits_takes_576_bytes() {
        assert_eq!(LeveledParams::V25.slots(18) * 16, 576);
        assert_eq!(LeveledParams::V25.plaintexts(1, 2).collect::<Vec<_>>(), [1 << 44, 1 << 35, 0, 0]);
        let low_bits: Vec<usize> = [1, 2, 3, 4, 5, 8].into_iter().map(LeveledParams::low_bits).collect();
        assert_eq!(low_bits, [11, 10, 9, 9, 8, 8]);
    }
}
