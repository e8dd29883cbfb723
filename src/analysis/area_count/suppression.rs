//! Counting bits per area and hiding small counts, without anybody learning which are hidden.
//!
//! A count is kept as two hidden numbers, `low` + 4 · `high`, that need not be digits: their sum is all that is ever
//! released. docs/analyses/area_count.md has the windows and why nothing leaks.

use drempel_fhe::circuit::{Backend, LookupTable};

/// The most bits that one pair of lookups counts.
pub(super) const CHUNK: usize = 15;
/// The most households of an area: two chunks. Their highs add up to at most 6, and so do their lows.
pub(super) const MAX_HOUSEHOLDS: usize = 2 * CHUNK;
/// The largest hidden sum that a total may show, and so the largest minimum with totals: highs saturate above it.
pub(super) const MAX_REST: i64 = BASE * SATURATED - 1;

const BASE: i64 = 4;
/// Highs of a sum of areas stop here.
const SATURATED: i64 = 7;
/// What a hidden number is moved by, so that one lookup can tell it from a shown one: both are below 8.
const HIDDEN: i64 = -8;

/// Counts, one per row.
pub(super) struct Counts<C> {
    low: C,
    high: C,
}

/// Whether a count is too small to be shown: as a bit, or [`HIDDEN`] in its place.
#[derive(Clone, Copy)]
pub(super) enum Mark {
    Bit,
    Hidden,
}

impl Mark {
    fn value(self) -> i64 {
        match self {
            Self::Bit => 1,
            Self::Hidden => HIDDEN,
        }
    }
}

/// One table for every row.
fn lookup<B: Backend>(
    backend: &B,
    column: &B::Column,
    rows: usize,
    table: LookupTable,
) -> Result<B::Column, B::Error> {
    backend.lookup(column, &vec![table; rows])
}

/// Counts the bits of each area. `chunk_of` gives the chunk of each bit, at most [`CHUNK`] each; `area_of` the area of
/// each chunk, at most two each.
///
/// # Cost
/// Two bootstraps per chunk.
pub(super) fn count<B: Backend>(
    backend: &B,
    bits: &B::Column,
    chunk_of: &[usize],
    area_of: &[usize],
    areas: usize,
) -> Result<Counts<B::Column>, B::Error> {
    let chunks = area_of.len();
    let sums = backend.sum_by(bits, chunk_of, chunks);
    let part = |part: fn(i64) -> i64| {
        let column = lookup(backend, &sums, chunks, LookupTable::new(0..=CHUNK as i64, part))?;
        Ok::<_, B::Error>(backend.sum_by(&column, area_of, areas))
    };
    Ok(Counts { low: part(|sum| sum % BASE)?, high: part(|sum| sum / BASE)? })
}

/// For each count the first of two outputs when it is below the line, else the second.
///
/// low + 4 · high < line exactly when high + ⌊(low − line mod 4) / 4⌋ < ⌊line / 4⌋.
///
/// # Cost
/// Two bootstraps per row.
fn compare<B: Backend>(
    backend: &B,
    counts: &Counts<B::Column>,
    rows: usize,
    line: i64,
    outputs: [i64; 2],
) -> Result<B::Column, B::Error> {
    let (digit, rest) = (line % BASE, line / BASE);
    let borrow = LookupTable::new(0..=15, |low| (low - digit).div_euclid(BASE));
    let borrow = lookup(backend, &counts.low, rows, borrow)?;
    let [below, otherwise] = outputs;
    let decide = LookupTable::new(-1..=14, |high| if high < rest { below } else { otherwise });
    lookup(backend, &backend.add(&counts.high, &borrow), rows, decide)
}

/// Marks the counts below a minimum.
///
/// # Cost
/// Two bootstraps per row.
pub(super) fn below<B: Backend>(
    backend: &B,
    counts: &Counts<B::Column>,
    rows: usize,
    minimum: i64,
    mark: Mark,
) -> Result<B::Column, B::Error> {
    compare(backend, counts, rows, minimum, [mark.value(), 0])
}

/// Marks the rows where a sum of marks of [`Mark::Bit`], at most 15, is not zero.
///
/// # Cost
/// One bootstrap per row.
pub(super) fn any<B: Backend>(
    backend: &B,
    marks: &B::Column,
    rows: usize,
    mark: Mark,
) -> Result<B::Column, B::Error> {
    let mark = mark.value();
    lookup(backend, marks, rows, LookupTable::new(0..=15, |marks| if marks > 0 { mark } else { 0 }))
}

/// Zero in place of each count that is marked [`Mark::Hidden`].
///
/// # Cost
/// Two bootstraps per row.
pub(super) fn shown<B: Backend>(
    backend: &B,
    counts: &Counts<B::Column>,
    hidden: &B::Column,
    rows: usize,
) -> Result<Counts<B::Column>, B::Error> {
    let keep = |column: &B::Column| {
        let moved = backend.add(column, hidden);
        lookup(backend, &moved, rows, LookupTable::new(HIDDEN..=-HIDDEN - 1, |value| value.max(0)))
    };
    Ok(Counts { low: keep(&counts.low)?, high: keep(&counts.high)? })
}

/// The counts as one number each.
pub(super) fn number<B: Backend>(backend: &B, counts: &Counts<B::Column>) -> B::Column {
    backend.add(&counts.low, &backend.scale(&counts.high, BASE))
}

/// What is left of counts once the shown ones are taken off: the hidden ones.
pub(super) fn rest<B: Backend>(
    backend: &B,
    counts: &Counts<B::Column>,
    shown: &Counts<B::Column>,
) -> Counts<B::Column> {
    let subtract = |left, right| backend.subtract(left, right);
    Counts { low: subtract(&counts.low, &shown.low), high: subtract(&counts.high, &shown.high) }
}

/// The sum of two or more rows as one row, exact up to [`MAX_REST`] and above it where it is larger.
///
/// # Cost
/// Three bootstraps for every two rows that are added: three per row in all, or a few more.
pub(super) fn total<B: Backend>(
    backend: &B,
    mut counts: Counts<B::Column>,
    mut rows: usize,
) -> Result<Counts<B::Column>, B::Error> {
    while rows > 1 {
        let pair_of: Vec<usize> = (0..rows).map(|row| row / 2).collect();
        rows = rows.div_ceil(2);
        // At most 6 + 6, with a carry of 3; after the first round 3 + 3, with a carry of 1.
        let low = backend.sum_by(&counts.low, &pair_of, rows);
        let carry = lookup(backend, &low, rows, LookupTable::new(0..=15, |low| low / BASE))?;
        // At most 6 + 6 + 3; after the first round 7 + 7 + 1.
        let high = backend.add(&backend.sum_by(&counts.high, &pair_of, rows), &carry);
        counts = Counts {
            low: lookup(backend, &low, rows, LookupTable::new(0..=15, |low| low % BASE))?,
            high: lookup(backend, &high, rows, LookupTable::new(0..=15, |high| high.min(SATURATED)))?,
        };
    }
    Ok(counts)
}

/// Zero in place of each sum of [`total`] that lies outside `minimum..=maximum`, at most [`MAX_REST`].
///
/// # Cost
/// Six bootstraps per row.
pub(super) fn within<B: Backend>(
    backend: &B,
    sums: &Counts<B::Column>,
    rows: usize,
    minimum: i64,
    maximum: i64,
) -> Result<Counts<B::Column>, B::Error> {
    let too_small = compare(backend, sums, rows, minimum, [HIDDEN, 0])?;
    let too_large = compare(backend, sums, rows, maximum + 1, [0, HIDDEN])?;
    shown(backend, sums, &backend.add(&too_small, &too_large), rows)
}
