//! A party's ledger; the key holder's has what was opened, for whom, when. Never a value.
//!
//! One line of JSON per entry. Each entry holds the digest of the line before it and is signed, so that no line can be
//! edited, removed or moved without notice. A ledger whose last lines are cut off is still a chain: compare its head
//! with the one that the last release printed.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::signature::{Context, Signature, SigningKey, VerifyingKey};
use crate::units::{AgreementId, Digest, KeyId, hides};

/// The largest ledger that is read, in bytes.
const MAX_BYTES: u64 = 1 << 30;

/// The longest line, in bytes: a purge of some 240,000 files.
const MAX_LINE_BYTES: u64 = 1 << 24;

/// A verified ledger. While it is open, no other process can write to its file.
#[derive(Debug)]
pub struct Ledger {
    entries: Vec<Entry>,
    head: Digest,
    signer: Option<VerifyingKey>,
    storage: Storage,
}

/// Where a ledger's lines go.
#[derive(Debug)]
enum Storage {
    /// Nowhere: a rehearsal.
    Memory,
    /// It was opened to be read.
    ReadOnly,
    File(File),
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Counted from one.
    pub number: u64,
    /// The digest of the line before; zeros for the first.
    pub previous: Digest,
    /// When, by the machine's clock (UTC).
    pub time: String,
    /// What happened.
    pub event: Event,
}

/// What a ledger records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Event {
    /// A key set was made.
    Keys {
        /// For which agreement.
        agreement: AgreementId,
        /// Its name.
        key: KeyId,
        /// The evaluation key, by its digest.
        evaluation_key: Digest,
    },
    /// Answers were opened, or would have been but for a value that is no answer.
    Release(Release),
    /// Files were deleted because their retention period was over.
    Purge {
        /// Under which agreement.
        agreement: AgreementId,
        /// The artefacts, by their digests.
        files: Vec<Digest>,
        /// How many other files. A digest of plaintext would let somebody guess it.
        others: u64,
    },
}

impl Event {
    /// Under which agreement it happened.
    pub fn agreement(&self) -> AgreementId {
        match self {
            Self::Keys { agreement, .. } | Self::Purge { agreement, .. } => *agreement,
            Self::Release(release) => release.agreement,
        }
    }
}

/// One release: which answers, made from what, for whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Under which agreement.
    pub agreement: AgreementId,
    /// Opened with which key set.
    pub key: KeyId,
    /// The party that opened them.
    pub by: String,
    /// The party that they are for.
    pub to: String,
    /// The encrypted answer.
    pub answer: Digest,
    /// The encrypted tables that it was made from.
    pub tables: Vec<Digest>,
    /// What was asked about.
    pub cases: Digest,
    /// The attestations that were accepted.
    pub attestations: Vec<Digest>,
    /// How many answers were opened.
    pub answers: u64,
    /// How many of them an auditor had evaluated again.
    pub audited: u64,
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    entry: Entry,
    signature: Signature,
}

/// Why a ledger is not to be trusted, or not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// The operating system failed.
    #[error("reading or writing the ledger failed: {0}")]
    Io(#[from] io::Error),
    /// Another process has it.
    #[error("another process is writing to this ledger")]
    InUse,
    /// Opened to be read.
    #[error("this ledger was opened to be read, not to be written to")]
    ReadOnly,
    /// Already there.
    #[error("there is a ledger already; it is never overwritten")]
    Exists,
    /// A ledger of a gibibyte.
    #[error("the ledger is larger than any that drempel writes")]
    TooLarge,
    /// A line that is not exactly what was written.
    #[error("line {line}: not as it was written")]
    Altered {
        /// Counted from one.
        line: usize,
    },
    /// A line that does not follow the one before it.
    #[error("line {line}: a line before it was changed, removed or moved")]
    BrokenChain {
        /// Counted from one.
        line: usize,
    },
    /// A line that the ledger's owner did not sign.
    #[error("line {line}: the signature is not that of the ledger's owner")]
    NotSigned {
        /// Counted from one.
        line: usize,
    },
    /// The chain holds, but it ends elsewhere than it should.
    #[error("the ledger ends at {found}, not at {expected}: lines are missing at its end, or there are more")]
    OtherHead {
        /// As a release printed it.
        expected: Digest,
        /// As it is.
        found: Digest,
    },
}

impl LedgerError {
    /// Whether the ledger is not to be trusted, as opposed to a failing system.
    pub fn is_refusal(&self) -> bool {
        !matches!(self, Self::Io(_) | Self::InUse | Self::Exists | Self::ReadOnly | Self::TooLarge)
    }
}

impl Ledger {
    /// A ledger without a file, for rehearsals: it forgets when it is dropped.
    pub fn in_memory() -> Self {
        Self { entries: Vec::new(), head: START, signer: None, storage: Storage::Memory }
    }

    /// A new, empty ledger file.
    ///
    /// # Errors
    /// When there is one already, or it cannot be made.
    pub fn create(path: &Path) -> Result<Self, LedgerError> {
        let file = OpenOptions::new().read(true).append(true).create_new(true).open(path);
        let file = file.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => LedgerError::Exists,
            _ => LedgerError::Io(error),
        })?;
        file.try_lock().map_err(|_| LedgerError::InUse)?;
        Ok(Self { storage: Storage::File(file), ..Self::in_memory() })
    }

    /// Opens a ledger to write to it, verifies every line, and keeps others from writing.
    ///
    /// # Errors
    /// When it cannot be read, or a line is not as it was written.
    pub fn open(path: &Path, owner: &VerifyingKey) -> Result<Self, LedgerError> {
        let mut file = OpenOptions::new().read(true).append(true).open(path)?;
        file.try_lock().map_err(|_| LedgerError::InUse)?;
        let ledger = Self::read(&mut file, owner)?;
        Ok(Self { storage: Storage::File(file), ..ledger })
    }

    /// Reads a ledger without writing to it, and verifies every line.
    ///
    /// # Errors
    /// When it cannot be read, or a line is not as it was written.
    pub fn verify(path: &Path, owner: &VerifyingKey) -> Result<Self, LedgerError> {
        Self::read(&mut File::open(path)?, owner)
    }

    fn read(file: &mut File, owner: &VerifyingKey) -> Result<Self, LedgerError> {
        if file.seek(SeekFrom::End(0))? > MAX_BYTES {
            return Err(LedgerError::TooLarge);
        }
        file.rewind()?;
        // Line after line, so that a file of something else takes no memory.
        let mut ledger = Self { signer: Some(*owner), storage: Storage::ReadOnly, ..Self::in_memory() };
        let mut lines = BufReader::new(file);
        let mut bytes = Vec::new();
        // Every line, the last one too, ends with a line feed.
        for line in 1.. {
            bytes.clear();
            if (&mut lines).take(MAX_LINE_BYTES).read_until(b'\n', &mut bytes)? == 0 {
                break;
            }
            ledger.accept(&bytes, line, owner)?;
        }
        Ok(ledger)
    }

    fn accept(&mut self, bytes: &[u8], line: usize, owner: &VerifyingKey) -> Result<(), LedgerError> {
        let parsed: Line = serde_json::from_slice(bytes).map_err(|_| LedgerError::Altered { line })?;
        // What would move a cursor is no ledger of ours, whoever signed it.
        if to_bytes(&parsed) != bytes || !shows(&parsed.entry) {
            return Err(LedgerError::Altered { line });
        }
        let Line { entry, signature } = parsed;
        if entry.previous != self.head || entry.number != line as u64 {
            return Err(LedgerError::BrokenChain { line });
        }
        if !owner.verifies(Context::Ledger, digest(&entry), &signature) {
            return Err(LedgerError::NotSigned { line });
        }
        self.head = Digest::of(bytes);
        self.entries.push(entry);
        Ok(())
    }

    /// Writes an entry, and returns when it is on the disk.
    ///
    /// # Errors
    /// When it cannot be written, or the key is not that of the entries before.
    pub fn append(&mut self, event: Event, signer: &SigningKey) -> Result<(), LedgerError> {
        let owner = *self.signer.get_or_insert_with(|| signer.verifying_key());
        let number = self.entries.len() as u64 + 1;
        if owner != signer.verifying_key() {
            return Err(LedgerError::NotSigned { line: number as usize });
        }
        let time =
            jiff::Timestamp::now().round(jiff::Unit::Second).expect("now is no extreme time").to_string();
        let entry = Entry { number, previous: self.head, time, event };
        let signature = signer.sign(Context::Ledger, digest(&entry));
        let bytes = to_bytes(&Line { entry: entry.clone(), signature });
        if matches!(self.storage, Storage::ReadOnly) {
            return Err(LedgerError::ReadOnly);
        }
        if let Storage::File(file) = &mut self.storage {
            let before = file.metadata()?.len();
            if let Err(error) = file.write_all(&bytes).and_then(|()| file.sync_all()) {
                // Half a line would make the whole ledger unreadable.
                file.set_len(before)?;
                return Err(error.into());
            }
        }
        self.head = Digest::of(&bytes);
        self.entries.push(entry);
        Ok(())
    }

    /// The digest of the last line: whoever knows it can tell whether the ledger still ends there.
    pub fn head(&self) -> Digest {
        self.head
    }

    /// Refuses a ledger that ends elsewhere.
    ///
    /// # Errors
    /// [`LedgerError::OtherHead`].
    pub fn expect_head(&self, expected: Digest) -> Result<(), LedgerError> {
        let found = self.head;
        if found == expected { Ok(()) } else { Err(LedgerError::OtherHead { expected, found }) }
    }

    /// Whether this party wrote every entry.
    pub fn is_of(&self, owner: &VerifyingKey) -> bool {
        self.signer.is_none_or(|signer| signer == *owner)
    }

    /// Every entry, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The releases, with their entries' numbers.
    pub fn releases(&self) -> impl Iterator<Item = (u64, &Release)> {
        self.entries.iter().filter_map(|entry| match &entry.event {
            Event::Release(release) => Some((entry.number, release)),
            _ => None,
        })
    }

    /// The digest of the evaluation key of a key set that was made in this ledger.
    pub fn evaluation_key(&self, key: KeyId) -> Option<Digest> {
        self.entries.iter().find_map(|entry| match &entry.event {
            Event::Keys { key: known, evaluation_key, .. } if *known == key => Some(*evaluation_key),
            _ => None,
        })
    }
}

const START: Digest = Digest::ZERO;

fn shows(entry: &Entry) -> bool {
    let names = match &entry.event {
        Event::Release(release) => [release.by.as_str(), release.to.as_str()],
        _ => ["", ""],
    };
    entry.time.parse::<jiff::Timestamp>().is_ok() && !names.iter().any(|name| name.chars().any(hides))
}

fn digest(entry: &Entry) -> Digest {
    Digest::of(&serde_json::to_vec(entry).expect("an entry is text and numbers"))
}

fn to_bytes(line: &Line) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(line).expect("a line is text and numbers");
    bytes.push(b'\n');
    bytes
}
