use super::columns::{KNOWN, POVERTY_LINE};
use crate::rows::{Fault, Faults, Position, RowsError};

/// Why the evaluator's cases are refused. No variant holds an amount or an identifier.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaseError {
    /// A cell, a row or a column.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// Several faults of the file.
    #[error(transparent)]
    Several(#[from] Faults<CaseError>),
    /// Nobody lives there.
    #[error("{position}, column \"person\": the household has no person; remove it or fill in its members")]
    EmptyHousehold {
        /// The row.
        position: Position,
    },
    /// A person twice in one household.
    #[error("{position}, column \"person\": the same person is listed twice in one household")]
    DuplicatePerson {
        /// The row.
        position: Position,
    },
    /// A person in two households.
    #[error(
        "{position}, column \"person\": this person is already in the household of {first}; \
         each person belongs to one household"
    )]
    PersonInTwoHouseholds {
        /// The row.
        position: Position,
        /// Where the person was seen before.
        first: Position,
    },
    /// A household listed twice: in memory, or in a file without persons.
    #[error("{position}: this household was listed before")]
    DuplicateHousehold {
        /// The row.
        position: Position,
    },
    /// Rows of one household that contradict each other.
    #[error("{position}, column \"{column}\": differs from the household's first row ({first})")]
    Contradiction {
        /// The row.
        position: Position,
        /// The column.
        column: String,
        /// The household's first row.
        first: Position,
    },
    /// A poverty line outside the agreement.
    #[error("{position}, column \"{POVERTY_LINE}\": the agreement does not allow this poverty line")]
    LineNotAgreed {
        /// The row.
        position: Position,
    },
    /// A line outside the agreement, in a column that the agreement names.
    #[error("{position}, column \"{column}\": outside line_min and line_max of the agreement")]
    LineOutside {
        /// The row.
        position: Position,
        /// The column.
        column: String,
    },
    /// A known amount outside the agreement.
    #[error("{position}, column \"{KNOWN}\": outside known_min and known_max of the agreement")]
    KnownNotAgreed {
        /// The row.
        position: Position,
    },
    /// An area with too few households to say anything about, or more than can be counted.
    #[error(
        "{position}, column \"area\": the area has {found} households whose answer is not known beforehand, and the \
         agreement takes {min} to {max}; merge it with a neighbour, or split it"
    )]
    AreaSize {
        /// The row where the area begins.
        position: Position,
        /// Its households; where they are too few, those whose answer the evaluator cannot know beforehand.
        found: usize,
        /// The smallest area.
        min: usize,
        /// The largest one.
        max: usize,
    },
    /// An area in two totals.
    #[error("{position}, column \"{column}\": differs from the area's first row ({first})")]
    AreaContradiction {
        /// The row.
        position: Position,
        /// The column.
        column: String,
        /// The area's first row.
        first: Position,
    },
    /// A total of one area, or of too many.
    #[error("{position}, column \"{column}\": a total over {found} areas; it takes 2 to {max}")]
    TotalSize {
        /// The row where its first area begins.
        position: Position,
        /// The column.
        column: String,
        /// Its areas.
        found: usize,
        /// The most that one may have.
        max: usize,
    },
    /// An area and a total of one name.
    #[error("{position}, column \"{column}\": an area has this name too; answers need different names")]
    NameTaken {
        /// The row.
        position: Position,
        /// The column.
        column: String,
    },
    /// More amounts than the agreement allows to be added up.
    #[error(
        "{position}, column \"person\": {addends} or more amounts for one household; the agreement allows {max} (max_addends)"
    )]
    TooManyAddends {
        /// The row.
        position: Position,
        /// What the agreement allows.
        max: usize,
        /// What the household needs.
        addends: usize,
    },
    /// A member whom a dataset does not know.
    #[error(
        "{position}, column \"{column}\": no record in dataset \"{dataset}\", and the agreement refuses missing ones"
    )]
    MissingRecord {
        /// The row.
        position: Position,
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
    #[error("{position}, column \"group\": more than {max} people in one group (max_group of the agreement)")]
    GroupTooLarge {
        /// The row of the first person beyond.
        position: Position,
        /// What the agreement allows.
        max: u32,
    },
    /// A group about which nothing may be released.
    #[error(
        "{position}, column \"group\": {found} people of this group have a record in dataset \"{dataset}\"; nothing \
         is released about fewer than {minimum} ([disclosure] minimum_cell); leave the group out or join it with another"
    )]
    GroupTooSmall {
        /// Where the group begins.
        position: Position,
        /// The dataset that has too few of them.
        dataset: String,
        /// How many records there are.
        found: usize,
        /// What the agreement asks for.
        minimum: u32,
    },
    /// A person with records in two datasets of which only one may have them.
    #[error(
        "{position}, column \"person\": a record in dataset \"{first}\" and one in \"{second}\"; a person may have \
         one record only"
    )]
    SecondRecord {
        /// The row.
        position: Position,
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
        "{position}, column \"person\": a record in dataset \"{present}\" but none in \"{absent}\"; its provider gives both or neither"
    )]
    UnpairedRecord {
        /// The row.
        position: Position,
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

impl Fault for CaseError {
    fn ends_reading(&self) -> bool {
        matches!(self, Self::Rows(error) if error.ends_reading())
    }
}
