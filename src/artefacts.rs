//! What the roles hand to one another: each is a kind of file in the [container](crate::files::container), and checks on
//! reading all that can be checked without the agreement.

mod attestation;
mod blinding;
mod encrypted_answer;
mod encrypted_table;
mod evaluation_key;
mod noise;
mod provenance;
mod public_key;
#[cfg(feature = "key-holder")]
mod secret_key;
mod seed;
mod transcript;

pub use attestation::{Attestation, Statement};
pub use blinding::Blinding;
pub use encrypted_answer::EncryptedAnswer;
#[cfg(feature = "key-holder")]
pub(crate) use encrypted_answer::PackedValues;
pub use encrypted_table::EncryptedTable;
pub(crate) use encrypted_table::{BIN_BYTES, Metadata};
pub use evaluation_key::EvaluationKey;
pub use noise::{Noise, Nonce};
pub use provenance::{Closing, PROGRAM, Provenance};
pub use public_key::PublicKey;
#[cfg(feature = "key-holder")]
pub use secret_key::SecretKey;
pub use transcript::Transcript;
pub(crate) use transcript::TranscriptWriter;
