//! Which of two or more treatments does better, over the patients of several hospitals?
//! docs/analyses/group_comparison.md has the law, the test and the limits.

use std::io::Read;

use serde::Deserialize;

use super::totals::{self, Missing, Total, Totals, Variance};
use super::{Program, Records, Released, Setting, check_one_concept};
use crate::agreement::{AgreementError, Dataset, Section};
use crate::answer::Value;
use crate::cases::CaseError;
use crate::cases::groups::{Group, Groups};
use crate::statistics::{Sample, Welch};
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
    /// The most people of one group.
    pub fn max_group(&self) -> u32 {
        self.max_group
    }

    /// What a person without a record means.
    pub fn missing(&self) -> Missing {
        self.missing
    }

    /// How sure the intervals are: 0.95 for 95 %.
    pub fn confidence(&self) -> f64 {
        self.confidence
    }

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
            let line = group.line(member);
            let found = records.anywhere(person);
            if let [first, second, ..] = found[..] {
                let name = |cell: Cell| setting.datasets[cell.table].name.clone();
                return Err(CaseError::SecondRecord { line, first: name(first), second: name(second) });
            }
            cells.extend(self.missing.record(found.first().copied(), line, &setting.datasets)?);
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

impl Program for GroupComparison {
    type Cases = Groups;
    type Batch = totals::Batch;

    fn from_section(section: &Section<'_>) -> Result<Self, AgreementError> {
        section.read()
    }

    fn datasets(&self) -> &[String] {
        &self.datasets
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
