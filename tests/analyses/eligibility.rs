//! Eligibility against an oracle that is no part of drempel: on plaintext by the million, with real keys by the hundred.

use std::cell::Cell;
use std::fmt::Write;

use drempel::analysis::{Eligibility, Value};
use drempel::plaintext;
use drempel::units::{Cents, SubjectId};
use drempel::{Agreement, Household, Households, Plan, Table};
use drempel_test_support::{SVB_UWV, Scene, for_all, sample};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::sample::select;

/// One agreement's numbers.
#[derive(Clone, Copy, Debug)]
struct Setting {
    min: i64,
    max: i64,
    comparison: &'static str,
    known_min: i64,
    known_max: i64,
    line_max: i64,
}

impl Setting {
    fn agreement(&self) -> String {
        let Self { min, max, comparison, known_min, known_max, line_max } = self;
        format!(
            r#"
            agreement = {{ name = "n", purpose = "p", legal_basis = "l", valid_from = 2020-01-01, valid_until = 2099-12-31, retention_days = 1 }}
            party = [
                {{ name = "provider", roles = ["data-provider", "auditor"] }},
                {{ name = "evaluator", roles = ["evaluator"] }},
                {{ name = "holder", roles = ["key-holder"] }},
            ]
            dataset = [{{ name = "income", provider = "provider", subject = "person", amount = "cents", unit = "eurocent", concept = "income", min = {min}, max = {max} }}]
            analysis = {{ kind = "eligibility", datasets = ["income"], comparison = "{comparison}", max_addends = 8, missing = "refuse", line_min = 0, line_max = {line_max}, known_min = {known_min}, known_max = {known_max} }}
            disclosure = {{ to = "provider", answers = 1000000 }}
            "#
        )
    }

    fn parsed(&self) -> Agreement<Eligibility> {
        Agreement::parse(&self.agreement()).expect("a sound agreement")
    }
}

/// A household's incomes, what is known of it, and its line.
#[derive(Clone, Debug)]
struct Case {
    incomes: Vec<i64>,
    known: i64,
    line: i64,
}

impl Case {
    /// Incomes at the ends or anywhere; a line just below, on or just above the sum, at the ends, or anywhere.
    fn any(setting: &Setting) -> impl Strategy<Value = Self> + use<> {
        let Setting { min, max, known_min, known_max, line_max, .. } = *setting;
        let incomes = prop_oneof![
            vec(Just(min), 1..=8),
            vec(Just(max), 1..=8),
            vec(select(vec![min, max, 0.clamp(min, max)]), 1..=8),
            vec(min..=max, 1..=8),
        ];
        let known = prop_oneof![1 => Just(known_min), 1 => Just(known_max), 2 => known_min..=known_max];
        (incomes, known).prop_flat_map(move |(incomes, known)| {
            let total: i64 = incomes.iter().sum::<i64>() + known;
            let near = select(vec![total - 1, total, total, total + 1, 0, line_max]);
            let line = prop_oneof![6 => near, 1 => 0..=line_max];
            (Just(incomes), Just(known), line.prop_map(move |line| line.clamp(0, line_max)))
                .prop_map(|(incomes, known, line)| Self { incomes, known, line })
        })
    }

    /// The oracle: plain arithmetic.
    fn eligible(&self, setting: &Setting) -> bool {
        let total =
            self.incomes.iter().map(|income| i128::from(*income)).sum::<i128>() + i128::from(self.known);
        match setting.comparison {
            "below" => total < i128::from(self.line),
            _ => total <= i128::from(self.line),
        }
    }
}

fn cents(value: i64) -> Cents {
    Cents::try_from(value).expect("in range")
}

fn id(text: String) -> SubjectId {
    SubjectId::try_from(text).expect("an identifier")
}

/// Person ids in ascending order, so that a table's rows keep the order in which they are made.
fn person(number: usize) -> SubjectId {
    id(format!("p{number:09}"))
}

fn households(cases: &[Case]) -> (Households, Vec<SubjectId>) {
    let mut people = Vec::new();
    let mut made = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        let members: Vec<SubjectId> = (0..case.incomes.len()).map(|i| person(people.len() + i)).collect();
        people.extend(members.clone());
        made.push(Household::new(id(format!("h{index}")), members, cents(case.line), cents(case.known)));
    }
    (Households::new(made).expect("valid households"), people)
}

fn csv<'a>(column: &str, subjects: &[SubjectId], amounts: impl Iterator<Item = &'a i64>) -> String {
    let mut csv = format!("{column},cents\n");
    for (subject, amount) in subjects.iter().zip(amounts) {
        writeln!(csv, "{subject},{amount}").expect("in memory");
    }
    csv
}

fn table<'a>(
    agreement: &Agreement<Eligibility>,
    name: &str,
    subjects: &[SubjectId],
    amounts: impl Iterator<Item = &'a i64>,
) -> Table {
    let column = agreement.dataset(name).expect("a dataset").subject.column();
    let csv = csv(column, subjects, amounts);
    Table::from_csv(agreement, name, csv.as_bytes()).expect("valid amounts")
}

fn any_setting() -> impl Strategy<Value = Setting> {
    let min = select(vec![0, 0, -1, -50_000, 1_000]);
    let span = select(vec![1, 15, 16, 255, 4_095, 262_143, 500_000, 4_194_303, 5_900_000, 1 << 40]);
    let comparison = select(vec!["below", "at-most"]);
    let (known_min, known_max) = (select(vec![0, -1, -1_000_000]), select(vec![0, 1, 13_000_000]));
    (min, span, comparison, known_min, known_max).prop_flat_map(
        |(min, span, comparison, known_min, known_max)| {
            select(vec![0, 1, 150_107, 8 * (span + 2_000_000), 1 << 45]).prop_map(move |line_max| Setting {
                min,
                max: min + span,
                comparison,
                known_min,
                known_max,
                line_max,
            })
        },
    )
}

#[test]
fn a_million_boundary_households_on_plaintext_agree_with_the_oracle() {
    let [eligible, all] = [Cell::new(0), Cell::new(0)];
    let job = any_setting().prop_flat_map(|setting| (Just(setting), vec(Case::any(&setting), 1..=1_000)));
    for_all(2_000, job, |(setting, cases)| {
        let agreement = &setting.parsed();
        let (households, people) = households(&cases);
        let table = table(agreement, "income", &people, cases.iter().flat_map(|case| &case.incomes));
        let answers = plaintext::answers(agreement, &households, &[table]).expect("agreed households");
        let expected: Vec<bool> = cases.iter().map(|case| case.eligible(&setting)).collect();
        assert_eq!(answers, expected.iter().map(|answer| vec![Value::YesNo(*answer)]).collect::<Vec<_>>());
        all.set(all.get() + expected.len());
        eligible.set(eligible.get() + expected.iter().filter(|answer| **answer).count());
    });
    // Both answers are really tested.
    assert!(
        (all.get() / 5..all.get() * 4 / 5).contains(&eligible.get()),
        "{} of {}",
        eligible.get(),
        all.get()
    );
}

#[test]
fn three_hundred_households_with_real_keys_agree_with_the_oracle() {
    let setting = Setting {
        min: -1_000,
        max: 261_143,
        comparison: "at-most",
        known_min: -90_000,
        known_max: 50_000,
        line_max: 400_000,
    };
    let cases = sample(vec(Case::any(&setting), 304));
    let (households, people) = households(&cases);
    let incomes = csv("person", &people, cases.iter().flat_map(|case| &case.incomes));
    let scene = Scene::<Eligibility>::new(&setting.agreement(), &[incomes]);
    let answer = scene.play(&households);
    assert_eq!(answer.rows().len(), cases.len());
    for ((household, eligible), case) in answer.rows().zip(&cases) {
        assert_eq!(eligible, case.eligible(&setting), "{household}");
    }
    let plan = scene.evaluator.plan(scene.agreement(), &households, &scene.tables).expect("plans");
    assert!(plan.log2_failure < -64.0);
}

#[test]
fn ffts_per_household_are_frozen() {
    let setting = |bits: u32| Setting {
        min: 0,
        max: (1 << bits) - 1,
        comparison: "below",
        known_min: 0,
        known_max: 0,
        line_max: 100_000,
    };
    // A chain of lookups would take 5, 6, 8, 9, 12 and 18 bootstraps of 3,672 FFTs each for 18 bits.
    let expected = [
        (18, [352, 790, 1_398, 2_138, 3_178, 4_290, 5_564, 7_000]),
        (22, [430, 994, 1_800, 2_810, 4_192, 5_718, 7_478, 9_472]),
    ];
    for (bits, ffts) in expected {
        let plans = Plan::of_samples(&setting(bits).parsed());
        let found: Vec<u64> = plans.iter().map(|(_, plan)| plan.leveled.ffts).collect();
        assert_eq!(found, ffts, "{bits} bits");
        assert!(plans.iter().all(|(_, plan)| plan.bootstraps == 0));
    }
}

#[test]
fn with_real_keys_a_person_takes_at_most_600_bytes_beside_the_identifier() {
    let setting = Setting {
        min: 0,
        max: (1 << 18) - 1,
        comparison: "below",
        known_min: 0,
        known_max: 0,
        line_max: 100_000,
    };
    let rows = 20_000;
    let mut incomes = String::from("person,cents\n");
    (0..rows).for_each(|row| incomes += &format!("{row},{row}\n"));
    let scene = Scene::<Eligibility>::new(&setting.agreement(), &[incomes]);
    let table = &scene.tables[0];
    let header = table.header();
    let bytes = header.payload_bytes + 32 * header.chunks() + 96 + 128;
    assert_eq!(table.width(), 36);
    assert_eq!((header.chunks(), header.chunk_bytes), (358, 1 << 15), "56 people a bin");
    assert!(bytes <= 600 * table.rows() as u64, "{} bytes a person", bytes / table.rows() as u64);
}

/// A person dataset and a household dataset (minus a part of the norm, so signed), with records left out at random.
#[test]
fn missing_records_count_as_zero_and_household_datasets_add_one_amount() {
    let text = r#"
        agreement = { name = "n", purpose = "p", legal_basis = "l", valid_from = 2020-01-01, valid_until = 2099-12-31, retention_days = 1 }
        party = [
            { name = "one", roles = ["data-provider", "auditor"] },
            { name = "two", roles = ["data-provider"] },
            { name = "evaluator", roles = ["evaluator"] },
            { name = "holder", roles = ["key-holder"] },
        ]
        dataset = [
            { name = "income", provider = "one", subject = "person", amount = "cents", unit = "eurocent", concept = "income", min = 0, max = 300000 },
            { name = "other", provider = "two", subject = "household", amount = "cents", unit = "eurocent", concept = "income", min = -250000, max = 40000 },
        ]
        analysis = { kind = "eligibility", datasets = ["income", "other"], comparison = "below", max_addends = 5, missing = "MISSING", line_min = 0, line_max = 900000, known_min = -1000, known_max = 1000 }
        disclosure = { to = "holder", answers = 1000000 }
    "#;
    let zero =
        Agreement::parse(&text.replace("\"MISSING\"", "\"zero\", matched_at_least = 0.1")).expect("sound");
    let refuse = Agreement::parse(&text.replace("MISSING", "refuse")).expect("sound");
    // Of each member an income or none, of the household another amount or none, what is known, and by how much the line
    // is off the total.
    let income = prop_oneof![1 => Just(None), 4 => prop_oneof![Just(0), Just(300_000), 0..=0x3ffff_i64].prop_map(Some)];
    let other = prop_oneof![1 => Just(None), 2 => (-250_000..=40_000_i64).prop_map(Some)];
    let household = (vec(income, 1..=4), other, -1_000..=1_000_i64, -1..=1_i64);
    for_all(400, vec(household, 1..=100), |cases| {
        // A first row of each table about somebody whom nobody asks about keeps it from being empty.
        let (mut people, mut incomes) = (vec![person(0)], vec![0]);
        let (mut with_other, mut others) = (vec![id("a".to_owned())], vec![0]);
        let (mut made, mut expected, mut any_missing) = (Vec::new(), Vec::new(), false);
        let mut next = 1;
        for (index, (members, other, known, off)) in cases.into_iter().enumerate() {
            let mut ids = Vec::new();
            for income in &members {
                ids.push(person(next));
                if let Some(income) = income {
                    people.push(person(next));
                    incomes.push(*income);
                }
                next += 1;
            }
            let household = id(format!("h{index:09}"));
            if let Some(other) = other {
                with_other.push(household.clone());
                others.push(other);
            }
            any_missing |= other.is_none() || members.contains(&None);
            let total = known + members.iter().flatten().sum::<i64>() + other.unwrap_or(0);
            let line = (total + off).clamp(0, 900_000);
            expected.push(vec![Value::YesNo(total < line)]);
            made.push(Household::new(household, ids, cents(line), cents(known)));
        }
        let households = Households::new(made).expect("valid households");
        let tables = |agreement: &Agreement<Eligibility>| {
            [
                table(agreement, "income", &people, incomes.iter()),
                table(agreement, "other", &with_other, others.iter()),
            ]
        };
        let answers = plaintext::answers(&zero, &households, &tables(&zero)).expect("agreed households");
        assert_eq!(answers, expected);
        match plaintext::answers(&refuse, &households, &tables(&refuse)) {
            Ok(answers) => assert!(!any_missing && answers == expected),
            Err(refused) => {
                assert!(any_missing && refused.to_string().contains("no record in dataset"), "{refused}");
            }
        }
    });
}

#[test]
fn an_agreement_with_numbers_at_the_ends_of_their_type_is_refused() {
    for key in ["min = 0", "max = 500000", "norms = [150107, 205348]", "max_addends = 2", "answers = 2000"] {
        for value in [i64::MIN, i64::MIN + 1, -1_000_000_000_000_001, i64::MAX, 1_000_000_000_000_001] {
            let name = key.split(' ').next().expect("a key");
            let value = if name == "norms" { format!("[{value}]") } else { value.to_string() };
            let text = SVB_UWV.replace(key, &format!("{name} = {value}"));
            assert_ne!(text, SVB_UWV);
            let positive_answers = name == "answers" && !value.starts_with('-');
            assert_eq!(Agreement::<Eligibility>::parse(&text).is_ok(), positive_answers, "{name} = {value}");
        }
    }
    for known in ["known_min = -9223372036854775808", "known_max = 9223372036854775807"] {
        let text = SVB_UWV.replace("max_addends = 2", &format!("max_addends = 2\n{known}"));
        assert!(Agreement::<Eligibility>::parse(&text).is_err(), "{known}");
    }
}
