//! Is a household's income below its poverty line? docs/analyses/eligibility.md has the law, the circuit and the cost.

use std::ops::RangeInclusive;

use drempel_fhe::circuit::radix::{self, Comparison, MAX_ADDENDS};
use drempel_fhe::circuit::{Backend, Cell};
use serde::Deserialize;

use super::household_sum::{Folded, HouseholdSum, comparison};
use super::program::{Program, WithoutRecord};
use super::records::{Asked, Planned};
use super::setting::Setting;
use super::shape::{Input, Released, Shape};
use super::value::Value;
use crate::agreement::AgreementError;
use crate::cases::CaseError;
use crate::cases::households::{HouseholdRef, Households};
use crate::rows::Rows;
use crate::units::MAX_CENTS;

pub use super::household_sum::Missing;

/// Households per batch. Batches run side by side, and the memory that they take grows with this.
pub const BATCH: usize = 64;

/// `[analysis]` with `kind = "eligibility"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Eligibility {
    #[serde(rename = "kind")]
    _kind: Kind,
    datasets: Vec<String>,
    comparison: Against,
    max_addends: usize,
    missing: Missing,
    matched_at_least: Option<f64>,
    norms: Option<Vec<i64>>,
    line_min: Option<i64>,
    line_max: Option<i64>,
    #[serde(default)]
    known_min: i64,
    #[serde(default)]
    known_max: i64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Eligibility,
}

/// Whether an income equal to the line is eligible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Against {
    /// income < line
    Below,
    /// income ≤ line
    AtMost,
}

impl Eligibility {
    /// Whether an income equal to the line is eligible.
    pub fn comparison(&self) -> Against {
        self.comparison
    }

    /// What a member without a record means.
    pub fn missing(&self) -> Missing {
        self.missing
    }

    /// The smallest share of people who must have a record, where a missing one counts as zero.
    pub fn matched_at_least(&self) -> Option<f64> {
        self.matched_at_least
    }

    /// The lines that a household may have, in cents; `None` where any between [`lines`](Self::lines) is allowed.
    pub fn norms(&self) -> Option<&[i64]> {
        self.norms.as_deref()
    }

    /// The most amounts of one household.
    pub fn max_addends(&self) -> usize {
        self.max_addends
    }

    /// What the evaluator may add in the clear, in cents.
    pub fn known(&self) -> RangeInclusive<i64> {
        self.known_min..=self.known_max
    }

    /// The lowest and the highest line, in cents.
    pub fn lines(&self) -> RangeInclusive<i64> {
        let norms = self.norms.iter().flatten();
        let low = self.line_min.or(norms.clone().min().copied());
        let high = self.line_max.or(norms.max().copied());
        low.unwrap_or(0)..=high.unwrap_or(0)
    }

    /// `total ≤ line` is `total < line + 1`.
    fn below(&self, line: i64) -> i64 {
        match self.comparison {
            Against::Below => line,
            Against::AtMost => line + 1,
        }
    }

    fn sum<'a>(&self, setting: &Setting<'a>) -> HouseholdSum<'a> {
        let datasets = setting.datasets.iter().copied().enumerate().collect();
        HouseholdSum {
            datasets,
            max_addends: self.max_addends,
            missing: self.missing,
            matched_at_least: self.matched_at_least,
        }
    }

    fn check_known(&self, household: HouseholdRef<'_>) -> Result<(), CaseError> {
        let position = household.position();
        let poverty_line = household.poverty_line().value();
        let agreed = match &self.norms {
            Some(norms) => norms.contains(&poverty_line),
            None => self.lines().contains(&poverty_line),
        };
        if !agreed {
            return Err(CaseError::LineNotAgreed { position });
        }
        if !self.known().contains(&household.known().value()) {
            return Err(CaseError::KnownNotAgreed { position });
        }
        Ok(())
    }
}

/// Households with equally many addends, so with one number system.
fn planned(sum: &HouseholdSum<'_>, addends: usize, households: Vec<(usize, Folded)>) -> Planned<Comparison> {
    let (indices, folded): (Vec<usize>, Vec<Folded>) = households.into_iter().unzip();
    Planned { indices, batch: comparison(&sum.encoding(), sum.radix(addends), folded) }
}

impl Program for Eligibility {
    type Cases = Households;
    type Batch = Comparison;

    fn without_record(&self, _: &str) -> WithoutRecord {
        WithoutRecord::ChangesAnswers { matched_at_least: self.matched_at_least.unwrap_or(0.0) }
    }

    fn typical(&self, _: &str) -> Option<[i64; 2]> {
        self.norms.as_ref()?;
        let lines = self.lines();
        Some([*lines.start(), *lines.end()])
    }

    fn datasets(&self) -> &[String] {
        &self.datasets
    }

    fn shape(&self, setting: &Setting<'_>) -> Result<Shape, AgreementError> {
        let sum = self.sum(setting);
        sum.check()?;
        match (&self.norms, self.line_min, self.line_max) {
            (Some(norms), None, None) if !norms.is_empty() => {}
            (None, Some(min), Some(max)) if min <= max => {}
            _ => {
                return Err(AgreementError::Analysis(
                    "give either norms (at least one), or line_min and line_max with line_min <= line_max",
                ));
            }
        }
        let lines = self.lines();
        let amounts = [*lines.start(), *lines.end(), self.known_min, self.known_max];
        let within = amounts.iter().all(|amount| (-MAX_CENTS..=MAX_CENTS).contains(amount));
        if !within || *lines.start() < 0 || self.known_min > self.known_max {
            return Err(AgreementError::Analysis(
                "poverty lines must not be negative, known_min must be at most known_max, all within 10^15",
            ));
        }
        let highest = self.below(*lines.end()) - self.known_min;
        Ok(Shape::new(setting, ["household", "eligible"], |dataset| {
            Input::new(sum.encoding()).clamping(sum.clamps(highest, dataset))
        }))
    }

    fn cases(&self, rows: &mut dyn Rows) -> Result<Households, CaseError> {
        Households::from_rows(rows)
    }

    fn batches(&self, asked: &Asked<'_, Households>) -> Result<Vec<Planned<Comparison>>, CaseError> {
        let sum = self.sum(asked.setting);
        let mut by_size: Vec<Vec<(usize, Folded)>> = (0..=MAX_ADDENDS).map(|_| Vec::new()).collect();
        let mut batches = Vec::new();
        for index in asked.indices.iter().copied() {
            let household = asked.cases.get(index);
            self.check_known(household)?;
            let line = self.below(household.poverty_line().value()) - household.known().value();
            let folded = sum.fold(household, line, asked.records)?;
            let size = folded.cells.len().max(1);
            by_size[size].push((index, folded));
            if by_size[size].len() == BATCH {
                batches.push(planned(&sum, size, std::mem::take(&mut by_size[size])));
            }
        }
        for (size, rest) in by_size.into_iter().enumerate().filter(|(_, rest)| !rest.is_empty()) {
            batches.push(planned(&sum, size, rest));
        }
        Ok(batches)
    }

    fn run<B: Backend>(&self, backend: &B, households: &Comparison) -> Result<Vec<B::Column>, B::Error> {
        Ok(vec![radix::below(backend, households)?])
    }

    fn decode(&self, _setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
        Some(Released::read_yes_or_no(fields))
    }

    fn samples(&self, setting: &Setting<'_>) -> Vec<(String, Planned<Comparison>)> {
        let sum = self.sum(setting);
        let sample = |addends: usize| {
            let folded = Folded { cells: vec![Cell { table: 0, row: 0 }; addends], line: 0, ceiling: 0 };
            let amounts = if addends == 1 { "amount" } else { "amounts" };
            (format!("a household of {addends} {amounts}"), planned(&sum, addends, vec![(0, folded)]))
        };
        (1..=self.max_addends).map(sample).collect()
    }
}
