use tfhe::core_crypto::fft_impl::fft64::crypto::bootstrap::batch_blind_rotate_assign_scratch;
use tfhe::core_crypto::prelude::{
    CiphertextCount, ComputationBuffers, ContiguousEntityContainer, Fft, FourierLweBootstrapKeyOwned,
    GlweCiphertextCount, GlweCiphertextListOwned, LweCiphertextMutView, MonomialDegree,
    extract_lwe_sample_from_glwe_ciphertext,
};
use tfhe::core_crypto::prelude::{GlweCiphertextListMutView, GlweCiphertextListView};

use super::keyswitch::Rounded;
use crate::circuit::LookupTable;
use crate::params::{DELTA, GLWE_SIZE, MODULUS, POLYNOMIAL, RING, SLOTS};

const GLWE_WORDS: usize = GLWE_SIZE.0 * RING;
const BOX: usize = RING / SLOTS as usize;

/// A batch of accumulators and the memory that rotating them takes.
pub(super) struct Rotation {
    accumulators: GlweCiphertextListOwned<u64>,
    buffers: ComputationBuffers,
}

impl Rotation {
    pub(super) fn new(batch: usize) -> Self {
        let count = GlweCiphertextCount(batch);
        Self {
            accumulators: GlweCiphertextListOwned::new(0, GLWE_SIZE, POLYNOMIAL, count, MODULUS),
            buffers: ComputationBuffers::new(),
        }
    }

    /// Turns each table by its ciphertext: the key is the outer loop, the batch the inner one.
    pub(super) fn rotate(
        &mut self,
        key: &FourierLweBootstrapKeyOwned,
        fft: &Fft,
        inputs: &[Rounded],
        tables: &[LookupTable],
    ) {
        let words = &mut self.accumulators.as_mut()[..tables.len() * GLWE_WORDS];
        for (accumulator, table) in words.chunks_exact_mut(GLWE_WORDS).zip(tables) {
            let (mask, body) = accumulator.split_at_mut(GLWE_WORDS - RING);
            mask.fill(0);
            fill_with(table, body);
        }
        let count = CiphertextCount(tables.len());
        let need = batch_blind_rotate_assign_scratch::<u64>(GLWE_SIZE, POLYNOMIAL, count, fft.as_view());
        self.buffers.resize(need.unaligned_bytes_required());
        let list = GlweCiphertextListMutView::from_container(words, GLWE_SIZE, POLYNOMIAL, MODULUS);
        key.as_view().batch_blind_rotate_assign(list, inputs, fft.as_view(), self.buffers.stack());
    }

    /// Takes the constant coefficient out of each accumulator, and its table's constant off again.
    pub(super) fn extract<'a>(&self, tables: &[LookupTable], outputs: impl Iterator<Item = &'a mut [u64]>) {
        let words = &self.accumulators.as_ref()[..tables.len() * GLWE_WORDS];
        let list = GlweCiphertextListView::from_container(words, GLWE_SIZE, POLYNOMIAL, MODULUS);
        for ((accumulator, table), output) in list.iter().zip(tables).zip(outputs) {
            let mut view = LweCiphertextMutView::from_container(&mut *output, MODULUS);
            extract_lwe_sample_from_glwe_ciphertext(&accumulator, &mut view, MonomialDegree(0));
            let body = output.last_mut().expect("a ciphertext has a body");
            *body = body.wrapping_sub(halves(table.twice_constant()));
        }
    }
}

/// The table as a polynomial: a box of coefficients per slot, turned by half a box so that noise of either sign
/// stays inside. What falls off the front comes back at the end with its sign turned.
fn fill_with(table: &LookupTable, body: &mut [u64]) {
    for (slot, value) in body.chunks_exact_mut(BOX).zip(table.twice_slots()) {
        slot.fill(halves(value));
    }
    for coefficient in &mut body[..BOX / 2] {
        *coefficient = coefficient.wrapping_neg();
    }
    body.rotate_left(BOX / 2);
}

/// A number of half slots on the torus.
fn halves(count: i64) -> u64 {
    (DELTA / 2).wrapping_mul(count as u64)
}
