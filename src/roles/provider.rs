//! Role 1, the data provider: encrypts one dataset under the public key.

use std::io::Write;
use std::path::Path;

use drempel_fhe::le_bytes;
use rayon::prelude::*;

use crate::agreement::AgreementError;
use crate::analysis::Program;
use crate::artefacts::{BIN_BYTES, EncryptedTable, Metadata, PublicKey};
use crate::contract::SignedAgreement;
use crate::files::atomic::{Access, write_atomically};
use crate::files::container::{ContainerError, Header, Kind, Writer, check_identifiers};
use crate::signature::SigningKey;
use crate::table::Table;
use crate::units::AgreementId;
use crate::verify;

/// The party that holds a dataset.
#[derive(Debug)]
pub struct DataProvider {
    key: PublicKey,
    signing_key: SigningKey,
}

/// Why a dataset was not encrypted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncryptError {
    /// The agreement says no.
    #[error(transparent)]
    Agreement(#[from] AgreementError),
    /// The key or the table belongs to another agreement.
    #[error("the {what} was made for agreement {found}, not for {expected}")]
    WrongAgreement {
        /// Which of the two.
        what: &'static str,
        /// The agreement in hand.
        expected: AgreementId,
        /// The key's.
        found: AgreementId,
    },
    /// The signing key of another party.
    #[error("dataset \"{dataset}\" is that of party \"{party}\", and this is not its signing key")]
    WrongSigner {
        /// The dataset.
        dataset: String,
        /// Its provider.
        party: String,
    },
    /// The key is not the key holder's, or writing failed.
    #[error(transparent)]
    Container(#[from] ContainerError),
    /// The operating system failed.
    #[error("writing failed: {0}")]
    Io(#[from] std::io::Error),
}

impl EncryptError {
    /// Whether the agreement refuses it, as opposed to a malformed file or a failing system.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Agreement(error) => error.is_refusal(),
            Self::Container(error) => error.is_refusal(),
            Self::WrongSigner { .. } => true,
            Self::WrongAgreement { .. } | Self::Io(_) => false,
        }
    }
}

/// Bins that are encrypted in parallel before they are written.
const BINS_AT_ONCE: usize = 64;

impl DataProvider {
    /// A provider with the key holder's public key and its own signing key.
    pub fn new(key: PublicKey, signing_key: SigningKey) -> Self {
        Self { key, signing_key }
    }

    /// Encrypts a table in memory.
    ///
    /// # Errors
    /// When the agreement is not in force or the key is not its own.
    ///
    /// # Cost
    /// No bootstrap. 16 bytes per ciphertext; `plan` prints how many a row has.
    pub fn encrypt<A: Program>(
        &self,
        agreement: &SignedAgreement<A>,
        table: &Table,
    ) -> Result<EncryptedTable, EncryptError> {
        let mut bytes = Vec::new();
        self.encrypt_into(agreement, table, &mut bytes, |_| {})?;
        Ok(EncryptedTable::from_bytes(bytes)?)
    }

    /// Encrypts a table into a file that appears whole or not at all. `progress` is told how many rows are done.
    ///
    /// # Errors
    /// When the agreement is not in force, the key is not its own, or writing fails.
    pub fn encrypt_to<A: Program>(
        &self,
        agreement: &SignedAgreement<A>,
        table: &Table,
        path: &Path,
        progress: impl Fn(usize),
    ) -> Result<(), EncryptError> {
        write_atomically(path, Access::Shared, |out| self.encrypt_into(agreement, table, out, progress))
    }

    fn check<A: Program>(&self, agreement: &SignedAgreement<A>, table: &Table) -> Result<(), EncryptError> {
        agreement.in_force_today()?;
        let expected = agreement.id();
        let key = self.key.container();
        for (what, found) in [("public key", key.header().agreement), ("table", table.agreement())] {
            if found != expected {
                return Err(EncryptError::WrongAgreement { what, expected, found });
            }
        }
        verify::by_key_holder(agreement, key.header(), &key.seal())?;
        let provider = agreement.provider(table.dataset());
        if !provider.owns(&self.signing_key) {
            let (dataset, party) = (table.dataset().name.clone(), provider.name.clone());
            return Err(EncryptError::WrongSigner { dataset, party });
        }
        Ok(())
    }

    fn encrypt_into<A: Program>(
        &self,
        agreement: &SignedAgreement<A>,
        table: &Table,
        out: impl Write,
        progress: impl Fn(usize),
    ) -> Result<(), EncryptError> {
        self.check(agreement, table)?;
        check_identifiers(Kind::EncryptedTable, table.subjects())?;
        let dataset = &table.dataset().name;
        let encoding = agreement.shape().encoding(dataset).ok_or_else(|| AgreementError::Unknown {
            wanted_by: "the table".to_owned(),
            what: "dataset",
            name: dataset.clone(),
        })?;
        let (amounts, bins) = (table.encoded(), encoding.bins(table.rows()));
        let metadata = Metadata::new(dataset, encoding, table.subjects());
        let header = Header::new(
            Kind::EncryptedTable,
            agreement.id(),
            self.key.header().key,
            metadata.payload_bytes().expect("a table has at most a million rows"),
            BIN_BYTES,
        );
        let mut writer = Writer::new(out, header, &metadata)?;
        let all: Vec<usize> = (0..bins).collect();
        for some in all.chunks(BINS_AT_ONCE) {
            let encrypt = |bin: &usize| {
                let mut bytes = Vec::with_capacity(BIN_BYTES);
                le_bytes::write(&mut bytes, &self.key.key().encrypt(encoding.plaintexts(amounts, *bin)));
                bytes
            };
            let encrypted: Vec<Vec<u8>> = some.par_iter().map(encrypt).collect();
            for (bin, bytes) in some.iter().zip(&encrypted) {
                writer.chunk(bytes)?;
                progress((bin + 1) * table.rows() / bins);
            }
        }
        Ok(writer.finish(&self.signing_key, dataset)?)
    }
}
