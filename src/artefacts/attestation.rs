use serde::{Deserialize, Serialize};

use super::provenance::check_name;
use crate::files::container::{Container, ContainerError, Header, Kind, artefact, to_bytes};
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

artefact!(Attestation, Shared);

impl Attestation {
    pub(crate) fn new(
        answer: &Header,
        statement: Statement,
        signer: &SigningKey,
    ) -> Result<Self, ContainerError> {
        let header = Header::new(Kind::Attestation, answer.agreement, answer.key, 0, 1);
        Self::from_bytes(to_bytes(header, &statement, &[], signer)?)
    }

    fn read(container: Container) -> Result<Self, ContainerError> {
        container.expect_payload(0)?;
        let statement: Statement = container.metadata()?;
        check_name(&statement.program)?;
        Ok(Self { container, statement })
    }

    /// What is attested.
    pub fn statement(&self) -> &Statement {
        &self.statement
    }
}
