//! What people read of each analysis: the question, the answer in plain words, and pictures of all answers.
//!
//! An analysis is a program and says nothing itself. Whoever defines one of their own implements [`Present`] for it too.

use drempel::analysis::{Program, Setting, Value};

use crate::language::Language;

mod about;
mod area_count;
mod arrears;
mod debt_alarm;
mod debt_count;
mod description;
mod eligibility;
mod group_comparison;
mod group_mean;
mod groups;
mod matching;
pub mod picture;
mod plain_words;
mod presence;
mod question;
mod ranking;
mod sentences;

pub use about::{About, Answers};
pub use description::Description;
pub use picture::Picture;
pub use plain_words::PlainWords;

/// An analysis that people can read about. Only [`describe`](Self::describe) has to be written.
///
/// `examples/own_analysis.rs` has one of an analysis that drempel does not have.
pub trait Present: Program {
    /// What is asked, in one language, for whoever must approve it.
    fn describe(&self, setting: &Setting<'_>, language: Language) -> Description;

    /// What was asked about one subject, for an explanation of its answer. Give words of your own where the question
    /// means more to a person when it has that person's own numbers in it.
    fn plain_words(&self, about: &About<'_, Self>, language: Language) -> PlainWords {
        PlainWords::of(&self.describe(about.setting, language), about.evaluator, language)
    }

    /// What the released values of one subject mean, in a sentence; `None` where they speak for themselves.
    fn meaning(&self, _about: &About<'_, Self>, _values: &[Value], _language: Language) -> Option<String> {
        None
    }

    /// What the released answers are as pictures, for a report; `None` where the values cannot be answers of this
    /// analysis. Give pictures of your own where a list says too much, or not enough.
    fn pictures(&self, answers: &Answers<'_, Self>, language: Language) -> Option<Vec<Picture>> {
        Some(vec![Picture::list(answers.answer.columns().to_vec(), language)])
    }
}
