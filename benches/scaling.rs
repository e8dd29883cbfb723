//! Couples on 1 and 2 threads, and 64 to 4,096 of them: seconds per household, once each. Not by criterion's
//! statistics, because the largest run takes minutes; the runs alternate so that a drifting machine hits them alike.

use std::time::Instant;

#[allow(dead_code, missing_docs, reason = "each bench uses a part")]
mod job;

fn main() {
    let sizes = [64, 256, 1_024, 4_096];
    let largest = if std::env::args().any(|argument| argument == "--quick") { 256 } else { 4_096 };
    let job = job::Job::new(2, 2 * largest);
    let timed = |threads: usize, count: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let households = job::households(count, 2);
        let start = Instant::now();
        pool.install(|| job.evaluate(&households));
        start.elapsed().as_secs_f64() * 1e3 / count as f64
    };
    timed(2, 64);
    for round in 1..=3 {
        let (one, two) = (timed(1, 64), timed(2, 64));
        println!(
            "round {round}: 64 couples, ms each: 1 thread {one:.1}, 2 threads {two:.1}, ratio {:.2}",
            one / two
        );
    }
    for count in sizes.into_iter().filter(|count| *count <= largest) {
        println!("{count:>5} couples on 2 threads: {:.1} ms each", timed(2, count));
    }
}
