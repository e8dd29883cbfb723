use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use csv::ByteRecord;

use super::columns::{Column, Columns};
use super::error::{CellProblem, CsvError, RowsError};
use super::position::Position;
use super::source::{Row, Rows};
use crate::files::container::MAGIC;
use crate::units::Cents;

/// A CSV file in UTF-8 with commas: the first line names the columns. One row is in memory at a time.
pub struct CsvRows<R> {
    reader: csv::Reader<Metered<BufReader<R>>>,
    columns: Columns,
    record: ByteRecord,
}

/// The longest row, in bytes. A quotation mark that is not closed makes all that follows one row.
const MAX_ROW_BYTES: usize = 1 << 20;

/// How [`Metered`] says that a row is longer.
const LONG_ROW: io::ErrorKind = io::ErrorKind::FileTooLarge;

/// Gives out so many bytes and no more, until it is told that a row was read.
struct Metered<R> {
    input: R,
    left: usize,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(LONG_ROW.into());
        }
        let size = buffer.len().min(self.left);
        let read = self.input.read(&mut buffer[..size])?;
        self.left -= read;
        Ok(read)
    }
}

impl<R: Read> CsvRows<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// When there is none, or the file is something else than CSV in UTF-8.
    pub fn open(input: R) -> Result<Self, RowsError> {
        let mut input = BufReader::with_capacity(1 << 16, input);
        let start = input.fill_buf()?;
        if start.starts_with(&MAGIC) {
            return Err(CsvError::DrempelFile.into());
        }
        if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) || start.contains(&0) {
            return Err(CsvError::Utf16.into());
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
            return Err(CsvError::NoHeader.into());
        }
        let semicolons = header.iter().any(|cell| cell.contains(';'));
        let hint = semicolons.then_some("separate columns by commas, not semicolons");
        let columns = Columns::new(header).named_at(Position::line(1)).with_hint(hint);
        Ok(Self { reader, columns, record: ByteRecord::new() })
    }

    /// The header's cells, byte for byte.
    pub(crate) fn header(&mut self) -> Result<Vec<Vec<u8>>, RowsError> {
        let header = self.reader.byte_headers().map_err(|error| io_error(error, 1))?;
        Ok(cells(header).map(<[u8]>::to_vec).collect())
    }

    /// The row in hand.
    pub(crate) fn row(&self) -> Row<'_> {
        Row::of(self)
    }

    /// The cells of the row in hand, with another in place of one column's.
    pub(crate) fn replaced<'r>(&'r self, column: Column, by: &'r [u8]) -> impl Iterator<Item = &'r [u8]> {
        cells(&self.record)
            .enumerate()
            .map(move |(index, cell)| if index == column.index() { by } else { cell })
    }

    /// The line of the file where the row in hand begins, counted from one.
    fn line(&self) -> u64 {
        self.record.position().map_or(0, csv::Position::line)
    }

    /// The text of a cell; empty where there is none.
    fn cell(&self, column: Column) -> Result<&str, CellProblem> {
        std::str::from_utf8(without_return(&self.record[column.index()])).map_err(|_| CellProblem::NotUtf8)
    }
}

impl<R: Read> Rows for CsvRows<R> {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn advance(&mut self) -> Result<bool, RowsError> {
        loop {
            let line = self.reader.position().line();
            self.reader.get_mut().left = MAX_ROW_BYTES;
            if !self.reader.read_byte_record(&mut self.record).map_err(|error| io_error(error, line))? {
                return Ok(false);
            }
            // An empty line of a Windows file is one cell with a carriage return.
            if self.record.len() != 1 || !without_return(&self.record[0]).is_empty() {
                break;
            }
        }
        let (expected, found) = (self.columns.len(), self.record.len());
        if expected != found {
            return Err(CsvError::RaggedRow { line: self.line(), expected, found }.into());
        }
        // A quotation mark without its second one would swallow the rows that follow.
        if let Some(column) = self.record.iter().position(|cell| cell.contains(&b'\n')) {
            return Err(self.row().error(self.columns.at(column), CellProblem::LineBreak));
        }
        Ok(true)
    }

    fn position(&self) -> Position {
        Position::line(self.line())
    }

    fn text(&self, column: Column) -> Result<Option<Cow<'_, str>>, CellProblem> {
        Ok(Some(self.cell(column)?).filter(|text| !text.is_empty()).map(Cow::Borrowed))
    }

    fn cents(&self, column: Column) -> Result<Option<Cents>, CellProblem> {
        match self.cell(column)? {
            "" => Ok(None),
            text => parse_cents(text).map(Some),
        }
    }
}

/// Nothing that a cell holds is printed.
impl<R> fmt::Debug for CsvRows<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsvRows").field("columns", &self.columns).finish_non_exhaustive()
    }
}

/// A record's cells. A Windows line end leaves its carriage return in the last one.
fn cells(record: &ByteRecord) -> impl Iterator<Item = &[u8]> {
    record.iter().map(without_return)
}

/// A cell without the carriage return that a Windows line ends with.
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
fn io_error(error: csv::Error, line: u64) -> RowsError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.kind() == LONG_ROW => CsvError::LongRow { line }.into(),
        csv::ErrorKind::Io(error) => RowsError::Io(error),
        _ => RowsError::Io(io::Error::other("the CSV reader stopped")),
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
        let rows: &mut dyn Rows = &mut CsvRows::open(text.as_bytes()).expect("a header");
        let amount = rows.columns().required("amount").expect("there");
        let person = rows.columns().required("person").expect("the mark is not part of the name");
        let row = rows.next_row().expect("valid").expect("a row");
        assert_eq!(row.cents(amount).expect("an amount").value(), 5);
        assert_eq!(row.text(person).expect("a person"), "1");
        let row = rows.next_row().expect("valid").expect("a row");
        let message = row.cents(amount).expect_err("not a number").to_string();
        assert!(message.starts_with("line 3, column \"amount\""), "{message}");
    }

    #[test]
    fn an_open_quotation_mark_swallows_no_rows_and_an_empty_windows_line_is_none() {
        let rows: &mut dyn Rows =
            &mut CsvRows::open(&b"id,note\r\n1,x\r\n\r\n2,\"y\r\n3,z\r\n"[..]).expect("a header");
        assert_eq!(rows.next_row().expect("valid").expect("a row").position(), Position::line(2));
        let message = rows.next_row().err().expect("an open mark").to_string();
        assert!(message.starts_with("line 4, column \"note\": a line break"), "{message}");
    }

    #[test]
    fn a_row_without_an_end_is_refused_before_it_fills_the_memory() {
        let endless = || b"id,note\n1,\"".chain(std::io::repeat(b'x'));
        let rows: &mut dyn Rows = &mut CsvRows::open(endless()).expect("a header");
        assert!(matches!(rows.next_row(), Err(RowsError::Csv(CsvError::LongRow { line: 2 }))));
        assert!(matches!(
            CsvRows::open(std::io::repeat(b'x')),
            Err(RowsError::Csv(CsvError::LongRow { line: 1 }))
        ));
        // Rows may be any number.
        let long = format!("id,note\n{}", "1,x\n".repeat(MAX_ROW_BYTES / 2));
        let rows: &mut dyn Rows = &mut CsvRows::open(long.as_bytes()).expect("a header");
        while rows.next_row().expect("short rows").is_some() {}
    }

    #[test]
    fn utf_16_and_wrong_separators_are_named() {
        let utf_16: Vec<u8> = "a,b\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(matches!(CsvRows::open(utf_16.as_slice()), Err(RowsError::Csv(CsvError::Utf16))));
        let rows = CsvRows::open(&b"a;b\n"[..]).expect("a header");
        let message = rows.columns().required("a").expect_err("one column").to_string();
        assert!(message.contains("commas"), "{message}");
        assert!(matches!(CsvRows::open(&b""[..]), Err(RowsError::Csv(CsvError::NoHeader))));
    }
}
