//! Averages per group.

use drempel::analysis::{Program, Question, Value};
use drempel::cases::groups::Groups;
use drempel::{Agreement, Plan};
use drempel_test_support::{Job, for_all, sample};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy};
use proptest::sample::select;

use crate::groups::{Lists, amount, close, costs_no_bootstrap, files, group, refused, statistics};

const AGREEMENT: &str = include_str!("../../examples/agreements/group_mean.toml");

/// One dataset, groups of five and more.
fn agreement(min: i64, max: i64, max_group: u32, variance: &str) -> String {
    let one = AGREEMENT
        .replace("[\"wage\", \"allowance\"]", "[\"wage\"]")
        .replace("min = 0\nmax = 1500000", &format!("min = {min}\nmax = {max}"));
    one.replace("max_group = 5000", &format!("max_group = {max_group}"))
        .replace("variance = \"released\"", &format!("variance = \"{variance}\""))
        .replace("minimum_cell = 10", "minimum_cell = 5")
}

/// What must come out of one dataset.
fn is_right(values: &[Value], amounts: &[i64], with_variance: bool) -> bool {
    let (number, mean, variance) = statistics(amounts);
    let first = values[0] == Value::Number(number as i64) && close(values[1], mean);
    match with_variance {
        true => first && values.len() == 3 && close(values[2], variance),
        false => first && values.len() == 2,
    }
}

/// The bounds, the largest group, and whether the variance is released.
const JOBS: [(i64, i64, u32, &str); 8] = [
    (0, 1_500_000, 5_000, "released"),
    (0, 1, 16, "released"),
    (-1_000_000, 999_999, 12, "released"),
    (-4_294_967_295, 0, 1_000_000, "released"),
    (7, 4_294_967_302, 12, "released"),
    (0, 65_536, 100_000, "withheld"),
    (-1_000_000_000_000_000, 1_000_000_000_000_000, 1_000_000, "withheld"),
    (-1_000_000_000_000_000, 1_000_000_000_000_000, 12, "withheld"),
];

fn check((min, max, max_group, variance): (i64, i64, u32, &str), lists: &Lists) {
    let (tables, cases) = files(lists, &["wage_cents"], true);
    let text = agreement(min, max, max_group, variance);
    let answers = Job { agreement: &text, tables: &tables, cases: &cases }.on_plaintext();
    assert_eq!(answers.len(), lists.len());
    for (values, amounts) in answers.iter().zip(lists) {
        let right = is_right(values, amounts, variance == "released");
        assert!(right, "{amounts:?} in {min}..={max}: {values:?}");
    }
}

#[test]
fn groups_of_bounds_have_the_means_and_variances_of_ordinary_arithmetic() {
    for job in JOBS {
        let (min, max, ..) = job;
        check(job, &vec![vec![min; 5], vec![max; 5], vec![max; 11], vec![min, max, min, max, min]]);
    }
}

#[test]
fn a_hundred_thousand_groups_have_the_means_and_variances_of_ordinary_arithmetic() {
    let job = select(JOBS.to_vec()).prop_flat_map(|job| (Just(job), vec(group(job.0, job.1), 1..=50)));
    for_all(4_000, job, |(job, lists)| check(job, &lists));
}

#[test]
fn a_group_that_spans_many_chunks_is_added_up_whole() {
    let sizes = [5, 255, 256, 257, 5_000, 4_999, 6];
    let lists: Vec<_> = sizes.map(|size| vec(amount(0, 1_500_000), size)).into();
    let full: Vec<i64> = vec![1_500_000; 5_000];
    let lists = [sample(lists), vec![full]].concat();
    let (tables, cases) = files(&lists, &["wage_cents"], false);
    let text = agreement(0, 1_500_000, 5_000, "released");
    let answers = Job { agreement: &text, tables: &tables, cases: &cases }.on_plaintext();
    assert_eq!(answers.len(), 8);
    assert!(answers.iter().zip(&lists).all(|(values, amounts)| is_right(values, amounts, true)));
}

#[test]
fn with_real_keys_the_means_and_variances_are_those_of_ordinary_arithmetic() {
    let (min, max) = (-20_000, 1_500_000);
    let mut lists: Lists = sample(vec(group(min, max), 18));
    lists.extend([vec![min; 5], vec![max; 12], vec![min, max, 0, -1, 1], vec![max - 1; 5]]);
    let (tables, cases) = files(&lists, &["wage_cents"], true);
    let text = agreement(min, max, 13, "released");
    let answers = Job { agreement: &text, tables: &tables, cases: &cases }.with_real_keys(0);
    assert_eq!(answers.len(), 22);
    for (values, amounts) in answers.iter().zip(&lists) {
        assert!(is_right(values, amounts, true), "{amounts:?}: {values:?}");
    }
}

#[test]
fn each_dataset_has_its_own_number_and_mean() {
    let agreement = Agreement::<Question>::parse(AGREEMENT).expect("sound");
    let names = ["number", "mean", "variance"];
    let columns = ["wage", "allowance"].into_iter().flat_map(|set| names.map(|name| format!("{set}.{name}")));
    assert_eq!(agreement.shape().columns().to_vec()[1..], columns.collect::<Vec<_>>());
    let people = || (0..11).map(|person| format!("p{person}"));
    let table = |column: &str, people: &mut dyn Iterator<Item = String>| {
        format!("person,{column}\n{}\n", people.map(|p| format!("{p},60000")).collect::<Vec<_>>().join("\n"))
    };
    let tables = [table("wage_cents", &mut people()), table("allowance_cents", &mut people().skip(1))];
    let cases =
        format!("person,group\n{}\n", people().map(|p| format!("{p},g")).collect::<Vec<_>>().join("\n"));
    let answers = Job { agreement: AGREEMENT, tables: &tables, cases: &cases }.on_plaintext();
    let (same, none) = (Value::Decimal(60_000.0), Value::Decimal(0.0));
    assert_eq!(answers, [[Value::Number(11), same, none, Value::Number(10), same, none]]);
}

#[test]
fn no_group_costs_a_bootstrap_and_the_largest_is_read_wrongly_less_than_once_in_2_to_the_102() {
    let largest = agreement(0, 1_500_000, 1_000_000, "released");
    for (text, people, bound) in [(AGREEMENT, 5_000, -138.0), (&largest, 1_000_000, -102.0)] {
        costs_no_bootstrap(text, people, bound);
    }
}

#[test]
fn an_agreement_that_no_sum_can_keep_is_refused() {
    let with = |from: &str, to: &str| refused(&AGREEMENT.replacen(from, to, 1));
    let cases = [
        ("[\"wage\", \"allowance\"]", "[]", "[analysis] datasets must name at least one dataset"),
        ("[\"wage\", \"allowance\"]", "[\"wage\", \"rent\"]", "[analysis] names dataset \"rent\", which"),
        (
            "subject = \"person\"",
            "subject = \"household\"",
            "[analysis] a group has people: datasets must have",
        ),
        ("max_group = 5000", "max_group = 0", "[analysis] max_group must be 1 to 1000000"),
        ("max_group = 5000", "max_group = 1000001", "[analysis] max_group must be 1 to 1000000"),
        ("max_group = 5000", "max_group = 9", "[analysis] max_group is below minimum_cell"),
        (
            "max = 1500000",
            "max = 4294967296",
            "[analysis] with a variance max - min of each dataset is at most",
        ),
        ("variance = \"released\"", "variance = \"yes\"", "line 56, column 12: unknown variant"),
        ("missing = \"leave-out\"", "missing = \"zero\"", "line 58, column 11: unknown variant"),
        ("max_group = 5000", "max_people = 5000", "line 55, column 1: unknown field"),
    ];
    for (from, to, expected) in cases {
        let error = with(from, to);
        assert!(error.starts_with(expected), "{error}");
    }
    let largest = AGREEMENT.replace("max = 1500000", "max = 4294967295");
    assert!(Agreement::<Question>::parse(&largest).is_ok());
    // Digits of four bits: each dataset has 1 + 8 + 16 fields.
    let wide = largest.replace("max = 60000", "max = 4294967295");
    let dataset =
        &wide[wide.find("[[dataset]]").expect("wages")..wide.rfind("[[dataset]]").expect("allowances")];
    let third = dataset.replace("\"wage\"", "\"third\"");
    let three = wide.replace("[analysis]\n", &format!("{third}[analysis]\n"));
    let three = three.replace("\"allowance\"]", "\"allowance\", \"third\"]");
    let error = refused(&three.replace("max_group = 5000", "max_group = 1000000"));
    assert!(error.starts_with("[analysis] too many sums for one answer"), "{error}");
}

#[test]
fn a_case_that_the_agreement_does_not_allow_is_refused_with_its_line() {
    let text = agreement(0, 1_500_000, 6, "released");
    let refuse = text.replace("missing = \"leave-out\"", "missing = \"refuse\"");
    let table =
        "person,wage_cents\n".to_owned() + &(0..20).map(|p| format!("p{p},{p}\n")).collect::<String>();
    let cases = |people: &[&str]| "person,group\n".to_owned() + &people.join(",g\n") + ",g\n";
    let small = cases(&["p0", "p1", "p2", "p3", "x", "y"]);
    let large = cases(&["p0", "p1", "p2", "p3", "p4", "p5", "p6"]);
    let missing = cases(&["p0", "p1", "x", "p3", "p4", "p5"]);
    let twice = cases(&["p0", "p1", "p2", "p3", "p4", "p0"]);
    let expected = [
        (
            &text,
            &small,
            "line 2, column \"group\": 4 people of this group have a record in dataset \"wage\"; nothing is released \
             about fewer than 5 ([disclosure] minimum_cell); leave the group out or join it with another",
        ),
        (
            &text,
            &large,
            "line 8, column \"group\": more than 6 people in one group (max_group of the agreement)",
        ),
        (
            &refuse,
            &missing,
            "line 4, column \"person\": no record in dataset \"wage\", and the agreement refuses missing ones",
        ),
        (&text, &twice, "line 7, column \"person\": the same identifier is on an earlier line"),
    ];
    for (agreement, cases, expected) in expected {
        assert_eq!(Job { agreement, tables: std::slice::from_ref(&table), cases }.refusal(), expected);
    }
    // The smallest and the largest that are allowed.
    for people in [&["p0", "p1", "p2", "p3", "p4"][..], &["p0", "p1", "p2", "p3", "p4", "p5"]] {
        let cases = cases(people);
        let job = Job { agreement: &refuse, tables: std::slice::from_ref(&table), cases: &cases };
        assert_eq!(job.on_plaintext()[0][0], Value::Number(people.len() as i64));
    }
}

#[test]
fn only_a_group_that_is_too_small_is_a_refusal_of_the_agreement() {
    let text = agreement(0, 1_500_000, 6, "released");
    let agreement = Agreement::<Question>::parse(&text).expect("sound");
    let planned = |rows: &str| {
        let cases = agreement.analysis().read_cases(&mut format!("person,group\n{rows}").as_bytes());
        Plan::of_cases(&agreement, &cases.expect("valid")).expect_err("not allowed")
    };
    assert!(planned("a,g\nb,g\nc,g\nd,g\n").is_refusal());
    assert!(!planned("a,g\nb,g\nc,g\nd,g\ne,g\nf,g\nh,g\n").is_refusal());
    assert_eq!(Groups::from_csv(&b"person,group\na,g\n"[..]).expect("valid").len(), 1);
}

/// Amounts 0 to 1, so digits and squares have one field each: number, sum, sum of squares.
#[test]
fn fields_that_no_amounts_can_have_stop_the_release() {
    let text = agreement(0, 3, 12, "released");
    let agreement = Agreement::<Question>::parse(&text).expect("sound");
    let outcome = |fields: [i64; 3]| {
        let outcome = agreement.analysis().decode(&agreement.setting(), &[fields.to_vec()]);
        outcome.map(|answers| answers[0].clone())
    };
    // Five times 3; three times 1 and two zeros.
    assert_eq!(outcome([5, 15, 45]), Some(vec![Value::Number(5), Value::Decimal(3.0), Value::Decimal(0.0)]));
    let (mean, variance) = (Value::Decimal(0.6), Value::Decimal(0.3));
    assert_eq!(outcome([5, 3, 3]), Some(vec![Value::Number(5), mean, variance]));
    let contradictions = [
        ("fewer than the minimum", [4, 4, 4]),
        ("more than the largest group", [13, 13, 13]),
        ("a sum above that of the largest amounts", [5, 16, 46]),
        ("a negative sum", [5, -1, 1]),
        ("a negative variance", [5, 10, 18]),
        ("squares above those of the largest amounts", [5, 3, 11]),
        ("squares below their amounts", [5, 3, 1]),
        ("squares of another parity than their amounts", [5, 3, 4]),
    ];
    for (why, fields) in contradictions {
        assert_eq!(outcome(fields), None, "{why}");
    }
    let short = agreement.analysis().decode(&agreement.setting(), &[vec![5, 15]]);
    assert_eq!(short, None);
}
