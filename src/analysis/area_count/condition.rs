use std::ops::{Deref, RangeInclusive};

use drempel_fhe::circuit::Bits;
use drempel_fhe::leveled::LeveledParams;
use serde::Deserialize;

use super::super::household_sum::{HouseholdSum, Missing};
use super::super::setting::Setting;
use crate::agreement::{AgreementError, Dataset};
use crate::cases::CaseError;
use crate::cases::areas::Located;
use crate::cases::households::HouseholdRef;
use crate::units::MAX_CENTS;

/// The conditions in the order of the agreement.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Vec<Condition>")]
pub(super) struct Conditions {
    all: Vec<Condition>,
    /// The datasets of all conditions, each once.
    datasets: Vec<String>,
    /// The columns of lines in the evaluator's file, each once.
    line_columns: Vec<String>,
}

/// `[[analysis.condition]]`: a sum of amounts on one side of a line.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub(super) name: String,
    pub(super) datasets: Vec<String>,
    comparison: Against,
    line: Option<i64>,
    pub(super) line_column: Option<String>,
    line_min: Option<i64>,
    line_max: Option<i64>,
    pub(super) max_addends: usize,
    missing: Missing,
    matched_at_least: Option<f64>,
}

/// On which side of the line the sum must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Against {
    /// sum < line
    Below,
    /// sum ≤ line
    AtMost,
    /// sum ≥ line
    AtLeast,
    /// sum > line
    Above,
}

impl From<Vec<Condition>> for Conditions {
    fn from(all: Vec<Condition>) -> Self {
        let datasets = distinct(all.iter().flat_map(|condition| &condition.datasets));
        let line_columns = distinct(all.iter().filter_map(|condition| condition.line_column.as_ref()));
        Self { all, datasets, line_columns }
    }
}

impl Deref for Conditions {
    type Target = [Condition];

    fn deref(&self) -> &[Condition] {
        &self.all
    }
}

impl Conditions {
    /// The datasets of all conditions, each once.
    pub(super) fn datasets(&self) -> &[String] {
        &self.datasets
    }

    /// The columns of lines in the evaluator's file, each once.
    pub(super) fn line_columns(&self) -> &[String] {
        &self.line_columns
    }
}

impl Condition {
    /// Its name in the agreement.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The datasets whose amounts are added up.
    pub fn datasets(&self) -> &[String] {
        &self.datasets
    }

    /// On which side of the line the sum must be.
    pub fn comparison(&self) -> Against {
        self.comparison
    }

    /// The column of the evaluator's file that has each household's own line, where it is not one for all.
    pub fn line_column(&self) -> Option<&str> {
        self.line_column.as_deref()
    }

    /// What a member without a record means.
    pub fn missing(&self) -> Missing {
        self.missing
    }

    /// The smallest share of people who must have a record, where a missing one counts as zero.
    pub fn matched_at_least(&self) -> Option<f64> {
        self.matched_at_least
    }

    /// The lines that a household may have: one, or from the lowest to the highest.
    pub fn lines(&self) -> RangeInclusive<i64> {
        let (low, high) = (self.line.or(self.line_min), self.line.or(self.line_max));
        low.unwrap_or(0)..=high.unwrap_or(0)
    }

    /// `sum ≤ line` is `sum < line + 1`.
    fn below(&self, line: i64) -> i64 {
        match self.comparison {
            Against::Below | Against::AtLeast => line,
            Against::AtMost | Against::Above => line + 1,
        }
    }

    /// Whether it is met where the sum is below the line; else where it is not.
    pub(super) fn wants_below(&self) -> bool {
        matches!(self.comparison, Against::Below | Against::AtMost)
    }

    /// What is added up.
    pub(super) fn sum<'a>(&self, setting: &Setting<'a>) -> HouseholdSum<'a> {
        let named = |name: &String| {
            let mut all = setting.datasets.iter().copied().enumerate();
            all.find(|(_, dataset)| dataset.name == *name)
        };
        HouseholdSum {
            datasets: self.datasets.iter().filter_map(named).collect(),
            max_addends: self.max_addends,
            missing: self.missing,
            matched_at_least: self.matched_at_least,
        }
    }

    /// How the amounts are encrypted: with as little noise as there is, because decisions are added up.
    pub(super) fn bits(&self, setting: &Setting<'_>) -> Bits {
        Bits::holding(self.sum(setting).span(), LeveledParams::V35)
    }

    pub(super) fn check(&self, setting: &Setting<'_>) -> Result<(), AgreementError> {
        self.sum(setting).check()?;
        match (self.line, &self.line_column, self.line_min, self.line_max) {
            (Some(_), None, None, None) => {}
            (None, Some(_), Some(min), Some(max)) if min <= max => {}
            _ => {
                return Err(AgreementError::Analysis(
                    "a condition has either a line, or a line_column with line_min <= line_max",
                ));
            }
        }
        let lines = self.lines();
        if ![lines.start(), lines.end()].into_iter().all(|line| (-MAX_CENTS..=MAX_CENTS).contains(line)) {
            return Err(AgreementError::Analysis("a condition's lines lie within 10^15"));
        }
        Ok(())
    }

    pub(super) fn clamps(&self, setting: &Setting<'_>, dataset: &Dataset) -> bool {
        self.sum(setting).clamps(self.below(*self.lines().end()), dataset)
    }

    /// A household's line, as what its sum is to be below. `columns` are the names of the file's columns of lines.
    pub(super) fn line_of(
        &self,
        household: HouseholdRef<'_, Located>,
        columns: &[String],
    ) -> Result<i64, CaseError> {
        let Some(column) = &self.line_column else {
            return Ok(self.below(*self.lines().start()));
        };
        let place = columns.iter().position(|name| name == column);
        let line = household.line(place.expect("the file was read with this condition's column")).value();
        if !self.lines().contains(&line) {
            return Err(CaseError::LineOutside { position: household.position(), column: column.clone() });
        }
        Ok(self.below(line))
    }
}

/// Each name once, in the order of the first ones.
fn distinct<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for name in names {
        if !seen.contains(name) {
            seen.push(name.clone());
        }
    }
    seen
}
