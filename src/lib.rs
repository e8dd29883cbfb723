#![doc = include_str!("../README.md")]

// Each module uses those above it, and none below.
pub mod units;

pub mod signature;

pub mod files;

pub mod agreement;

pub mod rows;
pub mod table;

pub mod cases;

mod statistics;

pub mod analysis;

pub mod contract;

pub mod answer;
pub mod artefacts;
pub mod coverage;
pub mod ledger;
pub mod plaintext;
pub mod plan;
pub mod pseudonym;

pub mod verify;

pub mod roles;

pub mod job;
pub mod retention;

pub use drempel_fhe::{circuit, params};

pub use answer::Answer;
#[cfg(feature = "key-holder")]
pub use artefacts::SecretKey;
pub use artefacts::{
    Attestation, Blinding, EncryptedAnswer, EncryptedTable, EvaluationKey, Noise, Nonce, Provenance,
    PublicKey, Transcript,
};
pub use cases::Cases;
pub use cases::households::{Household, HouseholdRef, Households};
pub use contract::{Agreement, Rehearsal, SignedAgreement};
pub use coverage::Coverage;
pub use ledger::Ledger;
pub use plan::Plan;
pub use retention::Purge;
#[cfg(feature = "key-holder")]
pub use roles::KeyHolder;
pub use roles::auditor::Evaluated;
pub use roles::{Auditor, DataProvider, Evaluation, Evaluator, Progress, Receiver};
pub use signature::SigningKey;
pub use table::Table;

#[cfg(doctest)]
#[doc = include_str!("../docs/adding-an-analysis.md")]
struct AddingAnAnalysis;

#[cfg(doctest)]
#[doc = include_str!("../docs/readers/developer.md")]
struct ForTheDeveloper;
