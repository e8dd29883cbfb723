//! A dataset in plaintext: validated rows, on the provider's side only.

use std::fmt;

use crate::agreement::Dataset;
use crate::rows::{CellProblem, Fault, Faults, Rows, RowsError};
use crate::units::{AgreementId, Cents, Distinct, IdCheck, PersonId, SubjectIds};

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
    /// Several faults of the file.
    #[error(transparent)]
    Several(#[from] Faults<TableError>),
    /// Citizen service numbers of which a program has taken the leading zeros.
    #[error(
        "{found} of the identifiers are citizen service numbers that lost their leading zero: a BSN has nine digits, these \
         have eight; export the column as text, or give it pseudonyms with --bsn, which puts the zero back"
    )]
    LostZeros {
        /// How many.
        found: usize,
    },
    /// No rows at all.
    #[error("the dataset has no rows")]
    Empty,
}

impl Table {
    /// Reads a dataset's rows: its subject's column (such as `person`) and its amount's column, in whole cents; other
    /// columns are ignored. An amount above `max` is refused, or where `clamps` says so read as `max`.
    pub(crate) fn read(
        agreement: AgreementId,
        dataset: &Dataset,
        clamps: bool,
        rows: &mut dyn Rows,
    ) -> Result<Self, TableError> {
        let subject = rows.columns().required(dataset.subject.column())?;
        let amount = rows.columns().required(&dataset.amount)?;
        let mut amounts = Vec::new();
        let mut clamped = 0;
        let mut subjects = Distinct::default();
        rows.read_each(|row, faults| {
            let id = row
                .id(subject)
                .and_then(|id| if subjects.insert(&id) { Ok(()) } else { Err(row.duplicate(subject)) });
            faults.take(id.map_err(TableError::from));
            let encoded = match encode(dataset, row.cents(amount)?) {
                Ok(encoded) => encoded,
                Err(CellProblem::AboveMax) if clamps => {
                    clamped += 1;
                    dataset.span()
                }
                Err(problem) => return Err(TableError::from(row.error(amount, problem))),
            };
            amounts.push(encoded);
            Ok(())
        })?;
        if amounts.is_empty() {
            return Err(TableError::Empty);
        }
        // The file's order may say something about people; the identifiers' order does not.
        let subjects = subjects.into_ids();
        check_zeros(&subjects)?;
        let order = subjects.ascending();
        let (subjects, amounts) =
            (subjects.in_order(&order), order.iter().map(|row| amounts[*row as usize]).collect());
        Ok(Self { agreement, dataset: dataset.clone(), subjects, amounts, clamped })
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

/// Refuses citizen service numbers of which only some have nine digits.
fn check_zeros(subjects: &SubjectIds) -> Result<(), TableError> {
    let found = subjects.iter().filter(|id| id.len() == 8).count();
    if (1..subjects.len()).contains(&found)
        && subjects.iter().all(|id| PersonId::new(id, IdCheck::Bsn).is_ok())
    {
        return Err(TableError::LostZeros { found });
    }
    Ok(())
}

impl Fault for TableError {
    fn ends_reading(&self) -> bool {
        matches!(self, Self::Rows(error) if error.ends_reading())
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
