use jiff::civil::Date;

/// The largest agreement file that is read, in bytes.
pub(super) const MAX_BYTES: u64 = 1 << 20;

/// Why an agreement is refused, or refuses.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AgreementError {
    /// The file cannot be read.
    #[error("reading the agreement failed: {0}")]
    Io(#[from] std::io::Error),
    /// More than a mebibyte.
    #[error("an agreement is at most {MAX_BYTES} bytes")]
    TooLarge,
    /// Not TOML, a missing or unknown key, or a value of the wrong type.
    #[error("line {line}, column {column}: {message}")]
    Syntax {
        /// Counted from one.
        line: usize,
        /// Counted from one, in bytes.
        column: usize,
        /// What is wrong, without the file's own text.
        message: String,
    },
    /// A kind of analysis that drempel does not have.
    #[error("[analysis] kind must be one of: {known}")]
    UnknownKind {
        /// The kinds that there are.
        known: String,
    },
    /// `valid_from` lies after `valid_until`.
    #[error("valid_from lies after valid_until")]
    NeverValid,
    /// Two entries of one name.
    #[error("{what} \"{name}\" is named twice")]
    NamedTwice {
        /// A party or a dataset.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A name that no party or dataset has.
    #[error("{wanted_by} names {what} \"{name}\", which the agreement does not have")]
    Unknown {
        /// Who refers to it.
        wanted_by: String,
        /// A party or a dataset.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// No party, or the wrong one, for a role.
    #[error("{0}")]
    Roles(&'static str),
    /// A dataset's bounds.
    #[error("dataset \"{dataset}\": min must lie below max, both within 10^15")]
    Bounds {
        /// The dataset.
        dataset: String,
    },
    /// A unit that two agencies may read differently.
    #[error(
        "dataset \"{dataset}\": its unit is none of those that drempel knows (docs/format.md, section 12.2); the nearest are {nearest}"
    )]
    Unit {
        /// The dataset.
        dataset: String,
        /// Units that are like it.
        nearest: String,
    },
    /// Two amounts of which the first is not the smaller.
    #[error("dataset \"{dataset}\": typical has two amounts, the first not above the second")]
    Typical {
        /// The dataset.
        dataset: String,
    },
    /// Amounts that may not be added up.
    #[error(
        "datasets \"{left}\" and \"{right}\" are added up but differ in {what}; only amounts of one \
         legal concept and unit may be"
    )]
    IncompatibleDatasets {
        /// One dataset.
        left: String,
        /// The other.
        right: String,
        /// `unit` or `concept`.
        what: &'static str,
    },
    /// A rule of the analysis.
    #[error("[analysis] {0}")]
    Analysis(&'static str),
    /// A rule of the disclosure.
    #[error("[disclosure] {0}")]
    Disclosure(&'static str),
    /// Today lies outside the agreement's dates.
    #[error("the agreement is in force from {from} until {until}; today is {today}")]
    NotInForce {
        /// First day.
        from: Date,
        /// Last day.
        until: Date,
        /// The day of the attempt.
        today: Date,
    },
}

impl AgreementError {
    /// Says where, but does not repeat the line: the file may turn out to be somebody's data.
    pub(super) fn syntax(text: &str, error: &toml::de::Error) -> Self {
        let before = &text.as_bytes()[..error.span().map_or(0, |span| span.start.min(text.len()))];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let column = 1 + before.iter().rev().take_while(|byte| **byte != b'\n').count();
        Self::Syntax { line, column, message: error.message().to_owned() }
    }

    /// Whether the agreement is sound and says no, as opposed to being unsound itself.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::NotInForce { .. })
    }
}
