//! Which of two or more treatments does better, over the patients of several hospitals?
//! docs/analyses/group_comparison.md has the law, the test and the limits.

use drempel_fhe::circuit::{Backend, Cell, Scale};
use serde::Deserialize;

use super::program::Program;
use super::records::{Asked, Planned};
use super::setting::{Setting, check_one_concept};
use super::shape::{Input, Released, Shape};
use super::totals::{self, Missing, Rules, Total, Totals, Variance};
use super::value::Value;
use crate::agreement::{AgreementError, Dataset};
use crate::cases::CaseError;
use crate::cases::groups::{Group, Groups};
use crate::rows::{Position, Rows};
use crate::statistics::{Sample, Welch};

/// `[analysis]` with `kind = "group_comparison"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupComparison {
    #[serde(rename = "kind")]
    _kind: Kind,
    datasets: Vec<String>,
    max_group: u32,
    missing: Missing,
    confidence: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    GroupComparison,
}

impl GroupComparison {
    /// The most people of one group.
    pub fn max_group(&self) -> u32 {
        self.max_group
    }

    /// What a person without a record means.
    pub fn missing(&self) -> Missing {
        self.missing
    }

    /// How sure the intervals are: 0.95 for 95 %.
    pub fn confidence(&self) -> f64 {
        self.confidence
    }

    fn rules(&self) -> Rules {
        Rules { max_group: self.max_group, variance: Variance::Released, missing: self.missing }
    }

    /// All hospitals together have one total.
    fn totals(&self, setting: &Setting<'_>) -> Totals {
        let span = setting.datasets.iter().map(|dataset| dataset.span()).max().unwrap_or(0);
        self.rules().totals(span, setting.disclosure)
    }

    /// The one record of each of a group's people, in whichever dataset it is.
    fn records(&self, asked: &Asked<'_, Groups>, group: Group<'_>) -> Result<Vec<Cell>, CaseError> {
        let Setting { datasets, disclosure } = asked.setting;
        let find = |person: &str, row: Position| match asked.records.anywhere(person)[..] {
            [first, second, ..] => {
                let name = |cell: Cell| datasets[cell.table].name.clone();
                Err(CaseError::SecondRecord { position: row, first: name(first), second: name(second) })
            }
            ref found => Ok(found.first().copied()),
        };
        self.rules().addends(group, datasets, disclosure, find)
    }

    /// What is known of a group, and of its difference with the first one.
    fn values(&self, index: usize, groups: &[Total], dataset: &Dataset) -> Vec<Value> {
        let (total, reference) = (&groups[index], &groups[0]);
        let sample = |total: &Total| Sample { number: total.number, variance: total.variance() };
        let difference = total.above(reference);
        let Welch { low, high, p } = match index {
            0 => Welch::WITH_ITSELF,
            _ => Welch::test(difference, sample(total), sample(reference), self.confidence),
        };
        let decimals = [total.mean(dataset), total.variance(), difference, low, high, p];
        std::iter::once(Value::Number(total.number.into())).chain(decimals.map(Value::Decimal)).collect()
    }
}

impl Program for GroupComparison {
    type Cases = Groups;
    type Batch = totals::Batch;

    fn datasets(&self) -> &[String] {
        &self.datasets
    }

    fn shape(&self, setting: &Setting<'_>) -> Result<Shape, AgreementError> {
        check_one_concept(&setting.datasets)?;
        self.rules().check(setting)?;
        let bounds = |dataset: &Dataset| (dataset.min(), dataset.max());
        if setting.datasets.windows(2).any(|two| bounds(two[0]) != bounds(two[1])) {
            return Err(AgreementError::Analysis(
                "datasets must have the same min and max: their amounts go into one sum",
            ));
        }
        if !(0.5..=0.999).contains(&self.confidence) {
            return Err(AgreementError::Analysis("confidence must be 0.5 to 0.999"));
        }
        let totals = self.totals(setting);
        let columns = ["group", "number", "mean", "variance", "difference", "low", "high", "p"];
        Ok(Shape::new(setting, columns, |_| Input::new(totals.encoding()))
            .releasing(Released { scale: Scale::Sums, fields: totals.fields() }))
    }

    fn cases(&self, rows: &mut dyn Rows) -> Result<Groups, CaseError> {
        Groups::from_rows(rows)
    }

    fn batches(&self, asked: &Asked<'_, Groups>) -> Result<Vec<Planned<totals::Batch>>, CaseError> {
        if asked.cases.len() == 1 {
            return Err(CaseError::OneGroup);
        }
        let records = |group: Group<'_>| Ok(vec![self.records(asked, group)?]);
        totals::batches(&[self.totals(asked.setting)], asked, records)
    }

    fn run<B: Backend>(&self, backend: &B, batch: &totals::Batch) -> Result<Vec<B::Column>, B::Error> {
        batch.run(backend)
    }

    fn decode(&self, setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
        let totals = self.totals(setting);
        let total = |fields: &Vec<i64>| totals.take(&mut fields.as_slice());
        let groups: Vec<Total> = fields.iter().map(total).collect::<Option<_>>()?;
        let dataset = setting.datasets.first()?;
        Some((0..groups.len()).map(|index| self.values(index, &groups, dataset)).collect())
    }

    fn samples(&self, setting: &Setting<'_>) -> Vec<(String, Planned<totals::Batch>)> {
        self.rules().samples(&[self.totals(setting)], setting.disclosure)
    }
}
