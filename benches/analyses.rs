//! Every analysis on its example: `examples/data/KIND`, evaluated again and again with one key set.
//!
//!     cargo bench --bench analyses -- --quick

use std::fs;
use std::path::Path;

use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use drempel::agreement::Role;
use drempel::analysis::{Analysis, Question};
use drempel::{DataProvider, Evaluator, KeyHolder, Ledger, PublicKey, Rehearsal, Table};

fn analyses(criterion: &mut Criterion) {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut kinds: Vec<_> = fs::read_dir(examples.join("data")).expect("reads").flatten().collect();
    kinds.sort_by_key(fs::DirEntry::file_name);
    let mut group = criterion.benchmark_group("analyses");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    for kind in kinds {
        let (data, name) = (kind.path(), kind.file_name().into_string().expect("a name"));
        let text = fs::read_to_string(examples.join("agreements").join(format!("{name}.toml")));
        let parties = Rehearsal::<Question>::of(&text.expect("an agreement")).expect("sound");
        let agreement = parties.agreement();
        let key = |role: Role| {
            let party = agreement.holders(role).next().expect("a party for each role");
            parties.key(&party.name)
        };
        let keys = KeyHolder::generate(agreement, key(Role::KeyHolder), &mut Ledger::in_memory());
        let (_, public_key, evaluation_key) = keys.expect("in force");
        let mut public = Vec::new();
        public_key.write(&mut public).expect("in memory");
        let encrypt = |dataset: &String| {
            let csv = fs::File::open(data.join(format!("{dataset}.csv"))).expect("a table");
            let table = Table::from_csv(agreement, dataset, csv).expect("valid");
            let public = PublicKey::from_bytes(public.clone()).expect("just written");
            let provider = DataProvider::new(public, parties.key(&table.dataset().provider));
            provider.encrypt(agreement, &table).expect("encrypts")
        };
        let tables: Vec<_> = agreement.analysis().datasets().iter().map(encrypt).collect();
        let mut cases = fs::File::open(data.join("cases.csv")).expect("cases");
        let cases = agreement.analysis().read_cases(&mut cases).expect("valid");
        let evaluator = Evaluator::new(&evaluation_key, key(Role::Evaluator)).expect("in memory");
        let plan = evaluator.plan(agreement, &cases, &tables).expect("plans");
        println!("{name}: {} answers, {} bootstraps", plan.answers, plan.bootstraps);
        group.bench_function(name, |bencher| {
            bencher.iter(|| evaluator.evaluate(agreement, &cases, &tables, |_| {}).expect("evaluates"));
        });
    }
}

criterion_group!(benches, analyses);
criterion_main!(benches);
