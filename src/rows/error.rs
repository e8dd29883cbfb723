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
    /// The file is none that can be read, or damaged.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// What a source outside this crate says: a database, a data frame.
    #[error("reading failed: {0}")]
    Source(Box<dyn Error + Send + Sync>),
    /// A column that must be there is not.
    #[error("{}column \"{column}\" is missing{}", Before(*header), There(found))]
    MissingColumn {
        /// Where the columns are named.
        header: Option<Position>,
        /// The column's name.
        column: String,
        /// The columns that are there; none where they do not look like names.
        found: Vec<String>,
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

impl RowsError {
    /// Whether nothing can be read after it, or nothing that would be without this fault.
    pub(crate) fn ends_reading(&self) -> bool {
        match self {
            Self::Cell { problem, .. } => problem.is_of_the_column(),
            Self::Format(error) => {
                !matches!(error, FormatError::RaggedRow { .. } | FormatError::EmptyRow { .. })
            }
            _ => true,
        }
    }
}

/// Why a file is not read as a table.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The file is in UTF-16, as some spreadsheets export it.
    #[error("the file is in UTF-16; export it as \"CSV UTF-8\"")]
    Utf16,
    /// One of drempel's own files.
    #[error("this is an encrypted file or a key, not a file of data")]
    DrempelFile,
    /// Zero bytes in what should be text.
    #[error(
        "the file has NUL bytes, so it is no text and none of the formats that drempel reads: CSV, Parquet, Arrow, xlsx, ods"
    )]
    Nul,
    /// Another format.
    #[error("this is {what}")]
    Unknown {
        /// What it is, and what to do.
        what: &'static str,
    },
    /// A format that is read elsewhere, but not here.
    #[error("this is a file in the format {what}; here CSV is read")]
    NotCsv {
        /// The format.
        what: &'static str,
    },
    /// Something other than text inside a packed file.
    #[error("a {what} file packed by {by}; unpack it first")]
    Packed {
        /// By what it is packed.
        by: &'static str,
        /// What is inside.
        what: &'static str,
    },
    /// A file that its reader does not understand.
    #[error("the file is no sound {format} file: {reason}")]
    Damaged {
        /// What its first bytes say it is.
        format: &'static str,
        /// What the reader says.
        reason: String,
    },
    /// A spreadsheet with several sheets.
    #[error("the file has several sheets; choose one with --sheet: {}", Quoted(names))]
    ManySheets {
        /// Their names.
        names: Vec<String>,
    },
    /// A sheet that is not there.
    #[error("the file has no such sheet; it has: {}", Quoted(names))]
    NoSuchSheet {
        /// The names of those that are.
        names: Vec<String>,
    },
    /// There is not even a header.
    #[error("the file is empty; the first line names the columns")]
    NoHeader,
    /// A first line that several characters could separate.
    #[error("the first line has several characters that could separate columns; choose one with --delimiter")]
    Delimiter,
    /// A row of more than a mebibyte.
    #[error("line {line}: a row longer than any that drempel reads; is a quotation mark not closed?")]
    LongRow {
        /// Where it begins.
        line: u64,
    },
    /// A quotation mark that opens a cell and does not close it.
    #[error(
        "line {line}: a quotation mark that is not closed, or closed before the cell ends; inside a quoted cell it is written twice"
    )]
    OpenQuote {
        /// The line where the cell begins.
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
    /// A row without anything between others.
    #[error("{position}: an empty row, with rows after it; remove it or fill it in")]
    EmptyRow {
        /// The first of them.
        position: Position,
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
    #[error(
        "not a whole number of cents; write 12.34 euro as 1234, without points or commas, or say how the file writes \
         euros: --amounts euro for 1.234,56, --amounts euro-point for 1234.56"
    )]
    NotWholeCents,
    /// A whole number that a program wrote as a float.
    #[error(
        "a whole number with \".0\" after it, as programs write a column with gaps; write the column as integers, so \
         that nothing stands after the number"
    )]
    FloatInteger,
    /// Not an amount as the locale writes it.
    #[error("not an amount as --amounts says; euro reads 1.234,56 and euro-point reads 1,234.56")]
    NotEuro,
    /// Parts of a cent.
    #[error("more than two decimals; drempel does not round, so decide how and write whole cents")]
    FractionOfCents,
    /// Digits that a spreadsheet left out.
    #[error(
        "scientific notation, as a spreadsheet shortens long numbers: digits may be lost; give the column the format \
         text or number without decimals, enter it again from the source, and export"
    )]
    Scientific,
    /// A day.
    #[error(
        "a date; a spreadsheet may have made it from something else; write the whole number that the agreement asks for"
    )]
    Date,
    /// A currency.
    #[error("a currency beside the amount; export the column as plain numbers")]
    CurrencySign,
    /// What a formula failed with.
    #[error("a formula that failed; mend it or enter the value")]
    FormulaFailed,
    /// Letters, spaces, NaN.
    #[error("not a number; an amount is an optional minus sign and digits")]
    NotANumber,
    /// Text in a source that has numbers.
    #[error("text; an amount is a whole number of cents")]
    NotAnInteger,
    /// A number in a source that has text.
    #[error("a number; an identifier is text, since a number loses its leading zeros")]
    NotText,
    /// A column of floats.
    #[error(
        "the column holds floating-point numbers, which are not exact; write it as integer cents, or as decimal with \
         two places and read it with --amounts euro"
    )]
    FloatColumn,
    /// A column of text where an amount is asked for.
    #[error(
        "the column holds text; write it as integer cents, or as decimal with two places and read it with --amounts euro"
    )]
    TextColumn,
    /// A column of numbers where text is asked for.
    #[error(
        "the column holds numbers; an identifier is text, since a number loses its leading zeros: write it as text, \
         with all its digits"
    )]
    NumberColumn,
    /// A column of dates, lists and the like.
    #[error(
        "the column has a type that is neither text nor a whole number; write it as what the agreement asks for"
    )]
    OtherColumn,
    /// More digits than an amount can have.
    #[error("the amount is beyond 10^15 cents")]
    TooLarge,
    /// Not a usable identifier.
    #[error("an identifier is 1 to 64 visible characters without spaces")]
    InvalidId,
    /// Bytes that are no text.
    #[error(
        "not UTF-8 text; where the file is in Latin-1, as older programs of Windows write: --encoding latin1"
    )]
    NotUtf8,
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

impl CellProblem {
    fn is_of_the_column(self) -> bool {
        matches!(self, Self::FloatColumn | Self::TextColumn | Self::NumberColumn | Self::OtherColumn)
    }
}

/// Where the columns are named, before the message about one of them.
struct Before(Option<Position>);

impl fmt::Display for Before {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |header| write!(f, "{header}: "))
    }
}

/// The columns that are there, after the one that is not.
struct There<'a>(&'a [String]);

impl fmt::Display for There<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("; what is there does not look like names of columns");
        }
        write!(f, "; there are: {}", Quoted(self.0))
    }
}

/// Names in quotation marks, the first twenty of them.
struct Quoted<'a>(&'a [String]);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, name) in self.0.iter().take(20).enumerate() {
            write!(f, "{}{name:?}", if place == 0 { "" } else { ", " })?;
        }
        if self.0.len() > 20 { write!(f, " and {} more", self.0.len() - 20) } else { Ok(()) }
    }
}

fn whole(unit: RowUnit) -> &'static str {
    match unit {
        RowUnit::Line => "file",
        _ => "source",
    }
}
