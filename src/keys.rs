//! The keys that leave the key holder: one file each. The secret key lives with its only owner, in
//! `key_holder/secret_key.rs`.
//!
//! All three carry the same [`KeyId`](crate::units::KeyId) and the agreement that the set was made for.

mod evaluation_key;
mod public_key;

pub use evaluation_key::EvaluationKey;
pub use public_key::PublicKey;

/// Keys are one thing: their chunks are as large as a reader accepts.
#[cfg(feature = "key-holder")]
const KEY_CHUNK: usize = 1 << 20;
