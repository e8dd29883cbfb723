//! The engine beside tfhe's own calls and beside tfhe's noise formulas, with real keys.

use std::sync::OnceLock;

use rayon::prelude::*;
use tfhe::core_crypto::prelude::{
    DefaultRandomGenerator, EncryptionRandomGenerator, Plaintext, allocate_and_encrypt_new_lwe_ciphertext,
    new_seeder,
};

use super::keyswitch::Switched;
use super::measure::Measure;
use super::{BATCH, RING_WORDS, WORDS};
use crate::circuit::LookupTable;
use crate::engines::Needs;
use crate::keys::{EvaluationKey, Secrets};
use crate::params::{BIG_NOISE, DELTA, MODULUS, RING, noise};

struct Set {
    secrets: Secrets,
    measure: Measure,
}

fn set() -> &'static Set {
    static SET: OnceLock<Set> = OnceLock::new();
    SET.get_or_init(|| {
        let secrets = Secrets::generate();
        let needs = Needs { bootstrap: true, leveled: None };
        let key = EvaluationKey::expand(secrets.key_set(&needs).evaluation).expect("a key");
        let measure = Measure::new(key);
        Set { secrets, measure }
    })
}

fn encrypt(values: &[i64]) -> Vec<u64> {
    let mut seeder = new_seeder();
    let seed = seeder.seed();
    let mut generator = EncryptionRandomGenerator::<DefaultRandomGenerator>::new(seed, seeder.as_mut());
    let key = &set().secrets.big;
    let mut encrypt = |value: &i64| {
        let plain = Plaintext(DELTA.wrapping_mul(*value as u64));
        allocate_and_encrypt_new_lwe_ciphertext(key, plain, BIG_NOISE, MODULUS, &mut generator)
            .into_container()
    };
    values.iter().flat_map(&mut encrypt).collect()
}

/// What a ciphertext under the big key holds, noise included.
fn phase(ciphertext: &[u64]) -> u64 {
    let (body, mask) = ciphertext.split_last().expect("a body");
    let products = mask.iter().zip(set().secrets.big.as_ref()).map(|(word, bit)| word.wrapping_mul(*bit));
    body.wrapping_sub(products.fold(0, u64::wrapping_add))
}

/// The nearest value in −16..16, and the noise in units of the torus.
fn decode(phase: u64) -> (i64, f64) {
    let nearest = phase.wrapping_add(DELTA / 2) / DELTA;
    let noise = phase.wrapping_sub(nearest.wrapping_mul(DELTA)) as i64;
    let value = nearest as i64;
    (if value >= 16 { value - 32 } else { value }, noise as f64 / 2.0_f64.powi(64))
}

/// Values 0..16 in an order without a pattern.
fn values(count: usize) -> Vec<i64> {
    (0..count as u64).map(|i| (i.wrapping_mul(super::ODD) >> 60) as i64).collect()
}

/// Asserts that the samples' variance lies around the expected one (mean zero, Gaussian). The gate is the 99.999 %
/// interval, so that a test of random keys fails by chance once in 100,000 runs; docs/benchmarks.md has measured ratios
/// beside the 99 % interval.
fn assert_variance(samples: &[f64], expected: f64, what: &str) {
    let count = samples.len() as f64;
    let variance = samples.iter().map(|x| x * x).sum::<f64>() / count;
    let half_width = 4.42 * (2.0 / count).sqrt();
    let ratio = variance / expected;
    eprintln!("{what}: {count} samples, measured / formula = {ratio:.3}");
    assert!((ratio - 1.0).abs() < half_width, "{what}: measured / formula = {ratio:.3}, ±{half_width:.3}");
}

/// LOOKUPS in the environment sets how many (20,000 were run once; docs/benchmarks.md has the outcome).
#[test]
fn a_thousand_random_lookups_decrypt_to_what_those_of_tfhe_do() {
    let count: usize = std::env::var("LOOKUPS").map_or(1_000, |count| count.parse().expect("a number"));
    let per_table = 50;
    let values = values(count);
    let inputs = encrypt(&values);
    // A table of its own for every 50 ciphertexts.
    let function = |index: usize, x: i64| ((2 * index as i64 + 1) * x * x + 5 * x + index as i64) % 16;
    let table = |index: usize| LookupTable::new(0..=15, move |x| function(index / per_table, x));
    let tables: Vec<LookupTable> = (0..count).map(table).collect();
    let ours = set().measure.batched(&inputs, &tables, BATCH);
    let theirs = inputs.par_chunks(per_table * WORDS).enumerate().flat_map_iter(|(index, inputs)| {
        set().measure.one_at_a_time(inputs, |x| function(index, x as i64) as u64)
    });
    let theirs: Vec<u64> = theirs.collect();
    let pairs = ours.chunks_exact(WORDS).zip(theirs.chunks_exact(WORDS));
    for (index, ((ours, theirs), value)) in pairs.zip(&values).enumerate() {
        let expected = function(index / per_table, *value);
        assert_eq!(decode(phase(ours)).0, expected, "{index}");
        assert_eq!(decode(phase(theirs)).0, expected, "{index}");
    }
}

#[test]
fn each_ciphertext_has_its_own_table_of_up_to_17_values() {
    let windows = [-1..=15, 0..=16, -8..=8, 3..=10, -16..=-1, 5..=5];
    let mut values = Vec::new();
    let mut tables = Vec::new();
    for (index, window) in windows.into_iter().enumerate() {
        for value in window.clone() {
            values.push(value);
            tables.push(LookupTable::new(window.clone(), |x| (x + index as i64).rem_euclid(9) - 4));
        }
    }
    let outputs = set().measure.batched(&encrypt(&values), &tables, 5);
    for ((output, table), value) in outputs.chunks_exact(WORDS).zip(&tables).zip(values) {
        assert_eq!(Some(decode(phase(output)).0), table.get(value), "{value}");
    }
}

#[test]
fn a_lookup_reads_the_sign_of_all_32_values() {
    let values: Vec<i64> = (-16..=15).collect();
    let borrow = LookupTable::new(-16..=15, |x| if x < 0 { -1 } else { 0 });
    // Also where the window's first value is not the torus's own.
    let moved = LookupTable::new(-3..=28, |x| if x < 13 { x } else { 4 - (x - 16) });
    let tables: Vec<LookupTable> = [borrow, moved].into_iter().flat_map(|table| vec![table; 32]).collect();
    let inputs: Vec<i64> = values.iter().copied().chain(-3..=28).collect();
    let outputs = set().measure.batched(&encrypt(&inputs), &tables, 5);
    for ((output, table), input) in outputs.chunks_exact(WORDS).zip(&tables).zip(inputs) {
        assert_eq!(Some(decode(phase(output)).0), table.get(input), "{input}");
    }
}

/// Keyswitches fresh ciphertexts and gives the noise after it and after the modulus switch, in units of the torus.
fn switched_noise(count: usize) -> (Vec<f64>, Vec<f64>) {
    let values = values(count);
    let inputs = encrypt(&values);
    let tables = vec![LookupTable::new(0..=15, |x| x); count];
    let small = set().secrets.small.as_ref();
    let mut switched = Switched::default();
    let (mut after_keyswitch, mut added) = (Vec::new(), Vec::new());
    let batches = inputs.chunks(BATCH * WORDS).zip(tables.chunks(BATCH)).zip(values.chunks(BATCH));
    for ((inputs, tables), values) in batches {
        switched.keyswitch(set().measure.keyswitch_key(), inputs.chunks_exact(WORDS).zip(tables));
        let rounded = switched.modulus_switch().to_vec();
        for ((words, rounded), value) in switched.ciphertexts().zip(&rounded).zip(values) {
            let (body, mask) = words.split_last().expect("a body");
            let products = mask.iter().zip(small).map(|(word, bit)| word.wrapping_mul(*bit));
            let phase = body.wrapping_sub(products.fold(0, u32::wrapping_add));
            let exact = (DELTA >> 32) as u32 * *value as u32;
            let noise = f64::from(phase.wrapping_sub(exact) as i32) / 2.0_f64.powi(32);
            after_keyswitch.push(noise);
            let steps = 2 * RING;
            let products = rounded.mask.iter().zip(small).map(|(word, bit)| word * *bit as usize);
            let phase = (rounded.body + steps * RING - products.sum::<usize>() % steps) % steps;
            let exact = steps / 32 * *value as usize;
            // The switch takes half a step off, so that a box is met in its middle.
            let error = (phase + steps + steps / 2 - exact) % steps;
            let error = error as f64 - (steps / 2) as f64 + 0.5;
            added.push(error / steps as f64 - noise);
        }
    }
    (after_keyswitch, added)
}

#[test]
fn noise_after_keyswitch_and_modulus_switch_is_what_the_formulas_say() {
    let (keyswitch, modulus_switch) = switched_noise(4_096);
    assert_variance(&keyswitch, noise::keyswitch(), "keyswitch");
    assert_variance(&modulus_switch, noise::modulus_switch(), "modulus switch");
}

/// With 128 boxes instead of 16 every tenth lookup fails, so the rate can be counted: the centred switch predicts
/// 9 %, the standard one 22 %.
#[test]
fn the_modulus_switch_is_the_centred_one() {
    let boxes = 128;
    let half_box = 1.0 / (4.0 * f64::from(boxes));
    let (keyswitch, added) = switched_noise(4_096);
    let count = keyswitch.len() as f64;
    let failed = keyswitch.iter().zip(&added).filter(|(k, m)| (*k + *m).abs() > half_box).count() as f64;
    let centred = noise::lookup_failure(0.0, i64::from(boxes)).exp2();
    let standard_variance = 2.0 * noise::modulus_switch() + noise::keyswitch();
    let standard = libm::erfc(half_box / (2.0 * standard_variance).sqrt());
    let half_width = 2.576 * (centred * (1.0 - centred) / count).sqrt();
    assert!((failed / count - centred).abs() < half_width + 0.01, "{} of {centred:.4}", failed / count);
    assert!(standard - centred > 5.0 * half_width, "the two predictions must be far apart");
}

#[test]
fn noise_after_a_bootstrap_is_what_the_formula_says() {
    let count = 2_048;
    let values = values(count);
    let tables = vec![LookupTable::new(0..=15, |x| x); count];
    let outputs = set().measure.batched(&encrypt(&values), &tables, BATCH);
    let samples: Vec<f64> = outputs.chunks_exact(WORDS).map(|output| decode(phase(output)).1).collect();
    assert_variance(&samples, noise::bootstrapped(), "bootstrap");
}

#[test]
fn packing_adds_less_noise_than_the_formula_allows_for() {
    let values = values(64);
    let inputs = encrypt(&values);
    let rings = set().measure.packing_keyswitch(&inputs);
    let key = set().secrets.big.as_ref();
    for (ring, value) in rings.chunks_exact(RING_WORDS).zip(values) {
        let (mask, body) = ring.split_at(RING);
        // The constant coefficient of mask · key: X^i · X^(N−i) = −1.
        let product = (1..RING).fold(mask[0].wrapping_mul(key[0]), |sum, i| {
            sum.wrapping_sub(mask[i].wrapping_mul(key[RING - i]))
        });
        let (found, noise) = decode(body[0].wrapping_sub(product));
        assert_eq!(found, value);
        assert!(noise.abs() < 6.0 * noise::packing(1).sqrt(), "{noise}");
    }
}
