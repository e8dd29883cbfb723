//! Couples on 1 and 2 threads, and 64 to 4,096 of them; then ratios with the two sides taking turns, because these
//! machines drift. `cargo bench --bench scaling -- --quick` takes a few minutes, without it an hour.

use std::time::Instant;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use drempel::circuit::LookupTable;
use drempel_fhe::bootstrap::measure::Measure;
use rayon::prelude::*;

#[allow(dead_code, missing_docs, reason = "each bench uses a part")]
mod job;

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads")
}

fn scaling(criterion: &mut Criterion) {
    let job = job::Job::new(2, 2 * 4_096);
    let mut group = criterion.benchmark_group("scaling");
    group.sample_size(10);
    for (threads, count) in [(1, 64), (2, 64), (2, 256), (2, 1_024), (2, 4_096)] {
        let (pool, households) = (pool(threads), job::households(count, 2));
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new(format!("{threads} threads"), count), |bencher| {
            bencher.iter(|| pool.install(|| job.evaluate(&households)));
        });
    }
    group.finish();
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    threads(&job);
    households(&job);
}

fn seconds(run: &dyn Fn()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// How much faster two threads are than one: of FFTs that share nothing (what the machine gives), of bootstraps, and of
/// whole jobs.
fn threads(job: &job::Job) {
    let pools = [pool(1), pool(2)];
    let (measure, inputs) = Measure::meaningless(64);
    let tables = vec![LookupTable::new(0..=15, |x| x); 64];
    let (small, large) = (job::households(64, 2), job::households(128, 2));
    let cases: [(&str, &(dyn Fn() + Sync)); 4] = [
        ("FFTs alone, nothing shared", &|| {
            (0..8).into_par_iter().for_each(|_| measure.ffts_of_one_rotation(16));
        }),
        ("64 bootstraps", &|| drop(measure.batched(&inputs, &tables, 16))),
        ("64 couples", &|| drop(job.evaluate(&small))),
        ("128 couples", &|| drop(job.evaluate(&large))),
    ];
    let mut ratios = vec![Vec::new(); cases.len()];
    for _ in 0..7 {
        for ((_, run), ratios) in cases.iter().zip(&mut ratios) {
            let [before, two, after] = [0, 1, 0].map(|index: usize| seconds(&|| pools[index].install(run)));
            ratios.push((before + after) / 2.0 / two);
        }
    }
    for ((name, _), ratios) in cases.iter().zip(ratios) {
        let shown: Vec<String> = ratios.iter().map(|ratio| format!("{ratio:.2}")).collect();
        println!("2 threads against 1, {name}: median {:.2} of {}", median(ratios), shown.join(" "));
    }
}

/// What a household costs in a larger job, against jobs of 64 before and after it.
fn households(job: &job::Job) {
    let pool = pool(2);
    let each = |count: usize| {
        let households = job::households(count, 2);
        seconds(&|| pool.install(|| drop(job.evaluate(&households)))) / count as f64
    };
    for (count, rounds) in [(256, 5), (1_024, 3), (4_096, 1)] {
        let mut ratios = Vec::new();
        for _ in 0..rounds {
            let runs = (count / 128).min(8);
            let small = |_| each(64);
            let before: f64 = (0..runs).map(small).sum();
            let large = each(count);
            let after: f64 = (0..runs).map(small).sum();
            ratios.push(large * 2.0 * runs as f64 / (before + after));
        }
        println!("{count} couples against 64 at a time: {:.3} each, median of {rounds}", median(ratios));
    }
}

criterion_group!(benches, scaling);
criterion_main!(benches);
