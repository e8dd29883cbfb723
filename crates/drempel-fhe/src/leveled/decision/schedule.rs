//! Which states the automaton of the high bits needs: known without looking at any hidden bit, so what a
//! decision costs is computed from the same schedule that runs it.
//!
//! The state before a bit is D = (the line's bits above) − (the sum's bits above). Below 0 the answer is *no*
//! whatever follows, from m on (m addends) it is *yes*. Going backwards, from the lowest high bit up, F(q)
//! after a bit with the line's bit l is F(2q + l − x₁ − … − xₘ) before it. So position u = 2q + l − j, where
//! j of the bits are one, is looked at; layer k chooses between u and u − 1 by the k-th addend's bit.

/// What is known about a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::leveled) enum Kind {
    /// The answer is no, or yes.
    Constant(bool),
    /// It depends on hidden bits.
    Live,
}

/// One bit of the automaton. Positions count from `bottom` on.
#[derive(Clone, Debug)]
pub(in crate::leveled) struct BitSchedule {
    /// Position 0 is u = −`below`.
    pub(in crate::leveled) below: usize,
    /// One layer for each addend.
    pub(in crate::leveled) layers: Vec<Layer>,
    /// Where each wanted state stands after the last layer.
    pub(in crate::leveled) wanted: Vec<usize>,
}

/// One addend's bit.
#[derive(Clone, Debug)]
pub(in crate::leveled) struct Layer {
    /// What is known of each position before it.
    pub(in crate::leveled) inputs: Vec<Kind>,
    /// What is known after it, for the positions that are still needed.
    pub(in crate::leveled) outputs: Vec<Option<Kind>>,
}

impl Layer {
    /// Whether a position's product with the bit is needed: by itself, or by the next position.
    pub(in crate::leveled) fn multiplies(&self, position: usize) -> bool {
        let live = |position: usize| self.outputs.get(position) == Some(&Some(Kind::Live));
        self.inputs[position] != Kind::Constant(false) && (live(position) || live(position + 1))
    }
}

impl BitSchedule {
    /// For a bit of the line; `wanted` are the states that the next bit, or the answer, needs.
    pub(in crate::leveled) fn new(
        addends: usize,
        line_bit: bool,
        wanted: impl IntoIterator<Item = usize>,
    ) -> Self {
        let line_bit = usize::from(line_bit);
        let below = addends - line_bit;
        let positions = below + 2 * (addends - 1) + line_bit + 1;
        let wanted: Vec<usize> = wanted.into_iter().map(|q| below + 2 * q + line_bit).collect();
        let first = (0..positions).map(|position| match position.checked_sub(below) {
            None => Kind::Constant(false),
            Some(state) if state >= addends => Kind::Constant(true),
            Some(_) => Kind::Live,
        });
        let mut inputs: Vec<Kind> = first.collect();
        let mut layers = Vec::new();
        for layer in 0..addends {
            let left = addends - 1 - layer;
            let output = |position: usize| {
                let needed = wanted.iter().any(|end| (0..=left).any(|ones| position + ones == *end));
                let chosen = match (inputs[position], inputs[position.checked_sub(1)?]) {
                    (Kind::Constant(one), Kind::Constant(other)) if one == other => Kind::Constant(one),
                    _ => Kind::Live,
                };
                needed.then_some(chosen)
            };
            let outputs: Vec<Option<Kind>> = (0..positions).map(output).collect();
            let next = outputs.iter().map(|kind| kind.unwrap_or(Kind::Constant(false))).collect();
            layers.push(Layer { inputs: std::mem::replace(&mut inputs, next), outputs });
        }
        Self { below, layers, wanted }
    }
}

/// The high bits of a decision, from the lowest one up: the line's own bits above the low part. A last bit
/// looks only for the state that the line's bits above it ask for.
pub(in crate::leveled) fn schedules(
    addends: usize,
    line: u64,
    low_bits: usize,
    bits: usize,
) -> Vec<BitSchedule> {
    (low_bits..bits)
        .map(|bit| {
            let line_bit = line >> bit & 1 == 1;
            if bit + 1 == bits {
                BitSchedule::new(addends, line_bit, [(line >> bits) as usize])
            } else {
                BitSchedule::new(addends, line_bit, 0..addends)
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs the automaton on clear bits, layer by layer.
    fn run(addends: &[u64], line: u64, low_bits: usize, bits: usize) -> bool {
        let m = addends.len() as u64;
        let low = |number: u64| number & ((1 << low_bits) - 1);
        let sum: u64 = addends.iter().map(|number| low(*number)).sum();
        let mut states: Vec<bool> = (0..m).map(|q| sum <= low(line) + (q << low_bits)).collect();
        for (schedule, bit) in schedules(addends.len(), line, low_bits, bits).iter().zip(low_bits..) {
            let mut values: Vec<bool> = schedule.layers[0]
                .inputs
                .iter()
                .enumerate()
                .map(|(position, kind)| match kind {
                    Kind::Constant(value) => *value,
                    Kind::Live => states[position - schedule.below],
                })
                .collect();
            for (layer, number) in schedule.layers.iter().zip(addends) {
                let one = number >> bit & 1 == 1;
                let next = layer.outputs.iter().enumerate().map(|(position, kind)| match kind {
                    None => false,
                    Some(kind) => {
                        let value = values[if one { position - 1 } else { position }];
                        assert!(*kind == Kind::Live || *kind == Kind::Constant(value));
                        value
                    }
                });
                values = next.collect();
            }
            states = schedule.wanted.iter().map(|position| values[*position]).collect();
        }
        states[if low_bits < bits { 0 } else { (line >> bits) as usize }]
    }

    #[test]
    fn the_automaton_decides_every_small_case() {
        let bits = 4;
        for addends in 1..=3_usize {
            for low_bits in 1..=3 {
                for packed in 0..1_u64 << (bits * addends) {
                    let numbers: Vec<u64> = (0..addends).map(|k| packed >> (bits * k) & 15).collect();
                    let sum: u64 = numbers.iter().sum();
                    for line in 0..(addends as u64) << bits {
                        assert_eq!(run(&numbers, line, low_bits, bits), sum <= line, "{numbers:?} {line}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_automaton_decides_eight_addends_at_every_line() {
        for numbers in [[0; 8], [63; 8], [1, 2, 4, 8, 16, 32, 63, 0], [31; 8], [33, 7, 60, 12, 9, 50, 3, 3]] {
            let sum: u64 = numbers.iter().sum();
            for line in 0..8 << 6 {
                assert_eq!(run(&numbers, line, 2, 6), sum <= line, "{line}");
            }
        }
    }
}
