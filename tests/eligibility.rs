//! Eligibility against an oracle that is no part of drempel: on plaintext by the million, with real keys by the hundred.

use std::fmt::Write;

use drempel::Agreement;
use drempel::analysis::Eligibility;
use drempel::analysis::Value;
use drempel::plaintext;
use drempel::units::{Cents, SubjectId};
use drempel::{Household, Households, Plan, Table};
use drempel_test_support::{Random, SVB_UWV, Scene};

/// One agreement's numbers.
#[derive(Clone, Copy)]
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
struct Case {
    incomes: Vec<i64>,
    known: i64,
    line: i64,
}

impl Case {
    /// Incomes at the ends or anywhere; a line just below, on or just above the sum, at the ends, or anywhere.
    fn random(random: &mut Random, setting: &Setting) -> Self {
        let size = random.between(1, 8);
        let kind = random.between(0, 3);
        let income = |random: &mut Random| match kind {
            0 => setting.min,
            1 => setting.max,
            2 => random.pick(&[setting.min, setting.max, 0.clamp(setting.min, setting.max)]),
            _ => random.between(setting.min, setting.max),
        };
        let incomes: Vec<i64> = (0..size).map(|_| income(random)).collect();
        let known = match random.between(0, 3) {
            0 => setting.known_min,
            1 => setting.known_max,
            _ => random.between(setting.known_min, setting.known_max),
        };
        let total: i64 = incomes.iter().sum::<i64>() + known;
        let line = match random.between(0, 6) {
            0 => total - 1,
            1 | 2 => total,
            3 => total + 1,
            4 => 0,
            5 => setting.line_max,
            _ => random.between(0, setting.line_max),
        };
        Self { incomes, known, line: line.clamp(0, setting.line_max) }
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

/// Person ids in ascending order, so that a table's rows keep the order in which they are made.
fn person(number: usize) -> SubjectId {
    SubjectId::try_from(format!("p{number:09}")).expect("an identifier")
}

fn households(cases: &[Case]) -> (Households, Vec<SubjectId>) {
    let mut people = Vec::new();
    let mut made = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        let members: Vec<SubjectId> = (0..case.incomes.len()).map(|i| person(people.len() + i)).collect();
        people.extend(members.clone());
        let id = SubjectId::try_from(format!("h{index}")).expect("an identifier");
        made.push(Household::new(id, members, cents(case.line), cents(case.known)));
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

#[test]
fn a_million_boundary_households_on_plaintext_agree_with_the_oracle() {
    let mut random = Random(2025);
    let mut eligible = 0;
    let (rounds, per_round) = (100, 10_000);
    for round in 0..rounds {
        let min = random.pick(&[0, 0, -1, -50_000, 1_000]);
        let span = random.pick(&[1, 15, 16, 255, 4_095, 262_143, 500_000, 4_194_303, 5_900_000, 1 << 40]);
        let setting = Setting {
            min,
            max: min + span,
            comparison: if round % 2 == 0 { "below" } else { "at-most" },
            known_min: random.pick(&[0, -1, -1_000_000]),
            known_max: random.pick(&[0, 1, 13_000_000]),
            line_max: random.pick(&[0, 1, 150_107, 8 * (span + 2_000_000), 1 << 45]),
        };
        let agreement = &setting.parsed();
        let cases: Vec<Case> = (0..per_round).map(|_| Case::random(&mut random, &setting)).collect();
        let (households, people) = households(&cases);
        let table = table(agreement, "income", &people, cases.iter().flat_map(|case| &case.incomes));
        let answers = plaintext::answers(agreement, &households, &[table]).expect("agreed households");
        assert_eq!(answers.len(), per_round);
        for (case, answer) in cases.iter().zip(&answers) {
            assert_eq!(*answer, [Value::YesNo(case.eligible(&setting))], "round {round}");
            eligible += usize::from(case.eligible(&setting));
        }
    }
    // Both answers are really tested.
    assert!((200_000..800_000).contains(&eligible), "{eligible}");
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
    let mut random = Random(7);
    let cases: Vec<Case> = (0..304).map(|_| Case::random(&mut random, &setting)).collect();
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
fn bootstraps_per_household_are_frozen() {
    let setting = |bits: u32| Setting {
        min: 0,
        max: (1 << bits) - 1,
        comparison: "below",
        known_min: 0,
        known_max: 0,
        line_max: 100_000,
    };
    let expected = [(18, [5, 6, 8, 9, 12, 18, 18, 18]), (22, [6, 8, 10, 11, 14, 22, 22, 22])];
    for (bits, bootstraps) in expected {
        let plans = Plan::of_samples(&setting(bits).parsed());
        let found: Vec<u64> = plans.iter().map(|(_, plan)| plan.bootstraps).collect();
        assert_eq!(found, bootstraps, "{bits} bits");
    }
}

#[test]
fn with_real_keys_a_ciphertext_takes_16_bytes_and_at_most_2_percent_more() {
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
    // Identifiers and their lengths included.
    let bytes = header.metadata_bytes + header.payload_bytes + 32 * header.chunks() + 96 + 128;
    let digits = (table.rows() * table.width()) as f64;
    assert_eq!(table.width(), 58);
    assert!(bytes as f64 <= 16.0 * digits * 1.02, "{} bytes per digit", bytes as f64 / digits);
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
    let zero = Agreement::parse(&text.replace("MISSING", "zero")).expect("sound");
    let refuse = Agreement::parse(&text.replace("MISSING", "refuse")).expect("sound");
    let mut random = Random(99);
    let count = 20_000;
    let (mut incomes, mut others) = (Vec::new(), Vec::new());
    let (mut people, mut with_other) = (Vec::new(), Vec::new());
    let (mut made, mut expected, mut any_missing) = (Vec::new(), Vec::new(), false);
    let mut next = 0;
    for index in 0..count {
        let mut members = Vec::new();
        let mut total = random.between(-1_000, 1_000);
        let known = total;
        for _ in 0..random.between(1, 4) {
            members.push(person(next));
            if random.between(0, 4) > 0 {
                let income = random.pick(&[0, 300_000, random.0 as i64 & 0x3ffff]);
                people.push(person(next));
                incomes.push(income);
                total += income;
            } else {
                any_missing = true;
            }
            next += 1;
        }
        let id = format!("h{index:09}");
        if random.between(0, 2) > 0 {
            let other = random.between(-250_000, 40_000);
            with_other.push(SubjectId::try_from(id.as_str()).expect("an identifier"));
            others.push(other);
            total += other;
        }
        let line = (total + random.between(-1, 1)).clamp(0, 900_000);
        expected.push(vec![Value::YesNo(total < line)]);
        made.push(Household::new(
            SubjectId::try_from(id).expect("an identifier"),
            members,
            cents(line),
            cents(known),
        ));
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
    assert!(any_missing);
    let refused = plaintext::answers(&refuse, &households, &tables(&refuse));
    assert!(refused.expect_err("somebody is missing").to_string().contains("no record in dataset"));
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
