//! Secrets at rest: passphrase-encrypted files in the age format, readable by their owner only.

use std::fs::File;
use std::io::{self, Read, Write};
use std::iter;
use std::path::Path;

use age::DecryptError;
use age::secrecy::SecretString;
use zeroize::Zeroizing;

use super::atomic::{Access, write_atomically};
use super::magic::KEY_FILE;

/// What unlocks a key file. It cannot be printed and is wiped when dropped.
pub type Passphrase = SecretString;

/// No key of ours is larger.
const MAX_BYTES: u64 = 1 << 20;

/// scrypt's work factor of a key file, as a base-2 logarithm: 256 MiB of memory, and about a second. A larger one, which
/// a hostile file could ask for, is refused.
const WORK: u8 = 18;

/// Why a key file was not read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The operating system failed.
    #[error("reading or writing failed: {0}")]
    Io(#[from] io::Error),
    /// Others than its owner can read it.
    #[error("others can read this key file; chmod 600 it, and make new keys if they have")]
    OpenToOthers,
    /// Some other file.
    #[error("not a passphrase-encrypted key file")]
    NotAKeyFile,
    /// A file that asks for more memory than drempel's own do.
    #[error(
        "this key file asks for too much work before it opens; encrypt it again with a work factor of at most 2^{WORK}"
    )]
    TooMuchWork,
    /// The wrong passphrase, or a damaged file.
    #[error("the passphrase does not open this key file")]
    WrongPassphrase,
    /// Decrypted, but another secret than was asked for.
    #[error("the key file holds something else than {expected}")]
    OtherSecret {
        /// What was asked for.
        expected: &'static str,
    },
    /// A passphrase of nothing.
    #[error("the passphrase is empty")]
    EmptyPassphrase,
}

/// Encrypts a secret into a new file of mode 0600. An older key file is never overwritten.
///
/// # Errors
/// When the passphrase is empty or writing fails.
///
/// # Cost
/// About a second and 256 MiB of memory: scrypt, so that passphrases are slow to guess.
pub fn write(path: &Path, passphrase: &Passphrase, secret: &[u8]) -> Result<(), KeyFileError> {
    use age::secrecy::ExposeSecret;
    if passphrase.expose_secret().is_empty() {
        return Err(KeyFileError::EmptyPassphrase);
    }
    let mut recipient = age::scrypt::Recipient::new(passphrase.clone());
    recipient.set_work_factor(WORK);
    let encryptor = age::Encryptor::with_recipients(iter::once(&recipient as &dyn age::Recipient));
    let encryptor = encryptor.expect("one passphrase and nothing else");
    write_atomically(path, Access::Private, |out| {
        let mut encrypted = encryptor.wrap_output(out)?;
        encrypted.write_all(secret)?;
        encrypted.finish()?;
        Ok(())
    })
}

/// Decrypts a key file.
///
/// # Errors
/// When others can read the file (on Unix), it is no key file, or the passphrase is wrong.
///
/// # Cost
/// About a second and 256 MiB of memory.
pub fn read(path: &Path, passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let file = File::open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            return Err(KeyFileError::OpenToOthers);
        }
    }
    let mut encrypted = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut encrypted)?;
    if !encrypted.starts_with(KEY_FILE) {
        return Err(KeyFileError::NotAKeyFile);
    }
    let mut identity = age::scrypt::Identity::new(passphrase.clone());
    identity.set_max_work_factor(WORK);
    let secret = age::decrypt(&identity, &encrypted).map_err(|error| match error {
        DecryptError::ExcessiveWork { .. } => KeyFileError::TooMuchWork,
        _ => KeyFileError::WrongPassphrase,
    })?;
    Ok(Zeroizing::new(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_passphrase_and_only_the_owner_open_a_key_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret.key");
        let passphrase = Passphrase::from("correct horse".to_owned());
        write(&path, &passphrase, b"secret bytes").expect("writes");
        assert_eq!(read(&path, &passphrase).expect("reads").as_slice(), b"secret bytes");
        let on_disk = std::fs::read(&path).expect("reads");
        assert!(!on_disk.windows(6).any(|window| window == b"secret"));
        let mut recipient = age::scrypt::Recipient::new(passphrase.clone());
        recipient.set_work_factor(WORK + 1);
        let greedy = folder.path().join("greedy.key");
        let bytes = age::encrypt(&recipient, b"secret bytes").expect("encrypts");
        write_atomically(&greedy, Access::Private, |out| out.write_all(&bytes)).expect("writes");
        assert!(matches!(read(&greedy, &passphrase), Err(KeyFileError::TooMuchWork)));
        let wrong = read(&path, &Passphrase::from("battery staple".to_owned()));
        assert!(matches!(wrong, Err(KeyFileError::WrongPassphrase)));
        assert!(write(&path, &passphrase, b"other").is_err(), "a key file is never overwritten");
        assert!(write(&folder.path().join("x"), &Passphrase::from(String::new()), b"x").is_err());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("sets");
            assert!(matches!(read(&path, &passphrase), Err(KeyFileError::OpenToOthers)));
        }
    }
}
