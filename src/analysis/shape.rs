//! What goes into an analysis and what comes out of it.

use std::ops::RangeInclusive;

use drempel_fhe::circuit::{Encoding, LeveledParams, Scale};

use super::setting::Setting;
use super::value::Value;
use crate::agreement::{AgreementError, Dataset, distinct};

/// What goes into an analysis under one agreement, and what comes out of it: all that the roles know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    columns: Vec<String>,
    /// Each dataset's name, with how its amounts go in.
    inputs: Vec<(String, Input)>,
    released: Released,
    is_separable: bool,
}

/// How the amounts of one dataset are encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    encoding: Encoding,
    clamps: bool,
}

impl Input {
    /// Each amount less its dataset's `min`, encrypted so. One above `max` is refused.
    pub fn new(encoding: Encoding) -> Self {
        Self { encoding, clamps: false }
    }

    /// Whether an amount above `max` may be encrypted as `max` because no answer can depend on the difference.
    pub fn clamping(self, clamps: bool) -> Self {
        Self { clamps, ..self }
    }
}

impl Shape {
    /// Answers of yes or no, each of which follows from its own rows alone.
    ///
    /// `columns` are those of the released answers, the name of the subject's first, all different:
    /// `["household", "eligible"]`. `input` is asked of each dataset of the setting.
    pub fn new(
        setting: &Setting<'_>,
        columns: impl IntoIterator<Item = impl Into<String>>,
        input: impl Fn(&Dataset) -> Input,
    ) -> Self {
        let inputs = setting.datasets.iter().map(|dataset| (dataset.name.clone(), input(dataset)));
        Self {
            columns: columns.into_iter().map(Into::into).collect(),
            inputs: inputs.collect(),
            released: Released::yes_or_no(),
            is_separable: true,
        }
    }

    /// What is decrypted of each answer, where that is not a yes or a no.
    pub fn releasing(self, released: Released) -> Self {
        Self { released, ..self }
    }

    /// Whether each answer follows from its own rows alone, so that a share of the answers can be evaluated again
    /// without the others.
    pub fn separable(self, is_separable: bool) -> Self {
        Self { is_separable, ..self }
    }

    /// The columns of the released answers, the name of the subject's first, all different.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How every amount of each dataset is encrypted, in the analysis's own order.
    pub fn encodings(&self) -> impl Iterator<Item = &Encoding> {
        self.inputs.iter().map(|(_, input)| &input.encoding)
    }

    /// How the bits of amounts are encrypted that decisions read; `None` where nothing is decided.
    pub fn decided(&self) -> Option<LeveledParams> {
        self.encodings().find_map(Encoding::decided).map(|bits| bits.params)
    }

    /// How every amount of a dataset is encrypted; `None` where the analysis does not read it.
    pub fn encoding(&self, dataset: &str) -> Option<&Encoding> {
        self.input(dataset).map(|input| &input.encoding)
    }

    /// Whether an amount above a dataset's `max` may be encrypted as `max`.
    pub fn clamps(&self, dataset: &str) -> bool {
        self.input(dataset).is_some_and(|input| input.clamps)
    }

    /// What is decrypted of each answer. Anything outside these ranges stops a release.
    pub fn released(&self) -> &Released {
        &self.released
    }

    /// Whether each answer follows from its own rows alone.
    pub fn is_separable(&self) -> bool {
        self.is_separable
    }

    fn input(&self, dataset: &str) -> Option<&Input> {
        self.inputs.iter().find(|(name, _)| name == dataset).map(|(_, input)| input)
    }

    /// Checks what must hold of any analysis. `decode` says what the fields of answers mean.
    ///
    /// # Errors
    /// [`AgreementError::Analysis`], [`AgreementError::NamedTwice`], or [`AgreementError::Disclosure`] where the
    /// agreement wants of these answers what cannot be done with them.
    pub(super) fn check(
        &self,
        setting: &Setting<'_>,
        decode: impl Fn(&[Vec<i64>]) -> Option<Vec<Vec<Value>>>,
    ) -> Result<(), AgreementError> {
        if !self.released.is_sound() {
            return Err(AgreementError::Analysis("the answers' values do not fit their scale"));
        }
        if setting.datasets.len() != self.inputs.len() {
            return Err(AgreementError::Analysis("its shape is about other datasets"));
        }
        if setting.datasets.iter().zip(self.encodings()).any(|(set, encoding)| !encoding.holds(set.span())) {
            return Err(AgreementError::Analysis("the encoding cannot hold a dataset's amounts"));
        }
        let mut decided = self.encodings().filter_map(Encoding::decided).map(|bits| bits.params);
        let params = decided.next();
        if decided.any(|other| Some(other) != params) || params.is_none() && self.released.are_decisions() {
            return Err(AgreementError::Analysis("decisions need bits, encrypted in one way"));
        }
        if setting.disclosure.noise_bits.is_some() && !self.released.are_decisions() {
            return Err(AgreementError::Disclosure(
                "noise_bits is for answers that are decisions (eligibility, matching); leave it out",
            ));
        }
        distinct("column of the answers", self.columns.iter().map(String::as_str))?;
        if self.columns.len() < 2 {
            return Err(AgreementError::Analysis("an answer has no column for a value"));
        }
        // Blinded answers are opened and read as one bit each, 1 for yes, and nothing more.
        let bits = || Released::read_yes_or_no(&[vec![0], vec![1]]);
        let are_bits = self.released.is_yes_or_no() && self.columns.len() == 2;
        if setting.disclosure.blinded && !(are_bits && decode(&[vec![0], vec![1]]) == Some(bits())) {
            return Err(AgreementError::Disclosure("only answers of yes or no can be blinded"));
        }
        if setting.disclosure.audit < 1.0 && !self.is_separable {
            return Err(AgreementError::Disclosure(
                "audit must be 1 for this analysis: its answers depend on one another",
            ));
        }
        Ok(())
    }
}

/// What is decrypted of each answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released {
    /// How far apart the values lie: packed where they are few, one ciphertext each where they are sums.
    pub scale: Scale,
    /// The values that each field can have.
    pub fields: Vec<RangeInclusive<i64>>,
}

impl Released {
    /// One field of yes or no.
    pub fn yes_or_no() -> Self {
        Self { scale: Scale::Slots, fields: vec![0..=1] }
    }

    /// One field of yes or no that is decided bit by bit.
    pub fn decision() -> Self {
        Self { scale: Scale::Halves, ..Self::yes_or_no() }
    }

    /// Whether they are decided bit by bit and released as they are.
    pub fn are_decisions(&self) -> bool {
        self.scale == Scale::Halves
    }

    /// What such fields mean: 1 is yes.
    pub fn read_yes_or_no(fields: &[Vec<i64>]) -> Vec<Vec<Value>> {
        fields.iter().map(|fields| vec![Value::YesNo(fields[0] == 1)]).collect()
    }

    /// What single fields mean that are numbers.
    pub fn read_numbers(fields: &[Vec<i64>]) -> Vec<Vec<Value>> {
        fields.iter().map(|fields| vec![Value::Number(fields[0])]).collect()
    }

    /// Whether the one field is 0 or 1.
    pub fn is_yes_or_no(&self) -> bool {
        *self == Self::yes_or_no() || *self == Self::decision()
    }

    /// Whether every field can be told apart.
    fn is_sound(&self) -> bool {
        let (low, high) = self.scale.values().into_inner();
        let fits =
            |range: &RangeInclusive<i64>| !range.is_empty() && *range.start() >= low && *range.end() <= high;
        (1..=MAX_FIELDS).contains(&self.fields.len()) && self.fields.iter().all(fits)
    }

    /// Whether an answer was made in this form: the same scale and number of fields.
    pub(crate) fn matches_shape(&self, scale: Scale, fields: u32) -> bool {
        (scale, fields as usize) == (self.scale, self.fields.len())
    }

    /// Whether the fields of one answer are what they may be.
    pub(crate) fn allows(&self, fields: &[i64]) -> bool {
        self.fields.len() == fields.len()
            && self.fields.iter().zip(fields).all(|(range, value)| range.contains(value))
    }
}

/// The most fields that an answer may have.
pub(crate) const MAX_FIELDS: usize = 64;
