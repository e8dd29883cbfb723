use drempel::artefacts::PROGRAM;

use super::Report;
use super::error::PageError;
use super::head::{meta, start};
use super::inputs::Inputs;
use crate::language::Language;
use crate::present::Present;

impl Report {
    /// Makes the report again and compares, after checking every signature and digest.
    ///
    /// # Errors
    /// When the inputs do not make a report, or the page is not, byte for byte, theirs.
    pub fn verify<A: Present>(page: &[u8], inputs: &Inputs<'_, A>) -> Result<Self, PageError> {
        let text = std::str::from_utf8(page).map_err(|_| PageError::NotAReport)?;
        let of_language = |language: &Language| text.starts_with(&start(*language));
        let language = [Language::English, Language::Dutch].into_iter().find(of_language);
        let language = language.ok_or(PageError::NotAReport)?;
        let report = Self::of(inputs, language)?;
        let has = |name: &str, content: &str| text.contains(&meta(name, content));
        if !has("generator", PROGRAM) {
            return Err(PageError::OtherProgram);
        }
        if !has("agreement", &report.agreement.to_string()) {
            return Err(PageError::OtherAgreement { expected: report.agreement });
        }
        if !has("answer", &report.answer.to_string()) {
            return Err(PageError::OtherAnswer);
        }
        if report.file.is_some_and(|file| !has("answers", &file.to_string())) {
            return Err(PageError::OtherAnswers);
        }
        let expected = report.page();
        if expected == text {
            return Ok(report);
        }
        let same = expected.lines().zip(text.lines()).take_while(|(expected, found)| expected == found);
        Err(PageError::Changed { line: same.count() + 1 })
    }
}
