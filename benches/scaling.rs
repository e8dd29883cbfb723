//! Couples on 1 and 2 threads, and 64 to 4,096 of them. Not by criterion's statistics, because the largest run takes
//! minutes: the two sides take turns, so that a drifting machine hits them alike. `--quick` stops at 1,024.

use std::time::Instant;

#[allow(dead_code, missing_docs, reason = "each bench uses a part")]
mod job;

fn main() {
    let largest = if std::env::args().any(|argument| argument == "--quick") { 1_024 } else { 4_096 };
    let job = job::Job::new(2, 2 * largest);
    let timed = |threads: usize, count: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let households = job::households(count, 2);
        let start = Instant::now();
        pool.install(|| job.evaluate(&households));
        start.elapsed().as_secs_f64() * 1e3 / count as f64
    };
    timed(2, 64);
    for round in 1..=5 {
        let (one, two) = (timed(1, 64), timed(2, 64));
        println!(
            "round {round}, 64 couples, ms each: 1 thread {one:.1}, 2 threads {two:.1}, ratio {:.2}",
            one / two
        );
    }
    // As many runs of 64 as one larger run has households, half of them before and half after it.
    for count in [256, 1_024, 4_096].into_iter().filter(|count| *count <= largest) {
        let small = |runs: usize| (0..runs).map(|_| timed(2, 64)).sum::<f64>();
        let half = (count / 128).min(8);
        let before = small(half);
        let large = timed(2, count);
        let mean = (before + small(half)) / (2 * half) as f64;
        println!("{count} couples: {large:.1} ms each; 64 at a time {mean:.1}; ratio {:.3}", large / mean);
    }
}
