//! What the tests of all packages share: signed agreements, key files that open fast, and where the repository's files are.

use std::path::PathBuf;

mod key_file;
mod parties;
mod rounds;

pub use key_file::{PASSPHRASE, encrypted};
pub use parties::{sign_all, write_key_file};
pub use rounds::rounds;

/// The agreement that the README and docs/cli.md play.
pub const SVB_UWV: &str = include_str!("../../../examples/agreements/svb_uwv.toml");

/// A file or folder of the repository.
pub fn repository(path: &str) -> PathBuf {
    // This package lies two folders deep.
    [env!("CARGO_MANIFEST_DIR"), "..", "..", path].iter().collect()
}
