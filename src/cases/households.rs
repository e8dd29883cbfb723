//! The evaluator's own plaintext: who forms a household, its poverty line, and what is known of it in the clear.

use std::borrow::Cow;
use std::fmt;
use std::io::Read;
use std::marker::PhantomData;
use std::ops::Range;

use super::{CaseError, Cases};
use crate::table::csv::CsvRows;
use crate::units::{Cents, Digest, SubjectId, SubjectIds};

mod builder;

pub(super) use builder::Builder;

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

/// Households one after the other, each with its members and what the file states of it: one text for all identifiers
/// and one array for everything else, so that a million households take little more memory than their file.
#[derive(Clone)]
pub(super) struct List {
    ids: SubjectIds,
    csv_lines: Vec<u32>,
    /// Where each household's members end.
    ends: Vec<u32>,
    members: SubjectIds,
    /// The line of each member; none when they came from no file.
    member_lines: Vec<u32>,
    /// So many for each household.
    names: Vec<u32>,
    /// So many for each household.
    amounts: Vec<Cents>,
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

    /// The line of the file where it begins; its place in the list when it came from no file.
    pub fn csv_line(&self) -> u64 {
        self.list.csv_lines[self.place].into()
    }

    /// The amounts that the file states of it.
    pub(super) fn amounts(&self) -> &'a [Cents] {
        self.list.amounts_of(self.place)
    }

    /// The line of a member, or of the household where members have none.
    pub(crate) fn member_line(&self, member: usize) -> u64 {
        let lines = self.list.member_lines.get(self.list.members_of(self.place).start + member);
        lines.map_or(self.csv_line(), |line| u64::from(*line))
    }
}

impl List {
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn get<S>(&self, place: usize) -> HouseholdRef<'_, S> {
        HouseholdRef { list: self, place, stated: PhantomData }
    }

    /// The names that the file states of a household.
    pub(super) fn names_of(&self, place: usize) -> &[u32] {
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
fn part<T>(all: &[T], count: usize, place: usize) -> &[T] {
    let each = all.len() / count;
    &all[place * each..(place + 1) * each]
}

/// Valid households: each with a member, each person in one household only.
#[derive(Clone)]
pub struct Households {
    list: List,
}

/// Amounts, lines and members are never printed.
impl<S> fmt::Debug for HouseholdRef<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HouseholdRef").field("members", &self.members().len()).finish_non_exhaustive()
    }
}

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

pub(super) const POVERTY_LINE: &str = "poverty_line_cents";
pub(super) const KNOWN: &str = "known_cents";

impl Households {
    /// Reads `household,person,poverty_line_cents[,known_cents]`, one row per person, in any order.
    ///
    /// # Errors
    /// A named error with the line and column of the first fault.
    ///
    /// # Cost
    /// In memory: every identifier once and a byte more, 24 bytes per household and 4 per member; while it is read,
    /// about twice as much.
    pub fn from_csv(input: impl Read) -> Result<Self, CaseError> {
        let mut rows = CsvRows::open(input)?;
        let household = rows.column("household")?;
        let person = rows.column("person")?;
        let poverty_line = rows.column(POVERTY_LINE)?;
        let known = rows.optional_column(KNOWN)?;
        let mut builder = Builder::of(&[], &[POVERTY_LINE, KNOWN]);
        while let Some(row) = rows.next_row()? {
            let line = row.line();
            let id: SubjectId = row.id(household)?;
            if row.is_empty(person) {
                return Err(CaseError::EmptyHousehold { line });
            }
            let member: SubjectId = row.id(person)?;
            let poverty_line = row.cents(poverty_line)?;
            let known = known.map_or(Ok(Cents::ZERO), |column| row.cents(column))?;
            let place = builder.household(&id, line, &[], &[poverty_line, known])?;
            builder.member(place, &member, line)?;
        }
        Ok(Self { list: builder.finish() })
    }

    /// Checks households from memory. Errors give the place in the list, counted from one, as the line.
    ///
    /// # Errors
    /// An empty household, one listed twice, or a person listed twice.
    pub fn new(households: impl IntoIterator<Item = Household>) -> Result<Self, CaseError> {
        let mut builder = Builder::of(&[], &[POVERTY_LINE, KNOWN]);
        for (index, household) in households.into_iter().enumerate() {
            let line = index as u64 + 1;
            let Household { id, members, stated } = household;
            let place = match builder.household(&id, line, &[], &stated) {
                Ok(place) if place == index => place,
                _ => return Err(CaseError::DuplicateHousehold { line }),
            };
            if members.is_empty() {
                return Err(CaseError::EmptyHousehold { line });
            }
            for member in members {
                builder.member(place, &member, line)?;
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

    /// As many orders of the rows as there are: each household keeps its own members, lines and amounts.
    #[test]
    fn rows_in_any_order_give_the_same_households() {
        let head = "household,person,poverty_line_cents\n";
        let rows: Vec<(usize, usize)> = (0..60).map(|i| (i * i % 7, i)).collect();
        for step in [1, 7, 11, 13, 59] {
            let shuffled: Vec<(usize, usize)> = (0..60).map(|i| rows[i * step % 60]).collect();
            let text = shuffled.iter().map(|(h, p)| format!("h{h},p{p},{h}\n")).collect::<String>();
            let households = read(&format!("{head}{text}")).expect("valid");
            let mut first: Vec<usize> = Vec::new();
            shuffled.iter().for_each(|(h, _)| {
                if !first.contains(h) {
                    first.push(*h)
                }
            });
            assert_eq!(households.len(), first.len());
            for (household, own) in households.iter().zip(first) {
                let expected: Vec<(usize, String)> = (2..)
                    .zip(&shuffled)
                    .filter(|(_, (h, _))| *h == own)
                    .map(|(line, (_, p))| (line, format!("p{p}")))
                    .collect();
                assert_eq!(household.id(), format!("h{own}"));
                assert_eq!(household.poverty_line().value(), own as i64);
                assert_eq!(household.csv_line(), expected[0].0 as u64);
                let members: Vec<(usize, String)> = household
                    .members()
                    .enumerate()
                    .map(|(place, id)| (household.member_line(place) as usize, id.to_owned()))
                    .collect();
                assert_eq!(members, expected);
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
