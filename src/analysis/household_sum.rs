//! The amounts of one household, added up and compared with a line.

use drempel_fhe::circuit::Cell;
use drempel_fhe::leveled::MAX_ADDENDS;
use serde::Deserialize;

use super::records::{Records, missing};
use super::setting::check_one_concept;
use crate::agreement::{AgreementError, Dataset, Subject};
use crate::cases::CaseError;
use crate::cases::households::HouseholdRef;

/// What a member without a record means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Missing {
    /// An error.
    Refuse,
    /// No amount.
    Zero,
}

/// What is added up for each household.
pub(super) struct HouseholdSum<'a> {
    /// The datasets, each with the number of its table.
    pub(super) datasets: Vec<(usize, &'a Dataset)>,
    /// The most amounts of one household.
    pub(super) max_addends: usize,
    /// What a member without a record means.
    pub(super) missing: Missing,
    /// The smallest share of people who must have a record, where a missing one counts as zero.
    pub(super) matched_at_least: Option<f64>,
}

/// One household's addends and its line after folding in everything that is known in the clear.
pub(super) struct Folded {
    pub(super) cells: Vec<Cell>,
    /// What the sum is to be below.
    pub(super) line: u64,
    /// The largest sum that there can be.
    pub(super) ceiling: u64,
}

impl Folded {
    /// Whether the sum is below the line, where that is so or not so whatever the amounts are.
    pub(super) fn is_below(&self) -> Option<bool> {
        match self.line {
            0 => Some(false),
            line if line > self.ceiling => Some(true),
            _ => None,
        }
    }
}

impl HouseholdSum<'_> {
    /// Checks that the datasets may be added up.
    ///
    /// # Errors
    /// None, more than may be added up, or datasets of several units or concepts.
    pub(super) fn check(&self) -> Result<(), AgreementError> {
        let datasets: Vec<&Dataset> = self.datasets.iter().map(|(_, dataset)| *dataset).collect();
        check_one_concept(&datasets)?;
        if !datasets.iter().all(|set| matches!(set.subject, Subject::Person | Subject::Household)) {
            return Err(AgreementError::Analysis("every dataset's subject must be person or household"));
        }
        if !(1..=MAX_ADDENDS).contains(&self.max_addends) {
            return Err(AgreementError::Analysis("max_addends must be 1 to 8"));
        }
        match (self.missing, self.matched_at_least) {
            (Missing::Refuse, None) => {}
            (Missing::Zero, Some(share)) if share > 0.0 && share <= 1.0 => {}
            (Missing::Refuse, Some(_)) => {
                return Err(AgreementError::Analysis("matched_at_least is for missing = \"zero\" only"));
            }
            (Missing::Zero, _) => {
                return Err(AgreementError::Analysis(
                    "missing = \"zero\" needs matched_at_least, the smallest share of people who must have a record in each \
                     dataset, above 0 and at most 1",
                ));
            }
        }
        if self.datasets.len() > self.max_addends {
            return Err(AgreementError::Analysis(
                "max_addends is too low: even a household of one has an amount in every dataset",
            ));
        }
        Ok(())
    }

    /// Whether an amount above `max` may be encrypted as `max`: when a single amount of `max` already reaches the
    /// highest line, whatever the other addends are.
    pub(super) fn clamps(&self, highest_line: i64, dataset: &Dataset) -> bool {
        let lowest = self.datasets.iter().map(|(_, other)| other.min().value()).min().unwrap_or(0).min(0);
        let others = (self.max_addends as i64 - 1) * lowest;
        highest_line - others <= dataset.max().value()
    }

    /// The largest amount of any dataset, less its `min`.
    pub(super) fn span(&self) -> u64 {
        self.datasets.iter().map(|(_, dataset)| dataset.span()).max().unwrap_or(0)
    }

    /// Finds a household's records and folds what is known in the clear into its line: the sum is compared with
    /// "below `line`".
    ///
    /// # Errors
    /// More amounts than agreed, a household without a member where there must be one, or a record that is missing and
    /// may not be.
    pub(super) fn fold<S>(
        &self,
        household: HouseholdRef<'_, S>,
        line: i64,
        records: &Records<'_>,
    ) -> Result<Folded, CaseError> {
        let position = household.position();
        let mut cells = Vec::new();
        let mut addends = 0;
        // With each encoded amount x − min in place of x, the line moves up by −min.
        let mut folded = line;
        let mut ceiling = 0;
        for (table, dataset) in self.datasets.iter().copied() {
            let subjects: Vec<&str> = match dataset.subject {
                Subject::Person if household.members().len() == 0 => {
                    return Err(CaseError::EmptyHousehold { position });
                }
                Subject::Person => household.members().collect(),
                _ => vec![household.id()],
            };
            addends += subjects.len();
            if addends > self.max_addends {
                return Err(CaseError::TooManyAddends { position, max: self.max_addends, addends });
            }
            for (index, subject) in subjects.into_iter().enumerate() {
                match (records.find(table, subject), self.missing) {
                    (Some(cell), _) => {
                        cells.push(cell);
                        folded -= dataset.min().value();
                        ceiling += dataset.span();
                    }
                    (None, Missing::Zero) => {}
                    (None, Missing::Refuse) => {
                        let position = match dataset.subject {
                            Subject::Person => household.member_position(index),
                            _ => position,
                        };
                        return Err(missing(position, dataset));
                    }
                }
            }
        }
        // A line of zero or less is evaluated as zero and one above every sum as just above it: both are never and
        // always reached, and nothing else tells such a household from another.
        let line = u64::try_from(folded).unwrap_or(0).min(ceiling + 1);
        Ok(Folded { cells, line, ceiling })
    }
}
