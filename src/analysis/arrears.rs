//! What the two questions about payment arrears have in common.

use drempel_fhe::circuit::Encoding;
use serde::Deserialize;

use super::counts::{self, Batch, NoRecord};
use super::program::WithoutRecord;
use super::records::{Asked, Planned};
use super::setting::Setting;
use super::shape::{Input, Released, Shape};
use crate::agreement::AgreementError;
use crate::cases::CaseError;
use crate::cases::people::People;

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
    pub(super) fn without_record(self) -> WithoutRecord {
        match self.missing {
            Missing::Refuse => WithoutRecord::ChangesAnswers { matched_at_least: 0.0 },
            Missing::NoArrear => WithoutRecord::Usual,
        }
    }

    /// The smallest arrear that counts: arrears are whole cents.
    fn first(self) -> i64 {
        self.above.saturating_add(1)
    }

    /// One value of each person, in this column.
    pub(super) fn shape(
        self,
        setting: &Setting<'_>,
        column: &str,
        released: Released,
    ) -> Result<Shape, AgreementError> {
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
        let shape = Shape::new(setting, ["person", column], |dataset| {
            let least = counts::least(dataset, self.first()).expect("just checked");
            // An amount above `max` counts, and so does `max` itself.
            Input::new(Encoding::at_least(least)).clamping(self.above < dataset.max().value())
        });
        Ok(shape.releasing(released))
    }

    pub(super) fn batches(self, asked: &Asked<'_, People>) -> Result<Vec<Planned<Batch>>, CaseError> {
        let no_record = match self.missing {
            Missing::Refuse => NoRecord::Refused,
            Missing::NoArrear => NoRecord::NotCounted,
        };
        counts::batches(asked, asked.setting.datasets.len(), no_record)
    }
}
