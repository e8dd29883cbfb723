use drempel_fhe::circuit::{Backend, LookupTable, Output, Scale, Sums};

use super::batch::{Batch, Compared, Total};
use super::section::AreaCount;
use super::suppression::{self, Counts, Mark};

/// A count is released less this, so that 0 to 30 fit the 32 values of a slot.
pub(super) const OFFSET: i64 = 16;
/// What says that an answer is about an area, or the total over the areas since the last total.
pub(super) const IS_AREA: i64 = 0;
pub(super) const IS_TOTAL: i64 = 1;

/// One batch on one backend.
pub(super) struct Circuit<'a, B> {
    pub(super) analysis: &'a AreaCount,
    pub(super) backend: &'a B,
    pub(super) batch: &'a Batch,
}

/// Which areas are hidden.
struct Hidden<C> {
    /// With a total: not zero where the area is.
    marks: Option<C>,
    /// What hides a count.
    hidden: C,
}

impl<B: Backend> Circuit<'_, B> {
    pub(super) fn run(&self) -> Result<Vec<B::Column>, B::Error> {
        let Self { backend, batch: Batch { areas, minimum, total, .. }, .. } = *self;
        let index = self.index()?;
        let counts = self.count(&index, AreaCount::is_at_risk)?;
        let hidden = self.hidden(&counts)?;
        let shown = suppression::shown(backend, &counts, &hidden.hidden, *areas)?;
        let mut count = self.areas(&shown);
        if let Some(total) = total {
            let rest = suppression::rest(backend, &counts, &shown);
            let rest = suppression::total(backend, rest, *areas)?;
            let rest = suppression::within(backend, &rest, 1, *minimum, total.largest)?;
            let rest = backend.sum_by(&suppression::number(backend, &rest), &[*areas], self.answers());
            count = backend.add(&count, &rest);
        }
        let mut columns = vec![self.released(&count)];
        if self.analysis.reached.is_some() {
            columns.push(self.missed(&index, hidden.marks)?);
        }
        if total.is_some() {
            let mut kinds = vec![IS_AREA; *areas];
            kinds.push(IS_TOTAL);
            columns.push(backend.constant(&kinds, Scale::Slots));
        }
        Ok(columns)
    }

    fn answers(&self) -> usize {
        self.batch.answers()
    }

    /// For each household, the conditions that it meets as bits.
    fn index(&self) -> Result<B::Column, B::Error> {
        let Self { analysis, backend, batch } = *self;
        let households = batch.households();
        let mut index: Option<B::Column> = None;
        for (place, (condition, compared)) in analysis.condition.iter().zip(&batch.conditions).enumerate() {
            let Compared { bits, cells, household_of, lines } = compared;
            // A decision's noise is the same whatever a yes is.
            let (bits, group_of, output) = (*bits, household_of, Output::Slots(1 << place));
            let mut met = backend.sums_are_below(&Sums { bits, cells, group_of, lines, output })?;
            if !condition.wants_below() {
                let all = backend.constant(&vec![1 << place; households], Scale::Slots);
                met = backend.subtract(&all, &met);
            }
            index = Some(match index {
                Some(index) => backend.add(&index, &met),
                None => met,
            });
        }
        Ok(index.expect("an area has a household, and an agreement a condition"))
    }

    /// How many households of each area are counted.
    fn count(
        &self,
        index: &B::Column,
        counts: fn(&AreaCount, i64) -> bool,
    ) -> Result<Counts<B::Column>, B::Error> {
        let Self { analysis, backend, batch } = *self;
        let Batch { chunk_of, area_of, areas, .. } = batch;
        let conditions = analysis.condition.len();
        if conditions == 1 {
            // The index is the bit.
            return suppression::count(backend, index, chunk_of, area_of, *areas);
        }
        let joined = LookupTable::new(0..=(1 << conditions) - 1, |index| i64::from(counts(analysis, index)));
        let bits = backend.lookup(index, &vec![joined; batch.households()])?;
        suppression::count(backend, &bits, chunk_of, area_of, *areas)
    }

    /// Areas below the minimum; with a total, also those of their groups.
    fn hidden(&self, counts: &Counts<B::Column>) -> Result<Hidden<B::Column>, B::Error> {
        let Self { backend, batch: Batch { areas, minimum, total, .. }, .. } = *self;
        let Some(Total { next_of, rounds, .. }) = total else {
            let hidden = suppression::below(backend, counts, *areas, *minimum, Mark::Hidden)?;
            return Ok(Hidden { marks: None, hidden });
        };
        let spread = |marks: &B::Column| backend.add(marks, &backend.sum_by(marks, next_of, *areas));
        let mut marks = spread(&suppression::below(backend, counts, *areas, *minimum, Mark::Bit)?);
        for _ in 1..*rounds {
            marks = spread(&suppression::any(backend, &marks, *areas, Mark::Bit)?);
        }
        let hidden = suppression::any(backend, &marks, *areas, Mark::Hidden)?;
        Ok(Hidden { marks: Some(marks), hidden })
    }

    /// Who is at risk and was not reached. Hidden where the first count is hidden, and where missed or reached are too
    /// few: their sum is the first count.
    fn missed(&self, index: &B::Column, marks: Option<B::Column>) -> Result<B::Column, B::Error> {
        let Self { backend, batch: Batch { areas, minimum, .. }, .. } = *self;
        let missed =
            self.count(index, |analysis, index| analysis.is_at_risk(index) && !analysis.is_reached(index))?;
        let reached =
            self.count(index, |analysis, index| analysis.is_at_risk(index) && analysis.is_reached(index))?;
        let mut small = suppression::below(backend, &missed, *areas, *minimum, Mark::Bit)?;
        small = backend.add(&small, &suppression::below(backend, &reached, *areas, *minimum, Mark::Bit)?);
        if let Some(marks) = marks {
            small = backend.add(&small, &marks);
        }
        let hidden = suppression::any(backend, &small, *areas, Mark::Hidden)?;
        Ok(self.released(&self.areas(&suppression::shown(backend, &missed, &hidden, *areas)?)))
    }

    /// The areas' rows of the answers, and zero for a total.
    fn areas(&self, counts: &Counts<B::Column>) -> B::Column {
        let rows: Vec<usize> = (0..self.batch.areas).collect();
        self.backend.sum_by(&suppression::number(self.backend, counts), &rows, self.answers())
    }

    fn released(&self, counts: &B::Column) -> B::Column {
        let offset = self.backend.constant(&vec![-OFFSET; self.answers()], Scale::Slots);
        self.backend.add(counts, &offset)
    }
}
