//! Is a household's income below its poverty line? docs/analyses/eligibility.md has the law, the circuit and the cost.

use std::io::Read;
use std::ops::RangeInclusive;

use serde::Deserialize;

use super::{Analysis, Description, PlainWords, Records, Released, Setting};
use crate::agreement::{AgreementError, Dataset, Section, Subject};
use crate::answer::Value;
use crate::cases::CaseError;
use crate::cases::households::{Household, Households};
use crate::circuit::radix::{self, Comparison, MAX_ADDENDS, Radix};
use crate::circuit::{Backend, Cell, CircuitError, Encoding};
use crate::language::Language;
use crate::units::MAX_CENTS;

mod words;

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

/// What a member without a record means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Missing {
    /// An error.
    Refuse,
    /// No income.
    Zero,
}

/// Households with equally many addends, so with one number system.
#[derive(Clone, Debug)]
pub struct Batch {
    comparison: Comparison,
    households: Vec<usize>,
}

/// One household's addends and its line after folding in everything that the evaluator knows.
struct Folded {
    household: usize,
    cells: Vec<Cell>,
    line: u64,
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

    /// The lines that a household may have, in cents; nothing where any between [`lines`](Self::lines) is allowed.
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

    fn span(datasets: &[&Dataset]) -> u64 {
        datasets.iter().map(|dataset| dataset.span()).max().unwrap_or(0)
    }

    fn check_known(&self, household: &Household) -> Result<(), CaseError> {
        let line = household.csv_line();
        let poverty_line = household.poverty_line().value();
        let agreed = match &self.norms {
            Some(norms) => norms.contains(&poverty_line),
            None => self.lines().contains(&poverty_line),
        };
        if !agreed {
            return Err(CaseError::LineNotAgreed { line });
        }
        if !self.known().contains(&household.known().value()) {
            return Err(CaseError::KnownNotAgreed { line });
        }
        Ok(())
    }

    /// Finds a household's records and folds what is known in the clear into its line.
    fn fold(
        &self,
        datasets: &[&Dataset],
        index: usize,
        household: &Household,
        records: &Records<'_>,
    ) -> Result<Folded, CaseError> {
        self.check_known(household)?;
        let line = household.csv_line();
        let mut cells = Vec::new();
        let mut addends = 0;
        // With each encoded amount x − min in place of x, the line moves up by −min.
        let mut folded = self.below(household.poverty_line().value()) - household.known().value();
        let mut ceiling = 0;
        for (table, dataset) in datasets.iter().enumerate() {
            let per_person = dataset.subject == Subject::Person;
            let household_alone = std::slice::from_ref(household.id());
            let subjects = if per_person { household.members() } else { household_alone };
            addends += subjects.len();
            if addends > self.max_addends {
                return Err(CaseError::TooManyAddends { line, max: self.max_addends, addends });
            }
            for (place, subject) in subjects.iter().enumerate() {
                match (records.row(table, subject.as_str()), self.missing) {
                    (Some(row), _) => {
                        cells.push(Cell { table, row });
                        folded -= dataset.min().value();
                        ceiling += dataset.span();
                    }
                    (None, Missing::Zero) => {}
                    (None, Missing::Refuse) => {
                        let line = if per_person { household.member_line(place) } else { line };
                        let (dataset, column) = (dataset.name.clone(), dataset.subject.column());
                        return Err(CaseError::MissingRecord { line, column, dataset });
                    }
                }
            }
        }
        // A line of zero or less is evaluated as zero and one above every sum as just above it: both are never and
        // always reached, and nothing else tells such a household from another.
        let line = u64::try_from(folded).unwrap_or(0).min(ceiling + 1);
        Ok(Folded { household: index, cells, line })
    }
}

impl Batch {
    fn new(encoding: &Encoding, radix: Radix, households: Vec<Folded>) -> Self {
        let mut batch = Self {
            comparison: Comparison {
                radix,
                columns: encoding.columns(radix),
                cells: Vec::new(),
                group_of: Vec::new(),
                lines: Vec::new(),
            },
            households: Vec::new(),
        };
        for (group, folded) in households.into_iter().enumerate() {
            let comparison = &mut batch.comparison;
            comparison.group_of.extend(folded.cells.iter().map(|_| group));
            comparison.cells.extend(folded.cells);
            comparison.lines.push(folded.line);
            batch.households.push(folded.household);
        }
        batch
    }
}

impl Analysis for Eligibility {
    type Cases = Households;
    type Batch = Batch;

    fn from_section(section: &Section<'_>) -> Result<Self, AgreementError> {
        section.read()
    }

    fn datasets(&self) -> &[String] {
        &self.datasets
    }

    fn describe(&self, _setting: &Setting<'_>, language: Language) -> Description {
        self.description(language)
    }

    fn plain_words(
        &self,
        setting: &Setting<'_>,
        households: &Households,
        place: usize,
        evaluator: &str,
        language: Language,
    ) -> PlainWords {
        self.words_about(setting, households.get(place), evaluator, language)
    }

    fn meaning(
        &self,
        setting: &Setting<'_>,
        households: &Households,
        place: usize,
        values: &[Value],
        language: Language,
    ) -> Option<String> {
        let is_yes = values == [Value::YesNo(true)];
        Some(self.meaning_for(setting, households.get(place), is_yes, language))
    }

    fn check(&self, setting: &Setting<'_>) -> Result<(), AgreementError> {
        setting.check_one_concept()?;
        let datasets = &setting.datasets;
        if !datasets.iter().all(|set| matches!(set.subject, Subject::Person | Subject::Household)) {
            return Err(AgreementError::Analysis("every dataset's subject must be person or household"));
        }
        if !(1..=MAX_ADDENDS).contains(&self.max_addends) {
            return Err(AgreementError::Analysis("max_addends must be 1 to 8"));
        }
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
        if setting.datasets.len() > self.max_addends {
            return Err(AgreementError::Analysis(
                "max_addends is too low: even a household of one has an amount in every dataset",
            ));
        }
        Ok(())
    }

    fn encoding(&self, setting: &Setting<'_>, _dataset: &Dataset) -> Encoding {
        Encoding::for_sums(self.max_addends, Self::span(&setting.datasets))
    }

    fn clamps(&self, setting: &Setting<'_>, dataset: &Dataset) -> bool {
        // Safe when a single amount of `max` already reaches every line, whatever the other addends are.
        let lowest = setting.datasets.iter().map(|other| other.min().value()).min().unwrap_or(0).min(0);
        let others = (self.max_addends as i64 - 1) * lowest;
        let highest_line = self.below(*self.lines().end()) - self.known_min - others;
        highest_line <= dataset.max().value()
    }

    fn released(&self, _setting: &Setting<'_>) -> Released {
        Released::yes_or_no()
    }

    fn columns(&self) -> Vec<String> {
        ["household", "eligible"].map(str::to_owned).into()
    }

    fn outcome(&self, _setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
        Some(fields.iter().map(|fields| vec![Value::YesNo(fields[0] == 1)]).collect())
    }

    fn read_cases(&self, input: &mut dyn Read) -> Result<Households, CaseError> {
        Households::from_csv(input)
    }

    fn batches(
        &self,
        setting: &Setting<'_>,
        households: &Households,
        records: &Records<'_>,
        places: &[usize],
    ) -> Result<Vec<Batch>, CaseError> {
        let datasets = &setting.datasets;
        let span = Self::span(datasets);
        let encoding = Encoding::for_sums(self.max_addends, span);
        let mut by_size: Vec<Vec<Folded>> = (0..=MAX_ADDENDS).map(|_| Vec::new()).collect();
        let mut batches = Vec::new();
        for index in places.iter().copied() {
            let folded = self.fold(datasets, index, households.get(index), records)?;
            let size = folded.cells.len().max(1);
            by_size[size].push(folded);
            if by_size[size].len() == BATCH {
                let full = std::mem::take(&mut by_size[size]);
                batches.push(Batch::new(&encoding, Radix::for_addends(size, span), full));
            }
        }
        for (size, rest) in by_size.into_iter().enumerate().filter(|(_, rest)| !rest.is_empty()) {
            batches.push(Batch::new(&encoding, Radix::for_addends(size, span), rest));
        }
        Ok(batches)
    }

    fn samples(&self, setting: &Setting<'_>) -> Vec<(String, Batch)> {
        let span = Self::span(&setting.datasets);
        let encoding = Encoding::for_sums(self.max_addends, span);
        let sample = |addends: usize| {
            let cells = vec![Cell { table: 0, row: 0 }; addends];
            let folded = Folded { household: 0, cells, line: 0 };
            let amounts = if addends == 1 { "amount" } else { "amounts" };
            let batch = Batch::new(&encoding, Radix::for_addends(addends, span), vec![folded]);
            (format!("a household of {addends} {amounts}"), batch)
        };
        (1..=self.max_addends).map(sample).collect()
    }

    fn answered<'b>(&self, batch: &'b Batch) -> &'b [usize] {
        &batch.households
    }

    fn run<B: Backend>(&self, backend: &B, batch: &Batch) -> Result<Vec<B::Column>, CircuitError> {
        Ok(vec![radix::below(backend, &batch.comparison)?])
    }
}
