use drempel::analysis::{DebtAlarm, Setting};

use super::Present;
use super::about::Answers;
use super::arrears::Arrears;
use super::description::Description;
use super::picture::Picture;
use super::sentences::{answer_is_yes_or_no, term};
use crate::language::Language;

impl Present for DebtAlarm {
    fn describe(&self, setting: &Setting<'_>, language: Language) -> Description {
        let arrears = Arrears::new(setting, self.above(), self.missing(), language);
        let (datasets, in_arrear, least) = (arrears.agencies(), arrears.in_arrear(), self.at_least());
        let answer = answer_is_yes_or_no(language);
        let question = language.pick(
            format!(
                "For each person, once: is this person {in_arrear} at {least} or more of {datasets}? {answer}"
            ),
            format!(
                "Voor elke persoon, één keer: is deze persoon {in_arrear} bij {least} of meer van {datasets}? {answer}"
            ),
        );
        let (of, most) = (language.pick("of", "van de"), setting.datasets.len());
        let agencies = language.pick("agencies for a yes", "instanties voor een ja");
        arrears.description(question, Some(term(agencies, format!("{least} {of} {most}"))))
    }

    fn pictures(&self, answers: &Answers<'_, Self>, language: Language) -> Option<Vec<Picture>> {
        let least = self.at_least();
        let title = language.pick(
            format!("People with a payment arrear at {least} agencies or more"),
            format!("Mensen met een betalingsachterstand bij {least} of meer instanties"),
        );
        let yes = language.pick("with an alarm", "met een signaal");
        Some(vec![Picture::share(&title, yes, answers.answer, None)?])
    }
}
