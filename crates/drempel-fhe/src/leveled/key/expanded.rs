use rayon::prelude::*;
use tfhe::core_crypto::commons::math::random::Seed;
use tfhe::core_crypto::prelude::{GlweCiphertextListOwned, SeededGlweCiphertextList};

use super::{Content, KeyRows, LeveledKeySeeded, Shift, automorphism, lists};
use crate::leveled::fourier::{Ffts, Fourier, HALF, Transform, Words, automorphism_slots, words};
use crate::leveled::gadget::Gadget;
use crate::leveled::parameters::LeveledParams;
use crate::params::{GLWE_SIZE, MODULUS, POLYNOMIAL, RING};

/// A key as the engine reads it, with its masks and in the Fourier domain (7 MB, and 67 MB of packing).
pub(in crate::leveled) struct ExpandedKey {
    pub(in crate::leveled) params: LeveledParams,
    pub(in crate::leveled) shift: Shift,
    pub(in crate::leveled) stages: Vec<StageKey>,
    /// Mask and body of Σ digits · RLWE'(t²).
    pub(in crate::leveled) switch: KeyRows,
    /// An encryption of zero under t, of which others are made.
    pub(in crate::leveled) zero: [Box<Words>; 2],
    /// For each coefficient of t a mask and a body.
    pub(in crate::leveled) packing: Vec<Fourier>,
}

/// The key switches of one stage: output 2(v − 1) is automorphism v's mask, the next its body.
pub(in crate::leveled) struct StageKey {
    /// Doublings before this stage.
    pub(in crate::leveled) at: u32,
    pub(in crate::leveled) width: u32,
    pub(in crate::leveled) gadget: Gadget,
    /// Automorphism v is X → X^exponents\[v\].
    pub(in crate::leveled) exponents: Vec<usize>,
    /// Where each automorphism finds its values in the Fourier domain.
    pub(in crate::leveled) places: Vec<[u16; HALF]>,
    pub(in crate::leveled) rows: KeyRows,
}

impl ExpandedKey {
    pub(in crate::leveled) fn new(seeded: &LeveledKeySeeded, transform: &Transform) -> Self {
        let params = seeded.params;
        let contents = lists(&params);
        let mut starts = Vec::with_capacity(contents.len());
        let mut row = 0;
        for list in &contents {
            starts.push(row);
            row += list.rows();
        }
        let all: Vec<Vec<u64>> = contents
            .par_iter()
            .zip(&starts)
            .zip(&seeded.seeds)
            .map(|((list, start), seed)| {
                draw_masks(*seed, &seeded.bodies[start * RING..(start + list.rows()) * RING]).into_container()
            })
            .collect();
        let mut all = contents.iter().zip(&all);
        let mut next = || all.next().expect("lists are made in this order");
        let mut ffts = Ffts::new(transform);
        let mut stages = Vec::new();
        let mut at = 0;
        for stage in params.stages() {
            let group = 1 << stage.width;
            let mut rows = KeyRows::new(2 * (group - 1), stage.gadget.count());
            for v in 1..group {
                fill(&mut rows, 2 * (v - 1), next().1, &mut ffts);
            }
            let exponents: Vec<usize> = (0..group).map(|v| automorphism(at, stage.width, v)).collect();
            let places = exponents.iter().map(|k| *automorphism_slots(*k)).collect();
            stages.push(StageKey { at, width: stage.width, gadget: stage.gadget, exponents, places, rows });
            at += stage.width;
        }
        let mut switch = KeyRows::new(2, params.scheme_switch().count());
        fill(&mut switch, 0, next().1, &mut ffts);
        let zero = next().1;
        let zero = [0, RING].map(|start| Box::new(*words(&zero[start..])));
        let packing: Vec<&Vec<u64>> = all
            .map(|(content, words)| {
                debug_assert!(matches!(content, Content::Packing { .. }));
                words
            })
            .collect();
        let packing = packing.into_par_iter().flat_map_iter(|list| {
            let mut ffts = Ffts::new(transform);
            list.chunks_exact(2 * RING).map(move |row| {
                let mut pair = Fourier::zeros(2);
                ffts.torus(words(row), pair.get_mut(0));
                ffts.torus(words(&row[RING..]), pair.get_mut(1));
                pair
            })
        });
        let packing = packing.collect();
        Self { params, shift: seeded.shift(), stages, switch, zero, packing }
    }
}

/// Masks and bodies, row after row.
pub(super) fn draw_masks(seed: u128, bodies: &[u64]) -> GlweCiphertextListOwned<u64> {
    let list =
        SeededGlweCiphertextList::from_container(bodies, GLWE_SIZE, POLYNOMIAL, Seed(seed).into(), MODULUS);
    list.decompress_into_glwe_ciphertext_list()
}

fn fill(rows: &mut KeyRows, output: usize, list: &[u64], ffts: &mut Ffts<'_>) {
    let mut values = Fourier::zeros(1);
    for (level, row) in list.chunks_exact(2 * RING).enumerate() {
        for (part, polynomial) in row.chunks_exact(RING).enumerate() {
            ffts.torus(words(polynomial), values.get_mut(0));
            rows.set(output + part, level, values.get(0));
        }
    }
}
