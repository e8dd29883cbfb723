//! Every analysis: its example (`examples/data/KIND`) and, of some, one job at the size for which it is meant. Only the
//! evaluation is measured.
//!
//!     cargo bench --bench analyses -- --quick

use std::fmt::Write;
use std::fs;
use std::path::Path;

use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use drempel::agreement::Role;
use drempel::analysis::{Program, Question};
use drempel::{DataProvider, Evaluator, KeyHolder, Ledger, PublicKey, Rehearsal, Table};

/// One job in plaintext.
struct Job {
    name: String,
    agreement: String,
    /// In the order of the analysis's datasets.
    tables: Vec<String>,
    cases: String,
}

impl Job {
    /// Plays all roles up to the evaluation, and measures that.
    fn bench(&self, criterion: &mut Criterion) {
        let parties = Rehearsal::<Question>::of(&self.agreement).expect("sound");
        let agreement = parties.agreement();
        let key = |role: Role| {
            let party = agreement.holders(role).next().expect("a party for each role");
            parties.key(&party.name)
        };
        let keys = KeyHolder::generate(agreement, key(Role::KeyHolder), &mut Ledger::in_memory());
        let (_, public_key, evaluation_key) = keys.expect("in force");
        let mut public = Vec::new();
        public_key.write(&mut public).expect("in memory");
        let encrypt = |(dataset, csv): (&String, &String)| {
            let table = Table::from_csv(agreement, dataset, csv.as_bytes()).expect("valid");
            let public = PublicKey::from_bytes(public.clone()).expect("just written");
            let provider = DataProvider::new(public, parties.key(&table.dataset().provider));
            provider.encrypt(agreement, &table).expect("encrypts")
        };
        let tables: Vec<_> = agreement.analysis().datasets().iter().zip(&self.tables).map(encrypt).collect();
        let cases = agreement.analysis().read_cases(&mut self.cases.as_bytes()).expect("valid");
        let evaluator = Evaluator::new(&evaluation_key, key(Role::Evaluator)).expect("in memory");
        let plan = evaluator.plan(agreement, &cases, &tables).expect("plans");
        println!("{}: {} answers, {} bootstraps", self.name, plan.answers, plan.bootstraps);
        let mut group = criterion.benchmark_group("analyses");
        group.sample_size(10).sampling_mode(SamplingMode::Flat);
        group.bench_function(&self.name, |bencher| {
            bencher.iter(|| evaluator.evaluate(agreement, &cases, &tables, |_| {}).expect("evaluates"));
        });
    }
}

fn examples(criterion: &mut Criterion) {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut kinds: Vec<_> = fs::read_dir(examples.join("data")).expect("reads").flatten().collect();
    kinds.sort_by_key(fs::DirEntry::file_name);
    for kind in kinds {
        let name = kind.file_name().into_string().expect("a name");
        let text = |path: &Path| fs::read_to_string(path).expect("reads");
        let agreement = text(&examples.join(format!("agreements/{name}.toml")));
        let datasets = Rehearsal::<Question>::of(&agreement).expect("sound");
        let datasets = datasets.agreement().analysis().datasets().to_vec();
        let tables = datasets.iter().map(|dataset| text(&kind.path().join(format!("{dataset}.csv"))));
        let (tables, cases) = (tables.collect(), text(&kind.path().join("cases.csv")));
        Job { name: format!("example/{name}"), agreement, tables, cases }.bench(criterion);
    }
}

/// An agreement over datasets of the given names, subjects and bounds.
fn agreement(datasets: &[(&str, &str, i64, i64)], analysis: &str) -> String {
    let mut text = r#"
        agreement = { name = "bench", purpose = "p", legal_basis = "l", valid_from = 2020-01-01, valid_until = 2099-12-31, retention_days = 1 }
        party = [
            { name = "provider", roles = ["data-provider", "auditor"] },
            { name = "evaluator", roles = ["evaluator"] },
            { name = "holder", roles = ["key-holder"] },
        ]
        disclosure = { to = "holder", answers = 1000000 }
    "#
    .to_owned();
    for (name, subject, min, max) in datasets {
        writeln!(
            text,
            "[[dataset]]\nname = \"{name}\"\nprovider = \"provider\"\nsubject = \"{subject}\"\namount = \"value\"\n\
             unit = \"unit\"\nconcept = \"{name}\"\nmin = {min}\nmax = {max}"
        )
        .expect("in memory");
    }
    text + "[analysis]\n" + analysis
}

/// Any number below a bound, the same every time.
fn value(place: usize, bound: usize) -> usize {
    (place * 7_919 + 104_729) % bound
}

/// Rows of a CSV file.
fn csv(head: &str, rows: usize, row: impl Fn(usize) -> String) -> String {
    (0..rows).fold(format!("{head}\n"), |text, place| text + &row(place) + "\n")
}

/// Forty people by scores of 16 bits, from two datasets.
fn ranking(ties: &str) -> Job {
    let scores = |start: usize| csv("person,value", 40, |i| format!("p{i},{}", value(start + i, 1 << 15)));
    Job {
        name: format!("ranking of 40, {ties}"),
        agreement: agreement(
            &[("a", "person", 0, (1 << 15) - 1), ("b", "person", 0, (1 << 15) - 1)],
            &format!(
                "kind = \"ranking\"\ndatasets = [\"a\", \"b\"]\nweights = [1, 1]\norder = \"highest-first\"\n\
                 ties = \"{ties}\"\nmax_people = 40\n"
            ),
        ),
        tables: vec![scores(0), scores(100)],
        cases: csv("person", 40, |i| format!("p{i}")),
    }
}

/// An area of 25 couples: incomes of 18 bits, costs, energy labels.
fn area() -> Job {
    let conditions = r#"kind = "area_count"
        at_risk = [["low income", "high costs"], ["low income", "low quality"]]
        max_households = 25
        [[analysis.condition]]
        name = "low income"
        datasets = ["income"]
        comparison = "below"
        line = 205348
        max_addends = 2
        missing = "refuse"
        [[analysis.condition]]
        name = "high costs"
        datasets = ["costs"]
        comparison = "above"
        line = 180
        max_addends = 1
        missing = "refuse"
        [[analysis.condition]]
        name = "low quality"
        datasets = ["label"]
        comparison = "at-least"
        line = 4
        max_addends = 1
        missing = "refuse"
    "#;
    let datasets = [
        ("income", "person", 0, (1 << 18) - 1),
        ("costs", "household", 0, 255),
        ("label", "household", 1, 7),
    ];
    Job {
        name: "area of 25 couples".to_owned(),
        agreement: agreement(&datasets, conditions),
        tables: vec![
            csv("person,value", 50, |i| format!("p{i},{}", value(i, 200_000))),
            csv("household,value", 25, |i| format!("h{i},{}", value(i, 256))),
            csv("household,value", 25, |i| format!("h{i},{}", 1 + value(i, 7))),
        ],
        cases: csv("household,person,area", 50, |i| format!("h{},p{i},1102AB", i / 2)),
    }
}

/// 100,000 people in a hundred groups, with the variance.
fn mean() -> Job {
    let analysis = "kind = \"group_mean\"\ndatasets = [\"income\"]\nmax_group = 5000\nvariance = \"released\"\n\
                    missing = \"refuse\"\n";
    Job {
        name: "mean of 100,000".to_owned(),
        agreement: agreement(&[("income", "person", 0, (1 << 21) - 1)], analysis),
        tables: vec![csv("person,value", 100_000, |i| format!("p{i},{}", value(i, 1 << 21)))],
        cases: csv("person,group", 100_000, |i| format!("p{i},g{}", i % 100)),
    }
}

fn sizes(criterion: &mut Criterion) {
    for job in [mean(), area(), ranking("list-order"), ranking("shared")] {
        job.bench(criterion);
    }
}

criterion_group!(benches, examples, sizes);
criterion_main!(benches);
