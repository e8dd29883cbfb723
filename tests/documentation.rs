//! docs/cli.md as it stands, and the script that an agency would schedule.

use std::fs;
use std::path::Path;
use std::process::Command;

const DREMPEL: &str = env!("CARGO_BIN_EXE_drempel");

/// Runs every console block of docs/cli.md, in a copy of docs/cli.in.
#[test]
fn the_page_about_the_command_line_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let example = fs::read(root.join("examples/agreements/svb_uwv.toml")).expect("reads");
    assert!(
        fs::read(root.join("docs/cli.in/agreement.toml")).expect("reads") == example,
        "one agreement, two copies"
    );
    let folder = tempfile::tempdir().expect("a folder");
    fs::copy(root.join("docs/cli.md"), folder.path().join("cli.md")).expect("copies");
    fs::create_dir(folder.path().join("cli.in")).expect("makes");
    for file in fs::read_dir(root.join("docs/cli.in")).expect("reads").flatten() {
        fs::copy(file.path(), folder.path().join("cli.in").join(file.file_name())).expect("copies");
    }
    trycmd::TestCases::new().case(folder.path().join("cli.md")).run();
}

#[cfg(unix)]
#[test]
fn the_script_of_an_agency_runs_and_stops_at_a_refusal() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().expect("a folder");
    let script = |households: &str, name: &str| {
        let households_csv = folder.path().join("households.csv");
        fs::write(&households_csv, households).expect("writes");
        Command::new(root.join("examples/svb_uwv.sh"))
            .arg(folder.path().join(name))
            .args([root.join("docs/cli.in/incomes.csv"), households_csv])
            .env("DREMPEL", DREMPEL)
            .output()
            .expect("the script starts")
    };
    let head = "household,person,poverty_line_cents\n";
    let good =
        script(&format!("{head}1,anna,150107\n2,bram,205348\n2,carla,205348\n3,dirk,150107\n"), "good");
    assert!(good.status.success(), "{}", String::from_utf8_lossy(&good.stderr));
    let decisions = fs::read_to_string(folder.path().join("good/svb/decisions.csv")).expect("decisions");
    assert_eq!(decisions, "household,eligible\n1,yes\n2,yes\n3,no\n");
    let refused = script(&format!("{head}1,anna,150108\n"), "refused");
    assert_eq!(refused.status.code(), Some(3));
    assert!(!folder.path().join("refused/svb/decisions.csv").exists());
}

/// The same inputs give the same bytes in every process and for any number of threads.
#[test]
fn every_process_makes_the_same_answer_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let inputs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.in");
    let run = |threads: &str, arguments: &str| {
        let arguments = arguments.replace("IN/", &format!("{}/", inputs.display()));
        let output = Command::new(DREMPEL)
            .args(arguments.split(' '))
            .current_dir(folder.path())
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .expect("drempel starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run("2", "keygen --agreement IN/agreement.toml --out keys");
    run(
        "2",
        "encrypt --agreement IN/agreement.toml --dataset income --public-key keys/public.key --input IN/incomes.csv --out income.enc",
    );
    let mut digests = Vec::new();
    for threads in ["1", "2", "1", "2"] {
        run(
            threads,
            "evaluate --agreement IN/agreement.toml --evaluation-key keys/evaluation.key --households IN/households.csv --input income.enc --out answer.enc",
        );
        digests.push(blake3::hash(&fs::read(folder.path().join("answer.enc")).expect("an answer")));
    }
    digests.dedup();
    assert_eq!(digests.len(), 1, "{digests:?}");
}
