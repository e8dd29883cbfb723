use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;

use super::error::MAX_BYTES;
use super::{AgreementError, Dataset, Disclosure, Party, Role, Section, Terms};
use crate::units::{AgreementId, Digest};

/// A checked agreement, as everybody signs it, without the meaning of its `[analysis]` section: what that asks, the
/// [contract](crate::contract) knows.
#[derive(Clone, Debug)]
pub struct Document {
    id: AgreementId,
    text: String,
    terms: Terms,
    parties: Vec<Party>,
    datasets: Vec<Dataset>,
    disclosure: Disclosure,
}

/// The sections of the file. The analysis reads its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sections {
    agreement: Terms,
    party: Vec<Party>,
    dataset: Vec<Dataset>,
    #[serde(rename = "analysis")]
    _analysis: serde::de::IgnoredAny,
    disclosure: Disclosure,
}

impl Document {
    /// Reads and checks an agreement file.
    ///
    /// # Errors
    /// When the file cannot be read or breaks a rule.
    pub fn open(path: &Path) -> Result<Self, AgreementError> {
        let mut text = String::new();
        // One byte more than allowed shows that there is more.
        File::open(path)?.take(MAX_BYTES + 1).read_to_string(&mut text)?;
        if text.len() as u64 > MAX_BYTES {
            return Err(AgreementError::TooLarge);
        }
        Self::parse(&text)
    }

    /// Checks an agreement's text.
    ///
    /// # Errors
    /// When it breaks a rule.
    pub fn parse(text: &str) -> Result<Self, AgreementError> {
        let Sections { agreement: terms, party, dataset, _analysis, disclosure } =
            toml::from_str(text).map_err(|error| AgreementError::syntax(text, &error))?;
        let (id, text) = (Digest::of(text.as_bytes()), text.to_owned());
        let document = Self { id, text, terms, parties: party, datasets: dataset, disclosure };
        document.check()?;
        Ok(document)
    }

    fn check(&self) -> Result<(), AgreementError> {
        if self.terms.valid_from() > self.terms.valid_until() {
            return Err(AgreementError::NeverValid);
        }
        distinct("party", self.parties.iter().map(|party| party.name.as_str()))?;
        distinct("dataset", self.datasets.iter().map(|dataset| dataset.name.as_str()))?;
        let keys = self.parties.iter().filter_map(|party| party.signing_key);
        let keys: Vec<String> = keys.map(|key| key.to_string()).collect();
        distinct("signing_key", keys.iter().map(String::as_str))?;
        self.check_roles()?;
        for dataset in &self.datasets {
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

    fn check_roles(&self) -> Result<(), AgreementError> {
        let holders = |role: Role| self.holders(role);
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
        if self.disclosure.blinded && to_key_holder {
            return Err(AgreementError::Disclosure(
                "blinded answers are hidden from the key-holder, so they cannot go to it",
            ));
        }
        Ok(())
    }

    fn party(&self, name: &str, wanted_by: impl Fn() -> String) -> Result<&Party, AgreementError> {
        self.parties.iter().find(|party| party.name == name).ok_or_else(|| AgreementError::Unknown {
            wanted_by: wanted_by(),
            what: "party",
            name: name.to_owned(),
        })
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

    /// The `[analysis]` section, for the analysis that it is about.
    pub fn section(&self) -> Section<'_> {
        Section::new(&self.text)
    }

    /// Who receives how many answers.
    pub fn disclosure(&self) -> &Disclosure {
        &self.disclosure
    }

    /// The parties that have a role; exactly one for the evaluator and the key holder.
    pub fn holders(&self, role: Role) -> impl Iterator<Item = &Party> {
        self.parties.iter().filter(move |party| party.roles.contains(&role))
    }

    /// The evaluator or the key holder: the first party that has the role.
    ///
    /// # Panics
    /// When nobody has it: with the role of another kind.
    pub fn only(&self, role: Role) -> &Party {
        self.holders(role).next().expect("an agreement has one evaluator and one key holder: checked")
    }

    /// The party that holds a dataset.
    pub fn provider(&self, dataset: &Dataset) -> &Party {
        let provider = self.parties.iter().find(|party| party.name == dataset.provider);
        provider.expect("a dataset's provider is a party: checked with the agreement")
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

/// Refuses names of which one stands there twice.
///
/// # Errors
/// [`AgreementError::NamedTwice`].
pub(crate) fn distinct<'a>(
    what: &'static str,
    names: impl IntoIterator<Item = &'a str>,
) -> Result<(), AgreementError> {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(AgreementError::NamedTwice { what, name: name.to_owned() });
        }
    }
    Ok(())
}
