//! At how many agencies does a person have a payment arrear? docs/analyses/debt_count.md has the law and the cost.

use std::io::Read;

use serde::Deserialize;

use super::arrears::{Arrears, Missing};
use super::counts::{self, Batch};
use super::{Program, Records, Released, Setting};
use crate::agreement::{AgreementError, Dataset, Section};
use crate::answer::Value;
use crate::cases::CaseError;
use crate::cases::people::People;
use drempel_fhe::circuit::{Backend, Encoding, Scale};

/// `[analysis]` with `kind = "debt_count"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DebtCount {
    #[serde(rename = "kind")]
    _kind: Kind,
    datasets: Vec<String>,
    above: i64,
    missing: Missing,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    DebtCount,
}

impl DebtCount {
    /// An arrear of more than this many cents counts.
    pub fn above(&self) -> i64 {
        self.above
    }

    /// What it means that an agency has no record of a person.
    pub fn missing(&self) -> Missing {
        self.missing
    }

    fn arrears(&self) -> Arrears {
        Arrears { above: self.above, missing: self.missing }
    }
}

impl Program for DebtCount {
    type Cases = People;
    type Batch = Batch;

    fn from_section(section: &Section<'_>) -> Result<Self, AgreementError> {
        section.read()
    }

    fn datasets(&self) -> &[String] {
        &self.datasets
    }

    fn check(&self, setting: &Setting<'_>) -> Result<(), AgreementError> {
        self.arrears().check(setting)
    }

    fn encoding(&self, _setting: &Setting<'_>, dataset: &Dataset) -> Encoding {
        self.arrears().encoding(dataset)
    }

    fn clamps(&self, _setting: &Setting<'_>, dataset: &Dataset) -> bool {
        self.arrears().clamps(dataset)
    }

    fn released(&self, setting: &Setting<'_>) -> Released {
        Released { scale: Scale::Slots, fields: vec![0..=setting.datasets.len() as i64] }
    }

    fn columns(&self) -> Vec<String> {
        ["person", "agencies"].map(str::to_owned).into()
    }

    fn decode(&self, _setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
        Some(fields.iter().map(|fields| vec![Value::Number(fields[0])]).collect())
    }

    fn read_cases(&self, input: &mut dyn Read) -> Result<People, CaseError> {
        People::from_csv(input)
    }

    fn batches(
        &self,
        setting: &Setting<'_>,
        people: &People,
        records: &Records<'_>,
        indices: &[usize],
    ) -> Result<Vec<Batch>, CaseError> {
        self.arrears().batches(setting, people, records, indices)
    }

    fn samples(&self, _setting: &Setting<'_>) -> Vec<(String, Batch)> {
        vec![Batch::sample(self.datasets.len())]
    }

    fn answer_indices<'b>(&self, batch: &'b Batch) -> &'b [usize] {
        batch.people()
    }

    fn run<B: Backend>(&self, backend: &B, batch: &Batch) -> Result<Vec<B::Column>, B::Error> {
        Ok(vec![counts::count(backend, batch)?])
    }
}
