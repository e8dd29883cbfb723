use std::fmt;

use tfhe::core_crypto::prelude::{
    FourierLweBootstrapKeyOwned, LweKeyswitchKeyOwned, LwePackingKeyswitchKeyOwned,
    par_convert_standard_lwe_bootstrap_key_to_fourier,
};

use super::seeded::Seeded;
use crate::container::{Container, ContainerError, artefact};
use crate::engine::pin_fft_plan;
use crate::params::{GLWE_SIZE, POLYNOMIAL, SMALL_DIMENSION, TFHE};
#[cfg(feature = "key-holder")]
use crate::{
    container::{Header, Kind, write_whole},
    signature::SigningKey,
    units::{AgreementId, KeyId},
};

/// What an evaluator and an auditor compute with. It decrypts nothing (64 MB as a file, 160 MB once expanded).
pub struct EvaluationKey {
    container: Container,
}

/// The key as the engine reads it.
pub(crate) struct Expanded {
    pub(crate) keyswitch: LweKeyswitchKeyOwned<u32>,
    pub(crate) bootstrap: FourierLweBootstrapKeyOwned,
    pub(crate) packing: LwePackingKeyswitchKeyOwned<u64>,
}

artefact!(EvaluationKey, Shared);

impl EvaluationKey {
    #[cfg(feature = "key-holder")]
    pub(crate) fn new(
        id: KeyId,
        agreement: AgreementId,
        payload: &[u8],
        signer: &SigningKey,
    ) -> Result<Self, ContainerError> {
        let header = Header::new(Kind::EvaluationKey, agreement, id, payload.len(), super::KEY_CHUNK);
        let mut bytes = Vec::with_capacity(payload.len() + payload.len() / 1_000);
        write_whole(&mut bytes, header, &(), payload, signer)?;
        Self::from_bytes(bytes)
    }

    fn read(container: Container) -> Result<Self, ContainerError> {
        container.metadata::<()>()?;
        container.expect_payload(Seeded::BYTES)?;
        Ok(Self { container })
    }

    /// Draws the masks again and takes the bootstrapping key to the Fourier domain.
    pub(crate) fn expand(&self) -> Result<Expanded, ContainerError> {
        Ok(Expanded::new(self.container.payload(Seeded::BYTES)?))
    }
}

impl Expanded {
    fn new(payload: Vec<u8>) -> Self {
        let seeded = Seeded::from_bytes(&payload).expect("the length was checked when it was read");
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
        Self {
            keyswitch: seeded.keyswitch.par_decompress_into_lwe_keyswitch_key(),
            bootstrap,
            packing: seeded.packing.decompress_into_lwe_packing_keyswitch_key(),
        }
    }

    /// A key of meaningless contents, for measuring this machine's speed: work does not depend on the contents.
    pub(crate) fn for_measurement() -> Self {
        Self::new((0..Seeded::BYTES).map(|i| (i.wrapping_mul(0x9e37_79b9) >> 11) as u8).collect())
    }
}

impl fmt::Debug for EvaluationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EvaluationKey").field("id", &self.header().key).finish_non_exhaustive()
    }
}
