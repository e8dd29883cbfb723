//! What was asked about one household, and what came out: in plain words, for the household and whoever advises it.
//!
//! Everything here is known in the clear. The total is not, so no explanation can show it.

use std::fmt;

use askama::Template;

use crate::agreement::{Role, SignedAgreement, Subject};
use crate::analysis::eligibility::{Against, Missing};
use crate::cases::Cases;
use crate::cases::households::Households;
use crate::container::{ContainerError, UNNAMED};
use crate::encrypted_answer::EncryptedAnswer;
use crate::language::Language;
use crate::units::{AgreementId, Cents, Digest, SubjectId};

/// One household's answer, explained.
pub struct Explanation {
    agreement: AgreementId,
    name: String,
    purpose: String,
    legal_basis: String,
    /// The party that receives the answers.
    asker: String,
    evaluator: String,
    key_holder: String,
    auditors: Vec<String>,
    audit: f64,
    blinded: bool,
    sources: Vec<Source>,
    unit: String,
    comparison: Against,
    missing: Missing,
    household: SubjectId,
    members: u64,
    line: Cents,
    known: Cents,
    decision: Option<bool>,
    answer: Digest,
    households: Digest,
    program: String,
}

/// One dataset that was added up.
struct Source {
    name: String,
    provider: String,
    concept: String,
    per_person: bool,
}

/// Why there is nothing to explain.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExplainError {
    /// The answer is of another agreement, or not the evaluator's.
    #[error("the answer: {0}")]
    Answer(#[from] ContainerError),
    /// The answer was made from other households than those given.
    #[error(
        "the answer was made from another file of households: the explanation would be about another job; \
         use the file that the evaluator used"
    )]
    OtherHouseholds,
    /// A household that was not asked about.
    #[error("no household has this identifier; use it as it is in the file of households")]
    UnknownHousehold,
}

impl Explanation {
    /// Collects what is known about one household's answer. The `decision` is what was released for it, if that may
    /// be shown.
    ///
    /// # Errors
    /// When the answer is of another agreement, not signed by the evaluator, made from other households, or not about
    /// this one.
    pub fn of(
        agreement: &SignedAgreement,
        households: &Households,
        answer: &EncryptedAnswer,
        household: &SubjectId,
        decision: Option<bool>,
    ) -> Result<Self, ExplainError> {
        let evaluator = agreement.only(Role::Evaluator);
        answer.container().expect(agreement.id(), None)?;
        answer.container().signed_by(evaluator, UNNAMED)?;
        let made = answer.provenance();
        if made.cases != households.digest() {
            return Err(ExplainError::OtherHouseholds);
        }
        let asked = made.subjects.contains(household);
        let known = households.iter().find(|known| asked && known.id() == household);
        let known = known.ok_or(ExplainError::UnknownHousehold)?;
        let (terms, disclosure) = (agreement.terms(), agreement.disclosure());
        let analysis = agreement.analysis();
        let datasets = agreement.inputs();
        Ok(Self {
            agreement: agreement.id(),
            name: terms.name.clone(),
            purpose: terms.purpose.clone(),
            legal_basis: before_full_stop(&terms.legal_basis),
            asker: disclosure.to.clone(),
            evaluator: evaluator.name.clone(),
            key_holder: agreement.only(Role::KeyHolder).name.clone(),
            auditors: agreement.holders(Role::Auditor).map(|party| party.name.clone()).collect(),
            audit: disclosure.audit,
            blinded: disclosure.blinded,
            // Datasets that are added up have one unit: checked with the agreement.
            unit: datasets.first().map(|dataset| dataset.unit.clone()).unwrap_or_default(),
            sources: datasets
                .iter()
                .map(|dataset| Source {
                    name: dataset.name.clone(),
                    provider: dataset.provider.clone(),
                    concept: before_full_stop(&dataset.concept),
                    per_person: dataset.subject == Subject::Person,
                })
                .collect(),
            comparison: analysis.comparison(),
            missing: analysis.missing(),
            household: household.clone(),
            members: known.members().len() as u64,
            line: known.poverty_line(),
            known: known.known(),
            decision,
            answer: answer.digest(),
            households: made.cases,
            program: made.program.clone(),
        })
    }

    /// The explanation as plain text, to be printed or put into a letter.
    pub fn to_text(&self, language: Language) -> String {
        let (it, words) = (self, self.in_words(language));
        let text = match language {
            Language::English => English { it, words }.render(),
            Language::Dutch => Dutch { it, words }.render(),
        };
        text.expect("writing to a string does not fail")
    }

    fn in_words(&self, language: Language) -> InWords {
        let period = language.period(&self.unit);
        let people = match self.members {
            1 => language.pick("person", "persoon"),
            _ => language.pick("people", "personen"),
        };
        let auditors: Vec<&str> = self.auditors.iter().map(String::as_str).collect();
        let mut desks = vec![self.asker.as_str(), self.evaluator.as_str()];
        desks.dedup();
        InWords {
            line: language.euro(self.line.value()) + period,
            known: language.euro(self.known.value()) + period,
            has_known: self.known != Cents::ZERO,
            unit: language.unit(&self.unit),
            members: format!("{} {people}", language.whole(self.members)),
            auditors: language.and(&auditors),
            audits_all: self.audit >= 1.0,
            desks: language.or(&desks),
            includes_equal: self.comparison == Against::AtMost,
            missing_is_zero: self.missing == Missing::Zero,
            is_answered: self.decision.is_some(),
            is_yes: self.decision == Some(true),
        }
    }
}

/// Without the full stop with which an agreement may end a text: the templates have their own.
fn before_full_stop(text: &str) -> String {
    text.trim_end_matches('.').to_owned()
}

/// A decision and an amount about one household: not for a log.
impl fmt::Debug for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explanation").field("answer", &self.answer).finish_non_exhaustive()
    }
}

/// What depends on the language, or is a choice between two sentences.
struct InWords {
    line: String,
    known: String,
    has_known: bool,
    unit: String,
    members: String,
    auditors: String,
    audits_all: bool,
    /// Who can be asked about the list of households.
    desks: String,
    includes_equal: bool,
    missing_is_zero: bool,
    is_answered: bool,
    is_yes: bool,
}

#[derive(Template)]
#[template(path = "explain.en.txt")]
struct English<'e> {
    it: &'e Explanation,
    words: InWords,
}

#[derive(Template)]
#[template(path = "explain.nl.txt")]
struct Dutch<'e> {
    it: &'e Explanation,
    words: InWords,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::Rehearsal;
    use crate::circuit::Scale;
    use crate::encrypted_answer::{Collected, Provenance};
    use crate::evaluator::PROGRAM;

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
            subjects: households.iter().map(|household| household.id().clone()).collect(),
        };
        let (agreement, packed) =
            (rehearsal.agreement().id(), Collected::new(Scale::Slots, households.len()));
        EncryptedAnswer::new(agreement, Digest::ZERO, provenance, &packed, &rehearsal.key(signer))
            .expect("consistent")
    }

    fn explain(agreement: &str, household: &str, decision: Option<bool>, language: Language) -> String {
        let (rehearsal, households) = (rehearsal(agreement), households(HOUSEHOLDS));
        let answer = answer(&rehearsal, &households, "computing-centre");
        Explanation::of(rehearsal.agreement(), &households, &answer, &id(household), decision)
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
        let explained = Explanation::of(rehearsal.agreement(), &households, &answer, &id("h1"), None);
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
            Explanation::of(ours.agreement(), &given, answer, &id(household), None)
        };
        let honest = answer(&ours, &given, "computing-centre");
        assert!(explain(&honest, "h1").is_ok());
        assert!(matches!(explain(&honest, "h3"), Err(ExplainError::UnknownHousehold)));
        let of_moved = answer(&ours, &moved, "computing-centre");
        assert!(matches!(explain(&of_moved, "h1"), Err(ExplainError::OtherHouseholds)));
        let of_theirs = answer(&theirs, &given, "computing-centre");
        let error = explain(&of_theirs, "h1").expect_err("another agreement");
        assert!(matches!(error, ExplainError::Answer(ContainerError::WrongAgreement { .. })), "{error}");
        let by_another = answer(&ours, &given, "UWV");
        let error = explain(&by_another, "h1").expect_err("not the evaluator's");
        assert!(matches!(error, ExplainError::Answer(ContainerError::NotSigned { .. })), "{error}");
    }
}
