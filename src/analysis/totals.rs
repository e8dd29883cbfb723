//! Numbers, sums and sums of squares over groups, released as they are: what means, variances and tests are made of.
//!
//! An amount less its dataset's `min` is encrypted in digits so small that the digits of a whole group can be added up
//! and still be told apart. No lookup reads them, so none of this costs a bootstrap.

use std::ops::RangeInclusive;

use serde::Deserialize;

use crate::agreement::{AgreementError, Dataset, Disclosure, Subject};
use crate::cases::CaseError;
use crate::cases::groups::Group;
use crate::language::Language;
use crate::rows::Position;
use drempel_fhe::circuit::radix::Radix;
use drempel_fhe::circuit::{Backend, Cell, Encoding, Scale};

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

impl Missing {
    /// A person's record, nothing where the person is not counted.
    pub(super) fn record(
        self,
        found: Option<Cell>,
        position: Position,
        datasets: &[&Dataset],
    ) -> Result<Option<Cell>, CaseError> {
        match (found, self) {
            (None, Self::Refuse) => {
                let (dataset, column) = (quoted(datasets), Subject::Person.column());
                Err(CaseError::MissingRecord { position, column, dataset })
            }
            (found, _) => Ok(found),
        }
    }
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

/// The records of one group that go into one total.
pub(super) type Addends = Vec<Cell>;

/// Groups that are added up together.
#[derive(Clone, Debug)]
pub struct Batch {
    groups: Vec<usize>,
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

/// Refuses what no sums of groups can be made of.
pub(super) fn check(
    datasets: &[&Dataset],
    disclosure: &Disclosure,
    max_group: u32,
    variance: Variance,
) -> Result<(), AgreementError> {
    if datasets.is_empty() {
        return Err(AgreementError::Analysis("datasets must name at least one dataset"));
    }
    if datasets.iter().any(|dataset| dataset.subject != Subject::Person) {
        return Err(AgreementError::Analysis("a group has people: datasets must have subject = \"person\""));
    }
    if !(1..=MAX_GROUP).contains(&max_group) {
        return Err(AgreementError::Analysis("max_group must be 1 to 1000000"));
    }
    if max_group < disclosure.minimum_cell {
        return Err(AgreementError::Analysis("max_group is below minimum_cell: no group could be released"));
    }
    // Beyond it squares have more than 64 bits. A sum of a million amounts, without squares, always fits.
    if variance == Variance::Released && datasets.iter().any(|dataset| dataset.span() > u64::from(u32::MAX)) {
        return Err(AgreementError::Analysis(
            "with a variance max - min of each dataset is at most 4294967295: the squares must fit 64 bits",
        ));
    }
    Ok(())
}

/// Refuses a group of more people than agreed.
pub(super) fn check_size(group: Group<'_>, max: u32) -> Result<(), CaseError> {
    if group.members().len() > max as usize {
        return Err(CaseError::GroupTooLarge { position: group.position(max as usize), max });
    }
    Ok(())
}

/// Refuses a group about which nothing may be released.
pub(super) fn check_number(
    group: Group<'_>,
    records: &Addends,
    datasets: &[&Dataset],
    disclosure: &Disclosure,
) -> Result<(), CaseError> {
    let (found, minimum) = (records.len(), disclosure.minimum_cell);
    if found < minimum as usize {
        return Err(CaseError::GroupTooSmall {
            position: group.position(0),
            dataset: quoted(datasets),
            found,
            minimum,
        });
    }
    Ok(())
}

/// Names for a message that puts them between quotation marks.
pub(super) fn quoted(datasets: &[&Dataset]) -> String {
    datasets.iter().map(|dataset| dataset.name.as_str()).collect::<Vec<_>>().join("\" or \"")
}

/// Sorts groups, each with its index and the records of each of its totals, into batches.
pub(super) fn batches(
    totals: &[Totals],
    groups: impl IntoIterator<Item = Result<(usize, Vec<Addends>), CaseError>>,
) -> Result<Vec<Batch>, CaseError> {
    let mut batches: Vec<Batch> = Vec::new();
    for group in groups {
        let (index, records) = group?;
        let mut batch = match batches.pop_if(|batch| !batch.is_full()) {
            Some(batch) => batch,
            None => Batch::new(totals),
        };
        batch.push(index, records);
        batches.push(batch);
    }
    Ok(batches)
}

/// For planning: the smallest and the largest group.
pub(super) fn samples(totals: &[Totals], disclosure: &Disclosure, max_group: u32) -> Vec<(String, Batch)> {
    let sample = |people: u32| {
        let mut batch = Batch::new(totals);
        let records = |table| vec![Cell { table, row: 0 }; people as usize];
        batch.push(0, (0..totals.len()).map(records).collect());
        (format!("a group of {people} people"), batch)
    };
    [disclosure.minimum_cell, max_group].map(sample).into()
}

/// What an agreement about groups depends on.
pub(super) fn terms(
    disclosure: &Disclosure,
    max_group: u32,
    missing: Missing,
    language: Language,
) -> Vec<(String, String)> {
    let (least, most) = (language.whole(disclosure.minimum_cell.into()), language.whole(max_group.into()));
    let people = language.pick(format!("{least} to {most}"), format!("{least} tot en met {most}"));
    let missing = match missing {
        Missing::Refuse => language.pick("stops the whole computation", "stopt de hele berekening"),
        Missing::LeaveOut => language.pick("the person is not counted", "de persoon telt niet mee"),
    };
    let terms = [
        (language.pick("people with a record in a group", "mensen met een gegeven in een groep"), people),
        (language.pick("a missing record", "een ontbrekend gegeven"), missing.to_owned()),
    ];
    terms.map(|(what, value)| (what.to_owned(), value)).into()
}

/// What evaluator and auditor see beside the tables' pseudonyms.
pub(super) fn in_the_clear(language: Language) -> String {
    language
        .pick("for each group: its name and who is in it", "van elke groep: de naam en wie erin zit")
        .to_owned()
}

impl Totals {
    /// For amounts of at most `span` in groups that [`check`] allows.
    pub(super) fn new(span: u64, disclosure: &Disclosure, max_group: u32, variance: Variance) -> Self {
        let radix = |largest: u64| Radix::for_released_sums(u64::from(max_group), largest);
        let squares = (variance == Variance::Released).then(|| radix(span.saturating_mul(span)));
        Self { max_group, minimum: disclosure.minimum_cell, span, digits: radix(span), squares }
    }

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

    /// Takes this total's fields off the front and reads them. Nothing where they are about too few, or no amounts have such sums.
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
        Self { groups: Vec::new(), sums: totals.iter().map(sums).collect() }
    }

    fn is_full(&self) -> bool {
        let records = self.sums.iter().map(|sums| sums.cells.len()).max().unwrap_or(0);
        self.groups.len() == BATCH || records >= BATCH_RECORDS
    }

    fn push(&mut self, index: usize, records: Vec<Addends>) {
        let group = self.groups.len();
        for (sums, cells) in self.sums.iter_mut().zip(records) {
            sums.group_of.extend(cells.iter().map(|_| group));
            sums.cells.extend(cells);
        }
        self.groups.push(index);
    }

    /// The indices of its groups.
    pub(super) fn answer_indices(&self) -> &[usize] {
        &self.groups
    }

    /// The fields of all totals, one after the other.
    pub(super) fn run<B: Backend>(&self, backend: &B) -> Result<Vec<B::Column>, B::Error> {
        let mut columns = Vec::new();
        for Sums { totals, cells, group_of } in &self.sums {
            let mut numbers = vec![0; self.groups.len()];
            for group in group_of {
                numbers[*group] += 1;
            }
            columns.push(backend.constant(&numbers, Scale::Sums));
            for position in 0..totals.encoding().width() {
                columns.push(sum(backend, position, cells, group_of, self.groups.len())?);
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
