//! Reports on the command line: the script that makes the gallery, and what `report verify` refuses.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use drempel_test_support::repository;

const DREMPEL: &str = env!("CARGO_BIN_EXE_drempel");

/// In the suite the kind that is cheapest, with KINDS="area_count ..." others.
#[test]
fn the_gallery_is_made_from_csv_files_and_changed_files_are_refused() {
    let kinds = std::env::var("KINDS").unwrap_or_else(|_| "debt_count".to_owned());
    let folder = tempfile::tempdir().expect("a folder");
    let script = repository("examples/gallery.sh");
    let output = Command::new(script)
        .arg(folder.path())
        .env("KINDS", &kinds)
        .env("DREMPEL", DREMPEL)
        .env("DREMPEL_PASSPHRASE", "an example")
        .output()
        .expect("the script starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for kind in kinds.split_ascii_whitespace() {
        let read = |name: &str| fs::read_to_string(folder.path().join(format!("{kind}.{name}"))).expect(name);
        assert!(
            read("nl.html").contains("<html lang=\"nl\">") && read("en.html").contains("<html lang=\"en\">")
        );
        assert!(read("csv").starts_with("table,row,measure,value,suppressed\n"));
        let exported: serde_json::Value = serde_json::from_str(&read("json")).expect("JSON");
        assert!(read("en.html").contains(exported["digests"]["answer"][0].as_str().expect("a digest")));
        for chart in fs::read_dir(folder.path().join(format!("{kind}.svg"))).expect("reads").flatten() {
            let svg = fs::read_to_string(chart.path()).expect("reads");
            assert!(svg.starts_with("<svg xmlns=") && read("nl.html").contains(&svg), "{kind}");
        }
    }
    if kinds == "debt_count" {
        refuses_changes(folder.path());
    }
}

fn refuses_changes(folder: &Path) {
    let work = folder.join("parties/debt_count");
    let run = |arguments: &str| -> Output {
        Command::new(DREMPEL)
            .args(arguments.split_ascii_whitespace())
            .current_dir(&work)
            .output()
            .expect("drempel starts")
    };
    let refuse = |arguments: &str, code: i32, message: &str| {
        let output = run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments}: {said}");
        assert!(said.contains(message), "{arguments}: {said}");
    };
    let change = |from: &str, to: &str, old: &str, new: &str| {
        let text = fs::read_to_string(work.join(from)).expect("reads");
        assert!(text.contains(old), "{from}: {old}");
        fs::write(work.join(to), text.replacen(old, new, 1)).expect("writes");
    };
    let inputs = "--agreement agreement.toml --answer answer.enc --answers answers.csv";
    let page = "../../debt_count.en.html";
    let evidence = "--attestation answer.attest --ledger keys/ledger.jsonl";
    assert!(run(&format!("report verify {page} {inputs} {evidence}")).status.success());
    change(page, "changed.html", "</td>", "1</td>");
    refuse(&format!("report verify changed.html {inputs} {evidence}"), 3, "not what these files give");
    change("answers.csv", "changed.csv", ",0\n", ",1\n");
    let changed = inputs.replace("answers.csv", "changed.csv");
    refuse(&format!("report verify {page} {changed} {evidence}"), 3, "not what these files give");
    change("agreement.toml", "other.toml", "retention_days = ", "retention_days = 1");
    fs::copy(work.join("agreement.toml.sig"), work.join("other.toml.sig")).expect("copies");
    let other = inputs.replace("agreement.toml", "other.toml");
    refuse(&format!("report verify {page} {other} {evidence}"), 3, "signatures");
    change("keys/ledger.jsonl", "ledger.jsonl", "\"answers\":", "\"answers\":1");
    let ledger = evidence.replace("keys/ledger", "ledger");
    refuse(&format!("report verify {page} {inputs} {ledger}"), 3, "ledger");
    change("answers.csv", "unreadable.csv", ",2\n", ",two\n");
    let unreadable = inputs.replace("answers.csv", "unreadable.csv");
    refuse(&format!("report {unreadable} --out x.html"), 1, "column \"agencies\": yes, no, a number");
    refuse(
        &format!("report {inputs} --map answers.csv --map-key a --out x.html"),
        1,
        "no GeoJSON or TopoJSON",
    );
    refuse(&format!("report {inputs}"), 2, "--out");
}
