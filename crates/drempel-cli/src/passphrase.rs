//! Key files, and where their passphrase comes from.

use std::io::{BufRead, BufReader, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use drempel::SigningKey;
use drempel::files::key_file::{self, Passphrase};
use zeroize::Zeroizing;

use crate::failure::Failure;

/// For scripts; `--passphrase-fd` keeps it out of the environment.
const VARIABLE: &str = "DREMPEL_PASSPHRASE";

/// The passphrase of scripts: from a file descriptor or the environment, the same for every key file of a command.
static GIVEN: OnceLock<Passphrase> = OnceLock::new();

/// Takes the passphrase from an open file descriptor: its first line.
pub(crate) fn take(descriptor: Option<u32>) -> Result<(), Failure> {
    let passphrase = match descriptor {
        Some(number) => Some(read_descriptor(number)?),
        None => match std::env::var(VARIABLE) {
            Ok(passphrase) => Some(passphrase),
            Err(std::env::VarError::NotPresent) => None,
            Err(_) => return Err(Failure::input(format!("{VARIABLE} is not UTF-8 text"))),
        },
    };
    if let Some(passphrase) = passphrase {
        GIVEN.set(Passphrase::from(passphrase)).expect("set once, when the program starts");
    }
    Ok(())
}

/// For the demo, which asks nobody: this passphrase, unless one was given.
#[cfg(feature = "key-holder")]
pub(crate) fn rehearse(passphrase: &str) {
    GIVEN.get_or_init(|| Passphrase::from(passphrase.to_owned()));
}

fn read_descriptor(number: u32) -> Result<String, Failure> {
    let path = format!("/dev/fd/{number}");
    let path = Path::new(&path);
    let mut line = Zeroizing::new(String::new());
    std::fs::File::open(path)
        .and_then(|file| BufReader::new(file).read_line(&mut line))
        .map_err(|error| Failure::from(error).about(path))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn ask(path: &Path, again: bool) -> Result<Passphrase, Failure> {
    if let Some(passphrase) = GIVEN.get() {
        return Ok(passphrase.clone());
    }
    if !std::io::stdin().is_terminal() {
        let message = format!(
            "needs a passphrase: there is no terminal to ask on; set {VARIABLE}, or use --passphrase-fd"
        );
        return Err(Failure::input(message).about(path));
    }
    let prompt = |text: String| {
        rpassword::prompt_password(text).map(Zeroizing::new).map_err(|error| Failure::from(error).about(path))
    };
    let first = prompt(format!("passphrase of {}: ", path.display()))?;
    if again && *first != *prompt("the same again: ".to_owned())? {
        return Err(Failure::input("the two passphrases differ; nothing was written").about(path));
    }
    Ok(Passphrase::from(first.to_string()))
}

pub(crate) fn read_key_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    if !drempel::files::is_key_file(path) {
        // The error for this is the reader's; nobody should be asked for a passphrase first.
        let error = key_file::read(path, &Passphrase::from(String::new()));
        return error.map_err(|error| Failure::from(error).about(path));
    }
    key_file::read(path, &ask(path, false)?).map_err(|error| Failure::from(error).about(path))
}

/// A key file to be written, with its passphrase.
pub(crate) struct NewKeyFile {
    path: PathBuf,
    passphrase: Passphrase,
}

impl NewKeyFile {
    pub(crate) fn ask(path: &Path) -> Result<Self, Failure> {
        Ok(Self { path: path.to_owned(), passphrase: ask(path, true)? })
    }

    pub(crate) fn write(&self, secret: &[u8]) -> Result<(), Failure> {
        key_file::write(&self.path, &self.passphrase, secret)
            .map_err(|error| Failure::from(error).about(&self.path))
    }
}

/// Writes a new key file.
pub(crate) fn write_key_file(path: &Path, secret: &[u8]) -> Result<(), Failure> {
    NewKeyFile::ask(path)?.write(secret)
}

/// Reads a party's signing key.
pub(crate) fn signing_key(path: &Path) -> Result<SigningKey, Failure> {
    let bytes = read_key_file(path)?;
    SigningKey::from_bytes(&bytes).ok_or_else(|| {
        Failure::from(key_file::KeyFileError::OtherSecret { expected: "a signing key" }).about(path)
    })
}
