//! Has anybody been seen since a date, and where last?

use drempel::analysis::{Program, Question, Value};
use drempel::{Agreement, Plan};
use drempel_test_support::{Job, for_all, sample};
use proptest::collection::{SizeRange, vec};
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::sample::select;

use crate::agencies::{self, Dataset};
use crate::debt_count::{by_agency, refused};

/// 1 July 2024 in days since 1970-01-01.
const SINCE: i64 = 19_905;
/// Of the last one the days since then take all of three digits of base 16.
const BOUNDS: [(i64, i64); 3] = [(19_000, 20_600), (SINCE - 1, 21_000), (0, SINCE + 4_094)];
const REGIONS: i64 = 40;

/// Whether regions are asked for.
#[derive(Clone, Copy, PartialEq)]
enum Asked {
    Seen,
    Region,
}

fn agreement(agencies: usize, asked: Asked) -> String {
    let names = |what: &str| (0..agencies).map(|agency| format!("{what}{agency}")).collect::<Vec<_>>();
    let (days, regions) = (names("d"), names("r"));
    let dataset = |name, agency: usize, unit, bounds| Dataset { name, provider: &days[agency], unit, bounds };
    let mut datasets: Vec<Dataset<'_>> = Vec::new();
    for agency in 0..agencies {
        datasets.push(dataset(&days[agency], agency, "day", BOUNDS[agency % 3]));
        if asked == Asked::Region {
            datasets.push(dataset(&regions[agency], agency, "region", (1, REGIONS)));
        }
    }
    let mut analysis = format!("kind = \"presence\", datasets = {days:?}, since = 2024-07-01");
    if asked == Asked::Region {
        analysis += &format!(", regions = {regions:?}");
    }
    agencies::agreement(&datasets, &analysis, "to = \"holder\", answers = 1000000")
}

type Sighting = Option<(i64, i64)>;

/// Of each agency the day and the region of each person, boundaries and equal days more often than not.
fn sightings(agencies: usize, people: impl Into<SizeRange>) -> impl Strategy<Value = Vec<Vec<Sighting>>> {
    let sighting = |agency: usize| {
        let (min, max) = BOUNDS[agency % 3];
        let days = vec![SINCE - 1, SINCE, SINCE + 1, SINCE + 15, SINCE + 16, SINCE + 255, min, max];
        let day = prop_oneof![5 => select(days), 3 => min..=max];
        let region = prop_oneof![1 => Just(REGIONS), 3 => 1..=REGIONS];
        prop_oneof![2 => Just(None), 8 => (day, region).prop_map(Some)]
    };
    let person: Vec<_> = (0..agencies).map(sighting).collect();
    vec(person, people).prop_map(move |people| by_agency(agencies, &people))
}

/// The tables of an agreement: all days, then all regions.
fn tables(known: &[Vec<Sighting>], asked: Asked) -> Vec<String> {
    let table = |other: i64, part: fn((i64, i64)) -> i64, agency: &Vec<Sighting>| {
        agencies::table(other, &agency.iter().map(|sighting| sighting.map(part)).collect::<Vec<_>>())
    };
    let mut tables: Vec<String> = known.iter().map(|agency| table(SINCE, |(day, _)| day, agency)).collect();
    if asked == Asked::Region {
        tables.extend(known.iter().map(|agency| table(1, |(_, region)| region, agency)));
    }
    tables
}

/// Ordinary arithmetic, agency by agency: a later day replaces an earlier one, an equal one does not.
fn expected(known: &[Vec<Sighting>], people: usize, asked: Asked) -> Vec<Vec<Value>> {
    let answer = |person: usize| {
        let mut last: Sighting = None;
        for (day, region) in known.iter().filter_map(|agency| agency[person]) {
            if day >= SINCE && last.is_none_or(|(before, _)| day > before) {
                last = Some((day, region));
            }
        }
        let seen = Value::YesNo(last.is_some());
        match asked {
            Asked::Seen => vec![seen],
            Asked::Region => vec![seen, Value::Number(last.map_or(0, |(_, region)| region))],
        }
    };
    (0..people).map(answer).collect()
}

fn check_on_plaintext(known: &[Vec<Sighting>], asked: Asked) {
    let people = known[0].len();
    let (agreement, cases) = (agreement(known.len(), asked), agencies::people(people));
    let job = Job { agreement: &agreement, tables: &tables(known, asked), cases: &cases };
    assert_eq!(job.on_plaintext(), expected(known, people, asked), "{} agencies", known.len());
}

#[test]
fn presence_is_that_of_ordinary_arithmetic() {
    // About 80,000 people.
    let known = (1..=16_usize).prop_flat_map(|agencies| sightings(agencies, 1..=100));
    for_all(1_600, known, |known| check_on_plaintext(&known, Asked::Seen));
}

#[test]
fn the_region_is_that_of_the_latest_sighting_and_of_the_first_agency_among_equals() {
    // About 50,000 people.
    let agencies = prop_oneof![1 => Just(1_usize), 6 => Just(2), 10 => Just(3), 6 => Just(4), 2 => Just(5), 1 => Just(16)];
    let known = agencies.prop_flat_map(|agencies| sightings(agencies, 1..=100));
    for_all(1_000, known, |known| check_on_plaintext(&known, Asked::Region));
}

/// Each of three agencies with each of seven days or none, every combination.
#[test]
fn every_combination_of_boundary_days_gives_the_right_region() {
    let days = [SINCE - 1, SINCE, SINCE + 1, SINCE + 14, SINCE + 15, SINCE + 16, SINCE + 256];
    let people = 8_usize.pow(3);
    let at = |agency: usize, person: usize| {
        let day = days.get(person / 8_usize.pow(agency as u32) % 8)?;
        Some((*day, [8, 9, 40][agency]))
    };
    let known: Vec<Vec<Sighting>> =
        (0..3).map(|agency| (0..people).map(|person| at(agency, person)).collect()).collect();
    check_on_plaintext(&known, Asked::Region);
}

#[test]
fn bootstraps_are_one_per_person_and_with_regions_those_of_each_pair_of_agencies() {
    let plans = |agencies: usize, asked: Asked| {
        let agreement = Agreement::<Question>::parse(&agreement(agencies, asked)).expect("sound");
        Plan::of_samples(&agreement).into_iter().map(|(_, plan)| plan).collect::<Vec<_>>()
    };
    for agencies in [1, 3, 16] {
        let plans = plans(agencies, Asked::Seen);
        assert_eq!(plans.iter().map(|plan| plan.bootstraps).collect::<Vec<_>>(), [1]);
        assert!(plans[0].log2_failure < -128.0, "{}", plans[0].log2_failure);
    }
    let plans = plans(16, Asked::Region);
    let expected = [2, 9, 18, 30, 45, 63, 84, 108, 135, 165, 198, 234, 273, 315, 360, 408];
    assert_eq!(plans.iter().map(|plan| plan.bootstraps).collect::<Vec<_>>(), expected);
    for plan in plans {
        assert!(plan.log2_failure < -118.0, "{}", plan.log2_failure);
    }
}

#[test]
fn with_real_keys_presence_is_that_of_ordinary_arithmetic() {
    let people = 40;
    let known = sample(sightings(3, people));
    let (agreement, cases) = (agreement(3, Asked::Seen), agencies::people(people));
    let job = Job { agreement: &agreement, tables: &tables(&known, Asked::Seen), cases: &cases };
    assert_eq!(job.with_real_keys(40), expected(&known, people, Asked::Seen));
}

#[test]
fn with_real_keys_the_region_is_that_of_the_latest_sighting() {
    // Nobody knows the first person, one agency the second to fourth; then all three, with equal days, each the latest,
    // none since the date.
    let day = |days: [Option<i64>; 3]| days;
    let (old, new) = (Some(SINCE - 1), Some(SINCE));
    let mut people = vec![
        day([None, None, None]),
        day([old, None, None]),
        day([None, new, None]),
        day([None, None, Some(SINCE + 4_094)]),
        day([new, new, new]),
        day([old, new, new]),
        day([Some(SINCE + 16), Some(SINCE + 15), Some(SINCE + 15)]),
        day([Some(SINCE + 15), Some(SINCE + 16), Some(SINCE + 16)]),
        day([Some(SINCE + 255), Some(SINCE + 255), Some(SINCE + 256)]),
        day([old, old, old]),
        day([Some(19_000), old, Some(0)]),
        day([old, None, new]),
    ];
    people.extend([0, 1, 2, 3, 0, 1, 2, 3].map(|person| people[person]));
    let region = |agency: usize, person: usize| ((person * 7 + agency * 13) % 40 + 1) as i64;
    let known: Vec<Vec<Sighting>> = (0..3)
        .map(|agency| {
            let days = people.iter().enumerate();
            days.map(|(person, days)| Some((days[agency]?, region(agency, person)))).collect()
        })
        .collect();
    let (agreement, cases) = (agreement(3, Asked::Region), agencies::people(20));
    let job = Job { agreement: &agreement, tables: &tables(&known, Asked::Region), cases: &cases };
    // Three in no table, nine at one agency, one at two, seven at three.
    let planned = 9 * 2 + 9 + 7 * 18;
    assert_eq!(job.with_real_keys(planned), expected(&known, 20, Asked::Region));
}

#[test]
fn a_day_without_its_region_or_a_region_without_its_day_is_refused() {
    let agreement = agreement(1, Asked::Region);
    for (day, region, present, absent) in [(Some(SINCE), None, "d0", "r0"), (None, Some(3), "r0", "d0")] {
        let tables = [agencies::table(SINCE, &[day]), agencies::table(1, &[region])];
        let refusal = Job { agreement: &agreement, tables: &tables, cases: "person\np0\n" }.refusal();
        let expected = format!(
            "line 2, column \"person\": a record in dataset \"{present}\" but none in \"{absent}\"; its provider gives \
             both or neither"
        );
        assert_eq!(refusal, expected);
    }
}

#[test]
fn an_agreement_about_presence_has_rules() {
    let (seen, region) = (agreement(3, Asked::Seen), agreement(3, Asked::Region));
    let known =
        "since must lie after the min and not after the max of every dataset: else its answer is known";
    let form = "datasets of regions must have one min, max, unit and concept, word for word";
    let codes = "regions must be codes from min = 1 to a max of at most 64";
    let paired = "regions must name one dataset for each of datasets, in the same order";
    let cases = [
        (&seen, "since = 2024-07-01", "since = 2024-06-30", known),
        (&seen, "since = 2024-07-01", "since = 2026-05-28", known),
        (&seen, "unit = \"day\"", "unit = \"date\"", "datasets must have one unit, word for word"),
        (&seen, "provider = \"d1\"", "provider = \"d0\"", "each dataset must come from another party"),
        (&seen, "since = 2024-07-01", "since = 2024-07-01, regions = []", paired),
        (&region, "[\"r0\", \"r1\", \"r2\"]", "[\"r0\", \"r1\"]", paired),
        (
            &region,
            "[\"r0\", \"r1\", \"r2\"]",
            "[\"r1\", \"r0\", \"r2\"]",
            "each dataset of regions must be about",
        ),
        (&region, "max = 40", "max = 41", form),
        (&region, "unit = \"region\"", "unit = \"province\"", form),
    ];
    for (text, from, to, message) in cases {
        let refused = refused(&text.replacen(from, to, 1));
        assert!(refused.starts_with(&format!("[analysis] {message}")), "{to}: {refused}");
    }
    for (from, to) in [("max = 40", "max = 65"), ("min = 1,", "min = 2,")] {
        assert_eq!(refused(&region.replace(from, to)), format!("[analysis] {codes}"));
    }
    let dates = refused(&seen.replace("unit = \"day\"", "unit = \"date\""));
    assert_eq!(dates, "[analysis] datasets must have the unit day: days since 1970-01-01, as whole numbers");
    let seventeen = refused(&agreement(17, Asked::Seen));
    assert_eq!(seventeen, "[analysis] datasets must name 1 to 16 datasets, one per agency");
    let time = refused(&seen.replace("since = 2024-07-01", "since = 2024-07-01T10:00:00"));
    assert!(time.contains("a date such as 2025-01-31 is expected"), "{time}");
    let hidden = |text: &str| text.replace("to = \"holder\"", "to = \"receiver\", blinded = true");
    Agreement::<Question>::parse(&hidden(&seen)).expect("yes or no may be blinded");
    assert_eq!(refused(&hidden(&region)), "[disclosure] only answers of yes or no can be blinded");
}

#[test]
fn a_day_after_max_is_cut_off_only_where_no_days_are_compared() {
    for (asked, clamps) in [(Asked::Seen, true), (Asked::Region, false)] {
        let agreement = Agreement::<Question>::parse(&agreement(3, asked)).expect("sound");
        for dataset in agreement.inputs() {
            assert_eq!(agreement.shape().clamps(&dataset.name), clamps);
        }
    }
}

#[test]
fn opened_values_that_no_program_gives_stop_the_release() {
    let agreement = Agreement::<Question>::parse(&agreement(1, Asked::Region)).expect("sound");
    let outcome = |fields: [i64; 3]| agreement.analysis().decode(&agreement.setting(), &[fields.to_vec()]);
    let seen = vec![vec![Value::YesNo(true), Value::Number(40)]];
    assert_eq!(outcome([8, 7, 4]), Some(seen));
    assert_eq!(outcome([0, 0, 0]), Some(vec![vec![Value::YesNo(false), Value::Number(0)]]));
    for contradiction in [[8, 0, 5], [0, 1, 0], [0, 0, 1], [1, 0, 0], [7, 7, 4]] {
        assert_eq!(outcome(contradiction), None, "{contradiction:?}");
    }
}
