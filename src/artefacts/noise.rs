//! What closes the noise of decisions: a seed of the evaluator's and an auditor's nonce for it.
//!
//! The evaluator makes the seed first and shows its file's digest, which commits it to the seed. An auditor answers with a
//! nonce. Neither can choose what the two give together (docs/protocol.md, section 7).

use std::fmt;

use drempel_fhe::leveled::{NoiseSeed, NoiseStreams};

use super::seed::{self, Seed};
use crate::files::container::{Container, ContainerError, Header, Kind, artefact, to_bytes};
use crate::signature::SigningKey;
use crate::units::{AgreementId, Digest, KeyId};

/// The seed of one job's noise. For the evaluator and the auditor; never for the key holder or the receiver.
pub struct Noise {
    container: Container,
    seed: Seed,
}

artefact!(Noise, Private);

impl Noise {
    pub(crate) fn generate(
        agreement: AgreementId,
        key: KeyId,
        signer: &SigningKey,
    ) -> Result<Self, ContainerError> {
        Self::from_bytes(seed::generate(Kind::Noise, agreement, key, signer)?)
    }

    fn read(container: Container) -> Result<Self, ContainerError> {
        let seed = seed::read(&container)?;
        Ok(Self { container, seed })
    }

    /// The randomness of a job: `context` is a digest of all that the job is.
    pub(crate) fn streams(&self, nonce: &Nonce, context: &Digest) -> NoiseStreams {
        NoiseStreams::new(&NoiseSeed::new(*self.seed), context.as_bytes(), &nonce.nonce)
    }
}

impl fmt::Debug for Noise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Noise").field("digest", &self.digest()).finish_non_exhaustive()
    }
}

/// An auditor's random bytes, drawn after the evaluator has committed itself to a seed and before it evaluates.
#[derive(Debug)]
pub struct Nonce {
    container: Container,
    noise: Digest,
    nonce: [u8; seed::SEED_BYTES],
}

artefact!(Nonce, Shared);

impl Nonce {
    pub(crate) fn draw(
        agreement: AgreementId,
        key: KeyId,
        noise: Digest,
        signer: &SigningKey,
    ) -> Result<Self, ContainerError> {
        let header = Header::new(Kind::Nonce, agreement, key, seed::SEED_BYTES, seed::SEED_BYTES);
        Self::from_bytes(to_bytes(header, &noise, seed::random().as_ref(), signer)?)
    }

    fn read(container: Container) -> Result<Self, ContainerError> {
        let noise = container.metadata()?;
        let mut nonce = [0; seed::SEED_BYTES];
        nonce.copy_from_slice(&container.payload(seed::SEED_BYTES)?);
        Ok(Self { container, noise, nonce })
    }

    /// The digest of the noise seed that it was drawn for.
    pub fn noise(&self) -> Digest {
        self.noise
    }
}
