use std::borrow::Cow;
use std::fmt;
use std::io::{self, Cursor, Read};

use csv::ByteRecord;
use encoding_rs::WINDOWS_1252;

use super::amount::{Amounts, is_scientific};
use super::columns::{Column, Columns};
use super::dialect::{Dialect, Encoding};
use super::error::{CellProblem, FormatError, RowsError};
use super::format::{Format, START};
use super::position::Position;
use super::source::{Row, Rows};
use crate::units::Cents;

mod input;
#[cfg(test)]
mod tests;

use input::{Broken, Metered};

/// A CSV file: the first line names the columns. One row is in memory at a time.
pub struct CsvRows<R> {
    reader: csv::Reader<Metered<io::Chain<Cursor<Vec<u8>>, R>>>,
    columns: Columns,
    record: ByteRecord,
    /// Whether the row in hand was read already, to see that it comes after an empty one.
    peeked: bool,
    delimiter: u8,
    amounts: Amounts,
    encoding: Encoding,
}

impl<R: Read> CsvRows<R> {
    /// Reads the header of a file in UTF-8, with amounts in cents; the first line tells what separates columns.
    ///
    /// # Errors
    /// When there is none, or the file is something else than CSV in UTF-8.
    pub fn open(input: R) -> Result<Self, RowsError> {
        Self::with(input, &Dialect::default())
    }

    /// Reads the header of a file that is written so.
    ///
    /// # Errors
    /// When there is none, or the file is something else than CSV.
    pub fn with(mut input: R, dialect: &Dialect) -> Result<Self, RowsError> {
        let mut start = Vec::new();
        input.by_ref().take(START).read_to_end(&mut start)?;
        match Format::of(&start)? {
            Format::Csv => {}
            other => return Err(FormatError::NotCsv { what: other.name() }.into()),
        }
        let mark = b"\xef\xbb\xbf";
        let begin = if start.starts_with(mark) { mark.len() } else { 0 };
        let delimiter = dialect.delimiter.map_or_else(|| delimiter_of(&start[begin..]), Ok)?;
        let mut start = Cursor::new(start);
        start.set_position(begin as u64);
        // With the default terminator a CRLF's second half counts towards the next row, and lines are one off.
        let terminator = csv::Terminator::Any(b'\n');
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .terminator(terminator)
            .delimiter(delimiter)
            .from_reader(Metered::new(start.chain(input), delimiter));
        let header = reader.byte_headers().map_err(|error| io_error(error, 1))?;
        // A name that nobody asks for may be anything.
        let name = |cell| match dialect.encoding {
            Encoding::Utf8 => String::from_utf8_lossy(cell),
            Encoding::Latin1 => latin_1(cell),
        };
        let mut names: Vec<String> = cells(header).map(|cell| name(cell).into_owned()).collect();
        let named = names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        names.truncate(named);
        if names.is_empty() {
            return Err(FormatError::NoHeader.into());
        }
        let columns = Columns::new(names).named_at(Position::line(1));
        let Dialect { amounts, encoding, .. } = *dialect;
        Ok(Self { reader, columns, record: ByteRecord::new(), peeked: false, delimiter, amounts, encoding })
    }

    /// What stands between two columns.
    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The columns' names as they are, in UTF-8 where the encoding is known.
    pub(crate) fn header(&mut self) -> Result<Vec<Vec<u8>>, RowsError> {
        let header = self.reader.byte_headers().map_err(|error| io_error(error, 1))?;
        let names = cells(header).take(self.columns.len());
        Ok(names.map(|name| utf_8(name, self.encoding).into_owned()).collect())
    }

    /// The row in hand.
    pub(crate) fn row(&self) -> Row<'_> {
        Row::of(self)
    }

    /// The cells of the row in hand as they are, in UTF-8, with another in place of one column's.
    pub(crate) fn replaced<'r>(
        &'r self,
        column: Column,
        by: &'r [u8],
    ) -> impl Iterator<Item = Cow<'r, [u8]>> {
        cells(&self.record).take(self.columns.len()).enumerate().map(move |(index, cell)| {
            if index == column.index() { Cow::Borrowed(by) } else { utf_8(cell, self.encoding) }
        })
    }

    /// The line of the file where the row in hand begins, counted from one.
    fn line(&self) -> u64 {
        self.record.position().map_or(0, csv::Position::line)
    }

    /// The text of a cell; empty where there is none.
    fn cell(&self, column: Column) -> Result<Cow<'_, str>, CellProblem> {
        decoded(without_return(&self.record[column.index()]), self.encoding)
    }

    /// Reads the next row that is not empty, with the line of the first empty one before it.
    fn read(&mut self) -> Result<Option<Option<u64>>, RowsError> {
        let mut empty = None;
        loop {
            let line = self.reader.position().line();
            self.reader.get_mut().next_row();
            if !self.reader.read_byte_record(&mut self.record).map_err(|error| io_error(error, line))? {
                return Ok(None);
            }
            if cells(&self.record).any(|cell| !cell.is_empty()) {
                return Ok(Some(empty));
            }
            // An empty line of a Windows file is one cell with a carriage return; it may stand anywhere.
            if self.record.len() > 1 {
                empty = empty.or(Some(self.line()));
            }
        }
    }
}

impl<R: Read> Rows for CsvRows<R> {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn advance(&mut self) -> Result<bool, RowsError> {
        if !std::mem::take(&mut self.peeked) {
            match self.read()? {
                None => return Ok(false),
                Some(None) => {}
                Some(Some(empty)) => {
                    self.peeked = true;
                    return Err(FormatError::EmptyRow { position: Position::line(empty) }.into());
                }
            }
        }
        let (expected, found) = (self.columns.len(), self.record.len());
        // Spreadsheets write the empty columns at the end, of some rows.
        let beyond = self.record.iter().skip(expected).any(|cell| !without_return(cell).is_empty());
        if found < expected || beyond {
            return Err(FormatError::RaggedRow { line: self.line(), expected, found }.into());
        }
        Ok(true)
    }

    fn position(&self) -> Position {
        Position::line(self.line())
    }

    fn text(&self, column: Column) -> Result<Option<Cow<'_, str>>, CellProblem> {
        let text = self.cell(column)?;
        // Only a spreadsheet writes a sign after the E.
        if text.contains("E+") && is_scientific(&text) {
            return Err(CellProblem::Scientific);
        }
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    fn cents(&self, column: Column) -> Result<Option<Cents>, CellProblem> {
        match self.cell(column)?.as_ref() {
            "" => Ok(None),
            text => self.amounts.parse(text).map(Some),
        }
    }
}

/// Nothing that a cell holds is printed.
impl<R> fmt::Debug for CsvRows<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsvRows").field("columns", &self.columns).finish_non_exhaustive()
    }
}

/// What separates the columns of a first line, where one character alone could.
fn delimiter_of(start: &[u8]) -> Result<u8, RowsError> {
    let mut quoted = false;
    let mut found = Vec::new();
    for byte in start {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            b',' | b';' | b'\t' if !quoted && !found.contains(byte) => found.push(*byte),
            _ => {}
        }
    }
    match found[..] {
        [] => Ok(b','),
        [delimiter] => Ok(delimiter),
        _ => Err(FormatError::Delimiter.into()),
    }
}

fn decoded(cell: &[u8], encoding: Encoding) -> Result<Cow<'_, str>, CellProblem> {
    match encoding {
        Encoding::Utf8 => std::str::from_utf8(cell).map(Cow::Borrowed).map_err(|_| CellProblem::NotUtf8),
        Encoding::Latin1 => Ok(latin_1(cell)),
    }
}

/// A cell in UTF-8; one that is not said to be Latin-1 is left as it is.
fn utf_8(cell: &[u8], encoding: Encoding) -> Cow<'_, [u8]> {
    match encoding {
        Encoding::Utf8 => Cow::Borrowed(cell),
        Encoding::Latin1 => Cow::Owned(latin_1(cell).into_owned().into_bytes()),
    }
}

fn latin_1(cell: &[u8]) -> Cow<'_, str> {
    WINDOWS_1252.decode_without_bom_handling(cell).0
}

/// A record's cells. A Windows line end leaves its carriage return in the last one.
fn cells(record: &ByteRecord) -> impl Iterator<Item = &[u8]> {
    record.iter().map(without_return)
}

/// A cell without the carriage return that a Windows line ends with.
fn without_return(cell: &[u8]) -> &[u8] {
    cell.strip_suffix(b"\r").unwrap_or(cell)
}

/// With a flexible reader over bytes, reading is all that can fail.
fn io_error(error: csv::Error, line: u64) -> RowsError {
    let csv::ErrorKind::Io(error) = error.into_kind() else {
        return RowsError::Io(io::Error::other("the CSV reader stopped"));
    };
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Broken>()) {
        Some(Broken::LongRow) => FormatError::LongRow { line }.into(),
        Some(Broken::OpenQuote { line }) => FormatError::OpenQuote { line: *line }.into(),
        None => RowsError::Io(error),
    }
}
