use std::ops::RangeInclusive;

/// The most values that one lookup can tell apart: the 16 slots of half the torus, and one for free.
pub(crate) const MAX_VALUES: usize = 17;

/// A function on a window of at most 17 neighbouring integers, evaluated by one bootstrap.
///
/// Sixteen values have a slot each. The slot before the first one reads the negative of the last slot's
/// output, so a seventeenth value costs nothing once a constant makes the two ends opposite; the constant is taken
/// off again in the clear (docs/protocol.md, section 4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupTable {
    low: i64,
    outputs: Vec<i64>,
}

impl LookupTable {
    /// The table of `function` on a window.
    ///
    /// # Panics
    /// When the window is empty or has more than 17 values: that is a mistake in the program.
    pub fn new(window: RangeInclusive<i64>, function: impl Fn(i64) -> i64) -> Self {
        let low = *window.start();
        let outputs: Vec<i64> = window.map(function).collect();
        assert!((1..=MAX_VALUES).contains(&outputs.len()), "a lookup table has 1 to {MAX_VALUES} values");
        Self { low, outputs }
    }

    /// The output for `value`, if the window holds it.
    pub fn get(&self, value: i64) -> Option<i64> {
        let index = usize::try_from(value.checked_sub(self.low)?).ok()?;
        self.outputs.get(index).copied()
    }

    /// The first value of the window.
    pub(crate) fn low(&self) -> i64 {
        self.low
    }

    /// Twice the constant that is added to every output so that a 17th value fits.
    pub(crate) fn twice_constant(&self) -> i64 {
        match self.outputs.as_slice() {
            [first, .., last] if self.outputs.len() == MAX_VALUES => -(first + last),
            _ => 0,
        }
    }

    /// Twice what slot `0..16` must hold, the constant included. The window's first value sits in slot 0; a
    /// seventeenth one is read there with its sign turned.
    pub(crate) fn twice_slots(&self) -> impl Iterator<Item = i64> + '_ {
        let constant = self.twice_constant();
        let slot = move |i: usize| self.outputs.get(i).map_or(0, |output| 2 * output + constant);
        (0..MAX_VALUES - 1).map(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a bootstrap reads, in halves: slot 16 is the negative of slot 0.
    fn read(table: &LookupTable, value: i64) -> i64 {
        let slots: Vec<i64> = table.twice_slots().collect();
        let index = usize::try_from(value - table.low()).expect("in the window");
        let raw = if index < 16 { slots[index] } else { -slots[0] };
        raw - table.twice_constant()
    }

    #[test]
    fn seventeen_values_fit_whatever_the_function() {
        for (a, b, c) in [(0, 1, 0), (-1, 0, 1), (3, 3, 3), (1, -7, 4), (0, 0, 1)] {
            let table = LookupTable::new(-1..=15, |x| {
                if x < 0 {
                    a
                } else if x < 15 {
                    b
                } else {
                    c
                }
            });
            for x in -1..=15 {
                assert_eq!(Some(read(&table, x)), table.get(x).map(|y| 2 * y), "{x}");
            }
        }
    }

    #[test]
    fn a_value_outside_the_window_has_no_output() {
        let table = LookupTable::new(2..=4, |x| x);
        assert_eq!(table.get(1), None);
        assert_eq!(table.get(5), None);
        assert_eq!(table.get(i64::MIN), None);
        assert_eq!(table.get(4), Some(4));
    }
}
