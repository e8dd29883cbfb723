//! Noise and failure probability, from tfhe's public formulas (`core_crypto::commons::noise_formulas`).
//!
//! Variances are in units of the whole torus squared. A value is read wrongly when its noise exceeds half the
//! distance between two values; with Gaussian noise of variance v that has probability erfc(t / √(2v)) for a
//! distance t to the boundary. Probabilities are base-2 logarithms: they lie far below what an `f64` holds.
//!
//! The formulas are those of the set, whose noise makes its dimension secure: a smaller one would not be.

use tfhe::core_crypto::commons::noise_formulas::{
    centered_mean_shifted_modulus_switch::centered_binary_shifted_modulus_switch_additive_variance,
    lwe_keyswitch::keyswitch_additive_variance_132_bits_security_tuniform,
    lwe_packing_keyswitch::packing_keyswitch_additive_variance_132_bits_security_tuniform,
    lwe_programmable_bootstrap::pbs_variance_132_bits_security_tuniform_fft_mul,
};

use super::{BIG_DIMENSION, POLYNOMIAL, ParameterSet, RING, Scale, V1_8_2_2};

/// The set whose noise this is.
const SET: &ParameterSet = &V1_8_2_2;

/// The largest failure probability that a whole job may have, as a base-2 logarithm.
pub const LOG2_LIMIT: f64 = -64.0;

/// A coefficient uniform on ±2¹⁷ with half-likely ends, in words squared.
pub(crate) const FRESH_WORDS: f64 = (2.0 * 17_179_869_184.0 + 1.0) / 6.0;

/// The variance of a fresh ciphertext made with the public key: 2⁻⁴² of the torus, squared.
///
/// A fresh ciphertext is an encryption less one of zero, so its noise is e·(r − r′) + (e₂ − e₂′) − (e₁ − e₁′)·s with
/// binary r, r′ and s, and each e uniform on ±2¹⁷ (Joye, ePrint 2023/603, section 4). The e of the first product is the
/// public key's own and the same in every ciphertext: with r alone, which is one half on average, all of them would
/// have a part of their noise in common.
pub fn fresh() -> f64 {
    let one = FRESH_WORDS / MODULUS_64 / MODULUS_64;
    // r − r′ is not zero one half of the time, s too; e₁ − e₁′ and e₂ − e₂′ have twice one variance.
    one * (1.5 * RING as f64 + 2.0)
}

/// What a fresh ciphertext adds to the variance of a sum over rows of a table with `width` ciphertexts per row.
///
/// Ciphertexts of one bin share r − r′ and e₁ − e₁′ (see [`fresh`]), and s has no minus signs, so their noise is not
/// independent: at a distance of d places two of them have the correlation ½ − d/RING. A sum over a share f of a
/// column's k ciphertexts in a bin varies most when they are neighbours; per ciphertext that is 1 + k·f(½ − f/3), at
/// most 1 + 3k/16. A quarter in place of 3/16 leaves room for an r or an s that is not quite average.
pub fn fresh_addend(width: usize) -> f64 {
    fresh() * (1.0 + RING.div_ceil(width) as f64 / 4.0)
}

/// The variance of a bootstrap's output.
pub fn bootstrapped() -> f64 {
    pbs_variance_132_bits_security_tuniform_fft_mul(
        SET.tfhe.lwe_dimension,
        SET.tfhe.glwe_dimension,
        POLYNOMIAL,
        SET.tfhe.pbs_base_log,
        SET.tfhe.pbs_level,
        53.0,
        MODULUS_64,
    )
    .0
}

/// The variance that keyswitching to the small key adds.
pub fn keyswitch() -> f64 {
    keyswitch_additive_variance_132_bits_security_tuniform(
        BIG_DIMENSION,
        SET.tfhe.lwe_dimension,
        SET.tfhe.ks_base_log,
        SET.tfhe.ks_level,
        MODULUS_64,
        MODULUS_32,
    )
    .0
}

/// The variance that the centred modulus switch adds.
pub fn modulus_switch() -> f64 {
    centered_binary_shifted_modulus_switch_additive_variance(
        SET.tfhe.lwe_dimension,
        MODULUS_32,
        2.0 * RING as f64,
    )
    .0
}

/// The variance that packing up to `count` answers into one ring element, rounded for storage, adds.
pub fn packing(count: usize) -> f64 {
    let pack = packing_keyswitch_additive_variance_132_bits_security_tuniform(
        BIG_DIMENSION,
        SET.tfhe.glwe_dimension,
        POLYNOMIAL,
        SET.packing_base,
        SET.packing_levels,
        count as f64,
        MODULUS_64,
    )
    .0;
    pack + rounding(SET.answer_bits)
}

/// The probability (log2) that a lookup with `slots` boxes reads an input of this variance wrongly.
pub fn lookup_failure(input_variance: f64, slots: i64) -> f64 {
    let variance = input_variance + keyswitch() + modulus_switch();
    log2_erfc(half_box(slots) / (2.0 * variance).sqrt())
}

/// The probability (log2) that an answer of this variance is decoded wrongly after packing or rounding.
pub fn answer_failure(variance: f64, scale: Scale) -> f64 {
    let (stored, values) = match scale {
        // As if every ring element were full: batches share them.
        Scale::Slots => (packing(RING), Scale::Slots.values()),
        Scale::Sums => (rounding(u32::BITS), Scale::Sums.values()),
        Scale::Halves => (rounding(SET.answer_bits), Scale::Halves.values()),
    };
    // Half the distance between two of all the torus's values.
    let half = 0.5 / (values.end() - values.start() + 1) as f64;
    log2_erfc(half / (2.0 * (variance + stored)).sqrt())
}

/// The variance of keeping so many bits of the body, and of each of the mask's words that meets a one in the key (half
/// of them).
fn rounding(bits: u32) -> f64 {
    (RING as f64 / 2.0 + 1.0) / 12.0 * 2.0_f64.powi(-2 * bits as i32)
}

/// log2(2^a + 2^b): adding up failure probabilities.
pub fn log2_add(a: f64, b: f64) -> f64 {
    let (high, low) = if a > b { (a, b) } else { (b, a) };
    if low == f64::NEG_INFINITY {
        return high;
    }
    high + (1.0 + (low - high).exp2()).log2()
}

fn half_box(slots: i64) -> f64 {
    1.0 / (4.0 * slots as f64)
}

/// log2 of the complementary error function, also where the function itself underflows.
fn log2_erfc(x: f64) -> f64 {
    if x < 20.0 {
        return libm::erfc(x).log2();
    }
    // Abramowitz and Stegun 7.1.23: the first term left out is below 1e-7 here.
    let inverse = 1.0 / (2.0 * x * x);
    let series = 1.0 - inverse + 3.0 * inverse * inverse;
    (-x * x - (x * std::f64::consts::PI.sqrt()).ln() + series.ln()) / std::f64::consts::LN_2
}

const MODULUS_32: f64 = 4_294_967_296.0;
const MODULUS_64: f64 = MODULUS_32 * MODULUS_32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::SLOTS;

    fn log2_deviation(variance: f64) -> f64 {
        variance.log2() / 2.0
    }

    #[test]
    fn the_figures_of_the_parameter_set_come_out() {
        assert!((log2_deviation(fresh()) + 42.0).abs() < 0.5);
        assert!((log2_deviation(bootstrapped()) + 14.8).abs() < 0.1);
        // tfhe states 2^-129.581 for a 2-norm of five bootstrap outputs, so for 25 times the variance.
        let stated = lookup_failure(25.0 * bootstrapped(), SLOTS);
        assert!((stated - SET.tfhe.log2_p_fail).abs() < 0.7, "{stated}");
        let chain = lookup_failure(bootstrapped() + 2.0 * fresh(), SLOTS);
        assert!((-133.0..-131.0).contains(&chain), "{chain}");
    }

    #[test]
    fn a_packed_answer_is_read_wrongly_less_often_than_any_lookup() {
        assert!(answer_failure(bootstrapped(), Scale::Slots) < lookup_failure(bootstrapped(), SLOTS));
    }

    #[test]
    fn a_released_sum_of_a_million_amounts_is_read_and_one_of_a_hundred_million_is_not() {
        let failure = |people: f64| answer_failure(people * fresh_addend(16), Scale::Sums);
        assert!(failure(1e6) < -90.0, "{}", failure(1e6));
        assert!(failure(1e8) > LOG2_LIMIT, "{}", failure(1e8));
    }

    /// With the products themselves, for pseudo-random r, r′ and s: sums over several bins that have one e in common. Their
    /// noise is linear in the e's, so its variance over them is a sum of squares.
    #[test]
    fn sums_over_bins_with_one_public_key_have_less_noise_than_fresh_addend_allows() {
        let mut state = 1_u64;
        let mut bits = || -> Vec<i64> {
            let mut bit = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 63) as i64
            };
            (0..RING).map(|_| bit()).collect()
        };
        let s = bits();
        // How often a sum over some places has each coefficient of e in e·x, with its sign where the product wraps round.
        let weights = |x: &[i64], places: &[usize]| -> Vec<i64> {
            let term = |i: usize, j: usize| if i >= j { x[i - j] } else { -x[RING + i - j] };
            (0..RING).map(|j| places.iter().map(|i| term(*i, j)).sum()).collect()
        };
        let squares = |weights: &[i64]| weights.iter().map(|weight| (weight * weight) as f64).sum::<f64>();
        for (width, neighbours, bins) in [
            (1, RING, 1),
            (1, RING, 12),
            (1, RING * 3 / 4, 5),
            (9, RING, 24),
            (16, RING, 40),
            (RING, RING, 40),
        ] {
            let places: Vec<usize> = (0..neighbours).step_by(width).collect();
            let mut shared = vec![0; RING];
            let mut with_r_alone = vec![0; RING];
            for _ in 0..bins {
                let (r, other) = (bits(), bits());
                let ternary: Vec<i64> = r.iter().zip(&other).map(|(r, other)| r - other).collect();
                for (sum, x) in [(&mut shared, &ternary), (&mut with_r_alone, &r)] {
                    sum.iter_mut().zip(weights(x, &places)).for_each(|(sum, weight)| *sum += weight);
                }
            }
            let addends = (bins * places.len()) as f64;
            // (e₁ − e₁′)·s and e₂ − e₂′ are each bin's own.
            let own = 2.0 * bins as f64 * squares(&weights(&s, &places)) + 2.0 * addends;
            let in_units = |shared: &[i64]| (squares(shared) + own) / (1.5 * RING as f64 + 2.0) / addends;
            let (found, allowed) = (in_units(&shared), fresh_addend(width) / fresh());
            assert!(found < allowed, "{width} {neighbours} {bins}: {found} of {allowed}");
            if bins == 40 && width == 16 {
                assert!(in_units(&with_r_alone) > allowed, "without the zeros it would be more");
            }
        }
    }

    #[test]
    fn log2_erfc_is_continuous_where_the_series_takes_over() {
        let below = log2_erfc(20.0 - 1e-9);
        let above = log2_erfc(20.0);
        assert!((below - above).abs() < 1e-4, "{below} {above}");
        assert!((log2_add(-10.0, -10.0) + 9.0).abs() < 1e-12);
        assert!((log2_add(f64::NEG_INFINITY, -3.0) + 3.0).abs() < 1e-12);
    }
}
