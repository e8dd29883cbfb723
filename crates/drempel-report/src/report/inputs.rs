use drempel::units::Digest;
use drempel::{Answer, Attestation, EncryptedAnswer, Ledger, SignedAgreement};

use super::regions::Regions;
use super::shapes::Shapes;
use crate::present::Present;

/// One released answer, with what shows where it comes from.
pub struct Source<'a, A: Present> {
    /// What was agreed, signed by all.
    pub agreement: &'a SignedAgreement<A>,
    /// The encrypted answer, signed by the evaluator.
    pub answer: &'a EncryptedAnswer,
    /// What was released of it, which nobody signs.
    pub released: &'a Answer,
    /// The digest of the file of released answers.
    pub file: Digest,
    /// What was asked about, where the evaluator shares it.
    pub cases: Option<&'a A::Cases>,
    /// Auditors' attestations.
    pub attestations: &'a [Attestation],
    /// The key holder's ledger.
    pub ledger: Option<&'a Ledger>,
}

/// Everything that a report is made from.
pub struct Inputs<'a, A: Present> {
    /// The answer.
    pub now: Source<'a, A>,
    /// The answer of an earlier date, to show what changed.
    pub before: Option<Source<'a, A>>,
    /// In which region each subject is.
    pub regions: Option<&'a Regions>,
    /// Where each area lies.
    pub map: Option<&'a Shapes>,
}
