use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{JobError, Shard};
use crate::artefacts::Transcript;
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

/// A shard's manifest, and its folder.
#[derive(Debug)]
pub(super) struct Manifest {
    folder: PathBuf,
    pub(super) begun: ShardSpec,
    /// By their numbers.
    finished: BTreeMap<usize, Finished>,
    /// Locked, where chunks are to be added.
    file: Option<File>,
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
            ("size of chunks", self.chunk == other.chunk),
            ("shard", self.shard == other.shard),
        ];
        same.into_iter().find(|(_, same)| !same).map(|(what, _)| what)
    }
}

impl Manifest {
    /// Begins a shard, or goes on with one. The manifest stays locked.
    pub(super) fn open(folder: &Path, begun: &ShardSpec) -> Result<Self, JobError> {
        let path = folder.join(NAME);
        let io = JobError::io(&path);
        fs::create_dir_all(folder).map_err(&io)?;
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path).map_err(&io)?;
        lock(&file, folder)?;
        let (text, whole) = read(&mut file).map_err(&io)?;
        // A line that a crash cut off was never said: its chunk is computed again.
        file.set_len(whole).map_err(&io)?;
        let mut manifest = match Self::parse(folder, &text)? {
            Some(manifest) => manifest,
            None => {
                append(&mut file, begun).map_err(&io)?;
                Self {
                    folder: folder.to_owned(),
                    begun: begun.clone(),
                    finished: BTreeMap::new(),
                    file: None,
                }
            }
        };
        manifest.expect(begun)?;
        // What is said to be there but is not, or not whole, is computed again.
        manifest.finished.retain(|_, chunk| {
            let opened = Transcript::open(&folder.join(chunk_name(chunk.number)));
            opened.is_ok_and(|opened| opened.digest() == chunk.digest)
        });
        Ok(Self { file: Some(file), ..manifest })
    }

    /// Reads a shard's manifest; nothing where there is none yet.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, JobError> {
        let path = folder.join(NAME);
        let mut file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(JobError::io(&path))?,
        };
        let (text, _) = read(&mut file).map_err(JobError::io(&path))?;
        Self::parse(folder, &text)
    }

    fn parse(folder: &Path, text: &[u8]) -> Result<Option<Self>, JobError> {
        let bad = |line: usize| JobError::BadManifest { path: folder.join(NAME), line };
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
        Ok(Some(Self { folder: folder.to_owned(), begun, finished, file: None }))
    }

    /// Refuses a job that was begun with something else.
    pub(super) fn expect(&self, begun: &ShardSpec) -> Result<(), JobError> {
        match self.begun.difference(begun) {
            Some(what) => Err(JobError::Changed { path: self.folder.join(NAME), what }),
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

    /// Keeps others from adding to it, until the file is dropped.
    pub(super) fn lock(&self) -> Result<File, JobError> {
        let path = self.folder.join(NAME);
        let file = File::open(&path).map_err(JobError::io(&path))?;
        lock(&file, &self.folder)?;
        Ok(file)
    }

    /// The digest of a chunk that is there.
    pub(super) fn digest(&self, number: usize) -> Option<Digest> {
        self.finished.get(&number).map(|chunk| chunk.digest)
    }

    pub(super) fn chunk_path(&self, number: usize) -> PathBuf {
        self.folder.join(chunk_name(number))
    }

    /// Puts a chunk on the disk, and then says so.
    pub(super) fn add(&mut self, number: usize, answers: usize, chunk: &Transcript) -> Result<(), JobError> {
        let path = self.chunk_path(number);
        chunk.save(&path).map_err(JobError::about(&path))?;
        let time = jiff::Timestamp::now().round(jiff::Unit::Second).expect("now is no extreme time");
        let line = Finished { number, answers, digest: chunk.digest(), time: time.to_string() };
        let path = self.folder.join(NAME);
        let file = self.file.as_mut().expect("a manifest that is added to was opened for it");
        append(file, &line).map_err(JobError::io(&path))?;
        self.finished.insert(number, line);
        Ok(())
    }
}

const NAME: &str = "manifest";

fn lock(file: &File, folder: &Path) -> Result<(), JobError> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => JobError::InUse { path: folder.to_owned() },
        TryLockError::Error(error) => JobError::io(&folder.join(NAME))(error),
    })
}

fn chunk_name(number: usize) -> String {
    format!("{number}.rows")
}

/// All whole lines, and how many bytes they are.
fn read(file: &mut File) -> io::Result<(Vec<u8>, u64)> {
    file.seek(SeekFrom::Start(0))?;
    let mut text = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut text)?;
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    text.truncate(whole);
    Ok((text, whole as u64))
}

fn append(file: &mut File, line: &impl Serialize) -> io::Result<()> {
    let mut bytes = serde_json::to_vec(line).expect("a line is text and numbers");
    bytes.push(b'\n');
    let before = file.metadata()?.len();
    if let Err(error) = file.write_all(&bytes).and_then(|()| file.sync_all()) {
        // Best effort: half a line is cut off when the job is resumed.
        let _ = file.set_len(before);
        return Err(error);
    }
    Ok(())
}
