//! The file format that every artefact shares: header, metadata, chunks with digests, trailer, signature.
//!
//! docs/format.md describes it byte by byte. Reading goes from the outside in: lengths are checked against the
//! file's size before anything is allocated, then every digest, and only then does anyone look at the contents.

mod artefact;
mod error;
mod header;
mod kind;
mod metadata;
mod reader;
mod seal;
mod trailer;
mod writer;

pub(crate) use artefact::artefact;
pub use error::ContainerError;
pub use header::Header;
pub(crate) use header::{MAGIC, check_identifiers};
pub use kind::Kind;
pub use reader::Container;
pub use seal::Seal;
pub(crate) use writer::{NO_LABEL, Writer, to_bytes};
