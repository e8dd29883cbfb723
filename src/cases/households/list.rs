use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

use crate::rows::{Position, Positions};
use crate::units::{Cents, SubjectIds};

/// Households one after the other, each with its members and what the file states of it: one text for all identifiers
/// and one array for everything else, so that a million households take little more memory than their file.
#[derive(Clone)]
pub(in crate::cases) struct List {
    pub(super) ids: SubjectIds,
    pub(super) positions: Positions,
    /// Where each household's members end.
    pub(super) ends: Vec<u32>,
    pub(super) members: SubjectIds,
    /// Where each member is.
    pub(super) member_positions: Positions,
    /// So many for each household.
    pub(super) names: Vec<u32>,
    /// So many for each household.
    pub(super) amounts: Vec<Cents>,
}

/// One household of a list, with what the file states of it.
#[derive(Clone, Copy)]
pub struct HouseholdRef<'a, S = Stated> {
    list: &'a List,
    place: usize,
    stated: PhantomData<S>,
}

/// A household's poverty line, and its income that the evaluator knows.
#[derive(Clone, Copy, Debug)]
pub enum Stated {}

impl<'a> HouseholdRef<'a> {
    /// The amount to compare with.
    pub fn poverty_line(&self) -> Cents {
        self.amounts()[0]
    }

    /// Income that the evaluator knows; may be negative.
    pub fn known(&self) -> Cents {
        self.amounts()[1]
    }
}

impl<'a, S> HouseholdRef<'a, S> {
    /// Its pseudonym.
    pub fn id(&self) -> &'a str {
        self.list.ids.get(self.place)
    }

    /// Its members: at least one where the file names persons.
    pub fn members(&self) -> impl ExactSizeIterator<Item = &'a str> {
        let members = &self.list.members;
        self.list.members_of(self.place).map(|member| members.get(member))
    }

    /// Where it begins.
    pub fn position(&self) -> Position {
        self.list.positions.get(self.place)
    }

    /// The amounts that the file states of it.
    pub(in crate::cases) fn amounts(&self) -> &'a [Cents] {
        self.list.amounts_of(self.place)
    }

    /// Where a member is.
    pub(crate) fn member_position(&self, member: usize) -> Position {
        self.list.member_positions.get(self.list.members_of(self.place).start + member)
    }
}

impl List {
    /// Everybody's identifier.
    pub(in crate::cases) fn people(&self) -> &SubjectIds {
        &self.members
    }

    /// Every household's.
    pub(in crate::cases) fn households(&self) -> &SubjectIds {
        &self.ids
    }

    pub(in crate::cases) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(in crate::cases) fn get<S>(&self, place: usize) -> HouseholdRef<'_, S> {
        HouseholdRef { list: self, place, stated: PhantomData }
    }

    /// The names that the file states of a household.
    pub(in crate::cases) fn names_of(&self, place: usize) -> &[u32] {
        part(&self.names, self.len(), place)
    }

    fn amounts_of(&self, place: usize) -> &[Cents] {
        part(&self.amounts, self.len(), place)
    }

    fn members_of(&self, place: usize) -> Range<usize> {
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        start as usize..self.ends[place] as usize
    }
}

/// What belongs to one of `count` households that have equally much.
pub(super) fn part<T>(all: &[T], count: usize, place: usize) -> &[T] {
    let each = all.len() / count;
    &all[place * each..(place + 1) * each]
}

/// Amounts, lines and members are never printed.
impl<S> fmt::Debug for HouseholdRef<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HouseholdRef").field("members", &self.members().len()).finish_non_exhaustive()
    }
}
