//! Files of format version 3 that an earlier drempel made, one of each kind: they open to the values that they had then
//! (tests/vectors/README.md). All of it goes through the command, so that nothing here hangs on the library's names.
#![cfg(all(unix, not(insecure_parameters)))]

use serde_json::Value;

mod artefact;
mod kept;

use kept::{Kept, hexadecimal};

/// What made the files. An answer names its program, and the gate opens no other program's.
const MAKER: &str = "drempel 0.1.0";

/// What evaluating and auditing begin with alike.
fn job(set: &str, table: &str) -> String {
    format!(
        "--agreement {set}/agreement.toml --evaluation-key {set}/formula.key --cases {set}/cases.csv \
         --input {set}/{table}.enc"
    )
}

fn evaluate(set: &str, table: &str, answer: &str) -> String {
    format!("evaluate {} --signing-key parties/centre.key --out {set}/{answer}.enc", job(set, table))
}

fn audit(set: &str, table: &str, answer: &str) -> String {
    let files = format!("--answer {set}/{answer}.enc --out {set}/{answer}.attest");
    format!("audit {} --signing-key parties/uwv.key {files}", job(set, table))
}

fn release(set: &str, answer: &str, ledger: &str, out: &str) -> String {
    format!(
        "release --agreement {set}/agreement.toml --secret-key {set}/secret.key --signing-key parties/svb.key \
         --answer {set}/{answer}.enc --attestation {set}/{answer}.attest --ledger {set}/{ledger} --out {set}/{out}"
    )
}

/// The events of a ledger, without when they were.
fn events(kept: &Kept, ledger: &str) -> Vec<Value> {
    let lines = String::from_utf8(kept.read(ledger)).expect("text");
    let event = |line| serde_json::from_str::<Value>(line).expect("JSON")["entry"]["event"].clone();
    lines.lines().map(event).collect()
}

/// Whether this processor rounds as the one that made the files: it has the same vector instructions. The same bytes are
/// promised for no other (docs/benchmarks.md).
fn rounds_alike() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("avx512f");
    #[cfg(not(target_arch = "x86_64"))]
    return false;
}

/// Whether everything that was said then is said now; more may be.
fn repeats(then: &Value, now: &Value) -> bool {
    match (then, now) {
        (Value::Object(then), Value::Object(now)) => {
            then.iter().all(|(name, value)| now.get(name).is_some_and(|now| repeats(value, now)))
        }
        (Value::Array(then), Value::Array(now)) => {
            then.len() == now.len() && then.iter().zip(now).all(|(then, now)| repeats(then, now))
        }
        // A logarithm may differ in its last digit from machine to machine.
        (Value::Number(then), Value::Number(now)) => {
            let [then, now] = [then, now].map(|number| number.as_f64().expect("a number"));
            (then - now).abs() <= 1e-9 * then.abs()
        }
        (then, now) => then == now,
    }
}

#[test]
fn every_file_says_what_it_said() {
    let kept = Kept::new();
    let list: Vec<Value> = serde_json::from_slice(&kept.read("said.json")).expect("JSON");
    assert!(list.len() >= 48, "{}", list.len());
    for line in list {
        let command = line["command"].as_str().expect("a command");
        let said: Value = serde_json::from_str(&kept.run(&format!("{command} --json"))).expect("JSON");
        assert!(repeats(&line["says"], &said), "{command}\n  then: {}\n  now: {said}", line["says"]);
    }
}

#[test]
fn files_name_version_3_and_one_of_another_version_is_refused_by_its_number() {
    let kept = Kept::new();
    let mut artefacts = 0;
    for name in kept.names() {
        let bytes = kept.read(&name);
        if bytes.starts_with(b"drempel\n") && name != "version-old.enc" {
            assert_eq!(bytes[8..10], [3, 0], "{name}");
            artefacts += 1;
        }
    }
    assert!(artefacts >= 15, "{artefacts}");
    kept.refuse("inspect version-old.enc", 1, "format version 2 is not known; this program reads version 3");
}

#[test]
fn a_kept_answer_opens_to_the_same_values() {
    let kept = Kept::new();
    let program = kept.program();
    for (set, values) in [("eligibility", "answers"), ("blinded", "opened"), ("group_mean", "answers")] {
        // To seal it again gives the kept bytes, so what is sealed in another program's name is as that would have it.
        kept.made_by(MAKER, set, "again");
        kept.same(&format!("{set}/again.enc"), &format!("{set}/answer.enc"));
        kept.same(&format!("{set}/again.attest"), &format!("{set}/answer.attest"));
        kept.made_by("drempel 0", set, "other");
        let ledger = "ledger.begun.jsonl";
        kept.refuse(&release(set, "other", ledger, "x.csv"), 3, "computed by another program or version");

        kept.made_by(&program, set, "now");
        kept.run(&release(set, "now", ledger, "now.csv"));
        kept.same(&format!("{set}/now.csv"), &format!("{set}/{values}.csv"));
        if program == MAKER {
            let [now, then] = [ledger, "ledger.jsonl"].map(|name| events(&kept, &format!("{set}/{name}")));
            assert_eq!(now[..2], then[..2], "{set}");
        }
    }
    let unblind = "unblind --agreement blinded/agreement.toml --answer blinded/answer.enc --opened blinded/opened.csv \
                   --blinding blinded/answer.blinding --out blinded/now.csv";
    kept.run(unblind);
    kept.same("blinded/now.csv", "blinded/answers.csv");
    for (set, file) in [("eligibility", "answer.rows"), ("blinded", "answer.blinding")] {
        let file = kept.artefact(&format!("{set}/{file}"));
        let named = hexadecimal(&kept.artefact(&format!("{set}/answer.enc")).metadata);
        assert!(named.contains(&hexadecimal(file.digest())), "{set}: the answer names it");
    }
}

#[test]
fn a_kept_evaluation_key_gives_the_same_bytes() {
    let kept = Kept::new();
    let set = "eligibility";
    kept.formula_key(set);
    let with = |command: String| format!("{command} --transcript {set}/new.rows");
    kept.run(&with(evaluate(set, "income", "new")));
    let mut answer = kept.artefact("eligibility/new.enc");
    answer.set_program(MAKER);
    kept.write("eligibility/maker.enc", &kept.sealed_by("centre", answer).bytes());
    if rounds_alike() {
        kept.same("eligibility/maker.enc", "eligibility/formula.enc");
    }
    kept.run(&with(audit(set, "income", "new")));

    // Shard 1 of 2 is there already.
    let shards =
        format!("{} --chunk 2 --transcript {set}/shards.rows", evaluate(set, "income", "unfinished"));
    kept.run(&format!("{shards} --shard 2/2"));
    let assemble = shards.replacen("evaluate", "job assemble", 1);
    if kept.program() == MAKER {
        kept.run(&assemble);
        if rounds_alike() {
            kept.same("eligibility/unfinished.enc", "eligibility/formula.enc");
        }
    } else {
        kept.refuse(&assemble, 3, "program or version");
    }
}

/// No bootstrap is made of a key's words here, so the values are those of the people.
#[test]
fn a_kept_key_set_is_of_use_from_table_to_answers() {
    let kept = Kept::new();
    let set = "group_mean";
    kept.formula_key(set);
    kept.run(&format!(
        "encrypt --agreement {set}/agreement.toml --dataset income --public-key {set}/public.key \
         --signing-key parties/uwv.key --input {set}/incomes.csv --out {set}/fresh.enc"
    ));
    for table in ["income", "fresh"] {
        let answer = format!("of-{table}");
        kept.run(&evaluate(set, table, &answer));
        kept.run(&audit(set, table, &answer));
        kept.run(&release(set, &answer, "ledger.formula.jsonl", "now.csv"));
        kept.same("group_mean/now.csv", "group_mean/answers.csv");
    }
    let payload = |name: &str| kept.artefact(&format!("{set}/{name}.enc")).payload;
    assert!(payload("of-income") == payload("answer"), "the sums of the kept table are others");
    assert!(payload("of-fresh") != payload("answer"), "encryption is random");
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

#[test]
fn a_kept_report_is_verified_by_what_wrote_it() {
    let kept = Kept::new();
    let program = kept.program();
    let inputs = "--agreement group_mean/agreement.toml --answer group_mean/answer.enc \
                  --answers group_mean/answers.csv --attestation group_mean/answer.attest \
                  --ledger group_mean/ledger.jsonl";
    for language in ["en", "nl"] {
        let verify = format!("report verify group_mean/report.{language}.html {inputs}");
        if program == MAKER {
            kept.run(&verify);
        } else {
            kept.refuse(&verify, 3, "written by another version");
        }
    }
    kept.run(&format!(
        "report {inputs} --out now.html --csv now.csv --json-file now.json --parquet now.parquet --language nl"
    ));
    kept.same("now.csv", "group_mean/report.csv");
    if program == MAKER {
        kept.same("now.json", "group_mean/report.json");
        // The writer may choose other bytes; the numbers are the same.
        assert_eq!(kept.parquet("now.parquet"), kept.parquet("group_mean/report.parquet"));
    }
}
