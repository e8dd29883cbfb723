//! Released answers, as their receiver reads them.

use std::fmt;
use std::io::{self, Read, Write};

use crate::agreement::{Role, SignedAgreement};
use crate::analysis::Analysis;
use crate::blinding::Blinding;
use crate::container::{ContainerError, UNNAMED};
use crate::encrypted_answer::EncryptedAnswer;
use crate::table::csv::{CellProblem, CsvError, CsvRows};
use crate::units::{Digest, HouseholdId};

/// The released answers: who is eligible.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    rows: Vec<(HouseholdId, i64)>,
    /// Whether the agreed values are 0 and 1, so no and yes.
    yes_or_no: bool,
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
    /// The opened bits are about other households than the encrypted answer.
    #[error("the opened bits are not those of this encrypted answer")]
    OtherHouseholds,
}

impl Answer {
    #[cfg(feature = "key-holder")]
    pub(crate) fn new(rows: Vec<(HouseholdId, i64)>, yes_or_no: bool, blinded: Option<Digest>) -> Self {
        Self { rows, yes_or_no, blinded }
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
            container.signed_by(agreement.only(Role::Evaluator), UNNAMED)?;
        }
        let mut csv = CsvRows::open(input)?;
        let (household, bit) = (csv.column("household")?, csv.column(BLINDED)?);
        let mut rows = Vec::new();
        while let Some(row) = csv.next_row()? {
            let value = row.cents(bit)?.value();
            if !(0..=1).contains(&value) {
                return Err(row.error(bit, CellProblem::NotABit).into());
            }
            rows.push((row.id(household)?, value));
        }
        let made = encrypted.provenance();
        if !rows.iter().map(|(household, _)| household).eq(&made.subjects) {
            return Err(UnblindError::OtherHouseholds);
        }
        Ok(Self { rows, yes_or_no: true, blinded: made.blinding })
    }

    /// Each household with whether it is eligible, in the order of the evaluator's file.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (&HouseholdId, bool)> {
        self.rows.iter().map(|(household, value)| (household, *value == 1))
    }

    /// Each household with its value, for analyses whose answers are numbers.
    pub fn values(&self) -> impl ExactSizeIterator<Item = (&HouseholdId, i64)> {
        self.rows.iter().map(|(household, value)| (household, *value))
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
        let turn = |(household, bit): (HouseholdId, i64)| {
            let answer = blinding.turn(&household, bit == 1);
            (household, i64::from(answer))
        };
        Ok(Self { rows: self.rows.into_iter().map(turn).collect(), blinded: None, ..self })
    }

    /// How many households are eligible.
    pub fn eligible(&self) -> usize {
        self.rows().filter(|(_, eligible)| *eligible).count()
    }

    /// Writes `household,eligible` with `yes` or `no`; `household,value` where the agreed values are others; and
    /// `household,blinded` with random bits where the answers are blinded.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write_csv(&self, out: impl Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        let words = self.yes_or_no && self.blinded.is_none();
        let column = match self.blinded {
            Some(_) => BLINDED,
            None if words => "eligible",
            None => "value",
        };
        writer.write_record(["household", column])?;
        for (household, value) in &self.rows {
            let value = match (words, value) {
                (true, 1) => "yes".to_owned(),
                (true, _) => "no".to_owned(),
                (false, value) => value.to_string(),
            };
            writer.write_record([household.as_str(), &value])?;
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
