//! Is a household's income below its poverty line? docs/analyses/eligibility.md has the law, the circuit and the cost.

use std::ops::RangeInclusive;

use drempel_fhe::circuit::{Backend, Bits, Cell, Encoding, Output, Sums};
use drempel_fhe::leveled::noise::AnswerNoise;
use serde::Deserialize;

use super::decision;
use super::household_sum::{Folded, HouseholdSum};
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

    /// How amounts are encrypted.
    fn bits(&self, setting: &Setting<'_>) -> Result<Bits, AgreementError> {
        let span = self.sum(setting).span();
        decision::bits(setting, span, |params, bits| AnswerNoise::of_sum(params, self.max_addends, bits))
    }

    fn checked_bits(&self, setting: &Setting<'_>) -> Bits {
        self.bits(setting).expect("checked with the agreement")
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

/// Some households' amounts and lines.
#[derive(Clone, Debug)]
pub struct Batch {
    bits: Bits,
    cells: Vec<Cell>,
    group_of: Vec<usize>,
    lines: Vec<u64>,
    /// Each household's number among the cases, which names the randomness of its answer.
    cases: Vec<u64>,
}

impl Batch {
    fn planned(bits: Bits, households: &[(usize, Folded)]) -> Planned<Self> {
        let mut batch = Self { bits, cells: vec![], group_of: vec![], lines: vec![], cases: vec![] };
        for (group, (index, folded)) in households.iter().enumerate() {
            batch.group_of.extend(folded.cells.iter().map(|_| group));
            batch.cells.extend(&folded.cells);
            batch.lines.push(folded.line);
            batch.cases.push(*index as u64);
        }
        Planned { indices: households.iter().map(|(index, _)| *index).collect(), batch }
    }
}

impl Program for Eligibility {
    type Cases = Households;
    type Batch = Batch;

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
        let bits = self.bits(setting)?;
        let shape = Shape::new(setting, ["household", "eligible"], |dataset| {
            Input::new(Encoding::bits(1, bits)).clamping(sum.clamps(highest, dataset))
        });
        Ok(shape.releasing(Released::decision()))
    }

    fn cases(&self, rows: &mut dyn Rows) -> Result<Households, CaseError> {
        Households::from_rows(rows)
    }

    fn batches(&self, asked: &Asked<'_, Households>) -> Result<Vec<Planned<Batch>>, CaseError> {
        let sum = self.sum(asked.setting);
        let mut households = Vec::with_capacity(asked.indices.len());
        for index in asked.indices.iter().copied() {
            let household = asked.cases.get(index);
            self.check_known(household)?;
            let line = self.below(household.poverty_line().value()) - household.known().value();
            households.push((index, sum.fold(household, line, asked.records)?));
        }
        // People who stand together in their table share what it costs to expand their bin.
        households.sort_by_key(|(_, folded)| folded.cells.first().map(|cell| (cell.table, cell.row)));
        let bits = self.checked_bits(asked.setting);
        Ok(households.chunks(BATCH).map(|some| Batch::planned(bits, some)).collect())
    }

    fn run<B: Backend>(&self, backend: &B, households: &Batch) -> Result<Vec<B::Column>, B::Error> {
        let Batch { bits, cells, group_of, lines, cases } = households;
        let output = Output::Released(cases);
        Ok(vec![backend.sums_are_below(&Sums { bits: *bits, cells, group_of, lines, output })?])
    }

    fn decode(&self, _setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
        Some(Released::read_yes_or_no(fields))
    }

    fn samples(&self, setting: &Setting<'_>) -> Vec<(String, Planned<Batch>)> {
        let bits = self.checked_bits(setting);
        let sample = |addends: usize| {
            // Different people, each with a share of a bin.
            let cells = (0..addends).map(|row| Cell { table: 0, row }).collect();
            let folded = Folded { cells, line: 1 << bits.count, ceiling: 0 };
            let amounts = if addends == 1 { "amount" } else { "amounts" };
            (format!("a household of {addends} {amounts}"), Batch::planned(bits, &[(0, folded)]))
        };
        (1..=self.max_addends).map(sample).collect()
    }
}
