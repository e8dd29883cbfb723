//! docs/cli.md as it stands, and the script that an agency would schedule.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use drempel_test_support::{PASSPHRASE, SVB_UWV, copy, noise_files, repository, sign_all};

const DREMPEL: &str = env!("CARGO_BIN_EXE_drempel");

/// Where the page says DIGEST, the commitment that `drempel noise` printed: the one thing that a reader copies by hand.
#[cfg(unix)]
const COPIES_DIGEST: &str = r#"#!/usr/bin/env bash
set -o pipefail
if [ "$1" = noise ]; then
    "$DREMPEL" "$@" | tee "$SAID"
else
    exec "$DREMPEL" "${@/#DIGEST/$(sed -n 's/^commitment //p' "$SAID" 2> /dev/null)}"
fi
"#;

/// Runs every console block of docs/cli.md, in a copy of docs/cli.in.
#[cfg(unix)]
#[test]
fn the_page_about_the_command_line_is_true() {
    let unsigned: String = fs::read_to_string(repository("docs/cli.in/agreement.toml"))
        .expect("reads")
        .split_inclusive('\n')
        .filter(|line| !line.starts_with("signing_key = "))
        .collect();
    assert!(unsigned == SVB_UWV, "one agreement, two copies");
    let folder = tempfile::tempdir().expect("a folder");
    fs::copy(repository("docs/cli.md"), folder.path().join("cli.md")).expect("copies");
    copy(&repository("docs/cli.in"), &folder.path().join("cli.in"));
    let program = folder.path().join("drempel");
    fs::write(&program, COPIES_DIGEST).expect("writes");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).expect("sets");
    trycmd::TestCases::new()
        .register_bin("drempel", program)
        .env("DREMPEL", DREMPEL)
        .env("SAID", folder.path().join("said").to_str().expect("text"))
        .env("DREMPEL_PASSPHRASE", "an example")
        .case(folder.path().join("cli.md"))
        .run();
}

/// The same page as a new user has it: files as git checks them out, and nothing set but what the page says.
#[cfg(unix)]
#[test]
fn the_page_works_as_it_stands_after_a_clone() {
    use std::os::unix::fs::PermissionsExt;

    let page = fs::read_to_string(repository("docs/cli.md")).expect("reads");
    let folder = tempfile::tempdir().expect("a folder");
    let kept = folder.path().join("docs/cli.in");
    fs::create_dir_all(&kept).expect("makes");
    copy(&repository("docs/cli.in"), &kept);
    for file in fs::read_dir(&kept).expect("lists") {
        let path = file.expect("an entry").path();
        fs::set_permissions(path, fs::Permissions::from_mode(0o644)).expect("sets");
    }
    let preamble =
        page.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a preamble");
    let mut script = format!("set -e\n{preamble}set +e\n");
    let blocks = page.split("```console\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mut commands = 0;
    for block in blocks {
        for said in block.split("$ drempel ").skip(1) {
            let mut lines = said.lines();
            let command = lines.next().expect("a command");
            let wanted = match lines.next().and_then(|line| line.strip_prefix("? ")) {
                None => "0",
                Some("failed") => "1",
                Some(code) => code,
            };
            // What the page calls DIGEST is what a command before it has printed.
            let command = command.replace("DIGEST", "\"$commitment\"");
            script += &format!("\"$DREMPEL\" {command} > said 2>&1\ncode=$?\n");
            script += "grep -q '^commitment ' said && commitment=$(sed -n 's/^commitment //p' said)\n";
            script += &format!(
                "[ $code = {wanted} ] || {{ cat said; echo \"{wanted} expected, $code: line {commands}\"; exit 1; }}\n"
            );
            commands += 1;
        }
    }
    assert!(commands >= 25, "{commands}");
    let output = Command::new("bash")
        .arg("-c")
        .arg(script)
        .current_dir(folder.path())
        .env_remove("DREMPEL_PASSPHRASE")
        .env("DREMPEL", DREMPEL)
        .output()
        .expect("starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[cfg(unix)]
#[test]
fn the_script_of_an_agency_runs_and_stops_at_a_refusal() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = |households: &str, name: &str| {
        let households_csv = folder.path().join("households.csv");
        fs::write(&households_csv, households).expect("writes");
        Command::new(repository("examples/svb_uwv.sh"))
            .arg(folder.path().join(name))
            .args([repository("docs/cli.in/incomes.csv"), households_csv])
            .env("DREMPEL", DREMPEL)
            .env("DREMPEL_PASSPHRASE", "an example")
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

/// Every kind of question, from CSV files to answers. In the suite one that is cheap, with KINDS="ranking presence ..."
/// others.
#[cfg(unix)]
#[test]
fn a_question_is_played_on_the_command_line_from_csv_to_answers() {
    let kinds = std::env::var("KINDS").unwrap_or_else(|_| "debt_alarm".to_owned());
    for kind in kinds.split_ascii_whitespace() {
        let folder = tempfile::tempdir().expect("a folder");
        let output = Command::new(repository("examples/one_analysis.sh"))
            .arg(kind)
            .arg(folder.path())
            .env("DREMPEL", DREMPEL)
            .env("DREMPEL_PASSPHRASE", "an example")
            .output()
            .expect("the script starts");
        assert!(output.status.success(), "{kind}: {}", String::from_utf8_lossy(&output.stderr));
        println!("{kind}:\n{}", String::from_utf8_lossy(&output.stdout));
    }
}

/// The same inputs give the same bytes in every process and for any number of threads.
#[test]
fn every_process_makes_the_same_answer_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let inputs = repository("docs/cli.in");
    let text = fs::read_to_string(inputs.join("agreement.toml")).expect("reads");
    sign_all(folder.path(), "agreement.toml", &text);
    for name in ["incomes.csv", "households.csv"] {
        fs::copy(inputs.join(name), folder.path().join(name)).expect("copies");
    }
    let run = |threads: &str, arguments: &str| {
        let output = Command::new(DREMPEL)
            .args(arguments.split_ascii_whitespace())
            .current_dir(folder.path())
            .env("RAYON_NUM_THREADS", threads)
            .env("DREMPEL_PASSPHRASE", PASSPHRASE)
            .output()
            .expect("drempel starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run("2", "keygen --agreement agreement.toml --signing-key agreement.SVB.key --out keys");
    run(
        "2",
        "encrypt --agreement agreement.toml --dataset income --public-key keys/public.key
         --signing-key agreement.UWV.key --input incomes.csv --out income.enc",
    );
    let about = "--agreement agreement.toml --evaluation-key keys/evaluation.key";
    let signers = ["agreement.computing-centre.key", "agreement.UWV.key"];
    let noise = noise_files(DREMPEL, folder.path(), about, signers, "noise");
    let mut digests = Vec::new();
    for threads in ["1", "2", "1", "2"] {
        run(
            threads,
            &format!(
                "evaluate {about} --signing-key agreement.computing-centre.key --cases households.csv
                 --input income.enc {noise} --out answer.enc"
            ),
        );
        digests.push(blake3::hash(&fs::read(folder.path().join("answer.enc")).expect("an answer")));
    }
    digests.dedup();
    assert_eq!(digests.len(), 1, "{digests:?}");
}
