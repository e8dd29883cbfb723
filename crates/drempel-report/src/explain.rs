//! What was asked about one subject, and what came out: in plain words, for whom it is about and whoever advises them.
//!
//! Everything here is known in the clear. What was computed with is not, so no explanation can show it.

use std::fmt;

use askama::Template;
use drempel::analysis::Value;
use drempel::files::ContainerError;
use drempel::units::SubjectId;
use drempel::verify;
use drempel::{Cases, EncryptedAnswer, SignedAgreement};

use crate::language::Language;
use crate::present::Present;

mod page;

use page::{Page, Subject};

/// One subject's answer, to be explained.
pub struct Explanation<'a, A: Present>(Subject<'a, A>);

/// Why there is nothing to explain.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExplainError {
    /// The answer is of another agreement, or not the evaluator's.
    #[error("the answer: {0}")]
    Answer(#[from] ContainerError),
    /// The answer was made from other cases than those given.
    #[error(
        "the answer was made from another file of cases: the explanation would be about another job; use the file that \
         the evaluator used"
    )]
    OtherCases,
    /// A subject that was not asked about.
    #[error("nothing was asked about this identifier; use it as it is in the file of cases")]
    UnknownSubject,
    /// Values that the analysis does not give.
    #[error("the agreement's analysis does not give such an answer; use the file that was released")]
    SchemaMismatch,
}

impl<'a, A: Present> Explanation<'a, A> {
    /// Collects what is known about one subject's answer. The `values` are what was released about it, one for each
    /// column but the first, if they may be shown.
    ///
    /// # Errors
    /// When the answer is of another agreement, not signed by the evaluator, made from other cases, or not about this
    /// subject; when the values cannot be its answer.
    pub fn of(
        agreement: &'a SignedAgreement<A>,
        cases: &'a A::Cases,
        answer: &'a EncryptedAnswer,
        subject: &'a SubjectId,
        values: Option<&'a [Value]>,
    ) -> Result<Self, ExplainError> {
        verify::by_evaluator(agreement, answer.header().key, answer.container())?;
        let made = answer.provenance();
        if made.cases != cases.digest() {
            return Err(ExplainError::OtherCases);
        }
        let index = cases.answers().iter().position(|asked| asked == subject.as_str());
        let index = index
            .filter(|_| made.subjects.iter().any(|made| made == subject.as_str()))
            .ok_or(ExplainError::UnknownSubject)?;
        let shape = agreement.shape();
        if let Some(values) = values {
            let yes_or_no = shape.released().is_yes_or_no();
            let fits = |value: &Value| !yes_or_no || matches!(value, Value::YesNo(_));
            if values.len() + 1 != shape.columns().len() || !values.iter().all(fits) {
                return Err(ExplainError::SchemaMismatch);
            }
        }
        Ok(Self(Subject { agreement, cases, answer, id: subject, index, values }))
    }

    /// The explanation as plain text, to be printed or put into a letter.
    pub fn to_text(&self, language: Language) -> String {
        let it = Page::new(&self.0, language);
        let text = match language {
            Language::English => English { it }.render(),
            Language::Dutch => Dutch { it }.render(),
        };
        text.expect("writing to a string does not fail")
    }
}

/// An answer about one subject: not for a log.
impl<A: Present> fmt::Debug for Explanation<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explanation").field("answer", &self.0.answer.digest()).finish_non_exhaustive()
    }
}

#[derive(Template)]
#[template(path = "explain.en.txt")]
struct English<'e> {
    it: Page<'e>,
}

#[derive(Template)]
#[template(path = "explain.nl.txt")]
struct Dutch<'e> {
    it: Page<'e>,
}
