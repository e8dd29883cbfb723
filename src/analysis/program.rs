//! The trait of which every question is an implementation.

use std::io::Read;

use drempel_fhe::circuit::Backend;
use serde::de::DeserializeOwned;

use super::records::{Asked, Planned};
use super::setting::Setting;
use super::shape::Shape;
use super::value::Value;
use crate::agreement::{AgreementError, Dataset, Disclosure, Section};
use crate::cases::{CaseError, Cases};
use crate::rows::{CsvRows, Rows};

/// One kind of question. The type itself is the agreement's `[analysis]` section.
///
/// docs/adding-an-analysis.md walks through one; examples/own_analysis.rs defines one outside this crate.
pub trait Program: FromSection + Send + Sync {
    /// What the evaluator knows in the clear: about whom or what it asks.
    type Cases: Cases;

    /// Answers that share one circuit: what that circuit needs in the clear.
    type Batch: Send + Sync;

    /// The names of the datasets it reads, in the order in which tables are numbered.
    fn datasets(&self) -> &[String];

    /// What it means for the answers that somebody has no record in a dataset. Where it changes them, a job that finds nobody
    /// is refused.
    fn without_record(&self, dataset: &str) -> WithoutRecord {
        let _ = dataset;
        WithoutRecord::ChangesAnswers { matched_at_least: 0.0 }
    }

    /// Between which amounts those of a dataset lie as far as this section tells, as its lines do: to warn of another unit.
    fn typical(&self, dataset: &str) -> Option<[i64; 2]> {
        let _ = dataset;
        None
    }

    /// Checks the section against the datasets that it names and the disclosure, and says what goes in and what comes
    /// out. Every other method may rely on these checks.
    ///
    /// # Errors
    /// When a rule is broken.
    fn shape(&self, setting: &Setting<'_>) -> Result<Shape, AgreementError>;

    /// Reads the evaluator's rows.
    ///
    /// # Errors
    /// A named error with the row and column of the first fault.
    fn cases(&self, rows: &mut dyn Rows) -> Result<Self::Cases, CaseError>;

    /// Reads [cases](Self::cases) from CSV.
    ///
    /// # Errors
    /// A named error with the line and column of the first fault.
    fn read_cases(&self, input: &mut dyn Read) -> Result<Self::Cases, CaseError> {
        self.cases(&mut CsvRows::open(input)?)
    }

    /// Checks the cases against the agreement, finds their records, and sorts the answers that are asked for into batches.
    ///
    /// # Errors
    /// When a case breaks a rule of the agreement.
    fn batches(&self, asked: &Asked<'_, Self::Cases>) -> Result<Vec<Planned<Self::Batch>>, CaseError>;

    /// The program: a column for each released field, with one row for each answer of the batch.
    ///
    /// # Errors
    /// When a table cannot be read.
    fn run<B: Backend>(&self, backend: &B, batch: &Self::Batch) -> Result<Vec<B::Column>, B::Error>;

    /// What the decrypted fields of all answers mean: for each answer a value for each column but the first. `None`
    /// where the fields contradict each other: that stops the release.
    fn decode(&self, setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>>;

    /// For planning without files: batches of one answer each (or of a list, where one answer needs the others), from the
    /// smallest kind to the largest, with what they are about: "a household of 2 amounts".
    fn samples(&self, setting: &Setting<'_>) -> Vec<(String, Planned<Self::Batch>)>;
}

/// What it means that somebody has no record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WithoutRecord {
    /// That is how it is with most people: somebody without a record has no arrear, or was not seen.
    Usual,
    /// It is a fault, or counts as an amount, or leaves somebody out.
    ChangesAnswers {
        /// The smallest share that must have a record.
        matched_at_least: f64,
    },
}

/// What can be read from the `[analysis]` section: every type that serde reads, and [`Question`](super::Question), which
/// looks at the `kind` first.
pub trait FromSection: Sized {
    /// Reads the section of an agreement.
    ///
    /// # Errors
    /// When it is not this analysis's section: another kind, a missing or unknown key, a value of the wrong type.
    fn from_section(section: &Section<'_>) -> Result<Self, AgreementError>;
}

impl<T: DeserializeOwned> FromSection for T {
    fn from_section(section: &Section<'_>) -> Result<Self, AgreementError> {
        section.read()
    }
}

/// The shape of an analysis under an agreement with these datasets, after all that must hold of the two together was
/// checked.
///
/// # Errors
/// When a rule is broken.
pub(crate) fn checked_shape(
    analysis: &impl Program,
    datasets: &[Dataset],
    disclosure: &Disclosure,
) -> Result<Shape, AgreementError> {
    let setting = Setting::new(analysis.datasets(), datasets, disclosure)?;
    let shape = analysis.shape(&setting)?;
    shape.check(&setting, |fields| analysis.decode(&setting, fields))?;
    Ok(shape)
}
