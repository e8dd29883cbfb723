//! The computing core of drempel: what can be computed on hidden values, and the engine that does it.
//!
//! Programs are written once against [`circuit::Backend`] and run on plaintext ([`circuit::clear::Clear`]), on a counter
//! ([`circuit::cost::Cost`]) or on ciphertexts ([`ciphertexts::Ciphertexts`]). This crate knows tfhe and mathematics. It
//! knows no file, agreement, party or language: those are in the crate `drempel`, which is what an agency embeds.
//!
//! Without the feature `secret-key` there is no type in the build that can decrypt.

pub mod bootstrap;
pub mod ciphertexts;
pub mod circuit;
mod engines;
mod fourier;
pub mod keys;
pub mod le_bytes;
pub mod leveled;
pub mod packing;
pub mod params;
pub mod ring;

pub use engines::{Engines, ExpandError, Needs};
