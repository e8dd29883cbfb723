//! Rows of a key in the Fourier domain, and sums of products with digits.

use tfhe::core_crypto::fft_impl::fft64::c64;

use crate::leveled::fourier::{HALF, Slots};
use crate::leveled::split::{Split, TILE, TILES, Tile, add_products, merge};

/// `outputs` polynomials are Σ digitⱼ · rowⱼ over the levels: the rows of all outputs, tile after tile, so
/// that a pass reads the key from front to back.
pub(in crate::leveled) struct KeyRows {
    outputs: usize,
    levels: usize,
    rows: Split,
}

impl KeyRows {
    pub(in crate::leveled) fn new(outputs: usize, levels: usize) -> Self {
        Self { outputs, levels, rows: Split::zeros(outputs * levels) }
    }

    pub(in crate::leveled) fn levels(&self) -> usize {
        self.levels
    }

    pub(in crate::leveled) fn set(&mut self, output: usize, level: usize, row: &Slots) {
        self.rows.set(output * self.levels + level, row);
    }

    /// One tile of every output's Σ digits · rows.
    #[inline(always)]
    pub(in crate::leveled) fn tile_products(
        &self,
        digits: &Split,
        tile: usize,
        mut take: impl FnMut(usize, &Tile),
    ) {
        let digits = &digits.tile(tile)[..self.levels];
        let rows = self.rows.tile(tile);
        for output in 0..self.outputs {
            let mut sum = [[0.0; TILE]; 2];
            add_products(&mut sum, digits, &rows[output * self.levels..][..self.levels]);
            take(output, &sum);
        }
    }

    /// `results`, one polynomial for each output after the other, become Σ digits · rows.
    pub(in crate::leveled) fn products(&self, digits: &Split, results: &mut [c64]) {
        for tile in 0..TILES {
            self.tile_products(digits, tile, |output, sum| {
                let result = &mut results[output * HALF + tile * TILE..];
                merge(sum, result.first_chunk_mut().expect("tiles fill a polynomial"));
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leveled::fourier::{Fourier, ZERO};

    #[test]
    fn products_are_the_sums_that_they_should_be_for_any_number_of_levels() {
        let value = |seed: usize| {
            let part = |factor: usize| (seed * factor % 31) as f64 - 15.0;
            c64::new(part(7), part(11))
        };
        let row = |output: usize, level: usize| -> Vec<c64> {
            (0..HALF).map(|slot| value(slot * 3 + output * 5 + level)).collect()
        };
        let digit =
            |level: usize| -> Vec<c64> { (0..HALF).map(|slot| value(slot * 2 + level * 13)).collect() };
        for levels in 1..=13 {
            let (mut digits, mut rows) = (Split::zeros(levels), KeyRows::new(4, levels));
            for level in 0..levels {
                digits.set(level, digit(level).first_chunk().expect("whole"));
                for output in 0..4 {
                    rows.set(output, level, row(output, level).first_chunk().expect("whole"));
                }
            }
            let mut results = Fourier::zeros(4);
            rows.products(&digits, results.as_mut_slice());
            for output in 0..4 {
                for slot in 0..HALF {
                    let expected = (0..levels)
                        .fold(ZERO, |sum, level| sum + digit(level)[slot] * row(output, level)[slot]);
                    assert_eq!(results.get(output)[slot], expected);
                }
            }
        }
    }
}
