use std::borrow::Cow;

use super::columns::{Column, Columns};
use super::error::{CellProblem, RowsError};
use super::position::Position;
use super::source::Rows;
use crate::units::{Cents, Distinct, IdCheck, IdShape, PersonId, SubjectId};

/// Counts what it gives on: a summary that is safe to share, whatever is refused of the rows.
pub struct Watched<'r> {
    rows: &'r mut dyn Rows,
    ids: Vec<(Column, Ids)>,
    read: u64,
}

/// The identifiers of one column.
#[derive(Default)]
struct Ids {
    distinct: Distinct,
    shape: IdShape,
    rows: u64,
    not_bsn: u64,
}

/// What a column of identifiers looks like.
#[derive(Clone, Debug)]
pub struct IdSummary {
    /// The column's name.
    pub column: String,
    /// Their lengths and characters.
    pub shape: IdShape,
    /// Identifiers, counted once for each row.
    pub rows: u64,
    /// How many of them are on an earlier row too.
    pub repeated: u64,
    /// How many are no citizen service number of nine digits.
    pub not_bsn: u64,
}

impl<'r> Watched<'r> {
    /// Watches those columns that are there.
    ///
    /// # Errors
    /// When one of them is there twice.
    pub fn new(rows: &'r mut dyn Rows, columns: &[&str]) -> Result<Self, RowsError> {
        let found = columns.iter().map(|name| rows.columns().optional(name));
        let found = found.collect::<Result<Vec<_>, _>>()?;
        let ids = found.into_iter().flatten().map(|column| (column, Ids::default())).collect();
        Ok(Self { rows, ids, read: 0 })
    }

    /// Rows that were read.
    pub fn read(&self) -> u64 {
        self.read
    }

    /// What each column looks like.
    pub fn summaries(&self) -> Vec<IdSummary> {
        let summary = |(column, ids): &(Column, Ids)| IdSummary {
            column: self.rows.columns().name(*column).to_owned(),
            shape: ids.shape,
            rows: ids.rows,
            repeated: ids.rows - ids.distinct.len() as u64,
            not_bsn: ids.not_bsn,
        };
        self.ids.iter().map(summary).collect()
    }
}

impl Rows for Watched<'_> {
    fn columns(&self) -> &Columns {
        self.rows.columns()
    }

    fn advance(&mut self) -> Result<bool, RowsError> {
        let more = self.rows.advance()?;
        self.read += u64::from(more);
        // Every row is counted, also one that is refused for another cell.
        for (column, ids) in self.ids.iter_mut().filter(|_| more) {
            let Ok(Some(text)) = self.rows.text(*column) else { continue };
            let Ok(id) = SubjectId::try_from(text.as_ref()) else { continue };

            ids.rows += 1;
            ids.distinct.insert(&id);
            ids.shape.add(&text);
            ids.not_bsn += u64::from(text.len() != 9 || PersonId::new(&text, IdCheck::Bsn).is_err());
        }
        Ok(more)
    }

    fn position(&self) -> Position {
        self.rows.position()
    }

    fn text(&self, column: Column) -> Result<Option<Cow<'_, str>>, CellProblem> {
        self.rows.text(column)
    }

    fn cents(&self, column: Column) -> Result<Option<Cents>, CellProblem> {
        self.rows.cents(column)
    }
}
