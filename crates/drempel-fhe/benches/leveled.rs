//! The leveled engine's parts, a couple all in, and beside it six bootstraps of the project's engine.
//!
//! Keys and lists are meaningless: work does not depend on their contents.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use criterion::{Criterion, criterion_group, criterion_main};
use drempel_fhe::bootstrap::measure::Measure;
use drempel_fhe::circuit::LookupTable;
use drempel_fhe::leveled::measure::{self, FftsAlone, Turns};
use drempel_fhe::leveled::{
    Bin, Branches, Counts, Decided, HiddenNumber, LeveledEngine, LeveledParams, Nodes, NoiseSeed,
    NoiseStreams, OpenRing, Worker,
};
use rayon::prelude::*;

const BITS: usize = 18;
const RING: usize = 2_048;
const LINE: u64 = 150_000;

fn streams() -> NoiseStreams {
    NoiseStreams::new(&NoiseSeed::new([1; 32]), &[2; 32], &[3; 32])
}

/// All households of a bin, decided and put into a ring, which is packed when it is full.
fn households(
    worker: &mut Worker<'_>,
    bin: &Bin,
    addends: usize,
    (branches, nodes): &mut (Branches, Nodes),
    ring: &mut OpenRing,
    streams: &NoiseStreams,
) -> usize {
    let slots = LeveledParams::V25.slots(BITS);
    let people = RING / slots;
    worker.expand(bin, 0..people * slots, branches);
    // Whole households at a time, and of people of 18 bits by fours, which share no ciphertext with others.
    let together = if 4 % addends == 0 { 4 } else { addends };
    let count = people / together * together / addends;
    for first in (0..people / together * together).step_by(together) {
        worker.refine(branches, first * slots..(first + together) * slots, nodes);
        for case in (first..first + together).step_by(addends) {
            let number = |place: usize| HiddenNumber::new(nodes, (case + place) * slots, BITS);
            let numbers: Vec<HiddenNumber<'_>> = (0..addends).map(number).collect();
            let answer = worker
                .sum_is_below(&numbers, BITS, LINE, Decided::Released(case as u64, streams))
                .expect("decides");
            measure::put(&answer, worker.shift(), ring);
            if ring.is_full() {
                black_box(worker.pack(ring, 0, streams));
            }
        }
    }
    count
}

fn parts(criterion: &mut Criterion) {
    let engine = measure::engine(LeveledParams::V25);
    let mut worker = engine.worker();
    let bin = measure::bin(&engine, 1);
    let slots = engine.params().slots(BITS);
    let (mut branches, mut nodes) = (Branches::default(), Nodes::default());
    worker.expand(&bin, 0..RING, &mut branches);
    worker.refine(&branches, 0..8 * slots, &mut nodes);
    let mut group = criterion.benchmark_group("leveled");
    group.sample_size(10);
    let mut ffts = FftsAlone::default();
    group.bench_function("1,000 FFTs of 1,024 points", |bencher| bencher.iter(|| ffts.run(1_000)));
    group.bench_function("expansion of a bin", |bencher| {
        bencher.iter(|| worker.expand(black_box(&bin), 0..RING, &mut branches));
    });
    group.bench_function("refinement of four numbers", |bencher| {
        let mut nodes = Nodes::default();
        bencher.iter(|| worker.refine(&branches, 4 * slots..8 * slots, &mut nodes));
    });
    let mut turns = Turns::new(&worker);
    group.bench_function("selectors of a number", |bencher| {
        bencher.iter(|| turns.make(&mut worker, &nodes, 5 * slots, BITS));
    });
    group.bench_function("100 turns under a bit", |bencher| {
        bencher.iter(|| turns.turn(&mut worker, BITS - 1, 100))
    });
    let streams = streams();
    group.bench_function("a couple from its nodes", |bencher| {
        let numbers = [0, 1].map(|place| HiddenNumber::new(&nodes, place * slots, BITS));
        bencher.iter(|| {
            worker.sum_is_below(&numbers, BITS, LINE, Decided::Released(1, &streams)).expect("decides")
        });
    });
    group.bench_function("two numbers compared", |bencher| {
        let [one, other] = [0, 1].map(|place| HiddenNumber::new(&nodes, place * slots, 16));
        bencher.iter(|| worker.is_at_most(one, other, Decided::Released(1, &streams)).expect("decides"));
    });
    let numbers = [HiddenNumber::new(&nodes, 0, BITS)];
    let answer = worker.sum_is_below(&numbers, BITS, LINE, Decided::Released(1, &streams)).expect("decides");
    for count in [256, RING] {
        group.bench_function(format!("packing of {count} answers, with their extraction"), |bencher| {
            let mut ring = OpenRing::default();
            bencher.iter(|| {
                (0..count).for_each(|_| measure::put(&answer, engine.shift(), &mut ring));
                worker.pack(&mut ring, 0, &streams)
            });
        });
    }
    group.finish();
}

/// Seconds that this thread has worked: on a busy machine the time that others had does not count.
fn own_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux counts them");
    text.split(' ').next().and_then(|field| field.parse::<f64>().ok()).expect("a number") / 1e9
}

/// Core-milliseconds of households with so many addends, from their list to a packed answer, on so many
/// threads: by the clock, and as the threads worked.
fn milliseconds(engine: &LeveledEngine, addends: usize, threads: usize, bins: usize) -> [f64; 2] {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    let lists: Vec<Bin> = (0..bins as u64).map(|name| measure::bin(engine, name)).collect();
    let streams = streams();
    let (start, own) = (Instant::now(), AtomicU64::new(0));
    let households: usize = pool.install(|| {
        let chunks = lists.par_chunks(bins.div_ceil(threads));
        let run = |lists: &[Bin]| {
            let (mut worker, mut memory, mut ring) =
                (engine.worker(), Default::default(), OpenRing::default());
            let decide = |bin| households(&mut worker, bin, addends, &mut memory, &mut ring, &streams);
            let before = own_seconds();
            let count = lists.iter().map(decide).sum::<usize>();
            own.fetch_add(((own_seconds() - before) * 1e9) as u64, Ordering::Relaxed);
            count
        };
        chunks.map(run).sum()
    });
    let wall = start.elapsed().as_secs_f64() * 1e3 * threads as f64 / households as f64;
    [wall, own.into_inner() as f64 / 1e6 / households as f64]
}

/// Ratios on a machine whose speed drifts: the two sides take turns, and the median of the rounds' ratios
/// counts.
fn beside_bootstraps(_: &mut Criterion) {
    let engine = measure::engine(LeveledParams::V25);
    let mut alone = FftsAlone::default();
    let threads = rayon::current_num_threads();
    for addends in [1, 2, 3, 4, 8] {
        let before = own_seconds();
        alone.run(100_000);
        let fft = (own_seconds() - before) * 10.0;
        let [_, one] = milliseconds(&engine, addends, 1, if addends < 4 { 8 } else { 4 });
        let counts = Counts::decision(engine.params(), addends, BITS, LINE);
        println!(
            "{addends} addends: {one:.2} core-ms from list to packed answer (FFT {fft:.2} us alone); \
             {} FFTs and {} external products in the decision",
            counts.ffts, counts.external_products
        );
    }
    let count = 96 * threads;
    let (bootstraps, inputs) = Measure::meaningless(count);
    let tables = vec![LookupTable::new(0..=15, |x| x); count];
    let rounds = (0..5).map(|_| {
        let [one, own] = milliseconds(&engine, 2, 1, 10);
        let [both, both_own] = milliseconds(&engine, 2, threads, 10 * threads);
        let start = Instant::now();
        black_box(bootstraps.batched(&inputs, &tables, 16));
        let six = start.elapsed().as_secs_f64() * 1e3 * threads as f64 / count as f64 * 6.0;
        print!(
            "couple: {one:.2} core-ms ({own:.2} of work), {both:.2} ({both_own:.2}) on {threads} threads; "
        );
        println!("six bootstraps {six:.1}");
        (six / both, threads as f64 * one / both)
    });
    let rounds: Vec<(f64, f64)> = rounds.collect();
    let median = |of: fn(&(f64, f64)) -> f64| {
        let mut values: Vec<f64> = rounds.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    println!(
        "six bootstraps / couple: {:.1}; {threads} threads / one: {:.2}",
        median(|r| r.0),
        median(|r| r.1)
    );
}

criterion_group!(benches, parts, beside_bootstraps);
criterion_main!(benches);
