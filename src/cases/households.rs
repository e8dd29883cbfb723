//! The evaluator's own plaintext: who forms a household, its poverty line, and what is known of it in the clear.

use std::collections::HashMap;
use std::fmt;
use std::io::Read;

use super::{CaseError, Cases};
use crate::table::csv::CsvRows;
use crate::units::{Cents, Digest, SubjectId};

/// One household, with what the file states of it.
#[derive(Clone)]
pub struct Household<S = Stated> {
    id: SubjectId,
    members: Vec<SubjectId>,
    stated: S,
    csv_line: u64,
    /// The line of each member; none when they came from no file.
    member_lines: Vec<u64>,
}

/// A household's poverty line, and its income that the evaluator knows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Stated {
    poverty_line: Cents,
    known: Cents,
}

impl Household {
    /// A household with its members, its poverty line, and its income that the evaluator knows (0 if none).
    pub fn new(id: SubjectId, members: Vec<SubjectId>, poverty_line: Cents, known: Cents) -> Self {
        let stated = Stated { poverty_line, known };
        Self { id, members, stated, csv_line: 0, member_lines: Vec::new() }
    }

    /// The amount to compare with.
    pub fn poverty_line(&self) -> Cents {
        self.stated.poverty_line
    }

    /// Income that the evaluator knows; may be negative.
    pub fn known(&self) -> Cents {
        self.stated.known
    }
}

impl<S> Household<S> {
    /// Its pseudonym.
    pub fn id(&self) -> &SubjectId {
        &self.id
    }

    /// Its members: at least one where the file names persons.
    pub fn members(&self) -> &[SubjectId] {
        &self.members
    }

    /// The line of the file where it begins; its place in the list when it came from no file.
    pub fn csv_line(&self) -> u64 {
        self.csv_line
    }

    /// What the file states of it.
    pub(super) fn stated(&self) -> &S {
        &self.stated
    }

    /// The line of a member, or of the household where members have none.
    pub(crate) fn member_line(&self, member: usize) -> u64 {
        self.member_lines.get(member).copied().unwrap_or(self.csv_line)
    }
}

/// Valid households: each with a member, each person in one household only.
#[derive(Clone)]
pub struct Households {
    households: Vec<Household>,
}

/// Amounts, lines and members are never printed.
impl<S> fmt::Debug for Household<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Household").field("members", &self.members.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Households {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Households").field("households", &self.households.len()).finish_non_exhaustive()
    }
}

pub(super) const POVERTY_LINE: &str = "poverty_line_cents";
pub(super) const KNOWN: &str = "known_cents";

impl Households {
    /// Reads `household,person,poverty_line_cents[,known_cents]`, one row per person, in any order.
    ///
    /// # Errors
    /// A named error with the line and column of the first fault.
    pub fn from_csv(input: impl Read) -> Result<Self, CaseError> {
        let mut rows = CsvRows::open(input)?;
        let household = rows.column("household")?;
        let person = rows.column("person")?;
        let poverty_line = rows.column(POVERTY_LINE)?;
        let known = rows.optional_column(KNOWN)?;
        let mut builder = Builder::default();
        while let Some(row) = rows.next_row()? {
            let line = row.line();
            let id: SubjectId = row.id(household)?;
            if row.is_empty(person) {
                return Err(CaseError::EmptyHousehold { line });
            }
            let member: SubjectId = row.id(person)?;
            let poverty_line = row.cents(poverty_line)?;
            let known = known.map_or(Ok(Cents::ZERO), |column| row.cents(column))?;
            let stated = Stated { poverty_line, known };
            let index = builder.household(id, stated, line, |first, other| {
                let same = [
                    (POVERTY_LINE, first.poverty_line == other.poverty_line),
                    (KNOWN, first.known == other.known),
                ];
                same.into_iter().find(|(_, same)| !same).map(|(column, _)| column.to_owned())
            })?;
            builder.member(index, member, line)?;
        }
        Ok(Self { households: builder.households })
    }

    /// Checks households from memory. Errors give the place in the list, counted from one, as the line.
    ///
    /// # Errors
    /// An empty household, one listed twice, or a person listed twice.
    pub fn new(households: impl IntoIterator<Item = Household>) -> Result<Self, CaseError> {
        let mut builder = Builder::default();
        for (index, household) in households.into_iter().enumerate() {
            let line = index as u64 + 1;
            let Household { id, members, stated, .. } = household;
            if builder.household(id, stated, line, |_, _| None)? != index {
                return Err(CaseError::DuplicateHousehold { line });
            }
            if members.is_empty() {
                return Err(CaseError::EmptyHousehold { line });
            }
            for member in members {
                builder.member(index, member, line)?;
            }
        }
        Ok(Self { households: builder.households })
    }

    /// The households, in the order of the file.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Household> {
        self.households.iter()
    }

    /// The household at a place in the file.
    pub(crate) fn get(&self, place: usize) -> &Household {
        &self.households[place]
    }

    /// How many households.
    pub fn len(&self) -> usize {
        self.households.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.households.is_empty()
    }
}

impl Cases for Households {
    fn answers(&self) -> Vec<&SubjectId> {
        self.households.iter().map(Household::id).collect()
    }

    /// Ignored columns do not count.
    fn digest(&self) -> Digest {
        let mut hasher = blake3::Hasher::new();
        for household in &self.households {
            let Household { id, members, stated: Stated { poverty_line, known }, .. } = household;
            // Identifiers hold no white space, so the fields cannot run into one another.
            let row = format!("{id} {} {}", poverty_line.value(), known.value());
            hasher.update(row.as_bytes());
            for member in members {
                hasher.update(b" ").update(member.as_str().as_bytes());
            }
            hasher.update(b"\n");
        }
        hasher.finalize().into()
    }
}

/// Collects households and refuses a person who is already in one.
pub(super) struct Builder<S> {
    pub(super) households: Vec<Household<S>>,
    by_id: HashMap<SubjectId, usize>,
    /// The household and the line where each person was seen.
    seen: HashMap<SubjectId, (usize, u64)>,
}

impl<S> Default for Builder<S> {
    fn default() -> Self {
        Self { households: Vec::new(), by_id: HashMap::new(), seen: HashMap::new() }
    }
}

impl<S> Builder<S> {
    /// The place of a household, new or known. `difference` names the column in which a known one was stated otherwise.
    pub(super) fn household(
        &mut self,
        id: SubjectId,
        stated: S,
        line: u64,
        difference: impl FnOnce(&S, &S) -> Option<String>,
    ) -> Result<usize, CaseError> {
        let next = self.households.len();
        let index = *self.by_id.entry(id.clone()).or_insert(next);
        if index == next {
            let (members, member_lines) = (Vec::new(), Vec::new());
            self.households.push(Household { id, members, stated, csv_line: line, member_lines });
        } else if let Some(column) = difference(&self.households[index].stated, &stated) {
            return Err(CaseError::Contradiction { line, column, first: self.households[index].csv_line });
        }
        Ok(index)
    }

    pub(super) fn member(&mut self, index: usize, member: SubjectId, line: u64) -> Result<(), CaseError> {
        match self.seen.insert(member.clone(), (index, line)) {
            Some((other, _)) if other == index => Err(CaseError::DuplicatePerson { line }),
            Some((_, first)) => Err(CaseError::PersonInTwoHouseholds { line, first }),
            None => {
                let household = &mut self.households[index];
                household.members.push(member);
                household.member_lines.push(line);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Households, CaseError> {
        Households::from_csv(text.as_bytes())
    }

    #[test]
    fn rows_of_one_household_may_be_apart_and_other_columns_are_ignored() {
        let households =
            read("region,person,household,poverty_line_cents\nA,1,h1,100\nA,2,h2,50\nB,3,h1,100\n")
                .expect("valid");
        let sizes: Vec<usize> = households.iter().map(|h| h.members().len()).collect();
        assert_eq!(sizes, [2, 1]);
        assert_eq!(households.iter().next().map(Household::known), Some(Cents::ZERO));
    }

    #[test]
    fn a_fault_is_named_with_its_line() {
        let head = "household,person,poverty_line_cents,known_cents\n";
        let cases = [
            ("h1,1,100,0\nh1,1,100,0\n", "line 3, column \"person\": the same person"),
            ("h1,1,100,0\nh2,1,100,0\n", "line 3, column \"person\": this person is already"),
            ("h1,1,100,0\nh1,2,101,0\n", "line 3, column \"poverty_line_cents\": differs"),
            ("h1,1,100,0\nh1,2,100,1\n", "line 3, column \"known_cents\": differs"),
            ("h1,1,100,0\nh2,,100,0\n", "line 3, column \"person\": the household has no person"),
            ("h1,1,100,\n", "line 2, column \"known_cents\": the cell is empty"),
        ];
        for (rows, expected) in cases {
            let error = read(&format!("{head}{rows}")).expect_err(rows).to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }

    #[test]
    fn the_digest_covers_lines_known_amounts_and_members_but_not_other_columns() {
        let digest = |text: &str| read(text).expect("valid").digest();
        let base = digest("household,person,poverty_line_cents,known_cents\nh,p,100,0\n");
        assert_eq!(base, digest("household,person,poverty_line_cents,x\nh,p,100,9\n"));
        for other in ["h,p,101,0", "h,p,100,1", "h,q,100,0", "i,p,100,0"] {
            let text = format!("household,person,poverty_line_cents,known_cents\n{other}\n");
            assert_ne!(base, digest(&text), "{other}");
        }
    }
}
