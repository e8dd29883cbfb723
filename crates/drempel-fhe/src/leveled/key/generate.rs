#![expect(clippy::disallowed_types, reason = "it wraps the shifted key only while rows are encrypted")]

use rayon::prelude::*;
use tfhe::core_crypto::commons::math::random::Seed;
use tfhe::core_crypto::prelude::{
    GlweSecretKey, PlaintextCount, PlaintextList, SeededGlweCiphertextList, decrypt_glwe_ciphertext_list,
    encrypt_seeded_glwe_ciphertext_list, new_seeder,
};
use zeroize::Zeroizing;

use super::expanded::draw_masks;
use super::{Content, LeveledKeySeeded, PACKING, Shift, lists};
use crate::leveled::fourier::{Words, words};
use crate::leveled::noise;
use crate::leveled::parameters::LeveledParams;
use crate::leveled::polynomial::{automorphism, multiply};
use crate::params::{BIG_NOISE, GLWE_SIZE, MODULUS, POLYNOMIAL, RING};

/// Why no key was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeygenError {
    /// Not N bits.
    #[error("a secret key is {RING} bits; this is something else")]
    NotBinary,
    /// A key whose noise would be larger than the formulas allow for: |t|² beyond 3.4 deviations, |t²|²
    /// beyond 3.6, about one in a thousand. A new shift is drawn with every attempt, so trying again is
    /// enough.
    #[error("this key would make more noise than the formulas allow for; make the keys again")]
    HeavyKey,
    /// A row whose noise is larger than its distribution allows: a bug here or in tfhe.
    #[error("row {row} of the key has too much noise; do not use it, and report this")]
    NoisyRow {
        /// Which, from 0 on.
        row: usize,
    },
}

/// Makes the key for these parameters from the coefficients of the binary secret key s, the one that compact
/// lists are encrypted under.
///
/// # Errors
/// When s is no secret key, or one whose |t|² or |t²|² is so large that [`noise`] would not hold.
///
/// # Cost
/// 2,254 encryptions, each checked: about a second on two cores.
pub fn generate(params: LeveledParams, secret: &[u64]) -> Result<LeveledKeySeeded, KeygenError> {
    if secret.len() != RING || secret.iter().any(|bit| *bit > 1) {
        return Err(KeygenError::NotBinary);
    }
    let mut seeder = new_seeder();
    let mut seed = || seeder.seed().0;
    let mut shift = [0; 32];
    shift[..16].copy_from_slice(&seed().to_le_bytes());
    shift[16..].copy_from_slice(&seed().to_le_bytes());
    let shifted = shifted(secret, &Shift::new(shift));
    let square = Zeroizing::new(multiply(&shifted, &shifted));
    if norm(&shifted) > noise::KEY_NORM_LIMIT || norm(&square) > noise::SQUARE_NORM_LIMIT {
        return Err(KeygenError::HeavyKey);
    }
    let contents = lists(&params);
    let seeds: Vec<u128> = contents.iter().map(|_| seed()).collect();
    let made =
        contents.par_iter().zip(&seeds).map(|(content, seed)| encrypt(*content, *seed, &shifted, &square));
    let made: Vec<(Vec<u64>, Option<usize>)> = made.collect();
    let mut bodies = Vec::with_capacity(LeveledKeySeeded::bytes(&params) / 8);
    for (list, noisy) in made {
        if let Some(row) = noisy {
            return Err(KeygenError::NoisyRow { row: bodies.len() / RING + row });
        }
        bodies.extend_from_slice(&list);
    }
    Ok(LeveledKeySeeded { params, shift, seeds, bodies })
}

/// t = s − h.
pub(in crate::leveled) fn shifted(secret: &[u64], shift: &Shift) -> Zeroizing<Vec<u64>> {
    let bits = shift.bits().iter();
    Zeroizing::new(secret.iter().zip(bits).map(|(s, h)| s.wrapping_sub(u64::from(*h))).collect())
}

fn norm(polynomial: &[u64]) -> f64 {
    polynomial.iter().map(|word| (*word as i64 as f64).powi(2)).sum()
}

/// A list's bodies, and the first row with too much noise.
fn encrypt(content: Content, seed: u128, shifted: &[u64], square: &[u64]) -> (Vec<u64>, Option<usize>) {
    let rows = content.rows();
    let (key, plain) = key_and_plain(content, shifted, square);
    let key = GlweSecretKey::from_container(key.as_slice(), POLYNOMIAL);
    let plain = PlaintextList::from_container(plain.as_slice());
    let bodies = vec![0; rows * RING];
    let mut list =
        SeededGlweCiphertextList::from_container(bodies, GLWE_SIZE, POLYNOMIAL, Seed(seed).into(), MODULUS);
    encrypt_seeded_glwe_ciphertext_list(&key, &mut list, &plain, BIG_NOISE, new_seeder().as_mut());
    let bodies = list.into_container();
    let mut phases = PlaintextList::new(0, PlaintextCount(rows * RING));
    decrypt_glwe_ciphertext_list(&key, &draw_masks(seed, &bodies), &mut phases);
    let (phases, plain) = (phases.into_container(), plain.into_container());
    let errors = phases.iter().zip(plain).map(|(phase, plain)| phase.wrapping_sub(*plain));
    let errors: Vec<u64> = errors.collect();
    let noisy = errors.chunks_exact(RING).position(|row| norm(row) > noise::ROW_NORM_LIMIT);
    (bodies, noisy)
}

/// What a list is encrypted under, and what its rows hold.
fn key_and_plain(
    content: Content,
    shifted: &[u64],
    square: &[u64],
) -> (Zeroizing<Vec<u64>>, Zeroizing<Vec<u64>>) {
    let own = || Zeroizing::new(shifted.to_vec());
    let mut plain = Zeroizing::new(Vec::with_capacity(content.rows() * RING));
    let key = match content {
        Content::Automorphism { k, gadget } => {
            for level in 0..gadget.count() {
                plain.extend(shifted.iter().map(|t| t.wrapping_mul(gadget.unit(level)).wrapping_neg()));
            }
            let mut turned = Box::new([0; RING]);
            automorphism(words(shifted), inverse(k), &mut turned);
            wipe_into(turned)
        }
        Content::Square { gadget } => {
            for level in 0..gadget.count() {
                plain.extend(square.iter().map(|word| word.wrapping_mul(gadget.unit(level))));
            }
            own()
        }
        Content::Zero => {
            plain.resize(RING, 0);
            own()
        }
        Content::Packing { first } => {
            for t in &shifted[first..first + content.rows()] {
                plain.push(t.wrapping_mul(PACKING.unit(0)));
                plain.extend(std::iter::repeat_n(0, RING - 1));
            }
            own()
        }
    };
    (key, plain)
}

fn wipe_into(mut words: Box<Words>) -> Zeroizing<Vec<u64>> {
    let copy = Zeroizing::new(words.to_vec());
    zeroize::Zeroize::zeroize(words.as_mut_slice());
    copy
}

/// 1/k modulo 2N.
fn inverse(k: usize) -> usize {
    // k · (2 − k · x) doubles the number of right bits; k itself is right to three.
    let mut x = k;
    for _ in 0..4 {
        x = x.wrapping_mul(2_usize.wrapping_sub(k.wrapping_mul(x)));
    }
    x % (2 * RING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverses_are_inverses() {
        for k in (1..2 * RING).step_by(2) {
            assert_eq!(k * inverse(k) % (2 * RING), 1);
        }
    }

    #[test]
    fn something_that_is_no_secret_key_is_refused() {
        for secret in [vec![0; RING - 1], vec![2; RING], vec![]] {
            assert_eq!(generate(LeveledParams::V25, &secret).err(), Some(KeygenError::NotBinary));
        }
    }
}
