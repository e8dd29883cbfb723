use std::fmt;
use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::str::FromStr;

use super::amount::Amounts;
use super::batches::BatchRows;
use super::csv::CsvRows;
use super::error::{FormatError, RowsError};
use super::format::{Format, START};
use super::sheet::SheetRows;
use super::source::Rows;

/// What a file cannot say of itself. Its format is found by its content: CSV, also packed by gzip or zstd, Parquet,
/// Arrow, xlsx or ods.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dialect {
    /// What stands between two columns of CSV; where it is `None`, the first line tells.
    pub delimiter: Option<u8>,
    /// How amounts are written.
    pub amounts: Amounts,
    /// How a CSV file writes characters.
    pub encoding: Encoding,
    /// Which sheet of a spreadsheet; needed where it has several.
    pub sheet: Option<Sheet>,
}

/// How a CSV file writes characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8; what is none is refused.
    #[default]
    Utf8,
    /// Latin-1, in the form that Windows writes (Windows-1252).
    Latin1,
}

/// A sheet of a spreadsheet, and the row that names its columns: `Incomes`, `Incomes!3` or `!3`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its name; `None` for the only one.
    pub name: Option<String>,
    /// The row that names the columns, counted from one; `None` for the first row that is not empty.
    pub header: Option<u32>,
}

/// A header's row that is no number from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sheet is its name, and after a ! the number of the row that names the columns: Incomes!3")]
pub struct InvalidSheet;

impl Dialect {
    /// Reads a file.
    ///
    /// # Errors
    /// When it is none of the formats, is damaged, or has no columns.
    pub fn open(&self, mut file: File) -> Result<Box<dyn Rows + Send>, RowsError> {
        // A pipe has a name too, and cannot go back.
        if file.stream_position().is_err() {
            return self.read(file);
        }
        let mut start = Vec::new();
        file.by_ref().take(START).read_to_end(&mut start)?;
        file.seek(SeekFrom::Start(0))?;
        match Format::of(&start)? {
            Format::Parquet => Ok(Box::new(BatchRows::parquet(file, self.amounts)?)),
            Format::ArrowFile => Ok(Box::new(BatchRows::arrow_file(file, self.amounts)?)),
            format @ (Format::Xlsx | Format::Ods) => Ok(Box::new(SheetRows::open(file, format, self)?)),
            _ => self.read(file),
        }
    }

    /// Reads a stream, such as standard input. A Parquet file or a spreadsheet is held in memory for it.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn read(&self, mut input: impl Read + Send + 'static) -> Result<Box<dyn Rows + Send>, RowsError> {
        let mut start = Vec::new();
        input.by_ref().take(START).read_to_end(&mut start)?;
        let format = Format::of(&start)?;
        let mut input = Cursor::new(start).chain(input);
        match format {
            Format::Csv | Format::Gzip | Format::Zstd => Ok(Box::new(self.read_csv(input)?)),
            Format::ArrowStream => Ok(Box::new(BatchRows::arrow_stream(input, self.amounts)?)),
            Format::Parquet | Format::ArrowFile | Format::Xlsx | Format::Ods => {
                let mut bytes = Vec::new();
                input.read_to_end(&mut bytes)?;
                match format {
                    Format::Parquet => {
                        Ok(Box::new(BatchRows::parquet(bytes::Bytes::from(bytes), self.amounts)?))
                    }
                    Format::ArrowFile => {
                        Ok(Box::new(BatchRows::arrow_file(Cursor::new(bytes), self.amounts)?))
                    }
                    _ => Ok(Box::new(SheetRows::open(Cursor::new(bytes), format, self)?)),
                }
            }
        }
    }

    /// Reads a stream of CSV, also packed by gzip or zstd: to copy its cells as they are.
    ///
    /// # Errors
    /// When it is none, or has no columns.
    pub fn read_csv(
        &self,
        mut input: impl Read + Send + 'static,
    ) -> Result<CsvRows<Box<dyn Read + Send>>, RowsError> {
        let mut start = Vec::new();
        input.by_ref().take(START).read_to_end(&mut start)?;
        let format = Format::of(&start)?;
        let input = Cursor::new(start).chain(input);
        let text: Box<dyn Read + Send> = match format {
            Format::Gzip => Box::new(flate2::read::MultiGzDecoder::new(input)),
            Format::Zstd => Box::new(zstd::Decoder::new(input)?),
            _ => Box::new(input),
        };
        CsvRows::with(text, self).map_err(|error| match error {
            RowsError::Format(FormatError::NotCsv { what }) if what != format.name() => {
                FormatError::Packed { by: format.name(), what }.into()
            }
            other => other,
        })
    }
}

impl FromStr for Sheet {
    type Err = InvalidSheet;

    fn from_str(text: &str) -> Result<Self, InvalidSheet> {
        let (name, header) = match text.rsplit_once('!') {
            None => (text, None),
            Some((name, row)) => (name, Some(row.parse().ok().filter(|row| *row > 0).ok_or(InvalidSheet)?)),
        };
        Ok(Self { name: Some(name.to_owned()).filter(|name| !name.is_empty()), header })
    }
}

impl fmt::Display for Amounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cents => "cents",
            Self::EuroComma => "euro",
            Self::EuroPoint => "euro-point",
        })
    }
}
