//! Treatments compared over several hospitals.

use drempel::analysis::{Program, Question, Value};
use drempel::{Agreement, Plan};
use drempel_test_support::{Job, for_all, sample};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy};
use proptest::sample::select;

use crate::groups::{Lists, close, costs_no_bootstrap, files, group, refused, statistics};

const AGREEMENT: &str = include_str!("../../examples/agreements/group_comparison.toml");
const COLUMNS: [&str; 3] = ["systolic_mmhg"; 3];

/// Groups of five and more.
fn agreement(min: i64, max: i64, max_group: u32) -> String {
    AGREEMENT
        .replace("min = 60\nmax = 260", &format!("min = {min}\nmax = {max}"))
        .replace("max_group = 1000", &format!("max_group = {max_group}"))
        .replace("minimum_cell = 10", "minimum_cell = 5")
}

fn decimal(value: Value) -> f64 {
    match value {
        Value::Decimal(number) => number,
        other => panic!("{other:?} is no decimal"),
    }
}

/// Simpson's rule over the density of Student's t in the angle atan(t / √df), but for its constant.
fn area(angle: f64, df: f64) -> f64 {
    let steps = 2_000;
    let width = angle / f64::from(steps);
    let at = |i: i32| (f64::from(i) * width).cos().max(0.0).powf(df - 1.0);
    let inner: f64 = (1..steps).map(|i| (2.0 + 2.0 * f64::from(i % 2)) * at(i)).sum();
    (at(0) + inner + at(steps)) * width / 3.0
}

/// The probability that |T| exceeds t.
fn outside(t: f64, df: f64) -> f64 {
    1.0 - area((t.abs() / df.sqrt()).atan(), df) / area(std::f64::consts::FRAC_PI_2, df)
}

/// Number, mean, variance and difference of one group beside the first.
fn sums_are_right(values: &[Value], amounts: &[i64], first: &[i64]) -> bool {
    let (number, mean, variance) = statistics(amounts);
    let (others, total): (i128, fn(&[i64]) -> i128) =
        (first.len() as i128, |amounts| amounts.iter().map(|amount| i128::from(*amount)).sum());
    let n = number as i128;
    let difference = (total(amounts) * others - total(first) * n) as f64 / (n * others) as f64;
    values.len() == 7
        && values[0] == Value::Number(number as i64)
        && close(values[1], mean)
        && close(values[2], variance)
        && close(values[3], difference)
}

/// Interval and p by Welch's formulas and the area under the density.
fn test_is_right(values: &[Value], amounts: &[i64], first: &[i64], confidence: f64) -> bool {
    let [(n, _, variance), (others, _, of_first)] = [statistics(amounts), statistics(first)];
    let [difference, low, high, p] = [3, 4, 5, 6].map(|column| decimal(values[column]));
    let (a, b) = (variance / n as f64, of_first / others as f64);
    if a + b == 0.0 {
        return low == difference && high == difference && p == if difference == 0.0 { 1.0 } else { 0.0 };
    }
    let error = (a + b).sqrt();
    let df = (a + b).powi(2) / (a * a / (n - 1) as f64 + b * b / (others - 1) as f64);
    let near = |found: f64, expected: f64| (found - expected).abs() < 1e-7;
    near(p, outside(difference / error, df))
        && near(outside((high - difference) / error, df), 1.0 - confidence)
        && near((high - difference) / error, (difference - low) / error)
}

const JOBS: [(i64, i64, u32); 4] =
    [(60, 260, 1_000), (-100, 100, 12), (0, 1, 1_000_000), (-4_294_967_295, 0, 5_000)];

/// Interval and p are checked of the first so many others: each needs an integral.
fn check((min, max, max_group): (i64, i64, u32), lists: &Lists, tests: usize) {
    let (tables, cases) = files(lists, &COLUMNS, true);
    let text = agreement(min, max, max_group);
    let answers = Job { agreement: &text, tables: &tables, cases: &cases }.on_plaintext();
    assert_eq!(answers.len(), lists.len());
    for (place, (values, amounts)) in answers.iter().zip(lists).enumerate() {
        let first = &lists[0];
        assert!(sums_are_right(values, amounts, first), "{amounts:?} beside {first:?}: {values:?}");
        if (1..=tests).contains(&place) {
            let right = test_is_right(values, amounts, first, 0.95);
            assert!(right, "{amounts:?} beside {first:?}: {values:?}");
        }
    }
}

#[test]
fn groups_of_bounds_are_compared_as_by_ordinary_arithmetic() {
    for job in JOBS {
        let (min, max, _) = job;
        let lists =
            [vec![min; 5], vec![max; 11], vec![min, max, min, max, min], vec![max, max, max, max, min]];
        for first in &lists {
            check(job, &[vec![first.clone()], lists.to_vec()].concat(), 4);
        }
    }
}

#[test]
fn a_hundred_thousand_groups_are_compared_as_by_ordinary_arithmetic() {
    let job = select(JOBS.to_vec()).prop_flat_map(|job| (Just(job), vec(group(job.0, job.1), 2..=50)));
    for_all(3_900, job, |(job, lists)| check(job, &lists, 1));
}

/// R: `t.test(extra ~ group, data = sleep)` gives t = -1.8608, df = 17.776, p-value = 0.07939 and the interval from
/// -3.3654832 to 0.2054832, of the first group less the second. Here in tenths of an hour, the other way round.
#[test]
fn the_two_sleeping_drugs_of_student_compare_as_published() {
    let first = vec![7, -16, -2, -12, -1, 34, 37, 8, 0, 20];
    let second = vec![19, 8, 11, 1, -1, 44, 55, 16, 46, 34];
    let (tables, cases) = files(&vec![first, second], &COLUMNS, false);
    let answers = Job { agreement: &agreement(-100, 100, 10), tables: &tables, cases: &cases }.on_plaintext();
    let numbers = [1, 3, 4, 5, 6].map(|column| decimal(answers[1][column]));
    let published = [(23.3, 1e-12), (15.8, 1e-12), (-2.054832, 5e-7), (33.654832, 5e-7), (0.07939, 5e-6)];
    for (found, (expected, tolerance)) in numbers.into_iter().zip(published) {
        assert!((found - expected).abs() <= tolerance, "{found} {expected}");
    }
}

#[test]
fn the_first_group_beside_itself_has_no_difference() {
    let (tables, cases) = files(&vec![vec![60, 61, 62, 63, 64], vec![60; 5]], &COLUMNS, false);
    let answers = Job { agreement: &agreement(60, 260, 10), tables: &tables, cases: &cases }.on_plaintext();
    let [zero, one] = [0.0, 1.0].map(Value::Decimal);
    assert_eq!(
        answers[0],
        [Value::Number(5), Value::Decimal(62.0), Value::Decimal(2.5), zero, zero, zero, one]
    );
    assert_eq!(answers[1][3], Value::Decimal(-2.0));
}

#[test]
fn with_real_keys_groups_over_three_hospitals_are_compared_as_by_ordinary_arithmetic() {
    let (min, max) = (-4_294_967_295, 0);
    let mut lists: Lists = sample(vec(group(min, max), 17));
    lists.extend([vec![min; 5], vec![max; 12], vec![min, max, min, max, 0], vec![-1; 5]]);
    let (tables, cases) = files(&lists, &COLUMNS, true);
    let text = agreement(min, max, 13).replace("answers = 10", "answers = 21");
    let answers = Job { agreement: &text, tables: &tables, cases: &cases }.with_real_keys(0);
    assert_eq!(answers.len(), 21);
    for (place, (values, amounts)) in answers.iter().zip(&lists).enumerate() {
        assert!(sums_are_right(values, amounts, &lists[0]), "{amounts:?}: {values:?}");
        assert!(place == 0 || test_is_right(values, amounts, &lists[0], 0.95), "{amounts:?}: {values:?}");
    }
}

#[test]
fn the_interval_is_as_wide_as_the_agreed_confidence_asks() {
    let lists = vec![vec![120, 130, 140, 150, 160, 170], vec![110, 111, 112, 113, 129]];
    let (tables, cases) = files(&lists, &COLUMNS, false);
    for confidence in [0.5, 0.9, 0.999] {
        let text = agreement(60, 260, 10).replace("confidence = 0.95", &format!("confidence = {confidence}"));
        let answers = Job { agreement: &text, tables: &tables, cases: &cases }.on_plaintext();
        assert!(test_is_right(&answers[1], &lists[1], &lists[0], confidence), "{:?}", answers[1]);
    }
}

#[test]
fn no_group_costs_a_bootstrap_and_hardly_any_sum_is_read_wrongly() {
    let largest = agreement(60, 260, 1_000_000);
    for (text, people, bound) in [(AGREEMENT, 1_000, -139.0), (&largest, 1_000_000, -71.0)] {
        costs_no_bootstrap(text, people, bound);
    }
}

#[test]
fn an_agreement_that_compares_apples_and_pears_is_refused() {
    let cases = [
        (
            "datasets = [\"north\", \"east\", \"south\"]",
            "datasets = []",
            "[analysis] datasets must name at least",
        ),
        (
            "unit = \"mmHg\"",
            "unit = \"kPa\"",
            "datasets \"north\" and \"east\" are added up but differ in unit",
        ),
        (
            "concept = \"Sys",
            "concept = \"Dias",
            "datasets \"north\" and \"east\" are added up but differ in concept",
        ),
        ("min = 60", "min = 61", "[analysis] datasets must have the same min and max"),
        ("max = 260", "max = 261", "[analysis] datasets must have the same min and max"),
        ("subject = \"person\"", "subject = \"household\"", "[analysis] a group has people"),
        ("max_group = 1000", "max_group = 9", "[analysis] max_group is below minimum_cell"),
        ("confidence = 0.95", "confidence = 0.49", "[analysis] confidence must be 0.5 to 0.999"),
        ("confidence = 0.95", "confidence = 1.0", "[analysis] confidence must be 0.5 to 0.999"),
        ("confidence = 0.95", "confidence = nan", "[analysis] confidence must be 0.5 to 0.999"),
        ("confidence = 0.95", "variance = \"released\"", "line 71, column 1: unknown field"),
    ];
    for (from, to, expected) in cases {
        let error = refused(&AGREEMENT.replacen(from, to, 1));
        assert!(error.starts_with(expected), "{error}");
    }
    let wide = AGREEMENT.replace("max = 260", "max = 4294967356");
    assert!(refused(&wide).starts_with("[analysis] with a variance max - min of each dataset is at most"));
}

#[test]
fn a_case_that_the_agreement_does_not_allow_is_refused_with_its_line() {
    let text = agreement(60, 260, 6);
    let refuse = text.replace("missing = \"leave-out\"", "missing = \"refuse\"");
    let table = |people: std::ops::Range<i64>| {
        "person,systolic_mmhg\n".to_owned()
            + &people.map(|p| format!("p{p},{}\n", 100 + p)).collect::<String>()
    };
    let tables = [table(0..8), table(7..14), table(14..20)];
    let group =
        |name: &str, people: &[&str]| people.iter().map(|p| format!("{p},{name}\n")).collect::<String>();
    let five = group("a", &["p0", "p1", "p2", "p3", "p9"]);
    let with = |other: &str| format!("person,group\n{five}{other}");
    let expected = [
        (
            &text,
            with(""),
            "the file has one group; the first group is what others are compared with, so name at least two",
        ),
        (
            &text,
            with(&group("b", &["p10", "p11", "x", "p14"])),
            "line 7, column \"group\": 3 people of this group have a record in dataset \"north\" or \"east\" or \
             \"south\"; nothing is released about fewer than 5 ([disclosure] minimum_cell); leave the group out or join \
             it with another",
        ),
        (
            &text,
            with(&group("b", &["p10", "p11", "p7", "p14", "p15"])),
            "line 9, column \"person\": a record in dataset \"north\" and one in \"east\"; a person may have one record \
             only",
        ),
        (
            &refuse,
            with(&group("b", &["p10", "p11", "p12", "p14", "p15", "x"])),
            "line 12, column \"person\": no record in dataset \"north\" or \"east\" or \"south\", and the agreement \
             refuses missing ones",
        ),
        (
            &text,
            with(&group("b", &["p10", "p11", "p12", "p14", "p15", "p16", "p17"])),
            "line 13, column \"group\": more than 6 people in one group (max_group of the agreement)",
        ),
    ];
    for (agreement, cases, expected) in expected {
        assert_eq!(Job { agreement, tables: &tables, cases: &cases }.refusal(), expected);
    }
    let cases = with(&group("b", &["p10", "p11", "p12", "p14", "p15", "p16"]));
    assert_eq!(Job { agreement: &refuse, tables: &tables, cases: &cases }.on_plaintext().len(), 2);
}

/// Planning without tables supposes one record of everybody.
#[test]
fn a_job_is_planned_without_tables() {
    let agreement = Agreement::<Question>::parse(AGREEMENT).expect("sound");
    let cases = (0..20).map(|p| format!("p{p},g{}\n", p % 2)).collect::<String>();
    let cases =
        agreement.analysis().read_cases(&mut format!("person,group\n{cases}").as_bytes()).expect("valid");
    let plan = Plan::of_cases(&agreement, &cases).expect("agreed");
    assert_eq!((plan.answers, plan.bootstraps), (2, 0));
    assert!(agreement.shape().is_separable());
}
