//! A list of people.

use std::borrow::Cow;
use std::fmt;
use std::io::Read;

use super::case_set::Cases;
use super::columns::PERSON;
use super::error::CaseError;
use crate::agreement::Subject;
use crate::rows::{CsvRows, Position, Positions, Rows};
use crate::units::{Digest, Distinct, SubjectIds};

/// People who are asked about, each once.
#[derive(Clone)]
pub struct People {
    people: SubjectIds,
    /// Where each is.
    positions: Positions,
}

impl People {
    /// Reads [rows](Self::from_rows) from CSV.
    ///
    /// # Errors
    /// A named error with the line and column of the first fault.
    pub fn from_csv(input: impl Read) -> Result<Self, CaseError> {
        Self::from_rows(&mut CsvRows::open(input)?)
    }

    /// Reads the column `person`, one row per person; other columns are ignored.
    ///
    /// # Errors
    /// A named error with the row and column of each fault.
    pub fn from_rows(rows: &mut dyn Rows) -> Result<Self, CaseError> {
        let column = rows.columns().required(PERSON)?;
        let (mut people, mut positions) = (Distinct::default(), Positions::default());
        rows.read_each(|row, _| {
            let person = row.id(column)?;
            if !people.insert(&person) {
                return Err(CaseError::from(row.duplicate(column)));
            }
            positions.push(row.position());
            Ok(())
        })?;
        Ok(Self { people: people.into_ids(), positions })
    }

    /// The person at a place in the file.
    pub fn get(&self, place: usize) -> &str {
        self.people.get(place)
    }

    /// Where the person at a place is.
    pub fn position(&self, place: usize) -> Position {
        self.positions.get(place)
    }
}

impl Cases for People {
    fn answers(&self) -> Cow<'_, SubjectIds> {
        Cow::Borrowed(&self.people)
    }

    fn subjects(&self, of: Subject) -> Cow<'_, SubjectIds> {
        match of {
            Subject::Person => Cow::Borrowed(&self.people),
            _ => Cow::default(),
        }
    }

    fn digest(&self) -> Digest {
        let mut hasher = blake3::Hasher::new();
        for person in self.people.iter() {
            hasher.update(person.as_bytes()).update(b"\n");
        }
        hasher.finalize().into()
    }
}

/// Nobody is named.
impl fmt::Debug for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("People").field("people", &self.people.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_asked_about_once() {
        let people = People::from_csv(&b"name,person\nA,p1\nB,p2\n"[..]).expect("valid");
        assert!(people.answers().iter().eq(["p1", "p2"]));
        let twice = People::from_csv(&b"person\np1\np2\np1\n"[..]).expect_err("twice").to_string();
        assert!(twice.starts_with("line 4, column \"person\": the same identifier"), "{twice}");
    }
}
