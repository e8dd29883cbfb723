use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::error::JobError;
use super::shard::Shard;
use super::store::{ChunkStore, Claim, whole_lines};
use crate::artefacts::{Closing, Transcript};
use crate::files::container::ContainerError;
use crate::units::{AgreementId, Digest};

/// What a shard was begun with: the first line of its manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShardSpec {
    /// The program that computes it: a name and a version.
    pub program: String,
    /// Under which agreement.
    pub agreement: AgreementId,
    /// The digest of the evaluation key.
    pub evaluation_key: Digest,
    /// The tables' digests, in the order of the analysis's datasets.
    pub tables: Vec<Digest>,
    /// The digest of what is asked about.
    pub cases: Digest,
    /// The digest of the blinding, where answers are blinded.
    pub blinding: Option<Digest>,
    /// What closes the noise of the answers, where they are decisions.
    pub noise: Option<Closing>,
    /// Answers of the whole job.
    pub answers: usize,
    /// Answers per chunk.
    pub chunk: usize,
    /// Which share this is.
    pub shard: Shard,
}

/// A chunk on the disk: one line of the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finished {
    /// Which chunk of the whole job, counted from zero.
    pub number: usize,
    /// How many answers it has.
    pub answers: usize,
    /// The digest of its file.
    pub digest: Digest,
    /// When it was finished, by the machine's clock (UTC).
    pub time: String,
}

/// A shard's manifest.
pub(super) struct Manifest<'s> {
    store: &'s dyn ChunkStore,
    /// The shard's name in the store.
    shard: String,
    pub(super) begun: ShardSpec,
    /// By their numbers.
    finished: BTreeMap<usize, Finished>,
    /// Where chunks are to be added.
    claim: Option<Box<dyn Claim>>,
}

/// The largest manifest that is read, in bytes: some 300,000 chunks.
const MAX_BYTES: u64 = 1 << 26;

/// The most answers that a manifest may speak of.
const MAX_ANSWERS: usize = 1 << 32;

impl ShardSpec {
    /// How many answers the shard has.
    pub fn answers_of_shard(&self) -> usize {
        let chunks = self.answers.div_ceil(self.chunk.max(1));
        let Some(last) = chunks.checked_sub(1) else {
            return 0;
        };
        // Every chunk is full but the last.
        let missing = if self.shard.has(last) { self.chunk - self.size(last) } else { 0 };
        self.shard.count(chunks) * self.chunk - missing
    }

    /// The name under which a chunk is signed: what it was made from and which one it is.
    pub(super) fn chunk_name(&self, number: usize) -> String {
        format!("{} {number}", Digest::of(&serde_json::to_vec(self).expect("text and numbers")))
    }

    /// How many answers a chunk has.
    fn size(&self, number: usize) -> usize {
        self.chunk.min(self.answers - number * self.chunk)
    }

    /// What of another beginning is not the same.
    fn difference(&self, other: &Self) -> Option<&'static str> {
        let same = [
            ("agreement", self.agreement == other.agreement),
            ("program or version", self.program == other.program),
            ("evaluation key", self.evaluation_key == other.evaluation_key),
            ("table", self.tables == other.tables),
            ("file of cases", self.cases == other.cases && self.answers == other.answers),
            ("blinding", self.blinding == other.blinding),
            ("noise seed or nonce", self.noise == other.noise),
            ("size of chunks", self.chunk == other.chunk),
            ("shard", self.shard == other.shard),
        ];
        same.into_iter().find(|(_, same)| !same).map(|(what, _)| what)
    }
}

impl<'s> Manifest<'s> {
    /// Begins a shard, or goes on with one. The shard stays claimed.
    pub(super) fn open(store: &'s dyn ChunkStore, begun: &ShardSpec) -> Result<Self, JobError> {
        let shard = begun.shard.name();
        let path = store.location(&entry(&shard, NAME));
        let io = JobError::io(&path);
        let mut claim = store.begin(&shard).map_err(not_claimed(store, &shard))?;
        // A line that a crash cut off was never said: its chunk is computed again.
        let text = claim.lines(MAX_BYTES).map_err(&io)?;
        let mut manifest = match Self::parse(store, shard.clone(), &text)? {
            Some(manifest) => manifest,
            None => {
                claim.append(&line(begun)).map_err(&io)?;
                Self { store, shard, begun: begun.clone(), finished: BTreeMap::new(), claim: None }
            }
        };
        manifest.expect(begun)?;
        // What is said to be there but is not, or not whole, is computed again.
        let shard = &manifest.shard;
        manifest.finished.retain(|_, chunk| {
            let opened = open_chunk(store, shard, chunk.number);
            opened.is_ok_and(|opened| opened.digest() == chunk.digest)
        });
        Ok(Self { claim: Some(claim), ..manifest })
    }

    /// Reads a shard's manifest; None where there is none yet.
    pub(super) fn read(store: &'s dyn ChunkStore, shard: String) -> Result<Option<Self>, JobError> {
        let name = entry(&shard, NAME);
        let text = match store.get(&name).and_then(|stored| stored.read(MAX_BYTES)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(JobError::io(&store.location(&name)))?,
        };
        Self::parse(store, shard, &whole_lines(text))
    }

    fn parse(store: &'s dyn ChunkStore, shard: String, text: &[u8]) -> Result<Option<Self>, JobError> {
        let path = store.location(&entry(&shard, NAME));
        let bad = |line: usize| JobError::BadManifest { path: path.clone(), line };
        let mut lines = text.split_inclusive(|byte| *byte == b'\n').enumerate();
        let Some((_, first)) = lines.next() else {
            return Ok(None);
        };
        let begun: ShardSpec = serde_json::from_slice(first).map_err(|_| bad(1))?;
        if begun.answers > MAX_ANSWERS || (begun.chunk == 0) != (begun.answers == 0) {
            return Err(bad(1));
        }
        let mut finished = BTreeMap::new();
        for (index, line) in lines {
            let chunk: Finished = serde_json::from_slice(line).map_err(|_| bad(index + 1))?;
            let is_ours =
                begun.shard.has(chunk.number) && chunk.number < begun.answers.div_ceil(begun.chunk.max(1));
            if !is_ours || chunk.answers != begun.size(chunk.number) {
                return Err(bad(index + 1));
            }
            // One that was computed again, because it was found damaged: the later line counts.
            finished.insert(chunk.number, chunk);
        }
        Ok(Some(Self { store, shard, begun, finished, claim: None }))
    }

    /// Refuses a job that was begun with something else.
    pub(super) fn expect(&self, begun: &ShardSpec) -> Result<(), JobError> {
        match self.begun.difference(begun) {
            Some(what) => {
                Err(JobError::Changed { path: self.store.location(&entry(&self.shard, NAME)), what })
            }
            None => Ok(()),
        }
    }

    /// Answers on the disk.
    pub(super) fn done(&self) -> usize {
        self.finished.values().map(|chunk| chunk.answers).sum()
    }

    /// The numbers of the chunks that are there, and how many answers each has.
    pub(super) fn chunks(&self) -> impl Iterator<Item = (usize, usize)> {
        self.finished.values().map(|chunk| (chunk.number, chunk.answers))
    }

    /// Keeps others from adding to it, until the claim is dropped.
    pub(super) fn lock(&self) -> Result<Box<dyn Claim>, JobError> {
        self.store.claim(&self.shard).map_err(not_claimed(self.store, &self.shard))
    }

    /// The digest of a chunk that is there.
    pub(super) fn digest(&self, number: usize) -> Option<Digest> {
        self.finished.get(&number).map(|chunk| chunk.digest)
    }

    /// Where a chunk is, for messages.
    pub(super) fn chunk_path(&self, number: usize) -> PathBuf {
        self.store.location(&chunk_name(&self.shard, number))
    }

    /// Opens a chunk and verifies its bytes.
    pub(super) fn chunk(&self, number: usize) -> Result<Transcript, ContainerError> {
        open_chunk(self.store, &self.shard, number)
    }

    /// Puts a chunk into the store, and then says so.
    pub(super) fn add(&mut self, number: usize, answers: usize, chunk: &Transcript) -> Result<(), JobError> {
        let written = self.store.put(&chunk_name(&self.shard, number), &mut |out| chunk.write(out));
        written.map_err(JobError::about(&self.chunk_path(number)))?;
        let time = jiff::Timestamp::now().round(jiff::Unit::Second).expect("now is no extreme time");
        let finished = Finished { number, answers, digest: chunk.digest(), time: time.to_string() };
        let path = self.store.location(&entry(&self.shard, NAME));
        let claim = self.claim.as_mut().expect("a manifest that is added to was opened for it");
        claim.append(&line(&finished)).map_err(JobError::io(&path))?;
        self.finished.insert(number, finished);
        Ok(())
    }
}

fn not_claimed(store: &dyn ChunkStore, shard: &str) -> impl FnOnce(io::Error) -> JobError {
    move |error| match error.kind() {
        io::ErrorKind::ResourceBusy => JobError::InUse { path: store.location(shard) },
        _ => JobError::io(&store.location(&entry(shard, NAME)))(error),
    }
}

fn open_chunk(store: &dyn ChunkStore, shard: &str, number: usize) -> Result<Transcript, ContainerError> {
    Transcript::from_container(store.get(&chunk_name(shard, number))?.container()?)
}

/// The name of a shard's entry.
fn entry(shard: &str, name: &str) -> String {
    format!("{shard}/{name}")
}

fn chunk_name(shard: &str, number: usize) -> String {
    entry(shard, &format!("{number}.rows"))
}

fn line(of: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(of).expect("a line is text and numbers");
    bytes.push(b'\n');
    bytes
}

/// What a shard's manifest is called.
pub(super) const NAME: &str = "manifest";
