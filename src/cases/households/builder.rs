use super::list::{List, part};
use crate::cases::error::CaseError;
use crate::rows::{Position, Positions};
use crate::units::{Cents, Distinct, SubjectId};

/// Collects households, whose rows may come in any order, and refuses a person who is already in one.
pub(in crate::cases) struct Builder {
    /// Of what is stated of each household: names first, then amounts.
    columns: Vec<String>,
    ids: Distinct,
    positions: Positions,
    names: Vec<u32>,
    amounts: Vec<Cents>,
    /// In the order of the rows.
    members: Distinct,
    member_positions: Positions,
    household_of: Vec<u32>,
}

impl Builder {
    /// What is stated of each household are names, by their numbers, and then amounts: their columns.
    pub(in crate::cases) fn of<'c>(columns: impl IntoIterator<Item = &'c str>) -> Self {
        Self {
            columns: columns.into_iter().map(str::to_owned).collect(),
            ids: Distinct::default(),
            positions: Positions::default(),
            names: Vec::new(),
            amounts: Vec::new(),
            members: Distinct::default(),
            member_positions: Positions::default(),
            household_of: Vec::new(),
        }
    }

    /// How many households there are yet.
    pub(in crate::cases) fn len(&self) -> usize {
        self.positions.len()
    }

    /// The place of a household, new or known. What a known one states must be what its first row stated.
    pub(in crate::cases) fn household(
        &mut self,
        id: &SubjectId,
        position: Position,
        names: &[u32],
        amounts: &[Cents],
    ) -> Result<usize, CaseError> {
        let next = self.len();
        let place = self.ids.place(id);
        if place == next {
            self.positions.push(position);
            self.names.extend(names);
            self.amounts.extend(amounts);
            return Ok(place);
        }
        let names = part(&self.names, next, place).iter().zip(names).map(|(first, other)| first == other);
        let amounts =
            part(&self.amounts, next, place).iter().zip(amounts).map(|(first, other)| first == other);
        match names.chain(amounts).zip(&self.columns).find(|(same, _)| !same) {
            Some((_, column)) => {
                let (column, first) = (column.clone(), self.positions.get(place));
                Err(CaseError::Contradiction { position, column, first })
            }
            None => Ok(place),
        }
    }

    pub(in crate::cases) fn member(
        &mut self,
        household: usize,
        member: &SubjectId,
        position: Position,
    ) -> Result<(), CaseError> {
        let next = self.member_positions.len();
        let place = self.members.place(member);
        if place == next {
            self.member_positions.push(position);
            self.household_of
                .push(u32::try_from(household).expect("fewer than rows, of which there are fewer than 2^32"));
            return Ok(());
        }
        match self.household_of[place] as usize == household {
            true => Err(CaseError::DuplicatePerson { position }),
            false => {
                let first = self.member_positions.get(place);
                Err(CaseError::PersonInTwoHouseholds { position, first })
            }
        }
    }

    /// All households in the order of their first rows, and each one's members in the order of theirs.
    pub(in crate::cases) fn finish(self) -> List {
        let Self { positions, names, amounts, member_positions, household_of, .. } = self;
        let (ids, members) = (self.ids.into_ids(), self.members.into_ids());
        // Where each household's members begin; where they end, once they are all there.
        let mut ends = vec![0; ids.len()];
        household_of.iter().for_each(|household| ends[*household as usize] += 1);
        let mut before = 0;
        for end in &mut ends {
            before += std::mem::replace(end, before);
        }
        let mut order = vec![0; household_of.len()];
        for (row, household) in household_of.iter().enumerate() {
            let end = &mut ends[*household as usize];
            order[*end as usize] = row as u32;
            *end += 1;
        }
        drop(household_of);
        let mut list = List { ids, positions, ends, members, member_positions, names, amounts };
        if !order.is_sorted() {
            list.members = list.members.in_order(&order);
            list.member_positions = list.member_positions.in_order(&order);
        }
        list
    }
}
