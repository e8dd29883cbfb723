//! Does a person have payment arrears at several agencies? docs/analyses/debt_alarm.md has the law and the cost.

use serde::Deserialize;

use super::arrears::{Arrears, Missing};
use super::counts::{self, Batch};
use super::{Analysis, Description, Picture, Records, Released, Setting};
use crate::agreement::{AgreementError, Dataset, Section};
use crate::answer::{Answer, Value};
use crate::cases::CaseError;
use crate::cases::people::People;
use crate::language::Language;
use crate::rows::Rows;
use drempel_fhe::circuit::{Backend, Encoding};

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

impl Analysis for DebtAlarm {
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
        let (least, most) = (self.at_least, self.datasets.len());
        let question = language.pick(
            format!(
                "For each person, once: is this person {in_arrear} at {least} or more of {datasets}? The answer is yes \
                 or no."
            ),
            format!(
                "Voor elke persoon, één keer: is deze persoon {in_arrear} bij {least} of meer van {datasets}? Het \
                 antwoord is ja of nee."
            ),
        );
        let mut terms = self.arrears().terms(setting, language);
        let agencies = language.pick("agencies for a yes", "instanties voor een ja").to_owned();
        let of = language.pick("of", "van de");
        terms.push((agencies, format!("{least} {of} {most}")));
        Description { question, terms, in_the_clear: counts::in_the_clear(language) }
    }

    fn pictures(
        &self,
        _setting: &Setting<'_>,
        _cases: Option<&People>,
        answer: &Answer,
        language: Language,
    ) -> Option<Vec<Picture>> {
        let title = language.pick(
            format!("People with a payment arrear at {} agencies or more", self.at_least),
            format!("Mensen met een betalingsachterstand bij {} of meer instanties", self.at_least),
        );
        let yes = language.pick("with an alarm", "met een signaal");
        Some(vec![Picture::share(&title, yes, answer, None)?])
    }

    fn check(&self, setting: &Setting<'_>) -> Result<(), AgreementError> {
        self.arrears().check(setting)?;
        if !(1..=setting.datasets.len()).contains(&self.at_least) {
            return Err(AgreementError::Analysis("at_least must be 1 to the number of datasets"));
        }
        Ok(())
    }

    fn encoding(&self, _setting: &Setting<'_>, dataset: &Dataset) -> Encoding {
        self.arrears().encoding(dataset)
    }

    fn clamps(&self, _setting: &Setting<'_>, dataset: &Dataset) -> bool {
        self.arrears().clamps(dataset)
    }

    fn released(&self, _setting: &Setting<'_>) -> Released {
        Released::yes_or_no()
    }

    fn columns(&self) -> Vec<String> {
        ["person", "alarm"].map(str::to_owned).into()
    }

    fn decode(&self, _setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
        Some(Released::read_yes_or_no(fields))
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
        let agencies = self.datasets.len();
        Ok(vec![counts::at_least(backend, batch, agencies, self.at_least)?])
    }
}
