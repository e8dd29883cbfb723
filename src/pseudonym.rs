//! Pseudonyms of persons (docs/pseudonyms.md). How a person gets one is a way of its own: HMAC-SHA-256 under a key that is
//! made for one agreement ([`PseudonymKey`]) is the first.

mod file;
mod hmac;
#[cfg(test)]
mod tests;
mod way;

pub use crate::units::{IdCheck, InvalidPersonId, PersonId};
pub use file::{PseudonymiseError, pseudonymise};
pub use hmac::PseudonymKey;
pub use way::Pseudonyms;
