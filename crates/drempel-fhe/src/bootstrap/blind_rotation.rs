use tfhe::core_crypto::fft_impl::fft64::c64;
use tfhe::core_crypto::prelude::{
    ContiguousEntityContainer, GlweCiphertextListView, LweCiphertextMutView, MonomialDegree,
    extract_lwe_sample_from_glwe_ciphertext,
};

use super::RING_WORDS;
use super::external_product::{Transform, Workspace, steps};
use super::keyswitch::Rounded;
use crate::circuit::LookupTable;
use crate::params::{DELTA, GLWE_SIZE, MODULUS, POLYNOMIAL, RING, SLOTS};
use crate::ring::add_monomial_product;

/// Coefficients per slot.
const BOX: usize = RING / SLOTS as usize;

/// A batch of accumulators and the memory that rotating them takes.
#[derive(Default)]
pub(super) struct Rotation {
    accumulators: Vec<u64>,
    /// One table as a polynomial.
    polynomial: Vec<u64>,
    workspace: Workspace,
}

impl Rotation {
    /// Turns each table by its ciphertext: the key is the outer loop, the batch the inner one.
    pub(super) fn rotate(
        &mut self,
        key: &[c64],
        transform: &Transform,
        inputs: &[Rounded],
        tables: &[LookupTable],
    ) {
        self.accumulators.clear();
        self.accumulators.resize(tables.len() * RING_WORDS, 0);
        self.workspace.fit(transform);
        let Self { accumulators, polynomial, workspace } = self;
        for ((accumulator, table), input) in accumulators.chunks_exact_mut(RING_WORDS).zip(tables).zip(inputs)
        {
            let body = &mut accumulator[RING_WORDS - RING..];
            test_polynomial(table, polynomial);
            add_monomial_product(body, polynomial, (2 * RING - input.body) % (2 * RING));
        }
        for (index, step) in steps(key).enumerate() {
            for (accumulator, input) in accumulators.chunks_exact_mut(RING_WORDS).zip(inputs) {
                let degree = input.mask[index];
                if degree != 0 {
                    transform.cmux_rotate(accumulator, degree, step, workspace);
                }
            }
        }
    }

    /// Takes the constant coefficient out of each accumulator, and its table's constant off again.
    pub(super) fn extract<'a>(&self, tables: &[LookupTable], outputs: impl Iterator<Item = &'a mut [u64]>) {
        let words = self.accumulators.as_slice();
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
fn test_polynomial(table: &LookupTable, coefficients: &mut Vec<u64>) {
    coefficients.clear();
    coefficients.extend(table.twice_slots().flat_map(|value| std::iter::repeat_n(halves(value), BOX)));
    for coefficient in &mut coefficients[..BOX / 2] {
        *coefficient = coefficient.wrapping_neg();
    }
    coefficients.rotate_left(BOX / 2);
}

/// A number of half slots on the torus.
fn halves(count: i64) -> u64 {
    (DELTA / 2).wrapping_mul(count as u64)
}
