//! Has any agency seen a person since a date, and where last? docs/analyses/presence.md has the law and the cost.

use jiff::civil::Date;
use serde::Deserialize;

use super::counts::{self, NoRecord};
use super::picture::{self, Distribution};
use super::{Analysis, Description, Picture, Records, Released, Setting};
use crate::agreement::{AgreementError, Dataset, Section, Subject, date};
use crate::answer::{Answer, Value};
use crate::cases::CaseError;
use crate::cases::people::People;
use crate::language::Language;
use crate::rows::Rows;
use drempel_fhe::circuit::latest_record::{CHOSEN, CODE_BASE, LatestRecord};
use drempel_fhe::circuit::radix::Radix;
use drempel_fhe::circuit::{Backend, Cell, Encoding, Scale};
use drempel_fhe::params::SLOTS;

/// The most agencies: a lookup tells 17 numbers of them apart.
const MAX_AGENCIES: usize = 16;

/// The most regions: two digits of [`CODE_BASE`].
const MAX_REGIONS: i64 = 64;

/// `[analysis]` with `kind = "presence"`.
#[derive(Clone, Debug)]
pub struct Presence {
    /// The agencies' days, then their regions in the same order where regions are asked for.
    datasets: Vec<String>,
    agencies: usize,
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

/// Some people, with what is asked about them.
#[derive(Clone, Debug)]
pub enum Batch {
    /// Seen or not.
    Seen(counts::Batch),
    /// Seen or not, and where last: people with equally many records.
    Latest {
        /// The indices of its people in the evaluator's file.
        people: Vec<usize>,
        /// Their records.
        latest: LatestRecord,
    },
}

/// A person's records: where the days are, and where the regions are.
type Found = (Vec<Cell>, Vec<Cell>);

impl Presence {
    /// The first day that counts.
    pub fn since(&self) -> Date {
        self.since
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

    fn latest(&self, setting: &Setting<'_>, records: usize) -> Batch {
        let (time, code) = (self.time(setting), self.code(setting));
        let latest = LatestRecord { subjects: 0, records, time, code, times: Vec::new(), codes: Vec::new() };
        Batch::Latest { people: Vec::new(), latest }
    }

    /// Finds a person's records.
    fn find(
        &self,
        setting: &Setting<'_>,
        people: &People,
        records: &Records<'_>,
        index: usize,
    ) -> Result<Found, CaseError> {
        let (mut times, mut codes) = (Vec::new(), Vec::new());
        for day in 0..self.agencies {
            let region = self.agencies + day;
            let row = |table: usize| records.row(table, people.get(index));
            let unpaired = |present: usize, absent: usize| {
                let name = |table: usize| setting.datasets[table].name.clone();
                let (position, present, absent) = (people.position(index), name(present), name(absent));
                Err(CaseError::UnpairedRecord { position, present, absent })
            };
            match (row(day), row(region)) {
                (Some(time), Some(code)) => {
                    times.push(Cell { table: day, row: time });
                    codes.push(Cell { table: region, row: code });
                }
                (Some(_), None) => return unpaired(day, region),
                (None, Some(_)) => return unpaired(region, day),
                (None, None) => {}
            }
        }
        Ok((times, codes))
    }
}

impl Batch {
    /// Adds a person with its records; nothing for a batch that asks for no region.
    fn push(&mut self, person: usize, (times, codes): Found) {
        if let Self::Latest { people, latest } = self {
            people.push(person);
            latest.subjects += 1;
            latest.times.extend(times);
            latest.codes.extend(codes);
        }
    }
}

impl Analysis for Presence {
    type Cases = People;
    type Batch = Batch;

    fn from_section(section: &Section<'_>) -> Result<Self, AgreementError> {
        let Fields { _kind, mut datasets, since, regions } = section.read()?;
        let agencies = datasets.len();
        if regions.as_ref().is_some_and(|regions| regions.len() != agencies) {
            return Err(AgreementError::Analysis(
                "regions must name one dataset for each of datasets, in the same order",
            ));
        }
        datasets.extend(regions.into_iter().flatten());
        Ok(Self { datasets, agencies, since })
    }

    fn datasets(&self) -> &[String] {
        &self.datasets
    }

    fn describe(&self, setting: &Setting<'_>, language: Language) -> Description {
        let names: Vec<&str> = self.datasets[..self.agencies].iter().map(String::as_str).collect();
        let (datasets, since) = (language.or(&names), self.since);
        let answer = match self.asks_region() {
            true => language.pick(
                "yes or no, and with a yes the region of the latest day",
                "ja of nee, en bij een ja de regio van de laatste dag",
            ),
            false => language.pick("yes or no", "ja of nee"),
        };
        let question = language.pick(
            format!(
                "For each person, once: has this person been seen on {since} or later, by {datasets}? The answer is \
                 {answer}."
            ),
            format!(
                "Voor elke persoon, één keer: is deze persoon op {since} of later gezien, door {datasets}? Het antwoord \
                 is {answer}."
            ),
        );
        let mut terms = vec![
            (language.pick("the first day that counts", "de eerste dag die telt"), since.to_string()),
            (
                language.pick("a missing record", "een ontbrekend gegeven"),
                language.pick("has not been seen there", "is daar niet gezien").to_owned(),
            ),
        ];
        if let Some(regions) = self.split(setting).1.first() {
            let to = language.pick("to", "tot en met");
            let (min, max) = (regions.min().value(), regions.max().value());
            terms.push((language.pick("regions", "regio's"), format!("{min} {to} {max}")));
        }
        let terms = terms.into_iter().map(|(what, value)| (what.to_owned(), value)).collect();
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
            format!("People seen on {} or later", self.since),
            format!("Mensen die op {} of later zijn gezien", self.since),
        );
        let mut pictures = vec![Picture::share(&title, language.pick("seen", "gezien"), answer, None)?];
        if self.asks_region() {
            let region = |(_, values): (_, &[Value])| picture::whole(values.get(1)?);
            let regions: Vec<i64> = answer.values().map(region).collect::<Option<_>>()?;
            let seen: Vec<i64> = regions.into_iter().filter(|region| *region > 0).collect();
            let mut numbers = seen.clone();
            numbers.sort_unstable();
            numbers.dedup();
            let title = language
                .pick("In which region they were seen last", "In welke regio zij het laatst zijn gezien");
            pictures.push(Picture::Distribution(Distribution {
                title: title.to_owned(),
                what: language.pick("region", "regio").to_owned(),
                numbers,
                is_amount: false,
                answers: seen,
            }));
        }
        Some(pictures)
    }

    fn check(&self, setting: &Setting<'_>) -> Result<(), AgreementError> {
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
        self.check_regions(days, regions)
    }

    fn encoding(&self, setting: &Setting<'_>, dataset: &Dataset) -> Encoding {
        let is_day = self.split(setting).0.iter().any(|days| days.name == dataset.name);
        match (is_day, self.asks_region()) {
            (true, false) => Encoding::at_least(self.least(dataset)),
            (true, true) => Encoding::at_least_by(self.least(dataset), self.time(setting)),
            (false, _) => Encoding::digits(self.code(setting)),
        }
    }

    /// A day after `max` has the same bit as `max`, but not the same place among other agencies' days.
    fn clamps(&self, _setting: &Setting<'_>, dataset: &Dataset) -> bool {
        !self.asks_region() && self.first_day() <= dataset.max().value()
    }

    fn released(&self, setting: &Setting<'_>) -> Released {
        if !self.asks_region() {
            return Released::yes_or_no();
        }
        let mut fields = vec![0..=CHOSEN];
        fields.extend(vec![0..=CODE_BASE as i64 - 1; self.code(setting).digits]);
        Released { scale: Scale::Slots, fields }
    }

    fn columns(&self) -> Vec<String> {
        let columns =
            if self.asks_region() { &["person", "seen", "region"][..] } else { &["person", "seen"] };
        columns.iter().map(|column| (*column).to_owned()).collect()
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
        if !self.asks_region() {
            let days = self.split(setting).0;
            let batches = counts::batches(days, NoRecord::NotCounted, people, records, indices)?;
            return Ok(batches.into_iter().map(Batch::Seen).collect());
        }
        let mut by_size: Vec<Vec<(usize, Found)>> = vec![Vec::new(); self.agencies + 1];
        for index in indices.iter().copied() {
            let cells = self.find(setting, people, records, index)?;
            by_size[cells.0.len()].push((index, cells));
        }
        let mut batches = Vec::new();
        for (size, found) in by_size.into_iter().enumerate() {
            let mut found = found.into_iter().peekable();
            while found.peek().is_some() {
                let mut batch = self.latest(setting, size);
                found.by_ref().take(counts::BATCH).for_each(|(index, cells)| batch.push(index, cells));
                batches.push(batch);
            }
        }
        Ok(batches)
    }

    fn samples(&self, setting: &Setting<'_>) -> Vec<(String, Batch)> {
        let sample = |agencies: usize| {
            let (about, seen) = counts::Batch::sample(agencies);
            if !self.asks_region() {
                return (about, Batch::Seen(seen));
            }
            let mut batch = self.latest(setting, agencies);
            let cells = |table: usize| vec![Cell { table, row: 0 }; agencies];
            batch.push(0, (cells(0), cells(self.agencies)));
            (about, batch)
        };
        let smallest = if self.asks_region() { 1 } else { self.agencies };
        (smallest..=self.agencies).map(sample).collect()
    }

    fn answer_indices<'b>(&self, batch: &'b Batch) -> &'b [usize] {
        match batch {
            Batch::Seen(batch) => batch.people(),
            Batch::Latest { people, .. } => people,
        }
    }

    fn run<B: Backend>(&self, backend: &B, batch: &Batch) -> Result<Vec<B::Column>, B::Error> {
        match batch {
            Batch::Seen(batch) => Ok(vec![counts::at_least(backend, batch, self.agencies, 1)?]),
            Batch::Latest { latest, .. } => latest.of(backend),
        }
    }
}
