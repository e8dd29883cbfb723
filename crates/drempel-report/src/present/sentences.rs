//! Sentences and terms that several analyses have in common.

use drempel::analysis::Setting;

use crate::language::Language;

/// One of an agreement's terms: what it is, and its value.
pub(super) fn term(what: impl Into<String>, value: impl Into<String>) -> (String, String) {
    (what.into(), value.into())
}

/// What a missing record means.
pub(super) fn missing_record(means: &str, language: Language) -> (String, String) {
    term(language.pick("a missing record", "een ontbrekend gegeven"), means)
}

/// A missing record is an error.
pub(super) fn stops(language: Language) -> &'static str {
    language.pick("stops the whole computation", "stopt de hele berekening")
}

/// How a question ends whose answers say nothing more.
pub(super) fn answer_is_yes_or_no(language: Language) -> &'static str {
    language.pick("The answer is yes or no.", "Het antwoord is ja of nee.")
}

/// What the evaluator knows of each person on a list.
pub(super) fn people_in_the_clear(language: Language) -> String {
    language.pick("for each person: an identifier", "van elke persoon: een aanduiding").to_owned()
}

/// An amount in euro with its period. Datasets that are compared or added up have one unit: checked with the agreement.
pub(super) fn euro(setting: &Setting<'_>, cents: i64, language: Language) -> String {
    let period = setting.datasets.first().map_or("", |dataset| language.period(&dataset.unit));
    language.euro(cents) + period
}
