//! Who does what: each role is a struct that owns one key, and a step that ends something consumes it.

pub mod auditor;
pub(crate) mod evaluation;
pub mod evaluator;
#[cfg(feature = "key-holder")]
pub mod key_holder;
pub mod provider;
pub mod receiver;

pub use auditor::Auditor;
pub use evaluation::{EvaluateError, Proceed, Progress};
pub use evaluator::{Evaluation, Evaluator};
#[cfg(feature = "key-holder")]
pub use key_holder::KeyHolder;
pub use provider::DataProvider;
pub use receiver::Receiver;
