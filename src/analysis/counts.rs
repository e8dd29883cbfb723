//! At how many of several agencies is something true of a person: one encrypted bit per agency, added up.

use drempel_fhe::circuit::{Backend, Cell, LookupTable};

use super::records::{Asked, Planned};
use crate::agreement::{AgreementError, Dataset, Subject};
use crate::cases::CaseError;
use crate::cases::people::People;

/// People per batch. Batches run side by side, and the memory that they take grows with this.
pub const BATCH: usize = 64;

/// Some people, and the records that agencies have of them.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    people: usize,
    cells: Vec<Cell>,
    /// Whose record each cell is: the first person's, the second's.
    person_of: Vec<usize>,
}

/// What it means that an agency has no record of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoRecord {
    /// An error.
    Refused,
    /// The agency does not count.
    NotCounted,
}

impl Batch {
    fn push(&mut self, cell: Cell) {
        self.cells.push(cell);
        self.person_of.push(self.people);
    }
}

/// One person of whom so many agencies have a record, for planning.
pub(super) fn sample(agencies: usize) -> (String, Planned<Batch>) {
    let known_at = if agencies == 1 { "1 agency" } else { &format!("{agencies} agencies") };
    let cells = vec![Cell { table: 0, row: 0 }; agencies];
    let batch = Batch { people: 1, cells, person_of: vec![0; agencies] };
    (format!("a person known at {known_at}"), Planned { indices: vec![0], batch })
}

/// Checks that datasets are about people and have one unit, each from an agency of its own.
pub(super) fn check_agencies(datasets: &[&Dataset]) -> Result<(), AgreementError> {
    let refuse = |why| Err(AgreementError::Analysis(why));
    if datasets.iter().any(|dataset| dataset.subject != Subject::Person) {
        return refuse("every dataset must have the subject person");
    }
    if datasets.windows(2).any(|pair| pair[0].unit != pair[1].unit) {
        return refuse("datasets must have one unit, word for word: all are compared with the same value");
    }
    let mut providers: Vec<&str> = datasets.iter().map(|dataset| dataset.provider.as_str()).collect();
    providers.sort_unstable();
    if providers.windows(2).any(|pair| pair[0] == pair[1]) {
        return refuse("each dataset must come from another party: agencies are counted, each once");
    }
    Ok(())
}

/// How far `first` lies above a dataset's `min`, where amounts below it and amounts from it on are both possible.
///
/// Then an amount above `max` has the same bit as `max`.
pub(super) fn least(dataset: &Dataset, first: i64) -> Option<u64> {
    let least = u64::try_from(first.checked_sub(dataset.min().value())?).ok()?;
    (1..=dataset.span()).contains(&least).then_some(least)
}

/// Finds the records of the people that are asked about in the first so many tables.
pub(super) fn batches(
    asked: &Asked<'_, People>,
    agencies: usize,
    no_record: NoRecord,
) -> Result<Vec<Planned<Batch>>, CaseError> {
    asked.in_batches_of(BATCH, |indices| {
        let mut batch = Batch::default();
        for index in indices {
            let (person, position) = (asked.cases.get(*index), asked.cases.position(*index));
            for table in 0..agencies {
                match no_record {
                    NoRecord::Refused => batch.push(asked.require(table, person, position)?),
                    NoRecord::NotCounted => {
                        asked.records.find(table, person).into_iter().for_each(|cell| batch.push(cell));
                    }
                }
            }
            batch.people += 1;
        }
        Ok(batch)
    })
}

/// For each person the number of records whose bit, the first column of each table, is 1. Zero without any record.
///
/// # Cost
/// No bootstrap.
pub(super) fn count<B: Backend>(backend: &B, batch: &Batch) -> Result<B::Column, B::Error> {
    let bits = backend.gather(0, &batch.cells)?;
    Ok(backend.sum_by(&bits, &batch.person_of, batch.people))
}

/// For each person 1 when the number is at least `least`, else 0. There are at most 16 agencies.
///
/// # Cost
/// One bootstrap per person.
pub(super) fn at_least<B: Backend>(
    backend: &B,
    batch: &Batch,
    agencies: usize,
    least: usize,
) -> Result<B::Column, B::Error> {
    let (agencies, least) = (agencies as i64, least as i64);
    let enough = LookupTable::new(0..=agencies, |number| i64::from(number >= least));
    backend.lookup(&count(backend, batch)?, &vec![enough; batch.people])
}
