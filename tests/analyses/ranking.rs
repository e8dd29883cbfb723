//! An order of people by a weighted score, beside sorting.

use drempel::Agreement;
use drempel::analysis::{Program, Question, Value};
use drempel_test_support::for_all;
use proptest::sample::select;

mod list;

use list::{List, any_list};

#[test]
fn sixty_thousand_people_on_short_lists_are_ordered_as_by_sorting() {
    for_all(9_300, any_list(1..=12_usize), |list| assert_eq!(list.on_plaintext(), list.oracle()));
}

#[test]
fn forty_thousand_people_on_long_lists_are_ordered_as_by_sorting() {
    // Around each number of chunks, and the longest.
    let people = select(vec![15, 16, 17, 30, 31, 32, 40, 45, 46, 47, 60, 61, 62, 63, 64_usize]);
    for_all(1_000, any_list(people), |list| assert_eq!(list.on_plaintext(), list.oracle()));
}

/// People with one indicator each.
fn one_indicator(max: i64, values: &[i64]) -> List {
    List {
        indicators: vec![(0, max, 1)],
        highest_first: true,
        shared: true,
        first: None,
        max_people: 40,
        people: values.iter().map(|value| vec![*value]).collect(),
    }
}

#[test]
fn scores_at_the_edge_of_each_digit_and_at_the_largest_are_told_apart() {
    let largest = i64::from(u32::MAX);
    for addends in 1..=8_i64 {
        let share = largest / addends;
        let edges = (0..32).flat_map(|bit| [(1_i64 << bit) - 1, 1 << bit, (1 << bit) + 1]);
        let edges: Vec<i64> = edges.chain([share - 1, share]).map(|edge| edge.min(share)).collect();
        for part in edges.chunks(40) {
            for shared in [true, false] {
                let person = |edge: &i64| {
                    (0..addends).map(|place| if place % 2 == 0 { *edge } else { share - *edge }).collect()
                };
                let list = List {
                    indicators: vec![(0, share, 1); addends as usize],
                    shared,
                    people: part.iter().map(person).collect(),
                    ..one_indicator(1, &[])
                };
                assert_eq!(list.on_plaintext(), list.oracle(), "{addends}");
            }
        }
    }
}

#[test]
fn each_rank_of_a_longest_list_and_each_first_is_right() {
    let values: Vec<i64> = (0..64).map(|place| place * 29 % 64).collect();
    for shared in [true, false] {
        let list = List { max_people: 64, shared, ..one_indicator(63, &values) };
        assert_eq!(list.on_plaintext(), list.oracle());
        for first in 1..64 {
            let list = List { first: Some(first), ..list.clone() };
            assert_eq!(list.on_plaintext(), list.oracle(), "{first}");
        }
    }
    let same = List { max_people: 64, ..one_indicator(63, &[7; 64]) };
    assert_eq!(same.on_plaintext(), vec![vec![Value::Number(1)]; 64]);
}

#[test]
fn bootstraps_and_thousands_of_ffts_are_frozen() {
    let counts = |list: &List| list.planned().into_iter().map(|(_, counts)| counts).collect::<Vec<_>>();
    // Four indicators and 12 bits: pairs are decided as sums of eight numbers.
    let list = List { indicators: vec![(0, 1_023, 1); 4], ..one_indicator(1, &[]) };
    let about: Vec<String> = list.planned().into_iter().map(|(about, _)| about).collect();
    assert_eq!(about, [2, 10, 20, 30, 40].map(|people| format!("a list of {people} people")));
    assert_eq!(counts(&list), [[4, 6], [20, 261], [140, 1_097], [210, 2_509], [360, 4_494]]);
    // One of the two is ahead, so one decision a pair is enough.
    let in_order = List { shared: false, ..list.clone() };
    assert_eq!(counts(&in_order), [[4, 3], [20, 130], [140, 548], [210, 1_254], [360, 2_247]]);
    assert_eq!(
        counts(&List { first: Some(3), ..in_order }),
        [[2, 3], [10, 130], [120, 548], [180, 1_254], [320, 2_247]]
    );
    assert_eq!(counts(&List { max_people: 64, ..list })[6], [832, 11_606]);
    let two = List { indicators: vec![(0, 32_767, 1); 2], ..one_indicator(1, &[]) };
    assert_eq!(counts(&two)[4], [360, 3_375]);
    assert_eq!(counts(&List { shared: false, ..two })[4], [360, 1_687]);
    assert_eq!(counts(&one_indicator(65_535, &[]))[4], [360, 1_227]);
    assert_eq!(counts(&List { shared: false, ..one_indicator(65_535, &[]) })[4], [360, 613]);
    // Eight indicators are compared digit by digit: 16 digits of base 2.
    let eight = List { indicators: vec![(0, 8_191, 1); 8], ..one_indicator(1, &[]) };
    assert_eq!(counts(&eight)[4], [7_840, 0]);
}

#[test]
fn with_real_keys_a_list_with_equal_and_neighbouring_scores_is_ordered_exactly() {
    // 3 · a + b, at most 255: 15 and 16, 63 and 64, the smallest, the largest, and equal ones made in two ways.
    let people = [
        (5, 0),
        (5, 1),
        (4, 3),
        (0, 15),
        (0, 16),
        (21, 0),
        (21, 1),
        (0, 63),
        (0, 64),
        (60, 75),
        (60, 74),
        (0, 0),
        (0, 0),
        (1, 0),
        (0, 3),
        (42, 1),
        (42, 2),
        (17, 30),
        (27, 0),
        (0, 75),
        (60, 0),
    ];
    let list = List {
        indicators: vec![(0, 60, 3), (0, 75, 1)],
        shared: false,
        people: people.map(|(a, b)| vec![a, b]).into(),
        ..one_indicator(1, &[])
    };
    // 21 · 7 for the digits, 210 pairs of two digits, 21 · 7 for the ranks.
    assert_eq!(list.with_real_keys(147), list.oracle());
}

#[test]
fn with_real_keys_equal_scores_share_a_place_among_the_first() {
    let people = [3, -5, 3, 10, -5, 9, 3, 2].map(|value| vec![value]).into();
    let indicators = vec![(-5, 10, 1)];
    let list = List { indicators, first: Some(4), highest_first: false, people, ..one_indicator(1, &[]) };
    let yes = list.oracle().iter().filter(|values| values[0] == Value::YesNo(true)).count();
    assert_eq!(yes, 6, "three share the fourth place");
    assert_eq!(list.with_real_keys(8), list.oracle());
}

#[test]
fn ranks_that_contradict_each_other_stop_the_release() {
    let parse = |list: &List| Agreement::<Question>::parse(&list.agreement()).expect("a sound agreement");
    let fields = |rank: i64| vec![(rank - 1) % 4, (rank - 1) / 4];
    let possible = |list: &List, ranks: &[i64]| {
        let agreement = parse(list);
        let fields: Vec<Vec<i64>> = ranks.iter().copied().map(fields).collect();
        agreement.analysis().decode(&agreement.setting(), &fields).is_some()
    };
    let shared = one_indicator(9, &[]);
    let in_order = List { shared: false, ..shared.clone() };
    for (ranks, as_shared, as_order) in [
        (&[3, 1, 2, 5, 4][..], true, true),
        (&[1], true, true),
        (&[1, 1, 3], true, false),
        (&[2, 1, 2, 4], true, false),
        (&[1, 1, 1], true, false),
        (&[1, 1, 2], false, false),
        (&[2, 3, 4], false, false),
        (&[2, 2], false, false),
        (&[1, 3], false, false),
        (&[1, 2, 2, 3], false, false),
        (&[2], false, false),
    ] {
        assert_eq!(
            (possible(&shared, ranks), possible(&in_order, ranks)),
            (as_shared, as_order),
            "{ranks:?}"
        );
    }
    let first = |list: &List, yes: &[i64]| {
        let agreement = parse(&List { first: Some(2), ..list.clone() });
        let fields: Vec<Vec<i64>> = yes.iter().map(|bit| vec![*bit]).collect();
        agreement.analysis().decode(&agreement.setting(), &fields).is_some()
    };
    for (yes, as_shared, as_order) in [
        (&[1, 0, 1][..], true, true),
        (&[1, 1, 1], true, false),
        (&[1, 0, 0], false, false),
        (&[0, 0], false, false),
        (&[1], true, true),
        (&[0], false, false),
    ] {
        assert_eq!((first(&shared, yes), first(&in_order, yes)), (as_shared, as_order), "{yes:?}");
    }
}

#[test]
fn an_agreement_that_cannot_be_computed_is_refused() {
    let list = List { indicators: vec![(0, 1_023, 1); 4], ..one_indicator(1, &[]) };
    let sound = list.agreement();
    let weights = "[analysis] weights must give one positive whole number for each dataset";
    let largest = "[analysis] the largest score, the sum of weight * (max - min), must be at most 2^32 - 1";
    let people = "[analysis] max_people must be 2 to 64";
    let first = "[analysis] first must be at least 1 and less than max_people";
    let all = "datasets = [\"i0\", \"i1\", \"i2\", \"i3\"]";
    let with = |change: &dyn Fn(&mut List)| {
        let mut list = list.clone();
        change(&mut list);
        list.agreement()
    };
    for (text, expected) in [
        (sound.replace(all, "datasets = []"), "[analysis] datasets must name 1 to 8 indicators"),
        (
            with(&|list| list.indicators = vec![(0, 1, 1); 9]),
            "[analysis] datasets must name 1 to 8 indicators",
        ),
        (
            sound.replacen("\"person\"", "\"household\"", 1),
            "[analysis] every dataset's subject must be person",
        ),
        (sound.replace("weights = [1, 1, 1, 1]", "weights = [1, 1, 1]"), weights),
        (sound.replace("weights = [1, 1, 1, 1]", "weights = [1, 0, 1, 1]"), weights),
        (with(&|list| list.indicators = vec![(0, 1 << 32, 1)]), largest),
        (with(&|list| list.indicators = vec![(-1, (1 << 32) - 1, 1)]), largest),
        (with(&|list| list.indicators = vec![(0, 1_000_000, 4_295)]), largest),
        (with(&|list| list.indicators = vec![(0, 1_000_000_000_000_000, i64::MAX); 8]), largest),
        (with(&|list| list.max_people = 1), people),
        (with(&|list| list.max_people = 65), people),
        (with(&|list| list.first = Some(0)), first),
        (with(&|list| list.first = Some(40)), first),
        (sound.replace("audit = 1.0", "audit = 0.5"), "[disclosure] audit must be 1 for this analysis"),
        (
            sound.replace("audit = 1.0", "audit = 1.0\nblinded = true"),
            "[disclosure] blinded answers are hidden from the key-holder",
        ),
        (
            sound
                .replace("audit = 1.0", "audit = 1.0\nblinded = true")
                .replace("to = \"intake-team\"", "to = \"municipal-auditor\""),
            "[disclosure] only answers of yes or no can be blinded",
        ),
    ] {
        let error = Agreement::<Question>::parse(&text).expect_err(expected).to_string();
        assert!(error.starts_with(expected), "{error}");
    }
    for (text, part) in [
        (sound.replace("\"shared\"", "\"random\""), "unknown variant `random`"),
        (sound.replace("\"highest-first\"", "\"highest\""), "unknown variant `highest`"),
        (sound.replace("ties =", "tie ="), "unknown field `tie`"),
        (sound.replace("max_people = 40\n", ""), "missing field `max_people`"),
        (sound.replace("weights = [1,", "weights = [-1,"), "invalid value: integer `-1`"),
    ] {
        let error = Agreement::<Question>::parse(&text).expect_err(part).to_string();
        assert!(error.contains(part), "{error}");
    }
    // The largest score of all is allowed.
    let edge = with(&|list| list.indicators = vec![(0, 65_535, 65_537)]);
    assert!(Agreement::<Question>::parse(&edge).is_ok());
}

#[test]
fn a_list_that_breaks_a_rule_is_refused_with_its_line() {
    let list = List { max_people: 3, ..one_indicator(9, &[1, 2, 3, 4]) };
    let name = List::name;
    let too_long = list.refusal(&list.cases());
    assert_eq!(too_long, "the file lists 4 people; the agreement allows 3 (max_people); shorten the list");
    let stranger = list.refusal(&format!("person\n{}\np999\n", name(0)));
    assert!(stranger.starts_with("line 3, column \"person\": no record in dataset \"i0\""), "{stranger}");
    let twice = list.refusal(&format!("person\n{}\n{}\n", name(0), name(0)));
    assert!(twice.starts_with("line 3, column \"person\": the same identifier"), "{twice}");
    // One person is first of one, and the list may be as long as agreed.
    let alone = List { people: vec![vec![5]], ..list.clone() };
    assert_eq!(alone.on_plaintext(), [[Value::Number(1)]]);
    let three = List { people: list.people[..3].to_vec(), ..list };
    assert_eq!(three.on_plaintext(), three.oracle());
}
