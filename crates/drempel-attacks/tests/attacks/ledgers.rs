//! Edits of the ledger: all are found.

use std::fs;
use std::path::Path;

use drempel::Ledger;
use drempel::files::{Access, write_atomically};
use drempel::ledger::{Event, Release};
use drempel::signature::SigningKey;
use drempel::units::Digest;
use drempel_test_support::for_all;
use proptest::prelude::any;
use proptest::sample::Index;

fn event(number: u64) -> Event {
    let digest = |what: &str| Digest::of(format!("{what} {number}").as_bytes());
    if number == 0 {
        return Event::Keys { agreement: digest("a"), key: digest("k"), evaluation_key: digest("e") };
    }
    Event::Release(Release {
        agreement: digest("agreement"),
        key: digest("key"),
        by: "SVB".to_owned(),
        to: "SVB".to_owned(),
        answer: digest("answer"),
        tables: vec![digest("table")],
        cases: digest("cases"),
        attestations: vec![digest("attestation")],
        answers: 100 + number,
        audited: 100 + number,
    })
}

#[test]
fn a_thousand_edits_of_a_ledger_are_all_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.jsonl");
    let key = SigningKey::generate();
    let owner = key.verifying_key();
    let mut ledger = Ledger::create(&path).expect("new");
    (0..12).for_each(|number| ledger.append(event(number), &key).expect("writes"));
    let head = ledger.head();
    assert!(Ledger::open(&path, &owner).is_err(), "another process has it");
    drop(ledger);
    let honest = fs::read(&path).expect("reads");
    let lines: Vec<&[u8]> = honest.split_inclusive(|byte| *byte == b'\n').collect();
    let found = |bytes: &[u8]| {
        fs::write(&path, bytes).expect("writes");
        match Ledger::verify(&path, &owner) {
            Ok(ledger) => ledger.expect_head(head).is_err(),
            Err(_) => true,
        }
    };
    assert!(!found(&honest), "the honest ledger is accepted");
    let forger = SigningKey::generate();
    let edit = (0..8_u8, any::<Index>(), any::<Index>(), 0..800_u32);
    for_all(1_000, edit, |(kind, line, place, number)| {
        let line = line.index(lines.len());
        let mut edited: Vec<Vec<u8>> = lines.iter().map(|line| line.to_vec()).collect();
        match kind {
            0 => {
                let place = place.index(edited[line].len());
                edited[line][place] ^= 1 << (number % 8);
            }
            1 => drop(edited.remove(line)),
            2 => edited.swap(line, (line + 1 + place.index(lines.len() - 1)) % lines.len()),
            3 => edited.insert(line, lines[place.index(lines.len())].to_vec()),
            4 => edited.truncate(line),
            5 => {
                // White space that JSON does not mind.
                let place = edited[line].iter().position(|byte| *byte == b':').expect("JSON") + 1;
                edited[line].insert(place, b' ');
            }
            6 => edited = vec![chain_with_another_event(folder.path(), line as u64, &forger)],
            _ => {
                let text = String::from_utf8(edited[line].clone()).expect("JSON");
                let year = 2_100 + number;
                edited[line] = text.replacen("\"time\":\"20", &format!("\"time\":\"{year}"), 1).into_bytes();
            }
        }
        assert!(found(&edited.concat()));
    });
}

/// A chain that holds from its first line to its last, by somebody else.
fn chain_with_another_event(folder: &Path, place: u64, forger: &SigningKey) -> Vec<u8> {
    let path = folder.join("other.jsonl");
    let mut ledger = Ledger::create(&path).expect("new");
    for number in 0..12 {
        ledger.append(event(if number == place { 99 } else { number }), forger).expect("writes");
    }
    drop(ledger);
    let bytes = fs::read(&path).expect("reads");
    fs::remove_file(&path).expect("it is there");
    bytes
}

#[test]
fn a_ledger_has_one_owner_and_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.jsonl");
    let (key, other) = (SigningKey::generate(), SigningKey::generate());
    let mut ledger = Ledger::create(&path).expect("new");
    ledger.append(event(0), &key).expect("writes");
    assert!(ledger.append(event(1), &other).is_err());
    drop(ledger);
    let mut ledger = Ledger::open(&path, &key.verifying_key()).expect("its own");
    ledger.append(event(1), &key).expect("writes");
    drop(ledger);
    assert!(Ledger::open(&path, &other.verifying_key()).is_err());
    let mut read_only = Ledger::verify(&path, &key.verifying_key()).expect("whole");
    assert_eq!(read_only.entries().len(), 2);
    assert!(read_only.append(event(2), &key).is_err(), "what is not written to the disk opens nothing");
    assert!(Ledger::create(&path).is_err());
    let overwritten = write_atomically(&path, Access::Shared, |_| Ok::<_, std::io::Error>(()));
    assert!(overwritten.is_err(), "no command writes over a ledger");
}
