use rayon::prelude::*;
use tfhe::core_crypto::prelude::{ContiguousEntityContainer, LwePackingKeyswitchKeyOwned, SignedDecomposer};

use super::{RING_WORDS, WORDS};
use crate::params::RING;

/// Ciphertexts whose sums are kept in the cache while the key passes by.
const BATCH: usize = 16;

/// Switches each ciphertext to a ring element whose constant coefficient holds its value. One level of decomposition
/// (see `params`), key rows outer, ciphertexts inner.
pub(super) fn to_rings(key: &LwePackingKeyswitchKeyOwned<u64>, inputs: &[u64]) -> Vec<u64> {
    let mut rings = vec![0; inputs.len() / WORDS * RING_WORDS];
    rings
        .par_chunks_mut(BATCH * RING_WORDS)
        .zip(inputs.par_chunks(BATCH * WORDS))
        .for_each(|(rings, inputs)| switch_batch(key, inputs, rings));
    rings
}

fn switch_batch(key: &LwePackingKeyswitchKeyOwned<u64>, inputs: &[u64], rings: &mut [u64]) {
    for (input, ring) in inputs.chunks_exact(WORDS).zip(rings.chunks_exact_mut(RING_WORDS)) {
        ring[RING_WORDS - RING] = *input.last().expect("a ciphertext has a body");
    }
    let decomposer =
        SignedDecomposer::<u64>::new(key.decomposition_base_log(), key.decomposition_level_count());
    for (row, block) in key.iter().enumerate() {
        let block: &[u64] = block.as_ref();
        for (input, ring) in inputs.chunks_exact(WORDS).zip(rings.chunks_exact_mut(RING_WORDS)) {
            let term = decomposer.decompose(input[row]).next().map_or(0, |term| term.value());
            ring.iter_mut().zip(block).for_each(|(r, k)| *r = r.wrapping_sub(k.wrapping_mul(term)));
        }
    }
}
