//! Role 2, the evaluator: computes the agreed answers on ciphertexts.

use std::io;

use crate::agreement::{AgreementError, Role, SignedAgreement};
use crate::analysis::Analysis;
use crate::blinding::Blinding;
use crate::cases::{CaseError, Cases};
use crate::container::ContainerError;
use crate::encrypted_answer::{Collected, EncryptedAnswer, Provenance};
use crate::encrypted_table::EncryptedTable;
use crate::engine::Engine;
use crate::keys::{EvaluationKey, Expanded};
use crate::plan::{Plan, PlanError};
use crate::signature::SigningKey;
use crate::transcript::{Transcript, TranscriptWriter};
use crate::units::SubjectId;

pub(crate) mod computer;
mod fhe;

use computer::Computer;

/// What computes the answers, as a name and a version: an auditor must run the same.
pub const PROGRAM: &str = concat!("drempel ", env!("CARGO_PKG_VERSION"));

/// The party that computes. It holds no key that decrypts.
pub struct Evaluator {
    computer: Computer,
    signing_key: SigningKey,
}

/// What an evaluation gives: the answers, and what the agreement asks for beside them.
#[derive(Debug)]
pub struct Evaluation {
    /// For the key holder and the auditor.
    pub answer: EncryptedAnswer,
    /// For the auditor, where only a share of the answers is audited.
    pub transcript: Option<Transcript>,
    /// For the receiver and the auditor, where answers are blinded. Never for the key holder.
    pub blinding: Option<Blinding>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// The agreement says no.
    #[error(transparent)]
    Agreement(#[from] AgreementError),
    /// A case breaks a rule.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// A table or the key belongs elsewhere.
    #[error("{what}: {source}")]
    Input {
        /// Which file.
        what: String,
        /// What is wrong with it.
        source: ContainerError,
    },
    /// The tables are not those of the agreement.
    #[error("the agreement's analysis reads {expected}, but the tables given are of {found}")]
    WrongTables {
        /// By the agreement, in order.
        expected: String,
        /// As given.
        found: String,
    },
    /// The signing key of another party.
    #[error("the evaluator is party \"{party}\", and this is not its signing key")]
    WrongSigner {
        /// The evaluator.
        party: String,
    },
    /// The job would exceed a limit.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A table could not be read, or the answer not written.
    #[error(transparent)]
    Container(#[from] ContainerError),
}

impl EvaluateError {
    /// Whether it is the evaluator's file of cases that is at fault.
    pub fn is_about_cases(&self) -> bool {
        matches!(self, Self::Case(_) | Self::Plan(_))
    }
}

impl From<crate::circuit::CircuitError> for EvaluateError {
    fn from(error: crate::circuit::CircuitError) -> Self {
        match error {
            crate::circuit::CircuitError::Input(error) => Self::Container(error),
            other => Self::Container(ContainerError::Io(io::Error::other(other))),
        }
    }
}

impl Evaluator {
    /// An evaluator with the key holder's evaluation key, expanded (about a second and 160 MB), and its own signing key.
    ///
    /// # Errors
    /// When the key's file cannot be read.
    pub fn new(key: &EvaluationKey, signing_key: SigningKey) -> Result<Self, ContainerError> {
        Ok(Self { computer: Computer::new(key)?, signing_key })
    }

    /// Computes the encrypted answers. `progress` is told how many are done.
    ///
    /// Everything is checked before the first bootstrap: dates, signatures, tables, cases, failure probability.
    ///
    /// # Errors
    /// When a check fails or a table cannot be read.
    ///
    /// # Cost
    /// As [`Plan`] counts: for a couple at 18 bits, 6 bootstraps. In memory at a time: some batches' ciphertexts, and
    /// identifiers, never a whole table.
    pub fn evaluate<A: Analysis>(
        &self,
        agreement: &SignedAgreement<A>,
        cases: &A::Cases,
        tables: &[EncryptedTable],
        mut progress: impl FnMut(usize),
    ) -> Result<Evaluation, EvaluateError> {
        let evaluator = agreement.only(Role::Evaluator);
        if !evaluator.owns(&self.signing_key) {
            return Err(EvaluateError::WrongSigner { party: evaluator.name.clone() });
        }
        let tables = self.computer.in_order(agreement, tables)?;
        let (batches, _) = Computer::prepare(agreement, cases, &tables)?;
        let (id, key) = (agreement.id(), self.computer.header.key);
        let disclosure = agreement.disclosure();
        let released = agreement.analysis().released(&agreement.setting());
        let subjects: Vec<SubjectId> = cases.answers().into_iter().cloned().collect();
        let values = subjects.len() * released.fields.len();
        let blinding =
            disclosure.blinded.then(|| Blinding::generate(id, key, &self.signing_key)).transpose()?;
        let transcript = (disclosure.audit < 1.0).then(|| TranscriptWriter::new(id, key, values));
        let mut transcript = transcript.transpose()?;
        let mut collected = Collected::new(released.scale, values);
        let mut done = 0;
        self.computer.compute(agreement, cases, &tables, &batches, blinding.as_ref(), |answered| {
            self.computer.collect(&mut collected, &answered.places, &answered.rows);
            if let Some(transcript) = &mut transcript {
                transcript.rows(&answered.rows)?;
            }
            done += answered.answers;
            progress(done);
            Ok(())
        })?;
        let transcript = transcript.map(|transcript| transcript.finish(&self.signing_key)).transpose()?;
        let provenance = Provenance {
            program: PROGRAM.to_owned(),
            evaluation_key: self.computer.seal.digest(),
            tables: tables.iter().map(|table| table.container().seal()).collect(),
            cases: cases.digest(),
            transcript: transcript.as_ref().map(Transcript::digest),
            blinding: blinding.as_ref().map(Blinding::digest),
            scale: released.scale,
            fields: released.fields.len() as u32,
            subjects,
        };
        let answer = EncryptedAnswer::new(id, key, provenance, &collected, &self.signing_key)?;
        Ok(Evaluation { answer, transcript, blinding })
    }

    /// Counts what [`evaluate`](Self::evaluate) would do, after the same checks.
    ///
    /// # Errors
    /// When a check fails.
    pub fn plan<A: Analysis>(
        &self,
        agreement: &SignedAgreement<A>,
        cases: &A::Cases,
        tables: &[EncryptedTable],
    ) -> Result<Plan, EvaluateError> {
        let tables = self.computer.in_order(agreement, tables)?;
        Ok(Computer::prepare(agreement, cases, &tables)?.1)
    }

    /// Seconds per bootstrap on this machine with all its cores, from a short run on a key of meaningless contents.
    pub fn seconds_per_bootstrap() -> f64 {
        let engine = Engine::new(Expanded::for_measurement());
        engine.seconds_per_bootstrap()
    }
}
