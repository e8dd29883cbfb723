//! One answer in plain words.

use drempel::analysis::{Eligibility, Value};
use drempel::files::ContainerError;
use drempel::units::SubjectId;
use drempel::{Cases, EncryptedAnswer, Households, Rehearsal};
use drempel_report::explain::ExplainError;
use drempel_report::{Explanation, Language, PlainWords, Present};
use drempel_test_support::SVB_UWV;

use crate::forged;

const HOUSEHOLDS: &str = "household,person,poverty_line_cents,known_cents\n\
    h1,p1,205348,-2500\n\
    h1,p2,205348,-2500\n\
    h2,p3,150107,0\n";

fn rehearsal(text: &str) -> Rehearsal<Eligibility> {
    Rehearsal::<Eligibility>::of(text).expect("a sound agreement")
}

fn households(text: &str) -> Households {
    Households::from_csv(text.as_bytes()).expect("valid")
}

fn id(text: &str) -> SubjectId {
    SubjectId::try_from(text).expect("an identifier")
}

/// Answers that were never encrypted: an explanation reads only what they were made from.
fn answer(rehearsal: &Rehearsal<Eligibility>, households: &Households, signer: &str) -> EncryptedAnswer {
    let agreement = rehearsal.agreement();
    let subjects = households.answers().into_owned();
    let made = forged::provenance(agreement, vec![], households.digest(), subjects);
    forged::answer(agreement.id(), &made, &rehearsal.key(signer))
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
            let text = explain(SVB_UWV, "h2", decision, language);
            assert!(text.contains(line), "{text}");
            for (place, words) in words.into_iter().enumerate() {
                assert_eq!(text.contains(words), place == own, "{words}: {text}");
            }
        }
    }
}

#[test]
fn the_rule_is_told_as_the_agreement_has_it() {
    let text = explain(SVB_UWV, "h1", None, Language::English);
    for part in ["below the poverty line", "-€25.00 per month", "2 people", "UWV", "article 47a"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("zero euro"), "{text}");
    let other = SVB_UWV
        .replace("comparison = \"below\"", "comparison = \"at-most\"")
        .replace("missing = \"refuse\"", "missing = \"zero\"\nmatched_at_least = 0.01");
    let text = explain(&other, "h2", Some(true), Language::Dutch);
    for part in ["op of onder de norm", "nul euro", "1 persoon"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // Nothing is known of this household.
    assert!(!text.contains("kende al"), "{text}");
}

#[test]
fn it_can_be_checked_by_its_digests() {
    let (rehearsal, households) = (rehearsal(SVB_UWV), households(HOUSEHOLDS));
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
    let (ours, theirs) = (rehearsal(SVB_UWV), rehearsal(SVB_UWV));
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
    let rehearsal = rehearsal(SVB_UWV);
    let agreement = rehearsal.agreement();
    let description = agreement.analysis().describe(&agreement.setting(), Language::English);
    let words = PlainWords::of(&description, "CBS", Language::English);
    assert!(words.question.starts_with(&description.question), "{}", words.question);
    assert!(words.question.contains("\n- poverty lines: €1,501.07 or €2,053.48"), "{}", words.question);
    assert!(words.data.starts_with("CBS could read, for each household: "), "{}", words.data);
}

#[test]
fn what_cannot_be_the_answer_is_not_told() {
    let (rehearsal, households) = (rehearsal(SVB_UWV), households(HOUSEHOLDS));
    let (answer, household) = (answer(&rehearsal, &households, "computing-centre"), id("h1"));
    for values in [vec![], vec![Value::Number(1)], vec![Value::YesNo(true); 2]] {
        let error = Explanation::of(rehearsal.agreement(), &households, &answer, &household, Some(&values));
        assert!(matches!(error, Err(ExplainError::SchemaMismatch)), "{values:?}");
    }
}
