use drempel::analysis::{Presence, Program, Setting, Value};

use super::Present;
use super::about::Answers;
use super::description::Description;
use super::picture::{Distribution, Picture, whole};
use super::sentences::{missing_record, people_in_the_clear, term};
use crate::language::Language;

impl Present for Presence {
    fn describe(&self, setting: &Setting<'_>, language: Language) -> Description {
        let (datasets, since) = (language.or(&self.datasets()[..self.agencies()]), self.since());
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
        let not_seen = language.pick("has not been seen there", "is daar niet gezien");
        let mut terms = vec![
            term(language.pick("the first day that counts", "de eerste dag die telt"), since.to_string()),
            missing_record(not_seen, language),
        ];
        if let Some(regions) = setting.datasets.get(self.agencies()) {
            let codes = language.range(regions.min().value(), regions.max().value());
            terms.push(term(language.pick("regions", "regio's"), codes));
        }
        Description { question, terms, in_the_clear: people_in_the_clear(language) }
    }

    fn pictures(&self, answers: &Answers<'_, Self>, language: Language) -> Option<Vec<Picture>> {
        let since = self.since();
        let title = language.pick(
            format!("People seen on {since} or later"),
            format!("Mensen die op {since} of later zijn gezien"),
        );
        let mut pictures =
            vec![Picture::share(&title, language.pick("seen", "gezien"), answers.answer, None)?];
        if self.asks_region() {
            let region = |(_, values): (_, &[Value])| whole(values.get(1)?);
            let regions: Vec<i64> = answers.answer.values().map(region).collect::<Option<_>>()?;
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
}
