//! Decisions over encrypted tables, beside the same program on plaintext.

use std::convert::Infallible;

use super::*;
use crate::bootstrap::round;
use crate::circuit::clear::Clear;
use crate::circuit::{Bits, Encoding, Output};
use crate::engines::Needs;
use crate::keys::{KeySet, PublicKey, SecretKey};
use crate::leveled::noise::reading_distance;
use crate::leveled::{LeveledParams, NoiseSeed, read};
use crate::packing::{self, PackedAnswers};
use crate::params::ANSWER_BITS;

const PARAMS: LeveledParams = LeveledParams::V25;

/// An encrypted table in memory.
struct Memory {
    width: usize,
    bins: Vec<Vec<u64>>,
}

impl Memory {
    fn new(key: &PublicKey, encoding: &Encoding, amounts: &[u64]) -> Self {
        let encrypt = |bin| key.encrypt(encoding.plaintexts(amounts, bin));
        Self { width: encoding.width(), bins: (0..encoding.bins(amounts.len())).map(encrypt).collect() }
    }
}

impl InputTable for Memory {
    type Error = Infallible;

    fn width(&self) -> usize {
        self.width
    }

    fn bin(&self, index: usize) -> Result<Bin, Infallible> {
        let (mask, bodies) = self.bins[index].split_at(RING);
        Ok(Bin { mask: mask.to_vec(), bodies: bodies.to_vec() })
    }
}

struct Scene {
    secret: SecretKey,
    engines: Engines,
    bits: Bits,
    clear: Clear,
    tables: [Memory; 2],
    rows: [usize; 2],
}

/// Two tables of numbers without a pattern, of 18 bits: three bins, and one that is not full.
fn scene() -> Scene {
    let needs = Needs { bootstrap: false, leveled: Some(PARAMS) };
    let KeySet { secret, public, evaluation } = KeySet::generate(&needs);
    let engines = Engines::expand(&needs, evaluation).expect("a key");
    let public = PublicKey::from_bytes(&public).expect("a key");
    let bits = Bits::holding((1 << 18) - 1, PARAMS);
    let encoding = Encoding::bits(1, bits);
    let rows = [150, 40];
    let amounts = rows.map(|rows| (0..rows as u64).map(|row| scramble(row) >> 46).collect::<Vec<u64>>());
    let tables = [0, 1].map(|table| Memory::new(&public, &encoding, &amounts[table]));
    let clear = Clear::new(amounts.into_iter().map(|amounts| (encoding.clone(), amounts)).collect());
    Scene { secret, engines, bits, clear, tables, rows }
}

fn scramble(number: u64) -> u64 {
    (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

impl Scene {
    /// The values of a column at slot scale.
    fn slots(&self, column: &[u64]) -> Vec<i64> {
        let read = |row: &[u32]| (self.secret.phase(row).wrapping_add(1 << 26) >> 27) as i64;
        round(column).chunks_exact(WORDS).map(read).collect()
    }

    /// Someone of one of the tables.
    fn cell(&self, number: u64) -> Cell {
        let table = usize::from(scramble(number).is_multiple_of(4));
        Cell { table, row: (scramble(number + 7_000) >> 20) as usize % self.rows[table] }
    }
}

/// Sums of no number up to eight, of people in any order, at lines that are near, far, zero and above everything.
#[test]
fn sums_of_scattered_people_are_decided_as_on_plaintext_released_or_looked_up_further() {
    let scene = scene();
    let tables: Vec<&Memory> = scene.tables.iter().collect();
    let streams = NoiseStreams::new(&NoiseSeed::new([1; 32]), &[2; 32], &[3; 32]);
    let backend = Ciphertexts::new(&scene.engines, Some(&streams), &tables);
    let (mut cells, mut group_of, mut lines) = (vec![], vec![], vec![]);
    for group in 0..63_usize {
        let own: Vec<Cell> =
            (0..group as u64 % 9).map(|place| scene.cell(group as u64 * 10 + place)).collect();
        let sum: u64 = own.iter().map(|cell| scene.clear.number(*cell)).sum();
        lines.push(match group / 9 {
            0 => sum,
            1 => sum + 1,
            2 => sum.saturating_sub(1),
            3 => 0,
            4 => u64::MAX,
            5 => sum / 2,
            _ => 2 * sum + 1,
        });
        group_of.extend(own.iter().map(|_| group));
        cells.extend(own);
    }
    let cases: Vec<u64> = (0..63).collect();
    let sums = |output| Sums { bits: scene.bits, cells: &cells, group_of: &group_of, lines: &lines, output };
    let expected = scene.clear.sums_are_below(&sums(Output::Slots(1))).expect("on plaintext");
    assert!(expected.iter().sum::<i64>() > 10);

    let released = backend.sums_are_below(&sums(Output::Released(&cases))).expect("decides");
    let mut packed = PackedAnswers::new(Scale::Halves, 63);
    packed.push(&scene.engines, Some(&streams), &round(&released));
    let ring = packing::read_ring(&packed.to_bytes()).expect("one ring");
    let distance = reading_distance(&PARAMS);
    let phases = scene.secret.phases(&ring);
    let read = |(place, phase): (usize, &u16)| {
        i64::from(
            read(u64::from(*phase) << (u64::BITS - ANSWER_BITS), place, distance).expect("a yes or a no"),
        )
    };
    assert_eq!(phases.iter().enumerate().map(read).collect::<Vec<i64>>(), expected);

    let slots = backend.sums_are_below(&sums(Output::Slots(5))).expect("decides");
    let fives: Vec<i64> = expected.iter().map(|yes| 5 * yes).collect();
    assert_eq!(scene.slots(&slots), fives);
}

#[test]
fn scattered_pairs_are_compared_as_on_plaintext() {
    let scene = scene();
    let tables: Vec<&Memory> = scene.tables.iter().collect();
    let backend = Ciphertexts::new(&scene.engines, None, &tables);
    let mut left: Vec<Cell> = (0..40).map(|pair| scene.cell(pair)).collect();
    let mut right: Vec<Cell> = (0..40).map(|pair| scene.cell(pair + 500)).collect();
    // Someone beside himself.
    left.push(left[0]);
    right.push(left[0]);
    let pairs = Pairs { bits: scene.bits, addends: 1, left: &left, right: &right, output: Output::Slots(1) };
    let expected = scene.clear.are_at_most(&pairs).expect("on plaintext");
    let found = backend.are_at_most(&pairs).expect("decides");
    assert_eq!(scene.slots(&found), expected);
    assert_eq!(expected[40], 1);
}

/// Sums of two to four numbers beside each other: one that is equal, one a little larger, others.
#[test]
fn hidden_sums_are_compared_as_on_plaintext() {
    let scene = scene();
    let tables: Vec<&Memory> = scene.tables.iter().collect();
    let backend = Ciphertexts::new(&scene.engines, None, &tables);
    for addends in [2, 3, 4] {
        let mut left: Vec<Cell> = (0..8 * addends as u64).map(|place| scene.cell(place)).collect();
        let mut right: Vec<Cell> = (0..8 * addends as u64).map(|place| scene.cell(place + 900)).collect();
        // The same numbers in another order.
        let same: Vec<Cell> = left[..addends].iter().rev().copied().collect();
        left.extend(left[..addends].to_vec());
        right.extend(same);
        let pairs = Pairs { bits: scene.bits, addends, left: &left, right: &right, output: Output::Slots(1) };
        let expected = scene.clear.are_at_most(&pairs).expect("on plaintext");
        assert_eq!(scene.slots(&backend.are_at_most(&pairs).expect("decides")), expected);
        assert!(expected[..8].contains(&0) && expected[..8].contains(&1) && expected[8] == 1);
    }
}
