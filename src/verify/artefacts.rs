use drempel_fhe::params::Scale;

use super::VerifyError;
use crate::agreement::{Document, Role};
use crate::analysis::Program;
use crate::artefacts::{EncryptedAnswer, EncryptedTable, Nonce, PROGRAM};
use crate::contract::SignedAgreement;
use crate::files::container::{Container, ContainerError, Header, NO_LABEL, Seal};
use crate::units::{Digest, KeyId};

/// What whoever verifies an answer has in hand beside the agreement. What is `None` is not compared.
#[derive(Clone, Copy, Debug, Default)]
pub struct InHand<'a> {
    /// The key set, known to the key holder and to who has the evaluation key. A reader of a report has neither, and takes
    /// the answer's own word.
    pub key: Option<KeyId>,
    /// The digest of the evaluation key: the auditor has the key, the key holder its ledger.
    pub evaluation_key: Option<Digest>,
    /// The seals of the tables: the auditor has the tables themselves.
    pub tables: Option<&'a [Seal]>,
    /// The digest of the cases: the key holder does not see them.
    pub cases: Option<Digest>,
    /// Whether it must be this very program that computed the answer: before a release, yes. A report may be written by a
    /// later version.
    pub this_program: bool,
}

/// Refuses an answer that the evaluator did not sign for this agreement, that was not made from tables signed by their
/// providers, or that is not of the form that the agreement says; and whatever differs from what is in hand.
///
/// # Errors
/// One for each of these.
pub fn answer<A: Program>(
    agreement: &SignedAgreement<A>,
    answer: &EncryptedAnswer,
    in_hand: &InHand<'_>,
) -> Result<(), VerifyError> {
    let key = in_hand.key.unwrap_or(answer.header().key);
    by_evaluator(agreement, key, answer.container()).map_err(VerifyError::Answer)?;
    table_seals(agreement, answer, key)?;
    let made = answer.provenance();
    if in_hand.tables.is_some_and(|tables| made.tables != tables) {
        return Err(VerifyError::OtherInput { what: "tables" });
    }
    if in_hand.cases.is_some_and(|cases| made.cases != cases) {
        return Err(VerifyError::OtherInput { what: "cases" });
    }
    if in_hand.evaluation_key.is_some_and(|key| made.evaluation_key != key) {
        return Err(VerifyError::OtherEvaluationKey);
    }
    if in_hand.this_program && made.program != PROGRAM {
        return Err(VerifyError::OtherProgram);
    }
    form(agreement, answer)
}

/// Every table that the answer names is signed by its dataset's provider.
fn table_seals<A: Program>(
    agreement: &SignedAgreement<A>,
    answer: &EncryptedAnswer,
    key: KeyId,
) -> Result<(), VerifyError> {
    let (tables, datasets) = (&answer.provenance().tables, agreement.inputs());
    if tables.len() != datasets.len() {
        return Err(VerifyError::WrongTables { expected: datasets.len(), found: tables.len() });
    }
    for (table, dataset) in tables.iter().zip(datasets) {
        let provider = agreement.provider(dataset);
        if table.table_signed_by(agreement.id(), key, &dataset.name, provider.signer()).is_err() {
            let (dataset, party) = (dataset.name.clone(), provider.name.clone());
            return Err(VerifyError::TableNotSigned { dataset, party });
        }
    }
    Ok(())
}

fn form<A: Program>(agreement: &SignedAgreement<A>, answer: &EncryptedAnswer) -> Result<(), VerifyError> {
    let (made, disclosure) = (answer.provenance(), agreement.disclosure());
    let unfit = |why| Err(VerifyError::Unfit { why });
    if !agreement.shape().released().matches_shape(made.scale, made.fields) {
        return unfit("the answer has another form than the agreement's analysis gives");
    }
    if made.blinding.is_some() != disclosure.blinded {
        return unfit("blinded must be as the agreement says");
    }
    if made.noise.is_some() != (made.scale == Scale::Halves) {
        return unfit("decisions have their noise closed, and nothing else has");
    }
    if made.transcript.is_some() != (disclosure.audit < 1.0) {
        return unfit("a transcript belongs to an answer of which a share below 1 is audited");
    }
    Ok(())
}

/// Refuses an answer, a transcript or a blinding that the evaluator did not sign for this agreement and key.
///
/// # Errors
/// [`ContainerError::WrongAgreement`], [`ContainerError::WrongKey`], [`ContainerError::NotSigned`].
pub fn by_evaluator(agreement: &Document, key: KeyId, container: &Container) -> Result<(), ContainerError> {
    by_evaluator_as(agreement, key, container, NO_LABEL)
}

/// As [`by_evaluator`], signed under a name: a job's chunk.
pub(crate) fn by_evaluator_as(
    agreement: &Document,
    key: KeyId,
    container: &Container,
    name: &str,
) -> Result<(), ContainerError> {
    container.expect(agreement.id(), Some(key))?;
    container.signed_by(agreement.only(Role::Evaluator).signer(), name)
}

/// Refuses a nonce that no auditor signed, or that was drawn for another noise seed than the one with this digest.
///
/// # Errors
/// [`ContainerError::WrongAgreement`], [`ContainerError::WrongKey`], [`ContainerError::NotSigned`],
/// [`ContainerError::BadContents`].
pub fn nonce(agreement: &Document, key: KeyId, nonce: &Nonce, noise: Digest) -> Result<(), ContainerError> {
    let container = nonce.container();
    container.expect(agreement.id(), Some(key))?;
    let mut auditors = agreement.holders(Role::Auditor);
    if !auditors.any(|auditor| container.signed_by(auditor.signer(), NO_LABEL).is_ok()) {
        let names: Vec<&str> =
            agreement.holders(Role::Auditor).map(|auditor| auditor.name.as_str()).collect();
        return Err(ContainerError::NotSigned {
            kind: container.header().kind,
            party: names.join("\" or \""),
        });
    }
    if nonce.noise() != noise {
        return Err(ContainerError::BadContents(
            "it was drawn for another noise seed; ask the auditor for one for this seed's commitment",
        ));
    }
    Ok(())
}

/// Refuses a public or an evaluation key that the key holder did not sign for this agreement.
///
/// # Errors
/// [`ContainerError::WrongAgreement`], [`ContainerError::NotSigned`].
pub fn by_key_holder(agreement: &Document, header: &Header, seal: &Seal) -> Result<(), ContainerError> {
    if header.agreement != agreement.id() {
        let (expected, found) = (agreement.id(), header.agreement);
        return Err(ContainerError::WrongAgreement { expected, found });
    }
    seal.signed_by(header, agreement.only(Role::KeyHolder).signer(), NO_LABEL)
}

/// Refuses a table that is not one of the agreement's datasets, signed by its provider for this key, in the encoding that
/// the analysis reads.
///
/// # Errors
/// A [`ContainerError`] for each of these.
pub fn table<A: Program>(
    agreement: &SignedAgreement<A>,
    key: KeyId,
    table: &EncryptedTable,
) -> Result<(), ContainerError> {
    table.container().expect(agreement.id(), Some(key))?;
    let Some(dataset) = agreement.dataset(table.dataset()) else {
        return Err(ContainerError::BadContents("a dataset that the agreement does not have"));
    };
    table.container().signed_by(agreement.provider(dataset).signer(), table.dataset())?;
    let encoding = agreement.shape().encoding(table.dataset());
    if encoding.is_some_and(|encoding| !table.has_encoding(encoding)) {
        return Err(ContainerError::BadContents(
            "another encoding than the agreement's; encrypt the dataset again, for this agreement and with this program",
        ));
    }
    Ok(())
}
