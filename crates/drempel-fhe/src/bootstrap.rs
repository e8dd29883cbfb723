//! Many bootstraps at once.
//!
//! A bootstrap reads 90 MB of key; done one at a time it waits for memory. Here the key is the outer loop and a batch
//! of ciphertexts the inner one, so that each part of the key is read once per batch (docs/protocol.md, section 5;
//! docs/benchmarks.md has what it gains). rayon spreads batches over cores; inside a batch nothing is parallel.

use std::cell::RefCell;
use std::fmt;
use std::time::Instant;

use rayon::prelude::*;

use crate::circuit::LookupTable;
use crate::fourier::fft_plan;
use crate::keys::EvaluationKey;
use crate::params::{BIG_SIZE, GLWE_SIZE, RING, Scale};

mod blind_rotation;
mod external_product;
mod keyswitch;
pub mod measure;
mod packing_keyswitch;
#[cfg(all(test, feature = "secret-key"))]
mod real_keys;

use blind_rotation::Rotation;
use external_product::Transform;
use keyswitch::Switched;

/// Ciphertexts per batch, chosen from the measurements in docs/benchmarks.md.
pub const BATCH: usize = 16;

/// Words of one ciphertext: its mask and its body.
pub const WORDS: usize = BIG_SIZE.0;

/// Words of one ring element under the big key: its mask and its body.
pub const RING_WORDS: usize = GLWE_SIZE.0 * RING;

/// An expanded evaluation key, ready to bootstrap.
pub struct Engine {
    key: EvaluationKey,
    transform: Transform,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine with an expanded key.
    pub fn new(key: EvaluationKey) -> Self {
        Self { key, transform: Transform::new(fft_plan()) }
    }

    /// Seconds per bootstrap with all cores busy, after a warm-up.
    pub fn seconds_per_bootstrap(&self) -> f64 {
        let count = BATCH * rayon::current_num_threads();
        let inputs: Vec<u64> = (0..(count * WORDS) as u64).map(|i| i.wrapping_mul(ODD)).collect();
        let tables = vec![LookupTable::new(0..=15, |x| x); count];
        self.bootstrap_many(&inputs, &tables);
        let start = Instant::now();
        self.bootstrap_many(&inputs, &tables);
        start.elapsed().as_secs_f64() / count as f64
    }

    /// Replaces each ciphertext by a fresh one of its table's output.
    ///
    /// `inputs` holds ciphertexts of [`WORDS`] words one after the other, one per table.
    ///
    /// # Cost
    /// One bootstrap per table.
    pub fn bootstrap_many(&self, inputs: &[u64], tables: &[LookupTable]) -> Vec<u64> {
        // A short job still keeps every core busy.
        let batch = tables.len().div_ceil(rayon::current_num_threads()).clamp(1, BATCH);
        self.bootstrap_in_batches(inputs, tables, batch)
    }

    fn bootstrap_in_batches(&self, inputs: &[u64], tables: &[LookupTable], batch: usize) -> Vec<u64> {
        assert_eq!(inputs.len(), tables.len() * WORDS, "one table per ciphertext");
        let mut outputs = vec![0; inputs.len()];
        outputs
            .par_chunks_mut(batch * WORDS)
            .zip(inputs.par_chunks(batch * WORDS))
            .zip(tables.par_chunks(batch))
            .for_each(|((outputs, inputs), tables)| {
                SCRATCH.with_borrow_mut(|scratch| scratch.bootstrap_batch(self, inputs, tables, outputs));
            });
        outputs
    }

    /// Switches each ciphertext, its words rounded by [`round`], to a ring element of [`RING_WORDS`] words, mask
    /// first, whose constant coefficient holds its value: what [`PackedAnswers`](crate::packing::PackedAnswers) adds up.
    ///
    /// # Cost
    /// No bootstrap; about a twentieth of one per ciphertext.
    pub fn packing_keyswitch(&self, inputs: &[u32]) -> Vec<u64> {
        packing_keyswitch::switch(&self.key.packing, inputs)
    }
}

/// The upper half of each word, rounded: all that packing reads of an answer, and what a transcript keeps.
pub fn round(words: &[u64]) -> Vec<u32> {
    words.iter().map(|word| (word.wrapping_add(1 << 31) >> 32) as u32).collect()
}

/// Turns an encrypted bit, one ciphertext of [`WORDS`] words, into its opposite: linear, and so free.
pub fn flip_bit(ciphertext: &mut [u64], scale: Scale) {
    ciphertext.iter_mut().for_each(|word| *word = word.wrapping_neg());
    let body = &mut ciphertext[WORDS - 1];
    *body = body.wrapping_add(scale.delta());
}

/// Any odd number: it spreads a counter over all words.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// What one thread needs for a batch: grows to the largest batch that it meets and stays.
#[derive(Default)]
struct Scratch {
    switched: Switched,
    rotation: Rotation,
}

impl Scratch {
    fn bootstrap_batch(
        &mut self,
        engine: &Engine,
        inputs: &[u64],
        tables: &[LookupTable],
        outputs: &mut [u64],
    ) {
        let inputs = inputs.chunks_exact(WORDS).zip(tables);
        self.switched.keyswitch(&engine.key.keyswitch, inputs);
        let small = self.switched.modulus_switch();
        let key = engine.key.bootstrap.as_view().data();
        self.rotation.rotate(key, &engine.transform, small, tables);
        self.rotation.extract(tables, outputs.chunks_exact_mut(WORDS));
    }
}
