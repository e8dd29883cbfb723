//! Does a person have payment arrears at several agencies? docs/analyses/debt_alarm.md has the law and the cost.

use drempel_fhe::circuit::Backend;
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

/// `[analysis]` with `kind = "debt_alarm"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DebtAlarm {
    #[serde(rename = "kind")]
    _kind: Kind,
    datasets: Vec<String>,
    above: i64,
    missing: Missing,
    at_least: usize,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    DebtAlarm,
}

impl DebtAlarm {
    /// An arrear of more than this many cents counts.
    pub fn above(&self) -> i64 {
        self.above
    }

    /// What it means that an agency has no record of a person.
    pub fn missing(&self) -> Missing {
        self.missing
    }

    /// At how many agencies an arrear makes the answer yes.
    pub fn at_least(&self) -> usize {
        self.at_least
    }

    fn arrears(&self) -> Arrears {
        Arrears { above: self.above, missing: self.missing }
    }
}

impl Program for DebtAlarm {
    type Cases = People;
    type Batch = Batch;

    fn without_record(&self, _: &str) -> WithoutRecord {
        self.arrears().without_record()
    }

    fn datasets(&self) -> &[String] {
        &self.datasets
    }

    fn shape(&self, setting: &Setting<'_>) -> Result<Shape, AgreementError> {
        let shape = self.arrears().shape(setting, "alarm", Released::yes_or_no())?;
        if !(1..=setting.datasets.len()).contains(&self.at_least) {
            return Err(AgreementError::Analysis("at_least must be 1 to the number of datasets"));
        }
        Ok(shape)
    }

    fn cases(&self, rows: &mut dyn Rows) -> Result<People, CaseError> {
        People::from_rows(rows)
    }

    fn batches(&self, asked: &Asked<'_, People>) -> Result<Vec<Planned<Batch>>, CaseError> {
        self.arrears().batches(asked)
    }

    fn run<B: Backend>(&self, backend: &B, batch: &Batch) -> Result<Vec<B::Column>, B::Error> {
        let agencies = self.datasets.len();
        Ok(vec![counts::at_least(backend, batch, agencies, self.at_least)?])
    }

    fn decode(&self, _setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
        Some(Released::read_yes_or_no(fields))
    }

    fn samples(&self, _setting: &Setting<'_>) -> Vec<(String, Planned<Batch>)> {
        vec![counts::sample(self.datasets.len())]
    }
}
