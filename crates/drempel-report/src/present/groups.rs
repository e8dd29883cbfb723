//! What the two questions about groups of people have in common.

use drempel::analysis::Setting;
use drempel::analysis::totals::Missing;
use drempel::units::SubjectId;

use super::description::Description;
use super::picture::{Interval, Intervals, Picture};
use super::sentences::{missing_record, stops, term};
use crate::language::Language;
use crate::statistics::mean_interval;

/// A question about groups: its numbers, and those of its own after them.
pub(super) fn description(
    question: String,
    setting: &Setting<'_>,
    max_group: u32,
    missing: Missing,
    own: Option<(String, String)>,
    language: Language,
) -> Description {
    let least = language.whole(setting.disclosure.minimum_cell.into());
    let people = language.pick("people with a record in a group", "mensen met een gegeven in een groep");
    let missing = match missing {
        Missing::Refuse => stops(language),
        Missing::LeaveOut => language.pick("the person is not counted", "de persoon telt niet mee"),
    };
    let terms = [
        term(people, language.range(least, language.whole(max_group.into()))),
        missing_record(missing, language),
    ];
    let in_the_clear =
        language.pick("for each group: its name and who is in it", "van elke groep: de naam en wie erin zit");
    Description {
        question,
        terms: terms.into_iter().chain(own).collect(),
        in_the_clear: in_the_clear.to_owned(),
    }
}

/// How the numbers of one dataset are drawn.
pub(super) struct Drawn {
    /// What an amount is divided by to be shown: eurocents are shown in euro.
    divisor: f64,
    decimals: usize,
    unit: String,
    confidence: f64,
    language: Language,
}

/// A number of one group, in the dataset's own unit.
pub(super) struct OfGroup<'a> {
    pub(super) subject: &'a SubjectId,
    /// How many people.
    pub(super) people: i64,
    pub(super) value: f64,
    pub(super) ends: Option<(f64, f64)>,
    /// What stands beside it.
    pub(super) beside: Vec<f64>,
}

impl Drawn {
    pub(super) fn new(setting: &Setting<'_>, dataset: usize, confidence: f64, language: Language) -> Self {
        let unit = setting.datasets[dataset].unit.as_str();
        let (divisor, decimals, unit) = match unit.strip_prefix("eurocent") {
            Some(_) => (100.0, 2, format!("euro{}", language.period(unit))),
            None => (1.0, 1, unit.to_owned()),
        };
        Self { divisor, decimals, unit, confidence, language }
    }

    /// A group's mean, with its interval where the variance of its amounts is known.
    pub(super) fn mean<'a>(
        &self,
        subject: &'a SubjectId,
        people: i64,
        mean: f64,
        variance: Option<f64>,
    ) -> Option<OfGroup<'a>> {
        let ends = match variance {
            Some(variance) => {
                Some(mean_interval(mean, u32::try_from(people).ok()?, variance, self.confidence)?)
            }
            None => None,
        };
        Some(OfGroup { subject, people, value: mean, ends, beside: vec![] })
    }

    pub(super) fn means(&self, title: String, groups: Vec<OfGroup<'_>>) -> Picture {
        self.intervals(title, self.language.pick("mean", "gemiddelde"), groups, vec![])
    }

    pub(super) fn differences(&self, title: String, groups: Vec<OfGroup<'_>>) -> Picture {
        self.intervals(title, self.language.pick("difference", "verschil"), groups, vec!["p".to_owned()])
    }

    fn intervals(&self, title: String, what: &str, groups: Vec<OfGroup<'_>>, beside: Vec<String>) -> Picture {
        let row = |group: OfGroup<'_>| Interval {
            subject: group.subject.clone(),
            number: group.people,
            value: group.value / self.divisor,
            ends: group.ends.map(|(low, high)| (low / self.divisor, high / self.divisor)),
            beside: group.beside,
        };
        let percent = self.language.decimal(&((self.confidence * 1_000.0).round() / 10.0).to_string());
        let interval = self.language.pick(format!("{percent} % interval"), format!("{percent} %-interval"));
        Picture::Intervals(Intervals {
            title,
            what: format!("{what} ({})", self.unit),
            interval,
            decimals: self.decimals,
            rows: groups.into_iter().map(row).collect(),
            beside,
        })
    }
}
