use std::fmt::{self, Write as _};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::way::Pseudonyms;
use crate::units::{AgreementId, SubjectId};
use crate::units::{IdCheck, InvalidPersonId, PersonId};

/// The key of one agreement's pseudonyms, shared by its data providers and its evaluator.
///
/// It cannot be printed, copied or compared, and is wiped when dropped.
pub struct PseudonymKey {
    agreement: AgreementId,
    key: Zeroizing<[u8; KEY_BYTES]>,
}

impl PseudonymKey {
    /// A new key from the operating system's randomness.
    pub fn generate(agreement: AgreementId) -> Self {
        let mut key = Zeroizing::new([0_u8; KEY_BYTES]);
        getrandom::fill(key.as_mut_slice()).expect("the operating system gives random bytes");
        Self { agreement, key }
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote; None when it is something else, or another agreement's key.
    pub fn from_bytes(agreement: AgreementId, bytes: &[u8]) -> Option<Self> {
        let key = bytes.strip_prefix(FIRST_LINE)?.strip_prefix(agreement.as_bytes())?;
        Some(Self { agreement, key: Zeroizing::new(key.try_into().ok()?) })
    }

    /// The key as it lies, encrypted, in a key file: a line of text, the agreement's id, the key.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new([FIRST_LINE, self.agreement.as_bytes().as_slice(), self.key.as_slice()].concat())
    }

    /// The agreement that the key was made for.
    pub fn agreement(&self) -> AgreementId {
        self.agreement
    }

    /// A person's pseudonym: 64 hexadecimal characters, the same for everybody with this key.
    ///
    /// # Errors
    /// When the identifier does not pass the check. It is never trimmed or repaired: another party would get
    /// another pseudonym for the same person.
    pub fn pseudonym(&self, id: &str, check: IdCheck) -> Result<SubjectId, InvalidPersonId> {
        PersonId::new(id, check).map(|person| self.pseudonym_of(&person))
    }
}

impl Pseudonyms for PseudonymKey {
    fn pseudonym_of(&self, person: &PersonId<'_>) -> SubjectId {
        let mac = Hmac::<Sha256>::new_from_slice(self.key.as_slice());
        let mac = mac.expect("HMAC takes a key of any length");
        let mac = mac.chain_update(DOMAIN).chain_update(self.agreement.as_bytes()).chain_update([0_u8]);
        let digest = mac.chain_update(person.as_bytes()).finalize().into_bytes();
        let mut text = String::with_capacity(2 * digest.len());
        for byte in digest {
            write!(text, "{byte:02x}").expect("a string takes any text");
        }
        SubjectId::try_from(text).expect("64 hexadecimal characters are an identifier")
    }
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PseudonymKey").field("agreement", &self.agreement).finish_non_exhaustive()
    }
}

pub(super) const KEY_BYTES: usize = 32;

/// The first bytes of a key, before it is encrypted.
pub(super) const FIRST_LINE: &[u8] = b"drempel pseudonym key 1\n";

/// The first bytes under the HMAC; the agreement's id, a zero and the identifier follow.
const DOMAIN: &[u8] = b"drempel person 1";
