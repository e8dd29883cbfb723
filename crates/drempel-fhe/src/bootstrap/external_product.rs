//! One step of a blind rotation, as few passes over memory as its FFTs allow.
//!
//! tfhe's own function does the same in more passes: subtract, decompose, convert, transform, multiply, transform back,
//! convert, add. Here everything before the forward FFT is one pass, the product is one, and everything after the
//! backward FFT is one. Plain arithmetic on slices, which the compiler vectorises; no fused multiply-add, so that every
//! build gives the same bits. docs/benchmarks.md has both beside each other.

use tfhe::core_crypto::fft_impl::fft64::math::fft::Plan;
use tfhe::core_crypto::fft_impl::fft64::{AVec, c64};
use tfhe::core_crypto::prelude::ComputationBuffers;

use crate::fourier::{HALF, NORMALISE, to_torus};
use crate::params::{RING, TFHE};

/// Complex numbers of one step of the bootstrapping key: a 2 × 2 matrix of polynomials.
const STEP: usize = 4 * HALF;

/// Bits that a decomposed coefficient keeps; the parameter set has one level.
const KEPT_BITS: u32 = TFHE.pbs_base_log.0 as u32;
const _: () = assert!(TFHE.pbs_level.0 == 1 && KEPT_BITS < 32);

/// The FFT with its twisting factors e^(iπj/N), which turn a cyclic convolution into a negacyclic one.
pub(super) struct Transform {
    plan: Plan,
    cosines: Vec<f64>,
    sines: Vec<f64>,
}

/// What one thread needs.
pub(super) struct Workspace {
    /// The two polynomials of a ciphertext in the Fourier domain.
    fourier: [AVec<c64>; 2],
    buffers: ComputationBuffers,
}

impl Transform {
    pub(super) fn new(plan: Plan) -> Self {
        let angle = |j: usize| std::f64::consts::PI / RING as f64 * j as f64;
        Self {
            plan,
            cosines: (0..HALF).map(|j| angle(j).cos()).collect(),
            sines: (0..HALF).map(|j| angle(j).sin()).collect(),
        }
    }

    /// `accumulator += (accumulator · X^degree − accumulator) ⊡ step`: with a step that encrypts a key bit, this turns
    /// the accumulator by X^(degree · bit).
    pub(super) fn cmux_rotate(
        &self,
        accumulator: &mut [u64],
        degree: usize,
        step: &[c64],
        workspace: &mut Workspace,
    ) {
        let Workspace { fourier: [mask, body], buffers } = workspace;
        for (polynomial, fourier) in accumulator.chunks_exact(RING).zip([&mut *mask, &mut *body]) {
            self.difference(polynomial, degree, fourier);
            self.plan.fwd(fourier, buffers.stack());
        }
        multiply(mask, body, step);
        for (polynomial, fourier) in accumulator.chunks_exact_mut(RING).zip([mask, body]) {
            self.plan.inv(fourier, buffers.stack());
            self.add_back(fourier, polynomial);
        }
    }

    /// polynomial · X^degree − polynomial, decomposed and twisted.
    fn difference(&self, polynomial: &[u64], degree: usize, output: &mut [c64]) {
        let (low, high) = polynomial.split_at(HALF);
        // X^(N/2) maps (low, high) to (−high, low); four times that is the identity.
        let (first, second) = match degree / HALF {
            0 => ((low, PLUS), (high, PLUS)),
            1 => ((high, MINUS), (low, PLUS)),
            2 => ((low, MINUS), (high, MINUS)),
            _ => ((high, PLUS), (low, MINUS)),
        };
        // The rest of the degree moves each half up, and what leaves one half enters the other.
        let shift = degree % HALF;
        let kept = HALF - shift;
        let (wrapped, stayed) = output.split_at_mut(shift);
        let pass = |output: &mut [c64], at: usize, real: Source<'_>, imaginary: Source<'_>| {
            let end = at + output.len();
            let own = low[at..end].iter().zip(&high[at..end]);
            let turned = real.0.iter().zip(imaginary.0);
            let twist = self.cosines[at..end].iter().zip(&self.sines[at..end]);
            for (((output, own), turned), (cosine, sine)) in output.iter_mut().zip(own).zip(turned).zip(twist)
            {
                let re = decompose(signed(*turned.0, real.1).wrapping_sub(*own.0));
                let im = decompose(signed(*turned.1, imaginary.1).wrapping_sub(*own.1));
                output.re = re * cosine - im * sine;
                output.im = re * sine + im * cosine;
            }
        };
        pass(wrapped, 0, (&second.0[kept..], !second.1), (&first.0[kept..], first.1));
        pass(stayed, shift, (&first.0[..kept], first.1), (&second.0[..kept], second.1));
    }

    /// Untwists, rounds to the torus and adds.
    fn add_back(&self, fourier: &[c64], polynomial: &mut [u64]) {
        let (low, high) = polynomial.split_at_mut(HALF);
        let twist = self.cosines.iter().zip(&self.sines);
        let outputs = low.iter_mut().zip(high);
        for ((value, (cosine, sine)), (low, high)) in fourier.iter().zip(twist).zip(outputs) {
            let re = (value.re * cosine + value.im * sine) * NORMALISE;
            let im = (value.im * cosine - value.re * sine) * NORMALISE;
            *low = low.wrapping_add(to_torus(re));
            *high = high.wrapping_add(to_torus(im));
        }
    }
}

impl Default for Workspace {
    fn default() -> Self {
        let zeros = || AVec::from_iter(128, std::iter::repeat_n(c64::new(0.0, 0.0), HALF));
        Self { fourier: [zeros(), zeros()], buffers: ComputationBuffers::new() }
    }
}

impl Workspace {
    /// Makes room for a transform's own scratch memory.
    pub(super) fn fit(&mut self, transform: &Transform) {
        self.buffers.resize(transform.plan.fft_scratch().unaligned_bytes_required());
    }
}

/// The steps of a key, each a row for the mask and one for the body, each a mask and a body polynomial.
pub(super) fn steps(key: &[c64]) -> impl Iterator<Item = &[c64]> {
    key.chunks_exact(STEP)
}

/// Half a polynomial and the sign that it comes with.
type Source<'a> = (&'a [u64], u64);

const PLUS: u64 = 0;
const MINUS: u64 = u64::MAX;

/// A word with a sign, without a branch, so that loops over it vectorise. `!sign` is the other sign.
fn signed(word: u64, sign: u64) -> u64 {
    (word ^ sign).wrapping_sub(sign)
}

/// (mask, body) times the step's matrix, in place.
fn multiply(mask: &mut [c64], body: &mut [c64], step: &[c64]) {
    let (mask_row, body_row) = step.split_at(STEP / 2);
    let (mask_to_mask, mask_to_body) = mask_row.split_at(HALF);
    let (body_to_mask, body_to_body) = body_row.split_at(HALF);
    let rows = mask_to_mask.iter().zip(mask_to_body).zip(body_to_mask.iter().zip(body_to_body));
    for ((mask, body), ((mm, mb), (bm, bb))) in mask.iter_mut().zip(body).zip(rows) {
        let (m, b) = (*mask, *body);
        mask.re = m.re * mm.re - m.im * mm.im + (b.re * bm.re - b.im * bm.im);
        mask.im = m.re * mm.im + m.im * mm.re + (b.re * bm.im + b.im * bm.re);
        body.re = m.re * mb.re - m.im * mb.im + (b.re * bb.re - b.im * bb.im);
        body.im = m.re * mb.im + m.im * mb.re + (b.re * bb.im + b.im * bb.re);
    }
}

/// The top bits of a word, rounded, as a signed number.
fn decompose(word: u64) -> f64 {
    let rounded = word.wrapping_add(1 << (63 - KEPT_BITS));
    let top = (rounded >> 32) as u32 as i32 >> (32 - KEPT_BITS);
    f64::from(top)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decomposing_keeps_the_top_23_bits_rounded() {
        assert_eq!(decompose(0), 0.0);
        assert_eq!(decompose(1 << 41), 1.0);
        assert_eq!(decompose((1 << 40) - 1), 0.0);
        assert_eq!(decompose(1 << 40), 1.0);
        assert_eq!(decompose((1_u64 << 41).wrapping_neg()), -1.0);
        assert_eq!(decompose(1 << 62), 2_097_152.0);
    }
}
