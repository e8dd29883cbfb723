use drempel::analysis::{DebtCount, Setting, Value};

use super::Present;
use super::about::Answers;
use super::arrears::Arrears;
use super::description::Description;
use super::picture::{Distribution, Picture, whole};
use crate::language::Language;

impl Present for DebtCount {
    fn describe(&self, setting: &Setting<'_>, language: Language) -> Description {
        let arrears = Arrears::new(setting, self.above(), self.missing(), language);
        let (datasets, in_arrear, most) = (arrears.agencies(), arrears.in_arrear(), setting.datasets.len());
        let question = language.pick(
            format!(
                "For each person, once: at how many of {datasets} is this person {in_arrear}? The answer is a number \
                 from 0 to {most}."
            ),
            format!(
                "Voor elke persoon, één keer: bij hoeveel van {datasets} is deze persoon {in_arrear}? Het antwoord is \
                 een getal van 0 tot en met {most}."
            ),
        );
        arrears.description(question, None)
    }

    fn pictures(&self, answers: &Answers<'_, Self>, language: Language) -> Option<Vec<Picture>> {
        let most = answers.setting.datasets.len() as i64;
        let number = |value: &Value| whole(value).filter(|number| (0..=most).contains(number));
        let answers = answers.answer.values().map(|(_, values)| number(&values[0])).collect::<Option<_>>()?;
        let title = language.pick(
            "At how many agencies people have a payment arrear",
            "Bij hoeveel instanties mensen een betalingsachterstand hebben",
        );
        Some(vec![Picture::Distribution(Distribution {
            title: title.to_owned(),
            what: language.pick("agencies", "instanties").to_owned(),
            numbers: (0..=most).collect(),
            is_amount: true,
            answers,
        })])
    }
}
