//! Decisions on the numbers of encrypted tables, in any order of people and households.
//!
//! A bin's first stages are shared by its people, and the last ones by neighbours, so work goes by bins: some groups'
//! people at a time, each bin as far as they need it, then group by group while what was expanded is in the cache. People
//! who stand alone in their bin cost a fifth more. Memory is that of so many people a thread, whatever the number of rows.

use std::collections::HashMap;
use std::ops::Range;

use rayon::prelude::*;

use super::{Ciphertexts, InputTable};
use crate::bootstrap::WORDS;
use crate::circuit::{Bits, Cell, Output};
use crate::leveled::{Answer, Branches, Decided, HiddenNumber, Nodes, Worker};

/// People that are expanded at a time: 300 KiB each.
const PEOPLE: usize = 64;

/// Slots of one ciphertext before the last two stages: numbers that share none of them share no work there.
const BLOCK: usize = 16;

/// So many slots may lie unused between two numbers that are expanded together: expanding both from the bin's beginning
/// costs as much.
const GAP: usize = 3 * BLOCK;

impl<T: InputTable> Ciphertexts<'_, T> {
    /// Decides on each group of numbers, at most [`PEOPLE`] of them at a time on a thread.
    pub(super) fn decide(
        &self,
        bits: Bits,
        output: Output<'_>,
        groups: &[Vec<Cell>],
        run: impl Fn(&mut Worker<'_>, usize, &[HiddenNumber<'_>], Decided<'_>) -> Answer + Sync,
    ) -> Result<Vec<u64>, T::Error> {
        let engine = self.engines.leveled();
        let mut column = vec![0; groups.len() * WORDS];
        let largest = groups.iter().map(Vec::len).max().unwrap_or(1).max(1);
        let together = (PEOPLE / largest).max(1);
        let chunks = column.par_chunks_mut(together * WORDS).zip(groups.par_chunks(together)).enumerate();
        chunks.try_for_each_init(
            || (engine.worker(), Branches::default()),
            |(worker, branches), (chunk, (rows, groups))| {
                let expanded = Expanded::new(self, bits, groups, worker, branches)?;
                for (index, (row, cells)) in rows.chunks_exact_mut(WORDS).zip(groups).enumerate() {
                    let numbers: Vec<HiddenNumber<'_>> =
                        cells.iter().map(|cell| expanded.number(*cell)).collect();
                    let group = chunk * together + index;
                    let decided = match output {
                        Output::Slots(value) => Decided::Slots(value),
                        Output::Released(cases) => Decided::Released(cases[group], self.streams()),
                    };
                    run(worker, group, &numbers, decided).write(engine.shift(), row);
                }
                Ok(())
            },
        )?;
        Ok(column)
    }
}

/// The numbers of some groups, expanded but for the last stage.
struct Expanded {
    bits: Bits,
    runs: Vec<Nodes>,
    /// In which run a number is, and its first slot.
    places: HashMap<Cell, (usize, usize)>,
}

impl Expanded {
    fn new<T: InputTable>(
        tables: &Ciphertexts<'_, T>,
        bits: Bits,
        groups: &[Vec<Cell>],
        worker: &mut Worker<'_>,
        branches: &mut Branches,
    ) -> Result<Self, T::Error> {
        let (width, per_bin) = (bits.width(), bits.rows_per_bin());
        let mut cells: Vec<Cell> = groups.iter().flatten().copied().collect();
        cells.sort_unstable_by_key(|cell| (cell.table, cell.row));
        cells.dedup();
        let slot = |cell: &Cell| cell.row % per_bin * width;
        let mut expanded = Self { bits, runs: Vec::new(), places: HashMap::with_capacity(cells.len()) };
        for of_bin in cells.chunk_by(|a, b| (a.table, a.row / per_bin) == (b.table, b.row / per_bin)) {
            let bin = tables.expandable(of_bin[0].table, of_bin[0].row / per_bin)?;
            for near in of_bin.chunk_by(|a, b| slot(a) + width + GAP >= slot(b)) {
                worker.expand(&bin, slots(near, slot, width), branches);
                // Numbers that share a ciphertext share what it costs.
                for run in near.chunk_by(|a, b| (slot(a) + width - 1) / BLOCK == slot(b) / BLOCK) {
                    let mut nodes = Nodes::default();
                    worker.refine(branches, slots(run, slot, width), &mut nodes);
                    let index = expanded.runs.len();
                    expanded.places.extend(run.iter().map(|cell| (*cell, (index, slot(cell)))));
                    expanded.runs.push(nodes);
                }
            }
        }
        Ok(expanded)
    }

    fn number(&self, cell: Cell) -> HiddenNumber<'_> {
        let (run, slot) = self.places[&cell];
        HiddenNumber::new(&self.runs[run], slot, self.bits.count)
    }
}

/// From the first number's first slot to the last one's last.
fn slots(cells: &[Cell], slot: impl Fn(&Cell) -> usize, width: usize) -> Range<usize> {
    slot(&cells[0])..slot(&cells[cells.len() - 1]) + width
}
