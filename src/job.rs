//! An evaluation that takes hours, kept in a [`ChunkStore`], such as a [`Folder`]: every chunk of answers is there before
//! the next begins, so that a crash, a full disk or a stop costs at most one chunk, and never changes an answer.
//!
//! A job may be cut into shards, each evaluated by a process of its own, on any machine that sees the store. Each keeps
//! a manifest of what it was begun with and of every chunk that it finished. Whoever assembles the answer reads every
//! chunk again.
//!
//! ```text
//! answer.enc.job/blinding.drempel      where answers are blinded: one seed for all shards
//! answer.enc.job/1-of-1/manifest       a line of JSON to begin with, then one for each chunk
//! answer.enc.job/1-of-1/0.rows         a transcript of the first chunk's answers
//! ```

use std::collections::BTreeMap;
use std::num::NonZero;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use drempel_fhe::bootstrap::WORDS;

use crate::analysis::Program;
use crate::artefacts::{Blinding, EncryptedAnswer, EncryptedTable, PROGRAM, TranscriptWriter};
use crate::cases::Cases;
use crate::contract::SignedAgreement;
use crate::files::container::{Container, ContainerError, NO_LABEL};
use crate::plan::Plan;
use crate::roles::evaluation::CheckedJob;
use crate::roles::evaluator::{AnswerBuilder, Evaluation, Evaluator};
use crate::roles::{EvaluateError, Progress};
use crate::verify;

mod error;
mod folder;
mod manifest;
mod shard;
mod store;

pub use error::JobError;
pub use folder::Folder;
use manifest::Manifest;
pub use manifest::{Finished, ShardSpec};
pub use shard::{NoShard, Shard};
pub use store::{ChunkStore, Claim, Stored, Writing};

/// Answers per chunk, if nobody wants it otherwise: about ten seconds of work on two cores.
pub const CHUNK: NonZero<usize> = NonZero::new(256).expect("not zero");

/// Whether a job is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// It must not be.
    New,
    /// Go on with what is missing, from the beginning where nothing is there.
    Resume,
}

/// How far a job has come.
#[derive(Clone, Debug)]
pub struct Status {
    /// The shards that were begun, each with what it has.
    pub shards: Vec<(ShardSpec, Progress)>,
    /// All of them together: what two shards have counts once.
    pub whole: Progress,
}

/// How far the shards of a job have come.
///
/// # Errors
/// When there is no job, or a manifest is not as it was written.
pub fn status(store: &dyn ChunkStore) -> Result<Status, JobError> {
    let manifests = manifests(store)?.ok_or_else(|| JobError::NotBegun { path: store.location("") })?;
    let chunks: BTreeMap<usize, usize> = manifests.iter().flat_map(Manifest::chunks).collect();
    let of = manifests.first().map_or(0, |manifest| manifest.begun.answers);
    let whole = Progress { done: chunks.values().sum(), of };
    let shard = |manifest: Manifest<'_>| {
        let progress = Progress { done: manifest.done(), of: manifest.begun.answers_of_shard() };
        (manifest.begun, progress)
    };
    Ok(Status { shards: manifests.into_iter().map(shard).collect(), whole })
}

/// The manifests of all shards in their order; None where there is no job.
fn manifests(store: &dyn ChunkStore) -> Result<Option<Vec<Manifest<'_>>>, JobError> {
    let Some(shards) = store.shards().map_err(JobError::io(&store.location("")))? else {
        return Ok(None);
    };
    let mut found = Vec::new();
    for shard in shards {
        found.extend(Manifest::read(store, shard)?);
    }
    found.sort_by_key(|manifest| manifest.begun.shard);
    Ok(Some(found))
}

/// A job whose inputs have all been checked.
pub struct Job<'j, A: Program> {
    evaluator: &'j Evaluator,
    inputs: CheckedJob<'j, A>,
    store: &'j dyn ChunkStore,
    /// The indices of each chunk.
    parts: Vec<Range<usize>>,
}

impl Evaluator {
    /// Checks a job's inputs as [`evaluate`](Self::evaluate) does. Nothing is written yet. A chunk has `chunk` answers, or
    /// all of them where they depend on one another.
    ///
    /// # Errors
    /// When a check fails.
    pub fn job<'j, A: Program>(
        &'j self,
        agreement: &'j SignedAgreement<A>,
        cases: &'j A::Cases,
        tables: &'j [EncryptedTable],
        store: &'j dyn ChunkStore,
        chunk: NonZero<usize>,
    ) -> Result<Job<'j, A>, EvaluateError> {
        let inputs = self.prepare(agreement, cases, tables)?;
        let parts = inputs.parts(chunk.get());
        Ok(Job { evaluator: self, inputs, store, parts })
    }
}

impl<A: Program> Job<'_, A> {
    /// What the whole job costs.
    pub fn plan(&self) -> &Plan {
        &self.inputs.plan
    }

    /// Evaluates a shard into the job's store, chunk by chunk. When `stop` becomes true, the chunk in hand is finished
    /// and no other begun. `progress` is told at the start and after each chunk.
    ///
    /// # Errors
    /// Before anything runs: when a new job is there already, or when the one to resume was begun with other inputs or by
    /// another version. Later: when the store fails; then [`Start::Resume`] goes on.
    ///
    /// # Cost
    /// As [`evaluate`](Evaluator::evaluate), and 8 KB in the store per encrypted value.
    pub fn evaluate(
        &self,
        shard: Shard,
        start: Start,
        stop: &AtomicBool,
        mut progress: impl FnMut(Progress),
    ) -> Result<Progress, JobError> {
        let path = self.store.location(&shard.name());
        let begun = self.store.shards().map_err(JobError::io(&path))?.unwrap_or_default();
        if start == Start::New && begun.contains(&shard.name()) {
            return Err(JobError::Exists { path });
        }
        let blinding = self.blinding()?;
        let begun = self.begun(shard, blinding.as_ref());
        let mut manifest = Manifest::open(self.store, &begun)?;
        let of = begun.answers_of_shard();
        progress(Progress { done: manifest.done(), of });
        for (number, indices) in self.parts.iter().enumerate().filter(|(number, _)| shard.has(*number)) {
            if manifest.digest(number).is_some() {
                continue;
            }
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let indices = Vec::from_iter(indices.clone());
            let rows = self.evaluator.context.rows(&self.inputs, &indices, blinding.as_ref())?;
            let (id, key) = (self.inputs.agreement.id(), self.evaluator.context.header.key);
            let mut writer = TranscriptWriter::new(id, key, rows.len() / WORDS)?;
            writer.rows(&rows)?;
            let chunk = writer.finish(&self.evaluator.signing_key, &begun.chunk_name(number))?;
            manifest.add(number, indices.len(), &chunk)?;
            progress(Progress { done: manifest.done(), of });
        }
        Ok(Progress { done: manifest.done(), of })
    }

    /// Joins the chunks of all shards to the answer, after reading each again, and removes the job from its store when `save`
    /// has put the answer on the disk. No other process works on the job meanwhile. `progress` is told how many answers
    /// are joined.
    ///
    /// # Errors
    /// When a chunk is missing, damaged or not this evaluator's, or a shard was begun with other inputs; what `save`
    /// says.
    pub fn assemble<E: From<JobError>>(
        &self,
        save: impl FnOnce(&Evaluation) -> Result<(), E>,
        progress: impl FnMut(Progress),
    ) -> Result<Evaluation, E> {
        let path = self.store.location("");
        let manifests = manifests(self.store)?.ok_or_else(|| JobError::NotBegun { path: path.clone() })?;
        let claims: Result<Vec<Box<dyn Claim>>, JobError> = manifests.iter().map(Manifest::lock).collect();
        let claims = claims?;
        let evaluation = self.joined(&manifests, progress)?;
        save(&evaluation)?;
        self.store.remove().map_err(JobError::io(&path))?;
        drop(claims);
        Ok(evaluation)
    }

    fn joined(
        &self,
        manifests: &[Manifest<'_>],
        mut progress: impl FnMut(Progress),
    ) -> Result<Evaluation, JobError> {
        let blinding = if manifests.is_empty() { None } else { self.stored_blinding()? };
        let begun = self.begun(Shard::WHOLE, blinding.as_ref());
        for manifest in manifests {
            manifest.expect(&ShardSpec { shard: manifest.begun.shard, ..begun.clone() })?;
        }
        let holder = |number: usize| manifests.iter().find(|manifest| manifest.digest(number).is_some());
        let holders: Vec<Option<&Manifest<'_>>> = (0..self.parts.len()).map(holder).collect();
        let finished = self.parts.iter().zip(&holders).filter(|(_, holder)| holder.is_some());
        let (done, of) = (finished.map(|(indices, _)| indices.len()).sum(), self.inputs.subjects.len());
        if done < of {
            return Err(JobError::Unfinished { done, of });
        }
        let mut assembly = AnswerBuilder::new(self.evaluator, &self.inputs, blinding)?;
        progress(Progress { done: 0, of });
        for ((number, indices), manifest) in self.parts.iter().enumerate().zip(holders.into_iter().flatten())
        {
            assembly.add(&self.chunk(manifest, number, indices.len())?)?;
            progress(Progress { done: indices.end, of });
        }
        Ok(assembly.finish()?)
    }

    /// Whether an answer is this job's: made from the same inputs by the same program.
    pub fn is_answered_by(&self, answer: &EncryptedAnswer) -> bool {
        let (made, begun) = (answer.provenance(), self.begun(Shard::WHOLE, None));
        made.program == begun.program
            && made.evaluation_key == begun.evaluation_key
            && made.tables.iter().map(|table| table.digest()).eq(begun.tables)
            && made.cases == begun.cases
            && self.expect_own(answer.container(), NO_LABEL).is_ok()
    }

    /// What a shard is begun with: one that was begun with something else is another job's.
    fn begun(&self, shard: Shard, blinding: Option<&Blinding>) -> ShardSpec {
        ShardSpec {
            program: PROGRAM.to_owned(),
            agreement: self.inputs.agreement.id(),
            evaluation_key: self.evaluator.context.seal.digest(),
            tables: self.inputs.tables.iter().map(|table| table.digest()).collect(),
            cases: self.inputs.cases.digest(),
            blinding: blinding.map(Blinding::digest),
            noise: self.inputs.closing.as_ref().map(|(closing, _)| *closing),
            answers: self.inputs.subjects.len(),
            chunk: self.parts.first().map_or(0, Range::len),
            shard,
        }
    }

    /// The seed that all shards share: whoever comes first makes it. Once a shard was begun there is no other.
    fn blinding(&self) -> Result<Option<Blinding>, JobError> {
        if !self.inputs.agreement.disclosure().blinded {
            return Ok(None);
        }
        let is_begun = manifests(self.store)?.is_some_and(|manifests| !manifests.is_empty());
        if !is_begun {
            let (made, path) = (self.evaluator.blinding(&self.inputs)?, self.store.location(BLINDING));
            self.store.put_new(BLINDING, &mut |out| made.write(out)).map_err(JobError::about(&path))?;
        }
        self.stored_blinding()
    }

    /// That seed, where a shard was begun.
    fn stored_blinding(&self) -> Result<Option<Blinding>, JobError> {
        if !self.inputs.agreement.disclosure().blinded {
            return Ok(None);
        }
        let open = || {
            let blinding = Blinding::from_container(self.store.get(BLINDING)?.container()?)?;
            self.expect_own(blinding.container(), NO_LABEL)?;
            Ok(blinding)
        };
        open().map(Some).map_err(|source| JobError::Blinding { path: self.store.location(BLINDING), source })
    }

    /// The rows of a finished chunk, checked like any artefact.
    fn chunk(&self, manifest: &Manifest<'_>, number: usize, answers: usize) -> Result<Vec<u32>, JobError> {
        let read = || {
            let chunk = manifest.chunk(number)?;
            self.expect_own(chunk.container(), &manifest.begun.chunk_name(number))?;
            let same = Some(chunk.digest()) == manifest.digest(number);
            if !same || chunk.rows() != answers * self.inputs.released.fields.len() {
                return Err(ContainerError::BadContents("not the chunk that the manifest names"));
            }
            let rows: Result<Vec<(usize, Vec<u32>)>, ContainerError> = chunk.chunks().collect();
            Ok(rows?.into_iter().flat_map(|(_, rows)| rows).collect())
        };
        read().map_err(JobError::about(&manifest.chunk_path(number)))
    }

    fn expect_own(&self, container: &Container, name: &str) -> Result<(), ContainerError> {
        let key = self.evaluator.context.header.key;
        verify::by_evaluator_as(self.inputs.agreement, key, container, name)
    }
}

/// The entry with the seed that all shards share.
const BLINDING: &str = "blinding.drempel";
