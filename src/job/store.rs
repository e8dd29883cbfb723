use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use crate::files::container::{Container, ContainerError};

/// Where a job is kept: a folder, an object store.
///
/// An entry has a name with at most one `/`, before which stands its shard: `blinding.drempel`, `2-of-8/manifest`,
/// `2-of-8/17.rows`. What a store says is written must still be there after a crash. Several processes use a store at
/// once, each with a shard of its own.
pub trait ChunkStore: Send + Sync {
    /// Where an entry, a shard or, with an empty name, the whole job is: for messages.
    fn location(&self, name: &str) -> PathBuf;

    /// The names of the shards that were begun; None where there is no job.
    ///
    /// # Errors
    /// When the store fails.
    fn shards(&self) -> io::Result<Option<Vec<String>>>;

    /// What was put under a name.
    ///
    /// # Errors
    /// [`NotFound`](io::ErrorKind::NotFound) where nothing was, or when the store fails.
    fn get(&self, name: &str) -> io::Result<Stored>;

    /// Puts an entry whole or not at all, in place of one that is there. Its shard is claimed.
    ///
    /// # Errors
    /// What `write` says, or when the store fails. Then there is what there was before.
    fn put(&self, name: &str, write: &mut Writing<'_>) -> Result<(), ContainerError>;

    /// As [`put`](Self::put), where nothing is there yet; false, and nothing written, when another was first. It is for
    /// the owner's eyes only.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    fn put_new(&self, name: &str, write: &mut Writing<'_>) -> Result<bool, ContainerError>;

    /// As [`claim`](Self::claim), and begins a shard where there is none.
    ///
    /// # Errors
    /// [`ResourceBusy`](io::ErrorKind::ResourceBusy) while another process has it, or when the store fails.
    fn begin(&self, shard: &str) -> io::Result<Box<dyn Claim>>;

    /// Takes a shard and its manifest for this process. It is free again when the claim is dropped or the process ends.
    ///
    /// # Errors
    /// [`NotFound`](io::ErrorKind::NotFound) where it was never begun or was removed, and as [`begin`](Self::begin).
    fn claim(&self, shard: &str) -> io::Result<Box<dyn Claim>>;

    /// Removes the whole job, and so that no part of it is ever taken for a job.
    ///
    /// # Errors
    /// When the store fails.
    fn remove(&self) -> io::Result<()>;
}

/// A shard that no other process works on, and its manifest: lines that are only ever added.
pub trait Claim: Send {
    /// Every whole line of the manifest, up to the limit in bytes. What a crash left after the last of them is removed.
    ///
    /// # Errors
    /// When the store fails.
    fn lines(&mut self, limit: u64) -> io::Result<Vec<u8>>;

    /// Adds one line, with its line feed.
    ///
    /// # Errors
    /// When the store fails, or finds that another process has the shard after all. Then the line does not count: it is
    /// not there, or is no whole line.
    fn append(&mut self, line: &[u8]) -> io::Result<()>;
}

/// Writes an entry.
pub type Writing<'w> = dyn FnMut(&mut dyn Write) -> Result<(), ContainerError> + 'w;

/// What a store has under a name. A file is read where it lies, so that a chunk is never all in memory.
#[derive(Debug)]
pub enum Stored {
    /// An open file.
    File(File),
    /// All of its bytes.
    Bytes(Vec<u8>),
}

impl Stored {
    pub(super) fn container(self) -> Result<Container, ContainerError> {
        match self {
            Self::File(file) => Container::from_file(file),
            Self::Bytes(bytes) => Container::from_bytes(bytes),
        }
    }

    /// The bytes, up to a limit.
    pub(super) fn read(self, limit: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        match self {
            Self::File(file) => file.take(limit).read_to_end(&mut bytes)?,
            Self::Bytes(stored) => stored.take(limit).read_to_end(&mut bytes)?,
        };
        Ok(bytes)
    }
}

/// As much of a manifest as is whole lines.
pub(super) fn whole_lines(mut text: Vec<u8>) -> Vec<u8> {
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    text.truncate(whole);
    text
}
