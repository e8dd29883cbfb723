//! Role 2, the evaluator: computes the agreed answers on ciphertexts.

use drempel_fhe::bootstrap::Engine;
use drempel_fhe::packing::PackedAnswers;
use drempel_fhe::{keys, leveled};

use super::evaluation::{CheckedJob, EvaluateError, EvaluationContext, Proceed, Progress};
use crate::agreement::Role;
use crate::analysis::Program;
use crate::artefacts::{
    Blinding, EncryptedAnswer, EncryptedTable, EvaluationKey, Noise, Nonce, PROGRAM, Provenance, Transcript,
    TranscriptWriter,
};
use crate::cases::Cases;
use crate::contract::SignedAgreement;
use crate::coverage::Coverage;
use crate::files::container::{ContainerError, NO_LABEL};
use crate::plan::{ANSWERS_PER_PASS, Plan};
use crate::signature::SigningKey;

/// The party that computes. It holds no key that decrypts.
pub struct Evaluator {
    pub(crate) context: EvaluationContext,
    pub(crate) signing_key: SigningKey,
    noise: Option<(Noise, Nonce)>,
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
    /// What it cost.
    pub plan: Plan,
    /// Whom it found in each dataset.
    pub coverage: Vec<Coverage>,
}

impl Evaluator {
    /// An evaluator with the key holder's evaluation key, expanded (about a second and 160 MB), and its own signing key.
    ///
    /// # Errors
    /// When the key's file cannot be read.
    pub fn new(key: &EvaluationKey, signing_key: SigningKey) -> Result<Self, ContainerError> {
        Ok(Self { context: EvaluationContext::new(key)?, signing_key, noise: None })
    }

    /// Commits itself to the randomness that closes the noise of a job's decisions. Its digest goes to an auditor, who
    /// [draws a nonce](crate::Auditor::nonce) for it.
    ///
    /// # Errors
    /// When the signing key is not the evaluator's.
    pub fn commit<A: Program>(&self, agreement: &SignedAgreement<A>) -> Result<Noise, EvaluateError> {
        self.check_signing_key(agreement)?;
        Ok(Noise::generate(agreement.id(), self.context.header.key, &self.signing_key)?)
    }

    /// What closes the noise of its decisions: for the auditor too, and for nobody else.
    pub fn noise(&self) -> Option<(&Noise, &Nonce)> {
        self.noise.as_ref().map(|(noise, nonce)| (noise, nonce))
    }

    /// The same evaluator, which closes the noise of decisions with a seed and the nonce that an auditor drew for it.
    ///
    /// With one seed and nonce a job gives the same answers each time, and another job gets other randomness.
    pub fn with_noise(self, noise: Noise, nonce: Nonce) -> Self {
        Self { noise: Some((noise, nonce)), ..self }
    }

    /// Computes the encrypted answers in memory. `progress` is told at the start and on the way, and may stop it
    /// ([`Proceed`]). For what takes hours
    /// there is [`job`](crate::job).
    ///
    /// Everything is checked before the first bootstrap: dates, signatures, tables, cases, failure probability.
    ///
    /// # Errors
    /// When a check fails or a table cannot be read.
    ///
    /// # Cost
    /// As [`Plan`] counts: for a couple at 18 bits, 789 FFTs of 1,024 points. In memory at a time: some batches' ciphertexts, and
    /// identifiers, never a whole table.
    pub fn evaluate<A: Program, P: Proceed>(
        &self,
        agreement: &SignedAgreement<A>,
        cases: &A::Cases,
        tables: &[EncryptedTable],
        mut progress: impl FnMut(Progress) -> P,
    ) -> Result<Evaluation, EvaluateError> {
        let job = self.prepare(agreement, cases, tables)?;
        let blinding = agreement.disclosure().blinded.then(|| self.blinding(&job)).transpose()?;
        let mut assembly = AnswerBuilder::new(self, &job, blinding)?;
        let of = job.subjects.len();
        let mut tell = |done| match progress(Progress { done, of }).proceeds() {
            true => Ok(()),
            false => Err(EvaluateError::Stopped),
        };
        tell(0)?;
        for indices in job.parts(ANSWERS_PER_PASS) {
            let indices = Vec::from_iter(indices);
            let rows = self.context.rows(&job, &indices, assembly.blinding.as_ref())?;
            assembly.add(&rows)?;
            tell(indices[0] + indices.len())?;
        }
        assembly.finish()
    }

    /// Counts what [`evaluate`](Self::evaluate) would do, after the same checks.
    ///
    /// # Errors
    /// When a check fails.
    pub fn plan<A: Program>(
        &self,
        agreement: &SignedAgreement<A>,
        cases: &A::Cases,
        tables: &[EncryptedTable],
    ) -> Result<Plan, EvaluateError> {
        Ok(self.prepare(agreement, cases, tables)?.plan)
    }

    pub(crate) fn prepare<'p, A: Program>(
        &self,
        agreement: &'p SignedAgreement<A>,
        cases: &'p A::Cases,
        tables: &'p [EncryptedTable],
    ) -> Result<CheckedJob<'p, A>, EvaluateError> {
        self.check_signing_key(agreement)?;
        self.context.prepare(agreement, cases, tables, self.noise())
    }

    fn check_signing_key<A>(&self, agreement: &SignedAgreement<A>) -> Result<(), EvaluateError> {
        let evaluator = agreement.only(Role::Evaluator);
        if evaluator.owns(&self.signing_key) {
            return Ok(());
        }
        Err(EvaluateError::WrongSigner { party: evaluator.name.clone() })
    }

    /// A new seed for a job whose answers are blinded.
    pub(crate) fn blinding<A: Program>(&self, job: &CheckedJob<'_, A>) -> Result<Blinding, ContainerError> {
        Blinding::generate(job.agreement.id(), self.context.header.key, &self.signing_key)
    }

    /// Seconds per FFT of decisions on this machine with all its cores, all that belongs to it included, from a short run on
    /// a key of meaningless contents.
    pub fn seconds_per_fft() -> f64 {
        leveled::measure::seconds_per_fft()
    }

    /// Seconds per bootstrap on this machine with all its cores, from a short run on a key of meaningless contents.
    pub fn seconds_per_bootstrap() -> f64 {
        let engine = Engine::new(keys::EvaluationKey::meaningless());
        engine.seconds_per_bootstrap()
    }
}

/// Answers on their way into a file, in the order of the cases.
pub(crate) struct AnswerBuilder<'a, A: Program> {
    evaluator: &'a Evaluator,
    job: &'a CheckedJob<'a, A>,
    collected: PackedAnswers,
    transcript: Option<TranscriptWriter>,
    blinding: Option<Blinding>,
}

impl<'a, A: Program> AnswerBuilder<'a, A> {
    pub(crate) fn new(
        evaluator: &'a Evaluator,
        job: &'a CheckedJob<'a, A>,
        blinding: Option<Blinding>,
    ) -> Result<Self, ContainerError> {
        let values = job.subjects.len() * job.released.fields.len();
        let (id, key) = (job.agreement.id(), evaluator.context.header.key);
        let is_sampled = job.agreement.disclosure().audit < 1.0;
        let transcript = is_sampled.then(|| TranscriptWriter::new(id, key, values)).transpose()?;
        let collected = PackedAnswers::new(job.released.scale, values);
        Ok(Self { evaluator, job, collected, transcript, blinding })
    }

    /// Takes the next answers.
    pub(crate) fn add(&mut self, rows: &[u32]) -> Result<(), ContainerError> {
        self.evaluator.context.collect(self.job, &mut self.collected, rows);
        match &mut self.transcript {
            Some(transcript) => transcript.rows(rows),
            None => Ok(()),
        }
    }

    /// Signs them all.
    pub(crate) fn finish(self) -> Result<Evaluation, EvaluateError> {
        let Self { evaluator: Evaluator { context, signing_key, .. }, job, blinding, .. } = self;
        let transcript =
            self.transcript.map(|transcript| transcript.finish(signing_key, NO_LABEL)).transpose()?;
        let provenance = Provenance {
            program: PROGRAM.to_owned(),
            evaluation_key: context.seal.digest(),
            tables: job.tables.iter().map(|table| table.container().seal()).collect(),
            cases: job.cases.digest(),
            transcript: transcript.as_ref().map(Transcript::digest),
            blinding: blinding.as_ref().map(Blinding::digest),
            noise: job.closing.as_ref().map(|(closing, _)| *closing),
            scale: job.released.scale,
            fields: job.released.fields.len() as u32,
            subjects: job.subjects.clone().into_owned(),
        };
        let (id, key) = (job.agreement.id(), context.header.key);
        let answer = EncryptedAnswer::new(id, key, provenance, &self.collected, signing_key)?;
        Ok(Evaluation { answer, transcript, blinding, plan: job.plan, coverage: job.coverage.clone() })
    }
}
