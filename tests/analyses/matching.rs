//! Capacity against demand, beside `offer >= demand`.

use std::fmt::Write;

use drempel::analysis::{Question, Value};
use drempel::{Agreement, Plan};
use drempel_test_support::{Job, for_all};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::sample::select;

const AGREEMENT: &str = include_str!("../../examples/agreements/matching.toml");

/// The example's agreement with other bounds.
fn with_bounds(min: i64, max: i64) -> String {
    AGREEMENT.replace("min = 0\n", &format!("min = {min}\n")).replace("max = 4095", &format!("max = {max}"))
}

/// Each pair's own offer and demand.
fn tables(amounts: &[(i64, i64)]) -> ([String; 2], String) {
    let (mut offers, mut demands) = ("offer,seats\n".to_owned(), "demand,seats\n".to_owned());
    let mut cases = "pair,offer,demand\n".to_owned();
    for (index, (offer, demand)) in amounts.iter().enumerate() {
        // The tables' orders differ from the pairs'.
        let (left, right) = (index * 7_919 % 100_003, index * 104_729 % 100_003);
        writeln!(offers, "o{left:06},{offer}").expect("in memory");
        writeln!(demands, "d{right:06},{demand}").expect("in memory");
        writeln!(cases, "p{index},o{left:06},d{right:06}").expect("in memory");
    }
    ([offers, demands], cases)
}

fn covered(amounts: &[(i64, i64)]) -> Vec<Vec<Value>> {
    amounts.iter().map(|(offer, demand)| vec![Value::YesNo(offer >= demand)]).collect()
}

/// At each bound of the agreement and at each digit's, one less, equal and one more.
fn boundaries(min: i64, max: i64) -> Vec<(i64, i64)> {
    let powers = (0..48).map(|power| min + (1_i64 << power)).take_while(|edge| *edge < max);
    let near = |edge: i64| [edge - 1, edge, edge + 1];
    let edges: Vec<i64> = powers.chain([min, max, (min + max) / 2]).flat_map(near).collect();
    let edges: Vec<i64> = edges.into_iter().filter(|edge| (min..=max).contains(edge)).collect();
    let pair = |offer: &i64| edges.iter().map(|demand| (*offer, *demand)).collect::<Vec<_>>();
    edges.iter().flat_map(pair).collect()
}

const ALL_BOUNDS: [(i64, i64); 6] =
    [(0, 4_095), (0, 1), (-50, 4_045), (-7, 8), (0, 65_536), (-1_000_000, 1_000_000_000_000)];

fn check(min: i64, max: i64, amounts: &[(i64, i64)]) {
    let (tables, cases) = tables(amounts);
    let agreement = with_bounds(min, max);
    let job = Job { agreement: &agreement, tables: &tables, cases: &cases };
    assert_eq!(job.on_plaintext(), covered(amounts), "{min} to {max}");
}

#[test]
fn all_pairs_of_boundaries_are_answered_as_plain_arithmetic_does() {
    ALL_BOUNDS.into_iter().for_each(|(min, max)| check(min, max, &boundaries(min, max)));
}

#[test]
fn a_hundred_thousand_pairs_are_answered_as_plain_arithmetic_does() {
    let pair = |min: i64, max: i64| {
        let demand = move |offer: i64| {
            prop_oneof![
                ((min - offer).max(-2)..=(max - offer).min(2)).prop_map(move |d| offer + d),
                min..=max
            ]
        };
        (min..=max).prop_flat_map(move |offer| (Just(offer), demand(offer)))
    };
    let job = select(ALL_BOUNDS.to_vec())
        .prop_flat_map(move |(min, max)| (Just((min, max)), vec(pair(min, max), 1..=200)));
    for_all(1_200, job, |((min, max), amounts)| check(min, max, &amounts));
}

#[test]
fn an_offer_above_the_largest_amount_covers_every_demand() {
    let (tables, cases) = tables(&[(4_096, 4_095), (1_000_000, 0)]);
    let job = Job { agreement: AGREEMENT, tables: &tables, cases: &cases };
    assert_eq!(job.on_plaintext(), covered(&[(1, 0), (1, 0)]));
}

#[test]
fn ffts_per_pair_are_frozen() {
    let expected = [(1, 52), (255, 314), (4_095, 468), (65_535, 624), (1 << 20, 830), (1_000_000_000, 1_168)];
    for (max, ffts) in expected {
        let agreement = Agreement::<Question>::parse(&with_bounds(0, max)).expect("a sound agreement");
        let plans = Plan::of_samples(&agreement);
        let [(about, plan)] = plans.as_slice() else { panic!("one kind of answer: {plans:?}") };
        assert_eq!((about.as_str(), plan.answers, plan.bootstraps), ("a pair", 1, 0));
        assert_eq!(plan.leveled.ffts, ffts, "{max}");
        assert!(plan.log2_failure < -127.0, "{}", plan.log2_failure);
    }
}

#[test]
fn with_real_keys_the_boundaries_are_answered_exactly() {
    let edges = [0, 1, 15, 16, 255, 256, 4_094, 4_095];
    let near = |offer: i64| [offer - 1, offer, offer + 1].map(|demand| (offer, demand));
    let amounts: Vec<(i64, i64)> = edges.into_iter().flat_map(near).collect();
    let amounts: Vec<(i64, i64)> = amounts
        .into_iter()
        .filter(|(_, demand)| (0..=4_095).contains(demand))
        .chain([(0, 4_095), (4_095, 0)])
        .collect();
    assert!(amounts.len() >= 20, "{}", amounts.len());
    let (tables, cases) = tables(&amounts);
    let job = Job { agreement: AGREEMENT, tables: &tables, cases: &cases };
    assert_eq!(job.with_real_keys(0), covered(&amounts));
}

#[test]
fn an_agreement_that_cannot_be_computed_is_refused() {
    let demand = "subject = \"demand\"";
    let one = "datasets = [\"seats-offered\"]";
    let both = "datasets = [\"seats-offered\", \"seats-wanted\"]";
    let turned = "datasets = [\"seats-wanted\", \"seats-offered\"]";
    let second = |what: &str, by: &str| {
        let (first, rest) = AGREEMENT.split_at(AGREEMENT.find("name = \"seats-wanted\"").expect("there"));
        format!("{first}{}", rest.replace(what, by))
    };
    for (text, expected) in [
        (AGREEMENT.replace(both, one), "[analysis] datasets must name two: the offers, then the demands"),
        (
            AGREEMENT.replace(both, turned),
            "[analysis] the first dataset's subject must be \"offer\" and the second's \"demand\"",
        ),
        (
            AGREEMENT.replace(demand, "subject = \"person\""),
            "[analysis] the first dataset's subject must be \"offer\" and the second's \"demand\"",
        ),
        (second("seat/day", "seat/week"), "[analysis] both datasets must have one unit and one concept"),
        (
            second("on one line", "on two lines"),
            "[analysis] both datasets must have one unit and one concept",
        ),
        (second("min = 0", "min = 1"), "[analysis] both datasets must have the same min and the same max"),
        (
            second("max = 4095", "max = 4096"),
            "[analysis] both datasets must have the same min and the same max",
        ),
        (
            AGREEMENT.replace(both, "datasets = [\"seats-offered\", \"seats-offered\"]"),
            "dataset in [analysis] \"seats-offered\" is named twice",
        ),
    ] {
        let error = Agreement::<Question>::parse(&text).expect_err(expected).to_string();
        assert!(error.starts_with(expected), "{error}");
    }
    let unknown = AGREEMENT.replace(both, &format!("{both}\nsurplus = 1"));
    let error = Agreement::<Question>::parse(&unknown).expect_err("an unknown key").to_string();
    assert!(error.contains("unknown field `surplus`"), "{error}");
}

#[test]
fn a_question_about_households_refuses_offers() {
    let agreement = include_str!("../../examples/agreements/svb_uwv.toml");
    let text = agreement.replace("subject = \"person\"", "subject = \"offer\"");
    let error = Agreement::<Question>::parse(&text).expect_err("no household offers").to_string();
    assert_eq!(error, "[analysis] every dataset's subject must be person or household");
}

#[test]
fn pairs_that_break_a_rule_are_refused_with_their_line() {
    let (tables, _) = tables(&[(5, 5), (6, 7)]);
    for (rows, expected) in [
        (
            "a,o000000,d000000\nb,o1,d000000\n",
            "line 3, column \"offer\": no record in dataset \"seats-offered\"",
        ),
        ("a,o000000,d1\n", "line 2, column \"demand\": no record in dataset \"seats-wanted\""),
        ("a,o000000,d000000\na,o000000,d000000\n", "line 3, column \"pair\": the same identifier"),
    ] {
        let cases = format!("pair,offer,demand\n{rows}");
        let refusal = Job { agreement: AGREEMENT, tables: &tables, cases: &cases }.refusal();
        assert!(refusal.starts_with(expected), "{refusal}");
    }
}

#[test]
fn a_demand_is_never_cut_off() {
    let agreement = Agreement::<Question>::parse(AGREEMENT).expect("a sound agreement");
    let read = |dataset: &str, csv: &str| drempel::Table::from_csv(&agreement, dataset, csv.as_bytes());
    let error = read("seats-wanted", "demand,seats\nd1,4096\n").expect_err("above max").to_string();
    assert!(error.starts_with("line 2, column \"seats\": above the agreement's max"), "{error}");
    let offers = read("seats-offered", "offer,seats\no1,4096\no2,4095\n").expect("cut off");
    assert_eq!(offers.clamped(), 1);
}
