use std::fmt;

use drempel_fhe::keys;

use crate::files::container::{Container, ContainerError, artefact};
use crate::units::Digest;
#[cfg(feature = "key-holder")]
use crate::{
    files::container::{Header, Kind, to_bytes},
    signature::SigningKey,
    units::AgreementId,
};

/// What a data provider encrypts with: a compact public key of the compute key (16 KiB as a file).
pub struct PublicKey {
    container: Container,
    key: keys::PublicKey,
}

/// Keys are one thing: their chunks are as large as a reader accepts.
#[cfg(feature = "key-holder")]
pub(super) const KEY_CHUNK: usize = 1 << 20;

artefact!(PublicKey, Shared);

impl PublicKey {
    #[cfg(feature = "key-holder")]
    pub(crate) fn new(
        agreement: AgreementId,
        payload: &[u8],
        signer: &SigningKey,
    ) -> Result<Self, ContainerError> {
        let header = Header::new(Kind::PublicKey, agreement, Digest::of(payload), payload.len(), KEY_CHUNK);
        Self::from_bytes(to_bytes(header, &(), payload, signer)?)
    }

    fn read(container: Container) -> Result<Self, ContainerError> {
        container.metadata::<()>()?;
        let payload = container.payload(keys::PublicKey::BYTES)?;
        container.expect(container.header().agreement, Some(Digest::of(&payload)))?;
        let key = keys::PublicKey::from_bytes(&payload);
        Ok(Self { container, key: key.ok_or(ContainerError::BadContents("a public key of zeros"))? })
    }

    /// As the engine encrypts with it.
    pub(crate) fn key(&self) -> &keys::PublicKey {
        &self.key
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey").field("id", &self.header().key).finish_non_exhaustive()
    }
}
