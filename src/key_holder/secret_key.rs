use std::fmt;

use zeroize::Zeroizing;

use crate::params::RING;
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
    /// One byte per bit, 0 or 1; wiped when dropped.
    bits: Zeroizing<Vec<u8>>,
}

impl SecretKey {
    pub(super) fn new(id: KeyId, agreement: AgreementId, bits: Zeroizing<Vec<u8>>) -> Self {
        Self { id, agreement, bits }
    }

    /// The key set's name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The agreement that the key set was made for.
    pub fn agreement(&self) -> AgreementId {
        self.agreement
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote, out of a [key file](crate::key_file); nothing when it is
    /// something else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (agreement, rest) = bytes.strip_prefix(FIRST_LINE)?.split_first_chunk::<32>()?;
        let (id, packed) = rest.split_first_chunk::<32>()?;
        if packed.len() != RING / 8 {
            return None;
        }
        let bit = |i: usize| packed[i / 8] >> (i % 8) & 1;
        let bits = Zeroizing::new((0..RING).map(bit).collect());
        Some(Self::new((*id).into(), (*agreement).into(), bits))
    }

    /// The key as it lies, encrypted, in a key file: whoever can read these bytes can decrypt.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let pack = |bits: &[u8]| bits.iter().enumerate().fold(0, |byte, (i, bit)| byte | bit << i);
        let packed: Zeroizing<Vec<u8>> = Zeroizing::new(self.bits.chunks(8).map(pack).collect());
        let ids = [self.agreement.as_bytes(), self.id.as_bytes()];
        Zeroizing::new([FIRST_LINE, ids[0], ids[1], &packed].concat())
    }

    /// Body minus mask times key, in Z/2¹⁶[X]/(X^N + 1), at the places that have a body.
    pub(super) fn phases(&self, mask: &[u16], bodies: &[u16]) -> Zeroizing<Vec<u16>> {
        let mut product = Zeroizing::new(vec![0_u16; RING]);
        for (degree, bit) in self.bits.iter().enumerate() {
            // The same work for either bit.
            let keep = u16::from(*bit).wrapping_neg();
            let (front, back) = mask.split_at(RING - degree);
            product[degree..].iter_mut().zip(front).for_each(|(p, m)| *p = p.wrapping_add(m & keep));
            product[..degree].iter_mut().zip(back).for_each(|(p, m)| *p = p.wrapping_sub(m & keep));
        }
        // With all of them and the mask one could compute the key.
        Zeroizing::new(bodies.iter().zip(product.iter()).map(|(body, p)| body.wrapping_sub(*p)).collect())
    }

    /// The body of one ciphertext minus the inner product of its mask and the key, modulo 2³².
    pub(super) fn phase(&self, row: &[u32]) -> u32 {
        let (body, mask) = row.split_last().expect("a ciphertext has a body");
        // The same work for either bit.
        let terms = mask.iter().zip(self.bits.iter()).map(|(m, bit)| m & u32::from(*bit).wrapping_neg());
        terms.fold(*body, u32::wrapping_sub)
    }
}

const FIRST_LINE: &[u8] = b"drempel secret key 1\n";

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").field("id", &self.id).finish_non_exhaustive()
    }
}
