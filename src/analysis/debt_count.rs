//! At how many agencies does a person have a payment arrear? docs/analyses/debt_count.md has the law and the cost.

use drempel_fhe::circuit::{Backend, Scale};
use serde::Deserialize;

use super::arrears::{Arrears, Missing};
use super::counts::{self, Batch};
use super::program::{Program, WithoutRecord};
use super::records::{Asked, Planned};
use super::setting::Setting;
use super::shape::{Released, Shape};
use super::value::Value;
use crate::agreement::AgreementError;
use crate::cases::CaseError;
use crate::cases::people::People;
use crate::rows::Rows;

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

    fn without_record(&self, _: &str) -> WithoutRecord {
        self.arrears().without_record()
    }

    fn datasets(&self) -> &[String] {
        &self.datasets
    }

    fn shape(&self, setting: &Setting<'_>) -> Result<Shape, AgreementError> {
        let number = 0..=setting.datasets.len() as i64;
        let released = Released { scale: Scale::Slots, fields: vec![number] };
        self.arrears().shape(setting, "agencies", released)
    }

    fn cases(&self, rows: &mut dyn Rows) -> Result<People, CaseError> {
        People::from_rows(rows)
    }

    fn batches(&self, asked: &Asked<'_, People>) -> Result<Vec<Planned<Batch>>, CaseError> {
        self.arrears().batches(asked)
    }

    fn run<B: Backend>(&self, backend: &B, batch: &Batch) -> Result<Vec<B::Column>, B::Error> {
        Ok(vec![counts::count(backend, batch)?])
    }

    fn decode(&self, _setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
        Some(Released::read_numbers(fields))
    }

    fn samples(&self, _setting: &Setting<'_>) -> Vec<(String, Planned<Batch>)> {
        vec![counts::sample(self.datasets.len())]
    }
}
