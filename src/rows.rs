//! Rows from outside: typed columns under tables and cases, whatever format they come in.
//!
//! A source of rows is a [`Rows`]. A [`Dialect`] opens a file: CSV ([`CsvRows`]), Parquet, Arrow or a spreadsheet, found by
//! its content. Rows in memory are another source ([`MemoryRows`]); a database's cursor or a data frame implements the
//! five methods and gets every check with them. Errors name a row and a column, and never what a cell holds.

mod amount;
mod batches;
mod columns;
mod csv;
mod dialect;
mod error;
mod faults;
mod format;
mod memory;
mod position;
mod sheet;
mod source;
mod watched;

pub use amount::Amounts;
pub use columns::{Column, Columns};
pub use csv::CsvRows;
pub use dialect::{Dialect, Encoding, InvalidSheet, Sheet};
pub use error::{CellProblem, FormatError, RowsError};
pub(crate) use faults::Fault;
pub use faults::Faults;
pub use memory::{Cell, MemoryRows};
pub(crate) use position::Positions;
pub use position::{Position, RowUnit};
pub use source::{Row, Rows};
pub use watched::{IdSummary, Watched};
