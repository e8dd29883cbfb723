//! What a provider encrypts of each amount.

use std::ops::Range;

use super::decision::Bits;
use super::radix::Radix;
use crate::params::{RING, Scale};

/// How each amount of a table, less its dataset's `min`, is encrypted: the columns of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoding {
    scale: Scale,
    parts: Vec<Part>,
}

/// Some columns of an encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The amount's digits.
    Digits(Radix),
    /// The digits of the amount's square.
    Square(Radix),
    /// The digits of so many times the amount.
    Times(u64, Radix),
    /// One column: 1 when the amount is at least this, else 0.
    AtLeast(u64),
    /// The digits of what the amount has above this; zero where it has nothing.
    Above(u64, Radix),
    /// The bits of so many times the amount, for decisions.
    Bits(u64, Bits),
}

/// How the rows of a table fill its bins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One after the other, across the ends of bins: every ciphertext is used by itself.
    Continuous,
    /// So many whole rows a bin, which is expanded as one.
    WholeRows(usize),
}

impl Part {
    fn width(self) -> usize {
        match self {
            Self::Digits(radix) | Self::Square(radix) | Self::Times(_, radix) | Self::Above(_, radix) => {
                radix.digits
            }
            Self::AtLeast(_) => 1,
            Self::Bits(_, bits) => bits.width(),
        }
    }

    fn value(self, amount: u64, position: usize) -> u64 {
        match self {
            Self::Digits(radix) => radix.digit(amount, position),
            // `holds` has refused amounts whose square or multiple would not fit.
            Self::Square(radix) => radix.digit(amount.saturating_mul(amount), position),
            Self::Times(factor, radix) => radix.digit(amount.saturating_mul(factor), position),
            Self::AtLeast(least) => u64::from(amount >= least),
            Self::Above(line, radix) => radix.digit(amount.saturating_sub(line), position),
            Self::Bits(factor, bits) => {
                amount.saturating_mul(factor) >> (position / bits.params.selector().count()) & 1
            }
        }
    }
}

impl Encoding {
    /// One bit per amount: whether it is at least `least`.
    pub fn at_least(least: u64) -> Self {
        Self { scale: Scale::Slots, parts: vec![Part::AtLeast(least)] }
    }

    /// The bit of [`at_least`](Self::at_least), then digits of how much is at least: 1 for `least` itself, and 0 for
    /// everything below it.
    pub fn at_least_by(least: u64, radix: Radix) -> Self {
        let above = Part::Above(least.saturating_sub(1), radix);
        Self { scale: Scale::Slots, parts: vec![Part::AtLeast(least), above] }
    }

    /// The digits of a number that lookups read.
    pub fn digits(radix: Radix) -> Self {
        Self { scale: Scale::Slots, parts: vec![Part::Digits(radix)] }
    }

    /// Digits whose sums over many rows are released, and those of the squares where a variance is asked for.
    pub fn for_totals(digits: Radix, squares: Option<Radix>) -> Self {
        let parts = [Some(Part::Digits(digits)), squares.map(Part::Square)];
        Self { scale: Scale::Sums, parts: parts.into_iter().flatten().collect() }
    }

    /// The digits of `weight` times the amount: one addend of a weighted score.
    pub fn weighted(weight: u64, radix: Radix) -> Self {
        Self { scale: Scale::Slots, parts: vec![Part::Times(weight, radix)] }
    }

    /// The bits of `weight` times the amount, for decisions.
    pub fn bits(weight: u64, bits: Bits) -> Self {
        Self { scale: Scale::Halves, parts: vec![Part::Bits(weight, bits)] }
    }

    /// How the table's rows fill its bins.
    pub fn layout(&self) -> Layout {
        match self.parts.as_slice() {
            [Part::Bits(_, bits)] => Layout::WholeRows(bits.rows_per_bin()),
            _ => Layout::Continuous,
        }
    }

    /// The bits that decisions read, where these are what it has.
    pub fn decided(&self) -> Option<Bits> {
        match self.parts.as_slice() {
            [Part::Bits(_, bits)] => Some(*bits),
            _ => None,
        }
    }

    /// The number whose bits decisions read.
    ///
    /// # Panics
    /// When the encoding has no bits: both come from the same agreement.
    pub(super) fn number(&self, amount: u64) -> u64 {
        match self.parts.as_slice() {
            [Part::Bits(factor, _)] => amount * factor,
            _ => panic!("the table has no bits of numbers"),
        }
    }

    /// How many bins so many rows fill.
    pub fn bins(&self, rows: usize) -> usize {
        match self.layout() {
            Layout::Continuous => (rows * self.width()).div_ceil(RING),
            Layout::WholeRows(per_bin) => rows.div_ceil(per_bin),
        }
    }

    /// The words of the torus that bin `bin` of a table of these amounts encrypts.
    pub fn plaintexts(&self, amounts: &[u64], bin: usize) -> Vec<u64> {
        let width = self.width();
        match self.layout() {
            Layout::Continuous => {
                let all = bin * RING..((bin + 1) * RING).min(amounts.len() * width);
                let delta = self.scale.delta();
                all.map(|i| self.value(amounts[i / width], i % width) * delta).collect()
            }
            Layout::WholeRows(per_bin) => {
                let bits = self.decided().expect("only bits fill bins by whole rows");
                let mut plain = vec![0; RING];
                for (row, amount) in amounts.iter().skip(bin * per_bin).take(per_bin).enumerate() {
                    let values = bits.params.plaintexts(self.number(*amount), bits.count);
                    for (place, value) in values.enumerate() {
                        plain[bits.params.coefficient(row * width + place)] = value;
                    }
                }
                plain
            }
        }
    }

    /// How far apart the values lie.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// Whether every amount up to `span` has all its digits.
    pub fn holds(&self, span: u64) -> bool {
        self.parts.iter().all(|part| match part {
            Part::Digits(radix) => radix.overflow(span) == 0,
            Part::Square(radix) => span.checked_mul(span).is_some_and(|square| radix.overflow(square) == 0),
            Part::Times(factor, radix) => {
                span.checked_mul(*factor).is_some_and(|most| radix.overflow(most) == 0)
            }
            Part::AtLeast(_) => true,
            Part::Above(line, radix) => radix.overflow(span.saturating_sub(*line)) == 0,
            Part::Bits(factor, bits) => span.checked_mul(*factor).is_some_and(|most| bits.hold(most)),
        })
    }

    /// Ciphertexts per row.
    pub fn width(&self) -> usize {
        self.parts.iter().map(|part| part.width()).sum()
    }

    /// The value at column `position` for an amount.
    pub fn value(&self, amount: u64, position: usize) -> u64 {
        let mut start = 0;
        for part in &self.parts {
            if position < start + part.width() {
                return part.value(amount, position - start);
            }
            start += part.width();
        }
        panic!("a row has {} columns", self.width());
    }

    /// Which columns hold the digits of `radix`.
    ///
    /// # Panics
    /// When the encoding lacks it: both come from the same agreement.
    pub fn columns(&self, radix: Radix) -> Range<usize> {
        self.find(Part::Digits(radix))
    }

    /// Which columns hold the digits of squares in `radix`.
    ///
    /// # Panics
    /// When the encoding lacks it: both come from the same agreement.
    pub fn square_columns(&self, radix: Radix) -> Range<usize> {
        self.find(Part::Square(radix))
    }

    fn find(&self, wanted: Part) -> Range<usize> {
        let mut start = 0;
        for part in &self.parts {
            if *part == wanted {
                return start..start + part.width();
            }
            start += part.width();
        }
        panic!("the tables lack {wanted:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leveled::LeveledParams;

    #[test]
    fn bits_fill_bins_by_whole_rows_and_must_fit() {
        let bits = Bits::holding((1 << 18) - 1, LeveledParams::V25);
        let encoding = Encoding::bits(1, bits);
        assert_eq!((encoding.width(), encoding.layout()), (36, Layout::WholeRows(56)));
        assert_eq!([0, 1, 56, 57].map(|rows| encoding.bins(rows)), [0, 1, 1, 2]);
        assert!(encoding.holds((1 << 18) - 1) && !encoding.holds(1 << 18) && !encoding.holds(u64::MAX));
        assert!(!Encoding::bits(2, bits).holds(1 << 17));
        // The second bin has the rest: a two in the first row of 18 bits of two levels.
        let amounts: Vec<u64> = (0..58).map(|row| if row == 56 { 2 } else { 0 }).collect();
        let plain = encoding.plaintexts(&amounts, 1);
        let set: Vec<usize> = (0..RING).filter(|place| plain[*place] != 0).collect();
        assert_eq!(set, [2, 3].map(|slot| bits.params.coefficient(slot)));
    }

    #[test]
    fn a_bit_says_whether_an_amount_is_large_enough() {
        let encoding = Encoding::at_least(500);
        assert_eq!([499, 500, 501].map(|amount| encoding.value(amount, 0)), [0, 1, 1]);
        assert!(encoding.holds(u64::MAX));
    }

    #[test]
    fn a_weighted_amount_has_the_digits_of_its_multiple_and_must_fit() {
        let encoding = Encoding::weighted(35, Radix { base: 4, digits: 5 });
        let back: u64 = (0..5).map(|column| encoding.value(29, column) * 4_u64.pow(column as u32)).sum();
        assert_eq!((back, encoding.width()), (35 * 29, 5));
        assert!(encoding.holds(29));
        assert!(!encoding.holds(30));
        assert!(!encoding.holds(u64::MAX));
    }

    #[test]
    fn below_the_least_amount_nothing_is_left_to_compare() {
        let encoding = Encoding::at_least_by(100, Radix { base: 16, digits: 2 });
        let columns = |amount| [0, 1, 2].map(|column| encoding.value(amount, column));
        assert_eq!(
            [0, 99, 100, 115, 354].map(columns),
            [[0, 0, 0], [0, 0, 0], [1, 1, 0], [1, 0, 1], [1, 15, 15]]
        );
        assert!(encoding.holds(354));
        assert!(!encoding.holds(355));
    }

    #[test]
    fn squares_have_columns_of_their_own_and_must_fit() {
        let (digits, squares) = (Radix { base: 128, digits: 3 }, Radix { base: 128, digits: 6 });
        let encoding = Encoding::for_totals(digits, Some(squares));
        assert_eq!((encoding.columns(digits), encoding.square_columns(squares)), (0..3, 3..9));
        let amount = 1_234_567_u64;
        let power = |i: usize| 128_u64.pow(i as u32);
        let square: u64 = (3..9).map(|column| encoding.value(amount, column) * power(column - 3)).sum();
        assert_eq!(square, amount * amount);
        assert!(encoding.holds((1 << 21) - 1));
        assert!(!encoding.holds(1 << 21));
        assert!(!encoding.holds(u64::MAX));
    }
}
