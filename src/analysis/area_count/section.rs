//! The section as it is written, and what it says of a household.

use drempel_fhe::circuit::Encoding;
use serde::Deserialize;

use super::super::setting::Setting;
use super::super::shape::Input;
use super::condition::{Condition, Conditions};
use crate::agreement::{AgreementError, Dataset};

/// `[analysis]` with `kind = "area_count"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaCount {
    #[serde(rename = "kind")]
    _kind: Kind,
    pub(super) condition: Conditions,
    /// Any of these lists of which all conditions hold.
    pub(super) at_risk: Vec<Vec<String>>,
    pub(super) max_households: usize,
    pub(super) totals: Option<String>,
    /// The condition of whom a measure has reached: then who is at risk and was missed is counted too.
    pub(super) reached: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
enum Kind {
    #[serde(rename = "area_count")]
    AreaCount,
}

/// The most conditions: a lookup reads four bits.
const MAX_CONDITIONS: usize = 4;

impl AreaCount {
    /// What is compared for each household: one to four conditions.
    pub fn conditions(&self) -> &[Condition] {
        &self.condition
    }

    /// The ways to be at risk: for each the names of the conditions that must all hold.
    pub fn at_risk(&self) -> &[Vec<String>] {
        &self.at_risk
    }

    /// The most households of an area.
    pub fn max_households(&self) -> usize {
        self.max_households
    }

    /// What totals are over: the column of the evaluator's file, where totals are asked for.
    pub fn totals(&self) -> Option<&str> {
        self.totals.as_deref()
    }

    /// The condition of whom a measure has reached, where those that it missed are counted too.
    pub fn reached(&self) -> Option<&str> {
        self.reached.as_deref()
    }

    /// Whether a household meets a condition, when the conditions that it meets are the bits of `index`, the first
    /// condition's lowest.
    fn meets(&self, index: i64, name: &str) -> bool {
        let place = self.condition.iter().position(|condition| condition.name == name);
        place.is_some_and(|place| (index >> place) & 1 == 1)
    }

    pub(super) fn is_at_risk(&self, index: i64) -> bool {
        self.at_risk.iter().any(|all| all.iter().all(|name| self.meets(index, name)))
    }

    pub(super) fn is_reached(&self, index: i64) -> bool {
        self.reached.as_ref().is_some_and(|name| self.meets(index, name))
    }

    pub(super) fn minimum(setting: &Setting<'_>) -> usize {
        setting.disclosure.minimum_cell as usize
    }

    /// How a dataset of one or more conditions goes in: they agree on the encoding.
    pub(super) fn input(&self, setting: &Setting<'_>, dataset: &Dataset) -> Input {
        let with = || self.condition.iter().filter(|condition| condition.datasets.contains(&dataset.name));
        let bits = with().next().expect("each dataset is a condition's").bits(setting);
        Input::new(Encoding::bits(1, bits))
            .clamping(with().all(|condition| condition.clamps(setting, dataset)))
    }

    pub(super) fn check_names(&self) -> Result<(), AgreementError> {
        if !(1..=MAX_CONDITIONS).contains(&self.condition.len()) {
            return Err(AgreementError::Analysis("give one to four conditions"));
        }
        for (place, condition) in self.condition.iter().enumerate() {
            let (before, name) = (&self.condition[..place], condition.name.clone());
            if before.iter().any(|other| other.name == name) {
                return Err(AgreementError::NamedTwice { what: "condition", name });
            }
            if !self.at_risk.iter().flatten().chain(&self.reached).any(|used| *used == name) {
                return Err(AgreementError::Analysis(
                    "every condition must have a place in at_risk, or be reached",
                ));
            }
            // A dataset is encrypted in one way only.
            let differs = |other: &Condition| {
                let shares = other.datasets.iter().any(|dataset| condition.datasets.contains(dataset));
                let same = other.datasets == condition.datasets && other.max_addends == condition.max_addends;
                shares && !same
            };
            if before.iter().any(differs) {
                return Err(AgreementError::Analysis(
                    "conditions that share a dataset must have the same datasets and max_addends",
                ));
            }
        }
        if self.at_risk.iter().flatten().any(|name| self.reached.as_ref() == Some(name)) {
            return Err(AgreementError::Analysis(
                "who is reached must be a condition that is not in at_risk",
            ));
        }
        for name in self.at_risk.iter().flatten().chain(&self.reached) {
            if !self.condition.iter().any(|condition| condition.name == *name) {
                let (wanted_by, what) = ("at_risk or reached".to_owned(), "condition");
                return Err(AgreementError::Unknown { wanted_by, what, name: name.clone() });
            }
        }
        if self.at_risk.is_empty() || self.at_risk.iter().any(Vec::is_empty) {
            return Err(AgreementError::Analysis(
                "at_risk lists, for each way to be at risk, its conditions",
            ));
        }
        let mut own = ["household", "person", "area"].into_iter().chain(self.totals.as_deref());
        if self
            .totals
            .as_ref()
            .is_some_and(|totals| ["household", "person", "area"].contains(&totals.as_str()))
            || own.any(|name| self.condition.line_columns().iter().any(|column| column == name))
        {
            return Err(AgreementError::Analysis(
                "line_column and totals must each name a column of their own in the evaluator's file",
            ));
        }
        Ok(())
    }
}
