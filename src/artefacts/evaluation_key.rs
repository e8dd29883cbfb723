use std::fmt;

use drempel_fhe::keys;

#[cfg(feature = "key-holder")]
use super::public_key::KEY_CHUNK;
use crate::files::container::{Container, ContainerError, artefact};
#[cfg(feature = "key-holder")]
use crate::{
    files::container::{Header, Kind, to_bytes},
    signature::SigningKey,
    units::{AgreementId, KeyId},
};

/// What an evaluator and an auditor compute with. It decrypts nothing (64 MB as a file, 160 MB once expanded).
pub struct EvaluationKey {
    container: Container,
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
        let header = Header::new(Kind::EvaluationKey, agreement, id, payload.len(), KEY_CHUNK);
        Self::from_bytes(to_bytes(header, &(), payload, signer)?)
    }

    fn read(container: Container) -> Result<Self, ContainerError> {
        container.metadata::<()>()?;
        container.expect_payload(keys::EvaluationKey::BYTES)?;
        Ok(Self { container })
    }

    /// Draws the masks again and takes the bootstrapping key to the Fourier domain.
    pub(crate) fn expand(&self) -> Result<keys::EvaluationKey, ContainerError> {
        let payload = self.container.payload(keys::EvaluationKey::BYTES)?;
        Ok(keys::EvaluationKey::expand(payload).expect("the length was checked when it was read"))
    }
}

impl fmt::Debug for EvaluationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EvaluationKey").field("id", &self.header().key).finish_non_exhaustive()
    }
}
