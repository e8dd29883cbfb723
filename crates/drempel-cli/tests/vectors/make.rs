//! Makes the files of version 4, by the real command, from the agreements and keys of version 3. They are made once and stay
//! as they are: `VECTORS=$PWD/tests/vectors cargo test --release --package drempel-cli --test vectors -- --ignored make`.

use std::fs;
use std::path::Path;

use drempel_test_support::{noise_files, write_key_file};
use serde_json::{Value, json};

use super::kept::{Kept, PASSPHRASE, formula};
use super::{SETS, are_decisions, audit, evaluate, release, report_inputs, tables};

const DREMPEL: &str = env!("CARGO_BIN_EXE_drempel");

/// What is written besides a set's inputs.
const FILES: [&str; 22] = [
    "public.key",
    "secret.key",
    "ledger.begun.jsonl",
    "ledger.jsonl",
    "income.enc",
    "rent.enc",
    "energy.enc",
    "noise.seed",
    "nonce",
    "answer.enc",
    "answer.rows",
    "answer.blinding",
    "answer.attest",
    "answers.csv",
    "opened.csv",
    "formula.ends",
    "formula.enc",
    "report.en.html",
    "report.nl.html",
    "report.csv",
    "report.json",
    "report.parquet",
];

#[test]
#[ignore = "writes the kept files anew"]
fn make() {
    let out = std::env::var_os("VECTORS").expect("VECTORS is the folder tests/vectors");
    let out = Path::new(&out);
    let kept = Kept::new();
    for (set, _) in SETS {
        inputs(&kept, set);
        job(&kept, set);
        if set == "v4/group_mean" {
            report(&kept, set);
        } else if set != "v4/blinded" {
            with_formula(&kept, set);
        }
        let from = kept.folder().join(set);
        let to = out.join(set);
        fs::create_dir_all(&to).expect("makes");
        let inputs =
            ["agreement.toml", "agreement.toml.sig", "cases.csv", "incomes.csv", "rent.csv", "energy.csv"];
        for file in inputs.iter().chain(&FILES).chain((set == "v4/group_mean").then_some(&"evaluation.key")) {
            if from.join(file).exists() {
                fs::copy(from.join(file), to.join(file)).expect("copies");
            }
        }
    }
    let job = "v4/eligibility/unfinished.enc.job";
    drempel_test_support::copy(&kept.folder().join(job), &out.join(job));
    let _ = fs::remove_file(out.join(job).join("lock"));
    let said: Vec<Value> = commands().iter().map(|command| line(&kept, command)).collect();
    let text = serde_json::to_string_pretty(&said).expect("JSON");
    fs::write(out.join("v4/said.json"), text + "\n").expect("writes");
}

/// The agreement and the data of version 3; for the alarm one of its own.
fn inputs(kept: &Kept, set: &str) {
    let folder = kept.folder().join(set);
    fs::create_dir_all(&folder).expect("makes");
    // Nothing is made from what was made before.
    let _ = fs::remove_dir_all(folder.join("unfinished.enc.job"));
    FILES.iter().for_each(|file| drop(fs::remove_file(folder.join(file))));
    if set == "v4/debt_alarm" {
        let _ = fs::remove_file(folder.join("agreement.toml.sig"));
        for (party, key) in
            [("UWV", "uwv"), ("computing-centre", "centre"), ("SVB", "svb"), ("municipality", "municipality")]
        {
            let sign = format!("agreement sign {set}/agreement.toml --party {party}");
            kept.run(&format!("{sign} --signing-key parties/{key}.key"));
        }
        return;
    }
    let old = set.trim_start_matches("v4/");
    for file in ["agreement.toml", "agreement.toml.sig", "cases.csv", "incomes.csv"] {
        kept.copy(&format!("{old}/{file}"), &format!("{set}/{file}"));
    }
}

/// From keys to released answers.
fn job(kept: &Kept, set: &str) {
    let agreement = format!("--agreement {set}/agreement.toml");
    kept.run(&format!("keygen {agreement} --signing-key parties/svb.key --out {set}/keys"));
    for file in ["public.key", "evaluation.key"] {
        kept.copy(&format!("{set}/keys/{file}"), &format!("{set}/{file}"));
    }
    let made = format!("{set}/keys/secret.key");
    if set == "v4/eligibility" {
        kept.copy(&made, &format!("{set}/secret.key"));
        kept.own(&format!("{set}/secret.key"));
    } else {
        // One that opens fast.
        let identity = age::scrypt::Identity::new(PASSPHRASE.to_owned().into());
        let secret = age::decrypt(&identity, &kept.read(&made)).expect("opens");
        write_key_file(&kept.folder().join(set).join("secret.key"), &secret);
    }
    kept.copy(&format!("{set}/keys/ledger.jsonl"), &format!("{set}/ledger.begun.jsonl"));
    kept.copy(&format!("{set}/keys/ledger.jsonl"), &format!("{set}/ledger.jsonl"));
    for table in tables(set) {
        let csv = if *table == "income" { "incomes" } else { table };
        let provider = if *table == "energy" { "municipality" } else { "uwv" };
        kept.run(&format!(
            "encrypt {agreement} --dataset {table} --public-key {set}/public.key --signing-key parties/{provider}.key \
             --input {set}/{csv}.csv --out {set}/{table}.enc"
        ));
    }
    if are_decisions(set) {
        let about = format!("{agreement} --evaluation-key {set}/evaluation.key");
        let name = format!("{set}/made");
        noise_files(DREMPEL, kept.folder(), &about, ["parties/centre.key", "parties/uwv.key"], &name);
        kept.copy(&format!("{name}.seed"), &format!("{set}/noise.seed"));
        kept.copy(&format!("{name}.nonce"), &format!("{set}/nonce"));
    }
    let beside = beside(set, "answer");
    kept.run(&format!("{}{beside}", evaluate(set, "evaluation", tables(set), "answer")));
    kept.run(&format!("{}{beside}", audit(set, "evaluation", tables(set), "answer")));
    let values = if set == "v4/blinded" { "opened.csv" } else { "answers.csv" };
    kept.run(&release(set, "answer", "ledger.jsonl", values));
    if set == "v4/blinded" {
        kept.run(&format!(
            "unblind {agreement} --answer {set}/answer.enc --opened {set}/opened.csv --blinding {set}/answer.blinding \
             --out {set}/answers.csv"
        ));
    }
}

/// What the agreement asks for beside an answer.
fn beside(set: &str, answer: &str) -> String {
    match set {
        "v4/eligibility" => format!(" --transcript {set}/{answer}.rows"),
        "v4/blinded" => format!(" --blinding {set}/{answer}.blinding"),
        _ => String::new(),
    }
}

/// A key of meaningless bytes in place of one that is too large to keep, and what it gives.
fn with_formula(kept: &Kept, set: &str) {
    let mut key = kept.artefact(&format!("{set}/evaluation.key"));
    key.payload = formula(key.payload.len());
    let key = kept.sealed_by("svb", key);
    kept.write(&format!("{set}/formula.ends"), &key.ends());
    kept.formula_key(set);
    let rows = if set == "v4/eligibility" {
        format!(" --transcript {set}/formula.rows --chunk 2")
    } else {
        String::new()
    };
    kept.run(&format!("{}{rows}", evaluate(set, "formula", tables(set), "formula")));
    if set == "v4/eligibility" {
        let unfinished = evaluate(set, "formula", tables(set), "unfinished");
        kept.run(&format!("{unfinished}{} --chunk 2 --shard 1/2", beside(set, "unfinished")));
    }
}

fn report(kept: &Kept, set: &str) {
    let inputs = report_inputs(set);
    kept.run(&format!("report {inputs} --out {set}/report.en.html"));
    kept.run(&format!(
        "report {inputs} --out {set}/report.nl.html --csv {set}/report.csv --json-file {set}/report.json \
         --parquet {set}/report.parquet --language nl"
    ));
}

/// What is asked of the files.
fn commands() -> Vec<String> {
    let mut commands = Vec::new();
    for (set, _) in SETS {
        let agreement = format!("{set}/agreement.toml");
        commands.extend(["check", "verify", "show"].map(|action| format!("agreement {action} {agreement}")));
        let mut files = vec!["public.key", "secret.key", "answer.enc", "answer.attest"];
        files.extend(match set {
            "v4/eligibility" => [
                "income.enc",
                "answer.rows",
                "noise.seed",
                "nonce",
                "formula.enc",
                "unfinished.enc.job/1-of-2/0.rows",
            ]
            .as_slice(),
            "v4/blinded" => ["income.enc", "answer.blinding", "noise.seed", "nonce"].as_slice(),
            "v4/debt_alarm" => ["rent.enc", "energy.enc", "formula.enc"].as_slice(),
            _ => ["income.enc", "evaluation.key"].as_slice(),
        });
        commands.extend(files.iter().map(|file| format!("inspect {set}/{file}")));
        let ledgers = ["ledger.begun.jsonl", "ledger.jsonl"];
        commands.extend(ledgers.map(|ledger| format!("ledger show {set}/{ledger} --agreement {agreement}")));
        let subject = match set {
            "v4/debt_alarm" => "p2",
            "v4/group_mean" => "south --language nl",
            _ => "h,3",
        };
        commands.push(format!(
            "explain --agreement {agreement} --cases {set}/cases.csv --answer {set}/answer.enc --answers \
             {set}/answers.csv --subject {subject}"
        ));
    }
    commands.push("job status --out v4/eligibility/unfinished.enc".to_owned());
    commands
}

/// A command with what it says but for words, which may be put better, and seconds.
fn line(kept: &Kept, command: &str) -> Value {
    let mut says: Value = serde_json::from_str(&kept.run(&format!("{command} --json"))).expect("JSON");
    if let Some(says) = says.as_object_mut() {
        for name in ["question", "seconds", "text"] {
            says.remove(name);
        }
    }
    json!({ "command": command, "says": says })
}
