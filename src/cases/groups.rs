//! People in groups: a neighbourhood, a sector, a treatment.

use std::borrow::Cow;
use std::fmt;
use std::io::Read;

use super::case_set::Cases;
use super::columns::{GROUP, PERSON};
use super::error::CaseError;
use crate::agreement::Subject;
use crate::rows::{CsvRows, Position, Positions, Rows};
use crate::units::{Digest, Distinct, SubjectIds};

/// One group: at least one person.
#[derive(Clone, Copy)]
pub struct Group<'a> {
    groups: &'a Groups,
    place: usize,
}

impl<'a> Group<'a> {
    /// Its name.
    pub fn id(&self) -> &'a str {
        self.groups.ids.get(self.place)
    }

    /// Who is in it, in the order of the file.
    pub fn members(&self) -> impl ExactSizeIterator<Item = &'a str> {
        let people = &self.groups.people;
        self.rows().iter().map(|row| people.get(*row as usize))
    }

    /// Where a member is. The group begins at its first one.
    pub fn position(&self, member: usize) -> Position {
        self.groups.positions.get(self.rows()[member] as usize)
    }

    fn rows(&self) -> &'a [u32] {
        &self.groups.members[self.place]
    }
}

/// Groups in the order in which the file first names them. Each person is in one group only.
#[derive(Clone)]
pub struct Groups {
    ids: SubjectIds,
    /// The rows of each.
    members: Vec<Vec<u32>>,
    people: SubjectIds,
    /// Where each row is.
    positions: Positions,
}

impl Groups {
    /// Reads [rows](Self::from_rows) from CSV.
    ///
    /// # Errors
    /// A named error with the line and column of the first fault.
    pub fn from_csv(input: impl Read) -> Result<Self, CaseError> {
        Self::from_rows(&mut CsvRows::open(input)?)
    }

    /// Reads `person,group`, one row per person, in any order; other columns are ignored.
    ///
    /// # Errors
    /// A named error with the row and column of each fault.
    pub fn from_rows(rows: &mut dyn Rows) -> Result<Self, CaseError> {
        let (person, group) = (rows.columns().required(PERSON)?, rows.columns().required(GROUP)?);
        let (mut ids, mut people) = (Distinct::default(), Distinct::default());
        let (mut members, mut positions): (Vec<Vec<u32>>, _) = (Vec::new(), Positions::default());
        rows.read_each(|row, _| {
            let member = row.id(person)?;
            let id = row.id(group)?;
            if !people.insert(&member) {
                return Err(CaseError::from(row.duplicate(person)));
            }
            let place = ids.place(&id);
            if place == members.len() {
                members.push(Vec::new());
            }
            // There are fewer than 2^32 rows.
            members[place].push(positions.len() as u32);
            positions.push(row.position());
            Ok(())
        })?;
        Ok(Self { ids: ids.into_ids(), members, people: people.into_ids(), positions })
    }

    /// The group at a place, counted in the order in which the file first names them.
    pub fn get(&self, place: usize) -> Group<'_> {
        Group { groups: self, place }
    }

    /// How many groups.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

impl Cases for Groups {
    fn answers(&self) -> Cow<'_, SubjectIds> {
        Cow::Borrowed(&self.ids)
    }

    fn subjects(&self, of: Subject) -> Cow<'_, SubjectIds> {
        match of {
            Subject::Person => Cow::Borrowed(&self.people),
            _ => Cow::default(),
        }
    }

    /// The groups in their order, each with its members. Ignored columns do not count.
    fn digest(&self) -> Digest {
        let mut hasher = blake3::Hasher::new();
        for group in (0..self.len()).map(|place| self.get(place)) {
            // Identifiers hold no white space, so the fields cannot run into one another.
            hasher.update(group.id().as_bytes());
            for member in group.members() {
                hasher.update(b" ").update(member.as_bytes());
            }
            hasher.update(b"\n");
        }
        hasher.finalize().into()
    }
}

/// Nobody is named.
impl fmt::Debug for Group<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group").field("members", &self.rows().len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Groups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Groups").field("groups", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Groups, CaseError> {
        Groups::from_csv(text.as_bytes())
    }

    #[test]
    fn groups_come_in_the_order_in_which_the_file_first_names_them() {
        let groups = read("x,person,group\n9,p1,south\n9,p2,north\n9,p3,south\n").expect("valid");
        assert!(groups.answers().iter().eq(["south", "north"]));
        let south = groups.get(0);
        assert!(south.members().eq(["p1", "p3"]));
        assert_eq!([south.position(0), south.position(1)], [2, 4].map(Position::line));
    }

    #[test]
    fn a_fault_is_named_with_its_line() {
        let cases = [
            ("p1,a\np2,a\np1,a\n", "line 4, column \"person\": the same identifier is on an earlier line"),
            ("p1,a\np1,b\n", "line 3, column \"person\": the same identifier is on an earlier line"),
            ("p1,\n", "line 2, column \"group\": the cell is empty"),
            (",a\n", "line 2, column \"person\": the cell is empty"),
        ];
        for (rows, expected) in cases {
            let error = read(&format!("person,group\n{rows}")).expect_err(rows).to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        let error = read("person\np1\n").expect_err("no group").to_string();
        assert_eq!(error, "line 1: column \"group\" is missing; there are: \"person\"");
    }

    #[test]
    fn the_digest_covers_the_groups_their_order_and_their_members_but_not_other_columns() {
        let digest = |rows: &str| read(&format!("person,group,x\n{rows}")).expect("valid").digest();
        let base = digest("p,a,1\nq,a,1\nr,b,1\n");
        assert_eq!(base, digest("p,a,2\nr,b,2\nq,a,2\n"));
        for other in [
            "r,b,1\np,a,1\nq,a,1\n",
            "p,a,1\nq,b,1\nr,b,1\n",
            "p,c,1\nq,c,1\nr,b,1\n",
            "p,a,1\ns,a,1\nr,b,1\n",
        ] {
            assert_ne!(base, digest(other), "{other}");
        }
    }
}
