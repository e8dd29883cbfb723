//! What was asked about one subject, and what came out: in plain words, for whom it is about and whoever advises them.
//!
//! Everything here is known in the clear. What was computed with is not, so no explanation can show it.

use std::fmt;

use askama::Template;

use crate::agreement::{Role, SignedAgreement};
use crate::analysis::Program;
use crate::answer::Value;
use crate::cases::Cases;
use crate::container::{ContainerError, NO_LABEL};
use crate::encrypted_answer::EncryptedAnswer;
use crate::language::Language;
use crate::units::SubjectId;

mod page;

use page::Page;

/// One subject's answer, to be explained.
pub struct Explanation<'a, A: Program> {
    agreement: &'a SignedAgreement<A>,
    cases: &'a A::Cases,
    answer: &'a EncryptedAnswer,
    subject: &'a SubjectId,
    /// Among the cases.
    place: usize,
    values: Option<&'a [Value]>,
}

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

impl<'a, A: Program> Explanation<'a, A> {
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
        answer.container().expect(agreement.id(), None)?;
        answer.container().signed_by(agreement.only(Role::Evaluator), NO_LABEL)?;
        let made = answer.provenance();
        if made.cases != cases.digest() {
            return Err(ExplainError::OtherCases);
        }
        let place = cases.answers().iter().position(|asked| asked == subject.as_str());
        let place = place
            .filter(|_| made.subjects.iter().any(|made| made == subject.as_str()))
            .ok_or(ExplainError::UnknownSubject)?;
        if let Some(values) = values {
            let yes_or_no = agreement.shape().released().is_yes_or_no();
            let fits = |value: &Value| !yes_or_no || matches!(value, Value::YesNo(_));
            if values.len() + 1 != agreement.shape().columns().len() || !values.iter().all(fits) {
                return Err(ExplainError::SchemaMismatch);
            }
        }
        Ok(Self { agreement, cases, answer, subject, place, values })
    }

    /// The explanation as plain text, to be printed or put into a letter.
    pub fn to_text(&self, language: Language) -> String {
        let it = self.page(language);
        let text = match language {
            Language::English => English { it }.render(),
            Language::Dutch => Dutch { it }.render(),
        };
        text.expect("writing to a string does not fail")
    }
}

/// An answer about one subject: not for a log.
impl<A: Program> fmt::Debug for Explanation<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explanation").field("answer", &self.answer.digest()).finish_non_exhaustive()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::Rehearsal;
    use crate::analysis::PlainWords;
    use crate::cases::households::Households;
    use drempel_fhe::circuit::Scale;
    use drempel_fhe::packing::PackedAnswers;

    use crate::encrypted_answer::Provenance;
    use crate::evaluator::PROGRAM;
    use crate::units::Digest;

    const AGREEMENT: &str = include_str!("../examples/agreements/svb_uwv.toml");
    const HOUSEHOLDS: &str = "household,person,poverty_line_cents,known_cents\n\
        h1,p1,205348,-2500\n\
        h1,p2,205348,-2500\n\
        h2,p3,150107,0\n";

    fn rehearsal(text: &str) -> Rehearsal {
        Rehearsal::of(text).expect("a sound agreement")
    }

    fn households(text: &str) -> Households {
        Households::from_csv(text.as_bytes()).expect("valid")
    }

    fn id(text: &str) -> SubjectId {
        SubjectId::try_from(text).expect("an identifier")
    }

    /// Answers that were never encrypted: an explanation reads only what they were made from.
    fn answer(rehearsal: &Rehearsal, households: &Households, signer: &str) -> EncryptedAnswer {
        let provenance = Provenance {
            program: PROGRAM.to_owned(),
            evaluation_key: Digest::ZERO,
            tables: vec![],
            cases: households.digest(),
            transcript: None,
            blinding: None,
            scale: Scale::Slots,
            fields: 1,
            subjects: households.answers().into_owned(),
        };
        let (agreement, packed) =
            (rehearsal.agreement().id(), PackedAnswers::new(Scale::Slots, households.len()));
        EncryptedAnswer::new(agreement, Digest::ZERO, provenance, &packed, &rehearsal.key(signer))
            .expect("consistent")
    }

    fn explain(agreement: &str, household: &str, decision: Option<bool>, language: Language) -> String {
        let values = decision.map(|yes| [Value::YesNo(yes)]);
        let values = values.as_ref().map(|values| values.as_slice());
        let (rehearsal, households) = (rehearsal(agreement), households(HOUSEHOLDS));
        let answer = answer(&rehearsal, &households, "computing-centre");
        Explanation::of(rehearsal.agreement(), &households, &answer, &id(household), values)
            .expect("explained")
            .to_text(language)
    }

    #[test]
    fn a_yes_a_no_and_neither_each_have_their_own_words() {
        let cases = [
            (
                Language::English,
                "€1,501.07 per month",
                ["The answer is: yes.", "The answer is: no.", "not given in this text"],
            ),
            (
                Language::Dutch,
                "€ 1.501,07 per maand",
                ["Het antwoord is: ja.", "Het antwoord is: nee.", "staat niet in deze tekst"],
            ),
        ];
        for (language, line, words) in cases {
            for (own, decision) in [Some(true), Some(false), None].into_iter().enumerate() {
                let text = explain(AGREEMENT, "h2", decision, language);
                assert!(text.contains(line), "{text}");
                for (place, words) in words.into_iter().enumerate() {
                    assert_eq!(text.contains(words), place == own, "{words}: {text}");
                }
            }
        }
    }

    #[test]
    fn the_rule_is_told_as_the_agreement_has_it() {
        let text = explain(AGREEMENT, "h1", None, Language::English);
        for part in ["below the poverty line", "-€25.00 per month", "2 people", "UWV", "article 47a"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("zero euro"), "{text}");
        let other = AGREEMENT
            .replace("comparison = \"below\"", "comparison = \"at-most\"")
            .replace("missing = \"refuse\"", "missing = \"zero\"");
        let text = explain(&other, "h2", Some(true), Language::Dutch);
        for part in ["op of onder de norm", "nul euro", "1 persoon"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        // Nothing is known of this household.
        assert!(!text.contains("kende al"), "{text}");
    }

    #[test]
    fn it_can_be_checked_by_its_digests() {
        let (rehearsal, households) = (rehearsal(AGREEMENT), households(HOUSEHOLDS));
        let answer = answer(&rehearsal, &households, "computing-centre");
        let household = id("h1");
        let explained = Explanation::of(rehearsal.agreement(), &households, &answer, &household, None);
        let text = explained.expect("explained").to_text(Language::Dutch);
        for digest in [rehearsal.agreement().id(), answer.digest(), households.digest()] {
            assert!(text.contains(&digest.to_string()), "{digest}: {text}");
        }
    }

    #[test]
    fn another_job_is_not_explained() {
        let (ours, theirs) = (rehearsal(AGREEMENT), rehearsal(AGREEMENT));
        let given = households(HOUSEHOLDS);
        let moved = households(&HOUSEHOLDS.replace("150107", "150108"));
        let explain = |answer: &EncryptedAnswer, household: &str| {
            Explanation::of(ours.agreement(), &given, answer, &id(household), None).map(drop)
        };
        let honest = answer(&ours, &given, "computing-centre");
        assert!(explain(&honest, "h1").is_ok());
        assert!(matches!(explain(&honest, "h3"), Err(ExplainError::UnknownSubject)));
        let of_moved = answer(&ours, &moved, "computing-centre");
        assert!(matches!(explain(&of_moved, "h1"), Err(ExplainError::OtherCases)));
        let of_theirs = answer(&theirs, &given, "computing-centre");
        let error = explain(&of_theirs, "h1").expect_err("another agreement");
        assert!(matches!(error, ExplainError::Answer(ContainerError::WrongAgreement { .. })), "{error}");
        let by_another = answer(&ours, &given, "UWV");
        let error = explain(&by_another, "h1").expect_err("not the evaluator's");
        assert!(matches!(error, ExplainError::Answer(ContainerError::NotSigned { .. })), "{error}");
    }

    #[test]
    fn an_analysis_without_words_of_its_own_is_described() {
        let rehearsal = rehearsal(AGREEMENT);
        let agreement = rehearsal.agreement();
        let description = agreement.analysis().describe(&agreement.setting(), Language::English);
        let words = PlainWords::of(&description, "CBS", Language::English);
        assert!(words.question.starts_with(&description.question), "{}", words.question);
        assert!(words.question.contains("\n- poverty lines: €1,501.07 or €2,053.48"), "{}", words.question);
        assert!(words.data.starts_with("CBS could read, for each household: "), "{}", words.data);
    }

    #[test]
    fn what_cannot_be_the_answer_is_not_told() {
        let (rehearsal, households) = (rehearsal(AGREEMENT), households(HOUSEHOLDS));
        let (answer, household) = (answer(&rehearsal, &households, "computing-centre"), id("h1"));
        for values in [vec![], vec![Value::Number(1)], vec![Value::YesNo(true); 2]] {
            let error =
                Explanation::of(rehearsal.agreement(), &households, &answer, &household, Some(&values));
            assert!(matches!(error, Err(ExplainError::SchemaMismatch)), "{values:?}");
        }
    }
}
