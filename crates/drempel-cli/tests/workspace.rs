//! From nothing to a released answer, by the commands that each command names.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const KINDS: [&str; 9] = [
    "eligibility",
    "debt_count",
    "debt_alarm",
    "group_mean",
    "group_comparison",
    "area_count",
    "ranking",
    "presence",
    "matching",
];

fn drempel(folder: &Path, arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_drempel"))
        .args(arguments.split_ascii_whitespace())
        .current_dir(folder)
        .env("DREMPEL_PASSPHRASE", "an example")
        .output()
        .expect("starts")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn the_sample_data_of_every_kind_pass_their_check() {
    let folder = tempfile::tempdir().expect("a folder");
    for kind in KINDS {
        let made = drempel(folder.path(), &format!("init {kind} {kind}"));
        assert!(made.status.success(), "{kind}: {}", said(&made));
        let mut checked = 0;
        for party in fs::read_dir(folder.path().join(kind)).expect("made") {
            let party = party.expect("an entry").path();
            if !party.join("drempel.toml").exists() {
                continue;
            }
            assert!(party.join("README.md").exists());
            for file in fs::read_dir(&party).expect("a folder") {
                let file = file.expect("an entry").file_name().into_string().expect("text");
                let Some(name) = file.strip_suffix(".csv") else { continue };
                let arguments =
                    if name == "cases" { format!("check {file}") } else { format!("check {name} {file}") };
                let output = drempel(&party, &arguments);
                let good = output.status.success() && said(&output).contains("nothing would be refused");
                assert!(good && !said(&output).contains("WARNING"), "{kind}: {arguments}: {}", said(&output));
                checked += 1;
            }
        }
        assert!(checked >= 2, "{kind}: {checked}");
    }
}

#[test]
fn a_few_commands_lead_to_an_answer_each_named_by_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let pilot = folder.path().join("pilot");
    let mut output = drempel(folder.path(), "init eligibility pilot --as SVB --party UWV=Municipality");
    let mut commands = 1;
    loop {
        assert!(output.status.success(), "{}", said(&output));
        let said = said(&output);
        let Some(next) = said.lines().find_map(|line| line.strip_prefix("next: ")) else { break };
        let command = next.split('`').nth(1).expect("a command").strip_prefix("drempel ").expect("ours");
        let own = next.rsplit(", ").next().expect("a folder");
        output = drempel(&pilot.join(own), command);
        commands += 1;
        assert!(commands < 20, "{next}");
    }
    // Nine, and two for the noise of decisions: the evaluator's commitment and the auditor's nonce.
    assert_eq!(commands, 11);
    let answers = fs::read_to_string(pilot.join("svb/answers.csv")).expect("released");
    let expected = fs::read_to_string(drempel_test_support::repository("examples/data/svb_uwv/answers.csv"));
    assert_eq!(answers, expected.expect("kept"));
}

#[test]
fn a_template_takes_names_and_norms_and_says_what_it_does_not_know() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = drempel(folder.path(), "init eligibility a --party SVB=Town --norms 150107,205348");
    assert!(made.status.success(), "{}", said(&made));
    let agreement = fs::read_to_string(folder.path().join("a/agreement.toml")).expect("made");
    assert!(agreement.contains("norms = [150107, 205348]") && !agreement.contains("\"SVB\""), "{agreement}");
    for (arguments, expected) in [
        ("init eligibility a", "is there already"),
        ("init eligibility b --party X=Y", "the template has no party \"X\"; it has: "),
        ("init debt_count c --norms 1", "--norms is for kinds that have poverty lines"),
        ("join", "run `drempel init` first"),
    ] {
        let refused = drempel(folder.path(), arguments);
        assert!(!refused.status.success() && said(&refused).contains(expected), "{}", said(&refused));
    }
}
