use std::fmt;
use std::io::Write;
use std::path::Path;

use zeroize::Zeroizing;

use crate::container::{Container, ContainerError, Header, Kind, write_whole};
use crate::params::RING;
use crate::units::{AgreementId, KeyId};

/// The secret key of one agreement: 2,048 bits. It cannot be printed, copied or compared.
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

    /// Reads a secret key. On Unix the file is refused when others than its owner can read it.
    ///
    /// # Errors
    /// When the file is damaged, of another kind, or open to others.
    pub fn open(path: &Path) -> Result<Self, ContainerError> {
        let container = Container::open(path, Kind::SecretKey)?;
        container.metadata::<()>()?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            if std::fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
                return Err(ContainerError::OpenToOthers);
            }
        }
        let packed = Zeroizing::new(container.payload(RING / 8)?);
        let bit = |i: usize| packed[i / 8] >> (i % 8) & 1;
        let bits = Zeroizing::new((0..RING).map(bit).collect());
        Ok(Self::new(container.header().key, container.header().agreement, bits))
    }

    /// Writes the key, unprotected: whoever can read the bytes can decrypt.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write(&self, out: impl Write) -> Result<(), ContainerError> {
        let pack = |bits: &[u8]| bits.iter().enumerate().fold(0, |byte, (i, bit)| byte | bit << i);
        let packed: Zeroizing<Vec<u8>> = Zeroizing::new(self.bits.chunks(8).map(pack).collect());
        let header = Header::new(Kind::SecretKey, self.agreement, self.id, packed.len(), packed.len());
        write_whole(out, header, &(), &packed).map(drop)
    }

    /// Body minus mask times key, in Z/2¹⁶[X]/(X^N + 1), at the places that have a body.
    pub(super) fn phases(&self, mask: &[u16], bodies: &[u16]) -> Vec<u16> {
        let mut product = Zeroizing::new(vec![0_u16; RING]);
        for (degree, bit) in self.bits.iter().enumerate() {
            // The same work for either bit.
            let keep = u16::from(*bit).wrapping_neg();
            let (front, back) = mask.split_at(RING - degree);
            product[degree..].iter_mut().zip(front).for_each(|(p, m)| *p = p.wrapping_add(m & keep));
            product[..degree].iter_mut().zip(back).for_each(|(p, m)| *p = p.wrapping_sub(m & keep));
        }
        bodies.iter().zip(product.iter()).map(|(body, p)| body.wrapping_sub(*p)).collect()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").field("id", &self.id).finish_non_exhaustive()
    }
}
