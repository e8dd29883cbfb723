//! Changes of an agreement after it was signed, and signatures that do not count.

use std::cell::Cell;

use drempel::agreement::{SignatureError, Signatures};
use drempel::analysis::Eligibility;
use drempel::signature::SigningKey;
use drempel::{Agreement, KeyHolder, Ledger, Rehearsal, SignedAgreement};
use drempel_attacks::forge::AGREEMENT;
use drempel_test_support::for_all;
use toml_edit::{DocumentMut, Item, Value};

/// The paths of all values, section by section.
fn paths(document: &DocumentMut) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (section, item) in document.iter() {
        match item {
            Item::ArrayOfTables(tables) => {
                for (index, table) in tables.iter().enumerate() {
                    found.extend(
                        table.iter().map(|(key, _)| vec![section.into(), index.to_string(), key.into()]),
                    );
                }
            }
            Item::Table(table) => {
                found.extend(table.iter().map(|(key, _)| vec![section.into(), key.into()]));
            }
            _ => panic!("the agreement has sections only"),
        }
    }
    found
}

fn value<'d>(document: &'d mut DocumentMut, path: &[String]) -> &'d mut Value {
    let mut item = &mut document[path[0].as_str()];
    for key in &path[1..] {
        item = match key.parse::<usize>() {
            Ok(index) => &mut item[index],
            Err(_) => &mut item[key.as_str()],
        };
    }
    item.as_value_mut().expect("a value")
}

/// Another value of the same type, as a forger would choose it.
fn other(value: &Value, number: i64) -> Value {
    match value {
        Value::String(text) if text.value().starts_with("ed25519:") => {
            SigningKey::generate().verifying_key().to_string().into()
        }
        Value::String(text) => format!("{}{number}", text.value()).into(),
        Value::Integer(old) => (old.value() + number).into(),
        Value::Float(_) => (1.0 / number as f64).into(),
        Value::Boolean(old) => (!old.value()).into(),
        Value::Datetime(_) => format!("20{:02}-03-0{}", 10 + number % 80, 1 + number % 9)
            .parse::<toml_edit::Datetime>()
            .expect("a date")
            .into(),
        Value::Array(old) => {
            let mut array = old.clone();
            match old.get(0) {
                Some(Value::Integer(_)) => array.push(number),
                _ if number % 2 == 0 => array.push("auditor"),
                _ => array.push(format!("x{number}")),
            }
            array.into()
        }
        Value::InlineTable(_) => panic!("the agreement has none"),
    }
}

#[test]
fn no_field_can_be_changed_after_signing() {
    // With every optional field.
    let full = AGREEMENT
        .replace("line_max = 1\n", "line_max = 1\nknown_min = -1\nknown_max = 1\n")
        .replace("audit = 1.0", "audit = 0.5\nblinded = true\nminimum_cell = 10");
    no_change_is_accepted(&full, 40);
    let norms = AGREEMENT.replace("line_min = 0\nline_max = 1\n", "norms = [0, 1]\n");
    no_change_is_accepted(&norms, 35);
}

fn no_change_is_accepted(text: &str, at_least: usize) {
    let signed = Rehearsal::<Eligibility>::of(text).expect("sound");
    let text = signed.agreement().text();
    let id = signed.agreement().id().to_string();
    let document: DocumentMut = text.parse().expect("TOML");
    let paths = paths(&document);
    let [changes, sound] = [Cell::new(0), Cell::new(0)];
    for path in &paths {
        for_all(20, 1..=1_000_000_i64, |number| {
            let mut changed = document.clone();
            let value = value(&mut changed, path);
            *value = other(value, number);
            let changed = changed.to_string();
            assert_ne!(changed, text);
            changes.set(changes.get() + 1);
            let Ok(agreement) = Agreement::<Eligibility>::parse(&changed) else {
                return;
            };
            sound.set(sound.get() + 1);
            // With the signatures as they are, and with the id in them brought up to date.
            let renamed = signed.signatures().to_text().replace(&id, &agreement.id().to_string());
            let renamed: Signatures = toml_edit::de::from_str(&renamed).expect("signatures");
            for signatures in [signed.signatures(), &renamed] {
                let agreement = Agreement::<Eligibility>::parse(&changed).expect("just parsed");
                assert!(SignedAgreement::new(agreement, signatures).is_err(), "{path:?}");
            }
        });
    }
    let (fields, changes, sound) = (paths.len(), changes.get(), sound.get());
    println!("{fields} fields, {changes} changes, {sound} of them sound agreements: none accepted");
    assert!(fields >= at_least && sound >= 300, "{fields} fields, {sound} sound");
}

#[test]
fn missing_duplicate_and_foreign_signatures_do_not_count() {
    let rehearsal = Rehearsal::<Eligibility>::of(AGREEMENT).expect("sound");
    let text = rehearsal.agreement().text();
    let parse = || Agreement::<Eligibility>::parse(text).expect("sound");
    let names: Vec<String> = parse().parties().iter().map(|party| party.name.clone()).collect();
    let all = rehearsal.signatures().to_text();
    let read = |text: &str| toml_edit::de::from_str::<Signatures>(text).expect("signatures");
    let block = |party: &str| {
        let start = all.find(&format!("\n[[signature]]\nparty = \"{party}\"")).expect("signed");
        let end = all[start + 1..].find("\n[[").map_or(all.len(), |end| start + 1 + end);
        &all[start..end]
    };
    let refuse = |signatures: &str, what: &str| {
        let refused = SignedAgreement::new(parse(), &read(signatures));
        assert!(refused.is_err(), "{what}");
    };
    SignedAgreement::new(parse(), &read(&all)).expect("signed by all");
    for party in &names {
        refuse(&all.replace(block(party), ""), "a missing signature");
        refuse(&format!("{all}{}", block(party)), "a signature twice");
        for other in names.iter().filter(|other| *other != party) {
            // One party's signature under another's name.
            let moved = block(other).replace(&format!("\"{other}\""), &format!("\"{party}\""));
            refuse(&all.replace(block(party), &moved), "a signature of another party");
            // Signing for another.
            let mut signatures = Signatures::new(&parse());
            let signed = signatures.sign(&parse(), party, &rehearsal.key(other));
            assert!(matches!(signed, Err(SignatureError::OtherKey { .. })));
        }
        let stranger = block(party).replace(&format!("\"{party}\""), "\"stranger\"");
        refuse(&format!("{all}{stranger}"), "a stranger's signature");
    }
    // Every signature of another version of the agreement.
    let old = Rehearsal::<Eligibility>::of(&AGREEMENT.replace("attacks", "older")).expect("sound");
    refuse(&old.signatures().to_text(), "signatures over an older version");
    let expired = AGREEMENT.replace("2099-12-31", "2021-12-31");
    let expired = Rehearsal::<Eligibility>::of(&expired).expect("sound");
    let keys = KeyHolder::generate(expired.agreement(), expired.key("holder"), &mut Ledger::in_memory());
    assert!(keys.is_err(), "out of force");
}
