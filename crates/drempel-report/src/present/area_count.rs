use drempel::analysis::area_count::{Against, Condition};
use drempel::analysis::eligibility::Missing;
use drempel::analysis::{AreaCount, Setting, Value};
use drempel::cases::areas::Areas;
use drempel::units::SubjectId;

use super::Present;
use super::about::Answers;
use super::description::Description;
use super::picture::{self, Area, Picture, whole};
use super::sentences::term;
use crate::language::Language;

impl Present for AreaCount {
    fn describe(&self, setting: &Setting<'_>, language: Language) -> Description {
        let minimum = setting.disclosure.minimum_cell;
        let ways: Vec<String> = self.at_risk().iter().map(|all| language.and(all)).collect();
        let ways = ways.join(language.pick("; or ", "; of "));
        let question = language.pick(
            format!(
                "For each area, once: how many of its households meet these conditions: {ways}? A count below {minimum} \
                 is suppressed before anybody can read it."
            ),
            format!(
                "Voor elk gebied, één keer: hoeveel van de huishoudens voldoen aan deze voorwaarden: {ways}? Een aantal \
                 onder {minimum} wordt onderdrukt voordat iemand het kan lezen."
            ),
        );
        let households = language.pick("households per area", "huishoudens per gebied");
        let mut terms = vec![term(households, language.range(minimum, self.max_households()))];
        let conditions = self.conditions().iter();
        terms.extend(conditions.map(|condition| term(condition.name(), in_words(condition, language))));
        if let Some(totals) = self.totals() {
            terms.push(term(
                language.pick("totals", "totalen"),
                language.pick(
                    format!("by {totals}; where one area is suppressed, so is at least one other of the same total"),
                    format!(
                        "per {totals}; waar één gebied is onderdrukt, is dat ook ten minste één ander van hetzelfde totaal"
                    ),
                ),
            ));
        }
        if let Some(reached) = self.reached() {
            terms.push(term(
                language.pick("missed", "gemist"),
                language.pick(
                    format!(
                        "a second count per area, of who is at risk and does not meet {reached}; it is suppressed too \
                         where it or its difference from the first is below {minimum}"
                    ),
                    format!(
                        "een tweede aantal per gebied, van wie aan de voorwaarden voldoet maar niet aan {reached}; ook dat is \
                         onderdrukt waar het, of het verschil met het eerste, onder {minimum} ligt"
                    ),
                ),
            ));
        }
        let lines = match self.conditions().iter().any(|condition| condition.line_column().is_some()) {
            true => language.pick(", its lines", ", de eigen grenzen"),
            false => "",
        };
        let in_the_clear = language.pick(
            format!("for each household: an identifier, its members, its area{lines}"),
            format!("van elk huishouden: een aanduiding, de leden, het gebied{lines}"),
        );
        Description { question, terms, in_the_clear }
    }

    fn pictures(&self, answers: &Answers<'_, Self>, language: Language) -> Option<Vec<Picture>> {
        let households = answers.cases.map(households);
        let counted = |column: usize, title: &str, what: &str| {
            let area = |(place, (id, values)): (usize, (&SubjectId, &[Value]))| {
                let count = match values.get(column)? {
                    Value::Suppressed => None,
                    value => Some(whole(value).and_then(|count| u64::try_from(count).ok())?),
                };
                let (of, is_total) = households.as_ref().and_then(|all| all.get(place).copied()).unzip();
                Some(Area { id: id.clone(), count, of, is_total: is_total.unwrap_or(false) })
            };
            let areas = answers.answer.values().enumerate().map(area).collect::<Option<_>>()?;
            Some(Picture::Areas(picture::Areas { title: title.to_owned(), what: what.to_owned(), areas }))
        };
        let at_risk = language.pick("at risk", "met risico");
        let title = language.pick("Households at risk", "Huishoudens met risico");
        let mut pictures = vec![counted(0, title, at_risk)?];
        if self.reached().is_some() {
            let title = language.pick(
                "Households at risk that the measure missed",
                "Huishoudens met risico die de maatregel heeft gemist",
            );
            pictures.push(counted(1, title, language.pick("missed", "gemist"))?);
        }
        Some(pictures)
    }
}

/// For example "income below 1200 to 2400 (by household)".
fn in_words(condition: &Condition, language: Language) -> String {
    let against = match condition.comparison() {
        Against::Below => language.pick("below", "onder"),
        Against::AtMost => language.pick("at most", "ten hoogste"),
        Against::AtLeast => language.pick("at least", "ten minste"),
        Against::Above => language.pick("above", "boven"),
    };
    let (low, high) = condition.lines().into_inner();
    let line = match condition.line_column() {
        Some(column) => {
            let lines = language.range(low, high);
            language.pick(
                format!("the household's own {column} ({lines})"),
                format!("de eigen {column} van het huishouden ({lines})"),
            )
        }
        None => low.to_string(),
    };
    let missing = match condition.missing() {
        Missing::Refuse => language.pick(
            "a missing record stops the whole computation",
            "een ontbrekend gegeven stopt de hele berekening",
        ),
        Missing::Zero => {
            language.pick("a missing record counts as zero", "een ontbrekend gegeven telt als nul")
        }
    };
    format!("{} {against} {line}; {missing}", language.and(condition.datasets()))
}

/// For each answer, how many households it is about, and whether it is a total.
fn households(areas: &Areas) -> Vec<(u64, bool)> {
    let mut answers = Vec::new();
    for region in areas.iter() {
        let sizes: Vec<u64> = region.areas().map(|area| area.households().len() as u64).collect();
        let total: u64 = sizes.iter().sum();
        answers.extend(sizes.into_iter().map(|size| (size, false)));
        answers.extend(region.total().map(|_| (total, true)));
    }
    answers
}
