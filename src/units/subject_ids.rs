//! Many identifiers in little memory.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rayon::prelude::*;
use serde::de::{DeserializeSeed, Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::subject_id::{InvalidId, SubjectId, check_id};

/// A list of [`SubjectId`]s, one text after the other: a byte for each beside its own.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SubjectIds {
    text: String,
    /// In bytes: no identifier is longer than [`MAX_ID_BYTES`](super::MAX_ID_BYTES).
    lengths: Vec<u8>,
    /// Where every [`STEP`]th begins.
    starts: Vec<usize>,
}

/// Lengths that are added up, at most, to find where an identifier begins.
const STEP: usize = 64;

/// The most that a file may have: so many are read and compared in a second.
pub(crate) const MAX_IDS: usize = 1 << 22;

/// Why a place fits 32 bits.
const FEW: &str = "a file has fewer than 2^32 identifiers: its lines and its metadata are limited";

impl SubjectIds {
    /// Adds an identifier at the end.
    pub fn push(&mut self, id: &SubjectId) {
        self.push_checked(id.as_str());
    }

    /// The places in ascending order of the identifiers.
    pub(crate) fn ascending(&self) -> Vec<u32> {
        let count = u32::try_from(self.len()).expect(FEW);
        let mut places = Vec::from_iter(0..count);
        places.sort_unstable_by(|a, b| self.get(*a as usize).cmp(self.get(*b as usize)));
        places
    }

    /// The identifiers at some places, in the order of the places.
    pub(crate) fn in_order(&self, places: &[u32]) -> Self {
        let mut list = Self::default();
        places.iter().for_each(|place| list.push_checked(self.get(*place as usize)));
        list
    }

    fn push_checked(&mut self, id: &str) {
        if self.lengths.len().is_multiple_of(STEP) {
            self.starts.push(self.text.len());
        }
        self.text.push_str(id);
        self.lengths.push(u8::try_from(id.len()).expect("an identifier is 64 bytes at most"));
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.lengths.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }

    /// The identifier at a place.
    ///
    /// # Panics
    /// When there is no such place.
    pub fn get(&self, place: usize) -> &str {
        let before = &self.lengths[place / STEP * STEP..place];
        let start =
            self.starts[place / STEP] + before.iter().map(|length| usize::from(*length)).sum::<usize>();
        &self.text[start..start + usize::from(self.lengths[place])]
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        let mut rest = self.text.as_str();
        self.lengths.iter().map(move |length| {
            let (id, after) = rest.split_at(usize::from(*length));
            rest = after;
            id
        })
    }

    /// As [`iter`](Self::iter), each by itself.
    pub(crate) fn owned(&self) -> impl Iterator<Item = SubjectId> {
        self.iter().map(|id| SubjectId::from_checked(id.to_owned()))
    }

    /// The place of an identifier in a list in ascending order.
    pub(crate) fn search(&self, id: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.get(middle).cmp(id) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return Some(middle),
                Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// Whether each comes after the one before it.
    pub(crate) fn is_ascending(&self) -> bool {
        self.iter().is_sorted_by(|before, after| before < after)
    }

    /// How many bytes they take in an artefact: each its length and itself.
    pub(crate) fn encoded_bytes(&self) -> u64 {
        (self.text.len() + self.lengths.len()) as u64
    }

    /// Whether no two are the same. Fast even for the longest list that a file can have: a number for each is sorted, its
    /// hash above its place, and only identifiers whose hashes are the same are compared.
    pub(crate) fn is_distinct(&self) -> bool {
        let hasher = RandomState::new();
        let bits = usize::BITS - self.len().leading_zeros();
        let number = |(place, id)| hasher.hash_one(id) >> bits << bits | place as u64;
        let mut numbers: Vec<u64> = self.iter().enumerate().map(number).collect();
        numbers.par_sort_unstable();
        let id = |number: u64| self.get((number & ((1 << bits) - 1)) as usize);
        let differ = |same: &[u64]| {
            (1..same.len()).all(|one| same[..one].iter().all(|other| id(same[one]) != id(*other)))
        };
        numbers.chunk_by(|a, b| a >> bits == b >> bits).all(differ)
    }
}

impl<I: Borrow<SubjectId>> FromIterator<I> for SubjectIds {
    fn from_iter<T: IntoIterator<Item = I>>(ids: T) -> Self {
        let mut list = Self::default();
        ids.into_iter().for_each(|id| list.push(id.borrow()));
        list
    }
}

/// Nobody is named.
impl fmt::Debug for SubjectIds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubjectIds").field("count", &self.len()).finish_non_exhaustive()
    }
}

/// As a sequence of texts.
impl Serialize for SubjectIds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for SubjectIds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Sequence)
    }
}

struct Sequence;

impl<'de> Visitor<'de> for Sequence {
    type Value = SubjectIds;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {MAX_IDS} identifiers")
    }

    /// The length that the sequence claims is an upper bound: no memory is taken for what is not there.
    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<SubjectIds, A::Error> {
        let mut list = SubjectIds::default();
        if sequence.size_hint().is_some_and(|length| length > MAX_IDS) {
            return Err(A::Error::invalid_length(MAX_IDS + 1, &self));
        }
        while sequence.next_element_seed(Next(&mut list))?.is_some() {}
        Ok(list)
    }
}

/// The next of a sequence, checked where it lies.
struct Next<'l>(&'l mut SubjectIds);

impl<'de> DeserializeSeed<'de> for Next<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Next<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&InvalidId, f)
    }

    fn visit_str<E: Error>(self, id: &str) -> Result<(), E> {
        check_id(id).map_err(E::custom)?;
        self.0.push_checked(id);
        Ok(())
    }
}

/// Where in a list each identifier is. Its hashes differ from run to run, so that nobody can choose identifiers that
/// have the same.
#[derive(Default)]
struct Index {
    places: HashTable<u32>,
    hasher: RandomState,
}

impl Index {
    /// The place of an identifier in a list; `next` if it is not there yet: then it must be put there.
    fn place(&mut self, list: &SubjectIds, id: &str, next: usize) -> usize {
        let Self { places, hasher } = self;
        let known = |place: &u32| list.get(*place as usize);
        match places.entry(
            hasher.hash_one(id),
            |place| known(place) == id,
            |place| hasher.hash_one(known(place)),
        ) {
            Entry::Occupied(entry) => *entry.get() as usize,
            Entry::Vacant(entry) => {
                entry.insert(u32::try_from(next).expect(FEW));
                next
            }
        }
    }
}

/// Identifiers that come in, each kept once.
#[derive(Default)]
pub(crate) struct Distinct {
    ids: SubjectIds,
    index: Index,
}

impl Distinct {
    /// The place of an identifier: that of the one before that is the same, or the next.
    pub(crate) fn place(&mut self, id: &SubjectId) -> usize {
        let next = self.ids.len();
        let place = self.index.place(&self.ids, id.as_str(), next);
        if place == next {
            self.ids.push(id);
        }
        place
    }

    /// Adds an identifier, unless it is there already.
    pub(crate) fn insert(&mut self, id: &SubjectId) -> bool {
        let next = self.ids.len();
        self.place(id) == next
    }

    /// How many there are yet.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(crate) fn into_ids(self) -> SubjectIds {
        self.ids
    }
}

#[cfg(test)]
mod tests {
    use bincode::Options;

    use super::*;

    fn ids(texts: impl IntoIterator<Item = String>) -> Vec<SubjectId> {
        texts.into_iter().map(|text| SubjectId::try_from(text).expect("an identifier")).collect()
    }

    /// As in an artefact's metadata.
    fn wire() -> impl Options {
        bincode::DefaultOptions::new().reject_trailing_bytes()
    }

    fn read(bytes: &[u8]) -> Option<SubjectIds> {
        wire().deserialize(bytes).ok()
    }

    #[test]
    fn a_list_has_the_bytes_of_a_vector_and_reads_them() {
        let texts = (0..1_000).map(|i| format!("{}é{i}", "x".repeat(i % 58)));
        let vector = ids(texts);
        let list: SubjectIds = vector.iter().collect();
        assert!(list.iter().eq(vector.iter().map(SubjectId::as_str)));
        let bytes = wire().serialize(&list).expect("encodes");
        assert_eq!(bytes, wire().serialize(&vector).expect("encodes"));
        assert!(read(&bytes) == Some(list.clone()));
        let json = serde_json::to_string(&list).expect("encodes");
        assert_eq!(json, serde_json::to_string(&vector).expect("encodes"));
        assert!(serde_json::from_str::<SubjectIds>(&json).expect("decodes") == list);
        assert_eq!(format!("{list:?}"), "SubjectIds { count: 1000, .. }");
    }

    #[test]
    fn what_no_vector_would_read_is_refused() {
        let long = "x".repeat(65);
        for id in ["", "a b", "a\u{200b}", long.as_str()] {
            assert!(read(&wire().serialize(&vec!["ok", id]).expect("encodes")).is_none(), "{id:?}");
        }
        let good = wire().serialize(&vec!["ab", "c"]).expect("encodes");
        assert_eq!(good, [2, 2, b'a', b'b', 1, b'c']);
        for bad in [
            &good[..5],
            // More identifiers than there are, up to more than memory holds.
            &[3, 2, b'a', b'b', 1, b'c'],
            &[253, 255, 255, 255, 255, 255, 255, 255, 255, 1, b'c'],
            // A text longer than what is left, and one that is no text.
            &[1, 253, 255, 255, 255, 255, 255, 255, 255, 127, b'c'],
            &[1, 1, 0xff],
            // Bytes that follow.
            &[1, 1, b'c', 0],
        ] {
            assert!(read(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn an_identifier_is_found_where_it_is_and_no_other_is() {
        let list: SubjectIds = ids((0..1_000).map(|i| format!("{:04}", 2 * i))).into_iter().collect();
        assert!(list.is_ascending() && list.is_distinct());
        for i in 0..1_000 {
            assert_eq!(list.search(&format!("{:04}", 2 * i)), Some(i));
            assert_eq!(list.search(&format!("{:04}", 2 * i + 1)), None);
        }
        for (texts, ascending, distinct) in
            [(["a", "b"], true, true), (["b", "a"], false, true), (["a", "a"], false, false)]
        {
            let list: SubjectIds = ids(texts.map(str::to_owned)).into_iter().collect();
            assert_eq!((list.is_ascending(), list.is_distinct()), (ascending, distinct));
        }
        assert_eq!(SubjectIds::default().search("a"), None);
    }

    #[test]
    fn two_that_are_the_same_are_found_wherever_they_are() {
        assert!(SubjectIds::default().is_distinct());
        for (first, second) in [(0, 1), (0, 999), (499, 500), (998, 999)] {
            let number = |i: usize| if i == second { first } else { i };
            let list: SubjectIds = ids((0..1_000).map(|i| number(i).to_string())).into_iter().collect();
            assert!(!list.is_distinct(), "{first} and {second}");
        }
        let all_the_same: SubjectIds = ids((0..100_000).map(|_| "a".to_owned())).into_iter().collect();
        assert!(!all_the_same.is_distinct());
    }

    #[test]
    fn each_identifier_is_kept_once_with_its_place() {
        let mut distinct = Distinct::default();
        let all = ids((0..3_000).map(|i| (i % 1_000).to_string()));
        for (i, id) in all.iter().enumerate() {
            assert_eq!(distinct.place(id), i % 1_000);
        }
        assert_eq!(distinct.into_ids().len(), 1_000);
    }
}
