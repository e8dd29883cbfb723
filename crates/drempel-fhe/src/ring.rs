//! Polynomials modulo X^N + 1, N = 2,048, with 64-bit coefficients.

use crate::params::RING;

/// `sum += polynomial · X^degree`, for a degree in `0..2N`.
pub fn add_monomial_product(sum: &mut [u64], polynomial: &[u64], degree: usize) {
    let (front, back) = polynomial.split_at(RING - degree % RING);
    let (low, high) = sum.split_at_mut(degree % RING);
    let add = |sum: &mut [u64], terms: &[u64]| {
        sum.iter_mut().zip(terms).for_each(|(s, t)| *s = s.wrapping_add(*t));
    };
    let subtract = |sum: &mut [u64], terms: &[u64]| {
        sum.iter_mut().zip(terms).for_each(|(s, t)| *s = s.wrapping_sub(*t));
    };
    // What passes X^N comes back at the front with its sign turned; X^N itself is −1.
    if degree < RING {
        add(high, front);
        subtract(low, back);
    } else {
        subtract(high, front);
        add(low, back);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turning_by_any_degree_is_multiplication_by_a_monomial() {
        let polynomial: Vec<u64> = (0..RING as u64).map(|i| i * i + 1).collect();
        for degree in [0, 1, 700, RING - 1, RING, RING + 1, 2 * RING - 1] {
            let mut turned = vec![5; RING];
            add_monomial_product(&mut turned, &polynomial, degree);
            for (i, coefficient) in polynomial.iter().enumerate() {
                let place = (i + degree) % (2 * RING);
                let signed = if place < RING { *coefficient } else { coefficient.wrapping_neg() };
                assert_eq!(turned[place % RING], 5_u64.wrapping_add(signed), "{degree} {i}");
            }
        }
    }
}
