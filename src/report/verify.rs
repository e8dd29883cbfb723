use super::{Inputs, Report, ReportError};
use crate::analysis::Program;
use crate::evaluator::PROGRAM;
use crate::language::Language;
use crate::units::AgreementId;

/// Why a page is not the report of these inputs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The inputs themselves do not make a report.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// Some other file.
    #[error("this is no report of drempel")]
    NotAReport,
    /// Written by another version, which may draw otherwise.
    #[error("the page was written by another version than this one, \"{PROGRAM}\"; verify it with that one")]
    OtherProgram,
    /// About another agreement.
    #[error("the page is not about agreement {expected}")]
    OtherAgreement {
        /// The agreement in hand.
        expected: AgreementId,
    },
    /// About another answer.
    #[error("the page is not about this answer")]
    OtherAnswer,
    /// Other released answers.
    #[error("the page was made from another file of released answers, or that file was changed")]
    OtherAnswers,
    /// Something else than these inputs give.
    #[error(
        "line {line}: not what these files give; the page or one of the files was changed, or is not the same"
    )]
    Changed {
        /// The first line that differs.
        line: usize,
    },
}

impl VerifyError {
    /// Whether the page is refused, as opposed to a wrong file.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Report(error) => error.is_refusal(),
            Self::NotAReport => false,
            _ => true,
        }
    }
}

impl Report {
    /// Makes the report again and compares, after checking every signature and digest.
    ///
    /// # Errors
    /// When the inputs do not make a report, or the page is not, byte for byte, theirs.
    pub fn verify<A: Program>(page: &[u8], inputs: &Inputs<'_, A>) -> Result<Self, VerifyError> {
        let text = std::str::from_utf8(page).map_err(|_| VerifyError::NotAReport)?;
        let of_language = |language: &Language| text.starts_with(&start(*language));
        let language = [Language::English, Language::Dutch].into_iter().find(of_language);
        let language = language.ok_or(VerifyError::NotAReport)?;
        let report = Self::of(inputs, language)?;
        let has = |name: &str, content: &str| text.contains(&meta(name, content));
        if !has("generator", PROGRAM) {
            return Err(VerifyError::OtherProgram);
        }
        if !has("agreement", &report.agreement.to_string()) {
            return Err(VerifyError::OtherAgreement { expected: report.agreement });
        }
        if !has("answer", &report.answer.to_string()) {
            return Err(VerifyError::OtherAnswer);
        }
        if report.file.is_some_and(|file| !has("answers", &file.to_string())) {
            return Err(VerifyError::OtherAnswers);
        }
        let expected = report.page();
        if expected == text {
            return Ok(report);
        }
        let same = expected.lines().zip(text.lines()).take_while(|(expected, found)| expected == found);
        Err(VerifyError::Changed { line: same.count() + 1 })
    }
}

/// The first line of a page.
pub(super) fn start(language: Language) -> String {
    format!("<!DOCTYPE html>\n<html lang=\"{}\">\n", language.code())
}

/// A line of a page's head.
pub(super) fn meta(name: &str, content: &str) -> String {
    format!("<meta name=\"{name}\" content=\"{content}\">")
}
