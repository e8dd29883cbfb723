use std::borrow::Cow;

use super::columns::{Column, Columns};
use super::error::{CellProblem, RowsError};
use super::position::Position;
use crate::units::{Cents, SubjectId};

/// A source of rows with typed columns, read one row after the other.
///
/// A source says what its cells hold, and how its format writes an amount: digits in a file of text, an integer or a
/// decimal elsewhere, never a float. What is asked of identifiers, amounts and rows is checked above it, once for all
/// sources. A reader of batches keeps the batch in hand and where it is in it: cells are borrowed from there.
pub trait Rows {
    /// Its columns.
    fn columns(&self) -> &Columns;

    /// Moves on to the next row, at first to the first one; false at the end.
    ///
    /// # Errors
    /// When the source fails, or has no row of this shape.
    fn advance(&mut self) -> Result<bool, RowsError>;

    /// Where the row in hand is.
    fn position(&self) -> Position;

    /// A cell of the row in hand that should be text: an identifier, a name, a code. None where it is missing.
    ///
    /// # Errors
    /// When it is something else.
    fn text(&self, column: Column) -> Result<Option<Cow<'_, str>>, CellProblem>;

    /// A cell of the row in hand that should be a whole number: an amount in cents, or a date or a code that the
    /// agreement numbers. None where it is missing, which is never zero.
    ///
    /// # Errors
    /// When it is something else, or beyond what an amount can be.
    fn cents(&self, column: Column) -> Result<Option<Cents>, CellProblem>;
}

impl dyn Rows + '_ {
    /// The next row; None at the end.
    ///
    /// # Errors
    /// As [`advance`](Rows::advance), or when there are more rows than drempel counts.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, RowsError> {
        if !self.advance()? {
            return Ok(None);
        }
        let position = self.position();
        if position.number() > u64::from(u32::MAX) {
            return Err(RowsError::TooManyRows { unit: position.unit() });
        }
        Ok(Some(Row { rows: self }))
    }
}

/// The row in hand, with errors that say where they are.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    rows: &'a dyn Rows,
}

impl<'a> Row<'a> {
    /// The row in hand of a source.
    pub(super) fn of(rows: &'a dyn Rows) -> Self {
        Self { rows }
    }

    /// Where it is.
    pub fn position(self) -> Position {
        self.rows.position()
    }

    /// The text of a cell that must not be empty.
    ///
    /// # Errors
    /// When it is, or is no text.
    pub fn text(self, column: Column) -> Result<Cow<'a, str>, RowsError> {
        self.optional_text(column)?.ok_or_else(|| self.error(column, CellProblem::Empty))
    }

    /// An identifier.
    ///
    /// # Errors
    /// When it is missing or is none.
    pub fn id(self, column: Column) -> Result<SubjectId, RowsError> {
        self.to_id(column, self.text(column)?)
    }

    /// An identifier that may be missing.
    ///
    /// # Errors
    /// When it is there and is none.
    pub fn optional_id(self, column: Column) -> Result<Option<SubjectId>, RowsError> {
        self.optional_text(column)?.map(|text| self.to_id(column, text)).transpose()
    }

    /// An amount, or another whole number.
    ///
    /// # Errors
    /// When it is missing or is none.
    pub fn cents(self, column: Column) -> Result<Cents, RowsError> {
        match self.rows.cents(column) {
            Ok(Some(cents)) => Ok(cents),
            Ok(None) => Err(self.error(column, CellProblem::Empty)),
            Err(problem) => Err(self.error(column, problem)),
        }
    }

    /// An error about one of its cells.
    pub fn error(self, column: Column, problem: CellProblem) -> RowsError {
        let name = self.rows.columns().name(column).to_owned();
        RowsError::Cell { position: self.position(), column: name, problem }
    }

    /// The error about an identifier that an earlier row has.
    pub fn duplicate(self, column: Column) -> RowsError {
        self.error(column, CellProblem::Duplicate(self.position().unit()))
    }

    fn optional_text(self, column: Column) -> Result<Option<Cow<'a, str>>, RowsError> {
        let text = self.rows.text(column).map_err(|problem| self.error(column, problem))?;
        Ok(text.filter(|text| !text.is_empty()))
    }

    fn to_id(self, column: Column, text: Cow<'_, str>) -> Result<SubjectId, RowsError> {
        SubjectId::try_from(text.into_owned()).map_err(|_| self.error(column, CellProblem::InvalidId))
    }
}
