//! The agreement: what may be computed, on which data, by whom, until when.
//!
//! Every role takes the agreement and nothing else that could change the question; no command has a computation
//! parameter. Its id is the BLAKE3 digest of its bytes, so one changed character makes another agreement.

use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;

use crate::analysis::{Eligibility, Program, Setting, Shape, checked_shape};
use crate::units::{AgreementId, Digest};

mod parts;
mod section;
mod signed;

pub(crate) use parts::date;
pub use parts::{Dataset, Disclosure, Party, Role, Subject, Terms};
pub use section::Section;
pub use signed::{Rehearsal, SignatureError, Signatures, SignedAgreement};

/// The largest agreement file that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// A checked agreement. `A` is the analysis that it names.
#[derive(Debug)]
pub struct Agreement<A = Eligibility> {
    id: AgreementId,
    text: String,
    terms: Terms,
    parties: Vec<Party>,
    datasets: Vec<Dataset>,
    analysis: A,
    shape: Shape,
    disclosure: Disclosure,
}

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
    fn syntax(text: &str, error: &toml::de::Error) -> Self {
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

/// All but the analysis, which reads its own section.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    agreement: Terms,
    party: Vec<Party>,
    dataset: Vec<Dataset>,
    #[serde(rename = "analysis")]
    _analysis: serde::de::IgnoredAny,
    disclosure: Disclosure,
}

impl Document {
    /// Checks all but the analysis, which reads these datasets.
    fn check(&self, inputs: &[String]) -> Result<(), AgreementError> {
        if self.agreement.valid_from() > self.agreement.valid_until() {
            return Err(AgreementError::NeverValid);
        }
        distinct("party", self.party.iter().map(|party| party.name.as_str()))?;
        distinct("dataset", self.dataset.iter().map(|dataset| dataset.name.as_str()))?;
        let keys = self.party.iter().filter_map(|party| party.signing_key);
        let keys: Vec<String> = keys.map(|key| key.to_string()).collect();
        distinct("signing_key", keys.iter().map(String::as_str))?;
        self.check_roles(inputs)?;
        for dataset in &self.dataset {
            dataset.check()?;
            let provider = self.party(&dataset.provider, || format!("dataset \"{}\"", dataset.name))?;
            if !provider.roles.contains(&Role::DataProvider) {
                return Err(AgreementError::Roles("a dataset's provider must have the role data-provider"));
            }
        }
        self.party(&self.disclosure.to, || "[disclosure] to".to_owned())?;
        self.disclosure.check()?;
        Ok(())
    }

    fn check_roles(&self, inputs: &[String]) -> Result<(), AgreementError> {
        let holders = |role: Role| self.party.iter().filter(move |party| party.roles.contains(&role));
        if holders(Role::Evaluator).count() != 1 || holders(Role::KeyHolder).count() != 1 {
            return Err(AgreementError::Roles(
                "exactly one party is evaluator and exactly one is key-holder",
            ));
        }
        if holders(Role::Evaluator).any(|party| party.roles.contains(&Role::KeyHolder)) {
            return Err(AgreementError::Roles(
                "evaluator and key-holder must be different parties: together they can read everything",
            ));
        }
        let others = [Role::Evaluator, Role::KeyHolder];
        if holders(Role::Auditor).any(|party| party.roles.iter().any(|role| others.contains(role))) {
            return Err(AgreementError::Roles(
                "the auditor must be neither the evaluator nor the key-holder",
            ));
        }
        if holders(Role::Auditor).count() == 0 {
            return Err(AgreementError::Roles(
                "a party must have the role auditor: nothing is released that nobody has evaluated again",
            ));
        }
        let to_evaluator = holders(Role::Evaluator).any(|party| party.name == self.disclosure.to);
        let provider_audits = holders(Role::Auditor).all(|party| party.roles.contains(&Role::DataProvider));
        if to_evaluator && self.disclosure.audit < 1.0 && !provider_audits {
            return Err(AgreementError::Roles(
                "answers that go to the evaluator need audit = 1.0, or auditors that are all data providers: \
                 whoever can forge answers and see them opened can recover the key",
            ));
        }
        let to_key_holder = holders(Role::KeyHolder).any(|party| party.name == self.disclosure.to);
        let read = self.dataset.iter().filter(|dataset| inputs.contains(&dataset.name));
        let providers: HashSet<&str> = read.map(|dataset| dataset.provider.as_str()).collect();
        if !to_key_holder && providers.len() > 1 && providers.contains(self.disclosure.to.as_str()) {
            return Err(AgreementError::Roles(
                "answers must not go to one of several data providers: with a malformed table and the answers over it \
                 it could recover the key, and with the key the others' data",
            ));
        }
        if self.disclosure.blinded && to_key_holder {
            return Err(AgreementError::Disclosure(
                "blinded answers are hidden from the key-holder, so they cannot go to it",
            ));
        }
        Ok(())
    }

    fn party(&self, name: &str, wanted_by: impl Fn() -> String) -> Result<&Party, AgreementError> {
        self.party.iter().find(|party| party.name == name).ok_or_else(|| AgreementError::Unknown {
            wanted_by: wanted_by(),
            what: "party",
            name: name.to_owned(),
        })
    }
}

impl Agreement {
    /// Reads and checks an agreement file about eligibility.
    ///
    /// # Errors
    /// When the file cannot be read or breaks a rule.
    pub fn open(path: &Path) -> Result<Self, AgreementError> {
        Self::open_as(path)
    }

    /// Checks an agreement's text about eligibility.
    ///
    /// # Errors
    /// When it breaks a rule.
    pub fn parse(text: &str) -> Result<Self, AgreementError> {
        Self::parse_as(text)
    }
}

impl<A: Program> Agreement<A> {
    /// Reads and checks an agreement file over the analysis `A`, which may be defined outside drempel.
    ///
    /// # Errors
    /// When the file cannot be read or breaks a rule.
    pub fn open_as(path: &Path) -> Result<Self, AgreementError> {
        let mut text = String::new();
        // One byte more than allowed shows that there is more.
        File::open(path)?.take(MAX_BYTES + 1).read_to_string(&mut text)?;
        if text.len() as u64 > MAX_BYTES {
            return Err(AgreementError::TooLarge);
        }
        Self::parse_as(&text)
    }

    /// Checks an agreement's text over the analysis `A`, which may be defined outside drempel.
    ///
    /// # Errors
    /// When it breaks a rule.
    pub fn parse_as(text: &str) -> Result<Self, AgreementError> {
        let document: Document =
            toml::from_str(text).map_err(|error| AgreementError::syntax(text, &error))?;
        let analysis = A::from_section(&Section::new(text))?;
        document.check(analysis.datasets())?;
        let Document { agreement: terms, party: parties, dataset: datasets, _analysis, disclosure } =
            document;
        let shape = checked_shape(&analysis, &datasets, &disclosure)?;
        let (id, text) = (Digest::of(text.as_bytes()), text.to_owned());
        Ok(Self { id, text, terms, parties, datasets, analysis, shape, disclosure })
    }

    /// The BLAKE3 digest of the agreement's bytes.
    pub fn id(&self) -> AgreementId {
        self.id
    }

    /// The agreement's own text, byte for byte.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Name, purpose, legal basis, dates.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Who takes part.
    pub fn parties(&self) -> &[Party] {
        &self.parties
    }

    /// A dataset by name.
    pub fn dataset(&self, name: &str) -> Option<&Dataset> {
        self.datasets.iter().find(|dataset| dataset.name == name)
    }

    /// Every dataset.
    pub fn datasets(&self) -> &[Dataset] {
        &self.datasets
    }

    /// The analysis's datasets, in its own order.
    pub fn inputs(&self) -> Vec<&Dataset> {
        self.analysis.datasets().iter().filter_map(|name| self.dataset(name)).collect()
    }

    /// What the analysis sees of the agreement beside its own section.
    pub fn setting(&self) -> Setting<'_> {
        Setting { datasets: self.inputs(), disclosure: &self.disclosure }
    }

    /// The one question that may be asked.
    pub fn analysis(&self) -> &A {
        &self.analysis
    }

    /// What goes into it, and what comes out.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Who receives how many answers.
    pub fn disclosure(&self) -> &Disclosure {
        &self.disclosure
    }

    /// Refuses to go on outside the agreement's dates. Every role calls this first.
    ///
    /// # Errors
    /// [`AgreementError::NotInForce`].
    pub fn in_force(&self, today: Date) -> Result<(), AgreementError> {
        let (from, until) = (self.terms.valid_from(), self.terms.valid_until());
        if (from..=until).contains(&today) {
            Ok(())
        } else {
            Err(AgreementError::NotInForce { from, until, today })
        }
    }

    /// As [`in_force`](Self::in_force), today (UTC).
    ///
    /// # Errors
    /// [`AgreementError::NotInForce`].
    pub fn in_force_today(&self) -> Result<(), AgreementError> {
        self.in_force(jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date())
    }
}

fn distinct<'a>(what: &'static str, names: impl Iterator<Item = &'a str>) -> Result<(), AgreementError> {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(AgreementError::NamedTwice { what, name: name.to_owned() });
        }
    }
    Ok(())
}
