//! Two counts per area: who is at risk, and who of them a measure has missed.

use drempel::analysis::Value;
use drempel_test_support::{Answers, Job, for_all};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy};

use super::{TOTALS, Town, agreement, sample_bootstraps, value};

const MINIMUM: i64 = 5;

fn of_bits(section: &str) -> String {
    let condition = |name: &str, dataset: &str| {
        format!(
            "[[analysis.condition]]\nname = \"{name}\"\ndatasets = [\"{dataset}\"]\ncomparison = \"at-least\"\n\
             line = 1\nmax_addends = 1\nmissing = \"refuse\"\n"
        )
    };
    agreement(
        MINIMUM,
        &[("flag", "household", 0, 1), ("subsidy", "household", 0, 1)],
        &format!(
            "at_risk = [[\"flagged\"]]\nreached = \"subsidised\"\nmax_households = 30\n{section}\n{}{}",
            condition("flagged", "flag"),
            condition("subsidised", "subsidy")
        ),
    )
}

/// A town, with how many of each area's households at risk were missed. Who is not at risk was reached now and then.
fn on_plaintext(town: &Town, missed: &[i64], section: &str) -> Answers {
    let (flags, cases) = town.files();
    let mut subsidies = "household,value\n".to_owned();
    for (area, ((_, households, at_risk), missed)) in town.areas.iter().zip(missed).enumerate() {
        for household in 0..*households {
            let reached = household >= *missed && (household < *at_risk || household % 2 == 0);
            subsidies.push_str(&format!("h{area}-{household},{}\n", i64::from(reached)));
        }
    }
    Job { agreement: &of_bits(section), tables: &[flags, subsidies], cases: &cases }.on_plaintext()
}

/// Adds the second count to a row of published answers.
fn with_missed(row: &[Value], missed: i64) -> Vec<Value> {
    let shown = match row[0] {
        Value::Number(at_risk) => missed >= MINIMUM && at_risk - missed >= MINIMUM,
        _ => false,
    };
    vec![row[0], value(shown.then_some(missed))]
}

#[test]
fn every_pair_of_counts_is_shown_or_suppressed_as_it_should_be() {
    let pairs = (0..=30).flat_map(|at_risk| (0..=at_risk).map(move |missed| (at_risk, missed)));
    let (counts, missed): (Vec<i64>, Vec<i64>) = pairs.unzip();
    let town = Town { areas: counts.into_iter().map(|at_risk| (0, 30, at_risk)).collect() };
    let apart = town.apart(MINIMUM);
    let expected: Answers =
        apart.iter().zip(&missed).map(|(row, missed)| with_missed(row, *missed)).collect();
    assert_eq!(on_plaintext(&town, &missed, ""), expected);
}

#[test]
fn an_area_that_is_hidden_for_a_total_hides_both_counts() {
    let area = (20..=30_i64, 4..=20_i64)
        .prop_flat_map(|(households, at_risk)| (Just(households), Just(at_risk), 0..=at_risk));
    // About 500 districts.
    for_all(100, vec(vec(area, 2..=5), 1..=10), |districts| {
        let rows = districts.iter().enumerate().flat_map(|(district, areas)| {
            areas
                .iter()
                .map(move |(households, at_risk, missed)| ((district, *households, *at_risk), *missed))
        });
        let (areas, missed): (Vec<_>, Vec<i64>) = rows.unzip();
        let town = Town { areas };
        let mut left = missed.iter();
        let mut expected = Vec::new();
        let mut answers = town.with_totals(MINIMUM).into_iter();
        for district in town.districts() {
            let areas = answers.by_ref().take(district.len());
            expected.extend(areas.map(|row| with_missed(&row, *left.next().expect("an area's"))));
            let total = answers.next().expect("a total")[0];
            expected.push(vec![total, Value::Suppressed]);
        }
        assert_eq!(on_plaintext(&town, &missed, TOTALS), expected);
    });
}

#[test]
fn both_counts_of_an_area_cost_24_bootstraps() {
    // Three lookups for each household, beside its decisions.
    let apart = sample_bootstraps(&of_bits(""));
    assert_eq!(apart, [5 * 3 + 6 + 11, 30 * 3 + 8 + 15]);
    let with_totals = sample_bootstraps(&of_bits(TOTALS));
    assert_eq!(with_totals, [2 * (5 * 3 + 7 + 11) + 9, 2 * (30 * 3 + 9 + 15) + 9]);
}

#[test]
fn with_real_keys_both_counts_are_as_they_should_be() {
    let town = Town { areas: vec![(0, 12, 12), (0, 11, 10), (0, 10, 5)] };
    let (flags, cases) = town.files();
    let missed = [7, 5, 2];
    let rows: String = missed
        .iter()
        .enumerate()
        .flat_map(|(area, missed)| (0..12).map(move |household| (area, household, household >= *missed)))
        .filter(|(area, household, _)| *household < town.areas[*area].1)
        .map(|(area, household, reached)| format!("h{area}-{household},{}\n", i64::from(reached)))
        .collect();
    let tables = [flags, "household,value\n".to_owned() + &rows];
    let answers =
        Job { agreement: &of_bits(""), tables: &tables, cases: &cases }.with_real_keys(33 * 3 + 3 * 17);
    let number = Value::Number;
    let expected =
        [[number(12), number(7)], [number(10), number(5)], [number(5), Value::Suppressed]].map(Vec::from);
    assert_eq!(answers, expected);
}
