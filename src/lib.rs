#![doc = include_str!("../README.md")]

pub mod agreement;
pub mod analysis;
pub mod cases;
pub mod container;
pub mod plan;
pub mod table;
pub mod units;

pub mod answer;
pub mod audit;
mod blinding;
pub mod dpia;
mod encrypted_answer;
mod encrypted_table;
pub mod evaluator;
pub mod explain;
pub mod job;
pub mod key_file;
#[cfg(feature = "key-holder")]
pub mod key_holder;
mod keys;
pub mod language;
pub mod ledger;
pub mod plaintext;
pub mod provider;
pub mod pseudonym;
#[cfg(feature = "report")]
pub mod report;
pub mod retention;
pub mod signature;
mod statistics;
mod transcript;

pub use drempel_fhe::{circuit, params};

pub use agreement::{Agreement, Rehearsal, SignedAgreement};
pub use answer::Answer;
pub use audit::{Attestation, Auditor};
pub use blinding::Blinding;
pub use cases::Cases;
pub use cases::households::{Household, HouseholdRef, Households};
pub use encrypted_answer::{EncryptedAnswer, Provenance};
pub use encrypted_table::EncryptedTable;
pub use evaluator::{Evaluation, Evaluator, Progress};
pub use explain::Explanation;
#[cfg(feature = "key-holder")]
pub use key_holder::{KeyHolder, SecretKey};
pub use keys::EvaluationKey;
pub use keys::PublicKey;
pub use language::Language;
pub use ledger::Ledger;
pub use plan::Plan;
pub use provider::DataProvider;
#[cfg(feature = "report")]
pub use report::Report;
pub use retention::Purge;
pub use signature::SigningKey;
pub use table::Table;
pub use transcript::Transcript;

#[cfg(doctest)]
#[doc = include_str!("../docs/adding-an-analysis.md")]
struct AddingAnAnalysis;

#[cfg(doctest)]
#[doc = include_str!("../docs/readers/developer.md")]
struct ForTheDeveloper;
