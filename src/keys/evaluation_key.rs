use std::fmt;
use std::io::Write;
use std::path::Path;

use tfhe::core_crypto::prelude::{
    FourierLweBootstrapKeyOwned, LweKeyswitchKeyOwned, LwePackingKeyswitchKeyOwned,
    par_convert_standard_lwe_bootstrap_key_to_fourier,
};

use super::KEY_CHUNK;
use super::seeded::Seeded;
use crate::container::{Container, ContainerError, Header, Kind, write_whole};
use crate::params::{GLWE_SIZE, POLYNOMIAL, SMALL_DIMENSION, TFHE};
use crate::units::{AgreementId, KeyId};

/// What an evaluator computes with. It decrypts nothing (64 MB as a file, 160 MB once expanded).
pub struct EvaluationKey {
    id: KeyId,
    agreement: AgreementId,
    payload: Vec<u8>,
}

/// The key as the engine reads it.
pub(crate) struct Expanded {
    pub(crate) keyswitch: LweKeyswitchKeyOwned<u32>,
    pub(crate) bootstrap: FourierLweBootstrapKeyOwned,
    pub(crate) packing: LwePackingKeyswitchKeyOwned<u64>,
}

impl EvaluationKey {
    #[cfg(feature = "key-holder")]
    pub(crate) fn new(id: KeyId, agreement: AgreementId, payload: Vec<u8>) -> Self {
        Self { id, agreement, payload }
    }

    /// The key set's name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The agreement that the key set was made for.
    pub fn agreement(&self) -> AgreementId {
        self.agreement
    }

    /// Reads an evaluation key.
    ///
    /// # Errors
    /// When the file is damaged or of another kind.
    pub fn open(path: &Path) -> Result<Self, ContainerError> {
        Self::from_container(&Container::open(path, Kind::EvaluationKey)?)
    }

    /// Reads an evaluation key from memory.
    ///
    /// # Errors
    /// When the bytes are damaged or of another kind.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, ContainerError> {
        Self::from_container(&Container::from_bytes(bytes, Kind::EvaluationKey)?)
    }

    fn from_container(container: &Container) -> Result<Self, ContainerError> {
        container.metadata::<()>()?;
        let header = container.header();
        Ok(Self { id: header.key, agreement: header.agreement, payload: container.payload(Seeded::BYTES)? })
    }

    /// Writes the key.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write(&self, out: impl Write) -> Result<(), ContainerError> {
        let size = self.payload.len();
        let header = Header::new(Kind::EvaluationKey, self.agreement, self.id, size, KEY_CHUNK);
        write_whole(out, header, &(), &self.payload).map(drop)
    }

    /// A key of meaningless contents, for measuring this machine's speed: work does not depend on the contents.
    pub(crate) fn for_measurement() -> Self {
        let payload = (0..Seeded::BYTES).map(|i| (i.wrapping_mul(0x9e37_79b9) >> 11) as u8).collect();
        Self { id: [0; 32].into(), agreement: [0; 32].into(), payload }
    }

    /// Draws the masks again and takes the bootstrapping key to the Fourier domain.
    pub(crate) fn expand(self) -> Expanded {
        let seeded = Seeded::from_bytes(&self.payload).expect("the length was checked when it was read");
        drop(self.payload);
        let standard = seeded.bootstrap.par_decompress_into_lwe_bootstrap_key();
        let mut bootstrap = FourierLweBootstrapKeyOwned::new(
            SMALL_DIMENSION,
            GLWE_SIZE,
            POLYNOMIAL,
            TFHE.pbs_base_log,
            TFHE.pbs_level,
        );
        par_convert_standard_lwe_bootstrap_key_to_fourier(&standard, &mut bootstrap);
        Expanded {
            keyswitch: seeded.keyswitch.par_decompress_into_lwe_keyswitch_key(),
            bootstrap,
            packing: seeded.packing.decompress_into_lwe_packing_keyswitch_key(),
        }
    }
}

impl fmt::Debug for EvaluationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EvaluationKey").field("id", &self.id).finish_non_exhaustive()
    }
}
