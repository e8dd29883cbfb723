//! How many people does each group have, and what is their average? docs/analyses/group_mean.md has the law, the
//! circuit and the limits.

use drempel_fhe::circuit::{Backend, Cell, Scale};
use serde::Deserialize;

use super::program::Program;
use super::records::{Asked, Planned};
use super::setting::Setting;
use super::shape::{Input, MAX_FIELDS, Released, Shape};
use super::totals::{self, Missing, Rules, Totals, Variance};
use super::value::Value;
use crate::agreement::{AgreementError, Dataset};
use crate::cases::CaseError;
use crate::cases::groups::{Group, Groups};
use crate::rows::Rows;

/// `[analysis]` with `kind = "group_mean"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupMean {
    #[serde(rename = "kind")]
    _kind: Kind,
    datasets: Vec<String>,
    max_group: u32,
    variance: Variance,
    missing: Missing,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    GroupMean,
}

impl GroupMean {
    /// The most people of one group.
    pub fn max_group(&self) -> u32 {
        self.max_group
    }

    /// Whether the variance is released too.
    pub fn variance(&self) -> Variance {
        self.variance
    }

    /// What a person without a record means.
    pub fn missing(&self) -> Missing {
        self.missing
    }

    fn rules(&self) -> Rules {
        Rules { max_group: self.max_group, variance: self.variance, missing: self.missing }
    }

    /// How each dataset is added up.
    fn totals(&self, setting: &Setting<'_>) -> Vec<Totals> {
        let datasets = setting.datasets.iter();
        datasets.map(|dataset| self.rules().totals(dataset.span(), setting.disclosure)).collect()
    }

    /// The records of a group's people in each dataset.
    fn records(&self, asked: &Asked<'_, Groups>, group: Group<'_>) -> Result<Vec<Vec<Cell>>, CaseError> {
        let Setting { datasets, disclosure } = asked.setting;
        let of_dataset = |(table, dataset): (usize, &&Dataset)| {
            let find = |person: &str, _| Ok(asked.records.find(table, person));
            self.rules().addends(group, std::slice::from_ref(dataset), disclosure, find)
        };
        datasets.iter().enumerate().map(of_dataset).collect()
    }
}

impl Program for GroupMean {
    type Cases = Groups;
    type Batch = totals::Batch;

    fn datasets(&self) -> &[String] {
        &self.datasets
    }

    fn shape(&self, setting: &Setting<'_>) -> Result<Shape, AgreementError> {
        self.rules().check(setting)?;
        let fields: Vec<_> = self.totals(setting).iter().flat_map(Totals::fields).collect();
        if fields.len() > MAX_FIELDS {
            return Err(AgreementError::Analysis(
                "too many sums for one answer: name fewer datasets, or lower max_group or the datasets' max",
            ));
        }
        let mut columns = vec!["group".to_owned()];
        for dataset in &self.datasets {
            let prefix = if self.datasets.len() == 1 { String::new() } else { format!("{dataset}.") };
            let variance = (self.variance == Variance::Released).then_some("variance");
            let names = ["number", "mean"].into_iter().chain(variance);
            columns.extend(names.map(|name| format!("{prefix}{name}")));
        }
        let input = |dataset: &Dataset| {
            Input::new(self.rules().totals(dataset.span(), setting.disclosure).encoding())
        };
        Ok(Shape::new(setting, columns, input).releasing(Released { scale: Scale::Sums, fields }))
    }

    fn cases(&self, rows: &mut dyn Rows) -> Result<Groups, CaseError> {
        Groups::from_rows(rows)
    }

    fn batches(&self, asked: &Asked<'_, Groups>) -> Result<Vec<Planned<totals::Batch>>, CaseError> {
        totals::batches(&self.totals(asked.setting), asked, |group| self.records(asked, group))
    }

    fn run<B: Backend>(&self, backend: &B, batch: &totals::Batch) -> Result<Vec<B::Column>, B::Error> {
        batch.run(backend)
    }

    fn decode(&self, setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
        let totals = self.totals(setting);
        let group = |fields: &Vec<i64>| {
            let mut rest = fields.as_slice();
            let mut values = Vec::new();
            for (totals, dataset) in totals.iter().zip(&setting.datasets) {
                let total = totals.take(&mut rest)?;
                values.push(Value::Number(total.number.into()));
                values.push(Value::Decimal(total.mean(dataset)));
                if self.variance == Variance::Released {
                    values.push(Value::Decimal(total.variance()));
                }
            }
            Some(values)
        };
        fields.iter().map(group).collect()
    }

    fn samples(&self, setting: &Setting<'_>) -> Vec<(String, Planned<totals::Batch>)> {
        self.rules().samples(&self.totals(setting), setting.disclosure)
    }
}
