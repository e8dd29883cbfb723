//! CSV from outside. Every error gives a line and a column, and never what the cell holds.

use std::io::{BufRead, BufReader, Read};

use csv::ByteRecord;

use crate::units::{Cents, InvalidId};

/// Why a CSV file is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CsvError {
    /// The operating system failed.
    #[error("reading failed: {0}")]
    Io(#[from] std::io::Error),
    /// The file is in UTF-16, as some spreadsheets export it.
    #[error("the file is in UTF-16; export it as \"CSV UTF-8\"")]
    Utf16,
    /// One of drempel's own files.
    #[error("this is an encrypted file or a key, not a CSV file")]
    DrempelFile,
    /// There is not even a header.
    #[error("the file is empty; the first line names the columns")]
    NoHeader,
    /// A column that must be there is not.
    #[error("line 1: column \"{column}\" is missing{}", if *.semicolons { "; separate columns by commas, not semicolons" } else { "" })]
    MissingColumn {
        /// The column's name.
        column: String,
        /// Whether the header has semicolons.
        semicolons: bool,
    },
    /// Two columns of one name.
    #[error("line 1: column \"{column}\" is there twice")]
    DuplicateColumn {
        /// The column's name.
        column: String,
    },
    /// A row of more than a mebibyte.
    #[error("line {line}: a row longer than any that drempel reads; is a quotation mark not closed?")]
    LongRow {
        /// Where it begins.
        line: u64,
    },
    /// A row with more or fewer cells than the header.
    #[error("line {line}: {found} cells, but the header has {expected}")]
    RaggedRow {
        /// The line of the file.
        line: u64,
        /// Cells of the header.
        expected: usize,
        /// Cells of the row.
        found: usize,
    },
    /// More lines than a file may have.
    #[error("the file has 2^32 lines or more; split it")]
    TooManyLines,
    /// One cell is wrong.
    #[error("line {line}, column \"{column}\": {problem}")]
    Cell {
        /// The line of the file.
        line: u64,
        /// The column's name.
        column: String,
        /// What is wrong with it.
        problem: CellProblem,
    },
}

/// What can be wrong with one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CellProblem {
    /// Nothing in it.
    #[error("the cell is empty; a missing amount is never zero")]
    Empty,
    /// A decimal point or comma.
    #[error("not a whole number of cents; write 12.34 euro as 1234, without points or commas")]
    NotWholeCents,
    /// Letters, spaces, NaN.
    #[error("not a number; an amount is an optional minus sign and digits")]
    NotANumber,
    /// More digits than an amount can have.
    #[error("the amount is beyond 10^15 cents")]
    TooLarge,
    /// Not a usable identifier.
    #[error("an identifier is 1 to 64 visible characters without spaces")]
    InvalidId,
    /// Bytes that are no text.
    #[error("not UTF-8 text")]
    NotUtf8,
    /// A line break inside a cell.
    #[error("a line break inside the cell; a quotation mark is not closed")]
    LineBreak,
    /// Below the dataset's `min`.
    #[error("below the agreement's min")]
    BelowMin,
    /// Neither 0 nor 1.
    #[error("an opened bit is 0 or 1")]
    NotABit,
    /// Above the dataset's `max` where that could change an answer.
    #[error(
        "above the agreement's max, which is too low for amounts above it to be cut off: an answer could change"
    )]
    AboveMax,
    /// Nothing that an answer is written as.
    #[error("yes, no, a number or suppressed is expected, as `release` writes")]
    NotAValue,
    /// The subject of an earlier row.
    #[error("the same identifier is on an earlier line")]
    Duplicate,
}

/// A column of one file.
#[derive(Clone, Copy, Debug)]
pub struct Column(usize);

/// Reads rows one at a time, whatever the order of their columns.
pub struct CsvRows<R> {
    reader: csv::Reader<Metered<BufReader<R>>>,
    header: Vec<String>,
    record: ByteRecord,
}

/// The longest row, in bytes. A quotation mark that is not closed makes all that follows one row.
const MAX_ROW_BYTES: usize = 1 << 20;

/// How [`Metered`] says that a row is longer.
const LONG_ROW: std::io::ErrorKind = std::io::ErrorKind::FileTooLarge;

/// Gives out so many bytes and no more, until it is told that a row was read.
struct Metered<R> {
    input: R,
    left: usize,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.left == 0 {
            return Err(LONG_ROW.into());
        }
        let size = buffer.len().min(self.left);
        let read = self.input.read(&mut buffer[..size])?;
        self.left -= read;
        Ok(read)
    }
}

/// One row.
pub struct Row<'a> {
    header: &'a [String],
    record: &'a ByteRecord,
}

impl<R: Read> CsvRows<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// When it cannot be read, or is none of a CSV file in UTF-8.
    pub fn open(input: R) -> Result<Self, CsvError> {
        let mut input = BufReader::with_capacity(1 << 16, input);
        let start = input.fill_buf()?;
        if start.starts_with(b"drempel\n") {
            return Err(CsvError::DrempelFile);
        }
        if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) || start.contains(&0) {
            return Err(CsvError::Utf16);
        }
        if start.starts_with(b"\xef\xbb\xbf") {
            input.consume(3);
        }
        // With the default terminator a CRLF's second half counts towards the next row, and lines are one off.
        let terminator = csv::Terminator::Any(b'\n');
        let input = Metered { input, left: MAX_ROW_BYTES };
        let mut reader = csv::ReaderBuilder::new().flexible(true).terminator(terminator).from_reader(input);
        let header: Vec<String> = reader
            .byte_headers()
            .map_err(|error| io_error(error, 1))?
            .iter()
            .map(|name| String::from_utf8_lossy(without_return(name)).into_owned())
            .collect();
        if header.is_empty() {
            return Err(CsvError::NoHeader);
        }
        Ok(Self { reader, header, record: ByteRecord::new() })
    }

    /// The column of this name.
    ///
    /// # Errors
    /// When there is none, or there are two.
    pub fn column(&self, name: &str) -> Result<Column, CsvError> {
        self.optional_column(name)?.ok_or_else(|| CsvError::MissingColumn {
            column: name.to_owned(),
            semicolons: self.header.iter().any(|cell| cell.contains(';')),
        })
    }

    pub(crate) fn optional_column(&self, name: &str) -> Result<Option<Column>, CsvError> {
        let mut places = self.header.iter().enumerate().filter(|(_, cell)| *cell == name);
        let found = places.next().map(|(index, _)| Column(index));
        match places.next() {
            Some(_) => Err(CsvError::DuplicateColumn { column: name.to_owned() }),
            None => Ok(found),
        }
    }

    /// The header's cells, byte for byte.
    pub(crate) fn header(&mut self) -> Result<Vec<Vec<u8>>, CsvError> {
        let header = self.reader.byte_headers().map_err(|error| io_error(error, 1))?;
        Ok(cells(header).map(<[u8]>::to_vec).collect())
    }

    /// The next row, `None` at the end.
    ///
    /// # Errors
    /// When it cannot be read, or has another number of cells than the header.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, CsvError> {
        loop {
            let line = self.reader.position().line();
            self.reader.get_mut().left = MAX_ROW_BYTES;
            if !self.reader.read_byte_record(&mut self.record).map_err(|error| io_error(error, line))? {
                return Ok(None);
            }
            // An empty line of a Windows file is one cell with a carriage return.
            if self.record.len() != 1 || !without_return(&self.record[0]).is_empty() {
                break;
            }
        }
        let row = Row { header: &self.header, record: &self.record };
        if row.line() > u64::from(u32::MAX) {
            return Err(CsvError::TooManyLines);
        }
        let (expected, found) = (self.header.len(), self.record.len());
        if expected != found {
            return Err(CsvError::RaggedRow { line: row.line(), expected, found });
        }
        // A quotation mark without its second one would swallow the rows that follow.
        if let Some(column) = row.record.iter().position(|cell| cell.contains(&b'\n')) {
            return Err(row.error(Column(column), CellProblem::LineBreak));
        }
        Ok(Some(row))
    }
}

impl Row<'_> {
    /// The line of the file where the row begins, counted from one.
    pub(crate) fn line(&self) -> u64 {
        self.record.position().map_or(0, csv::Position::line)
    }

    /// The same, where there are many to be kept.
    pub(crate) fn short_line(&self) -> u32 {
        u32::try_from(self.line()).expect("a row on a later line is refused when it is read")
    }

    /// The row's cells, with another in place of one column's.
    pub(crate) fn replaced<'r>(&'r self, column: Column, by: &'r [u8]) -> impl Iterator<Item = &'r [u8]> {
        cells(self.record).enumerate().map(move |(index, cell)| if index == column.0 { by } else { cell })
    }

    pub(crate) fn is_empty(&self, column: Column) -> bool {
        self.bytes(column).is_empty()
    }

    /// A cell's identifier.
    ///
    /// # Errors
    /// When it is none.
    pub fn id<I: TryFrom<String, Error = InvalidId>>(&self, column: Column) -> Result<I, CsvError> {
        let text = self.text(column)?;
        I::try_from(text.to_owned()).map_err(|_| self.error(column, CellProblem::InvalidId))
    }

    pub(crate) fn cents(&self, column: Column) -> Result<Cents, CsvError> {
        parse_cents(self.text(column)?).map_err(|problem| self.error(column, problem))
    }

    /// What is wrong with a cell, with its line and column.
    pub fn error(&self, column: Column, problem: CellProblem) -> CsvError {
        CsvError::Cell { line: self.line(), column: self.header[column.0].clone(), problem }
    }

    fn bytes(&self, column: Column) -> &[u8] {
        without_return(&self.record[column.0])
    }

    pub(crate) fn text(&self, column: Column) -> Result<&str, CsvError> {
        let text = std::str::from_utf8(self.bytes(column));
        let text = text.map_err(|_| self.error(column, CellProblem::NotUtf8))?;
        if text.is_empty() {
            return Err(self.error(column, CellProblem::Empty));
        }
        Ok(text)
    }
}

/// A cell without the carriage return that a Windows line ends with.
/// A record's cells. A Windows line end leaves its carriage return in the last one.
fn cells(record: &ByteRecord) -> impl Iterator<Item = &[u8]> {
    record.iter().map(without_return)
}

fn without_return(cell: &[u8]) -> &[u8] {
    cell.strip_suffix(b"\r").unwrap_or(cell)
}

fn parse_cents(text: &str) -> Result<Cents, CellProblem> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let number_like = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',');
    if !number_like {
        return Err(CellProblem::NotANumber);
    }
    if digits.contains(['.', ',']) {
        return Err(CellProblem::NotWholeCents);
    }
    let value: i64 = text.parse().map_err(|_| CellProblem::TooLarge)?;
    Cents::try_from(value).map_err(|_| CellProblem::TooLarge)
}

/// With a flexible reader over bytes, reading is all that can fail.
fn io_error(error: csv::Error, line: u64) -> CsvError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.kind() == LONG_ROW => CsvError::LongRow { line },
        csv::ErrorKind::Io(error) => CsvError::Io(error),
        _ => CsvError::Io(std::io::Error::other("the CSV reader stopped")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_digits_with_an_optional_minus_sign() {
        let cases = [
            ("0", Ok(0)),
            ("-17", Ok(-17)),
            ("007", Ok(7)),
            ("1000000000000000", Ok(1_000_000_000_000_000)),
            ("1000000000000001", Err(CellProblem::TooLarge)),
            ("99999999999999999999999", Err(CellProblem::TooLarge)),
            ("12.5", Err(CellProblem::NotWholeCents)),
            ("1.234,56", Err(CellProblem::NotWholeCents)),
            ("NaN", Err(CellProblem::NotANumber)),
            ("inf", Err(CellProblem::NotANumber)),
            ("1e5", Err(CellProblem::NotANumber)),
            ("+5", Err(CellProblem::NotANumber)),
            ("--5", Err(CellProblem::NotANumber)),
            ("-", Err(CellProblem::NotANumber)),
            (" 5", Err(CellProblem::NotANumber)),
            ("٣", Err(CellProblem::NotANumber)),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_cents(text).map(Cents::value), expected, "{text:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_and_crlf_are_accepted_and_lines_counted() {
        let text = "\u{feff}person,amount\r\n1,5\r\n2,x\r\n";
        let mut rows = CsvRows::open(text.as_bytes()).expect("a header");
        let amount = rows.column("amount").expect("there");
        let person = rows.column("person").expect("the mark is not part of the name");
        let row = rows.next_row().expect("valid").expect("a row");
        assert_eq!(row.cents(amount).expect("an amount").value(), 5);
        assert!(!row.is_empty(person));
        let row = rows.next_row().expect("valid").expect("a row");
        let message = row.cents(amount).expect_err("not a number").to_string();
        assert!(message.starts_with("line 3, column \"amount\""), "{message}");
    }

    #[test]
    fn an_open_quotation_mark_swallows_no_rows_and_an_empty_windows_line_is_none() {
        let mut rows = CsvRows::open(&b"id,note\r\n1,x\r\n\r\n2,\"y\r\n3,z\r\n"[..]).expect("a header");
        assert_eq!(rows.next_row().expect("valid").expect("a row").line(), 2);
        let message = rows.next_row().err().expect("an open mark").to_string();
        assert!(message.starts_with("line 4, column \"note\": a line break"), "{message}");
    }

    #[test]
    fn a_row_without_an_end_is_refused_before_it_fills_the_memory() {
        let endless = || b"id,note\n1,\"".chain(std::io::repeat(b'x'));
        let mut rows = CsvRows::open(endless()).expect("a header");
        assert!(matches!(rows.next_row(), Err(CsvError::LongRow { line: 2 })));
        assert!(matches!(CsvRows::open(std::io::repeat(b'x')), Err(CsvError::LongRow { line: 1 })));
        // Rows may be any number.
        let long = format!("id,note\n{}", "1,x\n".repeat(MAX_ROW_BYTES / 2));
        let mut rows = CsvRows::open(long.as_bytes()).expect("a header");
        while rows.next_row().expect("short rows").is_some() {}
    }

    #[test]
    fn utf_16_and_wrong_separators_are_named() {
        let utf_16: Vec<u8> = "a,b\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(matches!(CsvRows::open(utf_16.as_slice()), Err(CsvError::Utf16)));
        let rows = CsvRows::open(&b"a;b\n"[..]).expect("a header");
        let message = rows.column("a").expect_err("one column").to_string();
        assert!(message.contains("commas"), "{message}");
        assert!(matches!(CsvRows::open(&b""[..]), Err(CsvError::NoHeader)));
    }
}
