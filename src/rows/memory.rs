use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use super::columns::{Column, Columns};
use super::error::{CellProblem, RowsError};
use super::position::Position;
use super::source::Rows;
use crate::units::Cents;

/// One cell of a row in memory. There is none for floats: an amount is a whole number of cents.
#[derive(Clone)]
pub enum Cell<'a> {
    /// Nothing, which is never zero.
    Missing,
    /// An identifier, a name, a code.
    Text(Cow<'a, str>),
    /// An amount in cents, or another whole number.
    Integer(i64),
}

/// Rows from memory, or from anything that iterates: a vector, a map, a database's cursor.
///
/// ```
/// use drempel::rows::MemoryRows;
/// use drempel::cases::groups::Groups;
///
/// let people = vec![("p1", "north"), ("p2", "south")];
/// let rows = people.iter().map(|(person, group)| [(*person).into(), (*group).into()]);
/// let groups = Groups::from_rows(&mut MemoryRows::new(["person", "group"], rows))?;
/// assert_eq!(groups.len(), 2);
/// # Ok::<(), drempel::cases::CaseError>(())
/// ```
pub struct MemoryRows<'a, const N: usize> {
    columns: Columns,
    rows: Box<dyn Iterator<Item = Result<[Cell<'a>; N], SourceError>> + 'a>,
    row: [Cell<'a>; N],
    read: u64,
}

type SourceError = Box<dyn Error + Send + Sync>;

impl<'a, const N: usize> MemoryRows<'a, N> {
    /// Rows with these columns. Errors count the rows from one.
    pub fn new<I>(columns: [&str; N], rows: I) -> Self
    where
        I: IntoIterator<Item = [Cell<'a>; N]>,
        I::IntoIter: 'a,
    {
        Self::over(columns, rows.into_iter().map(Ok))
    }

    /// Rows from a source that can fail, as a database can. Its first error is given on
    /// ([`RowsError::Source`]).
    pub fn fallible<I, E>(columns: [&str; N], rows: I) -> Self
    where
        I: IntoIterator<Item = Result<[Cell<'a>; N], E>>,
        I::IntoIter: 'a,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        Self::over(columns, rows.into_iter().map(|row| row.map_err(Into::into)))
    }

    fn over(columns: [&str; N], rows: impl Iterator<Item = Result<[Cell<'a>; N], SourceError>> + 'a) -> Self {
        let row = std::array::from_fn(|_| Cell::Missing);
        Self { columns: Columns::new(columns), rows: Box::new(rows), row, read: 0 }
    }
}

impl<const N: usize> Rows for MemoryRows<'_, N> {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn advance(&mut self) -> Result<bool, RowsError> {
        let Some(row) = self.rows.next() else {
            return Ok(false);
        };
        self.row = row.map_err(RowsError::Source)?;
        self.read += 1;
        Ok(true)
    }

    fn position(&self) -> Position {
        Position::row(self.read)
    }

    fn text(&self, column: Column) -> Result<Option<Cow<'_, str>>, CellProblem> {
        match &self.row[column.index()] {
            Cell::Missing => Ok(None),
            Cell::Text(text) => Ok(Some(Cow::Borrowed(text))),
            Cell::Integer(_) => Err(CellProblem::NotText),
        }
    }

    fn cents(&self, column: Column) -> Result<Option<Cents>, CellProblem> {
        match &self.row[column.index()] {
            Cell::Missing => Ok(None),
            Cell::Integer(cents) => Cents::try_from(*cents).map(Some).map_err(|_| CellProblem::TooLarge),
            Cell::Text(_) => Err(CellProblem::NotAnInteger),
        }
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Cell<'a> {
    fn from(text: &'a String) -> Self {
        text.as_str().into()
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<i64> for Cell<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<Cents> for Cell<'_> {
    fn from(cents: Cents) -> Self {
        Self::Integer(cents.value())
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(cell: Option<T>) -> Self {
        cell.map_or(Self::Missing, Into::into)
    }
}

/// What a cell holds is never printed.
impl fmt::Debug for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cell")
    }
}

impl<const N: usize> fmt::Debug for MemoryRows<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryRows")
            .field("columns", &self.columns)
            .field("read", &self.read)
            .finish_non_exhaustive()
    }
}
