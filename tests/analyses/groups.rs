//! What the tests of both group analyses share: lists of amounts, and ordinary arithmetic over them.

use std::fmt::Write;

use drempel::analysis::{Question, Value};
use drempel::{Agreement, Plan};
use proptest::collection::vec;
use proptest::prelude::{Strategy, prop_oneof};
use proptest::sample::select;

/// The amounts of each group.
pub(crate) type Lists = Vec<Vec<i64>>;

/// A file for each dataset, with its amount's column, and the evaluator's. Each group's people are dealt over the
/// datasets; with `one_without` it also has a person without a record.
pub(crate) fn files(lists: &Lists, columns: &[&str], one_without: bool) -> (Vec<String>, String) {
    let mut tables: Vec<String> = columns.iter().map(|column| format!("person,{column}\n")).collect();
    let mut cases = "person,group\n".to_owned();
    for (group, amounts) in lists.iter().enumerate() {
        for (person, amount) in amounts.iter().enumerate() {
            let table = &mut tables[person % columns.len()];
            writeln!(table, "p{group}.{person},{amount}").expect("in memory");
            writeln!(cases, "p{group}.{person},g{group}").expect("in memory");
        }
        if one_without {
            writeln!(cases, "q{group},g{group}").expect("in memory");
        }
    }
    (tables, cases)
}

/// Number, mean and sample variance: every amount's own distance from the mean, over exact integers.
pub(crate) fn statistics(amounts: &[i64]) -> (usize, f64, f64) {
    let n = amounts.len() as i128;
    let sum: i128 = amounts.iter().map(|amount| i128::from(*amount)).sum();
    let squares: i128 = amounts.iter().map(|amount| (n * i128::from(*amount) - sum).pow(2)).sum();
    (amounts.len(), sum as f64 / n as f64, squares as f64 / (n * n * (n - 1)) as f64)
}

/// Within 1e-9 of each other.
pub(crate) fn close(value: Value, expected: f64) -> bool {
    matches!(value, Value::Decimal(found) if (found - expected).abs() <= 1e-9 * expected.abs())
}

/// An amount of the dataset: often a bound, a power of two, or beside one.
pub(crate) fn amount(min: i64, max: i64) -> impl Strategy<Value = i64> + Clone {
    prop_oneof![
        1 => select(vec![min, max, (min + 1).min(max), max - 1]),
        1 => (0..=40_u32, 0..=1_i64).prop_map(move |(power, less)| (min + (1_i64 << power) - less).min(max)),
        2 => min..=max,
    ]
}

/// The amounts of a group of five to eleven; now and then all the same.
pub(crate) fn group(min: i64, max: i64) -> impl Strategy<Value = Vec<i64>> + Clone {
    prop_oneof![
        9 => vec(amount(min, max), 5..=11),
        1 => (amount(min, max), 5..=11_usize).prop_map(|(same, size)| vec![same; size]),
    ]
}

/// Why an agreement is refused.
pub(crate) fn refused(agreement: &str) -> String {
    Agreement::<Question>::parse(agreement).expect_err("breaks a rule").to_string()
}

/// No group costs a bootstrap. The largest is of so many people, and is read wrongly with a lower probability than this, a
/// base-2 logarithm.
pub(crate) fn costs_no_bootstrap(agreement: &str, people: usize, log2_failure: f64) {
    let agreement = Agreement::<Question>::parse(agreement).expect("sound");
    let plans = Plan::of_samples(&agreement);
    let (about, plan) = plans.last().expect("the largest group");
    assert_eq!(*about, format!("a group of {people} people"));
    assert!(plans.iter().all(|(_, plan)| plan.bootstraps == 0));
    assert!(plan.log2_failure < log2_failure, "{}", plan.log2_failure);
}
