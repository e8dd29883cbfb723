//! A secret seed of the evaluator's as a file: 32 bytes, for one job.

use zeroize::Zeroizing;

use crate::files::container::{Container, ContainerError, Header, Kind, to_bytes};
use crate::signature::SigningKey;
use crate::units::{AgreementId, KeyId};

pub(super) type Seed = Zeroizing<[u8; SEED_BYTES]>;

pub(super) const SEED_BYTES: usize = 32;

/// New random bytes.
pub(super) fn random() -> Seed {
    let mut seed = Zeroizing::new([0; SEED_BYTES]);
    getrandom::fill(seed.as_mut()).expect("the operating system gives random bytes");
    seed
}

/// A file with a new seed.
pub(super) fn generate(
    kind: Kind,
    agreement: AgreementId,
    key: KeyId,
    signer: &SigningKey,
) -> Result<Vec<u8>, ContainerError> {
    let header = Header::new(kind, agreement, key, SEED_BYTES, SEED_BYTES);
    to_bytes(header, &(), random().as_ref(), signer)
}

/// The seed of such a file.
pub(super) fn read(container: &Container) -> Result<Seed, ContainerError> {
    container.metadata::<()>()?;
    let payload = Zeroizing::new(container.payload(SEED_BYTES)?);
    let mut seed = Zeroizing::new([0; SEED_BYTES]);
    seed.copy_from_slice(&payload);
    Ok(seed)
}
