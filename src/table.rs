//! A dataset in plaintext: validated rows, on the provider's side only.

use std::fmt;
use std::io::Read;

use crate::agreement::{Agreement, Dataset};
use crate::analysis::Analysis;
use crate::rows::{CellProblem, CsvRows, Rows, RowsError};
use crate::units::{AgreementId, Cents, Distinct, SubjectIds};

/// One valid dataset, sorted by subject. Amounts are never printed.
pub struct Table {
    agreement: AgreementId,
    dataset: Dataset,
    subjects: SubjectIds,
    /// Each amount less the dataset's `min`.
    amounts: Vec<u64>,
    clamped: usize,
}

/// Why a dataset is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// The agreement's analysis does not read this dataset.
    #[error("the agreement's analysis reads no dataset \"{name}\"; it reads: {known}")]
    UnknownDataset {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// A cell, a row or a column.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// No rows at all.
    #[error("the dataset has no rows")]
    Empty,
}

impl Table {
    /// Reads [rows](Self::from_rows) from CSV.
    ///
    /// # Errors
    /// A named error with the line and column of the first fault; never the amount.
    pub fn from_csv<A: Analysis>(
        agreement: &Agreement<A>,
        name: &str,
        input: impl Read,
    ) -> Result<Self, TableError> {
        Self::dataset_of(agreement, name)?;
        Self::from_rows(agreement, name, &mut CsvRows::open(input)?)
    }

    /// Reads the dataset `name` of the agreement: its subject's column (such as `person`) and its amount's column, in
    /// whole cents; other columns are ignored.
    ///
    /// ```
    /// use drempel::rows::MemoryRows;
    /// use drempel::{Rehearsal, Table};
    /// # let agreement = include_str!("../examples/agreements/svb_uwv.toml");
    ///
    /// let rehearsal: Rehearsal = Rehearsal::of(agreement)?;
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
    pub fn from_rows<A: Analysis>(
        agreement: &Agreement<A>,
        name: &str,
        rows: &mut dyn Rows,
    ) -> Result<Self, TableError> {
        let dataset = Self::dataset_of(agreement, name)?;
        let clamps = agreement.analysis().clamps(&agreement.setting(), dataset);
        let subject = rows.columns().required(dataset.subject.column())?;
        let amount = rows.columns().required(&dataset.amount)?;
        let mut amounts = Vec::new();
        let mut clamped = 0;
        let mut subjects = Distinct::default();
        while let Some(row) = rows.next_row()? {
            let id = row.id(subject)?;
            let cents = row.cents(amount)?;
            let encoded = match encode(dataset, cents) {
                Ok(encoded) => encoded,
                Err(CellProblem::AboveMax) if clamps => {
                    clamped += 1;
                    dataset.span()
                }
                Err(problem) => return Err(row.error(amount, problem).into()),
            };
            if !subjects.insert(&id) {
                return Err(row.duplicate(subject).into());
            }
            amounts.push(encoded);
        }
        if amounts.is_empty() {
            return Err(TableError::Empty);
        }
        // The file's order may say something about people; the identifiers' order does not.
        let subjects = subjects.into_ids();
        let order = subjects.ascending();
        let (subjects, amounts) =
            (subjects.in_order(&order), order.iter().map(|row| amounts[*row as usize]).collect());
        let agreement = agreement.id();
        Ok(Self { agreement, dataset: dataset.clone(), subjects, amounts, clamped })
    }

    fn dataset_of<'a, A: Analysis>(
        agreement: &'a Agreement<A>,
        name: &str,
    ) -> Result<&'a Dataset, TableError> {
        agreement.inputs().into_iter().find(|dataset| dataset.name == name).ok_or_else(|| {
            let known = agreement.analysis().datasets().join(", ");
            TableError::UnknownDataset { name: name.to_owned(), known }
        })
    }

    /// The agreement under whose bounds the rows were read.
    pub fn agreement(&self) -> AgreementId {
        self.agreement
    }

    /// The dataset's entry in the agreement.
    pub fn dataset(&self) -> &Dataset {
        &self.dataset
    }

    /// Whom the rows are about.
    pub fn subjects(&self) -> &SubjectIds {
        &self.subjects
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.subjects.len()
    }

    /// How many amounts lay above `max` and were set to it.
    pub fn clamped(&self) -> usize {
        self.clamped
    }

    /// The amounts less the dataset's `min`: plaintext.
    pub(crate) fn encoded(&self) -> &[u64] {
        &self.amounts
    }
}

fn encode(dataset: &Dataset, amount: Cents) -> Result<u64, CellProblem> {
    if amount > dataset.max() {
        return Err(CellProblem::AboveMax);
    }
    let above_min = amount.value() - dataset.min().value();
    u64::try_from(above_min).map_err(|_| CellProblem::BelowMin)
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table")
            .field("dataset", &self.dataset.name)
            .field("rows", &self.rows())
            .finish_non_exhaustive()
    }
}
