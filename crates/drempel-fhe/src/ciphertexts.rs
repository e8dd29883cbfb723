//! Programs on ciphertexts: one backend over both engines.

mod decisions;
#[cfg(all(test, feature = "secret-key"))]
mod real_keys;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::bootstrap::WORDS;
use crate::circuit::{Backend, Cell, LookupTable, Pairs, Scale, Sums};
use crate::engines::Engines;
use crate::leveled::{self, NoiseStreams};
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
/// Bins that the batch touches stay in memory until it ends, up to 1,024 of them of each kind, 32 MiB.
pub struct Ciphertexts<'a, T> {
    engines: &'a Engines,
    streams: Option<&'a NoiseStreams>,
    tables: &'a [&'a T],
    bins: Kept<Bin>,
    expandable: Kept<leveled::Bin>,
}

/// Bins that one batch keeps of each kind: 32 MiB.
const MAX_BINS: usize = 1_024;

/// Bins by table and number, made when they are first asked for.
struct Kept<B>(Mutex<HashMap<(usize, usize), Arc<B>>>);

impl<B> Kept<B> {
    fn get<E>(&self, key: (usize, usize), make: impl FnOnce() -> Result<B, E>) -> Result<Arc<B>, E> {
        let bins = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bin) = bins().get(&key) {
            return Ok(Arc::clone(bin));
        }
        let bin = Arc::new(make()?);
        let mut bins = bins();
        if bins.len() == MAX_BINS {
            bins.clear();
        }
        bins.insert(key, Arc::clone(&bin));
        Ok(bin)
    }
}

impl<'a, T: InputTable> Ciphertexts<'a, T> {
    /// A backend over encrypted tables, in the order in which programs number them. `streams` closes the noise of
    /// decisions that are released.
    pub fn new(engines: &'a Engines, streams: Option<&'a NoiseStreams>, tables: &'a [&'a T]) -> Self {
        let (bins, expandable) = (Kept(Mutex::default()), Kept(Mutex::default()));
        Self { engines, streams, tables, bins, expandable }
    }

    fn streams(&self) -> &'a NoiseStreams {
        self.streams.expect("whoever releases decisions closes their noise")
    }

    /// The bin of one ciphertext of a row, and its index there.
    fn locate(&self, position: usize, cell: Cell) -> Result<(Arc<Bin>, usize), T::Error> {
        let table = self.tables[cell.table];
        let ciphertext = cell.row * table.width() + position;
        let index = ciphertext / RING;
        Ok((self.bins.get((cell.table, index), || table.bin(index))?, ciphertext % RING))
    }

    /// A bin of whole rows, as the leveled engine expands it.
    fn expandable(&self, table: usize, index: usize) -> Result<Arc<leveled::Bin>, T::Error> {
        self.expandable.get((table, index), || {
            let Bin { mask, mut bodies } = self.tables[table].bin(index)?;
            bodies.resize(RING, 0);
            Ok(leveled::Bin::new(&mask, &bodies, self.engines.leveled().shift()))
        })
    }
}

impl<T> fmt::Debug for Ciphertexts<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ciphertexts").field("engines", self.engines).finish_non_exhaustive()
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
        Ok(self.engines.bootstrap().bootstrap_many(column, tables))
    }

    fn sums_are_below(&self, sums: &Sums<'_>) -> Result<Vec<u64>, T::Error> {
        let Sums { bits, lines, output, .. } = *sums;
        self.decide(bits, output, &sums.groups(), |worker, group, numbers, decided| {
            let answer = worker.sum_is_below(numbers, bits.count, lines[group], decided);
            answer.expect("the program adds up at most eight numbers of one length")
        })
    }

    fn are_at_most(&self, pairs: &Pairs<'_>) -> Result<Vec<u64>, T::Error> {
        let Pairs { bits, addends, output, .. } = *pairs;
        let groups: Vec<Vec<Cell>> = pairs.both().map(|both| both.concat()).collect();
        self.decide(bits, output, &groups, |worker, _, numbers, decided| {
            let answer = match numbers {
                [left, right] => worker.is_at_most(*left, *right, decided),
                // Together with what the right numbers lack to their largest, at most so many times that.
                _ => {
                    let mut numbers = numbers.to_vec();
                    numbers[addends..].iter_mut().for_each(|number| *number = number.complement());
                    worker.sum_is_below(&numbers, bits.count, addends as u64 * bits.largest() + 1, decided)
                }
            };
            answer.expect("the program compares sums of at most four numbers of one length")
        })
    }
}

/// One ciphertext out of a compact list: the shared mask times X^index, and its own body.
fn expand(bin: &Bin, index: usize, output: &mut [u64]) {
    add_monomial_product(&mut output[..RING], &bin.mask, index);
    output[RING] = bin.bodies[index];
}
