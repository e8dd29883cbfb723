//! Peak memory of each step, as the operating system counts it (Linux): criterion measures KiB instead of seconds.

use std::fs;

use criterion::measurement::{Measurement, ValueFormatter};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use drempel::{KeyHolder, Ledger};

#[allow(dead_code, missing_docs, reason = "each bench uses a part")]
mod job;

/// The process's largest resident set since the measurement began.
struct Peak;

impl Measurement for Peak {
    type Intermediate = ();
    type Value = u64;

    fn start(&self) {
        // Sets the mark back to what is resident now.
        fs::write("/proc/self/clear_refs", "5").expect("Linux");
    }

    fn end(&self, (): ()) -> u64 {
        let status = fs::read_to_string("/proc/self/status").expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    fn add(&self, one: &u64, other: &u64) -> u64 {
        one + other
    }

    fn zero(&self) -> u64 {
        0
    }

    fn to_f64(&self, value: &u64) -> f64 {
        *value as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        &Kibibytes
    }
}

struct Kibibytes;

impl ValueFormatter for Kibibytes {
    fn scale_values(&self, _typical: f64, values: &mut [f64]) -> &'static str {
        values.iter_mut().for_each(|value| *value /= 1_024.0);
        "MiB"
    }

    fn scale_throughputs(&self, _: f64, _: &Throughput, _: &mut [f64]) -> &'static str {
        "MiB"
    }

    fn scale_for_machines(&self, _: &mut [f64]) -> &'static str {
        "KiB"
    }
}

fn memory(criterion: &mut Criterion<Peak>) {
    let mut group = criterion.benchmark_group("peak memory of the process");
    group.sample_size(10);
    // One run per measurement: a peak is not divided by the number of runs.
    let peak_of = |run: &mut dyn FnMut()| {
        Peak.start();
        run();
        Peak.end(())
    };
    let rehearsal = job::rehearsal(2);
    let agreement = rehearsal.agreement();
    group.bench_function("keygen", |bencher| {
        bencher.iter_custom(|runs| {
            let keygen = || {
                let _ = KeyHolder::generate(agreement, rehearsal.key("holder"), &mut Ledger::in_memory());
            };
            (0..runs).map(|_| peak_of(&mut { keygen })).sum()
        });
    });
    let job = job::Job::new(2, 2 * 1_024);
    for count in [16, 256, 1_024] {
        let households = job::households(count, 2);
        group.bench_function(BenchmarkId::new("evaluate couples", count), |bencher| {
            bencher.iter_custom(|runs| {
                (0..runs).map(|_| peak_of(&mut || drop(job.evaluate(&households)))).sum()
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(Peak);
    targets = memory
}
criterion_main!(benches);
