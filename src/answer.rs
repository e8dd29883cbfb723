//! Released answers, as their receiver reads them.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Read, Write};

use crate::agreement::{Role, SignedAgreement};
use crate::analysis::{Program, Shape};
use crate::blinding::Blinding;
use crate::container::{ContainerError, NO_LABEL};
use crate::encrypted_answer::EncryptedAnswer;
use crate::table::csv::{CellProblem, Column, CsvError, CsvRows};
use crate::units::{Digest, SubjectId};

pub use crate::analysis::{NotAValue, Value};

/// The released answers.
#[derive(Clone, PartialEq)]
pub struct Answer {
    /// What the subjects are called, then the name of each value.
    columns: Vec<String>,
    rows: Vec<(SubjectId, Vec<Value>)>,
    /// The blinding that hides them, until the receiver takes it off.
    blinded: Option<Digest>,
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
    Csv(#[from] CsvError),
    /// The opened bits are about others than the encrypted answer.
    #[error("the opened bits are not those of this encrypted answer")]
    OtherSubjects,
}

/// Why a file is not that of the released answers.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// A cell, a row or the header.
    #[error(transparent)]
    Csv(#[from] CsvError),
    /// Bits that only the receiver can read.
    #[error("these are blinded bits; give the answers that `drempel unblind` makes of them")]
    Blinded,
    /// An answer that was not asked for.
    #[error(
        "line {line}: the encrypted answer has nothing about this {column}; use the answers released from it"
    )]
    Stranger {
        /// The line of the file.
        line: u64,
        /// What the subjects are called.
        column: String,
    },
    /// Too few answers.
    #[error(
        "{missing} of the answers are not in the file; use all that was released from the encrypted answer"
    )]
    Missing {
        /// How many.
        missing: usize,
    },
}

impl Answer {
    #[cfg(any(test, feature = "key-holder"))]
    pub(crate) fn new(
        columns: Vec<String>,
        rows: Vec<(SubjectId, Vec<Value>)>,
        blinded: Option<Digest>,
    ) -> Self {
        Self { columns, rows, blinded }
    }

    /// Reads opened bits that [`write_csv`](Self::write_csv) wrote, for the receiver to [`unblind`](Self::unblind).
    ///
    /// # Errors
    /// When answer or blinding are not the evaluator's for this agreement, a row cannot be read, or the rows are not
    /// those of the encrypted answer.
    pub fn read_blinded<A: Program>(
        agreement: &SignedAgreement<A>,
        encrypted: &EncryptedAnswer,
        blinding: &Blinding,
        input: impl Read,
    ) -> Result<Self, UnblindError> {
        for container in [encrypted.container(), blinding.container()] {
            container.expect(agreement.id(), Some(encrypted.header().key))?;
            container.signed_by(agreement.only(Role::Evaluator), NO_LABEL)?;
        }
        let columns = agreement.shape().columns().to_vec();
        let mut csv = CsvRows::open(input)?;
        let (subject, bit) = (csv.column(&columns[0])?, csv.column(BLINDED)?);
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
        Ok(Self { columns, rows, blinded: made.blinding })
    }

    /// Reads released answers that [`write_csv`](Self::write_csv) wrote. Nobody signed them: whether they are what was
    /// released, their receiver must know.
    ///
    /// # Errors
    /// When a row cannot be read, or the rows are not about the subjects of the encrypted answer, each once.
    pub fn read(shape: &Shape, encrypted: &EncryptedAnswer, input: impl Read) -> Result<Self, ReadError> {
        let columns = shape.columns().to_vec();
        let mut csv = CsvRows::open(input)?;
        if csv.optional_column(BLINDED)?.is_some() {
            return Err(ReadError::Blinded);
        }
        let cells = columns.iter().map(|name| csv.column(name)).collect::<Result<Vec<_>, _>>()?;
        let subjects = &encrypted.provenance().subjects;
        let places: HashMap<&str, usize> = subjects.iter().zip(0..).collect();
        let mut found: Vec<Option<Vec<Value>>> = vec![None; subjects.len()];
        while let Some(row) = csv.next_row()? {
            let subject: SubjectId = row.id(cells[0])?;
            let Some(place) = places.get(subject.as_str()) else {
                return Err(ReadError::Stranger { line: row.line(), column: columns[0].clone() });
            };
            let value = |cell: &Column| {
                row.text(*cell)?.parse::<Value>().map_err(|_| row.error(*cell, CellProblem::NotAValue))
            };
            let values = cells[1..].iter().map(value).collect::<Result<_, CsvError>>()?;
            if found[*place].replace(values).is_some() {
                return Err(row.error(cells[0], CellProblem::Duplicate).into());
            }
        }
        let missing = found.iter().filter(|values| values.is_none()).count();
        if missing > 0 {
            return Err(ReadError::Missing { missing });
        }
        let rows = subjects.owned().zip(found.into_iter().flatten()).collect();
        Ok(Self { columns, rows, blinded: None })
    }

    /// What the subjects are called, then the name of each value.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Each subject with its values, in the order of the evaluator's file.
    pub fn values(&self) -> impl ExactSizeIterator<Item = (&SubjectId, &[Value])> {
        self.rows.iter().map(|(subject, values)| (subject, values.as_slice()))
    }

    /// Each subject with whether the answer is yes, for analyses whose first value is yes or no. Random while blinded.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (&SubjectId, bool)> {
        self.rows.iter().map(|(subject, values)| (subject, values[0] == Value::YesNo(true)))
    }

    /// The blinding that hides these answers: each value is then a random bit.
    pub fn blinded(&self) -> Option<Digest> {
        self.blinded
    }

    /// The answers behind blinded ones: the receiver's step.
    ///
    /// # Errors
    /// When the answers are not blinded, or with another blinding.
    pub fn unblind(self, blinding: &Blinding) -> Result<Self, UnblindError> {
        if self.blinded != Some(blinding.digest()) {
            return Err(UnblindError::OtherBlinding);
        }
        let flip = |(subject, values): (SubjectId, Vec<Value>)| {
            let answer = blinding.flip(subject.as_str(), values == [Value::YesNo(true)]);
            (subject, vec![Value::YesNo(answer)])
        };
        Ok(Self { rows: self.rows.into_iter().map(flip).collect(), blinded: None, ..self })
    }

    /// How many answers begin with a yes; nothing where they are blinded or no answers of yes or no.
    pub fn yes(&self) -> Option<usize> {
        let is_yes_or_no = |(_, values): &(SubjectId, Vec<Value>)| matches!(values[0], Value::YesNo(_));
        let all = self.blinded.is_none() && self.rows.iter().all(is_yes_or_no);
        all.then(|| self.rows().filter(|(_, yes)| *yes).count())
    }

    /// Writes the columns with their values, `yes` and `no` in words; and `blinded` with random bits where the answers
    /// are blinded.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write_csv(&self, out: impl Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        match self.blinded {
            Some(_) => writer.write_record([self.columns[0].as_str(), BLINDED])?,
            None => writer.write_record(&self.columns)?,
        }
        for (subject, values) in &self.rows {
            let cell = |value: &Value| match (self.blinded, value) {
                (Some(_), Value::YesNo(bit)) => u8::from(*bit).to_string(),
                (_, value) => value.to_string(),
            };
            let cells = std::iter::once(subject.as_str().to_owned()).chain(values.iter().map(cell));
            writer.write_record(cells)?;
        }
        writer.flush()
    }
}

/// The column of opened bits.
const BLINDED: &str = "blinded";

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("rows", &self.rows.len()).finish_non_exhaustive()
    }
}
