//! Real and imaginary parts apart, tile by tile: sums of products then need no shuffles, which interleaved
//! complex numbers cost as much as the arithmetic itself. Only an FFT wants them interleaved.

use tfhe::core_crypto::fft_impl::fft64::{AVec, c64};

use super::fourier::{HALF, Slots};

/// Slots that are worked on together: the digits of one tile stay in the first-level cache while all outputs
/// use them.
pub(super) const TILE: usize = 64;

/// Tiles of one polynomial.
pub(super) const TILES: usize = HALF / TILE;

/// Real parts, then imaginary ones.
pub(super) type Tile = [[f64; TILE]; 2];

/// Polynomials in the Fourier domain: for each tile all polynomials' parts, one after the other.
pub(super) struct Split {
    polynomials: usize,
    values: AVec<f64>,
}

impl Split {
    pub(super) fn zeros(polynomials: usize) -> Self {
        Self { polynomials, values: AVec::from_iter(128, std::iter::repeat_n(0.0, 2 * polynomials * HALF)) }
    }

    /// One tile of all polynomials.
    pub(super) fn tile(&self, tile: usize) -> &[Tile] {
        &tiles(&self.values)[tile * self.polynomials..][..self.polynomials]
    }

    pub(super) fn tile_mut(&mut self, tile: usize) -> &mut [Tile] {
        &mut tiles_mut(&mut self.values)[tile * self.polynomials..][..self.polynomials]
    }

    pub(super) fn set(&mut self, polynomial: usize, slots: &Slots) {
        for (tile, slots) in slots.as_chunks().0.iter().enumerate() {
            split(slots, &mut self.tile_mut(tile)[polynomial]);
        }
    }

    #[cfg(test)]
    pub(super) fn get(&self, polynomial: usize, slots: &mut Slots) {
        for (tile, slots) in slots.as_chunks_mut().0.iter_mut().enumerate() {
            merge(&self.tile(tile)[polynomial], slots);
        }
    }
}

fn tiles(values: &[f64]) -> &[Tile] {
    values.as_chunks().0.as_chunks().0
}

fn tiles_mut(values: &mut [f64]) -> &mut [Tile] {
    values.as_chunks_mut().0.as_chunks_mut().0
}

/// Takes parts apart.
#[inline(always)]
pub(super) fn split(slots: &[c64; TILE], tile: &mut Tile) {
    let [re, im] = tile;
    for slot in 0..TILE {
        re[slot] = slots[slot].re;
        im[slot] = slots[slot].im;
    }
}

/// Puts them together.
#[inline(always)]
pub(super) fn merge(tile: &Tile, slots: &mut [c64; TILE]) {
    let [re, im] = tile;
    for slot in 0..TILE {
        slots[slot] = c64::new(re[slot], im[slot]);
    }
}

/// `sum` += Σ left · right. Several products at a time, so that sums stay in registers between them.
#[inline(always)]
pub(super) fn add_products(sum: &mut Tile, left: &[Tile], right: &[Tile]) {
    let (mut left, mut right) = (left, right);
    loop {
        (left, right) = match left.len() {
            0 => return,
            1 => add_some::<1>(sum, left, right),
            2 => add_some::<2>(sum, left, right),
            3 => add_some::<3>(sum, left, right),
            4 => add_some::<4>(sum, left, right),
            _ => add_some::<5>(sum, left, right),
        };
    }
}

#[inline(always)]
fn add_some<'a, const COUNT: usize>(
    sum: &mut Tile,
    left: &'a [Tile],
    right: &'a [Tile],
) -> (&'a [Tile], &'a [Tile]) {
    let (own_left, left): (&[Tile; COUNT], _) = left.split_first_chunk().expect("counted by the caller");
    let (own_right, right): (&[Tile; COUNT], _) = right.split_first_chunk().expect("one for each");
    let [sum_re, sum_im] = sum;
    for slot in 0..TILE {
        let (mut re, mut im) = (sum_re[slot], sum_im[slot]);
        for index in 0..COUNT {
            let [a, b] = [own_left[index][0][slot], own_left[index][1][slot]];
            let [c, d] = [own_right[index][0][slot], own_right[index][1][slot]];
            re += a * c - b * d;
            im += a * d + b * c;
        }
        sum_re[slot] = re;
        sum_im[slot] = im;
    }
    (left, right)
}
