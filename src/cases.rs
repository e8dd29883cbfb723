//! The evaluator's own plaintext: about whom or what it asks. Each analysis has rows of its own form.

pub mod areas;
mod case_set;
mod columns;
mod error;
pub mod groups;
pub mod households;
pub mod pairs;
pub mod people;

pub use case_set::Cases;
pub use error::CaseError;
