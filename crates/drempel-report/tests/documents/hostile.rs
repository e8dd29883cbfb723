//! Texts and files of strangers: no bytes may make a document panic, and none but its evaluator's own are explained.

use drempel::agreement::Role;
use drempel::analysis::Eligibility;
use drempel::analysis::Question;
use drempel::circuit::Scale;
use drempel::units::SubjectId;
use drempel::{Cases, EncryptedAnswer, Households, Ledger, Rehearsal};
use drempel_report::{Explanation, Language, dpia};
use drempel_test_support::SVB_UWV;
use proptest::prelude::{ProptestConfig, any, proptest};

use crate::{example, forged};

/// Bytes with a few of them changed, taken away or put in.
fn mutated(bytes: &[u8], changes: &[(usize, u8, u8)]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (place, kind, byte) in changes {
        let place = place % (bytes.len() + 1);
        match kind % 3 {
            0 if place < bytes.len() => bytes[place] = *byte,
            1 if place < bytes.len() => drop(bytes.remove(place)),
            _ => bytes.insert(place, *byte),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_agreement_makes_a_document_panic(
        kind in 0..9_usize,
        changes in proptest::collection::vec((any::<usize>(), any::<u8>(), b' '..b'~'), 1..4),
    ) {
        let name = crate::report::KINDS[kind];
        let text = example(&format!("agreements/{name}.toml"));
        let text = String::from_utf8_lossy(&mutated(text.as_bytes(), &changes)).into_owned();
        if let Ok(rehearsal) = Rehearsal::<Question>::of(&text) {
            for language in [Language::Dutch, Language::English] {
                dpia::document(rehearsal.agreement(), None, language);
            }
        }
    }

    #[test]
    fn no_metadata_of_an_answer_makes_an_explanation_panic(
        changes in proptest::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 1..4),
    ) {
        let rehearsal = Rehearsal::<Eligibility>::of(SVB_UWV).expect("a sound agreement");
        let agreement = rehearsal.agreement();
        let households = "household,person,poverty_line_cents\nh1,a,150107\nh2,b,205348\nh2,c,205348\n";
        let households = Households::from_csv(households.as_bytes()).expect("valid");
        let subjects = households.answers().into_owned();
        let made = forged::provenance(agreement, vec![], households.digest(), subjects);
        let evaluator = forged::key_of(&rehearsal, Role::Evaluator);
        let metadata = mutated(&forged::metadata(&made), &changes);
        let bytes = forged::answer_of(agreement.id(), Scale::Slots, 2, &metadata, &evaluator);
        let subject = SubjectId::try_from("h1").expect("an identifier");
        if let Ok(answer) = EncryptedAnswer::from_bytes(bytes)
            && let Ok(told) = Explanation::of(agreement, &households, &answer, &subject, None)
        {
            told.to_text(Language::Dutch);
        }
    }
}

#[test]
fn a_ledger_of_every_event_makes_a_document() {
    use drempel::ledger::Event;
    use drempel::units::Digest;
    let rehearsal = Rehearsal::<Eligibility>::of(SVB_UWV).expect("a sound agreement");
    let agreement = rehearsal.agreement().id();
    let mut ledger = Ledger::in_memory();
    let key = forged::key_of(&rehearsal, Role::KeyHolder);
    let files = vec![Digest::of(b"file")];
    for event in [
        Event::Keys { agreement, key: forged::KEY, evaluation_key: Digest::ZERO },
        Event::Purge { agreement, files, others: u64::MAX },
    ] {
        ledger.append(event, &key).expect("in memory");
    }
    for language in [Language::Dutch, Language::English] {
        let text = dpia::document(rehearsal.agreement(), Some(&ledger), language);
        assert!(text.contains(&Digest::of(b"file").to_string()), "{text}");
    }
}
