//! The engine with real parameters and a secret key to look with.

mod bytes;
mod decisions;
mod distinguish;
mod measured;
mod packing;

use std::sync::OnceLock;

use zeroize::Zeroizing;

use super::key::{LeveledKeySeeded, shifted};
use super::polynomial::multiply;
use super::product::Ring;
use super::*;
use crate::engines::Needs;
use crate::keys::{KeySet, PublicKey, SecretKey, Secrets};
use crate::params::RING;

/// Bits of a number in these tests.
const BITS: usize = 18;

/// Keys of one set.
struct Set {
    /// s.
    secret: SecretKey,
    /// t = s − h.
    shifted: Zeroizing<Vec<u64>>,
    public: PublicKey,
    key: LeveledKeySeeded,
    engine: LeveledEngine,
}

impl Set {
    fn new(params: LeveledParams) -> Self {
        let secrets = Secrets::generate();
        let needs = Needs { bootstrap: false, leveled: Some(params) };
        let KeySet { secret, public, evaluation } = secrets.key_set(&needs);
        let public = PublicKey::from_bytes(&public).expect("a key");
        let key = LeveledKeySeeded::from_bytes(params, &evaluation).expect("a key");
        let shifted = shifted(secrets.big.as_ref(), &key.shift());
        let engine = LeveledEngine::new(&key);
        Self { secret, shifted, public, key, engine }
    }

    /// As a provider encrypts.
    fn encrypt(&self, plain: Vec<u64>) -> Bin {
        let words = self.public.encrypt(plain);
        Bin::new(&words[..RING], &words[RING..], self.engine.shift())
    }

    /// A bin of numbers, from slot 0 on.
    fn bin(&self, numbers: &[u64], bits: usize) -> Bin {
        let params = self.engine.params();
        let mut plain = vec![0; RING];
        for (index, number) in numbers.iter().enumerate() {
            for (place, value) in params.plaintexts(*number, bits).enumerate() {
                plain[params.coefficient(index * params.slots(bits) + place)] = value;
            }
        }
        self.encrypt(plain)
    }

    /// All of a ring's coefficients, b − a · t.
    fn phases(&self, ring: &Ring) -> Vec<u64> {
        let [mask, body] = ring.parts();
        let product = multiply(&self.shifted, mask);
        body.iter().zip(product).map(|(body, product)| body.wrapping_sub(product)).collect()
    }

    /// The constant coefficient alone.
    fn phase(&self, ring: &Ring) -> u64 {
        let [mask, body] = ring.parts();
        let first = mask[0].wrapping_mul(self.shifted[0]);
        let product =
            (1..RING).fold(first, |sum, j| sum.wrapping_sub(mask[RING - j].wrapping_mul(self.shifted[j])));
        body[0].wrapping_sub(product)
    }
}

fn set() -> &'static Set {
    static SET: OnceLock<Set> = OnceLock::new();
    SET.get_or_init(|| Set::new(LeveledParams::V25))
}

/// Everything that these slots of a bin need before their selectors.
fn expanded(worker: &mut Worker<'_>, bin: &Bin, slots: std::ops::Range<usize>) -> Nodes {
    let (mut branches, mut nodes) = (Branches::default(), Nodes::default());
    worker.expand(bin, slots.clone(), &mut branches);
    worker.refine(&branches, slots, &mut nodes);
    nodes
}

fn streams(nonce: u8) -> NoiseStreams {
    NoiseStreams::new(&NoiseSeed::new([5; 32]), &[6; 32], &[nonce; 32])
}

/// The noise of a phase beside the value that it should have, in units of the torus.
fn off(phase: u64, yes: bool) -> f64 {
    phase.wrapping_sub(u64::from(yes) << 63) as i64 as f64 / 2.0_f64.powi(64)
}

/// The sum of squares' deviation, log2.
fn deviation_log2(samples: &[f64]) -> f64 {
    (samples.iter().map(|x| x * x).sum::<f64>() / samples.len() as f64).log2() / 2.0
}

/// Numbers without a pattern, below a bound.
struct Numbers(blake3::OutputReader);

impl Numbers {
    fn new(seed: u64) -> Self {
        Self(blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof())
    }

    fn below(&mut self, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        ((u128::from(u64::from_le_bytes(bytes)) * u128::from(bound)) >> 64) as u64
    }
}
