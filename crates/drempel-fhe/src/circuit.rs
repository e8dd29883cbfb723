//! All that a program may do with hidden values. Programs are written once against
//! [`Backend`] and run on plaintext ([`clear::Clear`]), on a counter ([`cost::Cost`]) or on ciphertexts.
//!
//! There is no operation here that decrypts, branches or returns a `bool`: a program cannot look at what it
//! computes on (docs/protocol.md, section 4).

pub mod clear;
pub mod cost;
mod decision;
mod encoding;
pub mod latest_record;
mod lookup_table;
pub mod radix;

pub use crate::leveled::LeveledParams;
pub use crate::params::Scale;
pub use decision::{Bits, Output, Pairs, Sums};
pub use encoding::{Encoding, Layout};
pub use lookup_table::LookupTable;

/// One row of one of the job's input tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cell {
    /// Which table, in the order of the agreement's `datasets`.
    pub table: usize,
    /// Which row of it.
    pub row: usize,
}

/// Arithmetic on columns: one hidden integer per row, all rows at a time.
///
/// Between lookups a value is exact as long as it stays in the window of the next [`LookupTable`]. Only `lookup` costs
/// bootstraps (one per row), and only the two decisions cost external products; everything else is additions of
/// ciphertexts.
pub trait Backend {
    /// A column of hidden values.
    type Column;

    /// Why a program stopped: a table that cannot be read, or on plaintext a mistake of the program.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Reads column `position` of the input tables at the given rows. Tables of another encoding have other columns.
    ///
    /// # Errors
    /// When a table cannot be read or is damaged.
    fn gather(&self, position: usize, cells: &[Cell]) -> Result<Self::Column, Self::Error>;

    /// Adds two columns row by row. Their noise must be independent: twice a column is `scale`.
    fn add(&self, left: &Self::Column, right: &Self::Column) -> Self::Column;

    /// Subtracts `right` from `left` row by row.
    fn subtract(&self, left: &Self::Column, right: &Self::Column) -> Self::Column;

    /// Multiplies every row by a clear integer.
    fn scale(&self, column: &Self::Column, factor: i64) -> Self::Column;

    /// A column of clear integers, without noise: to be added to hidden ones, or released beside them.
    fn constant(&self, values: &[i64], scale: Scale) -> Self::Column;

    /// Copies rows: row `i` of the result is row `rows[i]`, and a row may be taken more than once. Copies share their
    /// noise, so two of one row may not be added up before a lookup.
    fn select(&self, column: &Self::Column, rows: &[usize]) -> Self::Column;

    /// Adds the rows of each group: row `i` goes to group `group_of[i]`. A group without rows is zero.
    fn sum_by(&self, column: &Self::Column, group_of: &[usize], groups: usize) -> Self::Column;

    /// Replaces each row's value by its own table's output, with fresh noise.
    ///
    /// # Errors
    /// From the plaintext backend only: a value that its table does not know.
    ///
    /// # Cost
    /// One bootstrap per row.
    fn lookup(&self, column: &Self::Column, tables: &[LookupTable]) -> Result<Self::Column, Self::Error>;

    /// For each group 1 where the sum of its numbers is below its line, else 0. A group without numbers has the sum zero.
    ///
    /// # Errors
    /// When a table cannot be read or is damaged.
    ///
    /// # Cost
    /// No bootstrap: a twentieth of what a chain of lookups costs (docs/protocol.md, section 4.4).
    fn sums_are_below(&self, sums: &Sums<'_>) -> Result<Self::Column, Self::Error>;

    /// For each pair 1 where the left number is at most the right one, else 0.
    ///
    /// # Errors
    /// When a table cannot be read or is damaged.
    ///
    /// # Cost
    /// No bootstrap.
    fn are_at_most(&self, pairs: &Pairs<'_>) -> Result<Self::Column, Self::Error>;
}
