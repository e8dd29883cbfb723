//! The evaluator's own plaintext: about whom or what it asks. Each analysis has a file of its own form.

use crate::table::csv::CsvError;
use crate::units::{Digest, SubjectId};

pub mod households;
pub mod people;

use households::{KNOWN, POVERTY_LINE};

/// What an evaluator asks about. A value of such a type is always valid.
pub trait Cases: Send + Sync {
    /// Whom or what each answer is about, in the order of the answers. All different.
    fn answers(&self) -> Vec<&SubjectId>;

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
    /// A household listed twice, in memory.
    #[error("line {line}: this household was listed before")]
    DuplicateHousehold {
        /// Its place in the list.
        line: u64,
    },
    /// Rows of one household that contradict each other.
    #[error("line {line}, column \"{column}\": differs from the household's first row (line {first})")]
    Contradiction {
        /// The line of the file.
        line: u64,
        /// The column.
        column: &'static str,
        /// The household's first row.
        first: u64,
    },
    /// A poverty line outside the agreement.
    #[error("line {line}, column \"{POVERTY_LINE}\": the agreement does not allow this poverty line")]
    LineNotAgreed {
        /// The line of the file.
        line: u64,
    },
    /// A known amount outside the agreement.
    #[error("line {line}, column \"{KNOWN}\": outside known_min and known_max of the agreement")]
    KnownNotAgreed {
        /// The line of the file.
        line: u64,
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
        /// Whose record is missing: `person` or `household`.
        column: &'static str,
        /// The dataset.
        dataset: String,
    },
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
        matches!(self, Self::LineNotAgreed { .. } | Self::KnownNotAgreed { .. })
    }
}
