//! What lies on a disk: artefacts in their container, key files, and how any file is written.

pub mod atomic;
pub mod container;
pub mod key_file;
mod magic;

pub use atomic::{Access, check_writable, write_atomically};
pub use container::{Container, ContainerError, Header, Kind, Seal};
pub use magic::{is_key_file, is_ledger};
