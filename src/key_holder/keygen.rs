#![expect(clippy::disallowed_types, reason = "this is the file that wraps tfhe's secret keys")]

use tfhe::core_crypto::commons::math::random::{Seed, Seeder};
use tfhe::core_crypto::prelude::{
    DefaultRandomGenerator, GlweSecretKey, LweSecretKey, SecretRandomGenerator, SeededLweCompactPublicKey,
    generate_seeded_lwe_compact_public_key, generate_seeded_lwe_keyswitch_key,
    generate_seeded_lwe_packing_keyswitch_key, new_seeder, par_generate_seeded_lwe_bootstrap_key,
};
use zeroize::{Zeroize, Zeroizing};

use super::SecretKey;
use crate::keys::{EvaluationKey, PublicKey, Seeded};
use crate::le_bytes;
use crate::params::{BIG_DIMENSION, BIG_NOISE, MODULUS, POLYNOMIAL, RING, SMALL_DIMENSION, TFHE};
use crate::signature::SigningKey;
use crate::units::AgreementId;

/// The two keys that everything else is made from; wiped when dropped.
pub(crate) struct Secrets {
    pub(crate) big: LweSecretKey<Vec<u64>>,
    pub(crate) small: LweSecretKey<Vec<u32>>,
}

impl Secrets {
    /// All randomness comes from tfhe's seeder: the processor's RDSEED, or the operating system.
    pub(crate) fn new() -> Self {
        let mut secret = SecretRandomGenerator::<DefaultRandomGenerator>::new(new_seeder().seed());
        Self {
            big: LweSecretKey::generate_new_binary(BIG_DIMENSION, &mut secret),
            small: LweSecretKey::generate_new_binary(SMALL_DIMENSION, &mut secret),
        }
    }

    /// The three keys that have files.
    pub(crate) fn keys(
        &self,
        agreement: AgreementId,
        signer: &SigningKey,
    ) -> (SecretKey, PublicKey, EvaluationKey) {
        let mut seeder = new_seeder();
        let public = PublicKey::new(agreement, &public_key(&self.big, seeder.as_mut()), signer);
        let public = public.expect("just made");
        let payload = evaluation_key(&self.big, &self.small, seeder.as_mut());
        let id = public.header().key;
        let evaluation = EvaluationKey::new(id, agreement, &payload, signer).expect("just made");
        let bits = Zeroizing::new(self.big.as_ref().iter().map(|bit| *bit as u8).collect());
        (SecretKey::new(id, agreement, bits), public, evaluation)
    }
}

impl Drop for Secrets {
    fn drop(&mut self) {
        self.big.as_mut().zeroize();
        self.small.as_mut().zeroize();
    }
}

fn public_key(big: &LweSecretKey<Vec<u64>>, seeder: &mut dyn Seeder) -> Vec<u8> {
    let Seed(seed) = seeder.seed();
    let mut public = SeededLweCompactPublicKey::from_container(vec![0; RING], Seed(seed).into(), MODULUS);
    generate_seeded_lwe_compact_public_key(big, &mut public, BIG_NOISE, seeder);
    let mut payload = Vec::new();
    le_bytes::write(&mut payload, &[seed]);
    le_bytes::write(&mut payload, public.into_container().as_slice());
    payload
}

fn evaluation_key(
    big: &LweSecretKey<Vec<u64>>,
    small: &LweSecretKey<Vec<u32>>,
    seeder: &mut dyn Seeder,
) -> Vec<u8> {
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
