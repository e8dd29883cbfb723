//! How a word of the torus is written as small digits.

/// A gadget: `levels` signed digits of `base_bits` bits, the most significant first.
///
/// A word w is Σ dⱼ · 2^(64 − j · base_bits) plus a rest of at most half of the last digit's unit, with
/// dⱼ in −B/2..B/2, B = 2^base_bits (Chillotti et al., ePrint 2018/421, definition 3.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Gadget {
    /// How many digits.
    pub levels: u32,
    /// Bits of one digit.
    pub base_bits: u32,
}

impl Gadget {
    /// A gadget of so many digits of so many bits.
    pub const fn new(levels: u32, base_bits: u32) -> Self {
        Self { levels, base_bits }
    }

    /// Bits that the digits hold together.
    pub const fn kept_bits(self) -> u32 {
        self.levels * self.base_bits
    }

    /// The number of digits, to index with.
    pub(crate) const fn count(self) -> usize {
        self.levels as usize
    }

    /// What a digit of 1 at a level (counted from 0) stands for.
    pub(super) const fn unit(self, level: usize) -> u64 {
        1 << (64 - (level as u32 + 1) * self.base_bits)
    }

    /// Added to a word before its digits are cut out: it rounds, and it moves each digit up by half of its
    /// range, so that no borrow passes from one to the next.
    pub(super) const fn offset(self) -> u64 {
        let mut offset = 1 << (63 - self.kept_bits());
        let mut level = 0;
        while level < self.count() {
            offset += self.unit(level) << (self.base_bits - 1);
            level += 1;
        }
        offset
    }

    /// How far a word with its offset added is shifted for a level's digit.
    pub(super) const fn shift(self, level: usize) -> u32 {
        64 - (level as u32 + 1) * self.base_bits
    }

    pub(super) const fn mask(self) -> u64 {
        (1 << self.base_bits) - 1
    }

    /// Whether words of 64 bits have such digits.
    pub(super) const fn is_possible(self) -> bool {
        self.levels > 0 && self.base_bits > 0 && self.base_bits <= 24 && self.kept_bits() < 64
    }

    /// The variance of one digit of a random word about zero, (B² + 2) / 12: the digits −B/2..B/2 are uniform
    /// and their mean is −1/2. For small bases the 2 matters.
    pub(super) fn digit_variance(self) -> f64 {
        let base = (1_u64 << self.base_bits) as f64;
        (base * base + 2.0) / 12.0
    }
}

/// A digit as a real number, from a word to which the gadget's offset was added. The digit becomes the low
/// bits of a number near 2⁵²: exact, and vectorised on every processor, which a conversion from 64 bits is
/// not.
#[inline(always)]
pub(super) fn digit(offset_word: u64, shift: u32, mask: u64, base_bits: u32) -> f64 {
    const TWO_52: u64 = 0x4330_0000_0000_0000;
    let middle = f64::from_bits(TWO_52 | 1 << (base_bits - 1));
    f64::from_bits(TWO_52 | (offset_word >> shift) & mask) - middle
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn digits_give_the_word_back_up_to_half_a_last_unit(word: u64, levels in 1_u32..23, base_bits in 1_u32..21) {
            let gadget = Gadget::new(levels, base_bits);
            prop_assume!(gadget.is_possible());
            let mut sum = 0_u64;
            for level in 0..gadget.count() {
                let digit =
                    digit(word.wrapping_add(gadget.offset()), gadget.shift(level), gadget.mask(), base_bits);
                let half = (1_u64 << base_bits) as f64 / 2.0;
                prop_assert!((-half..half).contains(&digit) && digit.fract() == 0.0);
                sum = sum.wrapping_add(gadget.unit(level).wrapping_mul(digit as i64 as u64));
            }
            let rest = word.wrapping_sub(sum) as i64;
            prop_assert!(rest.unsigned_abs() <= 1 << (63 - gadget.kept_bits()));
        }
    }
}
