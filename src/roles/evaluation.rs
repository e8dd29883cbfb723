//! What evaluator and auditor have in common: the same checks, and the same computation.

mod context;
mod error;
mod progress;

pub(crate) use context::{CheckedJob, EvaluationContext};
pub use error::EvaluateError;
pub use progress::{Proceed, Progress};
