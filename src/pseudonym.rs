//! Pseudonyms of persons (docs/pseudonyms.md). How a person gets one is a way of its own: HMAC-SHA-256 under a key that is
//! made for one agreement ([`PseudonymKey`]) is the first.

mod file;
mod hmac;
mod person_id;
#[cfg(test)]
mod tests;
mod way;

pub use file::{PseudonymiseError, pseudonymise};
pub use hmac::PseudonymKey;
pub use person_id::{IdCheck, InvalidPersonId, PersonId};
pub use way::Pseudonyms;
