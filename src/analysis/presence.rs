//! Has any agency seen a person since a date, and where last? docs/analyses/presence.md has the law and the cost.

use drempel_fhe::circuit::latest_record::{CHOSEN, CODE_BASE, LatestRecord};
use drempel_fhe::circuit::radix::Radix;
use drempel_fhe::circuit::{Backend, Cell, Encoding, Scale};
use drempel_fhe::params::SLOTS;
use jiff::civil::Date;
use serde::Deserialize;

use super::counts::{self, NoRecord};
use super::program::{Program, WithoutRecord};
use super::records::{Asked, Planned};
use super::setting::Setting;
use super::shape::{Input, Released, Shape};
use super::value::Value;
use crate::agreement::{AgreementError, Dataset, Subject, date};
use crate::cases::CaseError;
use crate::cases::people::People;
use crate::rows::Rows;

/// The most agencies: a lookup tells 17 numbers of them apart.
const MAX_AGENCIES: usize = 16;

/// The most regions: two digits of [`CODE_BASE`].
const MAX_REGIONS: i64 = 64;

/// `[analysis]` with `kind = "presence"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Fields")]
pub struct Presence {
    /// The agencies' days, then their regions in the same order where regions are asked for.
    datasets: Vec<String>,
    agencies: usize,
    /// How many regions the section names, where it asks for them.
    regions: Option<usize>,
    since: Date,
}

/// The section as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    #[serde(rename = "kind")]
    _kind: Kind,
    datasets: Vec<String>,
    #[serde(deserialize_with = "date")]
    since: Date,
    regions: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Presence,
}

impl From<Fields> for Presence {
    fn from(fields: Fields) -> Self {
        let Fields { _kind, mut datasets, since, regions } = fields;
        let (agencies, number) = (datasets.len(), regions.as_ref().map(Vec::len));
        datasets.extend(regions.into_iter().flatten());
        Self { datasets, agencies, regions: number, since }
    }
}

/// Some people, with what is asked about them.
#[derive(Clone, Debug)]
pub enum Batch {
    /// Seen or not.
    Seen(counts::Batch),
    /// Seen or not, and where last: people with equally many records.
    Latest(LatestRecord),
}

/// A person's records: where the days are, and where the regions are.
type Found = (Vec<Cell>, Vec<Cell>);

impl Presence {
    /// The first day that counts.
    pub fn since(&self) -> Date {
        self.since
    }

    /// How many agencies are asked: the first so many datasets have their days, the others, if any, their regions.
    pub fn agencies(&self) -> usize {
        self.agencies
    }

    /// Whether the region of the latest sighting is asked for.
    pub fn asks_region(&self) -> bool {
        self.datasets.len() > self.agencies
    }

    /// The first day that counts, in days since 1970-01-01.
    fn first_day(&self) -> i64 {
        self.since.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24
    }

    fn least(&self, days: &Dataset) -> u64 {
        counts::least(days, self.first_day()).expect("checked with the agreement")
    }

    /// The agencies' datasets of days, and those of regions.
    fn split<'s, 'a>(&self, setting: &'s Setting<'a>) -> (&'s [&'a Dataset], &'s [&'a Dataset]) {
        setting.datasets.split_at(self.agencies.min(setting.datasets.len()))
    }

    /// The number system of the days from the first that counts on, which is 1.
    fn time(&self, setting: &Setting<'_>) -> Radix {
        let days = self.split(setting).0.iter();
        let most = days.map(|days| days.span() + 1 - self.least(days)).max();
        Radix::holding(SLOTS as u64, most.unwrap_or(0))
    }

    /// The number system of the regions less one.
    fn code(&self, setting: &Setting<'_>) -> Radix {
        Radix::holding(CODE_BASE, self.split(setting).1.first().map_or(0, |regions| regions.span()))
    }

    fn check_regions(&self, days: &[&Dataset], regions: &[&Dataset]) -> Result<(), AgreementError> {
        let refuse = |why| Err(AgreementError::Analysis(why));
        let form = |set: &Dataset| (set.min(), set.max(), set.unit.clone(), set.concept.clone());
        for (day, region) in days.iter().zip(regions) {
            if day.provider != region.provider || region.subject != Subject::Person {
                return refuse(
                    "each dataset of regions must be about persons and come from the party of its dataset of days",
                );
            }
            if form(region) != form(regions[0]) {
                return refuse("datasets of regions must have one min, max, unit and concept, word for word");
            }
            if region.min().value() != 1 || region.max().value() > MAX_REGIONS {
                return refuse("regions must be codes from min = 1 to a max of at most 64");
            }
        }
        Ok(())
    }

    /// Nobody's records yet, for people with so many.
    fn latest(&self, setting: &Setting<'_>, records: usize) -> LatestRecord {
        let (time, code) = (self.time(setting), self.code(setting));
        LatestRecord { subjects: 0, records, time, code, times: Vec::new(), codes: Vec::new() }
    }

    /// Finds a person's records.
    fn find(&self, asked: &Asked<'_, People>, index: usize) -> Result<Found, CaseError> {
        let (mut times, mut codes) = (Vec::new(), Vec::new());
        for day in 0..self.agencies {
            let region = self.agencies + day;
            let record = |table: usize| asked.records.find(table, asked.cases.get(index));
            let unpaired = |present: usize, absent: usize| {
                let name = |table: usize| asked.setting.datasets[table].name.clone();
                let (position, present, absent) = (asked.cases.position(index), name(present), name(absent));
                Err(CaseError::UnpairedRecord { position, present, absent })
            };
            match (record(day), record(region)) {
                (Some(time), Some(code)) => {
                    times.push(time);
                    codes.push(code);
                }
                (Some(_), None) => return unpaired(day, region),
                (None, Some(_)) => return unpaired(region, day),
                (None, None) => {}
            }
        }
        Ok((times, codes))
    }
}

/// Adds a person with its records.
fn push(latest: &mut LatestRecord, (times, codes): Found) {
    latest.subjects += 1;
    latest.times.extend(times);
    latest.codes.extend(codes);
}

impl Program for Presence {
    type Cases = People;
    type Batch = Batch;

    /// Most people are not seen by most agencies.
    fn without_record(&self, _: &str) -> WithoutRecord {
        WithoutRecord::Usual
    }

    fn datasets(&self) -> &[String] {
        &self.datasets
    }

    fn shape(&self, setting: &Setting<'_>) -> Result<Shape, AgreementError> {
        if self.regions.is_some_and(|regions| regions != self.agencies) {
            return Err(AgreementError::Analysis(
                "regions must name one dataset for each of datasets, in the same order",
            ));
        }
        let (days, regions) = self.split(setting);
        if !(1..=MAX_AGENCIES).contains(&self.agencies) {
            return Err(AgreementError::Analysis("datasets must name 1 to 16 datasets, one per agency"));
        }
        counts::check_agencies(days)?;
        if days.iter().any(|days| days.unit != "day") {
            return Err(AgreementError::Analysis(
                "datasets must have the unit day: days since 1970-01-01, as whole numbers",
            ));
        }
        if days.iter().any(|days| counts::least(days, self.first_day()).is_none()) {
            return Err(AgreementError::Analysis(
                "since must lie after the min and not after the max of every dataset: else its answer is known",
            ));
        }
        self.check_regions(days, regions)?;
        if !self.asks_region() {
            return Ok(Shape::new(setting, ["person", "seen"], |days| {
                // A day after `max` has the same bit as `max`.
                let clamps = self.first_day() <= days.max().value();
                Input::new(Encoding::at_least(self.least(days))).clamping(clamps)
            }));
        }
        let (time, code) = (self.time(setting), self.code(setting));
        let mut fields = vec![0..=CHOSEN];
        fields.extend(vec![0..=CODE_BASE as i64 - 1; code.digits]);
        // No clamping: a day after `max` has not the same place as `max` among other agencies' days.
        let shape = Shape::new(setting, ["person", "seen", "region"], |dataset| {
            let is_day = days.iter().any(|days| days.name == dataset.name);
            let encoding = if is_day {
                Encoding::at_least_by(self.least(dataset), time)
            } else {
                Encoding::digits(code)
            };
            Input::new(encoding)
        });
        Ok(shape.releasing(Released { scale: Scale::Slots, fields }))
    }

    fn cases(&self, rows: &mut dyn Rows) -> Result<People, CaseError> {
        People::from_rows(rows)
    }

    fn batches(&self, asked: &Asked<'_, People>) -> Result<Vec<Planned<Batch>>, CaseError> {
        if !self.asks_region() {
            let batches = counts::batches(asked, self.agencies, NoRecord::NotCounted)?;
            return Ok(batches.into_iter().map(|planned| planned.map(Batch::Seen)).collect());
        }
        let mut by_size: Vec<Vec<(usize, Found)>> = vec![Vec::new(); self.agencies + 1];
        for index in asked.indices.iter().copied() {
            let found = self.find(asked, index)?;
            by_size[found.0.len()].push((index, found));
        }
        let mut batches = Vec::new();
        for (size, found) in by_size.into_iter().enumerate() {
            let mut found = found.into_iter().peekable();
            while found.peek().is_some() {
                let (mut indices, mut latest) = (Vec::new(), self.latest(asked.setting, size));
                for (index, records) in found.by_ref().take(counts::BATCH) {
                    indices.push(index);
                    push(&mut latest, records);
                }
                batches.push(Planned { indices, batch: Batch::Latest(latest) });
            }
        }
        Ok(batches)
    }

    fn run<B: Backend>(&self, backend: &B, batch: &Batch) -> Result<Vec<B::Column>, B::Error> {
        match batch {
            Batch::Seen(batch) => Ok(vec![counts::at_least(backend, batch, self.agencies, 1)?]),
            Batch::Latest(latest) => latest.of(backend),
        }
    }

    fn decode(&self, setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
        let regions = self.split(setting).1.first().map_or(0, |regions| regions.max().value());
        let outcome = |fields: &Vec<i64>| match fields.split_first()? {
            (seen, []) => Some(vec![Value::YesNo(*seen == 1)]),
            (&CHOSEN, digits) => {
                let region = digits.iter().rev().fold(0, |code, digit| code * CODE_BASE as i64 + digit) + 1;
                (region <= regions).then(|| vec![Value::YesNo(true), Value::Number(region)])
            }
            (0, digits) if digits.iter().all(|digit| *digit == 0) => {
                Some(vec![Value::YesNo(false), Value::Number(0)])
            }
            _ => None,
        };
        fields.iter().map(outcome).collect()
    }

    fn samples(&self, setting: &Setting<'_>) -> Vec<(String, Planned<Batch>)> {
        let sample = |agencies: usize| {
            let (about, seen) = counts::sample(agencies);
            if !self.asks_region() {
                return (about, seen.map(Batch::Seen));
            }
            let mut latest = self.latest(setting, agencies);
            let cells = |table: usize| vec![Cell { table, row: 0 }; agencies];
            push(&mut latest, (cells(0), cells(self.agencies)));
            (about, seen.map(|_| Batch::Latest(latest)))
        };
        let smallest = if self.asks_region() { 1 } else { self.agencies };
        (smallest..=self.agencies).map(sample).collect()
    }
}
