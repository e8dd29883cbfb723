//! Making files appear whole or not at all.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::magic::{is_key_file, is_ledger};

/// Who may read a new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Its owner only (mode 0600 on Unix): secret keys, plaintext.
    Private,
    /// Whoever the user's umask allows: ciphertexts and public keys.
    Shared,
}

/// Makes a file appear whole or not at all: writes beside it, syncs, renames, syncs the folder.
///
/// # Errors
/// Whatever `write` or the operating system says; then nothing is left behind.
pub fn write_atomically<T, E: From<io::Error>>(
    path: &Path,
    access: Access,
    write: impl FnOnce(&mut dyn Write) -> Result<T, E>,
) -> Result<T, E> {
    check_place(path)?;
    write_beside(path, access, write, |file| file.persist(path).map_err(|error| error.error))
}

/// As [`write_atomically`], and an error where there is a file already.
pub(crate) fn write_new<T, E: From<io::Error>>(
    path: &Path,
    access: Access,
    write: impl FnOnce(&mut dyn Write) -> Result<T, E>,
) -> Result<T, E> {
    write_beside(path, access, write, |file| file.persist_noclobber(path).map_err(|error| error.error))
}

fn write_beside<T, E: From<io::Error>>(
    path: &Path,
    access: Access,
    write: impl FnOnce(&mut dyn Write) -> Result<T, E>,
    persist: impl FnOnce(NamedTempFile) -> io::Result<File>,
) -> Result<T, E> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".drempel-");
    #[cfg(unix)]
    let permissions = {
        use std::os::unix::fs::PermissionsExt;
        std::fs::Permissions::from_mode(if access == Access::Private { 0o600 } else { 0o666 })
    };
    #[cfg(unix)]
    builder.permissions(permissions);
    let mut file = builder.tempfile_in(folder_of(path))?;
    let mut buffered = io::BufWriter::with_capacity(1 << 20, file.as_file_mut());
    let result = write(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    file.as_file().sync_all()?;
    persist(file)?;
    // The name is in the folder, which is written for itself.
    #[cfg(unix)]
    File::open(folder_of(path))?.sync_all()?;
    Ok(result)
}

/// Whether a later write to this place can succeed, so that a long job does not find out at its end.
///
/// # Errors
/// Whatever the operating system says of the folder.
pub fn check_writable(path: &Path) -> io::Result<()> {
    check_place(path)?;
    tempfile::Builder::new().prefix(".drempel-").tempfile_in(folder_of(path)).map(drop)
}

fn check_place(path: &Path) -> io::Result<()> {
    let refuse = |kind, message: &str| Err(io::Error::new(kind, message));
    if path.is_dir() {
        return refuse(io::ErrorKind::IsADirectory, "there is a folder at this place; name a file");
    }
    if is_key_file(path) || is_ledger(path) {
        let message = "there is a key file or a ledger at this place; it is never overwritten";
        return refuse(io::ErrorKind::AlreadyExists, message);
    }
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
