use std::fmt;

use drempel_fhe::keys;
use zeroize::Zeroizing;

use crate::units::{AgreementId, KeyId};

/// The secret key of one agreement: 2,048 bits. It cannot be printed, copied or compared:
///
/// ```
/// fn ids(one: &drempel::SecretKey, other: &drempel::SecretKey) -> bool { one.id() == other.id() }
/// ```
/// ```compile_fail,E0369
/// fn compare(one: &drempel::SecretKey, other: &drempel::SecretKey) -> bool { one == other }
/// ```
/// ```compile_fail,E0599
/// fn copy(key: &drempel::SecretKey) -> drempel::SecretKey { drempel::SecretKey::clone(key) }
/// ```
pub struct SecretKey {
    id: KeyId,
    agreement: AgreementId,
    key: keys::SecretKey,
}

impl SecretKey {
    pub(crate) fn new(id: KeyId, agreement: AgreementId, key: keys::SecretKey) -> Self {
        Self { id, agreement, key }
    }

    /// The key set's name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The agreement that the key set was made for.
    pub fn agreement(&self) -> AgreementId {
        self.agreement
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote, out of a [key file](crate::files::key_file); `None` when it is
    /// something else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (agreement, rest) = bytes.strip_prefix(FIRST_LINE)?.split_first_chunk::<32>()?;
        let (id, packed) = rest.split_first_chunk::<32>()?;
        Some(Self::new((*id).into(), (*agreement).into(), keys::SecretKey::from_bytes(packed)?))
    }

    /// The key as it lies, encrypted, in a key file: whoever can read these bytes can decrypt.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let ids = [self.agreement.as_bytes(), self.id.as_bytes()];
        Zeroizing::new([FIRST_LINE, ids[0], ids[1], &self.key.to_bytes()].concat())
    }

    /// What decrypts.
    pub(crate) fn key(&self) -> &keys::SecretKey {
        &self.key
    }
}

const FIRST_LINE: &[u8] = b"drempel secret key 1\n";

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").field("id", &self.id).finish_non_exhaustive()
    }
}
