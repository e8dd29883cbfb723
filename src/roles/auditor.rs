//! Role 4, the auditor: evaluates again the agreed share of the answers, and attests.

use std::collections::HashMap;

use drempel_fhe::bootstrap::WORDS;
use drempel_fhe::packing::PackedAnswers;

use super::evaluation::{CheckedJob, EvaluateError, EvaluationContext, Proceed, Progress};
use crate::agreement::Role;
use crate::analysis::Program;
use crate::artefacts::{
    Attestation, Blinding, EncryptedAnswer, EncryptedTable, EvaluationKey, Noise, Nonce, PROGRAM, Statement,
    Transcript,
};
use crate::cases::Cases;
use crate::contract::SignedAgreement;
use crate::files::container::{Container, ContainerError, Seal};
use crate::plan::ANSWERS_PER_PASS;
use crate::signature::SigningKey;
use crate::units::Digest;
use crate::verify::{self, Draw, InHand, VerifyError};

/// The party that evaluates again: a data provider or a supervisor. It holds no key that decrypts.
pub struct Auditor {
    context: EvaluationContext,
    signing_key: SigningKey,
}

/// Why nothing is attested.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// The evaluation itself would be refused: dates, tables, households, lines.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
    /// A file belongs elsewhere or is damaged.
    #[error("{what}: {source}")]
    Input {
        /// Which file.
        what: &'static str,
        /// What is wrong with it.
        source: ContainerError,
    },
    /// A signing key that is no auditor's.
    #[error("no auditor of this agreement has this signing key")]
    NotAnAuditor,
    /// The answer does not belong to the agreement, or was made from something else.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The answers are about other subjects, or in another order.
    #[error("the answer is about others than those given")]
    OtherSubjects,
    /// A file that the agreement asks for, or does not.
    #[error("the agreement and the answer do not fit: {why}")]
    Unfit {
        /// What is missing or too much.
        why: &'static str,
    },
    /// The answers in the file are not those that were computed.
    #[error("answers {first} to {last} of the file are not what the evaluation gives; nothing is attested")]
    AnswersDiffer {
        /// Counted from one.
        first: usize,
        /// Counted from one.
        last: usize,
    },
    /// The transcript has something that was not computed as agreed.
    #[error("answer {row} is not what the evaluation gives; nothing is attested")]
    RowDiffers {
        /// Counted from one, in the order of the cases.
        row: usize,
    },
}

impl AuditError {
    /// Whether the answer was found wrong, or the agreement refuses; as opposed to a malformed file.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Evaluate(error) => error.is_refusal(),
            other => !matches!(other, Self::Input { source: ContainerError::Io(_), .. }),
        }
    }

    /// Whether it is the evaluator's file of cases that is at fault.
    pub fn is_about_cases(&self) -> bool {
        matches!(self, Self::Evaluate(error) if error.is_about_cases())
    }
}

impl Auditor {
    /// An auditor with the key holder's evaluation key, expanded (about a second and 160 MB), and its own signing key.
    ///
    /// # Errors
    /// When the key's file cannot be read.
    pub fn new(key: &EvaluationKey, signing_key: SigningKey) -> Result<Self, ContainerError> {
        Ok(Self { context: EvaluationContext::new(key)?, signing_key })
    }

    /// Draws random bytes for a noise seed to which the evaluator has committed itself by its digest: before the evaluation.
    ///
    /// # Errors
    /// When the signing key is no auditor's.
    pub fn nonce<A: Program>(
        &self,
        agreement: &SignedAgreement<A>,
        commitment: Digest,
    ) -> Result<Nonce, AuditError> {
        self.check_signing_key(agreement)?;
        let nonce = Nonce::draw(agreement.id(), self.context.header.key, commitment, &self.signing_key);
        nonce.map_err(|source| AuditError::Input { what: "nonce", source })
    }

    fn check_signing_key<A>(&self, agreement: &SignedAgreement<A>) -> Result<(), AuditError> {
        let is_auditor = agreement.holders(Role::Auditor).any(|party| party.owns(&self.signing_key));
        if is_auditor { Ok(()) } else { Err(AuditError::NotAnAuditor) }
    }

    /// Checks the whole job, evaluates the agreed share again, compares byte for byte, and signs what it found.
    ///
    /// The rows are drawn here, after the answer exists, so that nobody could know them when it was made. `progress` is
    /// told at the start and on the way, of the answers that are evaluated again, and may stop it
    /// ([`Proceed`]): then nothing is attested.
    ///
    /// # Errors
    /// When anything differs from what was agreed.
    ///
    /// # Cost
    /// The agreed share of what `evaluate` costs; packing all answers again where the share is below 1.
    pub fn audit<A: Program, P: Proceed>(
        &self,
        agreement: &SignedAgreement<A>,
        cases: &A::Cases,
        tables: &[EncryptedTable],
        job: &Evaluated<'_>,
        mut progress: impl FnMut(Progress) -> P,
    ) -> Result<Attestation, AuditError> {
        let mut tell = |told| match progress(told).proceeds() {
            true => Ok(()),
            false => Err(AuditError::Evaluate(EvaluateError::Stopped)),
        };
        self.check_signing_key(agreement)?;
        let prepared = self.context.prepare(agreement, cases, tables, job.noise)?;
        self.check_job(&prepared, job)?;
        let answers = prepared.subjects.len();
        // A draw that takes nobody would attest nothing: drawn again.
        let (nonce, indices) = loop {
            let mut nonce = [0; 32];
            getrandom::fill(&mut nonce).expect("the operating system gives random bytes");
            let nonce = Digest::from(nonce);
            let drawn = Draw::new(job.answer.digest(), nonce, agreement.disclosure());
            let indices: Vec<usize> = drawn.indices(answers).collect();
            if !indices.is_empty() {
                break (nonce, indices);
            }
        };
        match job.transcript {
            None => self.compare_all(&prepared, job, &mut tell)?,
            Some(transcript) => {
                self.compare_packing(&prepared, transcript, job.answer)?;
                self.compare_drawn(&prepared, &indices, job, transcript, &mut tell)?;
            }
        }
        let statement = Statement {
            answer: job.answer.digest(),
            nonce,
            audited: indices.len() as u64,
            answers: answers as u64,
            program: PROGRAM.to_owned(),
        };
        let attestation = Attestation::new(job.answer.header(), statement, &self.signing_key);
        attestation.map_err(|source| AuditError::Input { what: "attestation", source })
    }

    /// The answer and what comes with it: signed by the evaluator, made from just these inputs, by this program.
    fn check_job<A: Program>(
        &self,
        prepared: &CheckedJob<'_, A>,
        job: &Evaluated<'_>,
    ) -> Result<(), AuditError> {
        let CheckedJob { agreement, cases, tables, .. } = prepared;
        let key = self.context.header.key;
        let seals: Vec<Seal> = tables.iter().map(|table| table.container().seal()).collect();
        let in_hand = InHand {
            key: Some(key),
            evaluation_key: Some(self.context.seal.digest()),
            tables: Some(&seals),
            cases: Some(cases.digest()),
            this_program: true,
        };
        verify::answer(agreement, job.answer, &in_hand)?;
        let made = job.answer.provenance();
        if *prepared.subjects != made.subjects {
            return Err(AuditError::OtherSubjects);
        }
        let unfit = |why| Err(AuditError::Unfit { why });
        let checked = |what, container: &Container| {
            verify::by_evaluator(agreement, key, container)
                .map_err(|source| AuditError::Input { what, source })
        };
        if made.blinding != job.blinding.map(Blinding::digest) {
            return unfit("the blinding that the answer names must be given, and no other");
        }
        if let Some(blinding) = job.blinding {
            checked("blinding", blinding.container())?;
        }
        if made.noise != prepared.closing.as_ref().map(|(closing, _)| *closing) {
            return unfit("the noise seed and the nonce that the answer names must be given, and no others");
        }
        if made.transcript != job.transcript.map(Transcript::digest) {
            return unfit("the transcript that the answer names must be given, and no other");
        }
        if let Some(transcript) = job.transcript {
            checked("transcript", transcript.container())?;
            if transcript.rows() != made.values() {
                return unfit("the transcript has another number of answers");
            }
        }
        Ok(())
    }

    /// Evaluates everything again and compares the packed answers.
    fn compare_all<A: Program>(
        &self,
        prepared: &CheckedJob<'_, A>,
        job: &Evaluated<'_>,
        tell: &mut impl FnMut(Progress) -> Result<(), AuditError>,
    ) -> Result<(), AuditError> {
        let mut collected = job.answer.empty_packing();
        let of = prepared.subjects.len();
        tell(Progress { done: 0, of })?;
        for indices in prepared.parts(ANSWERS_PER_PASS) {
            let indices = Vec::from_iter(indices);
            let rows = self.context.rows(prepared, &indices, job.blinding)?;
            self.context.collect(prepared, &mut collected, &rows);
            tell(Progress { done: indices[0] + indices.len(), of })?;
        }
        same_answers(&collected, job.answer)
    }

    /// Packs the transcript again: the file of answers must be its sum.
    fn compare_packing<A: Program>(
        &self,
        prepared: &CheckedJob<'_, A>,
        transcript: &Transcript,
        answer: &EncryptedAnswer,
    ) -> Result<(), AuditError> {
        let mut collected = answer.empty_packing();
        for chunk in transcript.chunks() {
            let (_, rows) = chunk.map_err(|source| AuditError::Input { what: "transcript", source })?;
            self.context.collect(prepared, &mut collected, &rows);
        }
        same_answers(&collected, answer)
    }

    /// Evaluates the drawn answers again and compares each value with its row of the transcript.
    fn compare_drawn<A: Program>(
        &self,
        prepared: &CheckedJob<'_, A>,
        indices: &[usize],
        job: &Evaluated<'_>,
        transcript: &Transcript,
        tell: &mut impl FnMut(Progress) -> Result<(), AuditError>,
    ) -> Result<(), AuditError> {
        let fields = prepared.released.fields.len();
        let mut again: HashMap<usize, Vec<u32>> = HashMap::new();
        let of = indices.len();
        tell(Progress { done: 0, of })?;
        for indices in indices.chunks(ANSWERS_PER_PASS) {
            let rows = self.context.rows(prepared, indices, job.blinding)?;
            let values = indices.iter().flat_map(|index| index * fields..(index + 1) * fields);
            again.extend(values.zip(rows.chunks_exact(WORDS).map(<[u32]>::to_vec)));
            tell(Progress { done: again.len() / fields, of })?;
        }
        for chunk in transcript.chunks() {
            let (first, rows) = chunk.map_err(|source| AuditError::Input { what: "transcript", source })?;
            for (value, row) in (first..).zip(rows.chunks_exact(WORDS)) {
                if again.get(&value).is_some_and(|again| again != row) {
                    return Err(AuditError::RowDiffers { row: value / fields + 1 });
                }
            }
        }
        Ok(())
    }
}

/// What an evaluator hands to an auditor.
#[derive(Clone, Copy, Debug)]
pub struct Evaluated<'e> {
    /// The answer to attest.
    pub answer: &'e EncryptedAnswer,
    /// Where only a share is audited.
    pub transcript: Option<&'e Transcript>,
    /// Where answers are blinded.
    pub blinding: Option<&'e Blinding>,
    /// What closed the noise of decisions.
    pub noise: Option<(&'e Noise, &'e Nonce)>,
}

fn same_answers(collected: &PackedAnswers, answer: &EncryptedAnswer) -> Result<(), AuditError> {
    match answer.first_difference(collected).map_err(|source| AuditError::Input { what: "answer", source })? {
        Some((first, last)) => Err(AuditError::AnswersDiffer { first, last }),
        None => Ok(()),
    }
}

/// The probability that an audit of this share sees none of so many forged answers: (1 − share)^forged.
pub fn unseen(share: f64, forged: u32) -> f64 {
    (1.0 - share).powf(f64::from(forged))
}
