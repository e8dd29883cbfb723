use super::super::Description;
use super::condition::Condition;
use super::section::AreaCount;
use crate::language::Language;

impl AreaCount {
    /// What is asked, with counts suppressed below `minimum`.
    pub(super) fn description(&self, minimum: usize, language: Language) -> Description {
        let all = |all: &Vec<String>| language.and(&all.iter().map(String::as_str).collect::<Vec<_>>());
        let ways: Vec<String> = self.at_risk.iter().map(all).collect();
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
        let to = language.pick("to", "tot en met");
        let mut terms = vec![(households.to_owned(), format!("{minimum} {to} {}", self.max_households))];
        let condition = |condition: &Condition| (condition.name.clone(), condition.describe(language));
        terms.extend(self.condition.iter().map(condition));
        if let Some(totals) = &self.totals {
            terms.push((
                language.pick("totals", "totalen").to_owned(),
                language.pick(
                    format!("by {totals}; where one area is suppressed, so is at least one other of the same total"),
                    format!(
                        "per {totals}; waar één gebied is onderdrukt, is dat ook ten minste één ander van hetzelfde totaal"
                    ),
                ),
            ));
        }
        if let Some(reached) = &self.reached {
            terms.push((
                language.pick("missed", "gemist").to_owned(),
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
        let lines = match self.condition.line_columns().is_empty() {
            true => "",
            false => language.pick(", its lines", ", de eigen grenzen"),
        };
        let in_the_clear = language.pick(
            format!("for each household: an identifier, its members, its area{lines}"),
            format!("van elk huishouden: een aanduiding, de leden, het gebied{lines}"),
        );
        Description { question, terms, in_the_clear }
    }
}
