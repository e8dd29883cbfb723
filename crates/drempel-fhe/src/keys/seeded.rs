//! The layout of an evaluation key's payload: who makes it and who expands it share this file.

use tfhe::core_crypto::commons::math::random::Seed;
use tfhe::core_crypto::prelude::{
    SeededLweBootstrapKeyOwned, SeededLweKeyswitchKeyOwned, SeededLwePackingKeyswitchKeyOwned,
};

use crate::le_bytes;
use crate::params::{
    BIG_DIMENSION, GLWE_SIZE, MODULUS, PACKING_BASE, PACKING_LEVELS, POLYNOMIAL, SMALL_DIMENSION, TFHE,
};

/// The three keys that an evaluator computes with, as they lie in a file.
pub(super) struct Seeded {
    pub(super) keyswitch: SeededLweKeyswitchKeyOwned<u32>,
    pub(super) bootstrap: SeededLweBootstrapKeyOwned<u64>,
    pub(super) packing: SeededLwePackingKeyswitchKeyOwned<u64>,
}

const KEYSWITCH_WORDS: usize = BIG_DIMENSION.0 * TFHE.ks_level.0;
const BOOTSTRAP_WORDS: usize = SMALL_DIMENSION.0 * TFHE.pbs_level.0 * GLWE_SIZE.0 * POLYNOMIAL.0;
const PACKING_WORDS: usize = BIG_DIMENSION.0 * PACKING_LEVELS.0 * POLYNOMIAL.0;

impl Seeded {
    /// The length of the payload.
    pub(super) const BYTES: usize = 3 * 16 + 4 * KEYSWITCH_WORDS + 8 * (BOOTSTRAP_WORDS + PACKING_WORDS);

    /// Reads a payload; `None` when its length is wrong.
    pub(super) fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        if bytes.len() != Self::BYTES {
            return None;
        }
        let seeds = le_bytes::take::<u128>(&mut bytes, 3)?;
        let keyswitch = le_bytes::take(&mut bytes, KEYSWITCH_WORDS)?;
        let bootstrap = le_bytes::take(&mut bytes, BOOTSTRAP_WORDS)?;
        let packing = le_bytes::take(&mut bytes, PACKING_WORDS)?;
        Some(Self::from_words([seeds[0], seeds[1], seeds[2]], keyswitch, bootstrap, packing))
    }

    fn from_words(seeds: [u128; 3], keyswitch: Vec<u32>, bootstrap: Vec<u64>, packing: Vec<u64>) -> Self {
        Self {
            keyswitch: SeededLweKeyswitchKeyOwned::from_container(
                keyswitch,
                TFHE.ks_base_log,
                TFHE.ks_level,
                SMALL_DIMENSION.to_lwe_size(),
                Seed(seeds[0]).into(),
                TFHE.post_keyswitch_ciphertext_modulus,
            ),
            bootstrap: SeededLweBootstrapKeyOwned::from_container(
                bootstrap,
                GLWE_SIZE,
                POLYNOMIAL,
                TFHE.pbs_base_log,
                TFHE.pbs_level,
                Seed(seeds[1]).into(),
                MODULUS,
            ),
            packing: SeededLwePackingKeyswitchKeyOwned::from_container(
                packing,
                PACKING_BASE,
                PACKING_LEVELS,
                GLWE_SIZE,
                POLYNOMIAL,
                Seed(seeds[2]).into(),
                MODULUS,
            ),
        }
    }
}

#[cfg(feature = "secret-key")]
impl Seeded {
    /// Keys of zeros, to be filled in by the key holder.
    pub(super) fn zeros(seeds: [u128; 3]) -> Self {
        Self::from_words(seeds, vec![0; KEYSWITCH_WORDS], vec![0; BOOTSTRAP_WORDS], vec![0; PACKING_WORDS])
    }

    /// The payload; `seeds` are those that the keys were made with.
    pub(super) fn to_bytes(&self, seeds: [u128; 3]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::BYTES);
        le_bytes::write(&mut bytes, &seeds);
        le_bytes::write(&mut bytes, self.keyswitch.as_ref());
        le_bytes::write(&mut bytes, self.bootstrap.as_ref());
        le_bytes::write(&mut bytes, self.packing.as_ref());
        bytes
    }
}
