//! How many households of each area meet some conditions? docs/analyses/area_count.md has the definition, the circuit
//! and the cost.

use drempel_fhe::circuit::{Backend, Cell, Scale};

use super::household_sum::Folded;
use super::program::{Program, WithoutRecord};
use super::records::{Asked, Planned};
use super::setting::Setting;
use super::shape::{Released, Shape};
use super::value::Value;
use crate::agreement::AgreementError;
use crate::cases::CaseError;
use crate::cases::areas::{Areas, Region};
use crate::rows::Rows;

mod batch;
mod circuit;
mod condition;
mod section;
mod suppression;

pub use batch::Batch;
pub use condition::{Against, Condition};
pub use section::AreaCount;

use batch::Total;
use circuit::{Circuit, IS_AREA, IS_TOTAL, OFFSET};
use suppression::{MAX_HOUSEHOLDS, MAX_REST};

/// Areas without a total that share a batch.
const BATCH: usize = 8;

impl Program for AreaCount {
    type Cases = Areas;
    type Batch = Batch;

    fn without_record(&self, dataset: &str) -> WithoutRecord {
        let reads = |condition: &&Condition| condition.datasets().iter().any(|name| name == dataset);
        let shares = self.conditions().iter().filter(reads).filter_map(Condition::matched_at_least);
        WithoutRecord::ChangesAnswers { matched_at_least: shares.fold(0.0, f64::max) }
    }

    fn datasets(&self) -> &[String] {
        self.condition.datasets()
    }

    fn shape(&self, setting: &Setting<'_>) -> Result<Shape, AgreementError> {
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
        let missed = self.reached.as_ref().map(|_| "missed");
        let columns = ["area", "at_risk"].into_iter().chain(missed);
        let count = -OFFSET..=MAX_HOUSEHOLDS as i64 - OFFSET;
        let missed = missed.map(|_| count.clone());
        let kind = self.totals.as_ref().map(|_| IS_AREA..=IS_TOTAL);
        let fields = [Some(count), missed, kind].into_iter().flatten().collect();
        Ok(Shape::new(setting, columns, |dataset| self.input(setting, dataset))
            .releasing(Released { scale: Scale::Slots, fields })
            .separable(self.totals.is_none()))
    }

    fn cases(&self, rows: &mut dyn Rows) -> Result<Areas, CaseError> {
        Areas::from_rows(rows, self.totals.as_deref(), self.condition.line_columns())
    }

    fn batches(&self, asked: &Asked<'_, Areas>) -> Result<Vec<Planned<Batch>>, CaseError> {
        let mut is_asked = vec![false; asked.cases.iter().map(Region::answers).sum()];
        asked.indices.iter().for_each(|index| is_asked[*index] = true);
        let mut batches = Vec::new();
        let (mut pending, mut indices) = (self.pending(), Vec::new());
        let mut next = 0;
        for region in asked.cases.iter() {
            let answers = next..next + region.answers();
            next = answers.end;
            // A total and its areas are one circuit: whoever asks for one of them asks for all.
            if !answers.clone().any(|index| is_asked[index]) {
                continue;
            }
            let mut smallest = MAX_HOUSEHOLDS;
            for area in region.areas() {
                smallest = smallest.min(self.add(asked, &mut pending, area)?);
            }
            indices.extend(answers);
            let total = Self::total(region, smallest);
            if total.is_some() || indices.len() == BATCH {
                let pending = std::mem::replace(&mut pending, self.pending());
                let batch = self.finish(asked.setting, pending, total);
                batches.push(Planned { indices: std::mem::take(&mut indices), batch });
            }
        }
        if !indices.is_empty() {
            batches.push(Planned { indices, batch: self.finish(asked.setting, pending, None) });
        }
        Ok(batches)
    }

    fn run<B: Backend>(&self, backend: &B, batch: &Batch) -> Result<Vec<B::Column>, B::Error> {
        Circuit { analysis: self, backend, batch }.run()
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

    fn samples(&self, setting: &Setting<'_>) -> Vec<(String, Planned<Batch>)> {
        let sample = |households: usize, most: bool| {
            let mut pending = self.pending();
            let areas = if self.totals.is_some() { 2 } else { 1 };
            let mut fewest = 0;
            for place in 0..areas * households {
                for (condition, folded) in self.condition.iter().zip(&mut pending.folded) {
                    let addends = if most { condition.max_addends } else { condition.datasets.len() };
                    fewest += addends;
                    // Everybody has a share of a bin.
                    let cells =
                        (0..addends).map(|row| Cell { table: 0, row: place * addends + row }).collect();
                    folded.push(Folded { cells, line: 1 << condition.bits(setting).count, ceiling: 0 });
                }
            }
            (0..areas).for_each(|_| pending.batch.push(households));
            let amounts = fewest / (areas * households);
            let total = (areas == 2).then(|| Total::over(areas, households.min(MAX_REST as usize) as i64));
            let indices = Vec::from_iter(0..areas + usize::from(total.is_some()));
            let about = if areas == 1 { "an area" } else { "a total over two areas, each" };
            let label = format!("{about} of {households} households of {amounts} amounts");
            (label, Planned { indices, batch: self.finish(setting, pending, total) })
        };
        vec![sample(Self::minimum(setting), false), sample(self.max_households, true)]
    }
}
