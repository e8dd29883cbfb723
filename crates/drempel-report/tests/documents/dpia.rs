//! What an agreement and a ledger have for an impact assessment.

use drempel::analysis::{Eligibility, GroupMean};
use drempel::ledger::{Event, Ledger, Release};
use drempel::units::Digest;
use drempel::{Rehearsal, SignedAgreement};
use drempel_report::Language;
use drempel_report::dpia::document;
use drempel_test_support::SVB_UWV;

use crate::example;

const NAME: &str = "AIO supplement: finding households entitled to it";

fn rehearsal(text: &str) -> Rehearsal<Eligibility> {
    Rehearsal::<Eligibility>::of(text).expect("a sound agreement")
}

fn documents(text: &str) -> [String; 2] {
    let rehearsal = rehearsal(text);
    [Language::English, Language::Dutch].map(|language| document(rehearsal.agreement(), None, language))
}

#[test]
fn it_names_parties_with_keys_data_with_meaning_and_lines() {
    let rehearsal = rehearsal(SVB_UWV);
    for (language, line) in [(Language::English, "€2,053.48"), (Language::Dutch, "€ 2.053,48")] {
        let text = document(rehearsal.agreement(), None, language);
        for party in ["UWV", "computing-centre", "SVB"] {
            let key = rehearsal.key(party).verifying_key().to_string();
            let row = text.lines().find(|line| line.contains(&key)).expect("a row for each key");
            assert!(row.contains(party), "{row}");
        }
        for part in ["Net income from work and benefits", "article 47a", "eurocent/month"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(text.contains(line), "{text}");
        assert!(text.contains(&rehearsal.agreement().id().to_string()), "{text}");
    }
}

#[test]
fn text_of_the_agreement_cannot_become_markup() {
    let hostile = "x | y <script>alert(1)</script> `z` [here](https://example.org)";
    for text in documents(&SVB_UWV.replace(NAME, hostile)) {
        assert!(text.contains("x &#124; y &lt;script&gt;"), "{text}");
        assert!(text.contains("\\`z\\` \\[here\\](https"), "{text}");
        assert!(!text.contains("<script>") && !text.contains("[here]("), "{text}");
    }
    // The concept stands in a table, whose number of columns must stay.
    let hostile = SVB_UWV.replace("Net income from work and benefits,", "a | b |");
    let columns = |text: &str, word: &str| {
        let row = text.lines().find(|line| line.contains(word)).map(str::to_owned);
        row.expect("there").matches('|').count()
    };
    for (honest, hostile) in documents(SVB_UWV).iter().zip(documents(&hostile)) {
        assert_eq!(columns(honest, "Net income"), columns(&hostile, "a &#124; b"));
    }
}

#[test]
fn the_chance_of_an_unseen_forgery_is_that_of_the_share() {
    let partly = |share: &str| documents(&SVB_UWV.replace("audit = 1.0", &format!("audit = {share}")));
    let [english, dutch] = partly("0.01");
    for part in ["| 1 | 99.0 % |", "| 32 | 72.5 % |", "| 2,048 | 1.2e-9 |"] {
        assert!(english.contains(part), "{part}: {english}");
    }
    assert!(dutch.contains("| 2.048 | 1,2e-9 |"), "{dutch}");
    assert!(partly("0.5")[0].contains("| 2,048 | &lt; 1e-300 |"));
    assert!(partly("1.0")[0].contains("| 1 | 0 |"));
}

#[test]
fn what_the_noise_of_decisions_can_tell_is_said() {
    let [english, dutch] = documents(SVB_UWV);
    assert!(english.contains("at most 2^-15.") && !english.contains("was agreed"), "{english}");
    assert!(dutch.contains("ten hoogste\n  2^-15,"), "{dutch}");
    let [strict, _] = documents(&SVB_UWV.replace("to = \"SVB\"", "to = \"SVB\"\nnoise_bits = 17"));
    assert!(strict.contains("at most 2^-17.") && strict.contains("At most 2^-17 was agreed"), "{strict}");
    let sums = Rehearsal::<GroupMean>::of(&example("agreements/group_mean.toml")).expect("sound");
    assert!(!document(sums.agreement(), None, Language::English).contains("**Noise.**"));
}

#[test]
fn what_the_key_holder_can_learn_depends_on_blinding() {
    let [open, _] = documents(SVB_UWV);
    assert!(!open.contains("random bits"), "{open}");
    let blinded = SVB_UWV.replace("to = \"SVB\"", "to = \"UWV\"\nblinded = true");
    let [hidden, _] = documents(&blinded);
    assert!(hidden.contains("random bits"), "{hidden}");
}

#[test]
fn the_ledger_shows_what_is_of_this_agreement() {
    let (ours, theirs) = (rehearsal(SVB_UWV), rehearsal(SVB_UWV));
    let mut ledger = Ledger::in_memory();
    let key = ours.key("SVB");
    let release = |agreement: &SignedAgreement<Eligibility>, answer: Digest| {
        Event::Release(Release {
            agreement: agreement.id(),
            key: Digest::ZERO,
            by: "SVB".to_owned(),
            to: "SVB".to_owned(),
            answer,
            tables: vec![],
            cases: Digest::ZERO,
            attestations: vec![],
            answers: 1_500,
            audited: 1_500,
        })
    };
    let (own, other) = (Digest::of(b"ours"), Digest::of(b"theirs"));
    for event in [release(ours.agreement(), own), release(theirs.agreement(), other)] {
        ledger.append(event, &key).expect("kept in memory");
    }
    let text = document(ours.agreement(), Some(&ledger), Language::English);
    assert!(text.contains(&own.to_string()) && text.contains("1,500 answers"), "{text}");
    assert!(!text.contains(&other.to_string()), "{text}");
    assert!(text.contains(&ledger.head().to_string()), "{text}");
}

#[test]
fn another_analysis_has_no_word_about_households() {
    let rehearsal = Rehearsal::<GroupMean>::of(&example("agreements/group_mean.toml")).expect("sound");
    for (language, word) in [(Language::English, "household"), (Language::Dutch, "huishoud")] {
        let text = document(rehearsal.agreement(), None, language);
        assert!(!text.contains(word), "{text}");
    }
    let text = document(rehearsal.agreement(), None, Language::English);
    assert!(text.contains("numbers that they are made from") && !text.contains("no groups"), "{text}");
}

#[test]
fn every_event_of_a_ledger_has_a_row() {
    let rehearsal = rehearsal(SVB_UWV);
    let agreement = rehearsal.agreement().id();
    let mut ledger = Ledger::in_memory();
    let digests = [b"key", b"eva", b"own"].map(|name| Digest::of(name));
    let [key, evaluation_key, file] = digests;
    for event in [
        Event::Keys { agreement, key, evaluation_key },
        Event::Purge { agreement, files: vec![file], others: u64::MAX },
    ] {
        ledger.append(event, &rehearsal.key("SVB")).expect("kept in memory");
    }
    for language in [Language::English, Language::Dutch] {
        let text = document(rehearsal.agreement(), Some(&ledger), language);
        assert!(text.contains(&key.to_string()) && text.contains(&file.to_string()), "{text}");
    }
}
