//! The reference: programs on plaintext, exactly as the slots of a ciphertext would hold it.

use super::{Backend, Cell, Encoding, LookupTable, Pairs, Scale, Sums};

/// Runs programs on plaintext amounts. A value outside its lookup table is an error here, where a ciphertext would
/// silently read another slot.
#[derive(Debug)]
pub struct Clear {
    tables: Vec<(Encoding, Vec<u64>)>,
}

/// The program's own bug: a lookup met a value outside its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {row}: a value lies outside the lookup table; the program is wrong")]
pub struct OutsideTable {
    /// The row of the column.
    pub row: usize,
}

impl Clear {
    /// A backend over tables, each with its encoding and its amounts less its dataset's `min`.
    pub fn new(tables: Vec<(Encoding, Vec<u64>)>) -> Self {
        Self { tables }
    }

    pub(crate) fn number(&self, cell: Cell) -> u64 {
        let (encoding, amounts) = &self.tables[cell.table];
        encoding.number(amounts[cell.row])
    }
}

impl Backend for Clear {
    type Column = Vec<i64>;
    type Error = OutsideTable;

    fn gather(&self, position: usize, cells: &[Cell]) -> Result<Self::Column, OutsideTable> {
        let value = |cell: &Cell| {
            let (encoding, amounts) = &self.tables[cell.table];
            encoding.value(amounts[cell.row], position) as i64
        };
        Ok(cells.iter().map(value).collect())
    }

    fn add(&self, left: &Self::Column, right: &Self::Column) -> Self::Column {
        left.iter().zip(right).map(|(l, r)| l + r).collect()
    }

    fn subtract(&self, left: &Self::Column, right: &Self::Column) -> Self::Column {
        left.iter().zip(right).map(|(l, r)| l - r).collect()
    }

    fn scale(&self, column: &Self::Column, factor: i64) -> Self::Column {
        column.iter().map(|value| value * factor).collect()
    }

    fn constant(&self, values: &[i64], _scale: Scale) -> Self::Column {
        values.to_vec()
    }

    fn select(&self, column: &Self::Column, rows: &[usize]) -> Self::Column {
        rows.iter().map(|row| column[*row]).collect()
    }

    fn sum_by(&self, column: &Self::Column, group_of: &[usize], groups: usize) -> Self::Column {
        let mut sums = vec![0; groups];
        for (value, group) in column.iter().zip(group_of) {
            sums[*group] += value;
        }
        sums
    }

    fn lookup(&self, column: &Self::Column, tables: &[LookupTable]) -> Result<Self::Column, OutsideTable> {
        assert_eq!(column.len(), tables.len(), "one table per row");
        let read = |(row, (value, table)): (usize, (&i64, &LookupTable))| {
            table.get(*value).ok_or(OutsideTable { row })
        };
        column.iter().zip(tables).enumerate().map(read).collect()
    }

    fn sums_are_below(&self, sums: &Sums<'_>) -> Result<Self::Column, OutsideTable> {
        let sum = |cells: Vec<Cell>| cells.iter().map(|cell| self.number(*cell)).sum::<u64>();
        let groups = sums.groups().into_iter().map(sum);
        let yes = sums.output.yes();
        Ok(groups.zip(sums.lines).map(|(sum, line)| if sum < *line { yes } else { 0 }).collect())
    }

    fn are_at_most(&self, pairs: &Pairs<'_>) -> Result<Self::Column, OutsideTable> {
        let sum = |cells: &[Cell]| cells.iter().map(|cell| self.number(*cell)).sum::<u64>();
        let decide = |both: [&[Cell]; 2]| {
            let [left, right] = both.map(sum);
            if left <= right { pairs.output.yes() } else { 0 }
        };
        Ok(pairs.both().map(decide).collect())
    }
}
