//! Who signed what, for which agreement and key: every check of a signature or a digest, once.
//!
//! Roles and readers of reports know different things. What one of them checks and another does not, [`InHand`] names.

mod artefacts;
mod attestations;
mod draw;
mod error;
mod release;

pub(crate) use artefacts::by_evaluator_as;
pub use artefacts::{InHand, answer, by_evaluator, by_key_holder, nonce, table};
pub use attestations::attestations;
pub use draw::Draw;
pub use error::VerifyError;
pub use release::release;
