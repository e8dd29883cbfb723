use std::ops::RangeInclusive;

use crate::params::SLOTS;

/// The most values that one lookup can tell apart: every slot of the torus.
pub(crate) const MAX_VALUES: usize = 2 * SLOTS_OF_HALF;

/// The slots that a table can fill as it likes: those of half the torus.
const SLOTS_OF_HALF: usize = SLOTS as usize;

/// A function on a window of at most 32 neighbouring integers, evaluated by one bootstrap.
///
/// Sixteen values have a slot each. Sixteen steps further on a bootstrap reads the same slot with its sign turned. So
/// the value at x + 16 costs nothing once a constant makes the outputs at x and x + 16 opposite; the constant is taken
/// off again in the clear (docs/protocol.md, section 4.2). There is one constant for the whole table. A 17th value
/// therefore fits whatever the function is, and more where f(x) + f(x + 16) is the same for each x: the sign of
/// −16..=15 is such a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupTable {
    low: i64,
    outputs: Vec<i64>,
}

impl LookupTable {
    /// The table of `function` on a window.
    ///
    /// # Panics
    /// When the window is empty or has more than 32 values, or when it has more than 17 and f(x) + f(x + 16) is not the
    /// same throughout: that is a mistake in the program.
    pub fn new(window: RangeInclusive<i64>, function: impl Fn(i64) -> i64) -> Self {
        let low = *window.start();
        let outputs: Vec<i64> = window.map(function).collect();
        assert!((1..=MAX_VALUES).contains(&outputs.len()), "a lookup table has 1 to {MAX_VALUES} values");
        let table = Self { low, outputs };
        let constant = table.twice_constant();
        assert!(
            table.opposite_sums().all(|sum| sum == -constant),
            "a lookup table of more than 17 values needs f(x) + f(x + 16) to be the same for each x"
        );
        table
    }

    /// f(x) + f(x + 16) wherever both lie in the window.
    fn opposite_sums(&self) -> impl Iterator<Item = i64> + '_ {
        self.outputs.iter().zip(self.outputs.iter().skip(SLOTS_OF_HALF)).map(|(here, there)| here + there)
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

    /// Twice the constant that is added to every output so that a 17th value and those after it fit.
    pub(crate) fn twice_constant(&self) -> i64 {
        self.opposite_sums().next().map_or(0, |sum| -sum)
    }

    /// Twice what slot `0..16` must hold, the constant included. The window's first value sits in slot 0; a
    /// seventeenth one is read there with its sign turned, an eighteenth in slot 1, and so on.
    pub(crate) fn twice_slots(&self) -> impl Iterator<Item = i64> + '_ {
        let constant = self.twice_constant();
        let slot = move |i: usize| self.outputs.get(i).map_or(0, |output| 2 * output + constant);
        (0..SLOTS_OF_HALF).map(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a bootstrap reads, in halves: slot 16 is the negative of slot 0.
    fn read(table: &LookupTable, value: i64) -> i64 {
        let slots: Vec<i64> = table.twice_slots().collect();
        let index = usize::try_from(value - table.low()).expect("in the window");
        let raw = if index < 16 { slots[index] } else { -slots[index - 16] };
        raw - table.twice_constant()
    }

    fn assert_every_value_is_read(table: &LookupTable, window: RangeInclusive<i64>) {
        for x in window {
            assert_eq!(Some(read(table, x)), table.get(x).map(|y| 2 * y), "{x}");
        }
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
            assert_every_value_is_read(&table, -1..=15);
        }
    }

    #[test]
    fn up_to_thirty_two_values_fit_where_those_sixteen_apart_have_one_sum() {
        for high in 2..=15 {
            for (below, above) in [(-1, 0), (1, 0), (0, 1), (3, -3), (-2, 7), (4, 4)] {
                let table = LookupTable::new(-16..=high, |x| if x < 0 { below } else { above });
                assert_every_value_is_read(&table, -16..=high);
            }
        }
        // No step, and a window elsewhere.
        let table = LookupTable::new(5..=36, |x| if x < 21 { x % 5 } else { 9 - (x - 16) % 5 });
        assert_every_value_is_read(&table, 5..=36);
    }

    #[test]
    #[should_panic(expected = "needs f(x) + f(x + 16) to be the same")]
    fn eighteen_values_do_not_fit_every_function() {
        LookupTable::new(-2..=15, |x| i64::from(x == -2));
    }

    #[test]
    #[should_panic(expected = "1 to 32 values")]
    fn thirty_three_values_never_fit() {
        LookupTable::new(-16..=16, |_| 0);
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
