//! From cases to batches: where each subject's row is, and what is asked about whom.

use drempel_fhe::circuit::Cell;

use super::setting::Setting;
use crate::agreement::Dataset;
use crate::cases::CaseError;
use crate::rows::Position;
use crate::units::SubjectIds;

/// Where each subject's row is in each table.
#[derive(Debug)]
pub struct Records<'a> {
    /// `None` when every subject is supposed to have a record.
    tables: Option<Vec<&'a SubjectIds>>,
}

impl<'a> Records<'a> {
    /// The tables' subjects, each table's in ascending order, in the order of the analysis's datasets.
    pub fn new(tables: impl IntoIterator<Item = &'a SubjectIds>) -> Self {
        Self { tables: Some(tables.into_iter().collect()) }
    }

    /// For planning without tables: everybody has a record.
    pub fn complete() -> Self {
        Self { tables: None }
    }

    /// The record of a subject in a table.
    pub fn find(&self, table: usize, subject: &str) -> Option<Cell> {
        let row = match &self.tables {
            Some(tables) => tables[table].search(subject)?,
            None => 0,
        };
        Some(Cell { table, row })
    }

    /// Every record of a subject who is supposed to have one in a single table: in the first where there are no tables.
    pub fn anywhere(&self, subject: &str) -> Vec<Cell> {
        let tables = self.tables.as_ref().map_or(1, Vec::len);
        (0..tables).filter_map(|table| self.find(table, subject)).collect()
    }
}

/// What is asked of an analysis: the answers at some indices among the cases.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a, C> {
    /// The rest of the agreement.
    pub setting: &'a Setting<'a>,
    /// What the evaluator knows in the clear.
    pub cases: &'a C,
    /// Where the tables have whose rows.
    pub records: &'a Records<'a>,
    /// Which answers: all of them, or those that an auditor has drawn. In ascending order.
    pub indices: &'a [usize],
}

impl<'a, C> Asked<'a, C> {
    /// The record of a subject in a table.
    ///
    /// # Errors
    /// [`CaseError::MissingRecord`] with this row of the cases, where there is none.
    pub fn require(&self, table: usize, subject: &str, row: Position) -> Result<Cell, CaseError> {
        let found = self.records.find(table, subject);
        found.ok_or_else(|| missing(row, self.setting.datasets[table]))
    }

    /// Batches of at most so many answers.
    ///
    /// # Errors
    /// Those of `batch`, which gets the indices of each.
    pub fn in_batches_of<B>(
        &self,
        answers: usize,
        batch: impl Fn(&[usize]) -> Result<B, CaseError>,
    ) -> Result<Vec<Planned<B>>, CaseError> {
        let planned = |indices: &[usize]| Ok(Planned { indices: indices.to_vec(), batch: batch(indices)? });
        self.indices.chunks(answers).map(planned).collect()
    }

    /// The same of an analysis whose cases are these.
    pub(super) fn about<D>(&self, cases: &'a D) -> Asked<'a, D> {
        Asked { setting: self.setting, cases, records: self.records, indices: self.indices }
    }
}

/// A batch, and which answers (by their index) it gives, in the order of the program's rows.
#[derive(Clone, Debug)]
pub struct Planned<B> {
    /// The answers' indices among the cases.
    pub indices: Vec<usize>,
    /// What the circuit needs in the clear.
    pub batch: B,
}

impl<B> Planned<B> {
    /// The same answers from another batch.
    pub(super) fn map<C>(self, batch: impl FnOnce(B) -> C) -> Planned<C> {
        Planned { indices: self.indices, batch: batch(self.batch) }
    }
}

/// That a dataset has no record of whom a row of the cases is about.
pub(super) fn missing(row: Position, dataset: &Dataset) -> CaseError {
    CaseError::MissingRecord {
        position: row,
        column: dataset.subject.column(),
        dataset: dataset.name.clone(),
    }
}
