//! What was asked about one subject, and what came out: in plain words, for whom it is about and whoever advises them.
//!
//! Everything here is known in the clear. What was computed with is not, so no explanation can show it.

use std::fmt;

use askama::Template;

use crate::agreement::{Role, SignedAgreement, Subject};
use crate::analysis::{Analysis, PlainWords};
use crate::answer::Value;
use crate::cases::Cases;
use crate::container::{ContainerError, UNNAMED};
use crate::encrypted_answer::EncryptedAnswer;
use crate::language::Language;
use crate::units::{AgreementId, Digest, SubjectId};

/// One subject's answer, to be explained.
pub struct Explanation<'a, A: Analysis> {
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
    UnlikeItsAnswers,
}

impl<'a, A: Analysis> Explanation<'a, A> {
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
        answer.container().signed_by(agreement.only(Role::Evaluator), UNNAMED)?;
        let made = answer.provenance();
        if made.cases != cases.digest() {
            return Err(ExplainError::OtherCases);
        }
        let place = cases.answers().into_iter().position(|asked| asked == subject);
        let place = place.filter(|_| made.subjects.contains(subject)).ok_or(ExplainError::UnknownSubject)?;
        let analysis = agreement.analysis();
        if let Some(values) = values {
            let yes_or_no = analysis.released(&agreement.setting()).is_yes_or_no();
            let fits = |value: &Value| !yes_or_no || matches!(value, Value::YesNo(_));
            if values.len() + 1 != analysis.columns().len() || !values.iter().all(fits) {
                return Err(ExplainError::UnlikeItsAnswers);
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

    fn page(&self, language: Language) -> Page<'_> {
        let Self { agreement, cases, place, .. } = *self;
        let (terms, disclosure, setting) = (agreement.terms(), agreement.disclosure(), agreement.setting());
        let (analysis, made) = (agreement.analysis(), self.answer.provenance());
        let columns = analysis.columns();
        let evaluator = agreement.only(Role::Evaluator).name.as_str();
        let auditors: Vec<&str> = agreement.holders(Role::Auditor).map(|party| party.name.as_str()).collect();
        let mut desks = vec![disclosure.to.as_str(), evaluator];
        desks.dedup();
        let in_euro = setting.datasets.iter().all(|dataset| dataset.unit.starts_with("eurocent"));
        let about_household = columns[0] == Subject::Household.column();
        let meaning = |values| analysis.meaning(&setting, cases, place, values, language);
        Page {
            about: About::new(&columns[0], self.subject, language),
            asker: &disclosure.to,
            purpose: &terms.purpose,
            legal_basis: before_full_stop(&terms.legal_basis),
            words: analysis.plain_words(&setting, cases, place, evaluator, language),
            amount: match in_euro {
                true => language.pick("an amount", "een bedrag"),
                false => language.pick("a number", "een getal"),
            },
            amounts: match in_euro {
                true => language.pick("amounts", "bedragen"),
                false => language.pick("numbers", "getallen"),
            },
            sources: setting
                .datasets
                .iter()
                .map(|dataset| Source {
                    name: &dataset.name,
                    provider: &dataset.provider,
                    concept: before_full_stop(&dataset.concept),
                    subject: match (dataset.subject, about_household) {
                        (Subject::Person, true) => {
                            language.pick("each person in the household", "elke persoon in het huishouden")
                        }
                        (Subject::Household, true) => {
                            language.pick("the household as a whole", "het hele huishouden")
                        }
                        (subject, false) => subject.each(language),
                    },
                    one: match in_euro {
                        true => language.pick("One amount", "Eén bedrag"),
                        false => language.pick("One number", "Eén getal"),
                    },
                    unit: language.unit(&dataset.unit),
                })
                .collect(),
            evaluator,
            key_holder: &agreement.only(Role::KeyHolder).name,
            auditors: language.and(&auditors),
            audits_all: disclosure.audit >= 1.0,
            blinded: disclosure.blinded,
            yes_or_no: analysis.released(&setting).is_yes_or_no(),
            answer: self.values.map(|values| told(&columns, values, language)),
            meaning: self.values.and_then(meaning),
            desks: language.or(&desks),
            name: &terms.name,
            agreement: agreement.id(),
            digest: self.answer.digest(),
            cases: made.cases,
            program: &made.program,
        }
    }
}

/// Without the full stop with which an agreement may end a text: the templates have their own.
fn before_full_stop(text: &str) -> &str {
    text.trim_end_matches('.')
}

/// The released values: a yes or no alone, or each with its column's name.
fn told(columns: &[String], values: &[Value], language: Language) -> String {
    if let [value @ Value::YesNo(_)] = values {
        return format!(" {}.", in_words(value, language));
    }
    let named = columns[1..].iter().zip(values);
    named.map(|(column, value)| format!("\n- {column}: {}", in_words(value, language))).collect()
}

fn in_words(value: &Value, language: Language) -> String {
    match value {
        Value::YesNo(true) => language.pick("yes", "ja").to_owned(),
        Value::YesNo(false) => language.pick("no", "nee").to_owned(),
        Value::Number(number) => {
            let minus = if *number < 0 { "-" } else { "" };
            format!("{minus}{}", language.whole(number.unsigned_abs()))
        }
        Value::Decimal(_) => language.decimal(&value.to_string()),
        Value::Suppressed => language
            .pick(
                "not told, because it would be about too few",
                "niet verteld, want het zou over te weinig gaan",
            )
            .to_owned(),
    }
}

/// An answer about one subject: not for a log.
impl<A: Analysis> fmt::Debug for Explanation<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explanation").field("answer", &self.answer.digest()).finish_non_exhaustive()
    }
}

/// Everything that the templates show.
struct Page<'a> {
    about: About,
    /// The party that receives the answers.
    asker: &'a str,
    purpose: &'a str,
    legal_basis: &'a str,
    words: PlainWords,
    amount: &'static str,
    amounts: &'static str,
    sources: Vec<Source<'a>>,
    evaluator: &'a str,
    key_holder: &'a str,
    auditors: String,
    audits_all: bool,
    blinded: bool,
    yes_or_no: bool,
    answer: Option<String>,
    meaning: Option<String>,
    /// Who can be asked about the list of cases.
    desks: String,
    name: &'a str,
    agreement: AgreementId,
    digest: Digest,
    cases: Digest,
    program: &'a str,
}

/// Whom or what an answer is about.
struct About {
    title: String,
    /// With its identifier.
    subject: String,
    /// As it stands in a sentence.
    whom: String,
    /// Somebody who can be entitled to something.
    is_personal: bool,
}

impl About {
    fn new(column: &str, id: &SubjectId, language: Language) -> Self {
        let personal = |subject: &str, whom: &str| Self {
            title: whom.to_uppercase(),
            subject: format!("{subject} {id}"),
            whom: whom.to_owned(),
            is_personal: true,
        };
        if column == Subject::Household.column() {
            personal(
                language.pick("household", "huishouden"),
                language.pick("your household", "uw huishouden"),
            )
        } else if column == Subject::Person.column() {
            personal(language.pick("person", "persoon"), language.pick("you", "u"))
        } else {
            let subject = format!("{column} {id}");
            let title = format!("{} {id}", column.to_uppercase());
            Self { title, whom: subject.clone(), subject, is_personal: false }
        }
    }
}

/// One dataset that was read.
struct Source<'a> {
    name: &'a str,
    provider: &'a str,
    concept: &'a str,
    one: &'static str,
    subject: &'static str,
    unit: String,
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
    use crate::cases::households::Households;
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
    fn an_answer_of_several_values_names_each() {
        let columns = ["wijk", "people", "mean", "most"].map(str::to_owned);
        let values = [Value::Number(-12_345), Value::Decimal(2.5), Value::Suppressed];
        let text = told(&columns, &values, Language::Dutch);
        assert_eq!(
            text,
            "\n- people: -12.345\n- mean: 2,5000\n- most: niet verteld, want het zou over te weinig gaan"
        );
        let about = About::new(&columns[0], &id("w7"), Language::Dutch);
        assert_eq!((about.title.as_str(), about.whom.as_str()), ("WIJK w7", "wijk w7"));
        assert!(!about.is_personal);
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
            assert!(matches!(error, Err(ExplainError::UnlikeItsAnswers)), "{values:?}");
        }
    }
}
