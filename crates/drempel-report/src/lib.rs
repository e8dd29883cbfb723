//! What people read of drempel, in English and Dutch: an agreement's question ([`Present`]), one answer in plain words
//! ([`Explanation`]), what an impact assessment needs ([`dpia`]), and released answers as a page ([`Report`]).
//!
//! Nothing here computes, decrypts or signs. Everything follows from files that drempel has checked.

pub mod dpia;
pub mod explain;
pub mod language;
mod names;
pub mod present;
pub mod report;
mod statistics;

pub use explain::Explanation;
pub use language::Language;
pub use present::{Description, Picture, PlainWords, Present};
pub use report::Report;
