use std::fmt;

use tfhe::core_crypto::commons::math::random::Seed;
use tfhe::core_crypto::prelude::{LweCompactPublicKeyOwned, SeededLweCompactPublicKey};

use crate::container::{Container, ContainerError, artefact};
use crate::le_bytes;
use crate::params::{MODULUS, RING};
use crate::units::Digest;
#[cfg(feature = "key-holder")]
use crate::{
    container::{Header, Kind, write_whole},
    signature::SigningKey,
    units::AgreementId,
};

/// What a data provider encrypts with: a compact public key of the compute key (16 KiB as a file).
pub struct PublicKey {
    container: Container,
    key: LweCompactPublicKeyOwned<u64>,
}

/// A seed and the body that belongs to it.
const BYTES: usize = size_of::<u128>() + RING * size_of::<u64>();

artefact!(PublicKey, Shared);

impl PublicKey {
    #[cfg(feature = "key-holder")]
    pub(crate) fn new(
        agreement: AgreementId,
        payload: &[u8],
        signer: &SigningKey,
    ) -> Result<Self, ContainerError> {
        let header =
            Header::new(Kind::PublicKey, agreement, Digest::of(payload), payload.len(), super::KEY_CHUNK);
        let mut bytes = Vec::new();
        write_whole(&mut bytes, header, &(), payload, signer)?;
        Self::from_bytes(bytes)
    }

    fn read(container: Container) -> Result<Self, ContainerError> {
        container.metadata::<()>()?;
        let payload = container.payload(BYTES)?;
        container.expect(container.header().agreement, Some(Digest::of(&payload)))?;
        let mut rest = payload.as_slice();
        let (Some(seed), Some(body)) =
            (le_bytes::take::<u128>(&mut rest, 1), le_bytes::take::<u64>(&mut rest, RING))
        else {
            return Err(ContainerError::BadContents("a public key is a seed and 2,048 words"));
        };
        if body.iter().all(|word| *word == 0) {
            return Err(ContainerError::BadContents("a public key of zeros"));
        }
        let seeded = SeededLweCompactPublicKey::from_container(body, Seed(seed[0]).into(), MODULUS);
        Ok(Self { container, key: seeded.decompress_into_lwe_compact_public_key() })
    }

    pub(crate) fn compact(&self) -> &LweCompactPublicKeyOwned<u64> {
        &self.key
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey").field("id", &self.header().key).finish_non_exhaustive()
    }
}
