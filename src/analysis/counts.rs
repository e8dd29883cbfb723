//! At how many of several agencies is something true of a person: one encrypted bit per agency, added up.

use super::Records;
use crate::agreement::{AgreementError, Dataset, Subject};
use crate::cases::CaseError;
use crate::cases::people::People;
use crate::language::Language;
use drempel_fhe::circuit::{Backend, Cell, LookupTable};

/// People per batch. Batches run side by side, and the memory that they take grows with this.
pub const BATCH: usize = 64;

/// Some people, and the records that agencies have of them.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    people: Vec<usize>,
    cells: Vec<Cell>,
    /// Whose record each cell is, by the index in `people`.
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
    /// The indices of its people in the evaluator's file.
    pub(super) fn people(&self) -> &[usize] {
        &self.people
    }

    /// One person of whom so many agencies have a record, for planning.
    pub(super) fn sample(agencies: usize) -> (String, Self) {
        let known_at = if agencies == 1 { "1 agency" } else { &format!("{agencies} agencies") };
        let cells = vec![Cell { table: 0, row: 0 }; agencies];
        (
            format!("a person known at {known_at}"),
            Self { people: vec![0], cells, person_of: vec![0; agencies] },
        )
    }
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

/// Finds the records of the people at these indices. The tables are numbered as the datasets are.
pub(super) fn batches(
    datasets: &[&Dataset],
    no_record: NoRecord,
    people: &People,
    records: &Records<'_>,
    indices: &[usize],
) -> Result<Vec<Batch>, CaseError> {
    let batch = |indices: &[usize]| {
        let mut batch = Batch { people: indices.to_vec(), ..Batch::default() };
        for (person, index) in indices.iter().enumerate() {
            for (table, dataset) in datasets.iter().enumerate() {
                match (records.row(table, people.get(*index)), no_record) {
                    (Some(row), _) => {
                        batch.cells.push(Cell { table, row });
                        batch.person_of.push(person);
                    }
                    (None, NoRecord::NotCounted) => {}
                    (None, NoRecord::Refused) => {
                        let (position, dataset) = (people.position(*index), dataset.name.clone());
                        let column = Subject::Person.column();
                        return Err(CaseError::MissingRecord { position, column, dataset });
                    }
                }
            }
        }
        Ok(batch)
    };
    indices.chunks(BATCH).map(batch).collect()
}

/// For each person the number of records whose bit, the first column of each table, is 1. Zero without any record.
///
/// # Cost
/// No bootstrap.
pub(super) fn count<B: Backend>(backend: &B, batch: &Batch) -> Result<B::Column, B::Error> {
    let bits = backend.gather(0, &batch.cells)?;
    Ok(backend.sum_by(&bits, &batch.person_of, batch.people.len()))
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
    backend.lookup(&count(backend, batch)?, &vec![enough; batch.people.len()])
}

/// What the evaluator knows of each person.
pub(super) fn in_the_clear(language: Language) -> String {
    language.pick("for each person: an identifier", "van elke persoon: een aanduiding").to_owned()
}
