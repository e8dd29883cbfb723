//! How many people does each group have, and what is their average? docs/analyses/group_mean.md has the law, the
//! circuit and the limits.

use std::io::Read;

use serde::Deserialize;

use super::totals::{self, Missing, Totals, Variance};
use super::{MAX_FIELDS, Program, Records, Released, Setting};
use crate::agreement::{AgreementError, Dataset, Section};
use crate::answer::Value;
use crate::cases::CaseError;
use crate::cases::groups::{Group, Groups};
use drempel_fhe::circuit::{Backend, Cell, Encoding, Scale};

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

    /// How one dataset is added up.
    fn totals_of(&self, setting: &Setting<'_>, dataset: &Dataset) -> Totals {
        Totals::new(dataset.span(), setting.disclosure, self.max_group, self.variance)
    }

    fn totals(&self, setting: &Setting<'_>) -> Vec<Totals> {
        setting.datasets.iter().map(|dataset| self.totals_of(setting, dataset)).collect()
    }

    /// The records of a group's people in each dataset.
    fn records(
        &self,
        setting: &Setting<'_>,
        group: Group<'_>,
        records: &Records<'_>,
    ) -> Result<Vec<Vec<Cell>>, CaseError> {
        totals::check_size(group, self.max_group)?;
        let of_dataset = |(table, dataset): (usize, &&Dataset)| {
            let datasets = std::slice::from_ref(dataset);
            let mut cells = Vec::new();
            for (member, person) in group.members().enumerate() {
                let found = records.row(table, person).map(|row| Cell { table, row });
                cells.extend(self.missing.record(found, group.line(member), datasets)?);
            }
            totals::check_number(group, &cells, datasets, setting.disclosure)?;
            Ok(cells)
        };
        setting.datasets.iter().enumerate().map(of_dataset).collect()
    }
}

impl Program for GroupMean {
    type Cases = Groups;
    type Batch = totals::Batch;

    fn from_section(section: &Section<'_>) -> Result<Self, AgreementError> {
        section.read()
    }

    fn datasets(&self) -> &[String] {
        &self.datasets
    }

    fn check(&self, setting: &Setting<'_>) -> Result<(), AgreementError> {
        totals::check(&setting.datasets, setting.disclosure, self.max_group, self.variance)?;
        if self.released(setting).fields.len() > MAX_FIELDS {
            return Err(AgreementError::Analysis(
                "too many sums for one answer: name fewer datasets, or lower max_group or the datasets' max",
            ));
        }
        Ok(())
    }

    fn encoding(&self, setting: &Setting<'_>, dataset: &Dataset) -> Encoding {
        self.totals_of(setting, dataset).encoding()
    }

    fn released(&self, setting: &Setting<'_>) -> Released {
        let fields = self.totals(setting).iter().flat_map(Totals::fields).collect();
        Released { scale: Scale::Sums, fields }
    }

    fn columns(&self) -> Vec<String> {
        let mut columns = vec!["group".to_owned()];
        for dataset in &self.datasets {
            let prefix = if self.datasets.len() == 1 { String::new() } else { format!("{dataset}.") };
            let variance = (self.variance == Variance::Released).then_some("variance");
            let names = ["number", "mean"].into_iter().chain(variance);
            columns.extend(names.map(|name| format!("{prefix}{name}")));
        }
        columns
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

    fn read_cases(&self, input: &mut dyn Read) -> Result<Groups, CaseError> {
        Groups::from_csv(input)
    }

    fn batches(
        &self,
        setting: &Setting<'_>,
        groups: &Groups,
        records: &Records<'_>,
        indices: &[usize],
    ) -> Result<Vec<totals::Batch>, CaseError> {
        let found = |index: &usize| Ok((*index, self.records(setting, groups.get(*index), records)?));
        totals::batches(&self.totals(setting), indices.iter().map(found))
    }

    fn samples(&self, setting: &Setting<'_>) -> Vec<(String, totals::Batch)> {
        totals::samples(&self.totals(setting), setting.disclosure, self.max_group)
    }

    fn answer_indices<'b>(&self, batch: &'b totals::Batch) -> &'b [usize] {
        batch.answer_indices()
    }

    fn run<B: Backend>(&self, backend: &B, batch: &totals::Batch) -> Result<Vec<B::Column>, B::Error> {
        batch.run(backend)
    }
}
