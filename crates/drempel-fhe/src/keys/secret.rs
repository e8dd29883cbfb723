#![expect(clippy::disallowed_types, reason = "this is the file that wraps tfhe's secret keys")]

use std::fmt;

use tfhe::core_crypto::commons::math::random::{Seed, Seeder};
use tfhe::core_crypto::prelude::{
    DefaultRandomGenerator, GlweSecretKey, LweSecretKey, SecretRandomGenerator, SeededLweCompactPublicKey,
    generate_seeded_lwe_compact_public_key, generate_seeded_lwe_keyswitch_key,
    generate_seeded_lwe_packing_keyswitch_key, new_seeder, par_generate_seeded_lwe_bootstrap_key,
};
use zeroize::{Zeroize, Zeroizing};

use super::seeded::Seeded;
use crate::engines::Needs;
use crate::le_bytes;
use crate::leveled::{self, KeygenError, LeveledKeySeeded, LeveledParams};
use crate::packing::PackedRing;
use crate::params::{BIG_DIMENSION, BIG_NOISE, MODULUS, POLYNOMIAL, RING, SMALL_DIMENSION, TFHE};

/// The secret key: 2,048 bits. It cannot be printed, copied or compared.
pub struct SecretKey {
    /// One byte per bit, 0 or 1; wiped when dropped.
    bits: Zeroizing<Vec<u8>>,
}

impl SecretKey {
    /// The length of [`to_bytes`](Self::to_bytes): eight bits a byte.
    pub const BYTES: usize = RING / 8;

    /// Reads what [`to_bytes`](Self::to_bytes) wrote; `None` when the length is another.
    pub fn from_bytes(packed: &[u8]) -> Option<Self> {
        let bit = |i: usize| packed[i / 8] >> (i % 8) & 1;
        (packed.len() == Self::BYTES).then(|| Self { bits: Zeroizing::new((0..RING).map(bit).collect()) })
    }

    /// The key's bits: whoever can read these bytes can decrypt.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let pack = |bits: &[u8]| bits.iter().enumerate().fold(0, |byte, (i, bit)| byte | bit << i);
        Zeroizing::new(self.bits.chunks(8).map(pack).collect())
    }

    /// Body minus mask times key, in Z/2¹⁶\[X\]/(X^N + 1), for each coefficient that has a body.
    pub fn phases(&self, ring: &PackedRing) -> Zeroizing<Vec<u16>> {
        let PackedRing { mask, bodies } = ring;
        let mut product = Zeroizing::new(vec![0_u16; RING]);
        for (degree, bit) in self.bits.iter().enumerate() {
            // The same work for either bit.
            let keep = u16::from(*bit).wrapping_neg();
            let (front, back) = mask.split_at(RING - degree);
            product[degree..].iter_mut().zip(front).for_each(|(p, m)| *p = p.wrapping_add(m & keep));
            product[..degree].iter_mut().zip(back).for_each(|(p, m)| *p = p.wrapping_sub(m & keep));
        }
        // With all of them and the mask one could compute the key.
        Zeroizing::new(bodies.iter().zip(product.iter()).map(|(body, p)| body.wrapping_sub(*p)).collect())
    }

    /// The body of one ciphertext minus the inner product of its mask and the key, modulo 2³².
    pub fn phase(&self, row: &[u32]) -> u32 {
        let (body, mask) = row.split_last().expect("a ciphertext has a body");
        // The same work for either bit.
        let terms = mask.iter().zip(self.bits.iter()).map(|(m, bit)| m & u32::from(*bit).wrapping_neg());
        terms.fold(*body, u32::wrapping_sub)
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").finish_non_exhaustive()
    }
}

/// A new secret key with the two keys that leave the key holder, as they lie in files.
pub struct KeySet {
    /// What decrypts.
    pub secret: SecretKey,
    /// What [`PublicKey::from_bytes`](super::PublicKey::from_bytes) reads.
    pub public: Vec<u8>,
    /// What [`Engines::expand`](crate::Engines::expand) reads.
    pub evaluation: Vec<u8>,
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeySet(..)")
    }
}

impl KeySet {
    /// Makes a key set with the evaluation keys that are needed, and no others.
    ///
    /// # Cost
    /// About a second for each engine.
    pub fn generate(needs: &Needs) -> Self {
        Secrets::generate().key_set(needs)
    }
}

/// The two keys that everything else is made from; wiped when dropped.
pub(crate) struct Secrets {
    pub(crate) big: LweSecretKey<Vec<u64>>,
    pub(crate) small: LweSecretKey<Vec<u32>>,
}

impl Secrets {
    /// All randomness comes from tfhe's seeder: the processor's RDSEED, or the operating system.
    pub(crate) fn generate() -> Self {
        let mut secret = SecretRandomGenerator::<DefaultRandomGenerator>::new(new_seeder().seed());
        Self {
            big: LweSecretKey::generate_new_binary(BIG_DIMENSION, &mut secret),
            small: LweSecretKey::generate_new_binary(SMALL_DIMENSION, &mut secret),
        }
    }

    pub(crate) fn key_set(&self, needs: &Needs) -> KeySet {
        let mut seeder = new_seeder();
        let bits = Zeroizing::new(self.big.as_ref().iter().map(|bit| *bit as u8).collect());
        KeySet {
            public: self.public_key(seeder.as_mut()),
            evaluation: self.evaluation_keys(needs, seeder.as_mut()),
            secret: SecretKey { bits },
        }
    }

    fn public_key(&self, seeder: &mut dyn Seeder) -> Vec<u8> {
        let Seed(seed) = seeder.seed();
        let mut public = SeededLweCompactPublicKey::from_container(vec![0; RING], Seed(seed).into(), MODULUS);
        generate_seeded_lwe_compact_public_key(&self.big, &mut public, BIG_NOISE, seeder);
        let mut payload = Vec::new();
        le_bytes::write(&mut payload, &[seed]);
        le_bytes::write(&mut payload, public.into_container().as_slice());
        payload
    }

    fn evaluation_keys(&self, needs: &Needs, seeder: &mut dyn Seeder) -> Vec<u8> {
        let mut payload = if needs.bootstrap { self.bootstrap_key(seeder) } else { Vec::new() };
        if let Some(params) = needs.leveled {
            payload.extend(self.leveled_key(params).to_bytes());
        }
        payload
    }

    /// Draws shifts until the key is no heavier than the noise formulas allow for: all but one in a thousand are not.
    pub(crate) fn leveled_key(&self, params: LeveledParams) -> LeveledKeySeeded {
        loop {
            match leveled::generate(params, self.big.as_ref()) {
                Ok(key) => return key,
                Err(KeygenError::HeavyKey) => {}
                Err(error) => panic!("a fresh binary key: {error}"),
            }
        }
    }

    fn bootstrap_key(&self, seeder: &mut dyn Seeder) -> Vec<u8> {
        let Self { big, small } = self;
        let ring = GlweSecretKey::from_container(big.as_ref(), POLYNOMIAL);
        let seeds = [seeder.seed().0, seeder.seed().0, seeder.seed().0];
        let mut keys = Seeded::zeros(seeds);
        let small_noise = TFHE.lwe_noise_distribution;
        generate_seeded_lwe_keyswitch_key(big, small, &mut keys.keyswitch, small_noise, seeder);
        par_generate_seeded_lwe_bootstrap_key(small, &ring, &mut keys.bootstrap, BIG_NOISE, seeder);
        // The ring key packs answers under itself, which the bootstrapping key's circular security already assumes.
        generate_seeded_lwe_packing_keyswitch_key(big, &ring, &mut keys.packing, BIG_NOISE, seeder);
        keys.to_bytes(seeds)
    }
}

impl Drop for Secrets {
    fn drop(&mut self) {
        self.big.as_mut().zeroize();
        self.small.as_mut().zeroize();
    }
}
