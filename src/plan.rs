//! What a job will cost, and how likely it is to fail, before anything runs.

use std::ops::Range;

use drempel_fhe::Needs;
use drempel_fhe::circuit::Encoding;
use drempel_fhe::circuit::cost::{Cost, Leak};
use drempel_fhe::leveled::Counts;
use drempel_fhe::params::{Scale, noise};

use crate::analysis::{Asked, Planned, Program, Records, Shape};
use crate::cases::{CaseError, Cases};
use crate::contract::Agreement;

/// The cost of one job.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// Answers.
    pub answers: u64,
    /// Bootstraps in all.
    pub bootstraps: u64,
    /// Operations of the leveled engine, as if the people who are asked about filled whole bins.
    pub leveled: Counts,
    /// What the noise of decisions tells the key holder at most, over all answers.
    pub leak: Leak,
    /// The probability, as a base-2 logarithm, that any answer of the job is wrong.
    pub log2_failure: f64,
}

/// Why a job may not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// More answers than agreed.
    #[error("the job has {found} answers; the agreement allows {allowed} ([disclosure] answers)")]
    TooManyAnswers {
        /// By the agreement.
        allowed: u64,
        /// In the job.
        found: u64,
    },
    /// Nothing to answer.
    #[error("the file asks about nobody")]
    NoCases,
    /// Too likely to give a wrong answer.
    #[error("the job fails with probability 2^{log2_failure:.1}; at most 2^{limit} is allowed; split the job", limit = noise::LOG2_LIMIT)]
    TooLikelyToFail {
        /// As a base-2 logarithm.
        log2_failure: f64,
    },
}

impl PlanError {
    /// Whether the agreement or the failure bound refuses it, as opposed to a file that asks nothing.
    pub fn is_refusal(&self) -> bool {
        !matches!(self, Self::NoCases)
    }
}

impl Plan {
    /// No job at all.
    pub(crate) const EMPTY: Self = Self {
        answers: 0,
        bootstraps: 0,
        leveled: Counts::ZERO,
        leak: Leak::NONE,
        log2_failure: f64::NEG_INFINITY,
    };

    /// Two parts of one job.
    pub(crate) fn merge(&self, other: &Self) -> Self {
        Self {
            answers: self.answers + other.answers,
            bootstraps: self.bootstraps + other.bootstraps,
            leveled: self.leveled + other.leveled,
            leak: self.leak + other.leak,
            log2_failure: noise::log2_add(self.log2_failure, other.log2_failure),
        }
    }

    /// Counts a job by running its own program on a counter.
    pub fn of_batches<A: Program>(agreement: &Agreement<A>, batches: &[Planned<A::Batch>]) -> Self {
        let (analysis, shape) = (agreement.analysis(), agreement.shape());
        let cost = Cost::new(shape.encodings().map(Encoding::width).collect());
        let mut answers = 0;
        for Planned { indices, batch } in batches {
            for column in analysis.run(&cost, batch).unwrap_or_else(|never| match never {}) {
                cost.release(&column, shape.released().scale);
            }
            answers += indices.len() as u64;
        }
        Self {
            answers,
            bootstraps: cost.bootstraps(),
            leveled: cost.leveled(),
            leak: cost.leak(),
            log2_failure: cost.log2_failure(),
        }
    }

    /// Counts one answer of each kind that the agreement allows, with what it is about.
    pub fn of_samples<A: Program>(agreement: &Agreement<A>) -> Vec<(String, Self)> {
        let samples = agreement.analysis().samples(&agreement.setting()).into_iter();
        let plan = |batch| Self::of_batches(agreement, &[batch]);
        samples.map(|(about, batch)| (about, plan(batch))).collect()
    }

    /// Counts a job over these cases, supposing that everybody has a record.
    ///
    /// # Errors
    /// When a case breaks a rule of the agreement.
    pub fn of_cases<A: Program>(agreement: &Agreement<A>, cases: &A::Cases) -> Result<Self, CaseError> {
        let (setting, records) = (agreement.setting(), Records::complete());
        let mut plan = Self::EMPTY;
        for indices in parts(agreement.shape(), cases.answers().len(), ANSWERS_PER_PASS) {
            let indices = Vec::from_iter(indices);
            let asked = Asked { setting: &setting, cases, records: &records, indices: &indices };
            let batches = agreement.analysis().batches(&asked)?;
            plan = plan.merge(&Self::of_batches(agreement, &batches));
        }
        Ok(plan)
    }

    /// Refuses a job that the agreement or the failure bound does not allow.
    ///
    /// # Errors
    /// [`PlanError`].
    pub fn check<A: Program>(&self, agreement: &Agreement<A>) -> Result<(), PlanError> {
        let (allowed, found) = (agreement.disclosure().answers, self.answers);
        if found == 0 {
            return Err(PlanError::NoCases);
        }
        if found > allowed {
            return Err(PlanError::TooManyAnswers { allowed, found });
        }
        if self.log2_failure > noise::LOG2_LIMIT {
            return Err(PlanError::TooLikelyToFail { log2_failure: self.log2_failure });
        }
        Ok(())
    }
}

/// Which parts of an evaluation key the agreement's analysis computes with.
pub fn needs<A: Program>(agreement: &Agreement<A>) -> Needs {
    let shape = agreement.shape();
    let looks_up = || Plan::of_samples(agreement).iter().any(|(_, plan)| plan.bootstraps > 0);
    Needs { bootstrap: shape.released().scale == Scale::Slots || looks_up(), leveled: shape.decided() }
}

/// Answers that are computed at a time where nothing else asks for another number.
pub(crate) const ANSWERS_PER_PASS: usize = 1_024;

/// The indices of so many answers, some at a time; all at once where the answers depend on one another.
pub(crate) fn parts(shape: &Shape, answers: usize, at_a_time: usize) -> impl Iterator<Item = Range<usize>> {
    let size = if shape.is_separable() { at_a_time } else { answers.max(1) };
    (0..answers).step_by(size).map(move |first| first..answers.min(first + size))
}
