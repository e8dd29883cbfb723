use super::description::Description;
use crate::language::Language;

/// What an explanation says of one answer beside what holds for every analysis, for the person or household that it
/// is about or whoever advises them.
///
/// Each text is whole sentences at level B1, one a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainWords {
    /// The question as it was for this subject.
    pub question: String,
    /// What the evaluator had in the clear, ending with what was done with the amounts that are listed after it.
    pub data: String,
    /// What counted beside the listed amounts, and what a missing one meant. May be empty.
    pub beside: String,
    /// What the evaluator did with encrypted amounts, and who saw one.
    pub computed: String,
    /// What is not opened.
    pub unopened: String,
    /// What may be wrong beside an amount, as a question.
    pub mistakes: String,
}

impl PlainWords {
    /// The words for an analysis that has none of its own: its description, and nothing about this subject.
    pub fn of(description: &Description, evaluator: &str, language: Language) -> Self {
        let terms = description.terms.iter().map(|(what, value)| format!("\n- {what}: {value}"));
        let terms: String = terms.collect();
        let agreed = match terms.is_empty() {
            true => "",
            false => {
                language.pick("\nThe agreement says this about it:", "\nDe overeenkomst zegt daar dit over:")
            }
        };
        let question = format!("{}{agreed}{terms}", description.question);
        let (known, pick) = (&description.in_the_clear, |english: &str, dutch: &str| {
            language.pick(english, dutch).to_owned()
        });
        Self {
            question,
            data: language.pick(
                format!("{evaluator} could read, {known}.\nIt could not read the data itself. This data was used:"),
                format!("{evaluator} kon lezen, {known}.\nDe gegevens zelf kon {evaluator} niet lezen. Deze zijn gebruikt:"),
            ),
            beside: String::new(),
            computed: language.pick(
                format!("{evaluator} computed the answer with the locked data. Everything stayed locked.\nSo nobody but the agency itself saw what it sent."),
                format!("{evaluator} berekende het antwoord met de gegevens op slot. Alles bleef op slot.\nDus niemand zag wat een instantie verstuurde, behalve de instantie zelf."),
            ),
            unopened: pick(
                "The data itself is never opened. It is not known here, so this text cannot show it.",
                "De gegevens zelf worden nooit geopend. Ze zijn hier niet bekend. Daarom kan deze tekst ze niet laten zien.",
            ),
            mistakes: language.pick(
                format!("Is there a mistake in the list that {evaluator} used?"),
                format!("Staat er een fout in de lijst die {evaluator} heeft gebruikt?"),
            ),
        }
    }
}
