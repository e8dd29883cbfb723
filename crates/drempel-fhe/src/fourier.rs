//! What both engines' Fourier transforms share: the one plan, the same in every process, and the way back to words.

use std::sync::Once;

use tfhe::core_crypto::fft_impl::fft64::math::fft::{FftAlgo, Method, Plan, setup_custom_fft_plan};

use crate::params::RING;

/// A real polynomial of N coefficients is a complex one of N/2: coefficient j + i · coefficient j + N/2.
pub(crate) const HALF: usize = RING / 2;

/// A backward FFT of N/2 points multiplies by N/2.
pub(crate) const NORMALISE: f64 = 1.0 / HALF as f64;

/// Fixes which FFT algorithm is used. tfhe would race them against each other at first use, and the winner decides
/// the low bits of every result; with one plan, the same inputs give the same bytes in every process.
pub(crate) fn pin_fft_plan() {
    static PIN: Once = Once::new();
    PIN.call_once(|| setup_custom_fft_plan(fft_plan()));
}

/// The plan of a ring element's transform: half as many complex points as it has coefficients.
pub(crate) fn fft_plan() -> Plan {
    Plan::new(HALF, Method::UserProvided { base_algo: FftAlgo::Dif4, base_n: HALF })
}

/// A real number modulo 1 as a word, to a multiple of 2⁻⁴⁸: the FFT is no more precise than that.
#[inline(always)]
pub(crate) fn to_torus(value: f64) -> u64 {
    // Adding and subtracting this number rounds to the nearest integer; its low bits then hold that integer.
    const ROUND: f64 = 6_755_399_441_055_744.0; // 1.5 · 2⁵²
    let fraction = value - ((value + ROUND) - ROUND);
    let scaled = fraction * 281_474_976_710_656.0 + ROUND; // 2⁴⁸
    scaled.to_bits().wrapping_sub(ROUND.to_bits()) << 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_real_number_becomes_its_fraction_on_the_torus() {
        let near = |value: f64, expected: f64| {
            let found = to_torus(value) as i64 as f64 / 2.0_f64.powi(64);
            assert!((found - expected).abs() < 2.0_f64.powi(-40), "{value}: {found}");
        };
        for (value, expected) in [
            (0.0, 0.0),
            (0.25, 0.25),
            (-0.25, -0.25),
            (7.125, 0.125),
            (-3.4375, -0.4375),
            (67_108_864.375, 0.375),
        ] {
            near(value, expected);
        }
    }
}
