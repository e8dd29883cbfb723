//! How many people does each group have, and what is their average? docs/analyses/group_mean.md has the law, the
//! circuit and the limits.

use std::io::Read;

use serde::Deserialize;

use super::picture::{Interval, Intervals, decimal, shown, whole};
use super::program::Program;
use super::records::{Asked, Planned};
use super::setting::Setting;
use super::shape::{Input, MAX_FIELDS, Released, Shape};
use super::totals::{self, Missing, Rules, Totals, Variance};
use super::value::Value;
use super::{Description, Picture};
use crate::agreement::{AgreementError, Dataset};
use crate::answer::Answer;
use crate::cases::CaseError;
use crate::cases::groups::{Group, Groups};
use crate::language::Language;
use crate::statistics::{Sample, mean_interval};
use crate::units::SubjectId;
use drempel_fhe::circuit::{Backend, Cell, Scale};

/// Of the intervals that a report draws.
const CONFIDENCE: f64 = 0.95;

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

    fn describe(&self, setting: &Setting<'_>, language: Language) -> Description {
        let names: Vec<&str> = self.datasets.iter().map(String::as_str).collect();
        let datasets = language.and(&names);
        let variance = match self.variance {
            Variance::Released => language.pick(", and their variance", ", en de variantie daarvan"),
            Variance::Withheld => "",
        };
        let question = language.pick(
            format!(
                "For each group of people, and for each of {datasets}: how many people have a record, and what is the \
                 mean of their amounts{variance}?"
            ),
            format!(
                "Voor elke groep mensen, en voor elk van {datasets}: hoeveel mensen hebben een gegeven, en wat is het \
                 gemiddelde van hun bedragen{variance}?"
            ),
        );
        let terms = totals::terms(setting.disclosure, self.max_group, self.missing, language);
        Description { question, terms, in_the_clear: totals::in_the_clear(language) }
    }

    fn pictures(
        &self,
        setting: &Setting<'_>,
        _cases: Option<&Groups>,
        answer: &Answer,
        language: Language,
    ) -> Option<Vec<Picture>> {
        let width = if self.variance == Variance::Released { 3 } else { 2 };
        let confidence = language.decimal("95 %");
        let of_dataset = |(index, dataset): (usize, &&Dataset)| {
            let (divisor, decimals, unit) = shown(setting, index, language);
            let row = |(subject, values): (&SubjectId, &[Value])| {
                let values = values.get(index * width..(index + 1) * width)?;
                let (number, mean) = (whole(&values[0])?, decimal(&values[1])?);
                let ends = match values.get(2) {
                    None => None,
                    Some(value) => {
                        let (number, variance) = (u32::try_from(number).ok()?, decimal(value)?);
                        Some(mean_interval(mean, Sample { number, variance }, CONFIDENCE)?)
                    }
                };
                let ends = ends.map(|(low, high)| (low / divisor, high / divisor));
                Some(Interval {
                    subject: subject.clone(),
                    number,
                    value: mean / divisor,
                    ends,
                    beside: vec![],
                })
            };
            Some(Picture::Intervals(Intervals {
                title: language
                    .pick(format!("Mean of {}", dataset.name), format!("Gemiddelde van {}", dataset.name)),
                what: language.pick(format!("mean ({unit})"), format!("gemiddelde ({unit})")),
                interval: language.pick(format!("{confidence} interval"), format!("{confidence}-interval")),
                decimals,
                rows: answer.values().map(row).collect::<Option<_>>()?,
                beside: vec![],
            }))
        };
        setting.datasets.iter().enumerate().map(of_dataset).collect()
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

    fn read_cases(&self, input: &mut dyn Read) -> Result<Groups, CaseError> {
        Groups::from_csv(input)
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
