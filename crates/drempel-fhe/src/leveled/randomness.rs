//! The evaluator's own randomness: what closes the noise of an answer.
//!
//! It must be repeatable, because an auditor computes the same answers, and no two things may ever share it:
//! the difference of two answers with one flood would cancel it. So every draw comes from a stream of its
//! own, BLAKE3's output under a key that is derived from a secret seed, a digest of everything that the job
//! is (agreement, tables, cases, keys, program) and the auditor's nonce; the stream's name is what it is for
//! and whom. The seed is not that of blindings: the receiver gets that one.
//!
//! Integers only: see [`roots`](super::roots) for why.

use std::fmt;

use zeroize::Zeroize;

use super::fourier::Words;

/// The evaluator's secret for one job: given to its auditor, never to the key holder or the receiver.
pub struct NoiseSeed([u8; 32]);

impl NoiseSeed {
    /// A seed from 32 bytes of a cryptographic generator.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl Drop for NoiseSeed {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for NoiseSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoiseSeed").finish_non_exhaustive()
    }
}

/// All streams of one job.
pub struct NoiseStreams([u8; 32]);

/// What a stream is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// What is taken off the states of a case before each high bit, and added afterwards.
    Constants = 1,
    /// What is added to one answer of a packed ring.
    Flood = 2,
    /// The encryption of zero that is added to a packed ring.
    Zero = 3,
}

impl NoiseStreams {
    /// The streams of one job. `context` is a digest of agreement, tables, cases, keys and program, in this
    /// order; `nonce` is the auditor's, fixed before the evaluation.
    pub fn new(seed: &NoiseSeed, context: &[u8; 32], nonce: &[u8; 32]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("drempel leveled engine, noise of one job, v1");
        hasher.update(&seed.0).update(context).update(nonce);
        Self(hasher.finalize().into())
    }

    /// The stream of a subject: a case for [`Purpose::Constants`], else a place in the job's packed rings.
    pub(super) fn stream(&self, purpose: Purpose, subject: u64) -> Stream {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&[purpose as u8]).update(&subject.to_le_bytes());
        Stream(hasher.finalize_xof())
    }
}

impl Drop for NoiseStreams {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for NoiseStreams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoiseStreams").finish_non_exhaustive()
    }
}

/// Random bytes without an end.
pub(super) struct Stream(blake3::OutputReader);

impl Stream {
    fn bytes<const COUNT: usize>(&mut self) -> [u8; COUNT] {
        let mut bytes = [0; COUNT];
        self.0.fill(&mut bytes);
        bytes
    }

    /// Uniform in −bound..=bound, as a word; no value is more likely than another by more than 2⁻¹²⁸ of one.
    fn uniform(&mut self, bound: u64) -> u64 {
        let draw = u128::from_le_bytes(self.bytes());
        let count = u128::from(bound) * 2 + 1;
        // The upper 128 bits of draw · count.
        let (high, low) = (draw >> 64, draw & u128::from(u64::MAX));
        let value = (high * count + ((low * count) >> 64)) >> 64;
        (value as u64).wrapping_sub(bound)
    }

    /// The sum of so many uniform integers.
    fn sum_of_uniforms(&mut self, bound: u64, terms: usize) -> u64 {
        (0..terms).fold(0, |sum: u64, _| sum.wrapping_add(self.uniform(bound)))
    }

    /// Near enough to a Gaussian (excess kurtosis −0.15), with the standard deviation that [`bell_bound`] was
    /// given.
    pub(super) fn bell(&mut self, bound: u64) -> u64 {
        self.sum_of_uniforms(bound, BELL_TERMS)
    }

    /// A flood: the sum of three uniform integers, of at most [`FLOOD_BOUND`] in size.
    pub(super) fn flood(&mut self) -> u64 {
        self.sum_of_uniforms(FLOOD_BOUND / 3, 3)
    }

    /// Zeros and ones.
    pub(super) fn bits(&mut self, output: &mut [bool]) {
        for chunk in output.chunks_mut(8) {
            let [byte] = self.bytes();
            chunk.iter_mut().enumerate().for_each(|(place, bit)| *bit = byte >> place & 1 == 1);
        }
    }

    /// Adds the parameter set's own noise to every coefficient: uniform on ±2¹⁷, the two ends half as likely
    /// (tfhe's `TUniform`).
    pub(super) fn add_noise(&mut self, polynomial: &mut Words, bound_log2: u32) {
        for word in polynomial {
            let draw = u64::from(u32::from_le_bytes(self.bytes())) & ((1 << (bound_log2 + 2)) - 1);
            *word = word.wrapping_add((draw >> 1) + (draw & 1)).wrapping_sub(1 << bound_log2);
        }
    }
}

/// The size that a flood never passes: 0.17 of the torus. An answer is read wrongly from 0.25 on.
///
/// The sum of three uniform integers rather than a Gaussian: it never makes an answer wrong by itself, it is
/// exact, and for noise that is small beside it, it hides as much as a Gaussian of 2^−4.24 of the torus
/// would.
pub const FLOOD_BOUND: u64 = ((17_u128 << 64) / 100) as u64;

const BELL_TERMS: usize = 8;

/// The bound of the uniform integers whose sum has this variance, in words squared.
pub(super) fn bell_bound(variance: f64) -> u64 {
    // Each has variance bound · (bound + 1) / 3. Division and square root are exact to the last bit
    // everywhere.
    (variance * 3.0 / BELL_TERMS as f64).sqrt() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn streams(seed: u8, context: u8, nonce: u8) -> NoiseStreams {
        NoiseStreams::new(&NoiseSeed::new([seed; 32]), &[context; 32], &[nonce; 32])
    }

    #[test]
    fn streams_differ_by_seed_context_nonce_purpose_and_subject() {
        let first = |streams: NoiseStreams, purpose, subject| streams.stream(purpose, subject).bytes::<16>();
        let all = [
            first(streams(1, 1, 1), Purpose::Flood, 1),
            first(streams(2, 1, 1), Purpose::Flood, 1),
            first(streams(1, 2, 1), Purpose::Flood, 1),
            first(streams(1, 1, 2), Purpose::Flood, 1),
            first(streams(1, 1, 1), Purpose::Zero, 1),
            first(streams(1, 1, 1), Purpose::Flood, 2),
        ];
        for (index, one) in all.iter().enumerate() {
            assert!(all[index + 1..].iter().all(|other| other != one));
        }
        assert_eq!(all[0], first(streams(1, 1, 1), Purpose::Flood, 1));
    }

    #[test]
    fn draws_are_frozen_bit_for_bit() {
        let mut stream = streams(7, 8, 9).stream(Purpose::Constants, 5);
        let found = [stream.bell(1 << 50), stream.flood(), stream.uniform(3)].map(|word| word as i64);
        assert_eq!(found, [1_313_293_110_475_652, -259_449_667_678_349_852, -3]);
    }

    #[test]
    fn seeds_do_not_print() {
        assert_eq!(format!("{:?}", NoiseSeed::new([77; 32])), "NoiseSeed { .. }");
        assert_eq!(format!("{:?}", streams(77, 1, 1)), "NoiseStreams { .. }");
    }

    fn moments(mut draw: impl FnMut() -> u64, count: usize) -> (f64, f64, f64) {
        let samples: Vec<f64> = (0..count).map(|_| draw() as i64 as f64).collect();
        let mean = samples.iter().sum::<f64>() / count as f64;
        let variance = samples.iter().map(|x| x * x).sum::<f64>() / count as f64;
        let fourth = samples.iter().map(|x| x.powi(4)).sum::<f64>() / count as f64;
        (mean / variance.sqrt(), variance, fourth / variance / variance)
    }

    #[test]
    fn floods_stay_within_their_bound_and_have_a_third_of_it_as_deviation() {
        let mut stream = streams(1, 2, 3).stream(Purpose::Flood, 4);
        let mut largest = 0;
        let (mean, variance, _) = moments(
            || {
                let flood = stream.flood();
                largest = largest.max((flood as i64).unsigned_abs());
                flood
            },
            50_000,
        );
        assert!(largest <= FLOOD_BOUND && largest > FLOOD_BOUND / 10 * 9);
        let expected = FLOOD_BOUND as f64 / 3.0;
        assert!((variance.sqrt() / expected - 1.0).abs() < 0.02 && mean.abs() < 0.025);
    }

    #[test]
    fn bells_have_the_variance_that_was_asked_for() {
        let mut stream = streams(1, 2, 3).stream(Purpose::Constants, 4);
        let asked = 2.0_f64.powi(2 * 52);
        let (mean, variance, kurtosis) = moments(|| stream.bell(bell_bound(asked)), 50_000);
        assert!((variance / asked - 1.0).abs() < 0.03 && mean.abs() < 0.025, "{}", variance / asked);
        assert!((kurtosis - 2.85).abs() < 0.12, "{kurtosis}");
    }

    #[test]
    fn uniform_reaches_both_ends() {
        let mut stream = streams(3, 3, 3).stream(Purpose::Constants, 1);
        let mut counts = [0; 5];
        for _ in 0..5_000 {
            counts[stream.uniform(2).wrapping_add(2) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (880..1_120).contains(count)), "{counts:?}");
    }
}
