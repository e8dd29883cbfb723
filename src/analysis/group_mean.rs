//! How many people does each group have, and what is their average? docs/analyses/group_mean.md has the law, the
//! circuit and the limits.

use serde::Deserialize;

use super::picture::{Interval, Intervals, decimal, shown, whole};
use super::totals::{self, Missing, Totals, Variance};
use super::{Analysis, Description, MAX_FIELDS, Picture, Records, Released, Setting};
use crate::agreement::{AgreementError, Dataset, Section};
use crate::answer::{Answer, Value};
use crate::cases::CaseError;
use crate::cases::groups::{Group, Groups};
use crate::language::Language;
use crate::rows::Rows;
use crate::statistics::{Sample, mean_interval};
use crate::units::SubjectId;
use drempel_fhe::circuit::{Backend, Cell, Encoding, Scale};

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
                cells.extend(self.missing.record(found, group.position(member), datasets)?);
            }
            totals::check_number(group, &cells, datasets, setting.disclosure)?;
            Ok(cells)
        };
        setting.datasets.iter().enumerate().map(of_dataset).collect()
    }
}

impl Analysis for GroupMean {
    type Cases = Groups;
    type Batch = totals::Batch;

    fn from_section(section: &Section<'_>) -> Result<Self, AgreementError> {
        section.read()
    }

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

    fn cases(&self, rows: &mut dyn Rows) -> Result<Groups, CaseError> {
        Groups::from_rows(rows)
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
