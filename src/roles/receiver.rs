//! Role 5, the receiver of blinded answers: the only one who reads what the opened bits mean.

use std::io::Read;

use crate::analysis::{Program, Value};
use crate::answer::{Answer, BLINDED};
use crate::artefacts::{Blinding, EncryptedAnswer};
use crate::contract::SignedAgreement;
use crate::files::container::ContainerError;
use crate::rows::{CellProblem, CsvRows, Rows, RowsError};
use crate::units::SubjectId;
use crate::verify;

/// The party that the answers are for. It holds the evaluator's blinding, and no key.
#[derive(Debug)]
pub struct Receiver {
    blinding: Blinding,
}

/// Why blinded answers stay blinded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnblindError {
    /// The answers are not blinded, or with another blinding.
    #[error("these answers are not hidden by this blinding; use the one of the same evaluation")]
    OtherBlinding,
    /// The answer or the blinding is not the evaluator's for this agreement.
    #[error(transparent)]
    Container(#[from] ContainerError),
    /// The opened bits cannot be read.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// The opened bits are about others than the encrypted answer.
    #[error("the opened bits are not those of this encrypted answer")]
    OtherSubjects,
}

impl Receiver {
    /// A receiver with the blinding of one evaluation.
    pub fn new(blinding: Blinding) -> Self {
        Self { blinding }
    }

    /// Reads opened bits that [`Answer::write_csv`] wrote, to [`unblind`](Self::unblind) them.
    ///
    /// # Errors
    /// When answer or blinding are not the evaluator's for this agreement, a row cannot be read, or the rows are not
    /// those of the encrypted answer.
    pub fn read<A: Program>(
        &self,
        agreement: &SignedAgreement<A>,
        encrypted: &EncryptedAnswer,
        input: impl Read,
    ) -> Result<Answer, UnblindError> {
        for container in [encrypted.container(), self.blinding.container()] {
            verify::by_evaluator(agreement, encrypted.header().key, container)?;
        }
        let columns = agreement.shape().columns().to_vec();
        let csv: &mut dyn Rows = &mut CsvRows::open(input)?;
        let (subject, bit) = (csv.columns().required(&columns[0])?, csv.columns().required(BLINDED)?);
        let mut rows: Vec<(SubjectId, Vec<Value>)> = Vec::new();
        while let Some(row) = csv.next_row()? {
            let value = row.cents(bit)?.value();
            if !(0..=1).contains(&value) {
                return Err(row.error(bit, CellProblem::NotABit).into());
            }
            rows.push((row.id(subject)?, vec![Value::YesNo(value == 1)]));
        }
        let made = encrypted.provenance();
        if !rows.iter().map(|(subject, _)| subject.as_str()).eq(made.subjects.iter()) {
            return Err(UnblindError::OtherSubjects);
        }
        Ok(Answer::new(columns, rows, made.blinding))
    }

    /// The answers behind blinded ones.
    ///
    /// # Errors
    /// When the answers are not blinded, or with another blinding.
    pub fn unblind(&self, answer: Answer) -> Result<Answer, UnblindError> {
        if answer.blinded() != Some(self.blinding.digest()) {
            return Err(UnblindError::OtherBlinding);
        }
        Ok(answer.unblinded(|subject, bit| self.blinding.flip(subject, bit)))
    }
}
