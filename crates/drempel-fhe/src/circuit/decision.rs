//! Decisions on hidden numbers, bit by bit and without a bootstrap: what the leveled engine does.

use super::Cell;
use crate::leveled::LeveledParams;

/// Where the rows of tables hold the bits of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bits {
    /// How many bits the number has.
    pub count: usize,
    /// How each bit is encrypted.
    pub params: LeveledParams,
}

impl Bits {
    /// As many bits as numbers up to `span` have; at least one.
    pub fn holding(span: u64, params: LeveledParams) -> Self {
        Self { count: (u64::BITS - span.leading_zeros()).max(1) as usize, params }
    }

    /// The largest number of so many bits.
    pub(crate) fn largest(self) -> u64 {
        (1 << self.count) - 1
    }

    /// Coefficients of a row.
    pub(crate) fn width(self) -> usize {
        self.params.slots(self.count)
    }

    /// Rows of one bin: a row is never cut.
    pub fn rows_per_bin(self) -> usize {
        crate::params::RING / self.width()
    }

    /// Whether every number up to `span` has all its bits, and a bin a row.
    pub(crate) fn hold(self, span: u64) -> bool {
        Self::holding(span, self.params).count <= self.count && self.rows_per_bin() > 0
    }
}

/// Sums of hidden numbers, each to be compared with a clear line of its own.
#[derive(Clone, Copy, Debug)]
pub struct Sums<'s> {
    /// How the numbers are encrypted.
    pub bits: Bits,
    /// The numbers of all groups.
    pub cells: &'s [Cell],
    /// The group of each number: 1 to 8 numbers a group, or none.
    pub group_of: &'s [usize],
    /// Each group's line: is its sum below it? Zero is above no sum.
    pub lines: &'s [u64],
    /// What becomes of the answers.
    pub output: Output<'s>,
}

impl Sums<'_> {
    /// The numbers of each group.
    pub(crate) fn groups(&self) -> Vec<Vec<Cell>> {
        let mut groups = vec![Vec::new(); self.lines.len()];
        self.cells.iter().zip(self.group_of).for_each(|(cell, group)| groups[*group].push(*cell));
        groups
    }
}

/// Pairs of hidden sums to be compared with each other.
#[derive(Clone, Copy, Debug)]
pub struct Pairs<'s> {
    /// How the numbers are encrypted.
    pub bits: Bits,
    /// How many numbers each sum has: 1 to 4.
    pub addends: usize,
    /// The numbers of one sum after the other. Is each sum at most...
    pub left: &'s [Cell],
    /// ...the one at the same place here?
    pub right: &'s [Cell],
    /// What becomes of the answers.
    pub output: Output<'s>,
}

impl Pairs<'_> {
    /// The numbers of both sums of each pair.
    pub(crate) fn both(&self) -> impl Iterator<Item = [&[Cell]; 2]> {
        let sums = self.left.chunks(self.addends).zip(self.right.chunks(self.addends));
        sums.map(|(left, right)| [left, right])
    }
}

/// What becomes of decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output<'s> {
    /// They are released as they are, at [`Scale::Halves`](super::Scale::Halves), and their noise is closed. Each has a
    /// number of its own in the job, which names its randomness.
    Released(&'s [u64]),
    /// They are added up and looked up further, at [`Scale::Slots`](super::Scale::Slots), a yes being this value. A bootstrap
    /// closes them.
    Slots(u32),
}

impl Output<'_> {
    /// What a yes is.
    pub(crate) fn yes(self) -> i64 {
        match self {
            Self::Released(_) => 1,
            Self::Slots(value) => i64::from(value),
        }
    }
}
