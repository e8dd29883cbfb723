//! Checked newtypes for what travels between the roles: amounts, identifiers, digests.

mod cents;
mod digest;
mod subject_id;
mod subject_ids;

pub use cents::{AmountOutOfRange, Cents, MAX_CENTS};
pub(crate) use digest::unhex;
pub use digest::{AgreementId, Digest, InvalidDigest, KeyId};
pub(crate) use subject_id::hides;
pub use subject_id::{InvalidId, MAX_ID_BYTES, SubjectId};
pub use subject_ids::SubjectIds;
pub(crate) use subject_ids::{Distinct, MAX_IDS};
