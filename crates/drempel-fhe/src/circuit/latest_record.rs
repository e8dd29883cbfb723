//! The latest of several records, and the code that belongs to it.

use super::radix::{Radix, below_zero};
use super::{Backend, Cell, LookupTable};
use crate::params::SLOTS;

/// The base of a code's digits: a digit and a mark share the 16 values of a lookup.
pub const CODE_BASE: u64 = 8;

/// The mark of the record that was chosen.
pub const CHOSEN: i64 = CODE_BASE as i64;

/// Subjects with equally many records each. The records of one follow one another.
#[derive(Clone, Debug)]
pub struct LatestRecord {
    /// How many subjects.
    pub subjects: usize,
    /// How many records each has: 0 to 16.
    pub records: usize,
    /// The base, 16, and the number of the digits after the bit of [`Encoding::at_least_by`](super::Encoding::at_least_by).
    pub time: Radix,
    /// The base, [`CODE_BASE`], and the number of a code's digits.
    pub code: Radix,
    /// Where each record's time is.
    pub times: Vec<Cell>,
    /// Where each record's code is, in the same order.
    pub codes: Vec<Cell>,
}

impl LatestRecord {
    /// For each subject [`CHOSEN`] when one of its records has the bit, else 0; then the digits of the code of the
    /// latest such record, lowest first, or zeros. Of equally late records it is the first.
    ///
    /// Every two records of a subject are compared. The latest one with the bit is the one that is later than all before
    /// it, not earlier than any after it, and has the bit: then those that say so, each a 0 or 1, are as many as the
    /// records. Its mark lets its own code's digits through a lookup, and no other's.
    ///
    /// # Errors
    /// When a table cannot be read.
    ///
    /// # Cost
    /// With j records per subject, times of k digits and codes of c digits: c · j bootstraps, and for two records or more
    /// k · j(j − 1) / 2 + j besides.
    pub fn of<B: Backend>(&self, backend: &B) -> Result<Vec<B::Column>, B::Error> {
        let subject_of: Vec<usize> = (0..self.times.len()).map(|record| record / self.records).collect();
        let marks = self.marks(backend)?;
        let through = LookupTable::new(0..=SLOTS - 1, |value| (value - CHOSEN).max(0));
        let mut columns = vec![backend.sum_by(&marks, &subject_of, self.subjects)];
        for position in 0..self.code.digits {
            let digit = backend.add(&backend.gather(position, &self.codes)?, &marks);
            let digit = backend.lookup(&digit, &vec![through.clone(); self.codes.len()])?;
            columns.push(backend.sum_by(&digit, &subject_of, self.subjects));
        }
        Ok(columns)
    }

    /// For each record [`CHOSEN`] or 0.
    fn marks<B: Backend>(&self, backend: &B) -> Result<B::Column, B::Error> {
        let bits = backend.gather(0, &self.times)?;
        if self.records < 2 {
            return Ok(backend.scale(&bits, CHOSEN));
        }
        // Each record with every later one of its subject.
        let pairs: Vec<(usize, usize)> = (0..self.times.len())
            .flat_map(|first| {
                let end = (first / self.records + 1) * self.records;
                (first + 1..end).map(move |second| (first, second))
            })
            .collect();
        let firsts: Vec<Cell> = pairs.iter().map(|(first, _)| self.times[*first]).collect();
        let seconds: Vec<Cell> = pairs.iter().map(|(_, second)| self.times[*second]).collect();
        // 1 where the second record is the later one.
        let second_wins = below_zero(backend, pairs.len(), self.time.digits, |position| {
            let (first, second) =
                (backend.gather(1 + position, &firsts)?, backend.gather(1 + position, &seconds)?);
            Ok(backend.subtract(&first, &second))
        })?;
        let by_second: Vec<usize> = pairs.iter().map(|(_, second)| *second).collect();
        let by_first: Vec<usize> = pairs.iter().map(|(first, _)| *first).collect();
        let won = backend.sum_by(&second_wins, &by_second, self.times.len());
        let lost = backend.sum_by(&second_wins, &by_first, self.times.len());
        // As many as are lost would be won if this record were the later one of them all.
        let after: Vec<i64> =
            (0..self.times.len()).map(|record| (self.records - 1 - record % self.records) as i64).collect();
        let not_lost = backend.subtract(&backend.constant(&after, super::Scale::Slots), &lost);
        let all = backend.add(&backend.add(&won, &not_lost), &bits);
        let records = self.records as i64;
        let mark = LookupTable::new(0..=records, |yes| if yes == records { CHOSEN } else { 0 });
        backend.lookup(&all, &vec![mark; self.times.len()])
    }
}
