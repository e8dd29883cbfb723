use drempel_fhe::params::Scale;
use serde::{Deserialize, Serialize};

use crate::files::container::{ContainerError, Seal};
use crate::units::{Digest, MAX_ID_BYTES, SubjectIds, hides};

/// What computes the answers, as a name and a version: an auditor must run the same.
pub const PROGRAM: &str = concat!("drempel ", env!("CARGO_PKG_VERSION"));

/// What the answers were made from, and whom they are about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Provenance {
    /// The program that computed it: a name and a version.
    pub program: String,
    /// The digest of the evaluation key.
    pub evaluation_key: Digest,
    /// The encrypted tables' digests with their providers' signatures, in the order of the analysis's datasets.
    pub tables: Vec<Seal>,
    /// The digest of what was asked about, as [`Cases::digest`](crate::Cases::digest) gives it.
    pub cases: Digest,
    /// The digest of the [`Transcript`](crate::Transcript), where only a share of the answers is audited.
    pub transcript: Option<Digest>,
    /// The digest of the [`Blinding`](crate::Blinding), where answers are blinded: the evaluator is bound to it.
    pub blinding: Option<Digest>,
    /// What closed the noise of the answers, where they are decisions.
    pub noise: Option<Closing>,
    /// Packed small values, sums, or decisions.
    pub scale: Scale,
    /// Encrypted values per answer.
    pub fields: u32,
    /// Whom each answer is about, in order.
    pub subjects: SubjectIds,
}

/// The digests of what closed the noise of decisions: the evaluator is bound to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Of the [`Noise`](crate::Noise).
    pub seed: Digest,
    /// Of the [`Nonce`](crate::Nonce).
    pub nonce: Digest,
}

impl Provenance {
    /// Encrypted values in all.
    pub(crate) fn values(&self) -> usize {
        self.subjects.len() * self.fields as usize
    }
}

/// Refuses a program's name that would show as something else than itself.
pub(super) fn check_name(program: &str) -> Result<(), ContainerError> {
    if program.len() <= MAX_ID_BYTES && !program.chars().any(hides) {
        return Ok(());
    }
    Err(ContainerError::BadContents("the name of the program is too long or does not show"))
}
