use drempel::analysis::ranking::{Order, Ties};
use drempel::analysis::{Program, Ranking, Setting, Value};

use super::Present;
use super::about::Answers;
use super::description::Description;
use super::picture::{List, Picture};
use super::sentences::{answer_is_yes_or_no, missing_record, stops, term};
use crate::language::Language;

impl Present for Ranking {
    fn describe(&self, _setting: &Setting<'_>, language: Language) -> Description {
        let best = match self.order() {
            Order::HighestFirst => language.pick("highest", "hoogste"),
            Order::LowestFirst => language.pick("lowest", "laagste"),
        };
        let question = match self.first() {
            None => language.pick(
                format!("For each person of one list, once: the rank by an agreed score, the {best} score first."),
                format!("Voor elke persoon op één lijst, één keer: de rang naar een afgesproken score, de {best} eerst."),
            ),
            Some(first) => {
                let answer = answer_is_yes_or_no(language);
                language.pick(
                    format!(
                        "For each person of one list, once: is the person among the first {first} by an agreed score, \
                         the {best} score first? {answer}"
                    ),
                    format!(
                        "Voor elke persoon op één lijst, één keer: hoort de persoon bij de eerste {first} naar een \
                         afgesproken score, de {best} eerst? {answer}"
                    ),
                )
            }
        };
        let weighted = self.weights().iter().zip(self.datasets());
        let weighted: Vec<String> = weighted.map(|(weight, name)| format!("{weight} × {name}")).collect();
        let ties = match self.ties() {
            Ties::Shared => language.pick("share the better rank", "delen de betere rang"),
            Ties::ListOrder => language.pick(
                "the one who stands earlier in the evaluator's file comes first",
                "wie eerder in het bestand van de rekenaar staat, komt eerst",
            ),
        };
        let terms = vec![
            term(
                language.pick("score, each amount less its min", "score, elk getal min zijn min"),
                weighted.join(" + "),
            ),
            term(language.pick("equal scores", "gelijke scores"), ties),
            term(
                language.pick("people on the list, at most", "personen op de lijst, ten hoogste"),
                self.max_people().to_string(),
            ),
            missing_record(stops(language), language),
        ];
        let in_the_clear = language
            .pick("who is on the list, and in which order", "wie op de lijst staat, en in welke volgorde");
        Description { question, terms, in_the_clear: in_the_clear.to_owned() }
    }

    fn pictures(&self, answers: &Answers<'_, Self>, language: Language) -> Option<Vec<Picture>> {
        let rank = match self.first() {
            None => language.pick("rank", "rang").to_owned(),
            Some(first) => {
                language.pick(format!("among the first {first}"), format!("bij de eerste {first}"))
            }
        };
        let expected = |value: &Value| matches!(value, Value::YesNo(_)) == self.first().is_some();
        if !answers.answer.values().all(|(_, values)| expected(&values[0]) && values[0] != Value::Suppressed)
        {
            return None;
        }
        Some(vec![Picture::List(List {
            title: language.pick("The list, by rank", "De lijst, naar rang").to_owned(),
            columns: vec![language.pick("person", "persoon").to_owned(), rank],
            order: Some(0),
        })])
    }
}
