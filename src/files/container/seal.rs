use serde::{Deserialize, Serialize};

use super::error::ContainerError;
use super::header::Header;
use super::kind::Kind;
use crate::signature::{Context, Signature, Signer, SigningKey};
use crate::units::{AgreementId, Digest, KeyId};

/// What binds an artefact to whoever made it: enough to check the signature without the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    pub(super) digest: Digest,
    pub(super) signature: Signature,
}

impl Seal {
    pub(super) fn new(header: &Header, name: &str, digest: Digest, signer: &SigningKey) -> Self {
        Self { digest, signature: signer.sign(header.context(name), digest) }
    }

    /// The artefact's digest.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Refuses a table of this dataset, agreement and key that its provider has not signed.
    ///
    /// # Errors
    /// [`ContainerError::NotSigned`].
    pub fn table_signed_by(
        &self,
        agreement: AgreementId,
        key: KeyId,
        dataset: &str,
        provider: Signer<'_>,
    ) -> Result<(), ContainerError> {
        let kind = Kind::EncryptedTable;
        self.verify(Context::Artefact(kind.number(), agreement, key, dataset), kind, provider)
    }

    /// Refuses an artefact with this header that the party has not signed, under this name where it is a table.
    pub(crate) fn signed_by(
        &self,
        header: &Header,
        signer: Signer<'_>,
        name: &str,
    ) -> Result<(), ContainerError> {
        self.verify(header.context(name), header.kind, signer)
    }

    fn verify(&self, context: Context<'_>, kind: Kind, signer: Signer<'_>) -> Result<(), ContainerError> {
        if signer.verifies(context, self.digest, &self.signature) {
            return Ok(());
        }
        Err(ContainerError::NotSigned { kind, party: signer.name.to_owned() })
    }
}
