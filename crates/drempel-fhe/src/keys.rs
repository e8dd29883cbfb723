//! The keys of one set. Public and evaluation key are stored *seeded*: masks are drawn again from a 128-bit seed, which
//! halves the file and leaves no mask that a stranger could choose (docs/format.md).

mod evaluation;
mod public;
#[cfg(feature = "secret-key")]
mod secret;
mod seeded;

pub use evaluation::EvaluationKey;
pub use public::PublicKey;
#[cfg(all(test, feature = "secret-key"))]
pub(crate) use secret::Secrets;
#[cfg(feature = "secret-key")]
pub use secret::{KeySet, SecretKey};
