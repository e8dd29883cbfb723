use drempel_fhe::circuit::{Bits, Cell};

use super::super::household_sum::Folded;
use super::super::records::Asked;
use super::super::setting::Setting;
use super::condition::Condition;
use super::section::AreaCount;
use super::suppression::{CHUNK, MAX_REST};
use crate::cases::CaseError;
use crate::cases::areas::{Area, Areas, Region};

/// One area, or the areas of one total.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// What each condition compares.
    pub(super) conditions: Vec<Compared>,
    /// The chunk of each household.
    pub(super) chunk_of: Vec<usize>,
    /// The area of each chunk.
    pub(super) area_of: Vec<usize>,
    /// How many areas.
    pub(super) areas: usize,
    /// The smallest count that is shown.
    pub(super) minimum: i64,
    /// The total over them.
    pub(super) total: Option<Total>,
}

/// The amounts and lines of all households, under one condition.
#[derive(Clone, Debug)]
pub(super) struct Compared {
    pub(super) bits: Bits,
    pub(super) cells: Vec<Cell>,
    pub(super) household_of: Vec<usize>,
    pub(super) lines: Vec<u64>,
}

/// A total over two or more areas, with the groups of two or three that are shown or hidden together.
#[derive(Clone, Debug)]
pub(super) struct Total {
    /// The next area of each area's group; after the last, the first.
    pub(super) next_of: Vec<usize>,
    /// How often what an area knows must go on to the next for all of its group to know.
    pub(super) rounds: usize,
    /// The largest hidden sum that is shown.
    pub(super) largest: i64,
}

impl Total {
    /// Pairs in the order of the file; an odd one out makes the last group one of three.
    pub(super) fn over(areas: usize, largest: i64) -> Self {
        let last = areas - 2 - areas % 2;
        let next = |area: usize| match area {
            _ if area < last => area ^ 1,
            _ if area + 1 < areas => area + 1,
            _ => last,
        };
        Self { next_of: (0..areas).map(next).collect(), rounds: 1 + areas % 2, largest }
    }
}

impl Batch {
    /// Adds an area of so many households, in as few chunks as possible.
    pub(super) fn push(&mut self, households: usize) {
        let chunks = households.div_ceil(CHUNK);
        let first = self.area_of.len();
        self.chunk_of.extend((0..households).map(|household| first + household % chunks));
        self.area_of.extend((0..chunks).map(|_| self.areas));
        self.areas += 1;
    }

    /// How many answers: each area's, then the total's.
    pub(super) fn answers(&self) -> usize {
        self.areas + usize::from(self.total.is_some())
    }

    /// How many households.
    pub(super) fn households(&self) -> usize {
        self.chunk_of.len()
    }
}

/// A batch whose amounts are not put together yet: each condition's, household by household.
pub(super) struct Pending {
    pub(super) batch: Batch,
    pub(super) folded: Vec<Vec<Folded>>,
}

impl AreaCount {
    /// Adds an area to a batch, with its households' comparisons. Returns how many of its households are open: a
    /// household of which the evaluator knows beforehand whether it is at risk hides nobody, so it does not count
    /// towards the minimum.
    pub(super) fn add(
        &self,
        asked: &Asked<'_, Areas>,
        pending: &mut Pending,
        area: Area<'_>,
    ) -> Result<usize, CaseError> {
        let (min, max) = (Self::minimum(asked.setting), self.max_households);
        let (position, found) = (area.position(), area.households().len());
        if found > max {
            return Err(CaseError::AreaSize { position, found, min, max });
        }
        let mut open = 0;
        for household in area.households() {
            let mut known = Vec::new();
            for (condition, folded) in self.condition.iter().zip(&mut pending.folded) {
                let line = condition.line_of(household, self.condition.line_columns())?;
                let sum = condition.sum(asked.setting).fold(household, line, asked.records)?;
                known.push(sum.is_below().map(|is_below| is_below == condition.wants_below()));
                folded.push(sum);
            }
            open += usize::from(self.is_open(&known));
        }
        if open < min {
            return Err(CaseError::AreaSize { position, found: open, min, max });
        }
        pending.batch.push(found);
        Ok(open)
    }

    /// Whether being at risk depends on conditions that are not known beforehand.
    fn is_open(&self, known: &[Option<bool>]) -> bool {
        let fits = |index: &i64| {
            let mut bits = known.iter().enumerate();
            bits.all(|(place, bit)| bit.is_none_or(|bit| (index >> place & 1 == 1) == bit))
        };
        let mut possible = (0..1 << known.len()).filter(fits).map(|index| self.is_at_risk(index));
        let first = possible.next();
        possible.any(|at_risk| Some(at_risk) != first)
    }

    /// A batch without areas.
    pub(super) fn pending(&self) -> Pending {
        Pending { batch: Batch::default(), folded: self.condition.iter().map(|_| Vec::new()).collect() }
    }

    /// Puts each condition's amounts together.
    pub(super) fn finish(&self, setting: &Setting<'_>, pending: Pending, total: Option<Total>) -> Batch {
        let compare = |(condition, households): (&Condition, Vec<Folded>)| {
            let lines = households.iter().map(|folded| folded.line).collect();
            let cells = households.iter().enumerate();
            let cells = cells.flat_map(|(place, folded)| folded.cells.iter().map(move |cell| (place, *cell)));
            let (household_of, cells) = cells.unzip();
            Compared { bits: condition.bits(setting), cells, household_of, lines }
        };
        let conditions = self.condition.iter().zip(pending.folded).map(compare).collect();
        let minimum = Self::minimum(setting) as i64;
        Batch { conditions, minimum, total, ..pending.batch }
    }

    /// The total over a region's areas. No hidden sum is shown that one of its areas could not hold by itself: the
    /// smallest has so many open households.
    pub(super) fn total(region: Region<'_>, smallest: usize) -> Option<Total> {
        region.total()?;
        Some(Total::over(region.areas().len(), (smallest as i64).min(MAX_REST)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_area_of_a_total_is_in_a_group_of_two_or_three() {
        assert_eq!(Total::over(2, 10).next_of, [1, 0]);
        assert_eq!(Total::over(3, 10).next_of, [1, 2, 0]);
        assert_eq!(Total::over(4, 10).next_of, [1, 0, 3, 2]);
        assert_eq!(Total::over(5, 10).next_of, [1, 0, 3, 4, 2]);
        assert_eq!([2, 3, 4, 5].map(|areas| Total::over(areas, 10).rounds), [1, 2, 1, 2]);
    }

    #[test]
    fn an_area_of_sixteen_takes_two_chunks_of_eight() {
        let mut batch = Batch::default();
        batch.push(15);
        batch.push(16);
        let sizes: Vec<usize> =
            (0..3).map(|chunk| batch.chunk_of.iter().filter(|of| **of == chunk).count()).collect();
        assert_eq!((sizes, batch.area_of, batch.areas), (vec![15, 8, 8], vec![0, 1, 1], 2));
    }
}
