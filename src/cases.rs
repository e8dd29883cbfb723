//! The evaluator's own plaintext: about whom or what it asks. Each analysis has a file of its own form.

use std::borrow::Cow;

use crate::table::csv::CsvError;
use crate::units::{Digest, SubjectIds};

pub mod areas;
pub mod groups;
pub mod households;
pub mod pairs;
pub mod people;

use areas::MAX_AREAS;
use households::{KNOWN, POVERTY_LINE};

/// What an evaluator asks about. A value of such a type is always valid.
pub trait Cases: Send + Sync {
    /// Whom or what each answer is about, in the order of the answers. All different.
    fn answers(&self) -> Cow<'_, SubjectIds>;

    /// The BLAKE3 digest of everything that the evaluation depends on.
    fn digest(&self) -> Digest;
}

/// Why the evaluator's file is refused. No variant holds an amount or an identifier.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaseError {
    /// A cell of the file.
    #[error(transparent)]
    Csv(#[from] CsvError),
    /// Nobody lives there.
    #[error("line {line}, column \"person\": the household has no person; remove it or fill in its members")]
    EmptyHousehold {
        /// The line of the file.
        line: u64,
    },
    /// A person twice in one household.
    #[error("line {line}, column \"person\": the same person is listed twice in one household")]
    DuplicatePerson {
        /// The line of the file.
        line: u64,
    },
    /// A person in two households.
    #[error(
        "line {line}, column \"person\": this person is already in the household of line {first}; \
         each person belongs to one household"
    )]
    PersonInTwoHouseholds {
        /// The line of the file.
        line: u64,
        /// Where the person was seen before.
        first: u64,
    },
    /// A household listed twice: in memory, or in a file without persons.
    #[error("line {line}: this household was listed before")]
    DuplicateHousehold {
        /// The line of the file, or its place in the list.
        line: u64,
    },
    /// Rows of one household that contradict each other.
    #[error("line {line}, column \"{column}\": differs from the household's first row (line {first})")]
    Contradiction {
        /// The line of the file.
        line: u64,
        /// The column.
        column: String,
        /// The household's first row.
        first: u64,
    },
    /// A poverty line outside the agreement.
    #[error("line {line}, column \"{POVERTY_LINE}\": the agreement does not allow this poverty line")]
    LineNotAgreed {
        /// The line of the file.
        line: u64,
    },
    /// A line outside the agreement, in a column that the agreement names.
    #[error("line {line}, column \"{column}\": outside line_min and line_max of the agreement")]
    LineOutside {
        /// The line of the file.
        line: u64,
        /// The column.
        column: String,
    },
    /// A known amount outside the agreement.
    #[error("line {line}, column \"{KNOWN}\": outside known_min and known_max of the agreement")]
    KnownNotAgreed {
        /// The line of the file.
        line: u64,
    },
    /// An area with too few households to say anything about, or more than can be counted.
    #[error(
        "line {line}, column \"area\": the area has {found} households whose answer is not known beforehand, and the \
         agreement takes {min} to {max}; merge it with a neighbour, or split it"
    )]
    AreaSize {
        /// The line where the area begins.
        line: u64,
        /// Its households; where they are too few, those whose answer the evaluator cannot know beforehand.
        found: usize,
        /// The smallest area.
        min: usize,
        /// The largest one.
        max: usize,
    },
    /// An area in two totals.
    #[error("line {line}, column \"{column}\": differs from the area's first row (line {first})")]
    AreaContradiction {
        /// The line of the file.
        line: u64,
        /// The column.
        column: String,
        /// The area's first row.
        first: u64,
    },
    /// A total of one area, or of too many.
    #[error("line {line}, column \"{column}\": a total over {found} areas; it takes 2 to {MAX_AREAS}")]
    TotalSize {
        /// The line where its first area begins.
        line: u64,
        /// The column.
        column: String,
        /// Its areas.
        found: usize,
    },
    /// An area and a total of one name.
    #[error("line {line}, column \"{column}\": an area has this name too; answers need different names")]
    NameTaken {
        /// The line of the file.
        line: u64,
        /// The column.
        column: String,
    },
    /// More amounts than the agreement allows to be added up.
    #[error(
        "line {line}, column \"person\": {addends} or more amounts for one household; the agreement allows {max} (max_addends)"
    )]
    TooManyAddends {
        /// The line of the file.
        line: u64,
        /// What the agreement allows.
        max: usize,
        /// What the household needs.
        addends: usize,
    },
    /// A member whom a dataset does not know.
    #[error(
        "line {line}, column \"{column}\": no record in dataset \"{dataset}\", and the agreement refuses missing ones"
    )]
    MissingRecord {
        /// The line of the file.
        line: u64,
        /// Whose record is missing: the name of the dataset's subject.
        column: &'static str,
        /// The dataset.
        dataset: String,
    },
    /// A list that is longer than agreed.
    #[error("the file lists {found} people; the agreement allows {max} (max_people); shorten the list")]
    TooManyPeople {
        /// What the agreement allows.
        max: usize,
        /// What the file has.
        found: usize,
    },
    /// More people in a group than the agreement allows.
    #[error(
        "line {line}, column \"group\": more than {max} people in one group (max_group of the agreement)"
    )]
    GroupTooLarge {
        /// The line of the first person beyond.
        line: u64,
        /// What the agreement allows.
        max: u32,
    },
    /// A group about which nothing may be released.
    #[error(
        "line {line}, column \"group\": {found} people of this group have a record in dataset \"{dataset}\"; nothing \
         is released about fewer than {minimum} ([disclosure] minimum_cell); leave the group out or join it with another"
    )]
    GroupTooSmall {
        /// Where the group begins.
        line: u64,
        /// The dataset that has too few of them.
        dataset: String,
        /// How many records there are.
        found: usize,
        /// What the agreement asks for.
        minimum: u32,
    },
    /// A person with records in two datasets of which only one may have them.
    #[error(
        "line {line}, column \"person\": a record in dataset \"{first}\" and one in \"{second}\"; a person may have \
         one record only"
    )]
    SecondRecord {
        /// The line of the file.
        line: u64,
        /// One dataset.
        first: String,
        /// The other.
        second: String,
    },
    /// Nothing to compare with.
    #[error("the file has one group; the first group is what others are compared with, so name at least two")]
    OneGroup,
    /// A person with one of two records that belong together.
    #[error(
        "line {line}, column \"person\": a record in dataset \"{present}\" but none in \"{absent}\"; its provider gives both or neither"
    )]
    UnpairedRecord {
        /// The line of the file.
        line: u64,
        /// The dataset that has a record.
        present: String,
        /// The dataset that has none.
        absent: String,
    },
}

impl CaseError {
    /// Whether the agreement refuses this, as opposed to the file being malformed.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::LineNotAgreed { .. }
                | Self::LineOutside { .. }
                | Self::KnownNotAgreed { .. }
                | Self::TooManyPeople { .. }
                | Self::GroupTooSmall { .. }
                | Self::AreaSize { .. }
        )
    }
}
