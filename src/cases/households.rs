//! The evaluator's own plaintext: who forms a household, its poverty line, and what is known of it in the clear.

use std::borrow::Cow;
use std::fmt;
use std::io::Read;

use super::case_set::Cases;
use super::columns::{HOUSEHOLD, KNOWN, PERSON, POVERTY_LINE};
use super::error::CaseError;
use crate::agreement::Subject;
use crate::rows::{CsvRows, Position, Rows};
use crate::units::{Cents, Digest, SubjectId, SubjectIds};

mod builder;
mod list;

pub(super) use builder::Builder;
pub(super) use list::List;
pub use list::{HouseholdRef, Stated};

/// One household, to ask about from memory.
#[derive(Clone)]
pub struct Household {
    id: SubjectId,
    members: Vec<SubjectId>,
    stated: [Cents; 2],
}

impl Household {
    /// A household with its members, its poverty line, and its income that the evaluator knows (0 if none).
    pub fn new(id: SubjectId, members: Vec<SubjectId>, poverty_line: Cents, known: Cents) -> Self {
        Self { id, members, stated: [poverty_line, known] }
    }
}

/// Valid households: each with a member, each person in one household only.
#[derive(Clone)]
pub struct Households {
    list: List,
}

/// Amounts, lines and members are never printed.
impl fmt::Debug for Household {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Household").field("members", &self.members.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Households {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Households").field("households", &self.len()).finish_non_exhaustive()
    }
}

impl Households {
    /// Reads [rows](Self::from_rows) from CSV.
    ///
    /// # Errors
    /// A named error with the line and column of the first fault.
    pub fn from_csv(input: impl Read) -> Result<Self, CaseError> {
        Self::from_rows(&mut CsvRows::open(input)?)
    }

    /// Reads `household,person,poverty_line_cents[,known_cents]`, one row per person, in any order; other columns are
    /// ignored.
    ///
    /// # Errors
    /// A named error with the row and column of each fault.
    ///
    /// # Cost
    /// In memory: every identifier once and a byte more, 24 bytes per household and 4 per member; while it is read,
    /// about twice as much.
    pub fn from_rows(rows: &mut dyn Rows) -> Result<Self, CaseError> {
        let household = rows.columns().required(HOUSEHOLD)?;
        let person = rows.columns().required(PERSON)?;
        let poverty_line = rows.columns().required(POVERTY_LINE)?;
        let known = rows.columns().optional(KNOWN)?;
        let mut builder = Builder::of([POVERTY_LINE, KNOWN]);
        rows.read_each(|row, _| {
            let position = row.position();
            let id = row.id(household)?;
            let member = row.optional_id(person)?.ok_or(CaseError::EmptyHousehold { position })?;
            let poverty_line = row.cents(poverty_line)?;
            let known = known.map_or(Ok(Cents::ZERO), |column| row.cents(column))?;
            let place = builder.household(&id, position, &[], &[poverty_line, known])?;
            builder.member(place, &member, position)
        })?;
        Ok(Self { list: builder.finish() })
    }

    /// Checks households from memory. Errors give the place in the list, counted from one, as the row.
    ///
    /// # Errors
    /// An empty household, one listed twice, or a person listed twice.
    pub fn new(households: impl IntoIterator<Item = Household>) -> Result<Self, CaseError> {
        let mut builder = Builder::of([POVERTY_LINE, KNOWN]);
        for (index, household) in households.into_iter().enumerate() {
            let position = Position::row(index as u64 + 1);
            let Household { id, members, stated } = household;
            let place = match builder.household(&id, position, &[], &stated) {
                Ok(place) if place == index => place,
                _ => return Err(CaseError::DuplicateHousehold { position }),
            };
            if members.is_empty() {
                return Err(CaseError::EmptyHousehold { position });
            }
            for member in members {
                builder.member(place, &member, position)?;
            }
        }
        Ok(Self { list: builder.finish() })
    }

    /// The households, in the order of the file.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = HouseholdRef<'_>> {
        (0..self.len()).map(|place| self.list.get(place))
    }

    /// The household at a place in the file.
    pub fn get(&self, place: usize) -> HouseholdRef<'_> {
        self.list.get(place)
    }

    /// How many households.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Cases for Households {
    fn answers(&self) -> Cow<'_, SubjectIds> {
        Cow::Borrowed(&self.list.ids)
    }

    fn subjects(&self, of: Subject) -> Cow<'_, SubjectIds> {
        match of {
            Subject::Person => Cow::Borrowed(&self.list.members),
            Subject::Household => Cow::Borrowed(&self.list.ids),
            _ => Cow::default(),
        }
    }

    /// Ignored columns do not count.
    fn digest(&self) -> Digest {
        let mut hasher = blake3::Hasher::new();
        for household in self.iter() {
            let (id, line, known) = (household.id(), household.poverty_line(), household.known());
            // Identifiers hold no white space, so the fields cannot run into one another.
            let row = format!("{id} {} {}", line.value(), known.value());
            hasher.update(row.as_bytes());
            for member in household.members() {
                hasher.update(b" ").update(member.as_bytes());
            }
            hasher.update(b"\n");
        }
        hasher.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

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
        assert_eq!(households.iter().next().map(|h| h.known()), Some(Cents::ZERO));
    }

    /// Sixty people in seven households, in some order: the household and the person of each row.
    fn shuffled() -> impl Strategy<Value = Vec<(usize, usize)>> {
        Just(Vec::from_iter((0..60).map(|person| (person * person % 7, person)))).prop_shuffle()
    }

    proptest! {
        /// Each household keeps its own members, positions and amounts.
        #[test]
        fn rows_in_any_order_give_the_same_households(rows in shuffled()) {
            let text = rows.iter().map(|(h, p)| format!("h{h},p{p},{h}\n")).collect::<String>();
            let households = read(&format!("household,person,poverty_line_cents\n{text}")).expect("valid");
            let first_rows: BTreeMap<usize, usize> =
                rows.iter().enumerate().rev().map(|(row, (household, _))| (*household, row)).collect();
            let in_order: BTreeMap<usize, usize> = first_rows.iter().map(|(h, row)| (*row, *h)).collect();
            prop_assert_eq!(households.len(), in_order.len());
            for (household, own) in households.iter().zip(in_order.into_values()) {
                let expected: Vec<(Position, String)> = (2..)
                    .zip(&rows)
                    .filter(|(_, (h, _))| *h == own)
                    .map(|(line, (_, p))| (Position::line(line), format!("p{p}")))
                    .collect();
                prop_assert_eq!(household.id(), format!("h{own}"));
                prop_assert_eq!(household.poverty_line().value(), own as i64);
                prop_assert_eq!(household.position(), expected[0].0);
                let members = household.members().enumerate();
                let members: Vec<(Position, String)> =
                    members.map(|(place, id)| (household.member_position(place), id.to_owned())).collect();
                prop_assert_eq!(members, expected);
            }
        }
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
