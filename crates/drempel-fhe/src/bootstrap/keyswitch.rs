use tfhe::core_crypto::prelude::{
    ContiguousEntityContainer, LazyStandardModulusSwitchedLweCiphertext, LweCiphertext, LweKeyswitchKeyOwned,
    ModulusSwitchedLweCiphertext, SignedDecomposer, lwe_ciphertext_centered_binary_modulus_switch,
};

use crate::circuit::LookupTable;
use crate::params::{BIG_DIMENSION, DELTA, POLYNOMIAL, SMALL_DIMENSION, TFHE};

const SMALL_WORDS: usize = SMALL_DIMENSION.0 + 1;
const LEVELS: usize = TFHE.ks_level.0;

/// A batch of ciphertexts under the small key, one after the other.
#[derive(Default)]
pub(super) struct Switched {
    words: Vec<u32>,
    /// The decomposed mask words of the batch for one row of the key: `LEVELS` per ciphertext.
    terms: Vec<[u32; LEVELS]>,
    /// The mask words of the batch, transposed: all ciphertexts' word 0, then word 1, ...
    columns: Vec<u64>,
    rounded: Vec<Rounded>,
}

impl Switched {
    /// Switches a batch to the small key, each input first shifted to its table's window.
    ///
    /// The sums are those of tfhe's `keyswitch_lwe_ciphertext_with_scalar_change`, in another order: wrapping
    /// additions, so the bits are the same.
    pub(super) fn keyswitch<'a>(
        &mut self,
        key: &LweKeyswitchKeyOwned<u32>,
        inputs: impl ExactSizeIterator<Item = (&'a [u64], &'a LookupTable)>,
    ) {
        let count = inputs.len();
        self.words.clear();
        self.words.resize(count * SMALL_WORDS, 0);
        self.columns.resize(count * BIG_DIMENSION.0, 0);
        self.terms.resize(count, [0; LEVELS]);
        for (index, (input, table)) in inputs.enumerate() {
            let (body, mask) = input.split_last().expect("a ciphertext has a body");
            let body = body.wrapping_sub(DELTA.wrapping_mul(table.low() as u64));
            // Rounded to the nearest multiple of 2^32, as the mask is by its decomposition.
            self.words[(index + 1) * SMALL_WORDS - 1] = (body.wrapping_add(1 << 31) >> 32) as u32;
            for (row, word) in mask.iter().enumerate() {
                self.columns[row * count + index] = *word;
            }
        }
        let decomposer =
            SignedDecomposer::<u64>::new(key.decomposition_base_log(), key.decomposition_level_count());
        for (block, column) in key.iter().zip(self.columns.chunks_exact(count)) {
            for (terms, word) in self.terms.iter_mut().zip(column) {
                for (term, decomposed) in terms.iter_mut().zip(decomposer.decompose(*word)) {
                    *term = decomposed.value() as u32;
                }
            }
            let rows: &[u32] = block.as_ref();
            for (output, terms) in self.words.chunks_exact_mut(SMALL_WORDS).zip(&self.terms) {
                subtract_products(output, rows, terms);
            }
        }
    }

    /// Rounds the batch to the 2N steps of a rotation, with the *centred* switch: it takes the mean of the
    /// rounding error off the body, without which the parameters lose half of their failure exponent.
    pub(super) fn modulus_switch(&mut self) -> &[Rounded] {
        let ciphertexts = self.words.chunks_exact(SMALL_WORDS);
        self.rounded.resize_with(ciphertexts.len(), Rounded::default);
        for (rounded, words) in self.rounded.iter_mut().zip(ciphertexts) {
            rounded.centre(words);
        }
        &self.rounded
    }

    /// The batch under the small key.
    #[cfg(all(test, feature = "secret-key"))]
    pub(super) fn ciphertexts(&self) -> impl Iterator<Item = &[u32]> {
        self.words.chunks_exact(SMALL_WORDS)
    }
}

/// `output -= Σ terms[l] · rows[l]`: all levels of one row of the key in one pass.
fn subtract_products(output: &mut [u32], rows: &[u32], terms: &[u32; LEVELS]) {
    let (row_0, rest) = rows.split_at(SMALL_WORDS);
    let (row_1, rest) = rest.split_at(SMALL_WORDS);
    let (row_2, row_3) = rest.split_at(SMALL_WORDS);
    let rows = row_0.iter().zip(row_1).zip(row_2).zip(row_3);
    for (output, (((a, b), c), d)) in output.iter_mut().zip(rows) {
        let low = a.wrapping_mul(terms[0]).wrapping_add(b.wrapping_mul(terms[1]));
        let high = c.wrapping_mul(terms[2]).wrapping_add(d.wrapping_mul(terms[3]));
        *output = output.wrapping_sub(low.wrapping_add(high));
    }
}

/// A ciphertext as the blind rotation reads it: exponents of X modulo 2N.
#[derive(Clone, Default)]
pub(super) struct Rounded {
    pub(super) mask: Vec<usize>,
    pub(super) body: usize,
}

impl Rounded {
    fn centre(&mut self, words: &[u32]) {
        let input = LweCiphertext::from_container(words, TFHE.post_keyswitch_ciphertext_modulus);
        let steps = POLYNOMIAL.to_blind_rotation_input_modulus_log();
        let switched: LazyStandardModulusSwitchedLweCiphertext<u32, usize, _> =
            lwe_ciphertext_centered_binary_modulus_switch(input, steps);
        self.mask.clear();
        self.mask.extend(switched.mask());
        self.body = switched.body();
    }
}
