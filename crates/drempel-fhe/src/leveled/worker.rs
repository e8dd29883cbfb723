use std::fmt;
use std::ops::Range;

use super::comparison::is_at_most;
use super::counts::{Counts, highest_line};
use super::decision::{DecisionScratch, YES, sum_is_at_most};
use super::expansion::{Bin, Branches, ExpansionScratch, Nodes, expand, refine};
use super::fourier::{Ffts, Transform, words_mut};
use super::key::{ExpandedKey, LeveledKeySeeded, Shift};
use super::noise;
use super::packing::{OpenRing, PackingScratch, pack};
use super::parameters::{LeveledParams, MAX_ADDENDS};
use super::polynomial::automorphism;
use super::product::Ring;
use super::randomness::{NoiseStreams, Purpose, bell_bound};
use super::selector::{HiddenNumber, LeafScratch};
use crate::packing::PackedRing;
use crate::params::{DELTA, RING};

/// An expanded key, ready to decide. Shared by all threads.
pub struct LeveledEngine {
    transform: Transform,
    key: ExpandedKey,
}

impl LeveledEngine {
    /// Draws the key's masks again and takes it to the Fourier domain.
    ///
    /// # Cost
    /// A tenth of a second; 75 MB, of which 67 are for packing.
    pub fn new(key: &LeveledKeySeeded) -> Self {
        let transform = Transform::new();
        let key = ExpandedKey::new(key, &transform);
        Self { transform, key }
    }

    /// The parameters of its key.
    pub fn params(&self) -> &LeveledParams {
        &self.key.params
    }

    /// The shift of its key, which bins are made with.
    pub fn shift(&self) -> &Shift {
        &self.key.shift
    }

    /// A thread's own memory.
    pub fn worker(&self) -> Worker<'_> {
        let ffts = Ffts::new(&self.transform);
        Worker {
            leaves: LeafScratch::new(&self.key, &ffts),
            expansion: ExpansionScratch::new(&self.key),
            decision: DecisionScratch::new(&self.key),
            packing: PackingScratch::new(),
            key_switches: 0,
            key: &self.key,
            ffts,
        }
    }
}

impl fmt::Debug for LeveledEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeveledEngine").field("params", self.params()).finish_non_exhaustive()
    }
}

/// One thread's share of an engine.
pub struct Worker<'e> {
    key: &'e ExpandedKey,
    ffts: Ffts<'e>,
    expansion: ExpansionScratch,
    leaves: LeafScratch,
    decision: DecisionScratch,
    packing: PackingScratch,
    key_switches: u64,
}

/// A yes or a no under encryption, before its noise is closed: not for anyone's eyes.
pub struct Answer(Ring);

/// Why nothing was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecisionError {
    /// Too many numbers.
    #[error("a sum has at most {MAX_ADDENDS} numbers, not {found}")]
    Addends {
        /// How many there are.
        found: usize,
    },
    /// Numbers of different or impossible lengths.
    #[error("numbers must have the same 1 to {MAX_BITS} bits; one has {expected}, another {found}")]
    Bits {
        /// Those of the first.
        expected: usize,
        /// Those of another.
        found: usize,
    },
    /// Slots that [`Worker::refine`] was not asked for.
    #[error("slots {needed:?} of the bin were not expanded: there are {there:?}")]
    NotExpanded {
        /// The first and the last but one.
        needed: (usize, usize),
        /// What there is.
        there: (usize, usize),
    },
}

/// Bits of a number at most.
pub(super) const MAX_BITS: usize = 51;

/// What becomes of a decision.
#[derive(Clone, Copy, Debug)]
pub enum Decided<'s> {
    /// It is released as it is: a yes is half of the torus. The number names its noise: no two cases of a job have the same.
    Released(u64, &'s NoiseStreams),
    /// It is added up and looked up further: a yes is so many slots.
    Slots(u32),
}

impl Decided<'_> {
    fn yes(self) -> u64 {
        match self {
            Self::Released(..) => YES,
            Self::Slots(value) => DELTA * u64::from(value),
        }
    }

    /// e for each high bit of a case, with a variance in units of the torus: as much noise as a state has before the
    /// bit that was not absorbed. A bootstrap needs none.
    fn constants(self, variance: impl Fn(usize) -> f64) -> impl FnMut(usize) -> u64 {
        let mut stream = match self {
            Self::Released(case, streams) => Some(streams.stream(Purpose::Constants, case)),
            Self::Slots(_) => None,
        };
        move |high_bits| {
            stream.as_mut().map_or(0, |stream| stream.bell(bell_bound(variance(high_bits) * WORDS_SQUARED)))
        }
    }
}

impl<'e> Worker<'e> {
    /// The shift of its key.
    pub fn shift(&self) -> &'e Shift {
        &self.key.shift
    }

    /// Expands what these slots need of a bin, through all stages but the last two. `branches` keeps its
    /// memory from one bin to the next.
    ///
    /// # Panics
    /// When a bin has no such slots.
    ///
    /// # Cost
    /// [`Counts::expansion`].
    pub fn expand(&mut self, bin: &Bin, slots: Range<usize>, branches: &mut Branches) {
        let Self { key, expansion, ffts, .. } = self;
        self.key_switches += expand(key, bin, slots, branches, expansion, ffts);
    }

    /// The last stage but one, for the people who are decided on next. `nodes` keeps its memory.
    ///
    /// # Panics
    /// When [`Self::expand`] was not asked for these slots.
    ///
    /// # Cost
    /// [`Counts::refinement`].
    pub fn refine(&mut self, branches: &Branches, slots: Range<usize>, nodes: &mut Nodes) {
        let Self { key, expansion, ffts, .. } = self;
        self.key_switches += refine(key, branches, &slots, nodes, expansion, ffts);
    }

    /// Whether the sum of numbers of `bits` bits each is below a clear line. Zero is above no sum, and a sum of no
    /// numbers is zero. A line that every sum is below, or none, is evaluated like any other, so that nothing tells such
    /// a case from another.
    ///
    /// # Errors
    /// When there are too many numbers or one of another length, or their slots were not expanded.
    ///
    /// # Cost
    /// [`Counts::selectors`] for each number and [`Counts::decision`].
    pub fn sum_is_below(
        &mut self,
        numbers: &[HiddenNumber<'_>],
        bits: usize,
        line: u64,
        decided: Decided<'_>,
    ) -> Result<Answer, DecisionError> {
        if numbers.len() > MAX_ADDENDS {
            return Err(DecisionError::Addends { found: numbers.len() });
        }
        self.check(numbers, bits)?;
        let addends = numbers.len().max(1);
        let variance = |high_bits| noise::live_state(&self.key.params, addends, bits, high_bits);
        let mut noise = decided.constants(variance);
        if numbers.is_empty() {
            let mut answer = Ring::zero();
            answer.set_constant(if line > 0 { decided.yes() } else { 0 });
            answer.add_constant(noise(bits.saturating_sub(LeveledParams::low_bits(1))));
            return Ok(Answer(answer));
        }
        // What is below no line is above every one: always at most the highest, and then turned round.
        let highest = highest_line(addends, bits);
        let at_most = line.checked_sub(1).unwrap_or(highest).min(highest);
        let Self { key, ffts, leaves, decision, .. } = self;
        decision.set_yes(decided.yes());
        let mut answer = Answer::of(sum_is_at_most(numbers, at_most, noise, key, decision, leaves, ffts));
        if line == 0 {
            answer.turn_round(decided.yes());
        }
        Ok(answer)
    }

    /// Whether one hidden number is at most another.
    ///
    /// # Errors
    /// When the numbers have different lengths, or their slots were not expanded.
    ///
    /// # Cost
    /// [`Counts::selectors`] for each number and [`Counts::comparison`].
    pub fn is_at_most(
        &mut self,
        left: HiddenNumber<'_>,
        right: HiddenNumber<'_>,
        decided: Decided<'_>,
    ) -> Result<Answer, DecisionError> {
        let bits = left.bits();
        self.check(&[left, right], bits)?;
        let noise = decided.constants(|high_bits| noise::compared(&self.key.params, bits, high_bits));
        let Self { key, ffts, leaves, decision, .. } = self;
        decision.set_yes(decided.yes());
        Ok(Answer::of(is_at_most([left, right], noise, key, decision, leaves, ffts)))
    }

    fn check(&self, numbers: &[HiddenNumber<'_>], expected: usize) -> Result<(), DecisionError> {
        for number in numbers {
            let found = number.bits();
            if found != expected || !(1..=MAX_BITS).contains(&found) {
                return Err(DecisionError::Bits { expected, found });
            }
            let (needed, there) = (number.slots(self.key.params.selector().count()), number.nodes().slots());
            if needed.start < there.start || needed.end > there.end {
                let (needed, there) = ((needed.start, needed.end), (there.start, there.end));
                return Err(DecisionError::NotExpanded { needed, there });
            }
        }
        Ok(())
    }

    /// Packs a ring of answers, closes their noise and rounds them; `answers` is empty afterwards, with its
    /// memory. `index` counts the job's rings: it names their noise.
    ///
    /// # Cost
    /// [`Counts::packing`], whatever the number of answers.
    pub fn pack(&mut self, answers: &mut OpenRing, index: u64, streams: &NoiseStreams) -> PackedRing {
        pack(self.key, answers, index, streams, &mut self.packing, &mut self.ffts)
    }

    pub(super) fn parts_mut(&mut self) -> (&'e ExpandedKey, &mut LeafScratch, &mut Ffts<'e>) {
        (self.key, &mut self.leaves, &mut self.ffts)
    }

    pub(super) fn parts(&self) -> (&ExpandedKey, &Ffts<'_>) {
        (self.key, &self.ffts)
    }

    /// What was done so far.
    pub fn executed(&self) -> Counts {
        Counts {
            ffts: self.ffts.count,
            external_products: self.decision.external_products,
            key_switches: self.key_switches + self.leaves.key_switches,
            scheme_switches: self.leaves.scheme_switches,
        }
    }
}

/// (2⁶⁴)².
const WORDS_SQUARED: f64 = 18_446_744_073_709_551_616.0 * 18_446_744_073_709_551_616.0;

impl Answer {
    fn of(state: &Ring) -> Self {
        let mut own = Ring::zero();
        own.copy_from(state);
        Self(own)
    }

    /// Not the answer, but its opposite.
    fn turn_round(&mut self, yes: u64) {
        self.0.parts_mut().as_flattened_mut().iter_mut().for_each(|word| *word = word.wrapping_neg());
        self.0.add_constant(yes);
    }

    /// Writes its ciphertext under the secret key: the mask's words, then the body.
    ///
    /// # Panics
    /// When `row` is not [`WORDS`](crate::bootstrap::WORDS) words.
    pub fn write(&self, shift: &Shift, row: &mut [u64]) {
        let [mask, body] = self.0.parts();
        let (row_mask, row_body) = row.split_at_mut(RING);
        // A constant coefficient meets the key's coefficients in the order that a(1/X) has.
        automorphism(mask, 2 * RING - 1, words_mut(row_mask));
        row_body[0] = body[0].wrapping_add(shift.inner_product(row_mask.iter().copied()));
    }

    #[cfg(test)]
    pub(super) fn ring(&self) -> &Ring {
        &self.0
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").finish_non_exhaustive()
    }
}
