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
mod engine;
pub mod evaluator;
#[cfg(feature = "key-holder")]
pub mod key_holder;
mod keys;
pub mod provider;
mod ring;
mod words;

pub use agreement::Agreement;
pub use encrypted_answer::{EncryptedAnswer, Provenance};
pub use encrypted_table::EncryptedTable;
#[doc(hidden)]
pub use engine::measure;
pub use evaluator::Evaluator;
pub use households::{Household, Households};
#[cfg(feature = "key-holder")]
pub use key_holder::{Answer, KeyHolder, SecretKey};
pub use keys::EvaluationKey;
pub use keys::PublicKey;
pub use plan::Plan;
pub use provider::DataProvider;
pub use table::Table;

#[cfg(doctest)]
#[doc = include_str!("../docs/adding-an-analysis.md")]
struct AddingAnAnalysis;
