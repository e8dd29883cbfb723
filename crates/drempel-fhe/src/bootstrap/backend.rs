//! Programs on ciphertexts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::{Engine, WORDS};
use crate::circuit::{Backend, Cell, LookupTable, Scale};
use crate::params::RING;
use crate::ring::add_monomial_product;

/// One encrypted table as the engine reads it, wherever it lies.
pub trait InputTable: Sync {
    /// Why a bin cannot be read.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Ciphertexts per row.
    fn width(&self) -> usize;

    /// Reads one bin.
    ///
    /// # Errors
    /// When it is damaged or cannot be read.
    fn bin(&self, index: usize) -> Result<Bin, Self::Error>;
}

/// 2,048 ciphertexts (the last bin may have fewer): a shared mask and a body each.
#[derive(Debug)]
pub struct Bin {
    /// 2,048 words.
    pub mask: Vec<u64>,
    /// One word per ciphertext.
    pub bodies: Vec<u64>,
}

/// Runs one batch of a program. A column is its ciphertexts one after the other, [`WORDS`] words each.
///
/// Bins that the batch touches stay in memory until it ends, up to 1,024 of them, 32 MiB.
#[derive(Debug)]
pub struct Ciphertexts<'a, T> {
    engine: &'a Engine,
    tables: &'a [&'a T],
    bins: Mutex<HashMap<(usize, usize), Arc<Bin>>>,
}

/// Bins that one batch keeps: 32 MiB.
const MAX_BINS: usize = 1_024;

impl<'a, T: InputTable> Ciphertexts<'a, T> {
    /// A backend over encrypted tables, in the order in which programs number them.
    pub fn new(engine: &'a Engine, tables: &'a [&'a T]) -> Self {
        Self { engine, tables, bins: Mutex::default() }
    }

    /// The bin of one ciphertext of a row, and its index there.
    fn locate(&self, position: usize, cell: Cell) -> Result<(Arc<Bin>, usize), T::Error> {
        let table = self.tables[cell.table];
        let ciphertext = cell.row * table.width() + position;
        let key = (cell.table, ciphertext / RING);
        let bins = || self.bins.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bin) = bins().get(&key) {
            return Ok((Arc::clone(bin), ciphertext % RING));
        }
        let bin = Arc::new(table.bin(key.1)?);
        let mut bins = bins();
        if bins.len() == MAX_BINS {
            bins.clear();
        }
        bins.insert(key, Arc::clone(&bin));
        Ok((bin, ciphertext % RING))
    }
}

impl<T: InputTable> Backend for Ciphertexts<'_, T> {
    type Column = Vec<u64>;
    type Error = T::Error;

    fn gather(&self, position: usize, cells: &[Cell]) -> Result<Vec<u64>, T::Error> {
        let mut column = vec![0; cells.len() * WORDS];
        let rows = column.par_chunks_exact_mut(WORDS).zip(cells);
        rows.try_for_each(|(output, cell)| {
            let (bin, index) = self.locate(position, *cell)?;
            expand(&bin, index, output);
            Ok::<(), T::Error>(())
        })?;
        Ok(column)
    }

    fn add(&self, left: &Vec<u64>, right: &Vec<u64>) -> Vec<u64> {
        left.iter().zip(right).map(|(l, r)| l.wrapping_add(*r)).collect()
    }

    fn subtract(&self, left: &Vec<u64>, right: &Vec<u64>) -> Vec<u64> {
        left.iter().zip(right).map(|(l, r)| l.wrapping_sub(*r)).collect()
    }

    fn scale(&self, column: &Vec<u64>, factor: i64) -> Vec<u64> {
        column.iter().map(|word| word.wrapping_mul(factor as u64)).collect()
    }

    fn constant(&self, values: &[i64], scale: Scale) -> Vec<u64> {
        let mut column = vec![0; values.len() * WORDS];
        for (ciphertext, value) in column.chunks_exact_mut(WORDS).zip(values) {
            ciphertext[WORDS - 1] = scale.delta().wrapping_mul(*value as u64);
        }
        column
    }

    fn select(&self, column: &Vec<u64>, rows: &[usize]) -> Vec<u64> {
        rows.iter().flat_map(|row| &column[row * WORDS..(row + 1) * WORDS]).copied().collect()
    }

    fn sum_by(&self, column: &Vec<u64>, group_of: &[usize], groups: usize) -> Vec<u64> {
        let mut sums = vec![0_u64; groups * WORDS];
        for (ciphertext, group) in column.chunks_exact(WORDS).zip(group_of) {
            let sum = &mut sums[group * WORDS..(group + 1) * WORDS];
            sum.iter_mut().zip(ciphertext).for_each(|(s, c)| *s = s.wrapping_add(*c));
        }
        sums
    }

    fn lookup(&self, column: &Vec<u64>, tables: &[LookupTable]) -> Result<Vec<u64>, T::Error> {
        Ok(self.engine.bootstrap_many(column, tables))
    }
}

/// One ciphertext out of a compact list: the shared mask times X^index, and its own body.
fn expand(bin: &Bin, index: usize, output: &mut [u64]) {
    add_monomial_product(&mut output[..RING], &bin.mask, index);
    output[RING] = bin.bodies[index];
}
