use std::io::Read;

use super::Agreement;
use crate::agreement::Dataset;
use crate::analysis::Program;
use crate::rows::{CsvRows, Rows};
use crate::table::{Table, TableError};

/// Tables are read under an agreement: it says which columns, which amounts, and what may be above them.
impl Table {
    /// Reads [rows](Self::from_rows) from CSV.
    ///
    /// # Errors
    /// A named error with the line and column of the first fault; never the amount.
    pub fn from_csv<A: Program>(
        agreement: &Agreement<A>,
        name: &str,
        input: impl Read,
    ) -> Result<Self, TableError> {
        agreement.input(name)?;
        Self::from_rows(agreement, name, &mut CsvRows::open(input)?)
    }

    /// Reads the dataset `name` of the agreement: its subject's column (such as `person`) and its amount's column, in
    /// whole cents; other columns are ignored.
    ///
    /// ```
    /// use drempel::analysis::Eligibility;
    /// use drempel::rows::MemoryRows;
    /// use drempel::{Rehearsal, Table};
    /// # let agreement = include_str!("../../examples/agreements/svb_uwv.toml");
    ///
    /// let rehearsal = Rehearsal::<Eligibility>::of(agreement)?;
    /// let incomes = vec![("p-01".to_owned(), 83_407_i64), ("p-02".to_owned(), 134_750)];
    /// let rows = incomes.iter().map(|(person, cents)| [person.into(), (*cents).into()]);
    /// let mut rows = MemoryRows::new(["person", "income_cents"], rows);
    /// let table = Table::from_rows(rehearsal.agreement(), "income", &mut rows)?;
    /// assert_eq!(table.rows(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A named error with the row and column of the first fault; never the amount.
    pub fn from_rows<A: Program>(
        agreement: &Agreement<A>,
        name: &str,
        rows: &mut dyn Rows,
    ) -> Result<Self, TableError> {
        let dataset = agreement.input(name)?;
        let clamps = agreement.shape().clamps(name);
        Self::read(agreement.id(), dataset, clamps, rows)
    }
}

impl<A: Program> Agreement<A> {
    /// A dataset that its analysis reads.
    ///
    /// # Errors
    /// When it reads none of this name.
    pub fn input(&self, name: &str) -> Result<&Dataset, TableError> {
        self.inputs().into_iter().find(|dataset| dataset.name == name).ok_or_else(|| {
            let known = self.analysis().datasets().join(", ");
            TableError::UnknownDataset { name: name.to_owned(), known }
        })
    }
}
