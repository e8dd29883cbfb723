//! What a program costs and how likely it is to fail, without running it.

use std::cell::Cell as Counter;
use std::collections::HashSet;
use std::convert::Infallible;

use super::{Backend, Bits, Cell, LookupTable, Output, Pairs, Scale, Sums};
use crate::leveled::noise::{self as leveled_noise, AnswerNoise};
use crate::leveled::{Counts, LeveledParams};
use crate::params::{RING, SLOTS, noise};

/// Counts bootstraps and follows the noise of each column from tfhe's public formulas.
#[derive(Debug)]
pub struct Cost {
    /// The ciphertexts per row of each table.
    widths: Vec<usize>,
    bootstraps: Counter<u64>,
    leveled: Counter<Counts>,
    log2_failure: Counter<f64>,
    leak: Counter<Leak>,
}

/// What the noise of released decisions can tell whoever decrypts them, summed over a job's answers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Leak {
    /// Bits at most, if nothing else than the flood hid an answer's noise from who knows it to the last digit.
    pub bits: f64,
    /// The total variation between the answers and such without noise of their own.
    pub total_variation: f64,
}

impl Leak {
    /// Nothing.
    pub const NONE: Self = Self { bits: 0.0, total_variation: 0.0 };
}

impl std::ops::Add for Leak {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { bits: self.bits + other.bits, total_variation: self.total_variation + other.total_variation }
    }
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
        Self {
            widths,
            bootstraps: Counter::new(0),
            leveled: Counter::default(),
            log2_failure: Counter::new(f64::NEG_INFINITY),
            leak: Counter::default(),
        }
    }

    /// Operations of the leveled engine so far, as if whoever is decided on filled whole bins.
    pub fn leveled(&self) -> Counts {
        self.leveled.get()
    }

    /// What decisions so far tell by their noise.
    pub fn leak(&self) -> Leak {
        self.leak.get()
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
        if scale == Scale::Halves {
            // What decisions can fail by was counted with them.
            let share = Counts::packing().shared_by(RING as u64);
            self.leveled.set(self.leveled.get() + share * answers.rows as u64);
            return;
        }
        let one = noise::answer_failure(answers.variance, scale);
        self.add_failures(one, answers.rows);
    }

    /// A person's share of a full bin, and its selectors.
    fn add_numbers(&self, bits: Bits, cells: &[Cell]) {
        let people = cells.iter().collect::<HashSet<_>>().len() as u64;
        let whole = Counts::expansion(&bits.params, 0..RING) + Counts::refinement(&bits.params, 0..RING);
        let share = whole.shared_by(bits.rows_per_bin() as u64) * people;
        let selectors = Counts::selectors(&bits.params, 0, bits.count) * cells.len() as u64;
        self.leveled.set(self.leveled.get() + share + selectors);
    }

    /// A decision, and what becomes of it.
    fn add_decision(&self, counts: Counts, noise: AnswerNoise, output: Output<'_>) {
        self.leveled.set(self.leveled.get() + counts);
        if let Output::Released(_) = output {
            self.add_failures(noise.failure_log2(), 1);
            let one = Leak {
                bits: noise.strict_leak_log2().exp2(),
                total_variation: noise.total_variation_log2().exp2(),
            };
            self.leak.set(self.leak.get() + one);
        }
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

    fn sums_are_below(&self, sums: &Sums<'_>) -> Result<Shape, Infallible> {
        let Sums { bits: Bits { count, params }, lines, .. } = *sums;
        self.add_numbers(sums.bits, sums.cells);
        let mut variance = 0.0_f64;
        for (cells, line) in sums.groups().iter().zip(lines) {
            let addends = cells.len().max(1);
            let counts = match cells.len() {
                0 => Counts::default(),
                _ => Counts::decision(&params, addends, count, line.saturating_sub(1)),
            };
            self.add_decision(counts, AnswerNoise::of_sum(&params, addends, count), sums.output);
            variance = variance.max(leveled_noise::decision(&params, addends, count));
        }
        Ok(Shape { rows: lines.len(), variance })
    }

    fn are_at_most(&self, pairs: &Pairs<'_>) -> Result<Shape, Infallible> {
        let Pairs { bits: Bits { count, params }, addends, left, right, output } = *pairs;
        self.add_numbers(pairs.bits, &[left, right].concat());
        let rows = left.len() / addends;
        let high_bits = count.saturating_sub(LeveledParams::low_bits(1));
        let (counts, noise, variance) = match addends {
            1 => (
                Counts::comparison(&params, count),
                AnswerNoise::of_comparison(&params, count),
                leveled_noise::compared(&params, count, high_bits),
            ),
            // As one sum, of the left numbers and of what the right ones lack.
            _ => (
                Counts::decision(&params, 2 * addends, count, pairs.bits.largest() * addends as u64),
                AnswerNoise::of_sum(&params, 2 * addends, count),
                leveled_noise::decision(&params, 2 * addends, count),
            ),
        };
        (0..rows).for_each(|_| self.add_decision(counts, noise, output));
        Ok(Shape { rows, variance })
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
