//! The 4,096th roots of unity, from integer arithmetic alone.
//!
//! One different low bit of a twiddle can flip a gadget digit, and a flipped digit changes every word of a
//! result. So no `sin`, `cos` or `ln` of a platform's C library is called anywhere in this engine: those
//! differ between libraries, and within one library between processors with and without fused multiply-add.
//! Conversion of a 64-bit integer to `f64` and division by a power of two are exact under IEEE 754
//! everywhere.

use tfhe::core_crypto::fft_impl::fft64::c64;

use crate::params::RING;

/// e^(iπk/N) for `k` in `0..2N`: each part within 2⁻⁵³ of the truth.
pub(super) fn roots() -> Vec<c64> {
    (0..2 * RING).map(root).collect()
}

fn root(k: usize) -> c64 {
    let quarter = RING / 2;
    // The first half of a quarter turn gives everything else.
    let rest = k % quarter;
    let (sine, cosine) = if rest <= quarter / 2 {
        sine_and_cosine(rest)
    } else {
        let (sine, cosine) = sine_and_cosine(quarter - rest);
        (cosine, sine)
    };
    match k / quarter {
        0 => c64::new(cosine, sine),
        1 => c64::new(-sine, cosine),
        2 => c64::new(-cosine, -sine),
        _ => c64::new(sine, -cosine),
    }
}

/// Of πk/N, which is at most π/4: Taylor's series with [`FRACTION`] fractional bits.
fn sine_and_cosine(k: usize) -> (f64, f64) {
    // π · 2⁶¹ · k · 2 / N, rounded.
    let angle = (PI * k as i128 + (RING as i128 / 4)) / (RING as i128 / 2);
    let square = multiply(angle, angle);
    let series = |first: i128, mut index: i128| {
        let (mut term, mut sum) = (first, 0);
        while term != 0 {
            sum += term;
            term = -multiply(term, square) / (index * (index + 1));
            index += 2;
        }
        to_real(sum)
    };
    (series(angle, 2), series(1 << FRACTION, 1))
}

fn multiply(left: i128, right: i128) -> i128 {
    (left * right + (1 << (FRACTION - 1))) >> FRACTION
}

fn to_real(value: i128) -> f64 {
    const UNIT: f64 = (1_u64 << FRACTION) as f64;
    value as f64 / UNIT
}

const FRACTION: u32 = 62;

/// π · 2⁶¹.
const PI: i128 = 0x6487_ed51_10b4_611a;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_those_of_a_mathematics_library() {
        for (k, root) in roots().into_iter().enumerate() {
            // The library is given an angle that is itself rounded.
            let angle = std::f64::consts::PI * k as f64 / RING as f64;
            assert!((root.re - libm::cos(angle)).abs() < 1.5e-15, "{k}");
            assert!((root.im - libm::sin(angle)).abs() < 1.5e-15, "{k}");
            assert!((root.re * root.re + root.im * root.im - 1.0).abs() < 1.5e-15, "{k}");
        }
    }

    #[test]
    fn roots_are_frozen_bit_for_bit() {
        let mut hasher = blake3::Hasher::new();
        for root in roots() {
            hasher.update(&root.re.to_bits().to_le_bytes());
            hasher.update(&root.im.to_bits().to_le_bytes());
        }
        assert_eq!(hasher.finalize().to_hex()[..16], *FROZEN);
    }

    const FROZEN: &str = "b960ea2774687142";
}
