//! What each role's own step takes: making keys, encrypting, releasing. Prints sizes in bytes first.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use drempel::{DataProvider, KeyHolder};

#[allow(dead_code, missing_docs, reason = "each bench uses a part")]
mod job;

const PEOPLE: usize = 10_000;
const ANSWERS: usize = 64;

fn roles(criterion: &mut Criterion) {
    let agreement = job::agreement(2);
    let (_, public, evaluation) = KeyHolder::generate(&agreement).expect("in force");
    let bytes = |write: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = Vec::new();
        write(&mut bytes);
        bytes.len()
    };
    println!("public key      {:>10} bytes", bytes(&|out| public.write(out).expect("writes")));
    println!("evaluation key  {:>10} bytes", bytes(&|out| evaluation.write(out).expect("writes")));
    let incomes = job::incomes(&agreement, PEOPLE);
    let provider = DataProvider::new(public);
    let table = provider.encrypt(&agreement, &incomes).expect("encrypts");
    let digits = (table.rows() * table.width()) as f64;
    println!("table           {:>10.3} bytes per digit", table.header().payload_bytes as f64 / digits);

    let mut group = criterion.benchmark_group("roles");
    group.sample_size(10);
    group.bench_function("keygen", |bencher| bencher.iter(|| KeyHolder::generate(&agreement)));
    group.throughput(Throughput::Elements(PEOPLE as u64));
    group.bench_function("encrypt", |bencher| bencher.iter(|| provider.encrypt(&agreement, &incomes)));
    let job = job::Job::new(2, 2 * ANSWERS);
    let answer = job.evaluate(&job::households(ANSWERS, 2));
    group.throughput(Throughput::Elements(ANSWERS as u64));
    group.bench_function("release", |bencher| bencher.iter(|| job.holder.release(&job.agreement, &answer)));
    group.finish();
}

criterion_group!(benches, roles);
criterion_main!(benches);
