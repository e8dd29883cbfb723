//! Role 3, the key holder: makes the keys of one agreement and releases its answers, and only those.

use std::fmt;
use std::io::{self, Write};

use crate::agreement::{Agreement, AgreementError};
use crate::analysis::Analysis;
use crate::container::ContainerError;
use crate::encrypted_answer::EncryptedAnswer;
use crate::keys::{EvaluationKey, PublicKey};
use crate::params::{ANSWER_BITS, RING, SLOTS};
use crate::units::{AgreementId, HouseholdId};

pub(crate) mod keygen;
mod secret_key;

pub use secret_key::SecretKey;

/// The party that can decrypt.
#[derive(Debug)]
pub struct KeyHolder {
    key: SecretKey,
}

/// The released answers: who is eligible.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    rows: Vec<(HouseholdId, i64)>,
    /// Whether the agreed values are 0 and 1, so no and yes.
    yes_or_no: bool,
}

/// Why nothing is released.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReleaseError {
    /// The agreement says no.
    #[error(transparent)]
    Agreement(#[from] AgreementError),
    /// The secret key was made for another agreement.
    #[error("the secret key was made for agreement {found}, not for {expected}")]
    WrongAgreement {
        /// The agreement in hand.
        expected: AgreementId,
        /// The key's.
        found: AgreementId,
    },
    /// The answers are damaged, or of another agreement or key.
    #[error(transparent)]
    Container(#[from] ContainerError),
    /// More answers than agreed.
    #[error("the file has {found} answers; the agreement allows {allowed} ([disclosure] answers)")]
    TooManyAnswers {
        /// By the agreement.
        allowed: u64,
        /// In the file.
        found: u64,
    },
    /// Something that is no answer.
    #[error("an answer lies outside the agreed values; nothing is released")]
    OutsideAnswerSpace,
}

impl ReleaseError {
    /// Whether the agreement refuses this, as opposed to a damaged file.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Agreement(error) => error.is_refusal(),
            Self::TooManyAnswers { .. } | Self::OutsideAnswerSpace => true,
            _ => false,
        }
    }
}

impl KeyHolder {
    /// Makes a new key set for one agreement: about two seconds.
    ///
    /// # Errors
    /// When the agreement is not in force.
    pub fn generate<A: Analysis>(
        agreement: &Agreement<A>,
    ) -> Result<(Self, PublicKey, EvaluationKey), AgreementError> {
        agreement.in_force_today()?;
        let (key, public, evaluation) = keygen::Secrets::new().keys(agreement.id());
        Ok((Self { key }, public, evaluation))
    }

    /// A key holder with a secret key made before.
    pub fn new(key: SecretKey) -> Self {
        Self { key }
    }

    /// The secret key, to be saved.
    pub fn key(&self) -> &SecretKey {
        &self.key
    }

    /// Opens the agreed answers. Nothing is released unless every value is an agreed one.
    ///
    /// # Errors
    /// When the agreement is not in force, the file is damaged or belongs elsewhere, or an answer is not one.
    ///
    /// # Cost
    /// No bootstrap: one multiplication of ring elements per 2,048 answers.
    pub fn release<A: Analysis>(
        &self,
        agreement: &Agreement<A>,
        answer: &EncryptedAnswer,
    ) -> Result<Answer, ReleaseError> {
        agreement.in_force_today()?;
        let (expected, found) = (agreement.id(), self.key.agreement());
        if expected != found {
            return Err(ReleaseError::WrongAgreement { expected, found });
        }
        answer.container().expect(agreement.id(), Some(self.key.id()))?;
        let subjects = &answer.provenance().subjects;
        let (allowed, found) = (agreement.disclosure().answers, subjects.len() as u64);
        if found > allowed {
            return Err(ReleaseError::TooManyAnswers { allowed, found });
        }
        let agreed = agreement.analysis().answer_values();
        let mut rows = Vec::with_capacity(subjects.len());
        for (index, subjects) in subjects.chunks(RING).enumerate() {
            let (mask, bodies) = answer.ring(index)?;
            let phases = self.key.phases(&mask, &bodies);
            for (subject, phase) in subjects.iter().zip(phases) {
                let value = decode(phase);
                if !agreed.contains(&value) {
                    return Err(ReleaseError::OutsideAnswerSpace);
                }
                rows.push((subject.clone(), value));
            }
        }
        Ok(Answer { rows, yes_or_no: agreed == (0..=1) })
    }
}

/// The nearest of the torus's 32 values, −16..16.
fn decode(phase: u16) -> i64 {
    let step = 1_u16 << (ANSWER_BITS - (2 * SLOTS as u32).ilog2());
    let nearest = phase.wrapping_add(step / 2) / step;
    let value = i64::from(nearest);
    if value >= SLOTS { value - 2 * SLOTS } else { value }
}

impl Answer {
    /// Each household with whether it is eligible, in the order of the evaluator's file.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (&HouseholdId, bool)> {
        self.rows.iter().map(|(household, value)| (household, *value == 1))
    }

    /// Each household with its value, for analyses whose answers are numbers.
    pub fn values(&self) -> impl ExactSizeIterator<Item = (&HouseholdId, i64)> {
        self.rows.iter().map(|(household, value)| (household, *value))
    }

    /// How many households are eligible.
    pub fn eligible(&self) -> usize {
        self.rows().filter(|(_, eligible)| *eligible).count()
    }

    /// Writes `household,eligible` with `yes` or `no`, or `household,value` where the agreed values are others.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write_csv(&self, out: impl Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(["household", if self.yes_or_no { "eligible" } else { "value" }])?;
        for (household, value) in &self.rows {
            let value = match (self.yes_or_no, value) {
                (true, 1) => "yes".to_owned(),
                (true, _) => "no".to_owned(),
                (false, value) => value.to_string(),
            };
            writer.write_record([household.as_str(), &value])?;
        }
        writer.flush()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("rows", &self.rows.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_is_read_as_the_nearest_value() {
        for (phase, value) in [
            (0, 0),
            (1023, 0),
            (1024, 1),
            (2048, 1),
            (3071, 1),
            (3072, 2),
            (65535, 0),
            (64512, 0),
            (64511, -1),
            (32768, -16),
        ] {
            assert_eq!(decode(phase), value, "{phase}");
        }
    }
}
