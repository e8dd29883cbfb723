use std::fmt;
use std::io::Write;
use std::path::Path;

use tfhe::core_crypto::commons::math::random::Seed;
use tfhe::core_crypto::prelude::{LweCompactPublicKeyOwned, SeededLweCompactPublicKey};

use super::KEY_CHUNK;
use crate::container::{Container, ContainerError, Header, Kind, write_whole};
use crate::params::{MODULUS, RING};
use crate::units::{AgreementId, Digest, KeyId};
use crate::words;

/// What a data provider encrypts with: a compact public key of the compute key (16 KiB as a file).
pub struct PublicKey {
    id: KeyId,
    agreement: AgreementId,
    payload: Vec<u8>,
    key: LweCompactPublicKeyOwned<u64>,
}

impl PublicKey {
    /// From a seed and the body that belongs to it.
    pub(crate) fn from_payload(agreement: AgreementId, payload: Vec<u8>) -> Result<Self, ContainerError> {
        let wrong = ContainerError::BadContents("a public key is a seed and 2,048 words");
        let mut rest = payload.as_slice();
        let (Some(seed), Some(body)) =
            (words::take::<u128>(&mut rest, 1), words::take::<u64>(&mut rest, RING))
        else {
            return Err(wrong);
        };
        if !rest.is_empty() || body.iter().all(|word| *word == 0) {
            return Err(wrong);
        }
        let seeded = SeededLweCompactPublicKey::from_container(body, Seed(seed[0]).into(), MODULUS);
        let key = seeded.decompress_into_lwe_compact_public_key();
        Ok(Self { id: Digest::of(&payload), agreement, payload, key })
    }

    /// The key set's name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The agreement that the key set was made for.
    pub fn agreement(&self) -> AgreementId {
        self.agreement
    }

    /// Reads a public key.
    ///
    /// # Errors
    /// When the file is damaged or of another kind.
    pub fn open(path: &Path) -> Result<Self, ContainerError> {
        Self::from_container(&Container::open(path, Kind::PublicKey)?)
    }

    /// Reads a public key from memory.
    ///
    /// # Errors
    /// When the bytes are damaged or of another kind.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, ContainerError> {
        Self::from_container(&Container::from_bytes(bytes, Kind::PublicKey)?)
    }

    fn from_container(container: &Container) -> Result<Self, ContainerError> {
        container.metadata::<()>()?;
        let key = Self::from_payload(container.header().agreement, container.payload(16 + RING * 8)?)?;
        container.expect(key.agreement, Some(key.id))?;
        Ok(key)
    }

    /// Writes the key.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write(&self, out: impl Write) -> Result<(), ContainerError> {
        let size = self.payload.len();
        let header = Header::new(Kind::PublicKey, self.agreement, self.id, size, KEY_CHUNK);
        write_whole(out, header, &(), &self.payload).map(drop)
    }

    pub(crate) fn compact(&self) -> &LweCompactPublicKeyOwned<u64> {
        &self.key
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey").field("id", &self.id).finish_non_exhaustive()
    }
}
