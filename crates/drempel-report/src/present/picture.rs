//! Released answers in general terms, so that a report can draw them.

use drempel::Answer;
use drempel::analysis::Value;
use drempel::units::SubjectId;

use crate::language::Language;

/// What released answers are, for whoever draws them: no report knows an analysis.
///
/// Texts are in the language that was asked for. What is about single persons is counted by the report, which hides
/// small counts.
#[derive(Clone, Debug)]
pub enum Picture {
    /// Yes or no for each subject.
    Share(Share),
    /// One of a few numbers for each subject.
    Distribution(Distribution),
    /// A number with an interval for each subject.
    Intervals(Intervals),
    /// A count for each area.
    Areas(Areas),
    /// The values themselves.
    List(List),
}

/// Yes or no for each subject.
#[derive(Clone, Debug)]
pub struct Share {
    /// What is shown.
    pub title: String,
    /// What a yes means: "below the poverty line".
    pub yes: String,
    /// For each answer whether it is a yes.
    pub answers: Vec<bool>,
    /// A division of the subjects that the cases give.
    pub parts: Option<Parts>,
}

/// A division of the subjects.
#[derive(Clone, Debug)]
pub struct Parts {
    /// What a part is: "poverty line".
    pub what: String,
    /// The part of each answer's subject.
    pub names: Vec<String>,
}

/// One of a few numbers for each subject.
#[derive(Clone, Debug)]
pub struct Distribution {
    /// What is shown.
    pub title: String,
    /// What the number is.
    pub what: String,
    /// The numbers that are told apart, each once, in order.
    pub numbers: Vec<i64>,
    /// Whether it is an amount, of which large ones are rare, and no code.
    pub is_amount: bool,
    /// For each answer its number.
    pub answers: Vec<i64>,
}

/// A number with an interval for each subject.
#[derive(Clone, Debug)]
pub struct Intervals {
    /// What is shown.
    pub title: String,
    /// What the number is: "mean (mmHg)".
    pub what: String,
    /// What the interval is: "95 % interval".
    pub interval: String,
    /// How many decimals are shown.
    pub decimals: usize,
    /// One for each subject.
    pub rows: Vec<Interval>,
    /// The titles of what stands beside it in the table.
    pub beside: Vec<String>,
}

/// A number with an interval.
#[derive(Clone, Debug)]
pub struct Interval {
    /// Whom it is about.
    pub subject: SubjectId,
    /// How many people.
    pub number: i64,
    /// The number itself.
    pub value: f64,
    /// From where to where, if that is known.
    pub ends: Option<(f64, f64)>,
    /// What stands beside it.
    pub beside: Vec<f64>,
}

/// A count for each area.
#[derive(Clone, Debug)]
pub struct Areas {
    /// What is shown.
    pub title: String,
    /// What is counted: "at risk".
    pub what: String,
    /// In the order of the answers.
    pub areas: Vec<Area>,
}

/// One area, or a total over some.
#[derive(Clone, Debug)]
pub struct Area {
    /// Its name.
    pub id: SubjectId,
    /// The count; `None` where it is suppressed.
    pub count: Option<u64>,
    /// Of how many households, where the cases were given.
    pub of: Option<u64>,
    /// Whether it is known to be a total over other areas.
    pub is_total: bool,
}

/// The values themselves.
#[derive(Clone, Debug)]
pub struct List {
    /// What is shown.
    pub title: String,
    /// A title for each column, the subject's first.
    pub columns: Vec<String>,
    /// The column of values, counted from zero, whose smallest comes first; nothing for the order of the file.
    pub order: Option<usize>,
}

impl Picture {
    /// A list of all values, under the columns' own names.
    pub fn list(columns: Vec<String>, language: Language) -> Self {
        let title = language.pick("The answers", "De antwoorden").to_owned();
        Self::List(List { title, columns, order: None })
    }

    /// Answers whose first value is yes or no; `None` where it is not.
    pub fn share(title: &str, yes: &str, answer: &Answer, parts: Option<Parts>) -> Option<Self> {
        let is_yes = |value: &Value| match value {
            Value::YesNo(yes) => Some(*yes),
            _ => None,
        };
        let answers =
            answer.values().map(|(_, values)| values.first().and_then(is_yes)).collect::<Option<_>>()?;
        Some(Self::Share(Share { title: title.to_owned(), yes: yes.to_owned(), answers, parts }))
    }
}

/// A decimal, or a whole number where one was written.
pub(super) fn decimal(value: &Value) -> Option<f64> {
    match value {
        Value::Decimal(number) => Some(*number),
        _ => None,
    }
}

/// A whole number.
pub(super) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => Some(*number),
        _ => None,
    }
}
