//! A dataset in plaintext: validated rows, on the provider's side only.

use std::fmt;
use std::io::Read;

use crate::agreement::{Agreement, Dataset};
use crate::analysis::Program;
use crate::units::{AgreementId, Cents, Distinct, SubjectId, SubjectIds};

pub mod csv;

use csv::{CellProblem, CsvError, CsvRows};

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
    /// The file.
    #[error(transparent)]
    Csv(#[from] CsvError),
    /// No rows at all.
    #[error("the dataset has no rows")]
    Empty,
}

impl Table {
    /// Reads the dataset `name` of the agreement from CSV: its subject's column (such as `person`) and its
    /// amount's column, in whole cents; other columns are ignored.
    ///
    /// # Errors
    /// A named error with the line and column of the first fault; never the amount.
    pub fn from_csv<A: Program>(
        agreement: &Agreement<A>,
        name: &str,
        input: impl Read,
    ) -> Result<Self, TableError> {
        let inputs = agreement.inputs();
        let Some(dataset) = inputs.iter().find(|dataset| dataset.name == name) else {
            let known = agreement.analysis().datasets().join(", ");
            return Err(TableError::UnknownDataset { name: name.to_owned(), known });
        };
        let clamps = agreement.shape().clamps(name);
        let mut rows = CsvRows::open(input)?;
        let subject = rows.column(dataset.subject.column())?;
        let amount = rows.column(&dataset.amount)?;
        let mut amounts = Vec::new();
        let mut clamped = 0;
        let mut subjects = Distinct::default();
        while let Some(row) = rows.next_row()? {
            let id: SubjectId = row.id(subject)?;
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
                return Err(row.error(subject, CellProblem::Duplicate).into());
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
        Ok(Self { agreement, dataset: (*dataset).clone(), subjects, amounts, clamped })
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
