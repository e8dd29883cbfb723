use std::error::Error;
use std::fmt;
use std::io;

use super::position::{Position, RowUnit};

/// Why rows are refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RowsError {
    /// The operating system failed.
    #[error("reading failed: {0}")]
    Io(#[from] io::Error),
    /// The file is no CSV file, or not one that can be read.
    #[error(transparent)]
    Csv(#[from] CsvError),
    /// What a source outside this crate says: a database, a data frame.
    #[error("reading failed: {0}")]
    Source(Box<dyn Error + Send + Sync>),
    /// A column that must be there is not.
    #[error("{}column \"{column}\" is missing{}", Before(*header), After(*hint))]
    MissingColumn {
        /// Where the columns are named.
        header: Option<Position>,
        /// The column's name.
        column: String,
        /// What to do about it.
        hint: Option<&'static str>,
    },
    /// Two columns of one name.
    #[error("{}column \"{column}\" is there twice", Before(*header))]
    DuplicateColumn {
        /// Where the columns are named.
        header: Option<Position>,
        /// The column's name.
        column: String,
    },
    /// More rows than a source may have.
    #[error("the {} has 2^32 {unit}s or more; split it", whole(*unit))]
    TooManyRows {
        /// What is counted.
        unit: RowUnit,
    },
    /// One cell is wrong.
    #[error("{position}, column \"{column}\": {problem}")]
    Cell {
        /// The row.
        position: Position,
        /// The column's name.
        column: String,
        /// What is wrong with it.
        problem: CellProblem,
    },
}

/// Why a file is not read as CSV.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CsvError {
    /// The file is in UTF-16, as some spreadsheets export it.
    #[error("the file is in UTF-16; export it as \"CSV UTF-8\"")]
    Utf16,
    /// One of drempel's own files.
    #[error("this is an encrypted file or a key, not a CSV file")]
    DrempelFile,
    /// There is not even a header.
    #[error("the file is empty; the first line names the columns")]
    NoHeader,
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
    /// Text in a source that has numbers.
    #[error("text; an amount is a whole number of cents")]
    NotAnInteger,
    /// A number in a source that has text.
    #[error("a number; an identifier is text, since a number loses its leading zeros")]
    NotText,
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
    #[error("the same identifier is on an earlier {0}")]
    Duplicate(RowUnit),
}

/// Where the columns are named, before the message about one of them.
struct Before(Option<Position>);

impl fmt::Display for Before {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |header| write!(f, "{header}: "))
    }
}

/// What to do, after what is wrong.
struct After(Option<&'static str>);

impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |hint| write!(f, "; {hint}"))
    }
}

fn whole(unit: RowUnit) -> &'static str {
    match unit {
        RowUnit::Line => "file",
        RowUnit::Row => "source",
    }
}
