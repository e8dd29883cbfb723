//! For benchmarks: the engine's parts one by one, with keys and ciphertexts of meaningless contents. Work
//! does not depend on the contents, and no secret key is needed.

use std::time::Instant;

use rayon::prelude::*;

use super::expansion::{Bin, Branches};
use super::fourier::{Ffts, Fourier, Transform, words};
use super::key::LeveledKeySeeded;
use super::parameters::LeveledParams;
use super::product::{Ring, TurnScratch, turn_if};
use super::selector::Selectors;
use super::worker::{Decided, LeveledEngine, Worker};
use super::{Answer, HiddenNumber, Nodes, OpenRing, Shift};
use crate::bootstrap::{WORDS, round};
use crate::le_bytes;
use crate::params::RING;

/// Bytes without a pattern, the same in every process.
pub fn bytes(count: usize, name: u64) -> Vec<u8> {
    let mut bytes = vec![0; count];
    blake3::Hasher::new().update(&name.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

/// An engine with a key that decides nothing.
pub fn engine(params: LeveledParams) -> LeveledEngine {
    let bytes = bytes(LeveledKeySeeded::bytes(&params), 1);
    let key = LeveledKeySeeded::from_bytes(params, &bytes).expect("the length is right");
    LeveledEngine::new(&key)
}

/// A list that holds nothing.
pub fn bin(engine: &LeveledEngine, name: u64) -> Bin {
    let bytes = bytes(16 * RING, name + 2);
    let words = le_bytes::take::<u64>(&mut bytes.as_slice(), 2 * RING).expect("as many bytes");
    Bin::new(&words[..RING], &words[RING..], engine.shift())
}

/// Puts an answer into a ring as an evaluation does: under the secret key, rounded.
pub fn put(answer: &Answer, shift: &Shift, ring: &mut OpenRing) {
    let mut row = vec![0; WORDS];
    answer.write(shift, &mut row);
    ring.push(&round(&row), shift);
}

/// Seconds per FFT with all cores busy, with all passes that belong to it: from couples of 18 bits, after a warm-up.
pub fn seconds_per_fft() -> f64 {
    const BITS: usize = 18;
    let engine = engine(LeveledParams::V25);
    let (bin, slots) = (bin(&engine, 1), engine.params().slots(BITS));
    let run = || {
        let tasks = (0..4 * rayon::current_num_threads()).into_par_iter();
        let counts = tasks.map(|_| {
            let (mut worker, mut branches, mut nodes) =
                (engine.worker(), Branches::default(), Nodes::default());
            worker.expand(&bin, 0..16 * slots, &mut branches);
            for first in (0..16).step_by(4) {
                worker.refine(&branches, first * slots..(first + 4) * slots, &mut nodes);
                for first in [first, first + 2] {
                    let numbers = [0, 1].map(|side| HiddenNumber::new(&nodes, (first + side) * slots, BITS));
                    let answer = worker.sum_is_below(&numbers, BITS, 150_000, Decided::Slots(1));
                    answer.expect("two numbers of one length");
                }
            }
            worker.executed().ffts
        });
        counts.sum::<u64>()
    };
    run();
    let start = Instant::now();
    let ffts = run();
    start.elapsed().as_secs_f64() / ffts as f64
}

/// So many transforms of N/2 points, forward and backward by turns, without a pass beside them.
pub struct FftsAlone {
    transform: Transform,
    values: Fourier,
}

impl Default for FftsAlone {
    fn default() -> Self {
        let mut values = Fourier::zeros(1);
        let mut word = 0_u64;
        let polynomial: Vec<u64> = (0..RING)
            .map(|_| {
                word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
                word
            })
            .collect();
        let transform = Transform::new();
        Ffts::new(&transform).torus(words(&polynomial), values.get_mut(0));
        Self { transform, values }
    }
}

impl FftsAlone {
    /// Runs them.
    pub fn run(&mut self, count: usize) {
        let mut ffts = Ffts::new(&self.transform);
        for _ in 0..count / 2 {
            ffts.transform_in_place(self.values.get_mut(0));
            ffts.invert_scaled(self.values.get_mut(0));
        }
    }
}

/// A number's selectors, and turns by them.
pub struct Turns {
    ring: Ring,
    scratch: TurnScratch,
    selectors: Selectors,
}

impl Turns {
    /// Room for them.
    pub fn new(worker: &Worker<'_>) -> Self {
        let (key, ..) = worker.parts();
        Self {
            ring: Ring::zero(),
            scratch: TurnScratch::new(key.params.selector()),
            selectors: Selectors::new(key),
        }
    }

    /// Makes all selectors of a number.
    pub fn make(&mut self, worker: &mut Worker<'_>, nodes: &Nodes, slot: usize, bits: usize) {
        let number = HiddenNumber::new(nodes, slot, bits);
        let (key, leaves, ffts) = worker.parts_mut();
        self.selectors.begin(number);
        (0..bits).for_each(|bit| self.selectors.prepare(number, bit, key, leaves, ffts));
    }

    /// Turns by the bit that was made last, so many times.
    pub fn turn(&mut self, worker: &mut Worker<'_>, bit: usize, times: usize) {
        let (key, _, ffts) = worker.parts_mut();
        for time in 0..times {
            let selector = self.selectors.get(bit);
            turn_if(
                &mut self.ring,
                1 << (time % 10),
                selector,
                key.params.selector(),
                &mut self.scratch,
                ffts,
            );
        }
    }
}
