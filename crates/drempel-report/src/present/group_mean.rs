use drempel::analysis::totals::Variance;
use drempel::analysis::{GroupMean, Program, Setting, Value};

use super::Present;
use super::about::Answers;
use super::description::Description;
use super::groups::{self, Drawn};
use super::picture::{Picture, decimal, whole};
use crate::language::Language;

/// Of the intervals that a report draws.
const CONFIDENCE: f64 = 0.95;

impl Present for GroupMean {
    fn describe(&self, setting: &Setting<'_>, language: Language) -> Description {
        let datasets = language.and(self.datasets());
        let variance = match self.variance() {
            Variance::Released => language.pick(", and their variance", ", en de variantie daarvan"),
            Variance::Withheld => "",
        };
        let question = language.pick(
            format!(
                "For each group of people, and for each of {datasets}: how many people have a record, and what is the \
                 mean of their amounts{variance}?"
            ),
            format!(
                "Voor elke groep mensen, en voor elk van {datasets}: hoeveel mensen hebben een gegeven, en wat is het \
                 gemiddelde van hun bedragen{variance}?"
            ),
        );
        groups::description(question, setting, self.max_group(), self.missing(), None, language)
    }

    fn pictures(&self, answers: &Answers<'_, Self>, language: Language) -> Option<Vec<Picture>> {
        let width = if self.variance() == Variance::Released { 3 } else { 2 };
        let of_dataset = |(index, name): (usize, &String)| {
            let drawn = Drawn::new(answers.setting, index, CONFIDENCE, language);
            let row = |(subject, values)| {
                let values: &[Value] = values;
                let values = values.get(index * width..(index + 1) * width)?;
                let variance = match values.get(2) {
                    Some(value) => Some(decimal(value)?),
                    None => None,
                };
                drawn.mean(subject, whole(&values[0])?, decimal(&values[1])?, variance)
            };
            let title = language.pick(format!("Mean of {name}"), format!("Gemiddelde van {name}"));
            Some(drawn.means(title, answers.answer.values().map(row).collect::<Option<_>>()?))
        };
        self.datasets().iter().enumerate().map(of_dataset).collect()
    }
}
