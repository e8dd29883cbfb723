//! What the two questions about payment arrears have in common.

use serde::Deserialize;

use super::counts::{self, Batch, NoRecord};
use super::{Records, Setting};
use crate::agreement::{AgreementError, Dataset};
use crate::cases::CaseError;
use crate::cases::people::People;
use drempel_fhe::circuit::Encoding;

/// The most agencies: a released number has 16 values.
pub(super) const MAX_AGENCIES: usize = 15;

/// What it means that an agency has no record of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// An error.
    Refuse,
    /// No arrear there.
    NoArrear,
}

/// An arrear of more than `above` cents counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrears {
    pub(super) above: i64,
    pub(super) missing: Missing,
}

impl Arrears {
    /// The smallest arrear that counts: arrears are whole cents.
    fn first(self) -> i64 {
        self.above.saturating_add(1)
    }

    pub(super) fn check(self, setting: &Setting<'_>) -> Result<(), AgreementError> {
        let datasets = &setting.datasets;
        if !(1..=MAX_AGENCIES).contains(&datasets.len()) {
            return Err(AgreementError::Analysis("datasets must name 1 to 15 datasets, one per agency"));
        }
        counts::check_agencies(datasets)?;
        if datasets.iter().any(|dataset| !dataset.unit.starts_with("eurocent")) {
            return Err(AgreementError::Analysis("datasets must have amounts in eurocent"));
        }
        if datasets.iter().any(|dataset| counts::least(dataset, self.first()).is_none()) {
            return Err(AgreementError::Analysis(
                "above must be at least the min and below the max of every dataset: else its answer is known",
            ));
        }
        Ok(())
    }

    pub(super) fn encoding(self, dataset: &Dataset) -> Encoding {
        Encoding::at_least(counts::least(dataset, self.first()).expect("checked with the agreement"))
    }

    /// An amount above `max` counts, and so does `max` itself.
    pub(super) fn clamps(self, dataset: &Dataset) -> bool {
        self.above < dataset.max().value()
    }

    pub(super) fn batches(
        self,
        setting: &Setting<'_>,
        people: &People,
        records: &Records<'_>,
        indices: &[usize],
    ) -> Result<Vec<Batch>, CaseError> {
        let no_record = match self.missing {
            Missing::Refuse => NoRecord::Refused,
            Missing::NoArrear => NoRecord::NotCounted,
        };
        counts::batches(&setting.datasets, no_record, people, records, indices)
    }
}
