//! The questions that can be asked, each one file, each written once for every [`Backend`].

use std::collections::HashMap;
use std::ops::RangeInclusive;

use serde::de::DeserializeOwned;

use crate::agreement::{AgreementError, Dataset};
use crate::circuit::{Backend, CircuitError, radix::Encoding};
use crate::households::{HouseholdError, Households};
use crate::units::SubjectId;

pub mod eligibility;

pub use eligibility::Eligibility;

/// One kind of question. The type itself is the agreement's `[analysis]` section.
///
/// docs/adding-an-analysis.md walks through one; examples/own_analysis.rs defines one outside this crate.
pub trait Analysis: DeserializeOwned + Send + Sync {
    /// Households that share one circuit, with what that circuit needs in the clear.
    type Batch: Send + Sync;

    /// The names of the datasets it reads, in the order in which tables are numbered.
    fn datasets(&self) -> &[String];

    /// The question in one sentence, for whoever must approve it.
    fn question(&self) -> String;

    /// Checks the section against the datasets it names.
    ///
    /// # Errors
    /// When a rule is broken.
    fn check(&self, datasets: &[&Dataset]) -> Result<(), AgreementError>;

    /// How every amount is encrypted.
    fn encoding(&self, datasets: &[&Dataset]) -> Encoding;

    /// Whether an amount above `max` may be encrypted as `max` because no answer can depend on the difference.
    fn clamps(&self, datasets: &[&Dataset], dataset: &Dataset) -> bool;

    /// The values that an answer can have. Anything else stops a release.
    fn answer_values(&self) -> RangeInclusive<i64>;

    /// Checks the households against the agreement, finds their records, and sorts them into batches.
    ///
    /// # Errors
    /// When a household breaks a rule of the agreement.
    fn batches(
        &self,
        datasets: &[&Dataset],
        households: &Households,
        records: &Records<'_>,
    ) -> Result<Vec<Self::Batch>, HouseholdError>;

    /// For planning without files: a batch of one household with `addends` addends.
    fn sample(&self, datasets: &[&Dataset], addends: usize) -> Self::Batch;

    /// The most addends that the agreement allows a household.
    fn max_addends(&self) -> usize;

    /// Which households (by their place in the file) a batch answers, in the order of the program's column.
    fn answered<'b>(&self, batch: &'b Self::Batch) -> &'b [usize];

    /// The program: one answer per household of the batch.
    ///
    /// # Errors
    /// When a table cannot be read.
    fn run<B: Backend>(&self, backend: &B, batch: &Self::Batch) -> Result<B::Column, CircuitError>;
}

/// Where each subject's row is in each table.
#[derive(Debug)]
pub struct Records<'a> {
    /// Nothing when every subject is supposed to have a record.
    tables: Option<Vec<HashMap<&'a str, usize>>>,
}

impl<'a> Records<'a> {
    /// An index over the tables' subjects, in the order of the analysis's datasets.
    pub fn new(tables: impl IntoIterator<Item = &'a [SubjectId]>) -> Self {
        let index =
            |ids: &'a [SubjectId]| ids.iter().enumerate().map(|(row, id)| (id.as_str(), row)).collect();
        Self { tables: Some(tables.into_iter().map(index).collect()) }
    }

    /// For planning without tables: everybody has a record.
    pub fn complete() -> Self {
        Self { tables: None }
    }

    /// The row of a subject in a table.
    pub fn row(&self, table: usize, subject: &str) -> Option<usize> {
        match &self.tables {
            Some(tables) => tables[table].get(subject).copied(),
            None => Some(0),
        }
    }
}
