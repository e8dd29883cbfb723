//! Released answers, as their receiver reads them.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Read, Write};
use std::str::FromStr;

use crate::agreement::{Role, SignedAgreement};
use crate::analysis::Analysis;
use crate::blinding::Blinding;
use crate::container::{ContainerError, NO_LABEL};
use crate::encrypted_answer::EncryptedAnswer;
use crate::rows::{CellProblem, Column, CsvRows, Position, Rows, RowsError};
use crate::units::{Digest, SubjectId};

/// One released value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// Yes or no.
    YesNo(bool),
    /// A count, a rank, a code.
    Number(i64),
    /// A mean, a variance, a probability. Never an amount of money that somebody is paid.
    Decimal(f64),
    /// Withheld because it would be about too few.
    Suppressed,
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::YesNo(yes) => f.write_str(if *yes { "yes" } else { "no" }),
            Self::Number(number) => number.fmt(f),
            // A small probability is not zero.
            Self::Decimal(number) if *number != 0.0 && number.abs() < 0.001 => write!(f, "{number:.4e}"),
            Self::Decimal(number) => write!(f, "{number:.4}"),
            Self::Suppressed => f.write_str("suppressed"),
        }
    }
}

/// A cell that no released value is written as.
#[derive(Debug, thiserror::Error)]
#[error("yes, no, a number or suppressed is expected, as `release` writes")]
pub struct NotAValue;

impl FromStr for Value {
    type Err = NotAValue;

    /// Reads a value as it is written in a file of answers.
    fn from_str(cell: &str) -> Result<Self, NotAValue> {
        match cell {
            "yes" => Ok(Self::YesNo(true)),
            "no" => Ok(Self::YesNo(false)),
            "suppressed" => Ok(Self::Suppressed),
            number => match (number.parse(), number.parse::<f64>()) {
                (Ok(whole), _) => Ok(Self::Number(whole)),
                (_, Ok(decimal)) if decimal.is_finite() => Ok(Self::Decimal(decimal)),
                _ => Err(NotAValue),
            },
        }
    }
}

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
    Rows(#[from] RowsError),
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
    Rows(#[from] RowsError),
    /// Bits that only the receiver can read.
    #[error("these are blinded bits; give the answers that `drempel unblind` makes of them")]
    Blinded,
    /// An answer that was not asked for.
    #[error(
        "{position}: the encrypted answer has nothing about this {column}; use the answers released from it"
    )]
    Stranger {
        /// The row of the file.
        position: Position,
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
    pub fn read_blinded<A: Analysis>(
        agreement: &SignedAgreement<A>,
        encrypted: &EncryptedAnswer,
        blinding: &Blinding,
        input: impl Read,
    ) -> Result<Self, UnblindError> {
        for container in [encrypted.container(), blinding.container()] {
            container.expect(agreement.id(), Some(encrypted.header().key))?;
            container.signed_by(agreement.only(Role::Evaluator), NO_LABEL)?;
        }
        let columns = agreement.analysis().columns();
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
        Ok(Self { columns, rows, blinded: made.blinding })
    }

    /// Reads released answers that [`write_csv`](Self::write_csv) wrote. Nobody signed them: whether they are what was
    /// released, their receiver must know.
    ///
    /// # Errors
    /// When a row cannot be read, or the rows are not about the subjects of the encrypted answer, each once.
    pub fn read<A: Analysis>(
        analysis: &A,
        encrypted: &EncryptedAnswer,
        input: impl Read,
    ) -> Result<Self, ReadError> {
        let columns = analysis.columns();
        let csv: &mut dyn Rows = &mut CsvRows::open(input)?;
        if csv.columns().optional(BLINDED)?.is_some() {
            return Err(ReadError::Blinded);
        }
        let cells = columns.iter().map(|name| csv.columns().required(name)).collect::<Result<Vec<_>, _>>()?;
        let subjects = &encrypted.provenance().subjects;
        let places: HashMap<&str, usize> = subjects.iter().zip(0..).collect();
        let mut found: Vec<Option<Vec<Value>>> = vec![None; subjects.len()];
        while let Some(row) = csv.next_row()? {
            let subject = row.id(cells[0])?;
            let Some(place) = places.get(subject.as_str()) else {
                return Err(ReadError::Stranger { position: row.position(), column: columns[0].clone() });
            };
            let value = |cell: &Column| {
                row.text(*cell)?.parse::<Value>().map_err(|_| row.error(*cell, CellProblem::NotAValue))
            };
            let values = cells[1..].iter().map(value).collect::<Result<_, RowsError>>()?;
            if found[*place].replace(values).is_some() {
                return Err(row.duplicate(cells[0]).into());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_as_it_was_written() {
        let values = [
            Value::YesNo(true),
            Value::YesNo(false),
            Value::Number(-3),
            Value::Decimal(2.5),
            Value::Decimal(3.0),
            Value::Suppressed,
        ];
        for value in values {
            assert_eq!(value.to_string().parse::<Value>().ok(), Some(value));
        }
        for other in ["", "ja", "inf", "NaN", "1,5"] {
            assert!(other.parse::<Value>().is_err(), "{other}");
        }
    }
}
