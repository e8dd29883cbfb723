//! What can be computed from what is published.

use std::cell::Cell;

use drempel::analysis::Value;
use drempel_test_support::{Answers, for_all};
use proptest::collection::{SizeRange, vec};
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::sample::select;

use super::{TOTALS, Town, any_area, groups, hidden, of_bits};

/// Districts of 2 to 9 areas, their rows mixed.
fn any_town(districts: impl Into<SizeRange>, minimum: i64) -> impl Strategy<Value = Town> {
    // Where few are at risk, sums of hidden counts come near the minimum and the largest that is shown.
    let few = |(households, at_risk): (i64, i64)| (Just(households), 0..=at_risk.min(6));
    let district =
        prop_oneof![vec(any_area(minimum), 2..=9), vec(any_area(minimum).prop_flat_map(few), 2..=9),];
    let areas = vec(district, districts).prop_map(|districts| {
        let areas = districts.into_iter().enumerate().flat_map(|(district, areas)| {
            areas.into_iter().map(move |(households, at_risk)| (district, households, at_risk))
        });
        areas.collect::<Vec<_>>()
    });
    areas.prop_shuffle().prop_map(|areas| Town { areas })
}

#[test]
fn twenty_thousand_areas_with_totals_are_as_they_should_be() {
    let town = select(vec![5, 10, 27]).prop_flat_map(|minimum| (Just(minimum), any_town(1..=20, minimum)));
    for_all(400, town, |(minimum, town)| {
        assert_eq!(town.on_plaintext(&of_bits(minimum, TOTALS)), town.with_totals(minimum), "{minimum}");
    });
}

#[test]
fn every_pair_of_counts_and_its_total_is_as_it_should_be() {
    let pairs = (0..=30).flat_map(|left| (0..=25).map(move |right| (left, right)));
    let areas =
        pairs.enumerate().flat_map(|(district, (left, right))| [(district, 30, left), (district, 25, right)]);
    let town = Town { areas: areas.collect() };
    let answers = town.with_totals(5);
    assert_eq!(town.on_plaintext(&of_bits(5, TOTALS)), answers);
    let with_hidden_areas = answers
        .chunks(3)
        .filter(|district| district[0] == [Value::Suppressed] && district[2] != [Value::Suppressed]);
    assert!(with_hidden_areas.count() > 50, "totals are shown where areas are not");
}

/// Rows over the integers, brought to echelon form without fractions; how many are left is the rank.
fn rank(mut rows: Vec<Vec<i128>>) -> usize {
    let width = rows.first().map_or(0, Vec::len);
    let mut rank = 0;
    for column in 0..width {
        let Some(pivot) = (rank..rows.len()).find(|row| rows[*row][column] != 0) else { continue };
        rows.swap(rank, pivot);
        let top = rows[rank].clone();
        for row in &mut rows[rank + 1..] {
            let factor = row[column];
            row.iter_mut().zip(&top).for_each(|(cell, above)| *cell = *cell * top[column] - above * factor);
        }
        rank += 1;
    }
    rank
}

/// The equations that published answers are, one unknown per area: a shown area is one, a shown total is one.
fn equations(town: &Town, answers: &Answers) -> (Vec<Vec<i128>>, Vec<usize>) {
    let unknowns: usize = town.areas.len();
    let (mut rows, mut hidden) = (Vec::new(), Vec::new());
    let (mut answer, mut first) = (answers.iter(), 0);
    for district in town.districts() {
        let areas = first..first + district.len();
        first = areas.end;
        for area in areas.clone() {
            match answer.next().expect("an answer for each area")[0] {
                Value::Suppressed => hidden.push(area),
                _ => rows.push((0..unknowns).map(|unknown| i128::from(unknown == area)).collect()),
            }
        }
        if answer.next().expect("an answer for each total")[0] != Value::Suppressed {
            rows.push((0..unknowns).map(|unknown| i128::from(areas.contains(&unknown))).collect());
        }
    }
    (rows, hidden)
}

#[test]
fn the_published_equations_determine_no_suppressed_area() {
    let suppressed = Cell::new(0);
    for_all(150, any_town(4, 5), |town| {
        let answers = town.on_plaintext(&of_bits(5, TOTALS));
        let (rows, hidden) = equations(&town, &answers);
        let known = rank(rows.clone());
        for area in hidden {
            let mut more = rows.clone();
            more.push((0..town.areas.len()).map(|unknown| i128::from(unknown == area)).collect());
            assert_eq!(rank(more), known + 1, "a suppressed area follows from what is published");
            suppressed.set(suppressed.get() + 1);
        }
    });
    assert!(suppressed.get() > 1_000, "{}", suppressed.get());
}

#[test]
fn every_suppressed_area_could_have_any_count_below_the_minimum() {
    let minimum = 5;
    for_all(2_000, any_town(1, minimum), |town| {
        let published = town.with_totals(minimum);
        let is_hidden = hidden(&town.districts()[0], minimum);
        let has_total = *published.last().expect("a total") != [Value::Suppressed];
        let rest: i64 =
            town.areas.iter().zip(&is_hidden).filter(|(_, hidden)| **hidden).map(|(area, _)| area.2).sum();
        for area in (0..town.areas.len()).filter(|area| is_hidden[*area]) {
            let group = groups(town.areas.len()).into_iter().find(|group| group.contains(&area));
            let partner = group.and_then(|mut group| group.find(|other| *other != area)).expect("a partner");
            for other_count in 0..minimum {
                let mut other = Town { areas: town.areas.clone() };
                for (place, hidden) in is_hidden.iter().enumerate() {
                    other.areas[place].2 = if *hidden { 0 } else { other.areas[place].2 };
                }
                other.areas[area].2 = other_count;
                other.areas[partner].2 = if has_total { rest - other_count } else { 0 };
                assert!(
                    other.areas.iter().all(|(_, households, at_risk)| (0..=*households).contains(at_risk))
                );
                assert_eq!(other.with_totals(minimum), published);
            }
        }
    });
}
