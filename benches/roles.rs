//! What each role's own step takes: making keys, encrypting, releasing. Prints sizes in bytes first.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use drempel::audit::Evaluated;
use drempel::{Auditor, DataProvider, KeyHolder, Ledger};

#[allow(dead_code, missing_docs, reason = "each bench uses a part")]
mod job;

const PEOPLE: usize = 10_000;
const ANSWERS: usize = 64;

fn roles(criterion: &mut Criterion) {
    let rehearsal = job::rehearsal(2);
    let agreement = rehearsal.agreement();
    let keygen = || KeyHolder::generate(agreement, rehearsal.key("holder"), &mut Ledger::in_memory());
    let (_, public, evaluation) = keygen().expect("in force");
    let bytes = |write: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = Vec::new();
        write(&mut bytes);
        bytes.len()
    };
    println!("public key      {:>10} bytes", bytes(&|out| public.write(out).expect("writes")));
    println!("evaluation key  {:>10} bytes", bytes(&|out| evaluation.write(out).expect("writes")));
    let incomes = job::incomes(agreement, PEOPLE);
    let provider = DataProvider::new(public, rehearsal.key("provider"));
    let table = provider.encrypt(agreement, &incomes).expect("encrypts");
    let digits = (table.rows() * table.width()) as f64;
    println!("table           {:>10.3} bytes per digit", table.header().payload_bytes as f64 / digits);

    let mut group = criterion.benchmark_group("roles");
    group.sample_size(10);
    group.bench_function("keygen", |bencher| bencher.iter(keygen));
    group.throughput(Throughput::Elements(PEOPLE as u64));
    group.bench_function("encrypt", |bencher| bencher.iter(|| provider.encrypt(agreement, &incomes)));
    let job = job::Job::new(2, 2 * ANSWERS);
    let households = job::households(ANSWERS, 2);
    let answer = job.evaluate(&households).answer;
    let agreement = job.rehearsal.agreement();
    let auditor = Auditor::new(&job.evaluation_key, job.rehearsal.key("provider")).expect("in memory");
    let tables = [job.table];
    let evaluated = Evaluated { answer: &answer, transcript: None, blinding: None };
    let audit = || auditor.audit(agreement, &households, &tables, &evaluated, |_| {}).expect("attests");
    group.throughput(Throughput::Elements(ANSWERS as u64));
    group.bench_function("evaluate", |bencher| {
        bencher.iter(|| job.evaluator.evaluate(agreement, &households, &tables, |_| {}));
    });
    group.bench_function("audit at 1.0", |bencher| bencher.iter(audit));
    let attestation = [audit()];
    // An answer is released once: each round begins with a ledger that knows the key set and nothing more.
    let first = &job.ledger.entries()[0].event;
    let fresh = || {
        let mut ledger = Ledger::in_memory();
        ledger.append(first.clone(), &job.rehearsal.key("holder")).expect("in memory");
        ledger
    };
    group.bench_function("release", |bencher| {
        bencher.iter_batched(
            fresh,
            |mut ledger| job.holder.release(agreement, &answer, &attestation, &mut ledger).expect("releases"),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group!(benches, roles);
criterion_main!(benches);
