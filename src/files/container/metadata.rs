//! The only place that knows `bincode`: small, typed metadata, never keys or ciphertexts.

use bincode::Options;
use serde::{Serialize, de::DeserializeOwned};

use super::error::ContainerError;

/// Variable-width integers; the length that is read is the length that is there, and nothing may follow.
fn options(limit: u64) -> impl Options {
    bincode::DefaultOptions::new().with_limit(limit).reject_trailing_bytes()
}

pub(super) fn encode(metadata: &impl Serialize) -> Result<Vec<u8>, ContainerError> {
    options(u64::MAX).serialize(metadata).map_err(|_| ContainerError::BadMetadata)
}

pub(super) fn decode<M: DeserializeOwned>(bytes: &[u8]) -> Result<M, ContainerError> {
    options(bytes.len() as u64).deserialize(bytes).map_err(|_| ContainerError::BadMetadata)
}
