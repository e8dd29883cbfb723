//! Numbers as digits, and the borrow chain that compares two of them.
//!
//! Source: docs/protocol.md, section 4.3.

use super::{Backend, LookupTable, Scale};
use crate::params::SLOTS;

/// The most addends of one score: the base would be smaller than two beyond that.
pub const MAX_ADDENDS: usize = 8;

/// A positional number system: `digits` digits of base `base`, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Radix {
    /// The base: 2 to 16 where a lookup reads the digits.
    pub base: u64,
    /// How many digits an amount has.
    pub digits: usize,
}

impl Radix {
    /// The number system with the fewest digits for amounts of at most `span`, of each of which `addends` are added up
    /// digit by digit and released as they are.
    ///
    /// The base is 2ᴸ with the largest L for which `addends` digits of 2ᴸ − 1 still have a sum that can be told apart.
    ///
    /// # Panics
    /// When `addends` is zero or so many that not even bits could be added up: checked where the agreement is read.
    pub fn for_released_sums(addends: u64, span: u64) -> Self {
        let largest_sum = Scale::Sums.values().end().unsigned_abs();
        assert!((1..=largest_sum).contains(&addends), "at least one addend, and room for their bits");
        Self::holding(1 << (largest_sum / addends + 1).ilog2(), span)
    }

    /// As many digits of `base` as numbers up to `span` have; at least one.
    pub fn holding(base: u64, span: u64) -> Self {
        let mut digits = 1;
        let mut capacity = u128::from(base);
        while capacity <= u128::from(span) {
            capacity *= u128::from(base);
            digits += 1;
        }
        Self { base, digits }
    }

    /// The number system for sums of `addends` numbers, none of them above `span`, that are to be compared with one
    /// another: a power of the base is 16, so that [`hexadecimal`] can regroup the digits. 16, 4 and 2 for up to 1, 4
    /// and 8 addends.
    ///
    /// # Panics
    /// When `addends` is not 1 to 8: checked where the agreement is read.
    pub fn for_scores(addends: usize, span: u64) -> Self {
        assert!((1..=MAX_ADDENDS).contains(&addends), "1 to 8 addends");
        let fits = |base: &u64| base * addends as u64 <= SLOTS as u64;
        let base = [16, 4, 2].into_iter().find(fits).expect("2 fits up to 8 addends");
        Self::holding(base, span)
    }

    /// How many digits make one of base 16, for the bases of [`for_scores`](Self::for_scores).
    fn per_hexadecimal(self) -> usize {
        (SLOTS.ilog2() / self.base.ilog2()) as usize
    }

    /// Digit `position` of an amount.
    pub fn digit(self, amount: u64, position: usize) -> u64 {
        amount / self.base.pow(position as u32) % self.base
    }

    /// The largest that digit `position` of an amount of at most `span` can be.
    pub fn largest_digit(self, span: u64, position: usize) -> u64 {
        // Above this digit there is something, unless it is zero.
        (span / self.base.pow(position as u32)).min(self.base - 1)
    }

    /// What the digits cannot hold of a line: ⌊line / Bᵏ⌋.
    pub(super) fn overflow(self, line: u64) -> u64 {
        let capacity = u128::from(self.base).pow(self.digits as u32);
        (u128::from(line) / capacity) as u64
    }
}

/// The digits of base 16 of hidden sums, lowest first.
///
/// `sum(i)` is the sum of the addends' digits i, in the number system of [`Radix::for_scores`]; the whole sums have no
/// more digits than it. Digit by digit, with `t = sum + carry`: the digit is t mod B, the carry floor(t / B). With m
/// addends the carry is at most m − 1, so t is within 0..=mB−1. A digit's table gives it at its place within a digit of
/// base 16, so that those of one group are added up, each with the noise of one lookup.
///
/// # Errors
/// When a sum cannot be made.
///
/// # Cost
/// None for one addend. Otherwise `2 · radix.digits − 1` bootstraps per row.
pub fn hexadecimal<B: Backend>(
    backend: &B,
    radix: Radix,
    rows: usize,
    sum: impl Fn(usize) -> Result<B::Column, B::Error>,
) -> Result<Vec<B::Column>, B::Error> {
    let (base, group) = (radix.base as i64, radix.per_hexadecimal());
    if group == 1 {
        return (0..radix.digits).map(sum).collect();
    }
    let tables = |function: &dyn Fn(i64) -> i64| vec![LookupTable::new(0..=SLOTS - 1, function); rows];
    let mut digits: Vec<B::Column> = Vec::new();
    let mut carry: Option<B::Column> = None;
    for position in 0..radix.digits {
        let mut total = sum(position)?;
        if let Some(carry) = &carry {
            total = backend.add(&total, carry);
        }
        let place = base.pow((position % group) as u32);
        let digit = backend.lookup(&total, &tables(&|t| t % base * place))?;
        match digits.last_mut() {
            Some(last) if place > 1 => *last = backend.add(last, &digit),
            _ => digits.push(digit),
        }
        if position + 1 < radix.digits {
            carry = Some(backend.lookup(&total, &tables(&|t| t / base))?);
        }
    }
    Ok(digits)
}

/// For each row 1 when a number is below zero, else 0: a comparison of two hidden numbers, given what is left of one
/// after the other is taken off.
///
/// The number is a sum of `difference(i)` · 16ⁱ over `digits` positions, lowest first. Each difference is −15 to 15, that
/// of two digits of base 16. Digit by digit: `t = difference + borrow`, within −16..=15, and the borrow is −1 where t is
/// below zero, else 0: floor(t / 16). So the number is below zero exactly when the last t is. The sign of all 32 values
/// fits one lookup. A difference is asked for when it is needed, so that only one is in memory.
///
/// # Errors
/// When a difference cannot be made.
///
/// # Cost
/// `digits` bootstraps per row.
pub fn below_zero<B: Backend>(
    backend: &B,
    rows: usize,
    digits: usize,
    difference: impl Fn(usize) -> Result<B::Column, B::Error>,
) -> Result<B::Column, B::Error> {
    let sign =
        |output: i64| vec![LookupTable::new(-SLOTS..=SLOTS - 1, |t| if t < 0 { output } else { 0 }); rows];
    let borrow = sign(-1);
    let mut total = difference(0)?;
    for position in 1..digits {
        total = backend.add(&difference(position)?, &backend.lookup(&total, &borrow)?);
    }
    backend.lookup(&total, &sign(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a` less `b` in three digits, with `Clear`, which refuses a value outside a window.
    fn is_less(a: u64, b: u64) -> bool {
        let radix = Radix { base: 16, digits: 3 };
        let clear = crate::circuit::clear::Clear::new(Vec::new());
        let difference =
            |position| Ok(vec![radix.digit(a, position) as i64 - radix.digit(b, position) as i64]);
        below_zero(&clear, 1, radix.digits, difference).expect("no value outside its table") == [1]
    }

    #[test]
    fn sums_of_up_to_eight_numbers_have_the_digits_of_plain_ones() {
        let clear = crate::circuit::clear::Clear::new(Vec::new());
        for addends in 1..=MAX_ADDENDS as u64 {
            let most = 4_095 / addends;
            for part in [0, 1, 3, 4, 15, 16, most / 2, most - 1, most] {
                let radix = Radix::for_scores(addends as usize, most * addends);
                let numbers: Vec<u64> = (1..addends).map(|_| part).chain([most]).collect();
                let sum = |position| {
                    Ok(vec![numbers.iter().map(|number| radix.digit(*number, position) as i64).sum()])
                };
                let digits = hexadecimal(&clear, radix, 1, sum).expect("no value outside its table");
                let back = digits.iter().rev().fold(0, |number, digit| 16 * number + digit[0]);
                assert_eq!(back as u64, numbers.iter().sum::<u64>(), "{addends} {part}");
                assert!(digits.iter().all(|digit| (0..16).contains(&digit[0])), "{digits:?}");
            }
        }
    }

    #[test]
    fn two_hidden_numbers_compare_like_plain_ones() {
        let edges = [0_u64, 1, 14, 15, 16, 17, 255, 256, 257, 272, 2_048, 3_839, 3_840, 4_080, 4_094, 4_095];
        for a in edges {
            for b in edges.into_iter().chain([a.saturating_sub(1), (a + 1).min(4_095)]) {
                assert_eq!(is_less(a, b), a < b, "{a} {b}");
            }
        }
    }

    #[test]
    fn digits_of_released_sums_are_as_large_as_the_sums_scale_allows() {
        // 2²⁴ − 1 is 1 · (2²⁴ − 1), 15 · 1,118,481 and 127 · 132,104 and a rest.
        for (addends, bits) in [(1, 24), (2, 23), (1_118_481, 4), (1_118_482, 3), (132_104, 7), (132_105, 6)]
        {
            let radix = Radix::for_released_sums(addends, 1);
            assert_eq!((radix.base, radix.digits), (1 << bits, 1), "{addends} addends");
            assert!(addends * (radix.base - 1) < 1 << 24);
            assert!(addends * (2 * radix.base - 1) >= 1 << 24);
        }
        assert_eq!(Radix::for_released_sums((1 << 24) - 1, 5), Radix { base: 2, digits: 3 });
        let (at, above) =
            (Radix::for_released_sums(100_000, 16_383), Radix::for_released_sums(100_000, 16_384));
        assert_eq!((at.digits, above.digits), (2, 3));
        assert_eq!([at.largest_digit(16_383, 1), above.largest_digit(16_384, 1)], [127, 127]);
        assert_eq!(above.largest_digit(16_384, 2), 1);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4_000))]

        #[test]
        fn any_two_hidden_numbers_compare_like_plain_ones(a in 0_u64..4_096, b in 0_u64..4_096) {
            proptest::prop_assert_eq!(is_less(a, b), a < b);
        }
    }
}
