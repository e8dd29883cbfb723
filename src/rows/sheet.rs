use std::borrow::Cow;
use std::fmt;
use std::io::{BufReader, Read, Seek};

use calamine::{Data, HeaderRow, Ods, Range, Reader, Xlsx};

use super::amount::Amounts;
use super::columns::{Column, Columns};
use super::dialect::{Dialect, Sheet};
use super::error::{CellProblem, FormatError, RowsError};
use super::format::{Format, guarded};
use super::position::{Position, RowUnit};
use super::source::Rows;
use crate::units::Cents;

/// The rows of one sheet, which is in memory.
pub(super) struct SheetRows {
    columns: Columns,
    cells: Range<Data>,
    /// The row of the sheet where the cells begin, counted from one.
    first: u64,
    /// The row in hand, and how many rows there are up to the last one that is not empty.
    row: usize,
    rows: usize,
    amounts: Amounts,
}

impl SheetRows {
    /// Reads a sheet: the one that is named, or the only one that has anything in it.
    pub(super) fn open(
        input: impl Read + Seek,
        format: Format,
        dialect: &Dialect,
    ) -> Result<Self, RowsError> {
        let input = BufReader::new(input);
        let sheet = dialect.sheet.clone().unwrap_or_default();
        let cells = match format {
            Format::Ods => Self::cells(guarded(format.name(), || Ods::new(input))?, format, &sheet)?,
            _ => Self::cells(guarded(format.name(), || Xlsx::new(input))?, format, &sheet)?,
        };
        let filled = |row: &[Data]| row.iter().any(|cell| !is_empty(cell));
        let rows = cells.rows().rposition(filled).map_or(0, |last| last + 1);
        let first = u64::from(cells.start().map_or(0, |(row, _)| row)) + 1;
        let header = cells.rows().next().unwrap_or_default();
        let mut names: Vec<String> = header.iter().map(ToString::to_string).collect();
        names.truncate(names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1));
        if names.is_empty() {
            return Err(FormatError::NoHeader.into());
        }
        let columns = Columns::new(names).named_at(Position::of(RowUnit::SheetRow, first));
        Ok(Self { columns, cells, first, row: 0, rows, amounts: dialect.amounts })
    }

    fn cells<I, R>(mut book: R, format: Format, sheet: &Sheet) -> Result<Range<Data>, RowsError>
    where
        I: Read + Seek,
        R: Reader<I>,
        R::Error: fmt::Display,
    {
        let header = sheet.header.map_or(HeaderRow::FirstNonEmptyRow, |row| HeaderRow::Row(row - 1));
        book.with_header_row(header);
        let names = book.sheet_names();
        let name = match (&sheet.name, &names[..]) {
            (Some(name), _) if names.contains(name) => name,
            (None, [only]) => only,
            (Some(_), _) => return Err(FormatError::NoSuchSheet { names }.into()),
            (None, _) => return Err(FormatError::ManySheets { names }.into()),
        };
        guarded(format.name(), || book.worksheet_range(name))
    }

    fn cell(&self, column: Column) -> Option<&Data> {
        self.cells.get((self.row, column.index())).filter(|cell| !is_empty(cell))
    }
}

impl Rows for SheetRows {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn advance(&mut self) -> Result<bool, RowsError> {
        if self.row + 1 >= self.rows {
            return Ok(false);
        }
        self.row += 1;
        let columns = 0..self.columns.len();
        if columns.into_iter().all(|column| self.cells.get((self.row, column)).is_none_or(is_empty)) {
            return Err(FormatError::EmptyRow { position: self.position() }.into());
        }
        Ok(true)
    }

    fn position(&self) -> Position {
        Position::of(RowUnit::SheetRow, self.first + self.row as u64)
    }

    fn text(&self, column: Column) -> Result<Option<Cow<'_, str>>, CellProblem> {
        match self.cell(column) {
            None => Ok(None),
            Some(Data::String(text)) => Ok(Some(Cow::Borrowed(text))),
            Some(Data::DateTime(_) | Data::DateTimeIso(_) | Data::DurationIso(_)) => Err(CellProblem::Date),
            Some(Data::Error(_)) => Err(CellProblem::FormulaFailed),
            Some(_) => Err(CellProblem::NotText),
        }
    }

    fn cents(&self, column: Column) -> Result<Option<Cents>, CellProblem> {
        match self.cell(column) {
            None => Ok(None),
            Some(Data::Int(number)) => self.amounts.scaled((*number).into(), 0).map(Some),
            Some(Data::Float(number)) => self.amounts.shown(*number).map(Some),
            Some(Data::String(text)) => self.amounts.parse(text).map(Some),
            Some(Data::DateTime(_) | Data::DateTimeIso(_) | Data::DurationIso(_)) => Err(CellProblem::Date),
            Some(Data::Error(_)) => Err(CellProblem::FormulaFailed),
            Some(_) => Err(CellProblem::NotANumber),
        }
    }
}

/// Nothing that a cell holds is printed.
impl fmt::Debug for SheetRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SheetRows").field("columns", &self.columns).finish_non_exhaustive()
    }
}

fn is_empty(cell: &Data) -> bool {
    matches!(cell, Data::Empty) || matches!(cell, Data::String(text) if text.is_empty())
}
