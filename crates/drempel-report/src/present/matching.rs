use drempel::analysis::{Matching, Setting};

use super::Present;
use super::about::Answers;
use super::description::Description;
use super::picture::{List, Picture};
use super::sentences::{answer_is_yes_or_no, missing_record, stops, term};
use crate::language::Language;

impl Present for Matching {
    fn describe(&self, setting: &Setting<'_>, language: Language) -> Description {
        let [offers, demands] = [0, 1].map(|table| setting.datasets[table]);
        let answer = answer_is_yes_or_no(language);
        let question = language.pick(
            format!(
                "For each pair of an offer and a demand, once: is the amount in {} at least the amount in {}? {answer}",
                offers.name, demands.name
            ),
            format!(
                "Voor elk paar van een aanbod en een vraag, één keer: is het getal in {} ten minste het getal in {}? \
                 {answer}",
                offers.name, demands.name
            ),
        );
        let terms = vec![
            term(
                language.pick("amounts that are compared", "getallen die worden vergeleken"),
                language.range(demands.min().value(), demands.max().value()),
            ),
            term(
                language.pick("an offer equal to the demand", "een aanbod gelijk aan de vraag"),
                language.yes_or_no(true),
            ),
            missing_record(stops(language), language),
        ];
        let in_the_clear = language.pick(
            "for each pair: an identifier, which offer, which demand",
            "van elk paar: een aanduiding, welk aanbod, welke vraag",
        );
        Description { question, terms, in_the_clear: in_the_clear.to_owned() }
    }

    fn pictures(&self, answers: &Answers<'_, Self>, language: Language) -> Option<Vec<Picture>> {
        let title =
            language.pick("Pairs whose offer covers the demand", "Paren waarvan het aanbod de vraag dekt");
        let covered = language.pick("covered", "gedekt");
        let columns = [language.pick("pair", "paar"), covered].map(str::to_owned).into();
        let list = List { title: language.pick("Each pair", "Elk paar").to_owned(), columns, order: None };
        Some(vec![Picture::share(title, covered, answers.answer, None)?, Picture::List(list)])
    }
}
