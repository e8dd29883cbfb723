//! Blinded answers: the key holder opens random bits, and only the receiver reads what they mean.
//!
//! The evaluator turns each encrypted yes or no into its opposite where a secret bit says so; that is linear, so it
//! costs nothing. The bits come from a seed, one keyed hash per household (docs/protocol.md, section 9).

use std::fmt;
use std::path::Path;

use zeroize::Zeroizing;

use crate::container::{
    Access, Container, ContainerError, Header, Kind, write_atomically, write_new, write_whole,
};
use crate::engine::WORDS;
use crate::params::DELTA;
use crate::signature::SigningKey;
use crate::units::{AgreementId, Digest, KeyId};

/// The seed of one job's blinding. For the receiver and the auditor; never for the key holder.
pub struct Blinding {
    container: Container,
    seed: Zeroizing<[u8; SEED_BYTES]>,
}

const SEED_BYTES: usize = 32;

impl Blinding {
    /// A new seed for one job, signed by the evaluator.
    pub(crate) fn generate(
        agreement: AgreementId,
        key: KeyId,
        signer: &SigningKey,
    ) -> Result<Self, ContainerError> {
        let mut seed = Zeroizing::new([0; SEED_BYTES]);
        getrandom::fill(seed.as_mut()).expect("the operating system gives random bytes");
        let header = Header::new(Kind::Blinding, agreement, key, SEED_BYTES, SEED_BYTES);
        let mut bytes = Vec::new();
        write_whole(&mut bytes, header, &(), seed.as_ref(), signer)?;
        Self::from_bytes(bytes)
    }

    /// Opens and verifies a blinding.
    ///
    /// # Errors
    /// When the file is damaged or of another kind.
    pub fn open(path: &Path) -> Result<Self, ContainerError> {
        Self::from_container(Container::open(path)?)
    }

    /// Verifies a blinding in memory.
    ///
    /// # Errors
    /// When the bytes are damaged or of another kind.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, ContainerError> {
        Self::from_container(Container::from_bytes(bytes)?)
    }

    /// Reads what an open container holds.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn from_container(container: Container) -> Result<Self, ContainerError> {
        let container = container.expect_kind(Kind::Blinding)?;
        container.metadata::<()>()?;
        let payload = Zeroizing::new(container.payload(SEED_BYTES)?);
        let mut seed = Zeroizing::new([0; SEED_BYTES]);
        seed.copy_from_slice(&payload);
        Ok(Self { container, seed })
    }

    /// Saves the blinding with mode 0600, whole or not at all.
    ///
    /// # Errors
    /// When writing fails.
    pub fn save(&self, path: &Path) -> Result<(), ContainerError> {
        write_atomically(path, Access::Private, |mut out| self.container.copy_to(&mut out))
    }

    /// As [`save`](Self::save), where there must be no file yet.
    pub(crate) fn save_new(&self, path: &Path) -> Result<(), ContainerError> {
        write_new(path, Access::Private, |mut out| self.container.copy_to(&mut out))
    }

    /// What an encrypted answer names: it commits the evaluator to the seed without showing it.
    pub fn digest(&self) -> Digest {
        self.container.digest()
    }

    pub(crate) fn container(&self) -> &Container {
        &self.container
    }

    /// The answer behind an opened bit, or the bit that hides an answer: the same step both ways.
    pub(crate) fn turn(&self, household: &str, bit: bool) -> bool {
        bit != self.turns(household)
    }

    /// Turns an encrypted yes or no, one ciphertext of [`WORDS`] words per household.
    pub(crate) fn apply<'h>(&self, households: impl Iterator<Item = &'h str>, column: &mut [u64]) {
        for (household, ciphertext) in households.zip(column.chunks_exact_mut(WORDS)) {
            if self.turns(household) {
                ciphertext.iter_mut().for_each(|word| *word = word.wrapping_neg());
                let body = &mut ciphertext[WORDS - 1];
                *body = body.wrapping_add(DELTA);
            }
        }
    }

    fn turns(&self, household: &str) -> bool {
        blake3::keyed_hash(&self.seed, household.as_bytes()).as_bytes()[0] & 1 == 1
    }
}

impl fmt::Debug for Blinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blinding").field("digest", &self.digest()).finish_non_exhaustive()
    }
}
