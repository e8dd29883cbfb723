use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::manifest::NAME;
use super::store::{ChunkStore, Claim, Stored, Writing, whole_lines};
use crate::files::atomic::{Access, write_atomically, write_new};
use crate::files::container::ContainerError;

/// A job in a folder, which every process that works on it must see: a local disk, or shared storage with POSIX locks.
/// A shard is a folder in it.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder at a path, whether or not it is there.
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// The folder of the job that makes an answer file: its name and `.job`.
    pub fn of(answer: &Path) -> Self {
        Self::new(with_suffix(answer, ".job"))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl ChunkStore for Folder {
    fn location(&self, name: &str) -> PathBuf {
        if name.is_empty() { self.path.clone() } else { self.path.join(name) }
    }

    fn shards(&self) -> io::Result<Option<Vec<String>>> {
        let entries = match fs::read_dir(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry?;
            if entry.path().is_dir() {
                names.extend(entry.file_name().into_string());
            }
        }
        Ok(Some(names))
    }

    fn get(&self, name: &str) -> io::Result<Stored> {
        File::open(self.location(name)).map(Stored::File)
    }

    fn put(&self, name: &str, write: &mut Writing<'_>) -> Result<(), ContainerError> {
        write_atomically(&self.location(name), Access::Shared, write)
    }

    fn put_new(&self, name: &str, write: &mut Writing<'_>) -> Result<bool, ContainerError> {
        fs::create_dir_all(&self.path)?;
        match write_new(&self.location(name), Access::Private, write) {
            Err(ContainerError::Io(error)) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            other => other.map(|()| true),
        }
    }

    fn begin(&self, shard: &str) -> io::Result<Box<dyn Claim>> {
        let folder = self.location(shard);
        fs::create_dir_all(&folder)?;
        Manifest::locked(&folder, OpenOptions::new().create(true))
    }

    fn claim(&self, shard: &str) -> io::Result<Box<dyn Claim>> {
        Manifest::locked(&self.location(shard), &mut OpenOptions::new())
    }

    /// Under another name first, so that no half of it is ever taken for a job.
    fn remove(&self) -> io::Result<()> {
        let done = with_suffix(&self.path, ".done");
        fs::rename(&self.path, &done)?;
        fs::remove_dir_all(done)
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// A locked file.
struct Manifest {
    file: File,
}

impl Manifest {
    fn locked(shard: &Path, options: &mut OpenOptions) -> io::Result<Box<dyn Claim>> {
        let file = options.read(true).append(true).open(shard.join(NAME))?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => io::ErrorKind::ResourceBusy.into(),
            TryLockError::Error(error) => error,
        })?;
        Ok(Box::new(Self { file }))
    }
}

impl Claim for Manifest {
    fn lines(&mut self, limit: u64) -> io::Result<Vec<u8>> {
        self.file.seek(SeekFrom::Start(0))?;
        let mut text = Vec::new();
        (&mut self.file).take(limit).read_to_end(&mut text)?;
        let text = whole_lines(text);
        self.file.set_len(text.len() as u64)?;
        Ok(text)
    }

    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        let before = self.file.metadata()?.len();
        if let Err(error) = self.file.write_all(line).and_then(|()| self.file.sync_all()) {
            // Best effort: half a line is cut off when the job is resumed.
            let _ = self.file.set_len(before);
            return Err(error);
        }
        Ok(())
    }
}
