use std::fmt;

use drempel_fhe::leveled::LeveledParams;
use drempel_fhe::{Engines, Needs};
use serde::{Deserialize, Serialize};

#[cfg(feature = "key-holder")]
use super::public_key::KEY_CHUNK;
use crate::files::container::{Container, ContainerError, artefact};
#[cfg(feature = "key-holder")]
use crate::{
    files::container::{Header, Kind, to_bytes},
    signature::SigningKey,
    units::{AgreementId, KeyId},
};

/// What an evaluator and an auditor compute with: the parts that the agreement's analysis needs. It decrypts nothing.
///
/// For decisions 37 MB as a file and 75 MB once expanded, for lookups 64 MB and 160 MB.
pub struct EvaluationKey {
    container: Container,
    needs: Needs,
}

/// The parts of a key, in their order in the file.
#[derive(Serialize, Deserialize)]
struct Parts {
    bootstrap: bool,
    /// The name of the leveled engine's parameters.
    leveled: Option<String>,
}

artefact!(EvaluationKey, Shared);

impl EvaluationKey {
    #[cfg(feature = "key-holder")]
    pub(crate) fn new(
        id: KeyId,
        agreement: AgreementId,
        needs: &Needs,
        payload: &[u8],
        signer: &SigningKey,
    ) -> Result<Self, ContainerError> {
        let header = Header::new(Kind::EvaluationKey, agreement, id, payload.len(), KEY_CHUNK);
        let leveled = needs.leveled.map(|params| params.name().to_owned());
        let parts = Parts { bootstrap: needs.bootstrap, leveled };
        Self::from_bytes(to_bytes(header, &parts, payload, signer)?)
    }

    fn read(container: Container) -> Result<Self, ContainerError> {
        let Parts { bootstrap, leveled } = container.metadata()?;
        let named = |name: String| {
            LeveledParams::named(&name)
                .ok_or(ContainerError::BadContents("a part that this version does not know"))
        };
        let needs = Needs { bootstrap, leveled: leveled.map(named).transpose()? };
        container.expect_payload(needs.bytes())?;
        Ok(Self { container, needs })
    }

    /// What it can be used for.
    pub fn parts(&self) -> Needs {
        self.needs
    }

    /// Draws the masks again and takes the keys to the Fourier domain.
    pub(crate) fn expand(&self) -> Result<Engines, ContainerError> {
        let payload = self.container.payload(self.needs.bytes())?;
        Engines::expand(&self.needs, payload).map_err(|_| ContainerError::BadContents("no evaluation key"))
    }
}

impl fmt::Debug for EvaluationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EvaluationKey").field("id", &self.header().key).finish_non_exhaustive()
    }
}
