//! Polynomials modulo X^N + 1 in the Fourier domain, and the passes over memory on either side of an FFT.
//!
//! A polynomial of N coefficients is a complex one of N/2: coefficient j + i · coefficient j + N/2, twisted
//! by e^(iπj/N) (Klemsa, ePrint 2021/480). Slot k of its transform is its value at e^(iπ(1 − 4k)/N).
//!
//! Every build gives the same bits: tfhe-fft's twiddles come from a polynomial in correctly rounded fused
//! multiply-adds, its butterflies are the same operations for every vector unit, the algorithm is pinned,
//! twists and monomials come from [`roots`](super::roots), and what is written here is plain additions and
//! multiplications, which Rust never fuses.

use tfhe::core_crypto::fft_impl::fft64::math::fft::Plan;
use tfhe::core_crypto::fft_impl::fft64::{AVec, c64};
use tfhe::core_crypto::prelude::ComputationBuffers;

use super::gadget::{Gadget, digit};
use super::roots::roots;
pub(super) use crate::fourier::HALF;
use crate::fourier::{NORMALISE, fft_plan, to_torus};
use crate::params::RING;

/// A polynomial in the Fourier domain.
pub(super) type Slots = [c64; HALF];

/// A polynomial's coefficients.
pub(super) type Words = [u64; RING];

/// Polynomials in the Fourier domain, one after the other.
#[derive(Clone)]
pub(super) struct Fourier(AVec<c64>);

impl Fourier {
    pub(super) fn zeros(polynomials: usize) -> Self {
        Self(AVec::from_iter(128, std::iter::repeat_n(ZERO, polynomials * HALF)))
    }

    pub(super) fn as_slice(&self) -> &[c64] {
        &self.0
    }

    pub(super) fn as_mut_slice(&mut self) -> &mut [c64] {
        &mut self.0
    }

    pub(super) fn get(&self, index: usize) -> &Slots {
        slots(&self.0[index * HALF..])
    }

    pub(super) fn get_mut(&mut self, index: usize) -> &mut Slots {
        slots_mut(&mut self.0[index * HALF..])
    }

    /// All polynomials.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Slots> {
        self.0.chunks_exact_mut(HALF).map(slots_mut)
    }
}

pub(super) const ZERO: c64 = c64::new(0.0, 0.0);

pub(super) fn slots(values: &[c64]) -> &Slots {
    values.first_chunk().expect("a whole polynomial")
}

pub(super) fn slots_mut(values: &mut [c64]) -> &mut Slots {
    values.first_chunk_mut().expect("a whole polynomial")
}

pub(super) fn words(values: &[u64]) -> &Words {
    values.first_chunk().expect("a whole polynomial")
}

pub(super) fn words_mut(values: &mut [u64]) -> &mut Words {
    values.first_chunk_mut().expect("a whole polynomial")
}

pub(super) fn halves(polynomial: &Words) -> (&[u64; HALF], &[u64; HALF]) {
    let (low, high) = polynomial.split_at(HALF);
    (low.first_chunk().expect("half a polynomial"), high.first_chunk().expect("half a polynomial"))
}

pub(super) fn halves_mut(polynomial: &mut Words) -> (&mut [u64; HALF], &mut [u64; HALF]) {
    let (low, high) = polynomial.split_at_mut(HALF);
    (low.first_chunk_mut().expect("half a polynomial"), high.first_chunk_mut().expect("half a polynomial"))
}

/// The FFT's plan and all roots of unity: read-only, shared by all threads.
pub(super) struct Transform {
    plan: Plan,
    cosines: Box<[f64; HALF]>,
    sines: Box<[f64; HALF]>,
    roots: Vec<c64>,
}

impl Transform {
    pub(super) fn new() -> Self {
        let roots = roots();
        let part = |of: fn(&c64) -> f64| {
            let values: Vec<f64> = roots[..HALF].iter().map(of).collect();
            values.into_boxed_slice().try_into().expect("half as many as coefficients")
        };
        Self { plan: fft_plan(), cosines: part(|root| root.re), sines: part(|root| root.im), roots }
    }

    /// X^degree in the Fourier domain.
    pub(super) fn monomial(&self, degree: usize, output: &mut Slots) {
        for (slot, value) in output.iter_mut().enumerate() {
            *value = self.roots[exponent(slot) * degree % (2 * RING)];
        }
    }
}

/// Slot k holds the value at e^(iπ/N) to this power.
fn exponent(slot: usize) -> usize {
    (2 * RING + 1 - 4 * slot) % (2 * RING)
}

/// Where the values of p(X^k) are found in those of p: for k = 1 (mod 4) as they stand, for k = 3 (mod 4)
/// conjugated.
pub(super) fn automorphism_slots(k: usize) -> Box<[u16; HALF]> {
    let place = |slot: usize| {
        let power = exponent(slot) * k % (2 * RING);
        let power = if power % 4 == 1 { power } else { 2 * RING - power };
        ((2 * RING + 1 - power) / 4 % HALF) as u16
    };
    let places: Vec<u16> = (0..HALF).map(place).collect();
    places.into_boxed_slice().try_into().expect("one for each slot")
}

/// One thread's FFTs, with their scratch memory and a count of them.
pub(super) struct Ffts<'a> {
    transform: &'a Transform,
    buffers: ComputationBuffers,
    /// Transforms so far.
    pub(super) count: u64,
}

impl<'a> Ffts<'a> {
    pub(super) fn new(transform: &'a Transform) -> Self {
        let mut buffers = ComputationBuffers::new();
        buffers.resize(transform.plan.fft_scratch().unaligned_bytes_required());
        Self { transform, buffers, count: 0 }
    }

    /// X^degree in the Fourier domain.
    pub(super) fn monomial(&self, degree: usize, output: &mut Slots) {
        self.transform.monomial(degree, output);
    }

    /// The twisting factors' real and imaginary parts.
    pub(super) fn twist(&self) -> (&'a [f64; HALF], &'a [f64; HALF]) {
        (&self.transform.cosines, &self.transform.sines)
    }

    /// Twists N/2 values and transforms them.
    #[inline(always)]
    fn forward(&mut self, output: &mut Slots, value: impl Fn(usize) -> (f64, f64)) {
        let Transform { cosines, sines, .. } = self.transform;
        for j in 0..HALF {
            let (re, im) = value(j);
            output[j].re = re * cosines[j] - im * sines[j];
            output[j].im = re * sines[j] + im * cosines[j];
        }
        self.transform_in_place(output);
    }

    /// A forward FFT of what is there.
    pub(super) fn transform_in_place(&mut self, values: &mut Slots) {
        self.count += 1;
        self.transform.plan.fwd(values, self.buffers.stack());
    }

    /// A level of a polynomial's digits.
    pub(super) fn digits(&mut self, polynomial: &Words, gadget: Gadget, level: usize, output: &mut Slots) {
        let (low, high) = halves(polynomial);
        let (offset, shift, mask) = (gadget.offset(), gadget.shift(level), gadget.mask());
        let cut = |word: u64| digit(word.wrapping_add(offset), shift, mask, gadget.base_bits);
        self.forward(output, |j| (cut(low[j]), cut(high[j])));
    }

    /// Small integers.
    pub(super) fn integers(&mut self, polynomial: &[i32; RING], output: &mut Slots) {
        let (low, high) = polynomial.split_at(HALF);
        let (low, high): (&[i32; HALF], &[i32; HALF]) =
            (low.first_chunk().expect("a half"), high.first_chunk().expect("a half"));
        self.forward(output, |j| (f64::from(low[j]), f64::from(high[j])));
    }

    /// Words as real numbers in −1/2..1/2, to their 52 upper bits.
    pub(super) fn torus(&mut self, polynomial: &Words, output: &mut Slots) {
        let (low, high) = halves(polynomial);
        self.forward(output, |j| (from_torus(low[j]), from_torus(high[j])));
    }

    /// Back to the torus, added to `polynomial`; `values` are used up.
    pub(super) fn add_back(&mut self, values: &mut Slots, polynomial: &mut Words) {
        self.invert(values);
        let (low, high) = halves_mut(polynomial);
        for j in 0..HALF {
            let (re, im) = self.untwist(values[j], j);
            low[j] = low[j].wrapping_add(re);
            high[j] = high[j].wrapping_add(im);
        }
    }

    /// Like [`Self::add_back`], and `rest` is added too.
    pub(super) fn add_back_with(&mut self, values: &mut Slots, rest: &Words, polynomial: &mut Words) {
        self.invert(values);
        let (low, high) = halves_mut(polynomial);
        let (low_rest, high_rest) = halves(rest);
        for j in 0..HALF {
            let (re, im) = self.untwist(values[j], j);
            low[j] = low[j].wrapping_add(re).wrapping_add(low_rest[j]);
            high[j] = high[j].wrapping_add(im).wrapping_add(high_rest[j]);
        }
    }

    /// Back to the torus, in place of what `polynomial` held.
    pub(super) fn set_back(&mut self, values: &mut Slots, polynomial: &mut Words) {
        self.invert(values);
        let (low, high) = halves_mut(polynomial);
        for j in 0..HALF {
            (low[j], high[j]) = self.untwist(values[j], j);
        }
    }

    /// Like [`Self::set_back`], with `own` added.
    pub(super) fn set_back_with(&mut self, values: &mut Slots, own: &Words, polynomial: &mut Words) {
        self.invert(values);
        let (low, high) = halves_mut(polynomial);
        let (low_own, high_own) = halves(own);
        for j in 0..HALF {
            let (re, im) = self.untwist(values[j], j);
            low[j] = low_own[j].wrapping_add(re);
            high[j] = high_own[j].wrapping_add(im);
        }
    }

    /// Back, without the passes beside it: for measuring.
    pub(super) fn invert_scaled(&mut self, values: &mut Slots) {
        self.invert(values);
        values.iter_mut().for_each(|value| *value = c64::new(value.re * NORMALISE, value.im * NORMALISE));
    }

    fn invert(&mut self, values: &mut Slots) {
        self.count += 1;
        self.transform.plan.inv(values, self.buffers.stack());
    }

    #[inline(always)]
    fn untwist(&self, value: c64, j: usize) -> (u64, u64) {
        let (cosine, sine) = (self.transform.cosines[j], self.transform.sines[j]);
        let re = (value.re * cosine + value.im * sine) * NORMALISE;
        let im = (value.im * cosine - value.re * sine) * NORMALISE;
        (to_torus(re), to_torus(im))
    }
}

/// A word as a real number in −1/2..1/2, rounded to a multiple of 2⁻⁵².
#[inline(always)]
fn from_torus(word: u64) -> f64 {
    const TWO_52: u64 = 0x4330_0000_0000_0000;
    const MIDDLE: f64 = 6_755_399_441_055_744.0; // 2⁵² + 2⁵¹
    const SCALE: f64 = 1.0 / 4_503_599_627_370_496.0;
    let top = (word.wrapping_add(1 << 11) >> 12) ^ (1 << 51);
    (f64::from_bits(TWO_52 | top) - MIDDLE) * SCALE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leveled::polynomial::{automorphism, multiply};

    /// Words without a pattern.
    fn words_from(seed: u64) -> Box<Words> {
        let mut reader = blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof();
        let mut output = Box::new([0; RING]);
        for word in output.iter_mut() {
            let mut bytes = [0; 8];
            reader.fill(&mut bytes);
            *word = u64::from_le_bytes(bytes);
        }
        output
    }

    #[test]
    fn a_slot_holds_the_polynomials_value_at_its_root() {
        let transform = Transform::new();
        let mut ffts = Ffts::new(&transform);
        for degree in [0, 1, 5, HALF, RING - 1] {
            let mut polynomial = [0; RING];
            polynomial[degree] = 1;
            let (mut found, mut expected) = ([ZERO; HALF], [ZERO; HALF]);
            ffts.integers(&polynomial, &mut found);
            transform.monomial(degree, &mut expected);
            for (found, expected) in found.iter().zip(&expected) {
                assert!((found.re - expected.re).abs() + (found.im - expected.im).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn an_automorphism_is_a_permutation_of_slots() {
        let transform = Transform::new();
        let mut ffts = Ffts::new(&transform);
        let polynomial = words_from(1);
        let mut plain = [ZERO; HALF];
        ffts.torus(&polynomial, &mut plain);
        for k in [3, 5, 7, 9, 2_049, 4_095] {
            let mut turned = [0; RING];
            automorphism(&polynomial, k, &mut turned);
            let mut found = [ZERO; HALF];
            ffts.torus(&turned, &mut found);
            for (found, slot) in found.iter().zip(automorphism_slots(k).iter()) {
                let value = plain[usize::from(*slot)];
                let value = if k % 4 == 1 { value } else { value.conj() };
                assert!((found.re - value.re).abs() + (found.im - value.im).abs() < 1e-11, "{k}");
            }
        }
    }

    #[test]
    fn a_product_in_the_fourier_domain_is_the_exact_one_up_to_a_small_error() {
        let transform = Transform::new();
        let mut ffts = Ffts::new(&transform);
        let gadget = Gadget::new(1, 8);
        let (left, right) = (words_from(2), words_from(3));
        let digits: Vec<u64> = left
            .iter()
            .map(|word| digit(word.wrapping_add(gadget.offset()), 56, 255, 8) as i64 as u64)
            .collect();
        let exact = multiply(&digits, &*right);
        let (mut digits, mut torus) = ([ZERO; HALF], [ZERO; HALF]);
        ffts.digits(&left, gadget, 0, &mut digits);
        ffts.torus(&right, &mut torus);
        digits.iter_mut().zip(&torus).for_each(|(left, right)| *left *= right);
        let mut found = [7; RING];
        ffts.set_back(&mut digits, &mut found);
        for (found, exact) in found.iter().zip(&exact) {
            let error = found.wrapping_sub(*exact) as i64;
            assert!(error.unsigned_abs() < 1 << (64 - 37), "{error}");
        }
        assert_eq!(ffts.count, 3);
    }
}
