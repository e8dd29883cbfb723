//! Released answers, as their receiver reads them.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Read, Write};

use crate::analysis::Value;
use crate::rows::{CellProblem, Column, CsvRows, Position, Rows, RowsError};
use crate::units::{Digest, SubjectId, SubjectIds};

/// The released answers.
#[derive(Clone, PartialEq)]
pub struct Answer {
    /// What the subjects are called, then the name of each value.
    columns: Vec<String>,
    rows: Vec<(SubjectId, Vec<Value>)>,
    /// The blinding that hides them, until the receiver takes it off.
    blinded: Option<Digest>,
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
    pub(crate) fn new(
        columns: Vec<String>,
        rows: Vec<(SubjectId, Vec<Value>)>,
        blinded: Option<Digest>,
    ) -> Self {
        Self { columns, rows, blinded }
    }

    /// Reads released answers that [`write_csv`](Self::write_csv) wrote. Nobody signed them: whether they are what was
    /// released, their receiver must know.
    ///
    /// # Errors
    /// When a row cannot be read, or the rows are not about the subjects (of the encrypted answer), each once.
    pub fn read(columns: &[String], subjects: &SubjectIds, input: impl Read) -> Result<Self, ReadError> {
        let csv: &mut dyn Rows = &mut CsvRows::open(input)?;
        if csv.columns().optional(BLINDED)?.is_some() {
            return Err(ReadError::Blinded);
        }
        let cells = columns.iter().map(|name| csv.columns().required(name)).collect::<Result<Vec<_>, _>>()?;
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
        Ok(Self { columns: columns.to_vec(), rows, blinded: None })
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

    /// The answers with each bit as the receiver's blinding reads it.
    pub(crate) fn unblinded(self, read: impl Fn(&str, bool) -> bool) -> Self {
        let flip = |(subject, values): (SubjectId, Vec<Value>)| {
            let answer = read(subject.as_str(), values == [Value::YesNo(true)]);
            (subject, vec![Value::YesNo(answer)])
        };
        Self { rows: self.rows.into_iter().map(flip).collect(), blinded: None, ..self }
    }

    /// How many answers begin with a yes; `None` where they are blinded or no answers of yes or no.
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
pub(crate) const BLINDED: &str = "blinded";

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("rows", &self.rows.len()).finish_non_exhaustive()
    }
}
