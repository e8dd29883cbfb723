//! What the two questions about payment arrears have in common.

use drempel::analysis::Setting;
use drempel::analysis::arrears::Missing;

use super::description::Description;
use super::sentences::{euro, missing_record, people_in_the_clear, stops, term};
use crate::language::Language;

/// An arrear of more than `above` cents counts.
pub(super) struct Arrears<'a> {
    setting: &'a Setting<'a>,
    above: String,
    missing: Missing,
    language: Language,
}

impl<'a> Arrears<'a> {
    pub(super) fn new(setting: &'a Setting<'a>, above: i64, missing: Missing, language: Language) -> Self {
        Self { setting, above: euro(setting, above, language), missing, language }
    }

    /// "more than €500.00 in arrear"
    pub(super) fn in_arrear(&self) -> String {
        let above = &self.above;
        self.language
            .pick(format!("more than {above} in arrear"), format!("meer dan {above} achter met betalen"))
    }

    /// The agencies that are asked.
    pub(super) fn agencies(&self) -> String {
        let names: Vec<&str> = self.setting.datasets.iter().map(|dataset| dataset.name.as_str()).collect();
        self.language.and(&names)
    }

    /// The whole description of a question, with terms of its own after those of both.
    pub(super) fn description(&self, question: String, own: Option<(String, String)>) -> Description {
        let Self { above, language, .. } = self;
        let missing = match self.missing {
            Missing::Refuse => stops(*language),
            Missing::NoArrear => language.pick(
                "counts as no arrear: a record that was forgotten lowers the number",
                "telt als geen achterstand: een vergeten gegeven verlaagt het aantal",
            ),
        };
        let counts = term(
            language.pick("an arrear that counts", "een achterstand die telt"),
            language.pick(format!("more than {above}"), format!("meer dan {above}")),
        );
        let terms = [counts, missing_record(missing, *language)].into_iter().chain(own).collect();
        Description { question, terms, in_the_clear: people_in_the_clear(*language) }
    }
}
