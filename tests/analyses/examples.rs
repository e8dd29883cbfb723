//! What lies in `examples/data`: the answers there were computed by other means than drempel.

use std::fs;
use std::path::Path;

use drempel::analysis::{Program, Question};
use drempel::{Agreement, Cases};
use drempel_test_support::{Job, repository};

#[test]
fn the_examples_of_all_kinds_have_their_expected_answers_on_plaintext() {
    let examples = repository("examples");
    let mut kinds = 0;
    for folder in fs::read_dir(examples.join("data")).expect("reads").flatten() {
        let kind = folder.file_name().into_string().expect("a name");
        let text = |path: &Path| fs::read_to_string(path).expect("reads");
        let agreement = text(&examples.join(format!("agreements/{kind}.toml")));
        let cases = text(&folder.path().join("cases.csv"));
        let sound = Agreement::<Question>::parse(&agreement).expect("sound");
        let csv = |dataset: &String| text(&folder.path().join(format!("{dataset}.csv")));
        let tables: Vec<String> = sound.analysis().datasets().iter().map(csv).collect();
        let answers = Job { agreement: &agreement, tables: &tables, cases: &cases }.on_plaintext();
        let asked = sound.analysis().read_cases(&mut cases.as_bytes()).expect("valid");
        let mut lines = vec![sound.shape().columns().join(",")];
        for (subject, values) in asked.answers().iter().zip(&answers) {
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            lines.push(format!("{subject},{}", values.join(",")));
        }
        let expected = text(&folder.path().join("answers.csv"));
        assert_eq!(lines, expected.lines().collect::<Vec<_>>(), "{kind}");
        assert!(answers.len() >= 2, "{kind}");
        kinds += 1;
    }
    assert_eq!(kinds, 9);
}
