//! Which of two or more treatments does better, over the patients of several hospitals?
//! docs/analyses/group_comparison.md has the law, the test and the limits.

use serde::Deserialize;

use super::picture::{Interval, Intervals, decimal, shown, whole};
use super::totals::{self, Missing, Total, Totals, Variance};
use super::{Analysis, Description, Picture, Records, Released, Setting, check_one_concept};
use crate::agreement::{AgreementError, Dataset, Section};
use crate::answer::{Answer, Value};
use crate::cases::CaseError;
use crate::cases::groups::{Group, Groups};
use crate::language::Language;
use crate::rows::Rows;
use crate::statistics::{Sample, Welch, mean_interval};
use drempel_fhe::circuit::{Backend, Cell, Encoding, Scale};

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
    /// All hospitals together have one total.
    fn totals(&self, setting: &Setting<'_>) -> Totals {
        let span = setting.datasets.iter().map(|dataset| dataset.span()).max().unwrap_or(0);
        Totals::new(span, setting.disclosure, self.max_group, Variance::Released)
    }

    /// The one record of each of a group's people, in whichever dataset it is.
    fn records(
        &self,
        setting: &Setting<'_>,
        group: Group<'_>,
        records: &Records<'_>,
    ) -> Result<Vec<Cell>, CaseError> {
        totals::check_size(group, self.max_group)?;
        let mut cells = Vec::new();
        for (member, person) in group.members().enumerate() {
            let position = group.position(member);
            let found = records.anywhere(person);
            if let [first, second, ..] = found[..] {
                let name = |cell: Cell| setting.datasets[cell.table].name.clone();
                return Err(CaseError::SecondRecord { position, first: name(first), second: name(second) });
            }
            cells.extend(self.missing.record(found.first().copied(), position, &setting.datasets)?);
        }
        totals::check_number(group, &cells, &setting.datasets, setting.disclosure)?;
        Ok(cells)
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

impl Analysis for GroupComparison {
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
        let question = language.pick(
            format!(
                "For each group of people, over all of {datasets} together: how many people have a record, what are \
                 the mean and the variance of their amounts, and does the mean differ from that of the first group \
                 (Welch's t-test)?"
            ),
            format!(
                "Voor elke groep mensen, over {datasets} samen: hoeveel mensen hebben een gegeven, wat zijn het \
                 gemiddelde en de variantie van hun bedragen, en verschilt het gemiddelde van dat van de eerste groep \
                 (t-toets van Welch)?"
            ),
        );
        let mut terms = totals::terms(setting.disclosure, self.max_group, self.missing, language);
        let confidence = language.pick("confidence of the intervals", "betrouwbaarheid van de intervallen");
        terms.push((confidence.to_owned(), language.decimal(&self.confidence.to_string())));
        Description { question, terms, in_the_clear: totals::in_the_clear(language) }
    }

    fn pictures(
        &self,
        setting: &Setting<'_>,
        _cases: Option<&Groups>,
        answer: &Answer,
        language: Language,
    ) -> Option<Vec<Picture>> {
        let (divisor, decimals, unit) = shown(setting, 0, language);
        let percent = language.decimal(&format!("{}", (self.confidence * 1_000.0).round() / 10.0));
        let interval = language.pick(format!("{percent} % interval"), format!("{percent} %-interval"));
        let (mut means, mut differences) = (Vec::new(), Vec::new());
        for (index, (subject, values)) in answer.values().enumerate() {
            let number = whole(values.first()?)?;
            let decimals: Vec<f64> = values[1..].iter().map(decimal).collect::<Option<_>>()?;
            let [mean, variance, difference, low, high, p] = decimals[..] else {
                return None;
            };
            let sample = Sample { number: u32::try_from(number).ok()?, variance };
            let (from, to) = mean_interval(mean, sample, self.confidence)?;
            let row = |value: f64, (low, high): (f64, f64), beside: Vec<f64>| Interval {
                subject: subject.clone(),
                number,
                value: value / divisor,
                ends: Some((low / divisor, high / divisor)),
                beside,
            };
            means.push(row(mean, (from, to), vec![]));
            if index > 0 {
                differences.push(row(difference, (low, high), vec![p]));
            }
        }
        let first = answer.values().next().map(|(subject, _)| subject.to_string()).unwrap_or_default();
        Some(vec![
            Picture::Intervals(Intervals {
                title: language.pick("Mean of each group", "Gemiddelde van elke groep").to_owned(),
                what: language.pick(format!("mean ({unit})"), format!("gemiddelde ({unit})")),
                interval: interval.clone(),
                decimals,
                rows: means,
                beside: vec![],
            }),
            Picture::Intervals(Intervals {
                title: language
                    .pick(format!("Difference with group {first}"), format!("Verschil met groep {first}")),
                what: language.pick(format!("difference ({unit})"), format!("verschil ({unit})")),
                interval,
                decimals,
                rows: differences,
                beside: vec!["p".to_owned()],
            }),
        ])
    }

    fn check(&self, setting: &Setting<'_>) -> Result<(), AgreementError> {
        check_one_concept(&setting.datasets)?;
        totals::check(&setting.datasets, setting.disclosure, self.max_group, Variance::Released)?;
        let bounds = |dataset: &Dataset| (dataset.min(), dataset.max());
        if setting.datasets.windows(2).any(|two| bounds(two[0]) != bounds(two[1])) {
            return Err(AgreementError::Analysis(
                "datasets must have the same min and max: their amounts go into one sum",
            ));
        }
        if !(0.5..=0.999).contains(&self.confidence) {
            return Err(AgreementError::Analysis("confidence must be 0.5 to 0.999"));
        }
        Ok(())
    }

    fn encoding(&self, setting: &Setting<'_>, _dataset: &Dataset) -> Encoding {
        self.totals(setting).encoding()
    }

    fn released(&self, setting: &Setting<'_>) -> Released {
        Released { scale: Scale::Sums, fields: self.totals(setting).fields() }
    }

    fn columns(&self) -> Vec<String> {
        ["group", "number", "mean", "variance", "difference", "low", "high", "p"].map(str::to_owned).into()
    }

    fn decode(&self, setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
        let totals = self.totals(setting);
        let total = |fields: &Vec<i64>| totals.take(&mut fields.as_slice());
        let groups: Vec<Total> = fields.iter().map(total).collect::<Option<_>>()?;
        let dataset = setting.datasets.first()?;
        Some((0..groups.len()).map(|index| self.values(index, &groups, dataset)).collect())
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
        if groups.len() == 1 {
            return Err(CaseError::OneGroup);
        }
        let found = |index: &usize| Ok((*index, vec![self.records(setting, groups.get(*index), records)?]));
        totals::batches(&[self.totals(setting)], indices.iter().map(found))
    }

    fn samples(&self, setting: &Setting<'_>) -> Vec<(String, totals::Batch)> {
        totals::samples(&[self.totals(setting)], setting.disclosure, self.max_group)
    }

    fn answer_indices<'b>(&self, batch: &'b totals::Batch) -> &'b [usize] {
        batch.answer_indices()
    }

    fn run<B: Backend>(&self, backend: &B, batch: &totals::Batch) -> Result<Vec<B::Column>, B::Error> {
        batch.run(backend)
    }
}
