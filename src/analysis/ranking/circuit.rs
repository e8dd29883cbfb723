//! The circuit: every pair is compared, and what each person loses is counted.

use serde::Deserialize;

use drempel_fhe::circuit::radix::{self, Radix};
use drempel_fhe::circuit::{Backend, Bits, Cell, LookupTable, Output, Pairs, Scale};
use drempel_fhe::params::SLOTS;

/// The most people of one list: a count of up to 63 others has two digits of base 4 in five chunks.
pub const MAX_PEOPLE: usize = 64;

/// The most bits that are added up before a lookup: their sum is within 0..=15.
const MAX_CHUNK: usize = SLOTS as usize - 1;

/// Counts are released in digits of this base, lowest first.
pub(super) const BASE: i64 = 4;

/// Who comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// The highest score.
    HighestFirst,
    /// The lowest score.
    LowestFirst,
}

/// What equal scores mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ties {
    /// They share the better rank: one more than the number of people whose score is strictly better.
    Shared,
    /// Who stands earlier in the evaluator's file comes first.
    ListOrder,
}

/// Everything in the clear that the circuit depends on: the whole list is one batch.
#[derive(Clone, Debug)]
pub struct Batch {
    pub(super) people: usize,
    /// Each person's record in each dataset.
    pub(super) cells: Vec<Cell>,
    pub(super) person_of: Vec<usize>,
    pub(super) numbers: Numbers,
    pub(super) order: Order,
    pub(super) ties: Ties,
    pub(super) first: Option<usize>,
}

/// How scores are compared.
#[derive(Clone, Copy, Debug)]
pub(super) enum Numbers {
    /// Bit by bit, without a bootstrap.
    Bits(Bits),
    /// Digit by digit, with one bootstrap for each digit of base 16 of a pair's scores, and some for each person's.
    Digits(Radix),
}

/// The most indicators whose sums are compared bit by bit.
pub(super) const MAX_DECIDED: usize = 4;

impl Batch {
    /// For each person how many are ahead, in digits of base 4; or whether fewer than `first` are.
    pub(super) fn run<B: Backend>(&self, backend: &B) -> Result<Vec<B::Column>, B::Error> {
        let people = self.people;
        let counts = match self.numbers {
            Numbers::Bits(bits) => self.count(backend, |low, high| self.decided(backend, bits, low, high))?,
            Numbers::Digits(radix) => {
                let scores = radix::hexadecimal(backend, radix, people, |position| {
                    let digits = backend.gather(position, &self.cells)?;
                    Ok(backend.sum_by(&digits, &self.person_of, people))
                })?;
                self.count(backend, |low, high| {
                    radix::below_zero(backend, low.len(), scores.len(), |position| {
                        let digit = |rows| backend.select(&scores[position], rows);
                        Ok(backend.subtract(&digit(low), &digit(high)))
                    })
                })?
            }
        };
        self.release(backend, &counts)
    }

    /// Whether each score of `low` is below that of `high`: not where that is at most it.
    fn decided<B: Backend>(
        &self,
        backend: &B,
        bits: Bits,
        low: &[usize],
        high: &[usize],
    ) -> Result<B::Column, B::Error> {
        let addends = self.cells.len() / self.people;
        let records = |people: &[usize]| -> Vec<Cell> {
            let of = |person: &usize| &self.cells[person * addends..(person + 1) * addends];
            people.iter().flat_map(of).copied().collect()
        };
        let (left, right) = (records(high), records(low));
        let pairs = Pairs { bits, addends, left: &left, right: &right, output: Output::Slots(1) };
        let one = backend.constant(&vec![1; low.len()], Scale::Slots);
        Ok(backend.subtract(&one, &backend.are_at_most(&pairs)?))
    }

    /// Compares all pairs and adds up, for each person, who is ahead: one row per person and chunk of the others.
    /// `below` says whether each score of the first people is below that of the second.
    fn count<B: Backend>(
        &self,
        backend: &B,
        below: impl Fn(&[usize], &[usize]) -> Result<B::Column, B::Error>,
    ) -> Result<B::Column, B::Error> {
        let (people, chunks) = (self.people, self.chunks());
        let pairs = |earlier: usize| (earlier + 1..people).map(move |later| (earlier, later));
        let (earlier, later): (Vec<usize>, Vec<usize>) = (0..people).flat_map(pairs).unzip();
        let ahead = |who: &[usize], of: &[usize]| {
            // A score below the other's is ahead of it where the lowest come first.
            let (low, high) = match self.order {
                Order::HighestFirst => (of, who),
                Order::LowestFirst => (who, of),
            };
            below(low, high)
        };
        let later_ahead = ahead(&later, &earlier)?;
        let earlier_ahead = match self.ties {
            Ties::Shared => ahead(&earlier, &later)?,
            // Either the one or the other: the earlier one also where the scores are equal.
            Ties::ListOrder => {
                let one = backend.constant(&vec![1; earlier.len()], Scale::Slots);
                backend.subtract(&one, &later_ahead)
            }
        };
        let groups = |whose: &[usize], others: &[usize]| -> Vec<usize> {
            let both = whose.iter().zip(others);
            both.map(|(person, other)| person * chunks + self.chunk(*person, *other)).collect()
        };
        let lost_to_later = backend.sum_by(&later_ahead, &groups(&earlier, &later), people * chunks);
        let lost_to_earlier = backend.sum_by(&earlier_ahead, &groups(&later, &earlier), people * chunks);
        Ok(backend.add(&lost_to_later, &lost_to_earlier))
    }

    /// How many sums a person's count is made of.
    fn chunks(&self) -> usize {
        (self.people - 1).div_ceil(MAX_CHUNK).max(1)
    }

    /// The sum that holds the comparison with another person. Sums are equally large, but for the last one.
    fn chunk(&self, person: usize, other: usize) -> usize {
        let size = (self.people - 1).div_ceil(self.chunks());
        // The person is not among the others.
        (if other < person { other } else { other - 1 }) / size
    }

    /// From chunks to what is released: nothing that says in which chunk somebody was ahead.
    fn release<B: Backend>(&self, backend: &B, counts: &B::Column) -> Result<Vec<B::Column>, B::Error> {
        let (people, chunks) = (self.people, self.chunks());
        let each = |column: &B::Column, rows: usize, function: &dyn Fn(i64) -> i64| {
            backend.lookup(column, &vec![LookupTable::new(0..=SLOTS - 1, function); rows])
        };
        if let (1, Some(first)) = (chunks, self.first) {
            return Ok(vec![each(counts, people, &|count| i64::from(count < first as i64))?]);
        }
        let low = each(counts, people * chunks, &|count| count % BASE)?;
        let high = each(counts, people * chunks, &|count| count / BASE)?;
        if chunks == 1 {
            return Ok(vec![low, high]);
        }
        // At most five chunks with digits of at most 3, and a whole count of at most 63: no sum is above 15.
        let person_of: Vec<usize> = (0..people * chunks).map(|row| row / chunks).collect();
        let low = backend.sum_by(&low, &person_of, people);
        let high = backend.sum_by(&high, &person_of, people);
        match self.first {
            None => {
                let carry = each(&low, people, &|low| low / BASE)?;
                let high = backend.add(&high, &carry);
                Ok(vec![each(&low, people, &|low| low % BASE)?, each(&high, people, &|high| high)?])
            }
            // The borrow chain: 4 · high + low < first.
            Some(first) => {
                let first = first as i64;
                let borrow = each(&low, people, &|low| (low - first % BASE).div_euclid(BASE))?;
                let high = backend.add(&high, &borrow);
                let below = LookupTable::new(-1..=SLOTS - 1, |high| i64::from(high < first / BASE));
                Ok(vec![backend.lookup(&high, &vec![below; people])?])
            }
        }
    }
}
