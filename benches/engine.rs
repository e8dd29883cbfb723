//! One bootstrap at a time with tfhe's `apply_lookup_table`, and ours in batches, on one thread.

use std::hint::black_box;
use std::time::Instant;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use drempel::circuit::LookupTable;
use drempel_fhe::bootstrap::measure::Measure;
use rayon::prelude::*;

const COUNT: usize = 32;

fn engine(criterion: &mut Criterion) {
    let (measure, inputs) = Measure::meaningless(COUNT);
    let tables = vec![LookupTable::new(0..=15, |x| x); COUNT];
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let mut group = criterion.benchmark_group("engine");
    group.sample_size(10).throughput(Throughput::Elements(COUNT as u64));
    // One thread: what a batch gains is not to be mixed up with what a second core gains.
    group.bench_function("apply_lookup_table", |bencher| {
        bencher.iter(|| measure.one_at_a_time(black_box(&inputs), |x| x));
    });
    for batch in [1, 2, 4, 8, 16, 32] {
        group.bench_function(BenchmarkId::new("batch", batch), |bencher| {
            bencher.iter(|| pool.install(|| measure.batched(black_box(&inputs), &tables, batch)));
        });
    }
    group.bench_function("fft floor", |bencher| bencher.iter(|| measure.ffts_of_one_rotation(COUNT)));
    group.bench_function("pack answers", |bencher| {
        bencher.iter(|| pool.install(|| measure.packing_keyswitch(black_box(&inputs))));
    });
    group.finish();
    parts(&measure, &inputs, &tables);
    paired(&measure);
}

/// Where the time of one bootstrap goes.
fn parts(measure: &Measure, inputs: &[u64], tables: &[LookupTable]) {
    let names = ["keyswitch", "modulus switch", "blind rotation", "extraction", "packing"];
    for batch in [1, 8, 16] {
        let run = || measure.parts(&inputs[..inputs.len() / COUNT * batch], &tables[..batch]);
        let runs: Vec<[f64; 5]> = (0..7).map(|_| run()).collect();
        for (part, name) in names.iter().enumerate() {
            let seconds = median(runs.iter().map(|run| run[part]).collect());
            println!("batch {batch:>2}: {name:<15} {:>7.3} ms each", seconds * 1e3 / batch as f64);
        }
    }
}

/// Ratios on a machine whose speed drifts: the two sides take turns, and the median of the rounds' ratios counts. On all
/// cores: tfhe's call on each core by itself, and our batches spread over them.
fn paired(measure: &Measure) {
    let threads = rayon::current_num_threads();
    let count = 32 * threads;
    let (_, inputs) = Measure::meaningless(count);
    let tables = vec![LookupTable::new(0..=15, |x| x); count];
    let timed = |run: &dyn Fn()| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    };
    let one_at_a_time = || {
        inputs.par_chunks(inputs.len() / threads).for_each(|inputs| {
            measure.one_at_a_time(inputs, |x| x);
        });
    };
    let fft = || (0..threads).into_par_iter().for_each(|_| measure.ffts_of_one_rotation(32));
    for batch in [1, 4, 8, 12, 16, 32] {
        let mut ratios = Vec::new();
        let mut floors = Vec::new();
        for _ in 0..5 {
            let ours = timed(&|| drop(measure.batched(&inputs, &tables, batch)));
            ratios.push(timed(&one_at_a_time) / ours);
            floors.push(timed(&fft) / ours);
        }
        let (ratio, floor) = (median(ratios), median(floors));
        println!(
            "{threads} threads, batch {batch:>2}: {ratio:.2} times one at a time; FFTs alone take {floor:.2} of it"
        );
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

criterion_group!(benches, engine);
criterion_main!(benches);
