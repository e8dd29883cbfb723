//! Hiding small counts in a division of the subjects whose whole is shown.
//!
//! The parts stand in a fixed order, halved and halved again. A small part is shown together with its neighbour, then
//! with two more, and so on, until what is shown is not small. So every number that is shown is about enough people,
//! and all of them add up to the whole: subtracting tells nothing that is not shown already. docs/report.md, section 3.

use std::ops::Range;

/// One part: how many people, and how many of them count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// How many people; `None` where a part is not a group of people but what counts.
    pub(super) of: Option<u64>,
    pub(super) count: u64,
}

/// Which parts are neighbours: known before any count is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tree {
    /// Halved and halved again.
    Halves,
    /// The first, then the first of the rest: large numbers are rare, and are shown as "so many or more".
    Tail,
}

impl Tree {
    fn middle(self, range: &Range<usize>) -> usize {
        match self {
            Self::Halves => range.start + range.len().div_ceil(2),
            Self::Tail => range.start + 1,
        }
    }
}

/// A whole, with what may be told of its parts.
pub(super) struct Division {
    cells: Vec<Cell>,
    /// As [`shown`] says.
    ranges: Option<Vec<Range<usize>>>,
}

impl Division {
    pub(super) fn new(cells: Vec<Cell>, tree: Tree, minimum: u64) -> Self {
        let ranges = shown(&cells, tree, minimum);
        Self { cells, ranges }
    }

    /// Whether anything may be told.
    pub(super) fn is_disclosed(&self) -> bool {
        self.ranges.is_some()
    }

    /// Lets nothing be told.
    pub(super) fn hide(&mut self) {
        self.ranges = None;
    }

    /// Whether a part is shown by itself.
    pub(super) fn is_single(&self, place: usize) -> bool {
        self.ranges.as_ref().is_some_and(|ranges| ranges.contains(&(place..place + 1)))
    }

    /// The parts that are shown as one.
    pub(super) fn together(&self) -> impl Iterator<Item = Range<usize>> {
        self.ranges.iter().flatten().filter(|range| range.len() > 1).cloned()
    }

    /// How many parts are not shown by themselves.
    pub(super) fn hidden(&self) -> usize {
        (0..self.cells.len()).filter(|place| !self.is_single(*place)).count()
    }

    /// How many people some parts are together, as far as that is known, and how many of them count.
    pub(super) fn sum(&self, range: Range<usize>) -> (u64, u64) {
        let cells = &self.cells[range];
        (cells.iter().filter_map(|cell| cell.of).sum(), cells.iter().map(|cell| cell.count).sum())
    }
}

/// The parts that may be shown: each range by itself, or as one where it is longer. `None` where not even the whole may
/// be.
fn shown(cells: &[Cell], tree: Tree, minimum: u64) -> Option<Vec<Range<usize>>> {
    // A tail's tree is as deep as it is long.
    let tree = if cells.len() > 64 { Tree::Halves } else { tree };
    if cells.is_empty() { Some(Vec::new()) } else { under(cells, 0..cells.len(), tree, minimum) }
}

fn under(cells: &[Cell], range: Range<usize>, tree: Tree, minimum: u64) -> Option<Vec<Range<usize>>> {
    if range.len() > 1 {
        let middle = tree.middle(&range);
        let halves = (
            under(cells, range.start..middle, tree, minimum),
            under(cells, middle..range.end, tree, minimum),
        );
        if let (Some(mut shown), Some(rest)) = halves {
            shown.extend(rest);
            return Some(shown);
        }
    }
    is_open(&cells[range.clone()], minimum).then(|| vec![range])
}

/// Whether some parts may be shown as one.
fn is_open(cells: &[Cell], minimum: u64) -> bool {
    let count: u64 = cells.iter().map(|cell| cell.count).sum();
    let small = |count: u64| (1..minimum).contains(&count);
    let Some(of) = cells.iter().map(|cell| cell.of).sum::<Option<u64>>() else {
        return !small(count);
    };
    if of < minimum || small(count) || small(of - count) {
        return false;
    }
    if cells.len() == 1 {
        return true;
    }
    // Nobody or everybody would be said of each part. And who knows the sizes of the parts must not be able to tell one
    // of them from the bounds of the others. That holds for parts that are not small too: else a part's being shown
    // together would tell that it is not.
    let wide = |own: &Cell| {
        let size = own.of.unwrap_or(0);
        let (low, high) = (count.saturating_sub(of - size), count.min(size));
        high - low >= size.min(minimum)
    };
    count > 0 && count < of && cells.iter().all(wide)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    fn people(cells: &[(u64, u64)]) -> Vec<Cell> {
        cells.iter().map(|(of, count)| Cell { of: Some(*of), count: *count }).collect()
    }

    #[test]
    fn a_small_part_is_shown_with_its_neighbour_only() {
        let cells = people(&[(100, 40), (100, 3), (100, 50), (100, 60)]);
        assert_eq!(shown(&cells, Tree::Halves, 10), Some(vec![0..2, 2..3, 3..4]));
        let cells = people(&[(100, 40), (9, 4), (100, 50), (100, 95), (100, 30)]);
        assert_eq!(shown(&cells, Tree::Halves, 10), Some(vec![0..3, 3..5]));
        let cells = people(&[(100, 3), (100, 3), (100, 50), (100, 60)]);
        assert_eq!(shown(&cells, Tree::Halves, 10), Some(std::iter::once(0..4).collect()));
        assert_eq!(shown(&people(&[(100, 3), (100, 3)]), Tree::Halves, 10), None);
        assert_eq!(shown(&people(&[(100, 0), (100, 100)]), Tree::Halves, 10), Some(vec![0..1, 1..2]));
        let bare = [20, 3, 9, 0].map(|count| Cell { of: None, count });
        assert_eq!(shown(&bare, Tree::Halves, 5), Some(vec![0..2, 2..3, 3..4]));
        let rare = [10, 11, 5, 1, 3].map(|count| Cell { of: None, count });
        assert_eq!(shown(&rare, Tree::Tail, 10), Some(vec![0..1, 1..5]));
        assert_eq!(shown(&rare, Tree::Tail, 5), Some(vec![0..1, 1..2, 2..5]));
    }

    /// Everything that is shown of some counts, by somebody who knows the sizes, the minimum and this program.
    fn seen(cells: &[Cell], tree: Tree, minimum: u64) -> Option<Vec<(Range<usize>, u64)>> {
        let sum = |range: Range<usize>| (range.clone(), cells[range].iter().map(|cell| cell.count).sum());
        shown(cells, tree, minimum).map(|ranges| ranges.into_iter().map(sum).collect())
    }

    /// For each division into parts of these sizes: all counts that there can be, sorted by what is shown of them. No
    /// part that is not shown by itself has the same count in all of them.
    fn nobody_recovers(sizes: &[Option<u64>], tree: Tree, most: u64, minimum: u64) {
        let mut worlds: BTreeMap<String, Vec<Vec<u64>>> = BTreeMap::new();
        let choices: Vec<u64> = sizes.iter().map(|size| size.unwrap_or(most) + 1).collect();
        for mut number in 0..choices.iter().product::<u64>() {
            let mut cells = Vec::new();
            for (size, choices) in sizes.iter().zip(&choices) {
                cells.push(Cell { of: *size, count: number % choices });
                number /= choices;
            }
            let counts: Vec<u64> = cells.iter().map(|cell| cell.count).collect();
            // In a distribution everybody counts once, and how many there are is known.
            let whole: u64 = counts.iter().sum();
            let known = sizes[0].is_none().then_some(whole);
            if known.is_some_and(|whole| !(minimum..=most).contains(&whole)) {
                continue;
            }
            worlds.entry(format!("{known:?} {:?}", seen(&cells, tree, minimum))).or_default().push(counts);
        }
        for (shown_of, counts) in &worlds {
            let single = |place: usize| shown_of.contains(&format!("({place}..{},", place + 1));
            for place in (0..sizes.len()).filter(|place| !single(*place)) {
                let possible: BTreeSet<u64> = counts.iter().map(|counts| counts[place]).collect();
                assert!(
                    possible.len() > 1,
                    "{sizes:?} {minimum}: part {place} of {shown_of} is {possible:?}"
                );
            }
        }
    }

    #[test]
    fn no_hidden_count_can_be_told_from_all_that_is_shown() {
        for (tree, minimum) in
            [Tree::Halves, Tree::Tail].into_iter().flat_map(|tree| [3, 4, 5].map(|least| (tree, least)))
        {
            for sizes in [
                &[8, 8][..],
                &[9, 2],
                &[1, 12],
                &[7, 8, 9],
                &[12, 1, 1],
                &[6, 7, 3, 8],
                &[2, 9, 9, 1],
                &[3, 11, 2, 5],
                &[1, 14, 1],
            ] {
                let sizes: Vec<Option<u64>> = sizes.iter().map(|size| Some(*size)).collect();
                nobody_recovers(&sizes, tree, 0, minimum);
            }
            nobody_recovers(&[None; 3], tree, 30, minimum);
            nobody_recovers(&[None; 4], tree, 20, minimum);
            nobody_recovers(&[None; 5], tree, 11, minimum);
        }
    }
}
