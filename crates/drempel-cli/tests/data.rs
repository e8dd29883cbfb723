//! A first hour with files of data: `check` says what would be refused, without a key.

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use drempel_test_support::repository;

fn drempel(arguments: &str, input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_drempel"))
        .args(arguments.split_ascii_whitespace())
        .current_dir(repository("docs/cli.in"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    child.stdin.take().expect("piped").write_all(input).expect("it reads all");
    child.wait_with_output().expect("ends")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

const DATASET: &str = "check --agreement agreement.toml --dataset income --input";

#[test]
fn a_file_is_checked_and_summed_up_without_a_key() {
    let good = drempel(
        &format!("{DATASET} - --json"),
        &fs::read(repository("docs/cli.in/incomes.csv")).expect("kept"),
    );
    let object: serde_json::Value = serde_json::from_slice(&good.stdout).expect("JSON");
    assert_eq!((&object["rows"], &object["identifiers"][0]["repeated"]), (&4.into(), &0.0.into()));
    let bad = "person;income_cents\nanna;1501,06\nanna;x\nbo b;1\n";
    let bad = drempel(&format!("{DATASET} - --amounts euro"), bad.as_bytes());
    assert_eq!(bad.status.code(), Some(1));
    let said = said(&bad);
    for part in [
        "standard input: 3 rows read as dataset \"income\"",
        "column \"person\": 4 characters, small letters; 50.0 % repeat an earlier row",
        "standard input: 3 faults",
        "line 3, column \"person\": the same identifier",
        "line 3, column \"income_cents\": not a number",
        "line 4, column \"person\": an identifier is",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("anna") && !said.contains("1501"), "{said}");
}

#[test]
fn cases_are_checked_against_the_agreement() {
    let good = drempel("check --agreement agreement.toml --cases households.csv", b"");
    assert!(
        good.status.success() && said(&good).contains("3 answers\nnothing would be refused"),
        "{}",
        said(&good)
    );
    let refused = drempel("check --agreement agreement.toml --cases other_line.csv", b"");
    assert_eq!(refused.status.code(), Some(3), "{}", said(&refused));
}

#[test]
fn citizen_service_numbers_are_checked_where_they_are_said_to_be_some() {
    let check = |rows: &str| {
        drempel(&format!("{DATASET} - --bsn"), format!("person,income_cents\n{rows}").as_bytes())
    };
    assert!(check("111222333,1\n123456782,2\n").status.success());
    let wrong = check("111222333,1\n123456789,2\n");
    assert!(said(&wrong).contains("1 identifiers are no citizen service number"), "{}", said(&wrong));
    let lost = check("111222333,1\n12345672,2\n");
    assert!(said(&lost).contains("lost their leading zero"), "{}", said(&lost));
}

#[test]
fn euros_are_for_datasets_in_cents_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = fs::read_to_string(repository("docs/cli.in/agreement.toml")).expect("kept");
    let other = folder.path().join("agreement.toml");
    fs::write(&other, text.replace("eurocent/month", "day")).expect("written");
    let arguments =
        format!("check --agreement {} --dataset income --input incomes.csv --amounts euro", other.display());
    let output = drempel(&arguments, b"");
    assert!(said(&output).contains("is for amounts in eurocent"), "{}", said(&output));
}

#[test]
fn a_plan_counts_whom_a_table_knows_and_refuses_strangers() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = |people: &str| {
        let cases = folder.path().join("cases.csv");
        let rows: String = people.split(' ').map(|person| format!("h-{person},{person},1\n")).collect();
        fs::write(&cases, format!("household,person,poverty_line_cents\n{rows}")).expect("written");
        let good = repository("tests/fixtures/good");
        let arguments = format!(
            "plan --agreement {0}/agreement.toml --cases {1} --input {0}/income.enc",
            good.display(),
            cases.display()
        );
        drempel(&arguments, b"")
    };
    let some = plan("a b zz");
    assert!(
        said(&some).contains("dataset \"income\": has a record of 2 of 3 (each person counted once)"),
        "{}",
        said(&some)
    );
    let strangers = plan("111222333 123456782");
    assert_eq!(strangers.status.code(), Some(3));
    assert!(said(&strangers).contains("9 characters, digits"), "{}", said(&strangers));
    let nobody = plan("x y z");
    assert_eq!(nobody.status.code(), Some(3));
    assert!(said(&nobody).contains("no record of any of the 3"), "{}", said(&nobody));
}
