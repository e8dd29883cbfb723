use std::fmt;

use tfhe::core_crypto::prelude::{
    FourierLweBootstrapKeyOwned, LweKeyswitchKeyOwned, LwePackingKeyswitchKeyOwned,
    par_convert_standard_lwe_bootstrap_key_to_fourier,
};

use super::seeded::Seeded;
use crate::fourier::pin_fft_plan;
use crate::params::{GLWE_SIZE, POLYNOMIAL, SMALL_DIMENSION, TFHE};

/// What an evaluator computes with, expanded (160 MB). It decrypts nothing.
pub struct EvaluationKey {
    pub(crate) keyswitch: LweKeyswitchKeyOwned<u32>,
    pub(crate) bootstrap: FourierLweBootstrapKeyOwned,
    pub(crate) packing: LwePackingKeyswitchKeyOwned<u64>,
}

impl EvaluationKey {
    /// The length of a key as it lies in a file (64 MB).
    pub const BYTES: usize = Seeded::BYTES;

    /// Draws the masks again and takes the bootstrapping key to the Fourier domain; `None` when the length is not
    /// [`BYTES`](Self::BYTES).
    ///
    /// # Cost
    /// About a second.
    pub fn expand(payload: Vec<u8>) -> Option<Self> {
        let seeded = Seeded::from_bytes(&payload)?;
        drop(payload);
        let mut bootstrap = FourierLweBootstrapKeyOwned::new(
            SMALL_DIMENSION,
            GLWE_SIZE,
            POLYNOMIAL,
            TFHE.pbs_base_log,
            TFHE.pbs_level,
        );
        pin_fft_plan();
        let standard = seeded.bootstrap.par_decompress_into_lwe_bootstrap_key();
        par_convert_standard_lwe_bootstrap_key_to_fourier(&standard, &mut bootstrap);
        drop(standard);
        Some(Self {
            keyswitch: seeded.keyswitch.par_decompress_into_lwe_keyswitch_key(),
            bootstrap,
            packing: seeded.packing.decompress_into_lwe_packing_keyswitch_key(),
        })
    }

    /// A key of meaningless contents, for measuring this machine's speed: work does not depend on the contents.
    pub fn meaningless() -> Self {
        let payload = (0..Seeded::BYTES).map(|i| (i.wrapping_mul(0x9e37_79b9) >> 11) as u8).collect();
        Self::expand(payload).expect("of that length")
    }
}

impl fmt::Debug for EvaluationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EvaluationKey").finish_non_exhaustive()
    }
}
