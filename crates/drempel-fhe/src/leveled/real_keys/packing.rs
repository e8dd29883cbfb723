use super::*;
use crate::leveled::fourier::{Ffts, Transform};
use crate::leveled::key::ExpandedKey;
use crate::leveled::measure;
use crate::leveled::noise::AnswerNoise;
use crate::leveled::packing::{PackingScratch, sum_up};
use crate::packing::PackedRing;

/// A few decisions, repeated to fill a ring.
fn answers(set: &Set, count: usize) -> (OpenRing, Vec<(bool, u64)>) {
    let mut numbers = Numbers::new(77);
    let amounts: Vec<u64> = (0..56).map(|_| numbers.below(1 << BITS)).collect();
    let slots = set.engine.params().slots(BITS);
    let mut worker = set.engine.worker();
    let nodes = expanded(&mut worker, &set.bin(&amounts, BITS), 0..56 * slots);
    let mut ring = OpenRing::default();
    let mut expected = vec![];
    for case in 0..28.min(count) {
        let hidden = [0, 1].map(|side| HiddenNumber::new(&nodes, (2 * case + side) * slots, BITS));
        let sum = amounts[2 * case] + amounts[2 * case + 1];
        let line = sum + 1 - case as u64 % 3;
        let answer = worker
            .sum_is_below(&hidden, BITS, line, Decided::Released(case as u64, &streams(4)))
            .expect("decides");
        for _ in 0..count.div_ceil(28) {
            if ring.len() < count {
                measure::put(&answer, set.engine.shift(), &mut ring);
                expected.push((sum < line, set.phase(answer.ring())));
            }
        }
    }
    (ring, expected)
}

/// Of each answer, as words.
fn phases(secret: &SecretKey, packed: &PackedRing) -> Vec<u64> {
    secret.phases(packed).iter().map(|phase| u64::from(*phase) << 48).collect()
}

#[test]
fn packing_adds_the_noise_of_the_formula() {
    let set = set();
    let transform = Transform::new();
    let key = ExpandedKey::new(&set.key, &transform);
    let (mut ffts, mut scratch) = (Ffts::new(&transform), PackingScratch::new());
    for count in [1, 256, RING] {
        let (ring, expected) = answers(set, count);
        let before = ffts.count;
        sum_up(&key, &ring, &mut scratch, &mut ffts);
        assert_eq!(ffts.count - before, Counts::packing().ffts);
        let phases = set.phases(scratch.ring());
        let added: Vec<f64> = phases
            .iter()
            .zip(&expected)
            .map(|(phase, (_, own))| off(phase.wrapping_sub(*own), false))
            .collect();
        let (measured, formula) = (deviation_log2(&added), noise::packed(count).log2() / 2.0);
        eprintln!("{count} answers: packing adds 2^{measured:.2}, by formula 2^{formula:.2}");
        if count > 100 {
            // Only 28 of the answers differ, and equal ones have the same rests.
            assert!((measured - formula).abs() < 1.0, "{count}");
        }
        // Unused places hold nothing but noise.
        assert!(phases[count..].iter().all(|phase| off(*phase, false).abs() < 0.001));
    }
}

#[test]
fn packed_answers_are_read_rightly_under_their_flood() {
    let set = set();
    let mut worker = set.engine.worker();
    let distance = AnswerNoise::of_sum(set.engine.params(), 2, BITS).reading_distance();
    for (index, count) in [1, 300, RING].into_iter().enumerate() {
        let (mut ring, expected) = answers(set, count);
        let packed = worker.pack(&mut ring, index as u64, &streams(5));
        assert!(ring.is_empty());
        assert_eq!((packed.mask.len(), packed.bodies.len()), (RING, count));
        let phases = phases(&set.secret, &packed);
        let mut floods = vec![];
        for (place, (phase, (yes, _))) in phases.iter().zip(&expected).enumerate() {
            assert_eq!(read(*phase, place, distance), Ok(*yes), "{count} {place}");
            floods.push(off(*phase, *yes));
        }
        if count == RING {
            let expected = (0.17_f64 / 3.0).log2();
            assert!((deviation_log2(&floods) - expected).abs() < 0.1, "{}", deviation_log2(&floods));
        }
    }
}

#[test]
fn two_rings_of_the_same_answers_have_nothing_in_common() {
    let set = set();
    let mut worker = set.engine.worker();
    let (ring, _) = answers(set, 28);
    let mut packed = |index: u64, nonce: u8| worker.pack(&mut ring.clone(), index, &streams(nonce));
    let (first, again, other, nonce) = (packed(1, 1), packed(1, 1), packed(2, 1), packed(1, 2));
    assert!(first == again);
    for other in [other, nonce] {
        let same = first.mask.iter().zip(&other.mask).filter(|(one, other)| one == other).count();
        assert!(same < 10, "{same} words of the mask are the same");
        assert!(first.bodies.iter().zip(&other.bodies).filter(|(one, other)| one == other).count() < 3);
    }
}

#[test]
fn another_key_reads_no_answers() {
    let set = set();
    let mut worker = set.engine.worker();
    let packed = worker.pack(&mut answers(set, 1_000).0, 3, &streams(6));
    let other: Vec<u8> = set.secret.to_bytes().iter().map(|bits| !bits).collect();
    let other = SecretKey::from_bytes(&other).expect("as many bits");
    let distance = AnswerNoise::of_sum(set.engine.params(), 2, BITS).reading_distance();
    let phases = phases(&other, &packed);
    let refused = phases.iter().enumerate().filter(|(place, phase)| read(**phase, *place, distance).is_err());
    // Three in ten of random phases.
    let refused = refused.count();
    assert!((230..370).contains(&refused), "{refused}");
}
