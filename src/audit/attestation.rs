use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::container::{Access, Container, ContainerError, Header, Kind, write_atomically, write_whole};
use crate::encrypted_answer::check_name;
use crate::signature::SigningKey;
use crate::units::Digest;

/// An auditor's signed word: these answers were computed as agreed, as far as this share shows.
#[derive(Debug)]
pub struct Attestation {
    container: Container,
    statement: Statement,
}

/// What is attested.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Statement {
    /// The digest of the encrypted answer.
    pub answer: Digest,
    /// Drawn by the auditor after the answer was made: with the answer's digest it chooses the rows.
    pub nonce: Digest,
    /// How many answers were evaluated again.
    pub audited: u64,
    /// Of how many.
    pub answers: u64,
    /// What evaluated again.
    pub program: String,
}

impl Attestation {
    pub(crate) fn new(
        answer: &Header,
        statement: Statement,
        signer: &SigningKey,
    ) -> Result<Self, ContainerError> {
        let header = Header::new(Kind::Attestation, answer.agreement, answer.key, 0, 1);
        let mut bytes = Vec::new();
        write_whole(&mut bytes, header, &statement, &[], signer)?;
        Self::from_bytes(bytes)
    }

    /// Opens and verifies an attestation.
    ///
    /// # Errors
    /// When the file is damaged or of another kind.
    pub fn open(path: &Path) -> Result<Self, ContainerError> {
        Self::from_container(Container::open(path)?)
    }

    /// Verifies an attestation in memory.
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
        let container = container.expect_kind(Kind::Attestation)?;
        container.expect_payload(0)?;
        let statement: Statement = container.metadata()?;
        check_name(&statement.program)?;
        Ok(Self { container, statement })
    }

    /// Saves the attestation, whole or not at all.
    ///
    /// # Errors
    /// When writing fails.
    pub fn save(&self, path: &Path) -> Result<(), ContainerError> {
        write_atomically(path, Access::Shared, |mut out| self.container.copy_to(&mut out))
    }

    /// The attestation's name in a ledger.
    pub fn digest(&self) -> Digest {
        self.container.digest()
    }

    /// What is attested.
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    #[cfg(any(feature = "key-holder", feature = "report"))]
    pub(crate) fn container(&self) -> &Container {
        &self.container
    }
}
