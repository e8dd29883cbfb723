//! Polynomials modulo X^N + 1 as words: exact arithmetic modulo 2⁶⁴.

use super::fourier::Words;
use crate::params::RING;
use crate::ring::add_monomial_product;

/// `output = polynomial(X^k)` for an odd k: coefficient i goes to place i·k, with its sign turned for every
/// time that this passes X^N.
pub(super) fn automorphism(polynomial: &Words, k: usize, output: &mut Words) {
    let (mut from, mut place) = (0, 0);
    let mut negative = false;
    // In runs that do not pass X^N: within one of them the places are k apart and the sign is the same.
    let k = k % (2 * RING);
    while from < RING {
        let run = (RING - place).div_ceil(k).min(RING - from);
        let inputs = &polynomial[from..from + run];
        let outputs = output[place..].iter_mut().step_by(k);
        if negative {
            outputs.zip(inputs).for_each(|(output, word)| *output = word.wrapping_neg());
        } else {
            outputs.zip(inputs).for_each(|(output, word)| *output = *word);
        }
        from += run;
        place += run * k;
        negative ^= place / RING % 2 == 1;
        place %= RING;
    }
}

/// `output = polynomial · X^degree`, for a degree in `0..2N`.
pub(super) fn turn(polynomial: &Words, degree: usize, output: &mut Words) {
    let (front, back) = polynomial.split_at(RING - degree % RING);
    let (low, high) = output.split_at_mut(degree % RING);
    copy(high, front, degree >= RING);
    copy(low, back, degree < RING);
}

fn copy(output: &mut [u64], input: &[u64], negative: bool) {
    if negative {
        output.iter_mut().zip(input).for_each(|(output, word)| *output = word.wrapping_neg());
    } else {
        output.copy_from_slice(input);
    }
}

/// `output = polynomial · X^degree − polynomial`, for a degree in `0..2N`.
pub(super) fn turned_difference(polynomial: &Words, degree: usize, output: &mut Words) {
    let kept = RING - degree % RING;
    let (front, back) = polynomial.split_at(kept);
    let (low, high) = output.split_at_mut(RING - kept);
    let (own_low, own_high) = polynomial.split_at(RING - kept);
    difference(high, front, own_high, degree >= RING);
    difference(low, back, own_low, degree < RING);
}

fn difference(output: &mut [u64], turned: &[u64], own: &[u64], negative: bool) {
    let terms = output.iter_mut().zip(turned.iter().zip(own));
    if negative {
        terms.for_each(|(output, (turned, own))| *output = turned.wrapping_neg().wrapping_sub(*own));
    } else {
        terms.for_each(|(output, (turned, own))| *output = turned.wrapping_sub(*own));
    }
}

/// `left += right`.
pub(super) fn add(left: &mut Words, right: &Words) {
    left.iter_mut().zip(right).for_each(|(left, right)| *left = left.wrapping_add(*right));
}

/// `left -= right`.
pub(super) fn subtract(left: &mut Words, right: &Words) {
    left.iter_mut().zip(right).for_each(|(left, right)| *left = left.wrapping_sub(*right));
}

/// `sum -= polynomial · factor`, for a factor of zeros and ones.
pub(super) fn subtract_product_with_bits(sum: &mut Words, polynomial: &Words, bits: &[bool]) {
    for (degree, _) in bits.iter().enumerate().filter(|(_, bit)| **bit) {
        // X^N is −1.
        add_monomial_product(sum, polynomial, degree + RING);
    }
}

/// The product, coefficient by coefficient: 4 million multiplications.
#[cfg(any(test, feature = "secret-key"))]
pub(super) fn multiply(left: &[u64], right: &[u64]) -> Vec<u64> {
    let mut product = vec![0_u64; RING];
    let mut row = [0; RING];
    for (degree, factor) in left.iter().enumerate().filter(|(_, factor)| **factor != 0) {
        row.iter_mut().zip(right).for_each(|(term, word)| *term = word.wrapping_mul(*factor));
        add_monomial_product(&mut product, &row, degree);
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polynomial() -> [u64; RING] {
        std::array::from_fn(|i| (i as u64 + 3).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    #[test]
    fn an_automorphism_moves_every_coefficient_to_its_multiple() {
        let polynomial = polynomial();
        for k in [1, 3, 5, 7, 9, 25, 33, 129, 1_537, 2_047, 2_049, 3_073, 4_095] {
            let mut found = [0; RING];
            automorphism(&polynomial, k, &mut found);
            for (i, word) in polynomial.iter().enumerate() {
                let place = i * k % (2 * RING);
                let expected = if place < RING { *word } else { word.wrapping_neg() };
                assert_eq!(found[place % RING], expected, "{k} {i}");
            }
        }
    }

    #[test]
    fn turning_is_multiplication_by_a_monomial() {
        let polynomial = polynomial();
        for degree in [0, 1, 512, 1_024, 2_047, 2_048, 3_000, 4_095] {
            let mut monomial = vec![0; RING];
            monomial[degree % RING] = if degree < RING { 1 } else { u64::MAX };
            let expected = multiply(&monomial, &polynomial);
            let mut found = [1; RING];
            turn(&polynomial, degree, &mut found);
            assert_eq!(found.as_slice(), expected, "{degree}");
            subtract(&mut found, &polynomial);
            let mut difference = [2; RING];
            turned_difference(&polynomial, degree, &mut difference);
            assert_eq!(difference, found, "{degree}");
        }
    }

    #[test]
    fn a_product_with_bits_is_the_product() {
        let polynomial = polynomial();
        let bits: Vec<bool> = (0..RING).map(|i| i * i % 7 < 3).collect();
        let as_words: Vec<u64> = bits.iter().map(|bit| u64::from(*bit)).collect();
        let mut found = [0; RING];
        subtract_product_with_bits(&mut found, &polynomial, &bits);
        let expected: Vec<u64> =
            multiply(&as_words, &polynomial).into_iter().map(u64::wrapping_neg).collect();
        assert_eq!(found.as_slice(), expected);
    }
}
