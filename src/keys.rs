//! The keys that leave the key holder: one file each. The secret key lives with its only owner,
//! in `key_holder/secret_key.rs`.
//!
//! All three carry the same [`KeyId`](crate::units::KeyId) and the agreement that the set was made for. Public and evaluation key are
//! stored *seeded*: masks are drawn again from a 128-bit seed, which halves the file and leaves no mask that a
//! stranger could choose (docs/format.md).

mod evaluation_key;
mod public_key;
mod seeded;

pub use evaluation_key::EvaluationKey;
pub(crate) use evaluation_key::Expanded;
pub use public_key::PublicKey;
#[cfg(feature = "key-holder")]
pub(crate) use seeded::Seeded;

/// Keys are one thing: their chunks are as large as a reader accepts.
#[cfg(feature = "key-holder")]
const KEY_CHUNK: usize = 1 << 20;
