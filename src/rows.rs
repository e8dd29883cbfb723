//! Rows from outside: typed columns under tables and cases, whatever format they come in.
//!
//! A source of rows is a [`Rows`]. CSV is one ([`CsvRows`]), rows in memory are another ([`MemoryRows`]); a reader of
//! another format, a database's cursor or a data frame implements the five methods and gets every check with them.
//! Errors name a row and a column, and never what a cell holds.

mod columns;
mod csv;
mod error;
mod memory;
mod position;
mod source;

pub use columns::{Column, Columns};
pub use csv::CsvRows;
pub use error::{CellProblem, CsvError, RowsError};
pub use memory::{Cell, MemoryRows};
pub(crate) use position::Positions;
pub use position::{Position, RowUnit};
pub use source::{Row, Rows};
