//! Files that an earlier drempel made, one of each kind and format version (tests/vectors/README.md). Those of the version
//! that is read open to the values that they had then; those of the version before are refused by its number. All of it goes
//! through the command, so that nothing here hangs on the library's names.
#![cfg(all(unix, not(insecure_parameters)))]

use serde_json::Value;

mod artefact;
mod kept;
mod make;
mod version_3;

use kept::{Kept, hexadecimal};

/// What made the files. An answer names its program, and the gate opens no other program's.
const MAKER: &str = "drempel 0.1.0";

/// The folders of version 4, each with what `release` made.
const SETS: [(&str, &str); 4] = [
    ("v4/eligibility", "answers"),
    ("v4/blinded", "opened"),
    ("v4/debt_alarm", "answers"),
    ("v4/group_mean", "answers"),
];

/// The tables of a set, by their datasets.
fn tables(set: &str) -> &'static [&'static str] {
    if set == "v4/debt_alarm" { &["rent", "energy"] } else { &["income"] }
}

/// Whether a set's answers are decisions.
fn are_decisions(set: &str) -> bool {
    set == "v4/eligibility" || set == "v4/blinded"
}

/// What evaluating and auditing begin with alike.
fn job(set: &str, key: &str, tables: &[&str]) -> String {
    let inputs: String = tables.iter().map(|table| format!(" --input {set}/{table}.enc")).collect();
    let noise = if are_decisions(set) {
        format!(" --noise {set}/noise.seed --nonce {set}/nonce")
    } else {
        String::new()
    };
    format!(
        "--agreement {set}/agreement.toml --evaluation-key {set}/{key}.key --cases {set}/cases.csv{inputs}{noise}"
    )
}

fn evaluate(set: &str, key: &str, tables: &[&str], answer: &str) -> String {
    format!("evaluate {} --signing-key parties/centre.key --out {set}/{answer}.enc", job(set, key, tables))
}

fn audit(set: &str, key: &str, tables: &[&str], answer: &str) -> String {
    let files = format!("--answer {set}/{answer}.enc --out {set}/{answer}.attest");
    format!("audit {} --signing-key parties/uwv.key {files}", job(set, key, tables))
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

/// Whether this processor rounds bootstraps as the one that made the files: it has the same vector instructions. The same
/// bytes are promised for no other (docs/benchmarks.md). Decisions have the same bytes everywhere.
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

/// A command with what it said, and what it says now.
fn said(kept: &Kept, line: &Value) -> (String, Value) {
    let command = line["command"].as_str().expect("a command");
    (command.to_owned(), serde_json::from_str(&kept.run(&format!("{command} --json"))).expect("JSON"))
}

#[test]
fn every_file_says_what_it_said() {
    let kept = Kept::new();
    let list: Vec<Value> = serde_json::from_slice(&kept.read("v4/said.json")).expect("JSON");
    assert!(list.len() >= 50, "{}", list.len());
    for line in list {
        let (command, said) = said(&kept, &line);
        assert!(repeats(&line["says"], &said), "{command}\n  then: {}\n  now: {said}", line["says"]);
    }
}

#[test]
fn there_is_one_of_each_kind_of_version_4() {
    let kept = Kept::new();
    let mut kinds: Vec<u8> = Vec::new();
    for name in kept.names().iter().filter(|name| name.starts_with("v4/")) {
        let bytes = kept.read(name);
        if bytes.starts_with(b"drempel\n") {
            assert_eq!(bytes[8..10], [4, 0], "{name}");
            kinds.push(bytes[10]);
        }
    }
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds, [2, 3, 4, 5, 6, 7, 8, 9, 10]);
}

#[test]
fn a_kept_answer_opens_to_the_same_values() {
    let kept = Kept::new();
    let program = kept.program();
    for (set, values) in SETS {
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
    let unblind = "unblind --agreement v4/blinded/agreement.toml --answer v4/blinded/answer.enc \
                   --opened v4/blinded/opened.csv --blinding v4/blinded/answer.blinding --out v4/blinded/now.csv";
    kept.run(unblind);
    kept.same("v4/blinded/now.csv", "v4/blinded/answers.csv");
    for (set, file) in [
        ("eligibility", "answer.rows"),
        ("eligibility", "noise.seed"),
        ("eligibility", "nonce"),
        ("blinded", "answer.blinding"),
        ("blinded", "noise.seed"),
        ("blinded", "nonce"),
    ] {
        let file = kept.artefact(&format!("v4/{set}/{file}"));
        let named = hexadecimal(&kept.artefact(&format!("v4/{set}/answer.enc")).metadata);
        assert!(named.contains(&hexadecimal(file.digest())), "{set}: the answer names it");
    }
}

#[test]
fn a_kept_evaluation_key_gives_the_same_bytes() {
    let kept = Kept::new();
    for (set, transcript, is_the_same_here) in [
        ("v4/eligibility", " --transcript v4/eligibility/new.rows", true),
        ("v4/debt_alarm", "", rounds_alike()),
    ] {
        kept.formula_key(set);
        kept.run(&format!("{}{transcript}", evaluate(set, "formula", tables(set), "new")));
        let mut answer = kept.artefact(&format!("{set}/new.enc"));
        answer.set_program(MAKER);
        kept.write(&format!("{set}/maker.enc"), &kept.sealed_by("centre", answer).bytes());
        if is_the_same_here {
            kept.same(&format!("{set}/maker.enc"), &format!("{set}/formula.enc"));
        }
        kept.run(&format!("{}{transcript}", audit(set, "formula", tables(set), "new")));
    }
    // Shard 1 of 2 is there already.
    let set = "v4/eligibility";
    let shards = evaluate(set, "formula", tables(set), "unfinished");
    let shards = format!("{shards} --chunk 2 --transcript {set}/shards.rows");
    kept.run(&format!("{shards} --shard 2/2"));
    let assemble = shards.replacen("evaluate", "job assemble", 1);
    if kept.program() == MAKER {
        kept.run(&assemble);
        kept.same("v4/eligibility/unfinished.enc", "v4/eligibility/formula.enc");
    } else {
        kept.refuse(&assemble, 3, "program or version");
    }
}

/// Adding up needs no evaluation key, and the one that is kept has no part. So the values are those of the people.
#[test]
fn a_kept_key_set_is_of_use_from_table_to_answers() {
    let kept = Kept::new();
    let set = "v4/group_mean";
    kept.run(&format!(
        "encrypt --agreement {set}/agreement.toml --dataset income --public-key {set}/public.key \
         --signing-key parties/uwv.key --input {set}/incomes.csv --out {set}/fresh.enc"
    ));
    for table in ["income", "fresh"] {
        let answer = format!("of-{table}");
        kept.copy(&format!("{set}/ledger.begun.jsonl"), &format!("{set}/{table}.jsonl"));
        kept.run(&evaluate(set, "evaluation", &[table], &answer));
        kept.run(&audit(set, "evaluation", &[table], &answer));
        kept.run(&release(set, &answer, &format!("{table}.jsonl"), "now.csv"));
        kept.same("v4/group_mean/now.csv", "v4/group_mean/answers.csv");
    }
    let payload = |name: &str| kept.artefact(&format!("{set}/{name}.enc")).payload;
    assert!(payload("of-income") == payload("answer"), "the sums of the kept table are others");
    assert!(payload("of-fresh") != payload("answer"), "encryption is random");
}

#[test]
fn a_kept_report_is_verified_by_what_wrote_it() {
    let kept = Kept::new();
    let program = kept.program();
    let set = "v4/group_mean";
    let inputs = report_inputs(set);
    for language in ["en", "nl"] {
        let verify = format!("report verify {set}/report.{language}.html {inputs}");
        if program == MAKER {
            kept.run(&verify);
        } else {
            kept.refuse(&verify, 3, "written by another version");
        }
    }
    kept.run(&format!(
        "report {inputs} --out now.html --csv now.csv --json-file now.json --parquet now.parquet --language nl"
    ));
    kept.same("now.csv", "v4/group_mean/report.csv");
    if program == MAKER {
        kept.same("now.json", &format!("{set}/report.json"));
        // The writer may choose other bytes; the numbers are the same.
        assert_eq!(kept.parquet("now.parquet"), kept.parquet(&format!("{set}/report.parquet")));
    }
}

fn report_inputs(set: &str) -> String {
    format!(
        "--agreement {set}/agreement.toml --answer {set}/answer.enc --answers {set}/answers.csv \
         --attestation {set}/answer.attest --ledger {set}/ledger.jsonl"
    )
}
