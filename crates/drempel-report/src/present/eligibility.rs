use drempel::analysis::eligibility::{Against, Missing};
use drempel::analysis::{Eligibility, Program, Setting, Value};
use drempel::units::Cents;

use super::Present;
use super::about::{About, Answers};
use super::description::Description;
use super::picture::{Parts, Picture};
use super::plain_words::PlainWords;
use super::sentences::{answer_is_yes_or_no, euro, missing_record, stops, term};
use crate::language::Language;

impl Present for Eligibility {
    fn describe(&self, _setting: &Setting<'_>, language: Language) -> Description {
        let datasets = language.and(self.datasets());
        let against = in_words(self.comparison(), language);
        let has_known = self.known() != (0..=0);
        let (with_known, and_known) = match has_known {
            true => (
                language.pick(
                    ", with the amount that the evaluator knows,",
                    ", met het bedrag dat de rekenaar kent,",
                ),
                language.pick(", and an amount that it knows itself", ", en een bedrag dat hij zelf kent"),
            ),
            false => ("", ""),
        };
        let answer = answer_is_yes_or_no(language);
        let question = language.pick(
            format!(
                "For each household, once: is the sum of its amounts in {datasets}{with_known} {against} its own \
                 poverty line? {answer}"
            ),
            format!(
                "Voor elk huishouden, één keer: ligt de som van zijn bedragen in {datasets}{with_known} {against} de \
                 eigen norm? {answer}"
            ),
        );
        let lines = match self.norms() {
            Some(norms) => language.or(&norms.iter().map(|norm| language.euro(*norm)).collect::<Vec<_>>()),
            None => language.euro_range(self.lines()),
        };
        let mut terms = vec![term(language.pick("poverty lines", "normen"), lines)];
        if has_known {
            let known = language.pick("amount that the evaluator knows", "bedrag dat de rekenaar kent");
            terms.push(term(known, language.euro_range(self.known())));
        }
        let most = language.pick("at most", "ten hoogste");
        let amounts = language.pick("amounts per household", "bedragen per huishouden");
        terms.push(term(amounts, format!("{most} {}", self.max_addends())));
        let missing = match self.missing() {
            Missing::Zero => language.pick(
                "counts as zero: a record that was forgotten can give a wrong yes",
                "telt als nul: een vergeten gegeven kan een onterecht ja geven",
            ),
            Missing::Refuse => stops(language),
        };
        terms.push(missing_record(missing, language));
        let in_the_clear = language.pick(
            format!("for each household: an identifier, its members, its poverty line{and_known}"),
            format!("van elk huishouden: een aanduiding, de leden, de norm{and_known}"),
        );
        Description { question, terms, in_the_clear }
    }

    fn plain_words(&self, about: &About<'_, Self>, language: Language) -> PlainWords {
        let About { setting, cases, index, evaluator } = *about;
        let household = cases.get(index);
        let line = euro(setting, household.poverty_line().value(), language);
        let against = in_words(self.comparison(), language);
        let question = language.pick(
            format!(
                "Some amounts of your household were added up.\n\
                 The question was: is the total {against} the poverty line of your household?\n\
                 The poverty line is an amount. For your household it is {line}."
            ),
            format!(
                "Enkele bedragen van uw huishouden zijn bij elkaar opgeteld.\n\
                 De vraag was: ligt het totaal {against} de norm van uw huishouden?\n\
                 De norm is een bedrag. Voor uw huishouden is dat {line}."
            ),
        );
        let members = household.members().len() as u64;
        let people = match members {
            1 => language.pick("person", "persoon"),
            _ => language.pick("people", "personen"),
        };
        let members = language.whole(members);
        let data = language.pick(
            format!("In the list that was used, your household has {members} {people}.\nThese amounts were added up:"),
            format!("In de lijst die is gebruikt, telt uw huishouden {members} {people}.\nDeze bedragen zijn opgeteld:"),
        );
        let has_known = household.known() != Cents::ZERO;
        let known = euro(setting, household.known().value(), language);
        let known = language.pick(
            format!(
                "{evaluator} already knew an amount of your household: {known}.\n\
                 That amount counts in the total too.\n"
            ),
            format!(
                "{evaluator} kende al een bedrag van uw huishouden: {known}.\n\
                 Dat bedrag telt ook mee in het totaal.\n"
            ),
        );
        let (except, or_known) = match has_known {
            true => language.pick(
                (
                    format!(", except the one that {evaluator} already knew"),
                    ", or the amount that was already known",
                ),
                (
                    format!(", en behalve het bedrag dat {evaluator} al kende"),
                    ", of het bedrag dat al bekend was",
                ),
            ),
            false => (String::new(), ""),
        };
        let missing = match self.missing() {
            Missing::Zero => language.pick(
                format!(
                    "Did an agency have no amount for somebody in your household? Then zero euro was counted.\n\
                     This text does not show whether that happened. You can ask {evaluator}."
                ),
                format!(
                    "Had een instantie geen bedrag van iemand in uw huishouden? Dan is nul euro geteld.\n\
                     Deze tekst laat niet zien of dat is gebeurd. U kunt dat vragen aan {evaluator}."
                ),
            ),
            Missing::Refuse => language
                .pick(
                    "No amount was missing. If an agency had no amount for somebody, there would be no answer.",
                    "Er ontbrak geen bedrag. Als een instantie van iemand geen bedrag had, was er geen antwoord.",
                )
                .to_owned(),
        };
        let computed = language.pick(
            format!(
                "{evaluator} added up the locked amounts and compared the total. Everything stayed locked.\n\
                 So nobody but the agency itself saw an amount{except}."
            ),
            format!(
                "{evaluator} telde de bedragen op en vergeleek het totaal. Alles bleef op slot.\n\
                 Dus niemand zag een bedrag, behalve de instantie zelf{except}."
            ),
        );
        let unopened = language.pick(
            "The total itself is never opened. It is not known here, so this text cannot show it.",
            "Het totaal zelf wordt nooit geopend. Het is hier niet bekend. Daarom kan deze tekst het niet laten zien.",
        );
        let mistakes = language.pick(
            format!("Are the people in your household wrong, or the poverty line{or_known}?"),
            format!("Kloppen de personen in uw huishouden niet, of de norm{or_known}?"),
        );
        let beside = if has_known { known + &missing } else { missing };
        PlainWords { question, data, beside, computed, unopened: unopened.to_owned(), mistakes }
    }

    /// What a yes or a no says of a household's total.
    fn meaning(&self, about: &About<'_, Self>, values: &[Value], language: Language) -> Option<String> {
        let is_yes = values == [Value::YesNo(true)];
        let line = euro(about.setting, about.cases.get(about.index).poverty_line().value(), language);
        let total = match (self.comparison(), is_yes) {
            (Against::Below, true) => {
                language.pick(format!("less than {line}"), format!("minder dan {line}"))
            }
            (Against::Below, false) => language.pick(format!("{line} or more"), format!("{line} of meer")),
            (Against::AtMost, true) => language.pick(format!("{line} or less"), format!("{line} of minder")),
            (Against::AtMost, false) => {
                language.pick(format!("more than {line}"), format!("meer dan {line}"))
            }
        };
        Some(language.pick(
            format!("That means: the total is {total}."),
            format!("Dat betekent: het totaal is {total}."),
        ))
    }

    fn pictures(&self, answers: &Answers<'_, Self>, language: Language) -> Option<Vec<Picture>> {
        let against = in_words(self.comparison(), language);
        let title = language.pick(
            format!("Households with an income {against} their poverty line"),
            format!("Huishoudens met een inkomen {against} hun norm"),
        );
        // Lines that differ by household divide nobody.
        let parts = answers.cases.filter(|_| self.norms().is_some()).map(|households| Parts {
            what: language.pick("poverty line", "norm").to_owned(),
            names: households
                .iter()
                .map(|household| language.euro(household.poverty_line().value()))
                .collect(),
        });
        Some(vec![Picture::share(
            &title,
            language.pick("eligible", "mogelijk recht"),
            answers.answer,
            parts,
        )?])
    }
}

fn in_words(comparison: Against, language: Language) -> &'static str {
    match comparison {
        Against::Below => language.pick("below", "onder"),
        Against::AtMost => language.pick("at or below", "op of onder"),
    }
}
