//! Files of format version 3: its containers are refused by its number, and everything that is no container is as it was.

use serde_json::Value;

use super::{Kept, repeats, said};

/// What is said of any container of version 3.
const REFUSAL: &str =
    "format version 3 is not known: this program reads version 4; make the file again with this program";

/// The files of version 3 that are containers.
fn containers(kept: &Kept) -> Vec<String> {
    let mut names = kept.names();
    names.retain(|name| !name.starts_with("v4/") && kept.read(name).starts_with(b"drempel\n"));
    names
}

#[test]
fn every_container_of_version_3_is_refused_by_its_number() {
    let kept = Kept::new();
    let containers = containers(&kept);
    let mut kinds: Vec<u8> = Vec::new();
    for name in &containers {
        let bytes = kept.read(name);
        assert_eq!(bytes[8..10], [3, 0], "{name}");
        kinds.push(bytes[10]);
        kept.refuse(&format!("inspect {name}"), 1, &format!("{name}: {REFUSAL}"));
    }
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds, [2, 3, 4, 5, 6, 7, 8], "one of each kind");
    // Each command that takes one.
    for (command, file) in [
        (
            "encrypt --agreement eligibility/agreement.toml --dataset income --public-key {} --signing-key parties/uwv.key \
          --input eligibility/incomes.csv --out out",
            "eligibility/public.key",
        ),
        (
            "evaluate --agreement group_mean/agreement.toml --evaluation-key {} --signing-key parties/centre.key --cases \
          group_mean/cases.csv --input group_mean/income.enc --out out",
            "group_mean/formula.ends",
        ),
        (
            "evaluate --agreement v4/group_mean/agreement.toml --evaluation-key v4/group_mean/evaluation.key --signing-key \
          parties/centre.key --cases group_mean/cases.csv --input {} --out out",
            "group_mean/income.enc",
        ),
        (
            "release --agreement eligibility/agreement.toml --secret-key eligibility/secret.key --signing-key \
          parties/svb.key --answer {} --out out",
            "eligibility/answer.enc",
        ),
        (
            "unblind --agreement blinded/agreement.toml --answer {} --opened blinded/opened.csv --blinding \
          blinded/answer.blinding --out out",
            "blinded/answer.enc",
        ),
        (
            "explain --agreement eligibility/agreement.toml --cases eligibility/cases.csv --answer {} --answers \
          eligibility/answers.csv --subject h,3",
            "eligibility/answer.enc",
        ),
    ] {
        kept.refuse(&command.replace("{}", file), 1, &format!("{file}: {REFUSAL}"));
    }
}

/// A plan is no file: it counts what this program computes, and version 4 computes otherwise.
#[test]
fn what_is_no_container_says_what_it_said() {
    let kept = Kept::new();
    let containers = containers(&kept);
    let list: Vec<Value> = serde_json::from_slice(&kept.read("said.json")).expect("JSON");
    let (mut the_same, mut refused) = (0, 0);
    for line in &list {
        let command = line["command"].as_str().expect("a command");
        if command.split(' ').any(|word| containers.iter().any(|name| name == word)) {
            kept.refuse(command, 1, REFUSAL);
            refused += 1;
        } else if !command.starts_with("plan ") {
            let (_, now) = said(&kept, line);
            assert!(repeats(&line["says"], &now), "{command}\n  then: {}\n  now: {now}", line["says"]);
            the_same += 1;
        }
    }
    assert!(the_same >= 25 && refused >= 18, "{the_same} {refused}");
}

/// An agreement and its signatures have no version: the same agreement is that of the files of version 4, and beside an
/// answer of theirs the released values are read as before.
#[test]
fn released_answers_of_version_3_are_read_to_the_same_values() {
    let kept = Kept::new();
    let list: Vec<Value> = serde_json::from_slice(&kept.read("said.json")).expect("JSON");
    let mut explained = 0;
    for line in list {
        let command = line["command"].as_str().expect("a command");
        if !command.starts_with("explain ") {
            continue;
        }
        let set = if command.contains("eligibility") { "eligibility" } else { "group_mean" };
        for file in ["agreement.toml", "agreement.toml.sig"] {
            kept.same(&format!("v4/{set}/{file}"), &format!("{set}/{file}"));
        }
        let command = command.replace(&format!("--answer {set}"), &format!("--answer v4/{set}"));
        let (mut then, now) = (line["says"].clone(), kept.run(&format!("{command} --json")));
        then.as_object_mut().expect("an object").remove("answer");
        let now: Value = serde_json::from_str(&now).expect("JSON");
        assert!(repeats(&then, &now), "{command}\n  then: {then}\n  now: {now}");
        explained += 1;
    }
    assert_eq!(explained, 2);
}

#[test]
fn signatures_and_pseudonyms_are_the_same() {
    let kept = Kept::new();
    kept.copy("eligibility/agreement.toml", "signed.toml");
    for (party, key) in [("UWV", "uwv.as-made"), ("computing-centre", "centre"), ("SVB", "svb")] {
        kept.run(&format!("agreement sign signed.toml --party {party} --signing-key parties/{key}.key"));
    }
    kept.same("signed.toml.sig", "eligibility/agreement.toml.sig");
    let pseudonymise = "pseudonymise --agreement eligibility/agreement.toml --key eligibility/pseudonym.key --bsn \
                        --input eligibility/citizens.csv --out now.csv";
    kept.run(pseudonymise);
    kept.same("now.csv", "eligibility/pseudonyms.csv");
}
