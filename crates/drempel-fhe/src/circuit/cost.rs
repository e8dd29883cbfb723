//! What a program costs and how likely it is to fail, without running it.

use std::cell::Cell as Counter;
use std::convert::Infallible;

use super::{Backend, Cell, LookupTable, Scale};
use crate::params::{SLOTS, noise};

/// Counts bootstraps and follows the noise of each column from tfhe's public formulas.
#[derive(Debug)]
pub struct Cost {
    /// The ciphertexts per row of each table.
    widths: Vec<usize>,
    bootstraps: Counter<u64>,
    log2_failure: Counter<f64>,
}

/// A column of which only its length and its worst noise are known.
#[derive(Clone, Debug)]
pub struct Shape {
    rows: usize,
    /// The largest variance of any row, in units of the torus squared.
    variance: f64,
}

impl Cost {
    /// A counter at zero, for programs over tables with so many ciphertexts per row.
    pub fn new(widths: Vec<usize>) -> Self {
        Self { widths, bootstraps: Counter::new(0), log2_failure: Counter::new(f64::NEG_INFINITY) }
    }

    /// Bootstraps so far.
    pub fn bootstraps(&self) -> u64 {
        self.bootstraps.get()
    }

    /// The probability, as a base-2 logarithm, that at least one lookup so far reads a wrong value.
    pub fn log2_failure(&self) -> f64 {
        self.log2_failure.get()
    }

    /// Counts the packing and decoding of one field of a program's answers.
    pub fn release(&self, answers: &Shape, scale: Scale) {
        let one = noise::answer_failure(answers.variance, scale);
        self.add_failures(one, answers.rows);
    }

    fn add_failures(&self, log2_one: f64, count: usize) {
        if count > 0 {
            let all = log2_one + (count as f64).log2();
            self.log2_failure.set(noise::log2_add(self.log2_failure.get(), all));
        }
    }
}

impl Backend for Cost {
    type Column = Shape;
    type Error = Infallible;

    fn gather(&self, _position: usize, cells: &[Cell]) -> Result<Shape, Infallible> {
        // Counted as addends: rows of one bin are not independent, and later sums take them to be.
        let narrowest = cells.iter().map(|cell| self.widths[cell.table]).min();
        let variance = narrowest.map_or(0.0, noise::fresh_addend);
        Ok(Shape { rows: cells.len(), variance })
    }

    fn add(&self, left: &Shape, right: &Shape) -> Shape {
        Shape { rows: left.rows, variance: left.variance + right.variance }
    }

    fn subtract(&self, left: &Shape, right: &Shape) -> Shape {
        self.add(left, right)
    }

    fn scale(&self, column: &Shape, factor: i64) -> Shape {
        let square = (factor as f64).powi(2);
        Shape { rows: column.rows, variance: column.variance * square }
    }

    fn constant(&self, values: &[i64], _scale: Scale) -> Shape {
        Shape { rows: values.len(), variance: 0.0 }
    }

    fn select(&self, column: &Shape, rows: &[usize]) -> Shape {
        Shape { rows: rows.len(), variance: column.variance }
    }

    fn sum_by(&self, column: &Shape, group_of: &[usize], groups: usize) -> Shape {
        let mut sizes = vec![0_u32; groups];
        for group in group_of {
            sizes[*group] += 1;
        }
        let largest = sizes.into_iter().max().unwrap_or(0);
        Shape { rows: groups, variance: column.variance * f64::from(largest) }
    }

    fn lookup(&self, column: &Shape, _tables: &[LookupTable]) -> Result<Shape, Infallible> {
        self.bootstraps.set(self.bootstraps.get() + column.rows as u64);
        self.add_failures(noise::lookup_failure(column.variance, SLOTS), column.rows);
        Ok(Shape { rows: column.rows, variance: noise::bootstrapped() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many bootstrapped bits may be added before a refresh at 2⁻¹²⁸.
    #[test]
    fn noise_of_many_added_bits_passes_the_bound_between_25_and_60() {
        let failure = |count: f64| noise::lookup_failure(count * noise::bootstrapped(), SLOTS);
        assert!(failure(25.0) < -128.0);
        assert!(failure(60.0) > -128.0);
    }

    #[test]
    fn failures_add_up_over_rows() {
        let cost = Cost::new(vec![1]);
        let cells = vec![Cell { table: 0, row: 0 }; 1024];
        let column = cost.gather(0, &cells).expect("nothing to read");
        let tables = vec![LookupTable::new(0..=15, |x| x); 1024];
        cost.lookup(&column, &tables).expect("nothing to read");
        let one = noise::lookup_failure(noise::fresh_addend(1), SLOTS);
        assert!((cost.log2_failure() - one - 10.0).abs() < 1e-9);
        assert_eq!(cost.bootstraps(), 1024);
    }
}
