use tfhe::core_crypto::commons::math::random::{Seed, Seeder};
use tfhe::core_crypto::prelude::{
    DefaultRandomGenerator, GlweSecretKey, LweSecretKey, SecretRandomGenerator, SeededLweCompactPublicKey,
    generate_seeded_lwe_compact_public_key, generate_seeded_lwe_keyswitch_key,
    generate_seeded_lwe_packing_keyswitch_key, new_seeder, par_generate_seeded_lwe_bootstrap_key,
};
use zeroize::{Zeroize, Zeroizing};

use super::SecretKey;
use crate::keys::{EvaluationKey, PublicKey, Seeded};
use crate::params::{BIG_DIMENSION, BIG_NOISE, MODULUS, POLYNOMIAL, RING, SMALL_DIMENSION, TFHE};
use crate::units::AgreementId;
use crate::words;

/// A whole key set. All randomness comes from tfhe's seeder: the processor's RDSEED, or the operating system.
pub(super) fn generate(agreement: AgreementId) -> (SecretKey, PublicKey, EvaluationKey) {
    let mut seeder = new_seeder();
    let seeder = seeder.as_mut();
    let mut secret = SecretRandomGenerator::<DefaultRandomGenerator>::new(seeder.seed());
    let mut big = LweSecretKey::generate_new_binary(BIG_DIMENSION, &mut secret);
    let mut small = LweSecretKey::<Vec<u32>>::generate_new_binary(SMALL_DIMENSION, &mut secret);

    let public = public_key(agreement, &big, seeder);
    let evaluation = EvaluationKey::new(public.id(), agreement, &evaluation_key(&big, &small, seeder));
    let bits = Zeroizing::new(big.as_ref().iter().map(|bit| *bit as u8).collect());
    big.as_mut().zeroize();
    small.as_mut().zeroize();
    (SecretKey::new(public.id(), agreement, bits), public, evaluation)
}

fn public_key(agreement: AgreementId, big: &LweSecretKey<Vec<u64>>, seeder: &mut dyn Seeder) -> PublicKey {
    let Seed(seed) = seeder.seed();
    let mut public = SeededLweCompactPublicKey::from_container(vec![0; RING], Seed(seed).into(), MODULUS);
    generate_seeded_lwe_compact_public_key(big, &mut public, BIG_NOISE, seeder);
    let mut payload = Vec::new();
    words::write(&mut payload, &[seed]);
    words::write(&mut payload, public.into_container().as_slice());
    PublicKey::from_payload(agreement, payload).expect("just made")
}

fn evaluation_key(
    big: &LweSecretKey<Vec<u64>>,
    small: &LweSecretKey<Vec<u32>>,
    seeder: &mut dyn Seeder,
) -> Seeded {
    let ring = GlweSecretKey::from_container(big.as_ref(), POLYNOMIAL);
    let mut keys = Seeded::zeros([seeder.seed().0, seeder.seed().0, seeder.seed().0]);
    let small_noise = TFHE.lwe_noise_distribution;
    generate_seeded_lwe_keyswitch_key(big, small, &mut keys.keyswitch, small_noise, seeder);
    par_generate_seeded_lwe_bootstrap_key(small, &ring, &mut keys.bootstrap, BIG_NOISE, seeder);
    // The ring key packs answers under itself, which the bootstrapping key's circular security already assumes.
    generate_seeded_lwe_packing_keyswitch_key(big, &ring, &mut keys.packing, BIG_NOISE, seeder);
    keys
}
