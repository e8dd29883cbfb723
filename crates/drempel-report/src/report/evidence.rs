//! Who signed what: every signature and digest is checked before anything is drawn.

use drempel::Cases;
use drempel::ledger::Ledger;
use drempel::units::Digest;
use drempel::verify::{self, InHand};

use super::error::ReportError;
use super::inputs::Source;
use crate::present::Present;

/// What was checked of one source.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    /// How many answers an auditor evaluated again, where attestations were given.
    pub(super) audited: Option<u64>,
    pub(super) release: Option<Released>,
}

/// What the key holder's ledger says of the release.
#[derive(Clone, Debug)]
pub(super) struct Released {
    pub(super) number: u64,
    pub(super) time: String,
    pub(super) by: String,
    pub(super) to: String,
    pub(super) answers: u64,
    pub(super) audited: u64,
    /// The ledger's head when this was its last entry: later entries do not change it.
    pub(super) head: Digest,
}

impl Evidence {
    pub(super) fn check<A: Present>(source: &Source<'_, A>) -> Result<Self, ReportError> {
        let Source { agreement, answer, cases, attestations, .. } = *source;
        // Who reads a report holds no key and no table, and may have a later version of the program.
        let in_hand = InHand { cases: cases.map(Cases::digest), ..InHand::default() };
        verify::answer(agreement, answer, &in_hand)?;
        let audited = verify::attestations(agreement, answer, attestations)?;
        let release = source.ledger.map(|ledger| Released::find(source, ledger)).transpose()?;
        Ok(Self { audited, release })
    }
}

impl Released {
    fn find<A: Present>(source: &Source<'_, A>, ledger: &Ledger) -> Result<Self, ReportError> {
        let (number, release) =
            verify::release(source.agreement, source.answer, source.attestations, ledger)?;
        let entries = ledger.entries();
        let own = entries.iter().find(|entry| entry.number == number).expect("just found there");
        let next = entries.iter().find(|entry| entry.number == number + 1);
        Ok(Self {
            number,
            time: own.time.clone(),
            by: release.by.clone(),
            to: release.to.clone(),
            answers: release.answers,
            audited: release.audited,
            head: next.map_or(ledger.head(), |entry| entry.previous),
        })
    }
}
