//! The agreement: what may be computed, on which data, by whom, until when.
//!
//! Every role takes the agreement and nothing else that could change the question; no command has a computation
//! parameter. Its id is the BLAKE3 digest of its bytes, so one changed character makes another agreement.

mod document;
mod error;
mod parts;
mod section;
mod signatures;
mod unit;

pub use document::Document;
pub(crate) use document::distinct;
pub use error::AgreementError;
pub(crate) use parts::date;
pub use parts::{Dataset, Disclosure, Party, Role, Subject, Terms};
pub use section::Section;
pub use signatures::{SignatureError, Signatures};
