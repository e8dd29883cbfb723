//! Numbers, sums and sums of squares over groups, released as they are: what means, variances and tests are made of.
//!
//! An amount less its dataset's `min` is encrypted in digits so small that the digits of a whole group can be added up
//! and still be told apart. No lookup reads them, so none of this costs a bootstrap.

use std::ops::RangeInclusive;

use drempel_fhe::circuit::radix::Radix;
use drempel_fhe::circuit::{Backend, Cell, Encoding, Scale};
use serde::Deserialize;

use super::records::{Asked, Planned};
use super::setting::Setting;
use crate::agreement::{AgreementError, Dataset, Disclosure, Subject};
use crate::cases::CaseError;
use crate::cases::groups::{Group, Groups};
use crate::rows::Position;

/// The most people that one group may have.
pub const MAX_GROUP: u32 = 1_000_000;

/// A batch is full with so many groups, or so many records.
const BATCH: usize = 64;
const BATCH_RECORDS: usize = 1 << 16;

/// Rows that are expanded at a time, 16 kB each: a group of any size takes no more memory than these.
const CHUNK: usize = 256;

/// What a person without a record means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// An error.
    Refuse,
    /// The person is not counted.
    LeaveOut,
}

/// Whether squares are added up too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Variance {
    /// The sample variance is released.
    Released,
    /// Only number and mean are.
    Withheld,
}

/// How the amounts of one or more datasets are encrypted, added up and read.
#[derive(Clone, Debug)]
pub(super) struct Totals {
    max_group: u32,
    minimum: u32,
    span: u64,
    digits: Radix,
    squares: Option<Radix>,
}

/// What an agreement says of every group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) max_group: u32,
    pub(super) variance: Variance,
    pub(super) missing: Missing,
}

/// The records of one group that go into one total.
pub(super) type Addends = Vec<Cell>;

/// Groups that are added up together.
#[derive(Clone, Debug)]
pub struct Batch {
    groups: usize,
    /// One for each total of a group.
    sums: Vec<Sums>,
}

/// One total of each group of a batch.
#[derive(Clone, Debug)]
struct Sums {
    totals: Totals,
    cells: Vec<Cell>,
    group_of: Vec<usize>,
}

/// What is released about one group and dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Total {
    /// How many records.
    pub(super) number: u32,
    /// The sum of the amounts, each less its dataset's `min`.
    sum: i128,
    /// The sum of their squares, zero where they are withheld.
    squares: i128,
}

impl Rules {
    /// Refuses what no sums of groups can be made of.
    pub(super) fn check(self, Setting { datasets, disclosure }: &Setting<'_>) -> Result<(), AgreementError> {
        if datasets.is_empty() {
            return Err(AgreementError::Analysis("datasets must name at least one dataset"));
        }
        if datasets.iter().any(|dataset| dataset.subject != Subject::Person) {
            return Err(AgreementError::Analysis(
                "a group has people: datasets must have subject = \"person\"",
            ));
        }
        if !(1..=MAX_GROUP).contains(&self.max_group) {
            return Err(AgreementError::Analysis("max_group must be 1 to 1000000"));
        }
        if self.max_group < disclosure.minimum_cell {
            return Err(AgreementError::Analysis(
                "max_group is below minimum_cell: no group could be released",
            ));
        }
        // Beyond it squares have more than 64 bits. A sum of a million amounts, without squares, always fits.
        let is_wide = |dataset: &&Dataset| dataset.span() > u64::from(u32::MAX);
        if self.variance == Variance::Released && datasets.iter().any(is_wide) {
            return Err(AgreementError::Analysis(
                "with a variance max - min of each dataset is at most 4294967295: the squares must fit 64 bits",
            ));
        }
        Ok(())
    }

    /// How amounts of at most `span` are added up.
    pub(super) fn totals(self, span: u64, disclosure: &Disclosure) -> Totals {
        let radix = |largest: u64| Radix::for_released_sums(u64::from(self.max_group), largest);
        let squares = (self.variance == Variance::Released).then(|| radix(span.saturating_mul(span)));
        Totals {
            max_group: self.max_group,
            minimum: disclosure.minimum_cell,
            span,
            digits: radix(span),
            squares,
        }
    }

    /// The records of a group's people in some datasets, as `find` finds each person's.
    ///
    /// # Errors
    /// More people than agreed, a record that is missing and may not be, or too few records to release anything about.
    pub(super) fn addends(
        self,
        group: Group<'_>,
        datasets: &[&Dataset],
        disclosure: &Disclosure,
        find: impl Fn(&str, Position) -> Result<Option<Cell>, CaseError>,
    ) -> Result<Addends, CaseError> {
        if group.members().len() > self.max_group as usize {
            let (position, max) = (group.position(self.max_group as usize), self.max_group);
            return Err(CaseError::GroupTooLarge { position, max });
        }
        let mut cells = Vec::new();
        for (member, person) in group.members().enumerate() {
            let position = group.position(member);
            match (find(person, position)?, self.missing) {
                (None, Missing::Refuse) => {
                    let (dataset, column) = (quoted(datasets), Subject::Person.column());
                    return Err(CaseError::MissingRecord { position, column, dataset });
                }
                (found, _) => cells.extend(found),
            }
        }
        let (found, minimum) = (cells.len(), disclosure.minimum_cell);
        if found < minimum as usize {
            let (position, dataset) = (group.position(0), quoted(datasets));
            return Err(CaseError::GroupTooSmall { position, dataset, found, minimum });
        }
        Ok(cells)
    }

    /// For planning: the smallest and the largest group.
    pub(super) fn samples(self, totals: &[Totals], disclosure: &Disclosure) -> Vec<(String, Planned<Batch>)> {
        let sample = |people: u32| {
            let mut batch = Batch::new(totals);
            batch.push((0..totals.len()).map(|table| vec![Cell { table, row: 0 }; people as usize]));
            (format!("a group of {people} people"), Planned { indices: vec![0], batch })
        };
        [disclosure.minimum_cell, self.max_group].map(sample).into()
    }
}

/// Names for a message that puts them between quotation marks.
fn quoted(datasets: &[&Dataset]) -> String {
    datasets.iter().map(|dataset| dataset.name.as_str()).collect::<Vec<_>>().join("\" or \"")
}

/// Sorts the groups that are asked for into batches, each with the records of every one of its totals.
pub(super) fn batches(
    totals: &[Totals],
    asked: &Asked<'_, Groups>,
    records: impl Fn(Group<'_>) -> Result<Vec<Addends>, CaseError>,
) -> Result<Vec<Planned<Batch>>, CaseError> {
    let mut batches: Vec<Planned<Batch>> = Vec::new();
    for index in asked.indices {
        let records = records(asked.cases.get(*index))?;
        let empty = || Planned { indices: Vec::new(), batch: Batch::new(totals) };
        let mut last = batches.pop_if(|last| !last.batch.is_full()).unwrap_or_else(empty);
        last.batch.push(records);
        last.indices.push(*index);
        batches.push(last);
    }
    Ok(batches)
}

impl Totals {
    /// How each amount is encrypted.
    pub(super) fn encoding(&self) -> Encoding {
        Encoding::for_totals(self.digits, self.squares)
    }

    /// The largest value of each column of the encoding.
    fn columns(&self) -> impl Iterator<Item = u64> {
        let digits =
            |radix: Radix, span: u64| (0..radix.digits).map(move |index| radix.largest_digit(span, index));
        let squares = self.squares.into_iter().flat_map(move |radix| digits(radix, self.span * self.span));
        digits(self.digits, self.span).chain(squares)
    }

    /// What is released of each group: its number, then the sum of each column.
    pub(super) fn fields(&self) -> Vec<RangeInclusive<i64>> {
        let sums = std::iter::once(1).chain(self.columns());
        sums.map(|largest| 0..=(u64::from(self.max_group) * largest) as i64).collect()
    }

    /// Takes this total's fields off the front and reads them. `None` where they are about too few, or no amounts have such sums.
    pub(super) fn take(&self, fields: &mut &[i64]) -> Option<Total> {
        let (own, rest) = fields.split_at_checked(1 + self.encoding().width())?;
        *fields = rest;
        self.read(own)
    }

    fn read(&self, fields: &[i64]) -> Option<Total> {
        let (number, sums) = fields.split_first()?;
        let number = u32::try_from(*number).ok().filter(|n| (self.minimum..=self.max_group).contains(n))?;
        let people = u64::from(number);
        let fits = |(sum, largest): (&i64, u64)| (0..=(people * largest) as i64).contains(sum);
        if !sums.iter().zip(self.columns()).all(fits) {
            return None;
        }
        let (digits, squares) = sums.split_at_checked(self.digits.digits)?;
        let sum = combine(self.digits, digits);
        let squares = self.squares.map_or(0, |radix| combine(radix, squares));
        let (n, span) = (i128::from(number), i128::from(self.span));
        let is_sum = sum <= n * span;
        // Of x between 0 and span: x <= x² <= span · x, both even or both odd; and the variance is not negative.
        let are_squares =
            || (sum..=span * sum).contains(&squares) && (squares - sum) % 2 == 0 && n * squares >= sum * sum;
        (is_sum && (self.squares.is_none() || are_squares())).then_some(Total { number, sum, squares })
    }
}

/// Σ field · baseⁱ: below 2¹¹³ for any fields of the sums' scale.
fn combine(radix: Radix, fields: &[i64]) -> i128 {
    fields.iter().rev().fold(0, |sum, field| sum * i128::from(radix.base) + i128::from(*field))
}

impl Total {
    /// The mean of the amounts, in their own unit.
    pub(super) fn mean(&self, dataset: &Dataset) -> f64 {
        let n = i128::from(self.number);
        let sum = self.sum + n * i128::from(dataset.min().value());
        sum as f64 / n as f64
    }

    /// How much higher the mean is than another's, over amounts with the same `min`: zero only when they are equal.
    pub(super) fn above(&self, other: &Self) -> f64 {
        let (n, others) = (i128::from(self.number), i128::from(other.number));
        (self.sum * others - other.sum * n) as f64 / (n * others) as f64
    }

    /// The sample variance of the amounts (divided by n - 1), in the square of their unit.
    pub(super) fn variance(&self) -> f64 {
        let n = i128::from(self.number);
        // At least 5 records: the floor of minimum_cell.
        (n * self.squares - self.sum * self.sum) as f64 / (n * (n - 1)) as f64
    }
}

impl Batch {
    fn new(totals: &[Totals]) -> Self {
        let sums = |totals: &Totals| Sums { totals: totals.clone(), cells: Vec::new(), group_of: Vec::new() };
        Self { groups: 0, sums: totals.iter().map(sums).collect() }
    }

    fn is_full(&self) -> bool {
        let records = self.sums.iter().map(|sums| sums.cells.len()).max().unwrap_or(0);
        self.groups == BATCH || records >= BATCH_RECORDS
    }

    fn push(&mut self, records: impl IntoIterator<Item = Addends>) {
        for (sums, cells) in self.sums.iter_mut().zip(records) {
            sums.group_of.extend(cells.iter().map(|_| self.groups));
            sums.cells.extend(cells);
        }
        self.groups += 1;
    }

    /// The fields of all totals, one after the other.
    pub(super) fn run<B: Backend>(&self, backend: &B) -> Result<Vec<B::Column>, B::Error> {
        let mut columns = Vec::new();
        for Sums { totals, cells, group_of } in &self.sums {
            let mut numbers = vec![0; self.groups];
            for group in group_of {
                numbers[*group] += 1;
            }
            columns.push(backend.constant(&numbers, Scale::Sums));
            for position in 0..totals.encoding().width() {
                columns.push(sum(backend, position, cells, group_of, self.groups)?);
            }
        }
        Ok(columns)
    }
}

/// The sum of one column over each group, a chunk of rows at a time.
fn sum<B: Backend>(
    backend: &B,
    position: usize,
    cells: &[Cell],
    group_of: &[usize],
    groups: usize,
) -> Result<B::Column, B::Error> {
    let mut sums: Option<B::Column> = None;
    for (cells, group_of) in cells.chunks(CHUNK).zip(group_of.chunks(CHUNK)) {
        let some = backend.sum_by(&backend.gather(position, cells)?, group_of, groups);
        sums = Some(match sums {
            None => some,
            Some(sums) => backend.add(&sums, &some),
        });
    }
    Ok(sums.unwrap_or_else(|| backend.constant(&vec![0; groups], Scale::Sums)))
}
