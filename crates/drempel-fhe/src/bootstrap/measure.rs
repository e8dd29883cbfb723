//! The engine beside tfhe's own calls, for benches and tests.
#![expect(clippy::disallowed_types, reason = "tfhe's own call needs tfhe's own key")]

use tfhe::core_crypto::fft_impl::fft64::{AVec, c64};
use tfhe::core_crypto::prelude::{ComputationBuffers, LweCiphertext};
use tfhe::shortint::atomic_pattern::{AtomicPatternServerKey, KS32AtomicPatternServerKey};
use tfhe::shortint::ciphertext::{Ciphertext, Degree, MaxDegree, NoiseLevel};
use tfhe::shortint::server_key::{LookupTableOwned, ModulusSwitchConfiguration, ShortintBootstrappingKey};
use tfhe::shortint::{AtomicPatternKind, ServerKey};

use super::{Engine, Scratch, WORDS};
use crate::circuit::LookupTable;
use crate::keys::EvaluationKey;
use crate::params::{GLWE_SIZE, MODULUS, RING, SMALL_DIMENSION, TFHE};

/// One evaluation key, expanded for our engine and for tfhe's.
pub struct Measure {
    engine: Engine,
    tfhe: ServerKey,
}

/// Ciphertexts in a row.
pub type Ciphertexts = Vec<u64>;

impl Measure {
    /// From an expanded key.
    pub fn new(key: EvaluationKey) -> Self {
        let engine = Engine::new(key);
        let bootstrapping_key = ShortintBootstrappingKey::Classic {
            bsk: engine.key.bootstrap.clone(),
            modulus_switch_noise_reduction_key: ModulusSwitchConfiguration::CenteredMeanNoiseReduction,
        };
        let pattern = KS32AtomicPatternServerKey::from_raw_parts(
            engine.key.keyswitch.clone(),
            bootstrapping_key,
            TFHE.ciphertext_modulus,
        );
        let tfhe = ServerKey::from_raw_parts(
            AtomicPatternServerKey::KeySwitch32(pattern),
            TFHE.message_modulus,
            TFHE.carry_modulus,
            MaxDegree::from_msg_carry_modulus(TFHE.message_modulus, TFHE.carry_modulus),
            TFHE.max_noise_level,
        );
        Self { engine, tfhe }
    }

    /// A key of meaningless contents, and as many meaningless ciphertexts.
    pub fn meaningless(count: usize) -> (Self, Ciphertexts) {
        let words = (0..(count * WORDS) as u64).map(|i| i.wrapping_mul(super::ODD)).collect();
        (Self::new(EvaluationKey::meaningless()), words)
    }

    /// Ours: batches of `batch`, spread over rayon's threads.
    pub fn batched(&self, inputs: &[u64], tables: &[LookupTable], batch: usize) -> Ciphertexts {
        self.engine.bootstrap_in_batches(inputs, tables, batch)
    }

    /// Ours: answers as ring elements.
    pub fn packing_keyswitch(&self, inputs: &[u64]) -> Ciphertexts {
        self.engine.packing_keyswitch(&super::round(inputs))
    }

    /// The FFTs alone that one rotation cannot do without, `count` times: 918 steps of two forward and two backward.
    pub fn ffts_of_one_rotation(&self, count: usize) {
        let plan = crate::fourier::fft_plan();
        let mut buffer = AVec::<c64>::from_iter(128, std::iter::repeat_n(c64::new(1.0, -1.0), RING / 2));
        let mut buffers = ComputationBuffers::new();
        buffers.resize(plan.fft_scratch().unaligned_bytes_required());
        for _ in 0..count * SMALL_DIMENSION.0 * GLWE_SIZE.0 {
            plan.fwd(&mut buffer, buffers.stack());
            plan.inv(&mut buffer, buffers.stack());
            // Neither transform is normalised.
            buffer.iter_mut().for_each(|x| *x *= 2.0 / RING as f64);
        }
    }

    #[cfg(test)]
    pub(super) fn keyswitch_key(&self) -> &tfhe::core_crypto::prelude::LweKeyswitchKeyOwned<u32> {
        &self.engine.key.keyswitch
    }

    /// tfhe's: `apply_lookup_table`, one at a time on one thread.
    pub fn one_at_a_time(&self, inputs: &[u64], table: impl Fn(u64) -> u64) -> Ciphertexts {
        let table: LookupTableOwned = self.tfhe.generate_lookup_table(table);
        let apply = |words: &[u64]| {
            let ciphertext = Ciphertext::new(
                LweCiphertext::from_container(words.to_vec(), MODULUS),
                Degree::new(15),
                NoiseLevel::NOMINAL,
                TFHE.message_modulus,
                TFHE.carry_modulus,
                AtomicPatternKind::KeySwitch32,
            );
            self.tfhe.apply_lookup_table(&ciphertext, &table).ct.into_container()
        };
        inputs.chunks_exact(WORDS).flat_map(apply).collect()
    }

    /// The parts of one batch, in seconds: keyswitch, modulus switch, rotation, extraction, packing.
    pub fn parts(&self, inputs: &[u64], tables: &[LookupTable]) -> [f64; 5] {
        let mut scratch = Scratch::default();
        let mut outputs = vec![0; inputs.len()];
        let mut seconds = [0.0; 5];
        let mut clock = std::time::Instant::now();
        let mut lap = |index: usize| {
            seconds[index] = clock.elapsed().as_secs_f64();
            clock = std::time::Instant::now();
        };
        scratch.switched.keyswitch(&self.engine.key.keyswitch, inputs.chunks_exact(WORDS).zip(tables));
        lap(0);
        let small = scratch.switched.modulus_switch();
        lap(1);
        let key = self.engine.key.bootstrap.as_view().data();
        scratch.rotation.rotate(key, &self.engine.transform, small, tables);
        lap(2);
        scratch.rotation.extract(tables, outputs.chunks_exact_mut(WORDS));
        lap(3);
        self.engine.packing_keyswitch(&super::round(&outputs));
        lap(4);
        seconds
    }
}
