//! The same bytes from any number of threads, in every process and on every processor.

use rayon::prelude::*;

use super::*;
use crate::leveled::measure;
use crate::packing::PackedRing;

/// Decisions, a comparison and a packed ring of several bins of meaningless contents: a digest of every word.
fn digest(engine: &LeveledEngine, threads: usize) -> String {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    let streams = streams(9);
    let slots = engine.params().slots(BITS);
    let packed: Vec<PackedRing> = pool.install(|| {
        let bins = (0..4_u64).into_par_iter();
        let packed = bins.map_init(
            || engine.worker(),
            |worker, name| {
                let nodes = expanded(worker, &measure::bin(engine, name), 0..8 * slots);
                let mut ring = OpenRing::default();
                let number = |place: usize| HiddenNumber::new(&nodes, place * slots, BITS);
                for case in 0..4_usize {
                    let line = 50_000 * (case as u64 + 1);
                    let numbers: Vec<HiddenNumber<'_>> = (0..=case).map(number).collect();
                    let case = 10 * name + case as u64;
                    let decided = Decided::Released(case, &streams);
                    let answer = worker.sum_is_below(&numbers, BITS, line + 1, decided).expect("decides");
                    measure::put(&answer, engine.shift(), &mut ring);
                }
                let decided = Decided::Released(10 * name + 5, &streams);
                let answer = worker.is_at_most(number(5), number(6), decided).expect("decides");
                measure::put(&answer, engine.shift(), &mut ring);
                worker.pack(&mut ring, name, &streams)
            },
        );
        packed.collect()
    });
    let mut hasher = blake3::Hasher::new();
    for word in packed.iter().flat_map(|ring| ring.mask.iter().chain(&ring.bodies)) {
        hasher.update(&word.to_le_bytes());
    }
    hasher.finalize().to_hex()[..32].to_string()
}

#[test]
fn one_thread_and_two_give_the_same_bytes_and_so_does_a_second_run() {
    let engine = measure::engine(LeveledParams::V25);
    let first = digest(&engine, 1);
    assert_eq!(first, digest(&engine, 2));
    assert_eq!(first, digest(&engine, 1));
    assert_eq!(first, digest(&measure::engine(LeveledParams::V25), 3));
    // Frozen: every process, and native, AVX2 and portable builds.
    assert_eq!(first, FROZEN);
}

const FROZEN: &str = "4d3e8452a77bab80d15c62fe71240481";

#[test]
fn a_key_survives_its_file() {
    let set = set();
    let bytes = set.key.to_bytes();
    assert_eq!(bytes.len(), LeveledKeySeeded::bytes(&LeveledParams::V25));
    let again = LeveledKeySeeded::from_bytes(LeveledParams::V25, &bytes).expect("its own bytes");
    assert_eq!(again.to_bytes(), bytes);
    assert_eq!(again.shift(), set.key.shift());
}
