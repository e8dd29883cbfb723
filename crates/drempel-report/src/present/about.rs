//! What an analysis is told of the answers that it puts into words or pictures.

use drempel::Answer;
use drempel::analysis::{Program, Setting};

/// One subject and its answer.
pub struct About<'a, A: Program> {
    /// What the analysis sees of the agreement beside its own section.
    pub setting: &'a Setting<'a>,
    /// What was asked about.
    pub cases: &'a A::Cases,
    /// Which of the cases' answers it is, counted from zero.
    pub index: usize,
    /// The name of the party that evaluated.
    pub evaluator: &'a str,
}

impl<'a, A: Program> About<'a, A> {
    /// The same for an analysis that has these cases.
    pub(super) fn with<B: Program>(&self, cases: &'a B::Cases) -> About<'a, B> {
        About { setting: self.setting, cases, index: self.index, evaluator: self.evaluator }
    }
}

/// All released answers.
pub struct Answers<'a, A: Program> {
    /// What the analysis sees of the agreement beside its own section.
    pub setting: &'a Setting<'a>,
    /// What was asked about, where the evaluator shares it.
    pub cases: Option<&'a A::Cases>,
    /// What was released.
    pub answer: &'a Answer,
}

impl<'a, A: Program> Answers<'a, A> {
    /// The same for an analysis that has these cases.
    pub(super) fn with<B: Program>(&self, cases: Option<&'a B::Cases>) -> Answers<'a, B> {
        Answers { setting: self.setting, cases, answer: self.answer }
    }
}
