//! Noise, failure and leak of the leveled engine, by formula.
//!
//! Variances are in units of the whole torus squared; probabilities and bits are base-2 logarithms where the
//! name says so. What goes into bytes (the noisy constants' variance) is computed by additions,
//! multiplications, divisions and powers of two alone, which are exact to the last bit on every processor.
//!
//! The formulas follow Chillotti et al., ePrint 2018/421, theorems 4.1 and 4.2, per level and automorphism,
//! with two things added: the mean −1/2 of a digit, which matters for small bases (see
//! [`Gadget`]), and the error of the FFT, which in this engine is as large as that of the key
//! switches.

use super::gadget::Gadget;
use super::key::PACKING;
use super::parameters::{LeveledParams, MAX_ADDENDS};
use super::randomness::FLOOD_BOUND;
use super::worker::MAX_BITS;
use crate::params::RING;
use crate::params::noise::{FRESH_WORDS, fresh};

/// |t|² has mean N/2 and deviation √N/2: at most this, or keygen draws another key.
#[cfg(feature = "secret-key")]
pub(super) const KEY_NORM_LIMIT: f64 = 1_100.0;

/// |t²|² is near N²/2: at most this (the noise of a rounded mask comes back times t²).
#[cfg(feature = "secret-key")]
pub(super) const SQUARE_NORM_LIMIT: f64 = 1.25 * (RING * RING / 2) as f64;

/// The squared norm of one row's noise, in words: N times its variance, and a fifth (ten deviations).
#[cfg(feature = "secret-key")]
pub(super) const ROW_NORM_LIMIT: f64 = 1.2 * RING as f64 * FRESH_WORDS;

const N: f64 = RING as f64;

/// |t|², as expected.
const KEY_NORM: f64 = N / 2.0;

/// Noise of the two rows of one level of a selector: variance of a coefficient, on average.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RowNoise {
    /// Of the row for the body: a leaf of the expansion.
    pub body: f64,
    /// Of the row for the mask: the leaf's noise times t, and what the scheme switch adds.
    pub mask: f64,
}

/// 2^−exponent.
fn half_power(exponent: u32) -> f64 {
    f64::from_bits(u64::from(1_023 - exponent) << 52)
}

/// The variance of one coefficient of a key's row.
fn key_noise() -> f64 {
    FRESH_WORDS * half_power(128)
}

/// The variance of the FFT's error in one coefficient of Σ digits · words over so many products of
/// polynomials.
///
/// The exact sum has deviation √(products · N · digits² · 1/12); a transform of 1,024 points and back loses a
/// few units of 2⁻⁵³ of it. [`FFT_UNITS`] is measured, with a margin: see the test.
fn fft_error(products: f64, digit_variance: f64) -> f64 {
    FFT_UNITS * FFT_UNITS * half_power(106) * products * N * digit_variance / 12.0
}

/// Deviation of an FFT product's error in units of 2⁻⁵³ of the product before it is reduced modulo 1.
const FFT_UNITS: f64 = 4.0;

/// What rounding to the torus's multiples of 2⁻⁴⁸ adds to a coefficient.
fn store_error() -> f64 {
    half_power(96) / 12.0
}

/// What one key switch with this gadget adds to a coefficient: key noise times digits, the mask's rest times
/// t, and the FFT's error in body and mask.
pub fn key_switch(gadget: Gadget) -> f64 {
    let levels = f64::from(gadget.levels);
    let digits = levels * N * gadget.digit_variance() * key_noise();
    let rests = KEY_NORM * half_power(2 * gadget.kept_bits()) / 12.0;
    digits + rests + (fft_error(levels, gadget.digit_variance()) + store_error()) * (1.0 + KEY_NORM)
}

/// The rows of a selector of these parameters.
pub fn rows(params: &LeveledParams) -> RowNoise {
    let mut body = fresh();
    for stage in params.stages() {
        let group = f64::from(1_u32 << stage.width);
        body = group * body + (group - 1.0) * key_switch(stage.gadget);
    }
    let switch = params.scheme_switch();
    let levels = f64::from(switch.levels);
    let digits = levels * N * switch.digit_variance() * key_noise();
    // |t²|² is N²/2.
    let rests = N * KEY_NORM * half_power(2 * switch.kept_bits()) / 12.0;
    let error = fft_error(levels, switch.digit_variance()) * (1.0 + KEY_NORM);
    RowNoise { body, mask: KEY_NORM * body + digits + rests + error }
}

/// What one external product adds: the rows' noise times digits, and half of the rests.
pub fn product(params: &LeveledParams) -> f64 {
    let (gadget, rows) = (params.selector(), rows(params));
    let digits = f64::from(gadget.levels) * N * gadget.digit_variance() * (rows.body + rows.mask);
    let rests = (1.0 + KEY_NORM) * half_power(2 * gadget.kept_bits()) / 12.0 / 4.0;
    digits + rests
}

/// A state that was not absorbed, after so many high bits: m products for each low bit, and for each high bit
/// two of every addend but the last, whose products are shared, and one of the last.
pub fn live_state(params: &LeveledParams, addends: usize, bits: usize, high_bits: usize) -> f64 {
    let low = addends * LeveledParams::low_bits(addends).min(bits);
    (low + high_bits * (2 * addends - 1)) as f64 * product(params)
}

/// An answer before it is packed.
pub fn decision(params: &LeveledParams, addends: usize, bits: usize) -> f64 {
    let high_bits = bits.saturating_sub(LeveledParams::low_bits(addends));
    live_state(params, addends, bits, high_bits)
}

/// The state of a comparison of two numbers after so many high bits: two products for each low bit, and for
/// each high bit three, because the first of its two counts twice in their difference.
pub fn compared(params: &LeveledParams, bits: usize, high_bits: usize) -> f64 {
    (2 * LeveledParams::low_bits(1).min(bits) + 3 * high_bits) as f64 * product(params)
}

/// What packing so many answers adds to each before rounding, with the FFT's error.
pub fn packed(count: usize) -> f64 {
    let digits = PACKING.digit_variance();
    // Every row's key noise meets the digits of all answers of the ring.
    let key = count as f64 * N * digits * key_noise();
    let rests = KEY_NORM * half_power(2 * PACKING.kept_bits()) / 12.0;
    key + rests + fft_error(count as f64, digits) * (1.0 + KEY_NORM)
}

/// Packing so many answers and keeping 16 bits of every word.
pub fn packing(count: usize) -> f64 {
    packed(count) + (1.0 + KEY_NORM) * half_power(32) / 12.0
}

/// The FFT's error in a coefficient of one key switch's body.
pub fn fft(gadget: Gadget) -> f64 {
    fft_error(f64::from(gadget.levels), gadget.digit_variance()) + store_error()
}

/// The probability (log2) that an answer's noise without its flood passes `distance`.
///
/// Given its selectors a product's noise is a sum of independent digits, each bounded by a Gaussian of its
/// variance (uniform variables are strictly sub-Gaussian). The selectors' own noise is fixed before, so the
/// variance is random: a scale mixture, whose tail erfc would understate. The bound is Chernoff's with the
/// moment generating function of a mixture over a chi-square of n degrees of freedom, (1 − λ²v/n)^(−n/2), at
/// the best λ. For n two are counted for each hidden bit: a bit's levels have two rows each, whose noise has
/// four degrees at least (a third of stage 1's sits in two coefficients), and half of them are left out
/// because bits have unequal shares.
pub fn tail_log2(variance: f64, hidden_bits: usize, distance: f64) -> f64 {
    let n = 2.0 * hidden_bits as f64;
    let z = distance / variance.sqrt();
    let root = ((n + 4.0 * z * z).sqrt() - n.sqrt()) / (2.0 * z);
    let exponent = -z * n.sqrt() * root - n / 2.0 * (1.0 - root * root).ln();
    1.0 + exponent / std::f64::consts::LN_2
}

/// The noise of one released answer, as the key holder meets it but for its flood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AnswerNoise {
    /// In units of the torus squared.
    pub variance: f64,
    hidden_bits: usize,
}

impl AnswerNoise {
    /// Of a sum of so many numbers beside its line.
    pub fn of_sum(params: &LeveledParams, addends: usize, bits: usize) -> Self {
        Self { variance: decision(params, addends, bits) + packing(RING), hidden_bits: addends * bits }
    }

    /// Of two numbers beside each other.
    pub fn of_comparison(params: &LeveledParams, bits: usize) -> Self {
        let high_bits = bits.saturating_sub(LeveledParams::low_bits(1));
        Self { variance: compared(params, bits, high_bits) + packing(RING), hidden_bits: 2 * bits }
    }

    /// The probability (log2) that it is read wrongly, flood included: that one's size is bounded.
    pub fn failure_log2(self) -> f64 {
        tail_log2(self.variance, self.hidden_bits, 0.25 - flood_bound())
    }

    /// The distance from a value at which a phase is no answer any more: an honest one is that far off with a
    /// probability of at most 2⁻¹²⁸. The flood's bound, and the rest of the noise.
    pub fn reading_distance(self) -> f64 {
        let (mut low, mut high) = (0.0, 0.25);
        // Halves the interval until it is far below any noise.
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            let is_rare = tail_log2(self.variance, self.hidden_bits, middle) <= -128.0;
            if is_rare { high = middle } else { low = middle }
        }
        flood_bound() + high
    }

    /// What the answer leaks about its own noise, in bits (log2), if that noise were known to the last digit: v · I /
    /// 2 nats, I the flood's Fisher information. The sum of three uniform variables of width w has I = 4.562 / w².
    pub fn strict_leak_log2(self) -> f64 {
        let width = 2.0 / 3.0 * flood_bound();
        (self.variance * FLOOD_INFORMATION / (width * width) / 2.0 / std::f64::consts::LN_2).log2()
    }

    /// The total variation (log2) between the answer and one without circuit noise: the expected shift times the
    /// flood's largest density, 3/4 of 1/w. These add up over answers.
    pub fn total_variation_log2(self) -> f64 {
        let width = 2.0 / 3.0 * flood_bound();
        let shift = (self.variance * 2.0 / std::f64::consts::PI).sqrt();
        (shift * 0.75 / width).log2()
    }
}

/// The largest [reading distance](AnswerNoise::reading_distance) of any decision with these parameters.
pub fn reading_distance(params: &LeveledParams) -> f64 {
    let sums = (1..=MAX_ADDENDS)
        .flat_map(|addends| (1..=MAX_BITS).map(move |bits| AnswerNoise::of_sum(params, addends, bits)));
    let all = sums.chain((1..=MAX_BITS).map(|bits| AnswerNoise::of_comparison(params, bits)));
    all.map(AnswerNoise::reading_distance).fold(0.0, f64::max)
}

fn flood_bound() -> f64 {
    FLOOD_BOUND as f64 / 18_446_744_073_709_551_616.0
}

/// 2 · (2 + 3 · ln((√3 + 1) / (√3 − 1)) / √3 − 2), from the density 3/4 − u², then (3/2 − u)² / 2.
const FLOOD_INFORMATION: f64 = 4.562;

#[cfg(test)]
mod tests {
    use super::*;

    fn deviation_log2(variance: f64) -> f64 {
        variance.log2() / 2.0
    }

    #[test]
    fn the_figures_of_v25_come_out() {
        let params = LeveledParams::V25;
        let (rows, couple) = (rows(&params), AnswerNoise::of_sum(&params, 2, 18));
        eprintln!(
            "body {:.2}, mask {:.2}, product {:.2}, couple {:.2}, packing {:.2}",
            deviation_log2(rows.body),
            deviation_log2(rows.mask),
            deviation_log2(product(&params)),
            deviation_log2(decision(&params, 2, 18)),
            deviation_log2(packing(RING)),
        );
        eprintln!(
            "failure {:.0}, strict {:.2}, total variation {:.2}, reading distance {:.4}",
            couple.failure_log2(),
            couple.strict_leak_log2(),
            couple.total_variation_log2(),
            couple.reading_distance(),
        );
        assert!((deviation_log2(decision(&params, 2, 18)) + 11.8).abs() < 0.3);
        assert!((-16.0..-14.0).contains(&couple.strict_leak_log2()));
    }

    #[test]
    fn no_answer_of_any_size_is_read_wrongly_more_often_than_2_to_the_minus_128() {
        for params in [LeveledParams::V25, LeveledParams::V35] {
            for addends in 1..=8 {
                let noise = AnswerNoise::of_sum(&params, addends, 32);
                assert!(noise.failure_log2() < -128.0 && noise.reading_distance() < 0.2);
            }
        }
    }

    #[test]
    fn a_phase_is_no_answer_beyond_a_fifth_of_the_torus() {
        let distances = [LeveledParams::V25, LeveledParams::V35].map(|params| reading_distance(&params));
        // The flood alone reaches 0.17.
        assert!(
            (0.17..0.187).contains(&distances[0]) && (0.17..0.182).contains(&distances[1]),
            "{distances:?}"
        );
    }

    #[test]
    fn the_tail_bound_lies_above_a_gaussians_tail_and_near_it_for_many_degrees() {
        let gaussian = |z: f64| libm::erfc(z / std::f64::consts::SQRT_2).log2();
        for z in [3.0, 6.0, 10.0] {
            assert!(tail_log2(1.0, 1 << 20, z) > gaussian(z));
            assert!(tail_log2(1.0, 1 << 20, z) < gaussian(z) + 6.0);
            assert!(tail_log2(1.0, 36, z) > tail_log2(1.0, 1 << 20, z));
        }
    }
}
