//! What each role's own step takes: making keys, encrypting, releasing. Prints sizes in bytes first.

use std::time::Instant;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use drempel::{Auditor, DataProvider, Evaluated, KeyHolder, Ledger};

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
    let evaluated =
        Evaluated { answer: &answer, transcript: None, blinding: None, noise: job.evaluator.noise() };
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

/// What the gate adds to a job of 1,000 couples, and what an audit of all of it takes. In one go: the job takes a minute.
fn gate(_: &mut Criterion) {
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let count = 1_000;
    let mut job = job::Job::new(2, 2 * count);
    let households = job::households(count, 2);
    let clock = Instant::now();
    let answer = job.evaluate(&households).answer;
    let evaluate = clock.elapsed();
    let agreement = job.rehearsal.agreement();
    let auditor = Auditor::new(&job.evaluation_key, job.rehearsal.key("provider")).expect("in memory");
    let tables = [job.table];
    let evaluated =
        Evaluated { answer: &answer, transcript: None, blinding: None, noise: job.evaluator.noise() };
    let clock = Instant::now();
    let attestation = [auditor.audit(agreement, &households, &tables, &evaluated, |_| {}).expect("attests")];
    let audit = clock.elapsed();
    // The evaluator's own checks: signatures, households, lines, plan.
    let clock = Instant::now();
    job.evaluator.plan(agreement, &households, &tables).expect("plans");
    let checks = clock.elapsed();
    // The whole of a release, with a ledger on the disk: signatures, attestation, ledger, decryption.
    let folder = tempfile::tempdir().expect("a folder");
    let signer = job.rehearsal.key("holder");
    let mut ledger = Ledger::create(&folder.path().join("ledger.jsonl")).expect("new");
    ledger.append(job.ledger.entries()[0].event.clone(), &signer).expect("writes");
    job.ledger = ledger;
    let clock = Instant::now();
    job.holder.release(agreement, &answer, &attestation, &mut job.ledger).expect("releases");
    let release = clock.elapsed();
    let share = (checks + release).as_secs_f64() / (evaluate + release).as_secs_f64();
    let fewer = job::households(128, 2);
    let answer = job.evaluator.evaluate(agreement, &fewer, &tables, |_| {}).expect("evaluates").answer;
    let evaluated =
        Evaluated { answer: &answer, transcript: None, blinding: None, noise: job.evaluator.noise() };
    let mut ratios: Vec<f64> = (0..7)
        .map(|_| {
            let clock = Instant::now();
            job.evaluator.evaluate(agreement, &fewer, &tables, |_| {}).expect("evaluates");
            let evaluate = clock.elapsed();
            let clock = Instant::now();
            auditor.audit(agreement, &fewer, &tables, &evaluated, |_| {}).expect("attests");
            clock.elapsed().as_secs_f64() / evaluate.as_secs_f64()
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!("128 couples, taking turns: audit against evaluate {ratios:.2?}, median {:.2}", ratios[3]);
    println!(
        "1,000 couples: evaluate {evaluate:.1?}, of it checks {checks:.1?}; audit {audit:.1?}, {:.2} of evaluate; \
         release {release:.1?}; checks and release are {:.2} % of evaluate and release",
        audit.as_secs_f64() / evaluate.as_secs_f64(),
        100.0 * share,
    );
}

criterion_group!(benches, roles, gate);
criterion_main!(benches);
