//! The questions that can be asked, each one file, each written once for every [`Backend`].

use std::io::Read;
use std::ops::RangeInclusive;

use crate::agreement::{AgreementError, Dataset, Disclosure, Section};
use crate::answer::{Answer, Value};
use crate::cases::{CaseError, Cases};
use crate::encrypted_answer::Provenance;
use crate::language::Language;
use crate::rows::{CsvRows, Rows};
use crate::units::SubjectIds;
use drempel_fhe::circuit::{Backend, Cell, Encoding, Scale};

pub mod area_count;
pub mod arrears;
pub mod counts;
pub mod debt_alarm;
pub mod debt_count;
mod description;
pub mod eligibility;
pub mod group_comparison;
pub mod group_mean;
mod household_sum;
pub mod matching;
pub mod picture;
mod plain_words;
pub mod presence;
mod question;
pub mod ranking;
#[cfg(test)]
pub(crate) mod test_analysis;
pub mod totals;

pub use area_count::AreaCount;
pub use debt_alarm::DebtAlarm;
pub use debt_count::DebtCount;
pub use description::Description;
pub use eligibility::Eligibility;
pub use group_comparison::GroupComparison;
pub use group_mean::GroupMean;
pub use matching::Matching;
pub use picture::Picture;
pub use plain_words::PlainWords;
pub use presence::Presence;
pub use question::Question;
pub use ranking::Ranking;

/// One kind of question. The type itself is the agreement's `[analysis]` section.
///
/// docs/adding-an-analysis.md walks through one; examples/own_analysis.rs defines one outside this crate.
pub trait Analysis: Sized + Send + Sync {
    /// What the evaluator knows in the clear: about whom or what it asks.
    type Cases: Cases;

    /// Answers that share one circuit, with what that circuit needs in the clear.
    type Batch: Send + Sync;

    /// Reads the section of an agreement.
    ///
    /// # Errors
    /// When it is not this analysis's section: another kind, a missing or unknown key, a value of the wrong type.
    fn from_section(section: &Section<'_>) -> Result<Self, AgreementError>;

    /// The names of the datasets it reads, in the order in which tables are numbered.
    fn datasets(&self) -> &[String];

    /// What is asked, in one language, for whoever must approve it.
    fn describe(&self, setting: &Setting<'_>, language: Language) -> Description;

    /// What was asked about one subject, for an explanation of its answer. Give words of your own where the question
    /// means more to a person when it has that person's own numbers in it.
    fn plain_words(
        &self,
        setting: &Setting<'_>,
        _cases: &Self::Cases,
        _place: usize,
        evaluator: &str,
        language: Language,
    ) -> PlainWords {
        PlainWords::of(&self.describe(setting, language), evaluator, language)
    }

    /// What the released values of one subject mean, in a sentence; nothing where they speak for themselves.
    fn meaning(
        &self,
        _setting: &Setting<'_>,
        _cases: &Self::Cases,
        _place: usize,
        _values: &[Value],
        _language: Language,
    ) -> Option<String> {
        None
    }

    /// What the released answers are as pictures, for a report; nothing where the values cannot be answers of this
    /// analysis. Give pictures of your own where a list says too much, or not enough.
    fn pictures(
        &self,
        _setting: &Setting<'_>,
        _cases: Option<&Self::Cases>,
        _answer: &Answer,
        language: Language,
    ) -> Option<Vec<Picture>> {
        Some(vec![Picture::list(self.columns(), language)])
    }

    /// Checks the section against the datasets it names and the disclosure.
    ///
    /// # Errors
    /// When a rule is broken.
    fn check(&self, setting: &Setting<'_>) -> Result<(), AgreementError>;

    /// How every amount of a dataset is encrypted.
    fn encoding(&self, setting: &Setting<'_>, dataset: &Dataset) -> Encoding;

    /// Whether an amount above `max` may be encrypted as `max` because no answer can depend on the difference.
    fn clamps(&self, _setting: &Setting<'_>, _dataset: &Dataset) -> bool {
        false
    }

    /// What is decrypted of each answer. Anything outside these ranges stops a release.
    fn released(&self, setting: &Setting<'_>) -> Released;

    /// The columns of the released answers, the name of the subject's first, all different:
    /// `["household", "eligible"]`.
    fn columns(&self) -> Vec<String>;

    /// What the decrypted fields of all answers mean: for each answer a value for each column but the first. Nothing
    /// where the fields contradict each other: that stops the release.
    fn decode(&self, setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>>;

    /// Whether each answer follows from its own rows alone, so that a share of the answers can be evaluated again
    /// without the others.
    fn is_separable(&self) -> bool {
        true
    }

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

    /// Checks the cases against the agreement, finds their records, and sorts the answers at the given indices (all of
    /// them, or those that an auditor has drawn) into batches.
    ///
    /// # Errors
    /// When a case breaks a rule of the agreement.
    fn batches(
        &self,
        setting: &Setting<'_>,
        cases: &Self::Cases,
        records: &Records<'_>,
        indices: &[usize],
    ) -> Result<Vec<Self::Batch>, CaseError>;

    /// For planning without files: batches of one answer each (or of a list, where one answer needs the others), from the
    /// smallest kind to the largest, with what they are about: "a household of 2 amounts".
    fn samples(&self, setting: &Setting<'_>) -> Vec<(String, Self::Batch)>;

    /// Which answers (by their index) a batch gives, in the order of the program's columns.
    fn answer_indices<'b>(&self, batch: &'b Self::Batch) -> &'b [usize];

    /// The program: a column for each released field, with one row for each answer of the batch.
    ///
    /// # Errors
    /// When a table cannot be read.
    fn run<B: Backend>(&self, backend: &B, batch: &Self::Batch) -> Result<Vec<B::Column>, B::Error>;
}

/// Whether each answer is its one bit, 1 for yes, and nothing more: blinded answers are opened and read as that.
pub(crate) fn is_single_bit(analysis: &impl Analysis, setting: &Setting<'_>) -> bool {
    if !analysis.released(setting).is_yes_or_no() || analysis.columns().len() != 2 {
        return false;
    }
    let answers = [false, true].map(|yes| vec![Value::YesNo(yes)]);
    analysis.decode(setting, &[vec![0], vec![1]]).is_some_and(|values| values == answers)
}

/// What an analysis sees of the agreement beside its own section.
#[derive(Clone, Debug)]
pub struct Setting<'a> {
    /// The analysis's datasets, in its own order.
    pub datasets: Vec<&'a Dataset>,
    /// Who receives how many answers, and how small a group may be.
    pub disclosure: &'a Disclosure,
}

/// Refuses datasets whose amounts may not be added up.
///
/// # Errors
/// [`AgreementError::IncompatibleDatasets`], or an error where there is no dataset at all.
pub(crate) fn check_one_concept(datasets: &[&Dataset]) -> Result<(), AgreementError> {
    let Some((first, others)) = datasets.split_first() else {
        return Err(AgreementError::Analysis("datasets must name at least one dataset"));
    };
    for other in others {
        let same = [("unit", first.unit == other.unit), ("concept", first.concept == other.concept)];
        if let Some((what, _)) = same.into_iter().find(|(_, same)| !same) {
            let (left, right) = (first.name.clone(), other.name.clone());
            return Err(AgreementError::IncompatibleDatasets { left, right, what });
        }
    }
    Ok(())
}

/// What is decrypted of each answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released {
    /// How far apart the values lie: packed where they are few, one ciphertext each where they are sums.
    pub scale: Scale,
    /// The values that each field can have.
    pub fields: Vec<RangeInclusive<i64>>,
}

impl Released {
    /// One field of yes or no.
    pub fn yes_or_no() -> Self {
        Self { scale: Scale::Slots, fields: vec![0..=1] }
    }

    /// What such fields mean: 1 is yes.
    pub fn read_yes_or_no(fields: &[Vec<i64>]) -> Vec<Vec<Value>> {
        fields.iter().map(|fields| vec![Value::YesNo(fields[0] == 1)]).collect()
    }

    /// Whether the one field is 0 or 1.
    pub fn is_yes_or_no(&self) -> bool {
        *self == Self::yes_or_no()
    }

    /// Whether every field can be told apart.
    pub(crate) fn is_sound(&self) -> bool {
        let (low, high) = self.scale.values().into_inner();
        let fits =
            |range: &RangeInclusive<i64>| !range.is_empty() && *range.start() >= low && *range.end() <= high;
        (1..=MAX_FIELDS).contains(&self.fields.len()) && self.fields.iter().all(fits)
    }

    /// Whether an answer was made in this form: the same scale and number of fields.
    pub(crate) fn matches_shape(&self, made: &Provenance) -> bool {
        (made.scale, made.fields as usize) == (self.scale, self.fields.len())
    }

    /// Whether the fields of one answer are what they may be.
    pub(crate) fn allows(&self, fields: &[i64]) -> bool {
        self.fields.len() == fields.len()
            && self.fields.iter().zip(fields).all(|(range, value)| range.contains(value))
    }
}

/// The most fields that an answer may have.
pub(crate) const MAX_FIELDS: usize = 64;

/// Where each subject's row is in each table.
#[derive(Debug)]
pub struct Records<'a> {
    /// Nothing when every subject is supposed to have a record.
    tables: Option<Vec<&'a SubjectIds>>,
}

impl<'a> Records<'a> {
    /// The tables' subjects, each table's in ascending order, in the order of the analysis's datasets.
    pub fn new(tables: impl IntoIterator<Item = &'a SubjectIds>) -> Self {
        Self { tables: Some(tables.into_iter().collect()) }
    }

    /// For planning without tables: everybody has a record.
    pub fn complete() -> Self {
        Self { tables: None }
    }

    /// The row of a subject in a table.
    pub fn row(&self, table: usize, subject: &str) -> Option<usize> {
        match &self.tables {
            Some(tables) => tables[table].search(subject),
            None => Some(0),
        }
    }

    /// Every record of a subject who is supposed to have one in a single table: in the first where there are no tables.
    pub fn anywhere(&self, subject: &str) -> Vec<Cell> {
        let tables = self.tables.as_ref().map_or(1, Vec::len);
        let record = |table| self.row(table, subject).map(|row| Cell { table, row });
        (0..tables).filter_map(record).collect()
    }
}
