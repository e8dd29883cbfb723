//! Counts per area: what is shown, what is suppressed, and what can be computed from what is shown.

use drempel::analysis::{Question, Value};
use drempel::{Agreement, Plan};
use drempel_test_support::{Answers, Job, for_all, sample};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::{Index, select};

mod reached;
mod refusals;
mod totals;

/// An agreement over a household dataset of bits: at risk is who has a one.
fn of_bits(minimum: i64, section: &str) -> String {
    agreement(
        minimum,
        &[("flag", "household", 0, 1)],
        &format!(
            "at_risk = [[\"flagged\"]]\nmax_households = 30\n{section}\n\
             [[analysis.condition]]\nname = \"flagged\"\ndatasets = [\"flag\"]\ncomparison = \"at-least\"\nline = 1\n\
             max_addends = 1\nmissing = \"refuse\"\n"
        ),
    )
}

/// An agreement over datasets of a name, a subject, `min` and `max`.
fn agreement(minimum: i64, datasets: &[(&str, &str, i64, i64)], section: &str) -> String {
    let dataset = |(name, subject, min, max): &(&str, &str, i64, i64)| {
        format!(
            "[[dataset]]\nname = \"{name}\"\nprovider = \"statistics\"\nsubject = \"{subject}\"\namount = \"value\"\n\
             unit = \"number\"\nconcept = \"{name}\"\nmin = {min}\nmax = {max}\n"
        )
    };
    let datasets: String = datasets.iter().map(dataset).collect();
    format!(
        "[agreement]\nname = \"test\"\npurpose = \"test\"\nlegal_basis = \"test\"\nvalid_from = 2025-01-01\n\
         valid_until = 2099-12-31\nretention_days = 1\n\
         [[party]]\nname = \"statistics\"\nroles = [\"data-provider\", \"auditor\"]\n\
         [[party]]\nname = \"computing-centre\"\nroles = [\"evaluator\"]\n\
         [[party]]\nname = \"municipality\"\nroles = [\"key-holder\"]\n\
         {datasets}\
         [disclosure]\nto = \"municipality\"\nanswers = 1000000\nminimum_cell = {minimum}\n\
         [analysis]\nkind = \"area_count\"\n{section}"
    )
}

const TOTALS: &str = "totals = \"district\"";

/// Some areas, each with its district, its households and how many of them are at risk.
#[derive(Clone, Debug)]
struct Town {
    areas: Vec<(usize, i64, i64)>,
}

impl Town {
    /// The dataset and the evaluator's file. Who is at risk comes first.
    fn files(&self) -> (String, String) {
        let (mut flags, mut cases) = ("household,value\n".to_owned(), "household,area,district\n".to_owned());
        for (area, (district, households, at_risk)) in self.areas.iter().enumerate() {
            for household in 0..*households {
                flags.push_str(&format!("h{area}-{household},{}\n", i64::from(household < *at_risk)));
                cases.push_str(&format!("h{area}-{household},A{area},D{district}\n"));
            }
        }
        (flags, cases)
    }

    fn on_plaintext(&self, agreement: &str) -> Answers {
        let (flags, cases) = self.files();
        Job { agreement, tables: &[flags], cases: &cases }.on_plaintext()
    }

    /// What should be published: areas by themselves.
    fn apart(&self, minimum: i64) -> Answers {
        self.areas
            .iter()
            .map(|(_, _, at_risk)| vec![value((*at_risk >= minimum).then_some(*at_risk))])
            .collect()
    }

    /// What should be published with totals: for each district its areas, then its total.
    fn with_totals(&self, minimum: i64) -> Answers {
        let mut answers = Vec::new();
        for district in self.districts() {
            let hidden = hidden(&district, minimum);
            let shown = |is_hidden: &bool, at_risk: i64| (!is_hidden).then_some(at_risk);
            let cells = hidden.iter().zip(&district);
            answers.extend(cells.map(|(hidden, (_, at_risk))| vec![value(shown(hidden, *at_risk))]));
            let sum: i64 = district.iter().map(|(_, at_risk)| at_risk).sum();
            let rest: i64 =
                hidden.iter().zip(&district).filter(|(hidden, _)| **hidden).map(|(_, area)| area.1).sum();
            let smallest = district.iter().map(|(households, _)| *households).min().expect("an area");
            let is_safe = !hidden.contains(&true) || (minimum..=smallest.min(27)).contains(&rest);
            answers.push(vec![value(is_safe.then_some(sum))]);
        }
        answers
    }

    /// The areas of each district as (households, at risk), in the order in which districts begin.
    fn districts(&self) -> Vec<Vec<(i64, i64)>> {
        let mut districts: Vec<(usize, Vec<(i64, i64)>)> = Vec::new();
        for (name, households, at_risk) in &self.areas {
            match districts.iter_mut().find(|(known, _)| known == name) {
                Some((_, areas)) => areas.push((*households, *at_risk)),
                None => districts.push((*name, vec![(*households, *at_risk)])),
            }
        }
        districts.into_iter().map(|(_, areas)| areas).collect()
    }
}

fn value(shown: Option<i64>) -> Value {
    shown.map_or(Value::Suppressed, Value::Number)
}

/// Pairs, the last of three where the number is odd: all hidden when one is below the minimum.
fn hidden(district: &[(i64, i64)], minimum: i64) -> Vec<bool> {
    groups(district.len())
        .into_iter()
        .flat_map(|group| {
            let any = district[group.clone()].iter().any(|(_, at_risk)| *at_risk < minimum);
            vec![any; group.len()]
        })
        .collect()
}

fn groups(areas: usize) -> Vec<std::ops::Range<usize>> {
    let pairs = areas / 2;
    (0..pairs).map(|pair| 2 * pair..if pair + 1 == pairs { areas } else { 2 * pair + 2 }).collect()
}

/// The households of an area and how many of them are at risk: near the minimum, none, all and anything.
fn any_area(minimum: i64) -> impl Strategy<Value = (i64, i64)> {
    (minimum..=30).prop_flat_map(move |households| {
        let edges = vec![minimum - 1, minimum, minimum + 1, 0, households];
        let at_risk = prop_oneof![5 => select(edges), 1 => 0..=households, 2 => 0..=minimum];
        at_risk.prop_map(move |at_risk| (households, at_risk.min(households)))
    })
}

#[test]
fn every_count_in_an_area_of_every_size_is_shown_or_suppressed_as_it_should_be() {
    for minimum in [5, 8, 10, 17, 30] {
        let sizes = (minimum..=30)
            .flat_map(|households| (0..=households).map(move |at_risk| (0, households, at_risk)));
        let town = Town { areas: sizes.collect() };
        assert_eq!(town.on_plaintext(&of_bits(minimum, "")), town.apart(minimum), "{minimum}");
    }
}

#[test]
fn a_hundred_thousand_counts_are_as_they_should_be() {
    let town =
        select(vec![5, 10, 12, 15]).prop_flat_map(|minimum| (Just(minimum), vec(any_area(minimum), 1..=200)));
    for_all(1_000, town, |(minimum, areas)| {
        let town =
            Town { areas: areas.into_iter().map(|(households, at_risk)| (0, households, at_risk)).collect() };
        assert_eq!(town.on_plaintext(&of_bits(minimum, "")), town.apart(minimum), "{minimum}");
    });
}

/// The definition of the example, with the incomes of persons: 18 bits, a line for each household.
fn energy_poverty() -> String {
    agreement(
        5,
        &[("income", "person", -1000, 261_143), ("costs", "household", 0, 255), ("label", "household", 1, 7)],
        "at_risk = [[\"low income\", \"high costs\"], [\"low income\", \"low quality\"]]\nmax_households = 25\n\
         [[analysis.condition]]\nname = \"low income\"\ndatasets = [\"income\"]\ncomparison = \"at-most\"\n\
         line_column = \"income_line\"\nline_min = 100000\nline_max = 250000\nmax_addends = 3\nmissing = \"zero\"\nmatched_at_least = 0.5\n\
         [[analysis.condition]]\nname = \"high costs\"\ndatasets = [\"costs\"]\ncomparison = \"above\"\n\
         line = 180\nmax_addends = 1\nmissing = \"refuse\"\n\
         [[analysis.condition]]\nname = \"low quality\"\ndatasets = [\"label\"]\ncomparison = \"at-least\"\n\
         line = 4\nmax_addends = 1\nmissing = \"refuse\"\n",
    )
}

/// A household under that agreement.
#[derive(Clone, Debug)]
struct Poor {
    line: i64,
    /// Of each member; who has none may have no record.
    incomes: Vec<Option<i64>>,
    costs: i64,
    label: i64,
}

/// Totals near the line, or anything; costs near theirs.
fn any_household() -> impl Strategy<Value = Poor> {
    let line = select(vec![100_000, 150_107, 205_348, 250_000_i64]);
    let total = line
        .prop_flat_map(|line| (Just(line), prop_oneof![2 => line - 2..=line + 2, 1 => -900..=260_000_i64]));
    // What each but the last member has of what is left.
    let shares = vec((any::<Index>(), any::<bool>()), 1..=3);
    (total, shares, select(vec![0, 179, 180, 181, 255]), 1..=7_i64).prop_map(
        |((line, total), shares, costs, label)| {
            let (members, mut left) = (shares.len(), total);
            let mut income = |(member, (share, recorded)): (usize, (Index, bool))| {
                let last = member + 1 == members;
                let income = if last { left } else { share.index(left.max(0) as usize + 1) as i64 };
                left -= income;
                (income != 0 || recorded).then_some(income)
            };
            let incomes = shares.into_iter().enumerate().map(&mut income).collect();
            Poor { line, incomes, costs, label }
        },
    )
}

/// The tables and the cases of some areas, with the answers that they should give.
fn poor_areas(areas: &[Vec<Poor>]) -> ([String; 3], String, Answers) {
    let [mut incomes, mut costs, mut labels] =
        ["person,value\n", "household,value\n", "household,value\n"].map(str::to_owned);
    let mut cases = "household,person,area,income_line\n".to_owned();
    let mut answers = Vec::new();
    for (area, households) in areas.iter().enumerate() {
        let mut at_risk = 0;
        for (household, poor) in households.iter().enumerate() {
            for (member, income) in poor.incomes.iter().enumerate() {
                let id = format!("p{area}-{household}-{member}");
                cases.push_str(&format!("h{area}-{household},{id},A{area},{}\n", poor.line));
                if let Some(income) = income {
                    incomes.push_str(&format!("{id},{income}\n"));
                }
            }
            costs.push_str(&format!("h{area}-{household},{}\n", poor.costs));
            labels.push_str(&format!("h{area}-{household},{}\n", poor.label));
            let total: i64 = poor.incomes.iter().flatten().sum();
            at_risk += i64::from(total <= poor.line && (poor.costs > 180 || poor.label >= 4));
        }
        answers.push(vec![value((at_risk >= 5).then_some(at_risk))]);
    }
    // Where nobody has an income, somebody else has.
    incomes.push_str("other,0\n");
    ([incomes, costs, labels], cases, answers)
}

#[test]
fn incomes_costs_and_labels_near_their_lines_are_joined_as_defined() {
    let agreement = energy_poverty();
    for_all(1_500, vec(any_household(), 5..=25), |area| {
        let (tables, cases, answers) = poor_areas(&[area]);
        assert_eq!(Job { agreement: &agreement, tables: &tables, cases: &cases }.on_plaintext(), answers);
    });
}

#[test]
fn an_area_costs_six_to_nine_bootstraps_beside_its_households_decisions() {
    assert_eq!(sample_bootstraps(&of_bits(5, "")), [6, 8]);
    let two_areas = [2 * 7 + 3 + 6, 2 * 9 + 3 + 6];
    assert_eq!(sample_bootstraps(&of_bits(5, TOTALS)), two_areas);
    let defined = [5 + 6, 25 + 8];
    assert_eq!(sample_bootstraps(&energy_poverty()), defined);
}

/// The bootstraps of the smallest and the largest area, or of two of each and their total.
fn sample_bootstraps(text: &str) -> Vec<u64> {
    let agreement = Agreement::<Question>::parse(text).expect("a sound agreement");
    let plans = Plan::of_samples(&agreement);
    assert!(plans.iter().all(|(_, plan)| plan.log2_failure < -112.0), "{plans:?}");
    plans.into_iter().map(|(_, plan)| plan.bootstraps).collect()
}

#[test]
fn with_real_keys_twenty_areas_and_their_totals_are_as_they_should_be() {
    let counts = [
        [(10, 4), (10, 6), (11, 5), (10, 10)],
        [(10, 0), (10, 0), (10, 2), (10, 2)],
        [(16, 16), (10, 5), (10, 7), (10, 8)],
        [(10, 3), (12, 7), (10, 4), (10, 5)],
        [(10, 4), (10, 0), (10, 9), (18, 17)],
    ];
    let areas =
        counts.iter().enumerate().flat_map(|(district, areas)| areas.map(|(of, risk)| (district, of, risk)));
    let mut town = Town { areas: areas.collect() };
    town.areas.extend([(5, 5, 5), (5, 5, 4), (5, 5, 1)]);
    let answers = town.with_totals(5);
    assert_eq!(answers.iter().filter(|answer| **answer == [Value::Suppressed]).count(), 19);
    let (flags, cases) = town.files();
    let text = of_bits(5, TOTALS);
    // Two areas have a second chunk, and three are a group of three.
    let planned = 23 * 7 + 2 * 2 + 3 + 6 * (3 * 3 + 6);
    assert_eq!(Job { agreement: &text, tables: &[flags], cases: &cases }.with_real_keys(planned), answers);
}

#[test]
fn with_real_keys_an_area_of_25_households_is_counted_as_defined() {
    let area = sample(vec(any_household(), 25));
    // One lookup joins what a household meets.
    let joined = area.len() as u64;
    let (tables, cases, answers) = poor_areas(&[area]);
    let text = energy_poverty();
    let job = Job { agreement: &text, tables: &tables, cases: &cases };
    assert_eq!(job.with_real_keys(joined + 8), answers);
}
