//! The sections of the agreement file.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de::Error};

use super::{AgreementError, unit};
use crate::signature::VerifyingKey;
use crate::units::{Cents, MAX_CENTS, hides};

/// `[agreement]`: what, why, on which legal basis, and when.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// A short name.
    #[serde(deserialize_with = "text")]
    pub name: String,
    /// What the answers are for.
    #[serde(deserialize_with = "text")]
    pub purpose: String,
    /// The law that allows it, with article.
    #[serde(deserialize_with = "text")]
    pub legal_basis: String,
    #[serde(deserialize_with = "date")]
    valid_from: Date,
    #[serde(deserialize_with = "date")]
    valid_until: Date,
    /// How long files and answers may be kept.
    pub retention_days: u32,
}

impl Terms {
    /// The first day in force.
    pub fn valid_from(&self) -> Date {
        self.valid_from
    }

    /// The last day in force.
    pub fn valid_until(&self) -> Date {
        self.valid_until
    }
}

/// Text that shows as it is: not empty, and without characters that move the cursor or turn the line round.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim().is_empty() || text.chars().any(hides) {
        return Err(D::Error::custom("text without control characters or line breaks is expected"));
    }
    Ok(text)
}

/// A date as TOML has it, without a time.
pub(crate) fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let value = toml::value::Datetime::deserialize(deserializer)?;
    let date = value.time.is_none().then(|| value.to_string().parse().ok()).flatten();
    date.ok_or_else(|| D::Error::custom("a date such as 2025-01-31 is expected"))
}

/// What a party may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Encrypts a dataset.
    DataProvider,
    /// Computes on ciphertexts.
    Evaluator,
    /// Releases the agreed answers.
    KeyHolder,
    /// Evaluates again and attests.
    Auditor,
}

/// `[[party]]`: one organisation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// Its name in this agreement.
    #[serde(deserialize_with = "text")]
    pub name: String,
    /// Its roles.
    pub roles: Vec<Role>,
    /// Its Ed25519 public key. A draft may lack it; a signed agreement has one for each party.
    pub signing_key: Option<VerifyingKey>,
}

/// Whom a dataset's rows are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// One amount per person, added up over a household's members.
    Person,
    /// One amount per household.
    Household,
    /// One amount per offer: what somebody can supply.
    Offer,
    /// One amount per demand: what somebody needs.
    Demand,
}

impl Subject {
    /// The name of the identifier's column.
    pub fn column(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Household => "household",
            Self::Offer => "offer",
            Self::Demand => "demand",
        }
    }
}

/// `[[dataset]]`: one column of amounts that one provider holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// Its name in this agreement.
    #[serde(deserialize_with = "text")]
    pub name: String,
    /// The party that holds it.
    #[serde(deserialize_with = "text")]
    pub provider: String,
    /// Whom its rows are about.
    pub subject: Subject,
    /// The name of the amount's column.
    #[serde(deserialize_with = "text")]
    pub amount: String,
    /// For example `eurocent/month`.
    #[serde(deserialize_with = "text")]
    pub unit: String,
    /// What the amount means in law, with its article.
    #[serde(deserialize_with = "text")]
    pub concept: String,
    min: i64,
    max: i64,
    typical: Option<[i64; 2]>,
}

impl Dataset {
    pub(super) fn check(&self) -> Result<(), AgreementError> {
        unit::check(&self.name, &self.unit)?;
        if self.typical.is_some_and(|[low, high]| low > high) {
            return Err(AgreementError::Typical { dataset: self.name.clone() });
        }
        let within = |bound: i64| (-MAX_CENTS..=MAX_CENTS).contains(&bound);
        if self.min < self.max && within(self.min) && within(self.max) {
            return Ok(());
        }
        Err(AgreementError::Bounds { dataset: self.name.clone() })
    }

    /// The smallest amount that is accepted.
    pub fn min(&self) -> Cents {
        self.min.try_into().expect("checked with the agreement")
    }

    /// The largest amount that is encrypted as it is.
    pub fn max(&self) -> Cents {
        self.max.try_into().expect("checked with the agreement")
    }

    /// Between which amounts most of its own lie, if the agreement says so: to warn of another unit.
    pub fn typical(&self) -> Option<[i64; 2]> {
        self.typical
    }

    /// max − min: the largest encoded amount.
    pub fn span(&self) -> u64 {
        self.max.abs_diff(self.min)
    }
}

/// `[disclosure]`: who receives what, under which conditions.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclosure {
    /// The party that receives the answers.
    #[serde(deserialize_with = "text")]
    pub to: String,
    /// The smallest group about which anything is released (group analyses).
    #[serde(default = "default_minimum_cell")]
    pub minimum_cell: u32,
    /// The share of the answers that an auditor evaluates again.
    #[serde(default = "default_audit")]
    pub audit: f64,
    /// The most answers that may be released under this agreement, over all its releases.
    pub answers: u64,
    /// Whether the evaluator hides the answers from the key holder, so that only the receiver reads them.
    #[serde(default)]
    pub blinded: bool,
    /// How little a decision may tell by its noise whoever decrypts it: at most 2 to the power of minus this, in bits.
    pub noise_bits: Option<u32>,
}

/// The floor for [`Disclosure::minimum_cell`].
const MINIMUM_CELL_FLOOR: u32 = 5;

/// The floor for [`Disclosure::audit`]: below it an audit would hardly ever see anything.
const AUDIT_FLOOR: f64 = 0.001;

fn default_minimum_cell() -> u32 {
    10
}

fn default_audit() -> f64 {
    1.0
}

impl Disclosure {
    pub(super) fn check(&self) -> Result<(), AgreementError> {
        if self.minimum_cell < MINIMUM_CELL_FLOOR {
            return Err(AgreementError::Disclosure("minimum_cell must be at least 5"));
        }
        if !(AUDIT_FLOOR..=1.0).contains(&self.audit) {
            return Err(AgreementError::Disclosure("audit must be at least 0.001 and at most 1"));
        }
        if self.answers == 0 {
            return Err(AgreementError::Disclosure("answers must be at least 1"));
        }
        Ok(())
    }
}
