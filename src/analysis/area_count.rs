//! How many households of each area meet some conditions? docs/analyses/area_count.md has the definition, the circuit
//! and the cost.

use serde::Deserialize;

use super::household_sum::Folded;
use super::picture::{self, Area, whole};
use super::{Analysis, Description, Picture, Records, Released, Setting};
use crate::agreement::{AgreementError, Dataset, Section};
use crate::answer::{Answer, Value};
use crate::cases::CaseError;
use crate::cases::areas::{Areas, Region};
use crate::language::Language;
use crate::rows::Rows;
use crate::units::SubjectId;
use drempel_fhe::circuit::{Backend, Cell, Encoding, Scale};

mod batch;
mod condition;
mod describe;
mod program;
mod suppression;

pub use batch::Batch;
pub use condition::Condition;

use batch::Total;
use program::Program;
use suppression::{MAX_HOUSEHOLDS, MAX_REST};

/// `[analysis]` with `kind = "area_count"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaCount {
    #[serde(rename = "kind")]
    _kind: Kind,
    condition: Vec<Condition>,
    /// Any of these lists of which all conditions hold.
    at_risk: Vec<Vec<String>>,
    max_households: usize,
    totals: Option<String>,
    /// The condition of whom a measure has reached: then who is at risk and was missed is counted too.
    reached: Option<String>,
    /// The datasets of all conditions, each once.
    #[serde(skip)]
    datasets: Vec<String>,
    /// The columns of lines in the evaluator's file, each once.
    #[serde(skip)]
    line_columns: Vec<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
enum Kind {
    #[serde(rename = "area_count")]
    AreaCount,
}

/// The most conditions: a lookup reads four bits.
const MAX_CONDITIONS: usize = 4;
/// Areas without a total that share a batch.
const BATCH: usize = 8;
/// A count is released less this, so that 0 to 30 fit the 32 values of a slot.
const OFFSET: i64 = 16;
/// What says that an answer is about an area, or the total over the areas since the last total.
const IS_AREA: i64 = 0;
const IS_TOTAL: i64 = 1;

impl AreaCount {
    /// Whether a household meets a condition, when the conditions that it meets are the bits of `index`, the first
    /// condition's lowest.
    fn meets(&self, index: i64, name: &str) -> bool {
        let place = self.condition.iter().position(|condition| condition.name == name);
        place.is_some_and(|place| (index >> place) & 1 == 1)
    }

    fn is_at_risk(&self, index: i64) -> bool {
        self.at_risk.iter().any(|all| all.iter().all(|name| self.meets(index, name)))
    }

    fn is_reached(&self, index: i64) -> bool {
        self.reached.as_ref().is_some_and(|name| self.meets(index, name))
    }

    fn minimum(setting: &Setting<'_>) -> usize {
        setting.disclosure.minimum_cell as usize
    }

    fn check_names(&self) -> Result<(), AgreementError> {
        if !(1..=MAX_CONDITIONS).contains(&self.condition.len()) {
            return Err(AgreementError::Analysis("give one to four conditions"));
        }
        for (place, condition) in self.condition.iter().enumerate() {
            let (before, name) = (&self.condition[..place], condition.name.clone());
            if before.iter().any(|other| other.name == name) {
                return Err(AgreementError::NamedTwice { what: "condition", name });
            }
            if !self.at_risk.iter().flatten().chain(&self.reached).any(|used| *used == name) {
                return Err(AgreementError::Analysis(
                    "every condition must have a place in at_risk, or be reached",
                ));
            }
            // A dataset is encrypted in one way only.
            let differs = |other: &Condition| {
                let shares = other.datasets.iter().any(|dataset| condition.datasets.contains(dataset));
                let same = other.datasets == condition.datasets && other.max_addends == condition.max_addends;
                shares && !same
            };
            if before.iter().any(differs) {
                return Err(AgreementError::Analysis(
                    "conditions that share a dataset must have the same datasets and max_addends",
                ));
            }
        }
        if self.at_risk.iter().flatten().any(|name| self.reached.as_ref() == Some(name)) {
            return Err(AgreementError::Analysis(
                "who is reached must be a condition that is not in at_risk",
            ));
        }
        for name in self.at_risk.iter().flatten().chain(&self.reached) {
            if !self.condition.iter().any(|condition| condition.name == *name) {
                let (wanted_by, what) = ("at_risk or reached".to_owned(), "condition");
                return Err(AgreementError::Unknown { wanted_by, what, name: name.clone() });
            }
        }
        if self.at_risk.is_empty() || self.at_risk.iter().any(Vec::is_empty) {
            return Err(AgreementError::Analysis(
                "at_risk lists, for each way to be at risk, its conditions",
            ));
        }
        let mut own = ["household", "person", "area"].into_iter().chain(self.totals.as_deref());
        if self
            .totals
            .as_ref()
            .is_some_and(|totals| ["household", "person", "area"].contains(&totals.as_str()))
            || own.any(|name| self.line_columns.iter().any(|column| column == name))
        {
            return Err(AgreementError::Analysis(
                "line_column and totals must each name a column of their own in the evaluator's file",
            ));
        }
        Ok(())
    }
}

impl Analysis for AreaCount {
    type Cases = Areas;
    type Batch = Batch;

    fn from_section(section: &Section<'_>) -> Result<Self, AgreementError> {
        let mut read: Self = section.read()?;
        let conditions = || read.condition.iter();
        let datasets = distinct(conditions().flat_map(|condition| &condition.datasets));
        let line_columns = distinct(conditions().filter_map(|condition| condition.line_column.as_ref()));
        (read.datasets, read.line_columns) = (datasets, line_columns);
        Ok(read)
    }

    fn datasets(&self) -> &[String] {
        &self.datasets
    }

    fn describe(&self, setting: &Setting<'_>, language: Language) -> Description {
        self.description(Self::minimum(setting), language)
    }

    fn pictures(
        &self,
        _setting: &Setting<'_>,
        cases: Option<&Areas>,
        answer: &Answer,
        language: Language,
    ) -> Option<Vec<Picture>> {
        let households = cases.map(households);
        let counted = |column: usize, title: &str, what: &str| {
            let area = |(place, (id, values)): (usize, (&SubjectId, &[Value]))| {
                let count = match values.get(column)? {
                    Value::Suppressed => None,
                    value => Some(whole(value).and_then(|count| u64::try_from(count).ok())?),
                };
                let (of, is_total) = households.as_ref().and_then(|all| all.get(place).copied()).unzip();
                Some(Area { id: id.clone(), count, of, is_total: is_total.unwrap_or(false) })
            };
            let areas = answer.values().enumerate().map(area).collect::<Option<_>>()?;
            Some(Picture::Areas(picture::Areas { title: title.to_owned(), what: what.to_owned(), areas }))
        };
        let at_risk = language.pick("at risk", "met risico");
        let title = language.pick("Households at risk", "Huishoudens met risico");
        let mut pictures = vec![counted(0, title, at_risk)?];
        if self.reached.is_some() {
            let title = language.pick(
                "Households at risk that the measure missed",
                "Huishoudens met risico die de maatregel heeft gemist",
            );
            pictures.push(counted(1, title, language.pick("missed", "gemist"))?);
        }
        Some(pictures)
    }

    fn check(&self, setting: &Setting<'_>) -> Result<(), AgreementError> {
        self.check_names()?;
        self.condition.iter().try_for_each(|condition| condition.check(setting))?;
        if self.max_households > MAX_HOUSEHOLDS || self.max_households < Self::minimum(setting) {
            return Err(AgreementError::Analysis(
                "max_households must be at least minimum_cell and at most 30",
            ));
        }
        if self.totals.is_some() && Self::minimum(setting) as i64 > MAX_REST {
            return Err(AgreementError::Analysis("with totals, minimum_cell must be at most 27"));
        }
        Ok(())
    }

    fn encoding(&self, setting: &Setting<'_>, dataset: &Dataset) -> Encoding {
        let condition = self.condition.iter().find(|condition| condition.datasets.contains(&dataset.name));
        condition.expect("each dataset is a condition's").sum(setting).encoding()
    }

    fn clamps(&self, setting: &Setting<'_>, dataset: &Dataset) -> bool {
        let mut with = self.condition.iter().filter(|condition| condition.datasets.contains(&dataset.name));
        with.all(|condition| condition.clamps(setting, dataset))
    }

    fn released(&self, _setting: &Setting<'_>) -> Released {
        let count = -OFFSET..=MAX_HOUSEHOLDS as i64 - OFFSET;
        let missed = self.reached.as_ref().map(|_| count.clone());
        let kind = self.totals.as_ref().map(|_| IS_AREA..=IS_TOTAL);
        Released { scale: Scale::Slots, fields: [Some(count), missed, kind].into_iter().flatten().collect() }
    }

    fn columns(&self) -> Vec<String> {
        let missed = self.reached.as_ref().map(|_| "missed");
        ["area", "at_risk"].into_iter().chain(missed).map(str::to_owned).collect()
    }

    fn decode(&self, setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
        let minimum = Self::minimum(setting) as i64;
        let mut values = Vec::new();
        // Since the last total: the sum of what is shown, and how many areas are not.
        let (mut sum, mut hidden) = (0, 0);
        for fields in fields {
            let count = fields[0] + OFFSET;
            let missed = self.reached.as_ref().map(|_| fields[1] + OFFSET);
            let is_total = self.totals.is_some() && fields.last() == Some(&IS_TOTAL);
            // Too small to be shown, but for the zero of what is suppressed.
            let others = missed.filter(|missed| *missed > 0).map(|missed| [missed, count - missed]);
            let is_small = |count: i64| count < minimum;
            if count > 0 && is_small(count) || others.is_some_and(|others| others.into_iter().any(is_small)) {
                return None;
            }
            let shown = match is_total {
                true => {
                    let (shown, hidden) = (std::mem::take(&mut sum), std::mem::take(&mut hidden));
                    match (hidden, count) {
                        (0, 0) => Some(shown),
                        // Nothing is hidden, or a single area: no honest program says so.
                        (0 | 1, _) => return None,
                        (_, 0) => None,
                        (_, rest) => Some(shown + rest),
                    }
                }
                false => {
                    sum += count;
                    hidden += usize::from(count == 0);
                    (count > 0).then_some(count)
                }
            };
            let missed = missed.map(|missed| (missed > 0).then_some(missed));
            let shown = [shown].into_iter().chain(missed);
            values.push(shown.map(|count| count.map_or(Value::Suppressed, Value::Number)).collect());
        }
        let is_whole =
            self.totals.is_none() || fields.last().is_none_or(|last| last.last() == Some(&IS_TOTAL));
        is_whole.then_some(values)
    }

    fn is_separable(&self) -> bool {
        self.totals.is_none()
    }

    fn cases(&self, rows: &mut dyn Rows) -> Result<Areas, CaseError> {
        Areas::from_rows(rows, self.totals.as_deref(), &self.line_columns)
    }

    fn batches(
        &self,
        setting: &Setting<'_>,
        areas: &Areas,
        records: &Records<'_>,
        indices: &[usize],
    ) -> Result<Vec<Batch>, CaseError> {
        let mut asked = vec![false; areas.iter().map(Region::answers).sum()];
        indices.iter().for_each(|place| asked[*place] = true);
        let mut batches = Vec::new();
        let (mut pending, mut of_pending) = (self.pending(), Vec::new());
        let mut next = 0;
        for region in areas.iter() {
            let answers = next..next + region.answers();
            next = answers.end;
            // A total and its areas are one circuit: whoever asks for one of them asks for all.
            if !answers.clone().any(|place| asked[place]) {
                continue;
            }
            let mut smallest = MAX_HOUSEHOLDS;
            for area in region.areas() {
                smallest = smallest.min(self.add(setting, records, &mut pending, area)?);
            }
            of_pending.extend(answers);
            let total = Self::total(region, smallest);
            if total.is_some() || of_pending.len() == BATCH {
                let pending = std::mem::replace(&mut pending, self.pending());
                batches.push(self.finish(setting, pending, std::mem::take(&mut of_pending), total));
            }
        }
        if !of_pending.is_empty() {
            batches.push(self.finish(setting, pending, of_pending, None));
        }
        Ok(batches)
    }

    fn samples(&self, setting: &Setting<'_>) -> Vec<(String, Batch)> {
        let sample = |households: usize, most: bool| {
            let mut pending = self.pending();
            let areas = if self.totals.is_some() { 2 } else { 1 };
            let mut fewest = 0;
            for place in 0..areas * households {
                for (condition, folded) in self.condition.iter().zip(&mut pending.folded) {
                    let addends = if most { condition.max_addends } else { condition.datasets.len() };
                    fewest += addends;
                    let cells = vec![Cell { table: 0, row: 0 }; addends];
                    folded.push((place, Folded { cells, line: 0, ceiling: 0 }));
                }
            }
            (0..areas).for_each(|_| pending.batch.push(households));
            let amounts = fewest / (areas * households);
            let total = (areas == 2).then(|| Total::over(areas, households.min(MAX_REST as usize) as i64));
            let indices = Vec::from_iter(0..areas + usize::from(total.is_some()));
            let about = if areas == 1 { "an area" } else { "a total over two areas, each" };
            let label = format!("{about} of {households} households of {amounts} amounts");
            (label, self.finish(setting, pending, indices, total))
        };
        vec![sample(Self::minimum(setting), false), sample(self.max_households, true)]
    }

    fn answer_indices<'b>(&self, batch: &'b Batch) -> &'b [usize] {
        &batch.indices
    }

    fn run<B: Backend>(&self, backend: &B, batch: &Batch) -> Result<Vec<B::Column>, B::Error> {
        Program { analysis: self, backend, batch }.run()
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

/// For each answer, how many households it is about, and whether it is a total.
fn households(areas: &Areas) -> Vec<(u64, bool)> {
    let mut answers = Vec::new();
    for region in areas.iter() {
        let sizes: Vec<u64> = region.areas().map(|area| area.households().len() as u64).collect();
        let total: u64 = sizes.iter().sum();
        answers.extend(sizes.into_iter().map(|size| (size, false)));
        answers.extend(region.total().map(|_| (total, true)));
    }
    answers
}
