//! Are arrears too high at so many agencies?

use drempel::analysis::{Question, Value};
use drempel::{Agreement, Plan};
use drempel_test_support::{Job, for_all};
use proptest::prelude::Strategy;

use crate::agencies;
use crate::debt_count::{ABOVE, agreement, arrears, expected, refused, rules_of_arrears, tables};

fn rest(at_least: i64) -> String {
    format!("missing = \"no-arrear\", at_least = {at_least}")
}

fn alarms(numbers: &[i64], at_least: i64) -> Vec<Vec<Value>> {
    numbers.iter().map(|number| vec![Value::YesNo(*number >= at_least)]).collect()
}

#[test]
fn alarms_are_those_of_ordinary_arithmetic_for_every_number_of_agencies() {
    // About 120,000 people.
    let job = (1..=15_usize).prop_flat_map(|agencies| (1..=agencies as i64, arrears(agencies, 1..=100)));
    for_all(2_400, job, |(at_least, known)| {
        let (agencies, people) = (known.len(), known[0].len());
        let (agreement, cases) =
            (agreement("debt_alarm", agencies, &rest(at_least)), agencies::people(people));
        let job = Job { agreement: &agreement, tables: &tables(&known), cases: &cases };
        assert_eq!(job.on_plaintext(), alarms(&expected(&known, people), at_least));
    });
}

#[test]
fn an_alarm_takes_one_bootstrap_and_fails_less_than_once_in_2_to_the_128() {
    for agencies in [1, 4, 15] {
        let text = agreement("debt_alarm", agencies, &rest(1));
        let agreement = Agreement::<Question>::parse(&text).expect("sound");
        let samples = Plan::of_samples(&agreement);
        assert_eq!(samples.len(), 1);
        assert_eq!(samples[0].1.bootstraps, 1);
        assert!(samples[0].1.log2_failure < -128.0, "{}", samples[0].1.log2_failure);
    }
}

/// Persons with 0 to 15 arrears, each arrear a cent above, each other one at the amount.
#[test]
fn with_real_keys_the_alarm_goes_off_from_the_agreed_number_on() {
    let people = 32;
    let arrear = |agency: usize, person: usize| match person {
        0..16 if agency < person => Some(ABOVE + 1),
        0..16 => Some(ABOVE),
        _ if agency < person - 16 => Some(ABOVE + 1),
        _ => None,
    };
    let known: Vec<Vec<Option<i64>>> =
        (0..15).map(|agency| (0..people).map(|person| arrear(agency, person)).collect()).collect();
    let numbers = expected(&known, people);
    assert_eq!(numbers, [(0..16).collect::<Vec<i64>>(), (0..16).collect()].concat());
    let (agreement, cases) = (agreement("debt_alarm", 15, &rest(8)), agencies::people(people));
    let job = Job { agreement: &agreement, tables: &tables(&known), cases: &cases };
    assert_eq!(job.with_real_keys(32), alarms(&numbers, 8));
}

#[test]
fn an_agreement_about_alarms_has_rules() {
    rules_of_arrears("debt_alarm", &rest(2));
    for at_least in [0, 4] {
        let refused = refused(&agreement("debt_alarm", 3, &rest(at_least)));
        assert_eq!(refused, "[analysis] at_least must be 1 to the number of datasets");
    }
    assert!(refused(&agreement("debt_alarm", 3, &rest(-1))).contains("invalid value"));
    assert!(
        refused(&agreement("debt_alarm", 3, "missing = \"refuse\"")).contains("missing field `at_least`")
    );
}

#[test]
fn under_refuse_a_missing_record_stops_an_alarm_too() {
    let agreement = agreement("debt_alarm", 2, "missing = \"refuse\", at_least = 1");
    let tables = tables(&[vec![Some(1)], vec![None]]);
    let refusal = Job { agreement: &agreement, tables: &tables, cases: "person\np0\n" }.refusal();
    assert!(refusal.starts_with("line 2, column \"person\": no record in dataset \"d1\""), "{refusal}");
}

#[test]
fn an_alarm_may_be_hidden_from_the_key_holder() {
    let text = agreement("debt_alarm", 3, &rest(2));
    let blinded = text.replace("to = \"holder\"", "to = \"receiver\", blinded = true");
    let agreement = Agreement::<Question>::parse(&blinded).expect("sound");
    assert!(agreement.disclosure().blinded);
}
