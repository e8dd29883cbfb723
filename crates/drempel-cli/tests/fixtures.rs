//! Files with one fault each: the program says what is wrong, and ends with the right exit code. Others can run the same
//! list (tests/fixtures/README.md).

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use drempel_test_support::{PASSPHRASE, copy, repository};

const DREMPEL: &str = env!("CARGO_BIN_EXE_drempel");

#[test]
fn every_fault_is_named_and_has_its_exit_code() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy(&repository("tests/fixtures"), folder.path());
    let list = fs::read_to_string(folder.path().join("list.csv")).expect("kept");
    let mut reader = csv::Reader::from_reader(list.as_bytes());
    let mut faults = 0;
    let mut wrong = Vec::new();
    for row in reader.records() {
        let row = row.expect("a row");
        let [file, code, message, command] =
            [0, 1, 2, 3].map(|column| row.get(column).expect("four columns"));
        let clock = Instant::now();
        let output = Command::new(DREMPEL)
            .args(command.split(' '))
            .current_dir(folder.path())
            .env("DREMPEL_PASSPHRASE", PASSPHRASE)
            .output()
            .expect("runs");
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.code() != code.parse().ok()
            || !said.contains(message)
            || clock.elapsed() > Duration::from_secs(1)
        {
            wrong.push(format!("{file}: {:?} in {:?}, {said}", output.status.code(), clock.elapsed()));
        }
        assert!(!folder.path().join("out").exists(), "{file}: something was written");
        faults += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(faults >= 60, "{faults}");
    // The files that the commands need besides are as they should be.
    for good in [
        "agreement verify good/agreement.toml",
        "inspect good/income.enc",
        "inspect good/answer.attest",
        "inspect good/noise.seed",
        "inspect good/nonce",
        "ledger verify --agreement good/agreement.toml good/ledger.jsonl",
        "plan --agreement good/agreement.toml --cases good/households.csv",
        "explain --agreement good/agreement.toml --cases good/households.csv --answer good/answer.enc --subject h1",
        "encrypt --agreement good/agreement.toml --dataset income --public-key good/public.key --signing-key \
         good/provider.key --input good/incomes.csv --out out",
    ] {
        let mut command = Command::new(DREMPEL);
        command
            .args(good.split_whitespace())
            .current_dir(folder.path())
            .env("DREMPEL_PASSPHRASE", PASSPHRASE);
        let output = command.output().expect("runs");
        assert!(output.status.success(), "{good}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
