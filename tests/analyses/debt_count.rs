//! At how many agencies is an arrear too high?

use drempel::agreement::AgreementError;
use drempel::analysis::{Question, Value};
use drempel::{Agreement, Plan};
use drempel_test_support::{Job, for_all, sample};
use proptest::collection::{SizeRange, vec};
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::sample::select;

use crate::agencies::{self, Dataset};

/// Agencies whose bounds differ, so that `above` is another number in each encoding.
pub(crate) const BOUNDS: [(i64, i64); 3] = [(0, 20_000), (-500, 10_001), (10_000, 999_999)];
pub(crate) const ABOVE: i64 = 10_000;

/// An agreement of so many agencies with the rest of its section.
pub(crate) fn agreement(kind: &str, agencies: usize, rest: &str) -> String {
    let names: Vec<String> = (0..agencies).map(|agency| format!("d{agency}")).collect();
    let datasets: Vec<Dataset<'_>> = names
        .iter()
        .enumerate()
        .map(|(agency, name)| Dataset { name, provider: name, unit: "eurocent", bounds: BOUNDS[agency % 3] })
        .collect();
    let analysis = format!("kind = \"{kind}\", datasets = {names:?}, above = {ABOVE}, {rest}");
    agencies::agreement(&datasets, &analysis, "to = \"holder\", answers = 1000000")
}

/// What so many agencies know of a person, boundaries more often than not.
fn arrears_of_one(agencies: usize) -> impl Strategy<Value = Vec<Option<i64>>> {
    let arrear = |agency: usize| {
        let (min, max) = BOUNDS[agency % 3];
        let boundary = [ABOVE - 1, ABOVE, ABOVE + 1, min, max, max + 1, 1_000_000_000].map(|x| x.max(min));
        prop_oneof![
            2 => Just(None),
            5 => select(boundary.to_vec()).prop_map(Some),
            3 => (min..=max).prop_map(Some),
        ]
    };
    (0..agencies).map(arrear).collect::<Vec<_>>()
}

/// For each agency the arrear of each person.
pub(crate) fn arrears(
    agencies: usize,
    people: impl Into<SizeRange>,
) -> impl Strategy<Value = Vec<Vec<Option<i64>>>> {
    vec(arrears_of_one(agencies), people).prop_map(move |people| by_agency(agencies, &people))
}

/// What each agency knows, from what is known of each person.
pub(crate) fn by_agency<T: Copy>(agencies: usize, people: &[Vec<T>]) -> Vec<Vec<T>> {
    (0..agencies).map(|agency| people.iter().map(|person| person[agency]).collect()).collect()
}

/// Ordinary arithmetic: of each person the number of arrears above the amount.
pub(crate) fn expected(known: &[Vec<Option<i64>>], people: usize) -> Vec<i64> {
    let above = |person: usize| {
        known.iter().filter(|agency| agency[person].is_some_and(|arrear| arrear > ABOVE)).count()
    };
    (0..people).map(|person| above(person) as i64).collect()
}

/// The CSV file of each agency.
pub(crate) fn tables(known: &[Vec<Option<i64>>]) -> Vec<String> {
    known.iter().enumerate().map(|(agency, arrears)| agencies::table(BOUNDS[agency % 3].1, arrears)).collect()
}

fn numbers(values: &[i64]) -> Vec<Vec<Value>> {
    values.iter().map(|number| vec![Value::Number(*number)]).collect()
}

const REST: &str = "missing = \"no-arrear\"";

#[test]
fn numbers_of_arrears_are_those_of_ordinary_arithmetic() {
    // About 105,000 people.
    for_all(2_100, (1..=15_usize).prop_flat_map(|agencies| arrears(agencies, 1..=100)), |known| {
        let (agencies, people) = (known.len(), known[0].len());
        let (agreement, cases) = (agreement("debt_count", agencies, REST), agencies::people(people));
        let job = Job { agreement: &agreement, tables: &tables(&known), cases: &cases };
        assert_eq!(job.on_plaintext(), numbers(&expected(&known, people)));
    });
}

#[test]
fn every_combination_of_boundaries_at_four_agencies_is_counted_rightly() {
    let boundary = [None, Some(9_999), Some(10_000), Some(10_001)];
    let people = 4_usize.pow(4);
    let at = |agency: usize, person: usize| {
        let arrear = boundary[person / 4_usize.pow(agency as u32) % 4];
        arrear.map(|arrear| arrear.max(BOUNDS[agency % 3].0))
    };
    let known: Vec<Vec<Option<i64>>> =
        (0..4).map(|agency| (0..people).map(|person| at(agency, person)).collect()).collect();
    let (agreement, cases) = (agreement("debt_count", 4, REST), agencies::people(people));
    let job = Job { agreement: &agreement, tables: &tables(&known), cases: &cases };
    assert_eq!(job.on_plaintext(), numbers(&expected(&known, people)));
}

#[test]
fn a_count_takes_no_bootstrap_and_fails_less_than_once_in_2_to_the_200() {
    for agencies in [1, 4, 15] {
        let text = agreement("debt_count", agencies, REST);
        let agreement = Agreement::<Question>::parse(&text).expect("sound");
        let samples = Plan::of_samples(&agreement);
        assert_eq!(samples.len(), 1);
        assert_eq!(samples[0].1.bootstraps, 0);
        assert!(samples[0].1.log2_failure < -200.0, "{}", samples[0].1.log2_failure);
    }
}

#[test]
fn with_real_keys_the_numbers_are_those_of_ordinary_arithmetic() {
    let people = 150;
    let mut known = sample(arrears(15, people));
    // An arrear everywhere, nowhere, and no record at all.
    for (agency, arrears) in known.iter_mut().enumerate() {
        arrears[..3].copy_from_slice(&[Some(ABOVE + 1), Some(BOUNDS[agency % 3].0), None]);
    }
    let (agreement, cases) = (agreement("debt_count", 15, REST), agencies::people(people));
    let job = Job { agreement: &agreement, tables: &tables(&known), cases: &cases };
    let expected = expected(&known, people);
    assert_eq!(expected[..3], [15, 0, 0]);
    assert_eq!(job.with_real_keys(0), numbers(&expected));
}

#[test]
fn under_refuse_a_missing_record_stops_the_job_with_the_line_and_the_dataset() {
    let agreement = agreement("debt_count", 2, "missing = \"refuse\"");
    let known = [vec![Some(1), Some(2)], vec![Some(3), None]];
    let tables = tables(&known);
    let refusal = Job { agreement: &agreement, tables: &tables, cases: "person\np0\np1\n" }.refusal();
    let expected =
        "line 3, column \"person\": no record in dataset \"d1\", and the agreement refuses missing ones";
    assert_eq!(refusal, expected);
    let all = Job { agreement: &agreement, tables: &tables, cases: "person\np0\n" };
    assert_eq!(all.on_plaintext(), numbers(&[0]));
    let twice = Job { agreement: &agreement, tables: &tables, cases: "person\np0\np0\n" };
    assert!(twice.refusal().starts_with("line 3, column \"person\": the same identifier"));
}

#[test]
fn a_person_without_any_record_has_no_arrear_where_that_is_agreed() {
    let agreement = agreement("debt_count", 2, REST);
    let tables = tables(&[vec![None], vec![None]]);
    let job = Job { agreement: &agreement, tables: &tables, cases: "person\nstranger\n" };
    assert_eq!(job.on_plaintext(), numbers(&[0]));
}

/// The message of an agreement that breaks a rule.
pub(crate) fn refused(text: &str) -> String {
    let error: AgreementError = Agreement::<Question>::parse(text).expect_err("breaks a rule");
    error.to_string()
}

/// The rules that both questions about arrears have.
pub(crate) fn rules_of_arrears(kind: &str, rest: &str) {
    let sound = agreement(kind, 3, rest);
    Agreement::<Question>::parse(&sound).expect("sound");
    let known = "above must be at least the min and below the max of every dataset: else its answer is known";
    let cases = [
        ("above = 10000", "above = 9999", known),
        ("above = 10000", "above = 10001", known),
        ("above = 10000", "above = 9223372036854775807", known),
        ("above = 10000", "above = -9223372036854775808", known),
        ("unit = \"eurocent\"", "unit = \"month\"", "datasets must have one unit, word for word"),
        ("subject = \"person\"", "subject = \"household\"", "every dataset must have the subject person"),
        ("provider = \"d1\"", "provider = \"d0\"", "each dataset must come from another party"),
        ("[\"d0\", \"d1\", \"d2\"]", "[]", "datasets must name 1 to 15 datasets, one per agency"),
    ];
    for (from, to, message) in cases {
        let refused = refused(&sound.replacen(from, to, 1));
        assert!(refused.starts_with(&format!("[analysis] {message}")), "{to}: {refused}");
    }
    let months = sound.replace("unit = \"eurocent\"", "unit = \"month\"");
    assert_eq!(refused(&months), "[analysis] datasets must have amounts in eurocent");
    let sixteen = refused(&agreement(kind, 16, rest));
    assert_eq!(sixteen, "[analysis] datasets must name 1 to 15 datasets, one per agency");
    for (from, to, message) in [
        ("above = 10000, ", "", "missing field `above`"),
        ("above = 10000", "above = 1.5", "invalid type"),
        ("above = 10000", "above = 10000, more = 1", "unknown field `more`"),
        ("\"no-arrear\"", "\"zero\"", "unknown variant `zero`"),
    ] {
        let refused = refused(&sound.replacen(from, to, 1));
        assert!(refused.contains(message), "{to}: {refused}");
    }
}

#[test]
fn an_agreement_about_numbers_of_arrears_has_rules() {
    rules_of_arrears("debt_count", REST);
    let alarm = agreement("debt_count", 3, "missing = \"no-arrear\", at_least = 2");
    assert!(refused(&alarm).contains("unknown field `at_least`"));
    let text = agreement("debt_count", 3, REST);
    let blinded = text.replace("to = \"holder\"", "to = \"receiver\", blinded = true");
    assert_eq!(refused(&blinded), "[disclosure] only answers of yes or no can be blinded");
}

#[test]
fn an_arrear_above_max_counts_as_max_does() {
    let text = agreement("debt_count", 3, REST);
    let agreement = Agreement::<Question>::parse(&text).expect("sound");
    for dataset in agreement.inputs() {
        assert!(agreement.shape().clamps(&dataset.name));
    }
}
