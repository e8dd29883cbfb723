//! drempel's own analyses, for who knows the kind only when the agreement is read.

use drempel::analysis::{AnyCases, Question, Setting, Value};

use super::Present;
use super::about::{About, Answers};
use super::description::Description;
use super::picture::Picture;
use super::plain_words::PlainWords;
use crate::language::Language;

/// Hands each question to its own [`Present`]. A kind that is missing here does not compile.
macro_rules! presented {
    ($($name:ident),+ $(,)?) => {
        impl Present for Question {
            fn describe(&self, setting: &Setting<'_>, language: Language) -> Description {
                match self { $(Self::$name(it) => it.describe(setting, language),)+ }
            }

            fn plain_words(&self, about: &About<'_, Self>, language: Language) -> PlainWords {
                match (self, about.cases) {
                    $((Self::$name(it), AnyCases::$name(cases)) => {
                        it.plain_words(&about.with(cases), language)
                    })+
                    _ => panic!("{OTHER}"),
                }
            }

            fn meaning(
                &self,
                about: &About<'_, Self>,
                values: &[Value],
                language: Language,
            ) -> Option<String> {
                match (self, about.cases) {
                    $((Self::$name(it), AnyCases::$name(cases)) => {
                        it.meaning(&about.with(cases), values, language)
                    })+
                    _ => panic!("{OTHER}"),
                }
            }

            fn pictures(&self, answers: &Answers<'_, Self>, language: Language) -> Option<Vec<Picture>> {
                match (self, answers.cases) {
                    $((Self::$name(it), None) => it.pictures(&answers.with(None), language),)+
                    $((Self::$name(it), Some(AnyCases::$name(cases))) => {
                        it.pictures(&answers.with(Some(cases)), language)
                    })+
                    _ => panic!("{OTHER}"),
                }
            }
        }
    };
}

/// Why a match on two of them cannot fail.
const OTHER: &str = "cases are those of the same agreement's analysis";

presented! {
    Eligibility, Matching, Ranking, DebtCount, DebtAlarm, GroupComparison, GroupMean, AreaCount, Presence,
}
