#![doc = include_str!("../README.md")]

pub mod agreement;
pub mod analysis;
pub mod circuit;
pub mod container;
pub mod households;
pub mod params;
pub mod plan;
pub mod table;
pub mod units;

mod encrypted_answer;
mod encrypted_table;
#[cfg(all(feature = "evaluator", not(feature = "measure")))]
mod engine;
#[cfg(feature = "measure")]
#[doc(hidden)]
pub mod engine;
#[cfg(feature = "evaluator")]
pub mod evaluator;
#[cfg(feature = "key-holder")]
pub mod key_holder;
mod keys;
#[cfg(feature = "provider")]
pub mod provider;
mod words;

pub use agreement::Agreement;
pub use encrypted_answer::{EncryptedAnswer, Provenance};
pub use encrypted_table::EncryptedTable;
#[cfg(feature = "evaluator")]
pub use evaluator::Evaluator;
pub use households::{Household, Households};
#[cfg(feature = "key-holder")]
pub use key_holder::{Answer, KeyHolder, SecretKey};
#[cfg(feature = "evaluator")]
pub use keys::EvaluationKey;
pub use keys::PublicKey;
pub use plan::Plan;
#[cfg(feature = "provider")]
pub use provider::DataProvider;
pub use table::Table;
