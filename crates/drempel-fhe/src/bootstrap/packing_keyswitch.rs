use rayon::prelude::*;
use tfhe::core_crypto::prelude::{LwePackingKeyswitchKeyOwned, SignedDecomposer};

use super::{RING_WORDS, WORDS};
use crate::params::RING;

/// Ciphertexts whose sums are kept while the key passes by.
const BATCH: usize = 16;

/// Rows of the key that are taken at a time, and words of each: together they stay in the first-level cache.
const ROWS: usize = 8;
const TILE: usize = 512;

/// Switches each ciphertext to a ring element whose constant coefficient holds its value. One level of decomposition
/// (see `params`), key rows outer, ciphertexts inner.
pub(super) fn switch(key: &LwePackingKeyswitchKeyOwned<u64>, inputs: &[u32]) -> Vec<u64> {
    let mut rings = vec![0; inputs.len() / WORDS * RING_WORDS];
    rings
        .par_chunks_mut(BATCH * RING_WORDS)
        .zip(inputs.par_chunks(BATCH * WORDS))
        .for_each(|(rings, inputs)| switch_batch(key, inputs, rings));
    rings
}

fn switch_batch(key: &LwePackingKeyswitchKeyOwned<u64>, inputs: &[u32], rings: &mut [u64]) {
    for (input, ring) in inputs.chunks_exact(WORDS).zip(rings.chunks_exact_mut(RING_WORDS)) {
        ring[RING_WORDS - RING] = u64::from(*input.last().expect("a ciphertext has a body")) << 32;
    }
    let decomposer =
        SignedDecomposer::<u64>::new(key.decomposition_base_log(), key.decomposition_level_count());
    let term = |word: u32| decomposer.decompose(u64::from(word) << 32).next().map_or(0, |term| term.value());
    let mut terms = vec![[0; ROWS]; inputs.len() / WORDS];
    for (group, rows) in key.as_ref().chunks_exact(ROWS * RING_WORDS).enumerate() {
        for (terms, input) in terms.iter_mut().zip(inputs.chunks_exact(WORDS)) {
            let words = &input[group * ROWS..(group + 1) * ROWS];
            terms.iter_mut().zip(words).for_each(|(t, word)| *t = term(*word));
        }
        for start in (0..RING_WORDS).step_by(TILE) {
            let tiles: [&[u64; TILE]; ROWS] =
                std::array::from_fn(|row| tile(&rows[row * RING_WORDS + start..]));
            for (ring, terms) in rings.chunks_exact_mut(RING_WORDS).zip(&terms) {
                let output = ring[start..].first_chunk_mut().expect("tiles fill a ring element");
                subtract_products(output, &tiles, terms);
            }
        }
    }
}

fn tile(words: &[u64]) -> &[u64; TILE] {
    words.first_chunk().expect("tiles fill a ring element")
}

/// `output -= Σ terms[row] · tiles[row]`. Arrays, so that the compiler sees the lengths and vectorises.
fn subtract_products(output: &mut [u64; TILE], tiles: &[&[u64; TILE]; ROWS], terms: &[u64; ROWS]) {
    for index in 0..TILE {
        let mut sum = 0_u64;
        for row in 0..ROWS {
            sum = sum.wrapping_add(tiles[row][index].wrapping_mul(terms[row]));
        }
        output[index] = output[index].wrapping_sub(sum);
    }
}
