//! At how many agencies does a person have a payment arrear? docs/analyses/debt_count.md has the law and the cost.

use serde::Deserialize;

use super::arrears::{Arrears, Missing};
use super::counts::{self, Batch};
use super::picture::{self, Distribution};
use super::{Analysis, Description, Picture, Records, Released, Setting};
use crate::agreement::{AgreementError, Dataset, Section};
use crate::answer::{Answer, Value};
use crate::cases::CaseError;
use crate::cases::people::People;
use crate::language::Language;
use crate::rows::Rows;
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

impl Analysis for DebtCount {
    type Cases = People;
    type Batch = Batch;

    fn from_section(section: &Section<'_>) -> Result<Self, AgreementError> {
        section.read()
    }

    fn datasets(&self) -> &[String] {
        &self.datasets
    }

    fn describe(&self, setting: &Setting<'_>, language: Language) -> Description {
        let names: Vec<&str> = self.datasets.iter().map(String::as_str).collect();
        let datasets = language.and(&names);
        let in_arrear = self.arrears().in_arrear(setting, language);
        let most = self.datasets.len();
        let question = language.pick(
            format!(
                "For each person, once: at how many of {datasets} is this person {in_arrear}? The answer is a number \
                 from 0 to {most}."
            ),
            format!(
                "Voor elke persoon, één keer: bij hoeveel van {datasets} is deze persoon {in_arrear}? Het antwoord is \
                 een getal van 0 tot en met {most}."
            ),
        );
        let terms = self.arrears().terms(setting, language);
        Description { question, terms, in_the_clear: counts::in_the_clear(language) }
    }

    fn pictures(
        &self,
        _setting: &Setting<'_>,
        _cases: Option<&People>,
        answer: &Answer,
        language: Language,
    ) -> Option<Vec<Picture>> {
        let most = self.datasets.len() as i64;
        let number = |value: &Value| picture::whole(value).filter(|number| (0..=most).contains(number));
        let answers = answer.values().map(|(_, values)| number(&values[0])).collect::<Option<_>>()?;
        let title = language.pick(
            "At how many agencies people have a payment arrear",
            "Bij hoeveel instanties mensen een betalingsachterstand hebben",
        );
        Some(vec![Picture::Distribution(Distribution {
            title: title.to_owned(),
            what: language.pick("agencies", "instanties").to_owned(),
            numbers: (0..=most).collect(),
            is_amount: true,
            answers,
        })])
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

    fn cases(&self, rows: &mut dyn Rows) -> Result<People, CaseError> {
        People::from_rows(rows)
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
