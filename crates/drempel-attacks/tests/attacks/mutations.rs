//! Damaged files of every kind: single bits, cut short, made longer, chunks changed over, and anything at random.

use std::cell::Cell;

use drempel::files::{Container, Kind};
use drempel_attacks::hostile::{TARGETS, Target, World, run, target};
use drempel_test_support::{for_all, rounds};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::{Index, select};

/// Everything that is vouched for, and how often it is tried: reading the evaluation key takes 64 MB each time, so fewer
/// times in the suite.
fn authentic(variable: &str, few: usize, few_of_keys: usize) -> Vec<(&'static Target, Vec<u8>, usize)> {
    let vouched = TARGETS.iter().filter(|target| target.authentic);
    let tried = |target: &'static Target| {
        let few = if target.name == "evaluation_key" { few_of_keys } else { few };
        (target, (target.good)(World::get()).swap_remove(0), rounds(variable, few))
    };
    vouched.map(tried).collect()
}

#[test]
fn every_good_file_is_accepted() {
    let world = World::get();
    for target in TARGETS {
        for good in (target.good)(world) {
            assert!((target.read)(world, &good), "{}", target.name);
        }
    }
}

/// `FLIPS` for more of the evaluation key.
#[test]
fn no_file_with_one_other_bit_is_accepted() {
    let world = World::get();
    for (target, mut bytes, flips) in authentic("FLIPS", 10_000, 20) {
        let bits = bytes.len() * 8;
        // Every bit of the header, then spread over the whole file.
        let header = (0..bits.min(128 * 8)).step_by(if flips < 1_000 { 8 } else { 1 });
        let spread = (0..flips).map(|i| i * bits / flips + i % 8).filter(|bit| *bit < bits);
        for bit in header.chain(spread) {
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(!(target.read)(world, &bytes), "{}: bit {bit}", target.name);
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        assert!((target.read)(world, &bytes));
        println!("{}: {flips} bits and those of the header, all refused", target.name);
    }
}

/// `CUTS` for more places.
#[test]
fn no_file_that_is_cut_short_or_made_longer_is_accepted() {
    let world = World::get();
    for (target, bytes, places) in authentic("CUTS", 1_000, 20) {
        for place in 0..places {
            let cut = &bytes[..place * bytes.len() / places];
            assert!(!(target.read)(world, cut), "{}: {} bytes", target.name, cut.len());
        }
        for extra in [&b"\0"[..], b"\n", b"drempel\n", &bytes[..bytes.len().min(4_096)]] {
            assert!(
                !(target.read)(world, &[&bytes, extra].concat()),
                "{}: {} more",
                target.name,
                extra.len()
            );
        }
        println!("{}: cut at {places} places, all refused", target.name);
    }
}

#[test]
fn no_chunks_can_change_places() {
    let world = World::get();
    let rings: Vec<u8> = (0..3 * 8_192).map(|i| (i % 241) as u8).collect();
    let files = [
        ("evaluation_key", 0, 1 << 20, (target("evaluation_key").good)(world).swap_remove(0)),
        ("transcript", 0, 64 * 8_196, (target("transcript").good)(world).swap_remove(0)),
        ("blinding", 0, 32, world.signed(Kind::Blinding, 32, &[], &rings[..64])),
        ("encrypted_answer", 9, 8_192, world.signed(Kind::EncryptedAnswer, 8_192, &[0; 9], &rings)),
        ("encrypted_table", 9, 32_768, world.signed(Kind::EncryptedTable, 32_768, &[0; 9], &rings.repeat(4))),
    ];
    for (name, metadata, chunk, bytes) in files {
        let step = chunk + 32;
        let chunks = (bytes.len() - 128 - metadata - 96) / step;
        for (a, b) in [(0, 1), (0, chunks - 1), (chunks - 2, chunks - 1)] {
            let at = |chunk: usize| 128 + metadata + chunk * step;
            // With its digest, and without.
            for length in [step, chunk] {
                let mut swapped = bytes.clone();
                swapped[at(a)..at(a) + length].copy_from_slice(&bytes[at(b)..at(b) + length]);
                swapped[at(b)..at(b) + length].copy_from_slice(&bytes[at(a)..at(a) + length]);
                if swapped == bytes {
                    assert_eq!(a, b, "chunks that differ");
                    continue;
                }
                let error = Container::from_bytes(swapped).expect_err(name).to_string();
                assert!(error.contains("is damaged"), "{name}: {error}");
            }
        }
    }
}

/// `MUTATIONS` for more than the suite has.
#[test]
fn no_mutation_makes_anything_panic_or_be_believed() {
    let world = World::get();
    let targets: Vec<&Target> = TARGETS.iter().filter(|target| target.name != "evaluation_key").collect();
    let each = rounds("MUTATIONS", 100_000).div_ceil(targets.len());
    let accepted = Cell::new(0);
    for target in &targets {
        let seeds = (target.good)(world);
        let case = (any::<Index>(), vec(any_mutation(), 1..=3), 0..8_u8, any::<Index>());
        for_all(each as u32, case, |(seed, mutations, wrapped, start)| {
            let mut bytes = seeds[seed.index(seeds.len())].clone();
            mutations.iter().for_each(|mutation| mutation.apply(&mut bytes, &seeds));
            let read = (target.read)(world, &bytes);
            accepted.set(accepted.get() + usize::from(read));
            assert!(!read || !target.authentic || seeds.contains(&bytes), "{}", target.name);
            if wrapped == 0 && target.kind.is_some() {
                // The same disorder inside a well-formed, signed container.
                let start = start.index(bytes.len().max(1));
                run(target.name, &bytes[start..bytes.len().min(start + 300)]);
            }
        });
    }
    println!("{} mutations, {} accepted", each * targets.len(), accepted.get());
    assert!(accepted.get() > 0, "some mutations of a CSV file are harmless");
}

/// One change of the kinds that break parsers.
#[derive(Clone, Debug)]
struct Mutation {
    what: Change,
    place: Index,
    length: usize,
}

#[derive(Clone, Debug)]
enum Change {
    Flip(u32),
    Set(u8),
    Cut,
    Remove,
    Insert(u8),
    Fill(u8),
    /// A piece of another good file, from some place on.
    Splice(Index, Index),
    Repeat,
    Number(u64),
}

fn any_mutation() -> impl Strategy<Value = Mutation> {
    let change = prop_oneof![
        (0..8_u32).prop_map(Change::Flip),
        any::<u8>().prop_map(Change::Set),
        Just(Change::Cut),
        Just(Change::Remove),
        select(b"\"\n\r,;=[]{}-0\xff".to_vec()).prop_map(Change::Insert),
        select(vec![0, 0xff, b'9', b' ']).prop_map(Change::Fill),
        (any::<Index>(), any::<Index>()).prop_map(|(file, from)| Change::Splice(file, from)),
        Just(Change::Repeat),
        select(vec![0, 1 << 31, 1 << 32, 1 << 63, u64::MAX]).prop_map(Change::Number),
    ];
    (change, any::<Index>(), 1..=40_usize).prop_map(|(what, place, length)| Mutation { what, place, length })
}

impl Mutation {
    fn apply(&self, bytes: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        if bytes.is_empty() {
            bytes.push(self.length as u8);
            return;
        }
        let place = self.place.index(bytes.len());
        let end = bytes.len().min(place + self.length);
        match &self.what {
            Change::Flip(bit) => bytes[place] ^= 1 << bit,
            Change::Set(byte) => bytes[place] = *byte,
            Change::Cut => bytes.truncate(place),
            Change::Remove => drop(bytes.drain(place..end)),
            Change::Insert(byte) => bytes.insert(place, *byte),
            Change::Fill(byte) => bytes[place..end].fill(*byte),
            Change::Splice(file, from) => {
                let other = &seeds[file.index(seeds.len())];
                let from = from.index(other.len());
                let piece = other[from..other.len().min(from + 60)].to_vec();
                bytes.splice(place..end, piece);
            }
            Change::Repeat => {
                let piece = bytes[place..end].to_vec();
                bytes.splice(place..place, piece);
            }
            Change::Number(number) => {
                let end = bytes.len().min(place + 8);
                bytes[place..end].copy_from_slice(&number.to_le_bytes()[..end - place]);
            }
        }
    }
}
