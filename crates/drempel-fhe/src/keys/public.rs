use std::fmt;

use tfhe::core_crypto::commons::generators::NoiseRandomGenerator;
use tfhe::core_crypto::commons::math::random::Seed;
use tfhe::core_crypto::prelude::{
    DefaultRandomGenerator, LweCiphertextCount, LweCompactCiphertextListOwned, LweCompactPublicKeyOwned,
    PlaintextListOwned, SeededLweCompactPublicKey,
    encrypt_lwe_compact_ciphertext_list_with_compact_public_key, new_seeder,
};

use crate::le_bytes;
use crate::params::{BIG_NOISE, BIG_SIZE, MODULUS, RING};

/// What a data provider encrypts with: a compact public key of the compute key.
pub struct PublicKey {
    key: LweCompactPublicKeyOwned<u64>,
}

impl PublicKey {
    /// The length of a key as it lies in a file: a seed and the body that belongs to it.
    pub const BYTES: usize = size_of::<u128>() + RING * size_of::<u64>();

    /// Reads a key; `None` when its length is not [`BYTES`](Self::BYTES) or its body is all zeros.
    pub fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let seed = le_bytes::take::<u128>(&mut bytes, 1)?;
        let body = le_bytes::take::<u64>(&mut bytes, RING)?;
        if !bytes.is_empty() || body.iter().all(|word| *word == 0) {
            return None;
        }
        let seeded = SeededLweCompactPublicKey::from_container(body, Seed(seed[0]).into(), MODULUS);
        Some(Self { key: seeded.decompress_into_lwe_compact_public_key() })
    }

    /// Encrypts up to 2,048 words of the torus as one compact list: the mask that they share, 2,048 words, then a body
    /// for each.
    ///
    /// The noise of an encryption has a part that is the same in every list of a key set, because r is binary and not
    /// zero on average: sums over many lists would add it up. An encryption of zeros, taken off, takes it away
    /// (docs/protocol.md, section 8).
    pub fn encrypt(&self, plain: Vec<u64>) -> Vec<u64> {
        let zeros = vec![0; plain.len()];
        let [mut list, zeros] = [plain, zeros].map(|plain| self.encrypt_list(plain).into_container());
        list.iter_mut().zip(zeros).for_each(|(word, zero)| *word = word.wrapping_sub(zero));
        list
    }

    fn encrypt_list(&self, plain: Vec<u64>) -> LweCompactCiphertextListOwned<u64> {
        let count = LweCiphertextCount(plain.len());
        let mut list = LweCompactCiphertextListOwned::new(0, BIG_SIZE, count, MODULUS);
        let mut seeder = new_seeder();
        let mut noise = NoiseRandomGenerator::<DefaultRandomGenerator>::new(seeder.as_mut());
        encrypt_lwe_compact_ciphertext_list_with_compact_public_key(
            &self.key,
            &mut list,
            &PlaintextListOwned::from_container(plain),
            BIG_NOISE,
            BIG_NOISE,
            &mut noise,
        );
        list
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey").finish_non_exhaustive()
    }
}
