//! A list of people.

use std::collections::HashSet;
use std::fmt;
use std::io::Read;

use super::{CaseError, Cases};
use crate::table::csv::{CellProblem, CsvRows};
use crate::units::{Digest, SubjectId};

/// People who are asked about, each once.
#[derive(Clone)]
pub struct People {
    people: Vec<SubjectId>,
    /// The line of each in the file.
    lines: Vec<u64>,
}

impl People {
    /// Reads the column `person`, one row per person; other columns are ignored.
    ///
    /// # Errors
    /// A named error with the line and column of the first fault.
    pub fn from_csv(input: impl Read) -> Result<Self, CaseError> {
        let mut rows = CsvRows::open(input)?;
        let column = rows.column("person")?;
        let (mut people, mut lines): (Vec<SubjectId>, Vec<u64>) = (Vec::new(), Vec::new());
        let mut seen: HashSet<SubjectId> = HashSet::new();
        while let Some(row) = rows.next_row()? {
            let person: SubjectId = row.id(column)?;
            if !seen.insert(person.clone()) {
                return Err(row.error(column, CellProblem::Duplicate).into());
            }
            people.push(person);
            lines.push(row.line());
        }
        Ok(Self { people, lines })
    }

    /// The person at a place in the file.
    pub fn get(&self, place: usize) -> &SubjectId {
        &self.people[place]
    }

    /// The line of the person at a place.
    pub fn line(&self, place: usize) -> u64 {
        self.lines[place]
    }
}

impl Cases for People {
    fn answers(&self) -> Vec<&SubjectId> {
        self.people.iter().collect()
    }

    fn digest(&self) -> Digest {
        let mut hasher = blake3::Hasher::new();
        for person in &self.people {
            hasher.update(person.as_str().as_bytes()).update(b"\n");
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
        let names: Vec<&str> = people.answers().iter().map(|id| id.as_str()).collect();
        assert_eq!(names, ["p1", "p2"]);
        let twice = People::from_csv(&b"person\np1\np2\np1\n"[..]).expect_err("twice").to_string();
        assert!(twice.starts_with("line 4, column \"person\": the same identifier"), "{twice}");
    }
}
