//! What the tests of all packages share: every role of a small job with real keys, a question with its data, signed
//! agreements and key files on the disk, artefacts written by hand, random cases, and where the repository's files are.

use std::path::PathBuf;

mod artefact;
mod files;
pub mod forged;
mod job;
mod key_file;
mod noise;
mod parties;
mod property;
mod rounds;
mod scene;

pub use artefact::{Artefact, is_signed_by};
pub use files::copy;
pub use job::{Answers, Job};
pub use key_file::{PASSPHRASE, encrypted};
pub use noise::noise_files;
pub use parties::{sign_all, write_key_file};
pub use property::{for_all, sample, samples};
pub use rounds::rounds;
pub use scene::Scene;

/// The agreement that the README and docs/cli.md play.
pub const SVB_UWV: &str = include_str!("../../../examples/agreements/svb_uwv.toml");

/// A file or folder of the repository.
pub fn repository(path: &str) -> PathBuf {
    // This package lies two folders deep.
    [env!("CARGO_MANIFEST_DIR"), "..", "..", path].iter().collect()
}
