//! How many households of each area meet some conditions? docs/analyses/area_count.md has the definition, the circuit
//! and the cost.

use std::io::Read;

use serde::Deserialize;

use super::household_sum::Folded;
use super::{Analysis, Description, Records, Released, Setting};
use crate::agreement::{AgreementError, Dataset, Section};
use crate::answer::Value;
use crate::cases::CaseError;
use crate::cases::areas::{Areas, Region};
use crate::circuit::{Backend, Cell, CircuitError, Encoding, LookupTable, Scale, radix};
use crate::language::Language;

mod batch;
mod condition;
mod suppression;

pub use batch::Batch;
pub use condition::Condition;

use batch::{Compared, Total};
use suppression::{MAX_HOUSEHOLDS, MAX_REST, Mark};

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
    /// Whether a household is at risk whose conditions hold as the bits of `index` say, the first condition's lowest.
    fn is_at_risk(&self, index: i64) -> bool {
        let place = |name: &String| self.condition.iter().position(|condition| condition.name == *name);
        let holds = |name: &String| place(name).is_some_and(|place| index >> place & 1 == 1);
        self.at_risk.iter().any(|all| all.iter().all(holds))
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
            if !self.at_risk.iter().flatten().any(|used| *used == name) {
                return Err(AgreementError::Analysis("every condition must have a place in at_risk"));
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
        for name in self.at_risk.iter().flatten() {
            if !self.condition.iter().any(|condition| condition.name == *name) {
                let (wanted_by, what) = ("at_risk".to_owned(), "condition");
                return Err(AgreementError::Unknown { wanted_by, what, name: name.clone() });
            }
        }
        if self.at_risk.iter().any(Vec::is_empty) {
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

    /// For each household of a batch, a bit: whether it is at risk.
    fn bits<B: Backend>(&self, backend: &B, batch: &Batch) -> Result<B::Column, CircuitError> {
        let households = batch.households();
        let mut index: Option<B::Column> = None;
        for (place, (condition, compared)) in self.condition.iter().zip(&batch.conditions).enumerate() {
            for Compared { comparison, household_of } in compared {
                let bits = radix::choose(backend, comparison, condition.weights(1 << place))?;
                let bits = backend.sum_by(&bits, household_of, households);
                index = Some(match index {
                    Some(index) => backend.add(&index, &bits),
                    None => bits,
                });
            }
        }
        let index = index.expect("an area has a household, and an agreement a condition");
        if self.condition.len() == 1 {
            return Ok(index);
        }
        let last = (1 << self.condition.len()) - 1;
        let joined = LookupTable::new(0..=last, |index| i64::from(self.is_at_risk(index)));
        backend.lookup(&index, &vec![joined; households])
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
        let all = |all: &Vec<String>| language.and(&all.iter().map(String::as_str).collect::<Vec<_>>());
        let ways: Vec<String> = self.at_risk.iter().map(all).collect();
        let ways = ways.join(language.pick("; or ", "; of "));
        let minimum = Self::minimum(setting);
        let question = language.pick(
            format!(
                "For each area, once: how many of its households meet these conditions: {ways}? A count below {minimum} \
                 is suppressed before anybody can read it."
            ),
            format!(
                "Voor elk gebied, één keer: hoeveel van de huishoudens voldoen aan deze voorwaarden: {ways}? Een aantal \
                 onder {minimum} wordt onderdrukt voordat iemand het kan lezen."
            ),
        );
        let households = language.pick("households per area", "huishoudens per gebied");
        let to = language.pick("to", "tot en met");
        let mut terms = vec![(households.to_owned(), format!("{minimum} {to} {}", self.max_households))];
        let condition = |condition: &Condition| (condition.name.clone(), condition.describe(language));
        terms.extend(self.condition.iter().map(condition));
        if let Some(totals) = &self.totals {
            terms.push((
                language.pick("totals", "totalen").to_owned(),
                language.pick(
                    format!("by {totals}; where one area is suppressed, so is at least one other of the same total"),
                    format!(
                        "per {totals}; waar één gebied is onderdrukt, is dat ook ten minste één ander van hetzelfde totaal"
                    ),
                ),
            ));
        }
        let lines = match self.line_columns.is_empty() {
            true => "",
            false => language.pick(", its lines", ", de eigen grenzen"),
        };
        let in_the_clear = language.pick(
            format!("for each household: an identifier, its members, its area{lines}"),
            format!("van elk huishouden: een aanduiding, de leden, het gebied{lines}"),
        );
        Description { question, terms, in_the_clear }
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
        let fields = match self.totals {
            Some(_) => vec![count, IS_AREA..=IS_TOTAL],
            None => vec![count],
        };
        Released { scale: Scale::Slots, fields }
    }

    fn columns(&self) -> Vec<String> {
        ["area", "at_risk"].map(str::to_owned).into()
    }

    fn outcome(&self, setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
        let minimum = Self::minimum(setting) as i64;
        let mut values = Vec::new();
        // Since the last total: the sum of what is shown, and how many areas are not.
        let (mut sum, mut hidden) = (0, 0);
        for fields in fields {
            let count = fields[0] + OFFSET;
            if (1..minimum).contains(&count) {
                return None;
            }
            let shown = match fields.get(1) {
                Some(&IS_TOTAL) => {
                    let (shown, hidden) = (std::mem::take(&mut sum), std::mem::take(&mut hidden));
                    match (hidden, count) {
                        (0, 0) => Some(shown),
                        // Nothing is hidden, or a single area: no honest program says so.
                        (0 | 1, _) => return None,
                        (_, 0) => None,
                        (_, rest) => Some(shown + rest),
                    }
                }
                _ => {
                    sum += count;
                    hidden += usize::from(count == 0);
                    (count > 0).then_some(count)
                }
            };
            values.push(vec![shown.map_or(Value::Suppressed, Value::Number)]);
        }
        let is_whole = self.totals.is_none() || fields.last().is_none_or(|last| last[1] == IS_TOTAL);
        is_whole.then_some(values)
    }

    fn is_separable(&self) -> bool {
        self.totals.is_none()
    }

    fn read_cases(&self, input: &mut dyn Read) -> Result<Areas, CaseError> {
        Areas::from_csv(input, self.totals.as_deref(), &self.line_columns)
    }

    fn batches(
        &self,
        setting: &Setting<'_>,
        areas: &Areas,
        records: &Records<'_>,
        places: &[usize],
    ) -> Result<Vec<Batch>, CaseError> {
        let mut asked = vec![false; areas.iter().map(Region::answers).sum()];
        places.iter().for_each(|place| asked[*place] = true);
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
            for area in region.areas() {
                self.add(setting, records, &mut pending, area)?;
            }
            of_pending.extend(answers);
            let total = Self::total(region);
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
                    folded.push((place, Folded { cells: vec![Cell { table: 0, row: 0 }; addends], line: 0 }));
                }
            }
            (0..areas).for_each(|_| pending.batch.push(households));
            let amounts = fewest / (areas * households);
            let total = (areas == 2).then(|| Total::over(areas, households.min(MAX_REST as usize) as i64));
            let places = Vec::from_iter(0..areas + usize::from(total.is_some()));
            let about = if areas == 1 { "an area" } else { "a total over two areas, each" };
            let label = format!("{about} of {households} households of {amounts} amounts");
            (label, self.finish(setting, pending, places, total))
        };
        vec![sample(Self::minimum(setting), false), sample(self.max_households, true)]
    }

    fn answered<'b>(&self, batch: &'b Batch) -> &'b [usize] {
        &batch.places
    }

    fn run<B: Backend>(&self, backend: &B, batch: &Batch) -> Result<Vec<B::Column>, CircuitError> {
        let (minimum, areas) = (batch.minimum, batch.areas);
        let bits = self.bits(backend, batch)?;
        let counts = suppression::count(backend, &bits, &batch.chunk_of, &batch.area_of, areas)?;
        let Some(total) = &batch.total else {
            let hidden = suppression::below(backend, &counts, areas, minimum, Mark::Hidden)?;
            let shown = suppression::shown(backend, &counts, &hidden, areas)?;
            let offset = backend.constant(&vec![-OFFSET; areas], Scale::Slots);
            return Ok(vec![backend.add(&suppression::number(backend, &shown), &offset)]);
        };
        // What is hidden in one area of a group is hidden in all.
        let mut hidden = suppression::below(backend, &counts, areas, minimum, Mark::Bit)?;
        for round in 1..=total.rounds {
            let next = backend.sum_by(&hidden, &total.next_of, areas);
            let mark = if round == total.rounds { Mark::Hidden } else { Mark::Bit };
            hidden = suppression::any(backend, &backend.add(&hidden, &next), areas, mark)?;
        }
        let shown = suppression::shown(backend, &counts, &hidden, areas)?;
        let rest = suppression::total(backend, suppression::rest(backend, &counts, &shown), areas)?;
        let rest = suppression::within(backend, &rest, 1, minimum, total.largest)?;
        // The areas' rows, and the total's after them.
        let answers = areas + 1;
        let number =
            |counts, rows: Vec<usize>| backend.sum_by(&suppression::number(backend, counts), &rows, answers);
        let areas_shown = number(&shown, (0..areas).collect());
        let rest_shown = number(&rest, vec![areas]);
        let offset = backend.constant(&vec![-OFFSET; answers], Scale::Slots);
        let count = backend.add(&backend.add(&areas_shown, &rest_shown), &offset);
        let mut kinds = vec![IS_AREA; areas];
        kinds.push(IS_TOTAL);
        Ok(vec![count, backend.constant(&kinds, Scale::Slots)])
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
