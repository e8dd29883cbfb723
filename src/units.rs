//! Checked newtypes for what travels between the roles: amounts, identifiers, digests.

mod cents;
mod digest;
mod id_shape;
mod person_id;
mod subject_id;
mod subject_ids;

pub use cents::{AmountOutOfRange, Cents, MAX_CENTS};
pub(crate) use digest::unhex;
pub use digest::{AgreementId, Digest, InvalidDigest, KeyId};
pub use id_shape::IdShape;
#[cfg(test)]
pub(crate) use person_id::bsn;
pub use person_id::{IdCheck, InvalidPersonId, PersonId};
pub(crate) use subject_id::hides;
pub use subject_id::{InvalidId, MAX_ID_BYTES, SubjectId};
pub use subject_ids::SubjectIds;
pub(crate) use subject_ids::{Distinct, MAX_IDS};
