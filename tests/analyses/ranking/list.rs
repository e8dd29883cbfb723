//! Lists to order, and their order by sorting.

use std::fmt::Write;

use drempel::analysis::{Question, Value};
use drempel::{Agreement, Plan};
use drempel_test_support::{Answers, Job};
use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof};
use proptest::sample::select;

const AGREEMENT: &str = include_str!("../../../examples/agreements/ranking.toml");

/// A list with its agreement's terms. Each indicator has its smallest and its largest value, and its weight.
#[derive(Clone, Debug)]
pub(super) struct List {
    pub(super) indicators: Vec<(i64, i64, i64)>,
    pub(super) highest_first: bool,
    pub(super) shared: bool,
    pub(super) first: Option<usize>,
    pub(super) max_people: usize,
    pub(super) people: Vec<Vec<i64>>,
}

impl List {
    /// The example's parties and disclosure with these indicators and terms.
    pub(super) fn agreement(&self) -> String {
        let (parties, _) = AGREEMENT.split_once("[[dataset]]").expect("there");
        let (_, disclosure) = AGREEMENT.split_once("[disclosure]").expect("there");
        let mut text = parties.to_owned();
        for (place, (min, max, _)) in self.indicators.iter().enumerate() {
            let provider = ["housing-department", "youth-department"][place % 2];
            write!(
                text,
                "[[dataset]]\nname = \"i{place}\"\nprovider = \"{provider}\"\nsubject = \"person\"\namount = \"points\"\n\
                 unit = \"point\"\nconcept = \"Invented\"\nmin = {min}\nmax = {max}\n"
            )
            .expect("in memory");
        }
        let names: Vec<String> = (0..self.indicators.len()).map(|place| format!("\"i{place}\"")).collect();
        let weights: Vec<String> = self.indicators.iter().map(|(_, _, weight)| weight.to_string()).collect();
        let order = if self.highest_first { "highest-first" } else { "lowest-first" };
        let ties = if self.shared { "shared" } else { "list-order" };
        let first = self.first.map_or(String::new(), |first| format!("first = {first}\n"));
        write!(
            text,
            "[analysis]\nkind = \"ranking\"\ndatasets = [{}]\nweights = [{}]\norder = \"{order}\"\nties = \"{ties}\"\n\
             {first}max_people = {}\n[disclosure]{}",
            names.join(", "),
            weights.join(", "),
            self.max_people,
            disclosure.replace("answers = 40", "answers = 64")
        )
        .expect("in memory");
        text
    }

    pub(super) fn name(place: usize) -> String {
        // The tables' order is not the list's.
        format!("p{:03}", place * 37 % 101)
    }

    pub(super) fn tables(&self) -> Vec<String> {
        let table = |indicator: usize| {
            let row = |(place, values): (usize, &Vec<i64>)| {
                format!("{},{}\n", Self::name(place), values[indicator])
            };
            let rows: Vec<String> = self.people.iter().enumerate().map(row).collect();
            format!("person,points\n{}", rows.concat())
        };
        (0..self.indicators.len()).map(table).collect()
    }

    pub(super) fn cases(&self) -> String {
        let rows: Vec<String> =
            (0..self.people.len()).map(|place| format!("{}\n", Self::name(place))).collect();
        format!("person\n{}", rows.concat())
    }

    /// By sorting, with scores that are not shifted.
    pub(super) fn oracle(&self) -> Answers {
        let sign = if self.highest_first { -1 } else { 1 };
        let score = |values: &Vec<i64>| {
            let products = values.iter().zip(&self.indicators).map(|(value, (_, _, weight))| value * weight);
            sign * products.sum::<i64>()
        };
        let scores: Vec<i64> = self.people.iter().map(score).collect();
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by_key(|place| scores[*place]);
        let mut ranks = vec![0; scores.len()];
        for (index, place) in order.iter().enumerate() {
            let before =
                order[..index].last().filter(|before| self.shared && scores[**before] == scores[*place]);
            ranks[*place] = before.map_or(index + 1, |before| ranks[*before]);
        }
        let value = |rank: usize| match self.first {
            Some(first) => Value::YesNo(rank <= first),
            None => Value::Number(rank as i64),
        };
        ranks.into_iter().map(|rank| vec![value(rank)]).collect()
    }

    pub(super) fn on_plaintext(&self) -> Answers {
        let (agreement, tables, cases) = (self.agreement(), self.tables(), self.cases());
        Job { agreement: &agreement, tables: &tables, cases: &cases }.on_plaintext()
    }

    pub(super) fn with_real_keys(&self, planned: u64) -> Answers {
        let (agreement, tables, cases) = (self.agreement(), self.tables(), self.cases());
        Job { agreement: &agreement, tables: &tables, cases: &cases }.with_real_keys(planned)
    }

    pub(super) fn refusal(&self, cases: &str) -> String {
        let (agreement, tables) = (self.agreement(), self.tables());
        Job { agreement: &agreement, tables: &tables, cases }.refusal()
    }

    /// The bootstraps and the thousands of FFTs of each sample.
    pub(super) fn planned(&self) -> Vec<(String, [u64; 2])> {
        let agreement = Agreement::<Question>::parse(&self.agreement()).expect("a sound agreement");
        let plans = Plan::of_samples(&agreement);
        assert!(plans.iter().all(|(_, plan)| plan.log2_failure < -90.0), "{plans:?}");
        plans.into_iter().map(|(about, plan)| (about, [plan.bootstraps, plan.leveled.ffts / 1_000])).collect()
    }
}

/// Any terms, and people whose scores are often equal or one apart.
pub(super) fn any_list(people: impl Strategy<Value = usize>) -> impl Strategy<Value = List> {
    let width = select(vec![1, 2, 3, 24, 100, 1_000]);
    let indicator = (-50..=50_i64, width, select(vec![1, 1, 2, 3, 10, 255]))
        .prop_map(|(min, width, weight)| (min, min + width, weight));
    let terms = (people, vec(indicator, 1..=8), 0..=4_u8, 0..=20_usize, any::<bool>(), any::<bool>());
    terms.prop_flat_map(|(people, indicators, spread, room, highest_first, shared)| {
        let max_people = (people + room).clamp(2, 64);
        let first = prop_oneof![2 => Just(None), 1 => (1..max_people).prop_map(Some)];
        let person: Vec<_> = indicators.iter().map(|indicator| value(spread, *indicator)).collect();
        (vec(person, people), first).prop_map(move |(people, first)| List {
            indicators: indicators.clone(),
            highest_first,
            shared,
            first,
            max_people,
            people,
        })
    })
}

fn value(spread: u8, (min, max, _): (i64, i64, i64)) -> BoxedStrategy<i64> {
    match spread {
        0 => (min..=max).boxed(),
        1 => select(vec![min, max]).boxed(),
        2 => Just(max).boxed(),
        3 => (min..=max.min(min + 1)).boxed(),
        _ => (min.max(max - 2)..=max).boxed(),
    }
}
