//! Who signed what: every signature and digest is checked before anything is drawn.

use super::{ReportError, Source};
use crate::agreement::Role;
use crate::analysis::Program;
use crate::audit::Draw;
use crate::cases::Cases;
use crate::container::NO_LABEL;
use crate::ledger::{Entry, Event, Ledger};
use crate::units::Digest;

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
    pub(super) fn check<A: Program>(source: &Source<'_, A>) -> Result<Self, ReportError> {
        let Source { agreement, answer, cases, .. } = *source;
        answer.container().expect(agreement.id(), None)?;
        answer.container().signed_by(agreement.only(Role::Evaluator), NO_LABEL)?;
        let (made, key) = (answer.provenance(), answer.header().key);
        let datasets = agreement.inputs();
        if made.tables.len() != datasets.len() {
            return Err(ReportError::OtherTables);
        }
        for (table, dataset) in made.tables.iter().zip(datasets) {
            let provider = agreement.provider(dataset);
            if table.table_signed_by(agreement.id(), key, &dataset.name, provider).is_err() {
                let (dataset, party) = (dataset.name.clone(), provider.name.clone());
                return Err(ReportError::TableNotSigned { dataset, party });
            }
        }
        if cases.is_some_and(|cases| cases.digest() != made.cases) {
            return Err(ReportError::OtherCases);
        }
        let audited = audited(source)?;
        let release = source.ledger.map(|ledger| Released::find(source, ledger)).transpose()?;
        Ok(Self { audited, release })
    }
}

/// How many answers the attestations say were evaluated again: each must be an auditor's, about this answer.
fn audited<A: Program>(source: &Source<'_, A>) -> Result<Option<u64>, ReportError> {
    let Source { agreement, answer, attestations, .. } = *source;
    let mut audited = None;
    for attestation in attestations {
        let (container, statement) = (attestation.container(), attestation.statement());
        container.expect(agreement.id(), Some(answer.header().key)).map_err(ReportError::Attestation)?;
        if !agreement.holders(Role::Auditor).any(|party| container.signed_by(party, NO_LABEL).is_ok()) {
            return Err(ReportError::NotAnAuditor);
        }
        let answers = answer.provenance().subjects.len();
        let drawn = Draw::new(statement.answer, statement.nonce, agreement.disclosure());
        let expected = (0..answers).filter(|place| drawn.takes(*place)).count() as u64;
        let covers = statement.audited == expected && statement.answers == answers as u64;
        if statement.answer != answer.digest() || !covers {
            return Err(ReportError::OtherAttestation);
        }
        audited = audited.max(Some(expected));
    }
    Ok(audited)
}

impl Released {
    fn find<A: Program>(source: &Source<'_, A>, ledger: &Ledger) -> Result<Self, ReportError> {
        let (agreement, answer) = (source.agreement, source.answer);
        let owner = agreement.only(Role::KeyHolder).signing_key;
        if !owner.is_some_and(|owner| ledger.is_of(&owner)) {
            return Err(ReportError::OtherLedger);
        }
        let is_it =
            |entry: &&Entry| matches!(&entry.event, Event::Release(own) if own.answer == answer.digest());
        let Some(Entry { number, time, event: Event::Release(release), .. }) =
            ledger.entries().iter().find(is_it)
        else {
            return Err(ReportError::NotInLedger);
        };
        let made = answer.provenance();
        let same = release.agreement == agreement.id()
            && release.key == answer.header().key
            && release.cases == made.cases
            && release.answers == made.subjects.len() as u64
            && release.tables.iter().copied().eq(made.tables.iter().map(|table| table.digest()));
        if !same {
            return Err(ReportError::OtherRelease { entry: *number });
        }
        let given = source.attestations.iter().map(|attestation| attestation.digest());
        if given.clone().any(|digest| !release.attestations.contains(&digest)) {
            return Err(ReportError::OtherAttestation);
        }
        let next = ledger.entries().iter().find(|entry| entry.number == number + 1);
        Ok(Self {
            number: *number,
            time: time.clone(),
            by: release.by.clone(),
            to: release.to.clone(),
            answers: release.answers,
            audited: release.audited,
            head: next.map_or(ledger.head(), |entry| entry.previous),
        })
    }
}
