use drempel::analysis::{GroupComparison, Program, Setting};

use super::Present;
use super::about::Answers;
use super::description::Description;
use super::groups::{self, Drawn, OfGroup};
use super::picture::{Picture, decimal, whole};
use super::sentences::term;
use crate::language::Language;

impl Present for GroupComparison {
    fn describe(&self, setting: &Setting<'_>, language: Language) -> Description {
        let datasets = language.and(self.datasets());
        let question = language.pick(
            format!(
                "For each group of people, over all of {datasets} together: how many people have a record, what are \
                 the mean and the variance of their amounts, and does the mean differ from that of the first group \
                 (Welch's t-test)?"
            ),
            format!(
                "Voor elke groep mensen, over {datasets} samen: hoeveel mensen hebben een gegeven, wat zijn het \
                 gemiddelde en de variantie van hun bedragen, en verschilt het gemiddelde van dat van de eerste groep \
                 (t-toets van Welch)?"
            ),
        );
        let confidence = term(
            language.pick("confidence of the intervals", "betrouwbaarheid van de intervallen"),
            language.decimal(&self.confidence().to_string()),
        );
        groups::description(question, setting, self.max_group(), self.missing(), Some(confidence), language)
    }

    fn pictures(&self, answers: &Answers<'_, Self>, language: Language) -> Option<Vec<Picture>> {
        let drawn = Drawn::new(answers.setting, 0, self.confidence(), language);
        let (mut means, mut differences) = (Vec::new(), Vec::new());
        for (subject, values) in answers.answer.values() {
            let people = whole(values.first()?)?;
            let decimals: Vec<f64> = values[1..].iter().map(decimal).collect::<Option<_>>()?;
            let [mean, variance, difference, low, high, p] = decimals[..] else {
                return None;
            };
            means.push(drawn.mean(subject, people, mean, Some(variance))?);
            let ends = Some((low, high));
            differences.push(OfGroup { subject, people, value: difference, ends, beside: vec![p] });
        }
        // The first group is what the others are compared with.
        let first =
            answers.answer.values().next().map(|(subject, _)| subject.to_string()).unwrap_or_default();
        let differences = differences.into_iter().skip(1).collect();
        let title =
            language.pick(format!("Difference with group {first}"), format!("Verschil met groep {first}"));
        Some(vec![
            drawn.means(language.pick("Mean of each group", "Gemiddelde van elke groep").to_owned(), means),
            drawn.differences(title, differences),
        ])
    }
}
