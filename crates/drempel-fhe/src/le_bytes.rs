//! Little-endian words: how keys and ciphertexts lie in a file.

/// An unsigned integer of a fixed number of bytes.
pub trait Word: Copy {
    /// How many.
    const BYTES: usize;
    /// Appends the word.
    fn write(self, bytes: &mut Vec<u8>);
    /// Reads a word of exactly its bytes.
    fn read(bytes: &[u8]) -> Self;
}

macro_rules! word {
    ($($type:ty),*) => {
        $(impl Word for $type {
            const BYTES: usize = size_of::<Self>();

            fn write(self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }

            fn read(bytes: &[u8]) -> Self {
                Self::from_le_bytes(bytes.try_into().expect("a whole word"))
            }
        })*
    };
}

word!(u16, u32, u64, u128);

/// Appends words to bytes.
pub fn write<W: Word>(bytes: &mut Vec<u8>, words: &[W]) {
    bytes.reserve(words.len() * W::BYTES);
    for word in words {
        word.write(bytes);
    }
}

/// Takes `count` words off the front; `None` when there are fewer.
pub fn take<W: Word>(bytes: &mut &[u8], count: usize) -> Option<Vec<W>> {
    let (front, rest) = bytes.split_at_checked(count.checked_mul(W::BYTES)?)?;
    *bytes = rest;
    Some(front.chunks_exact(W::BYTES).map(W::read).collect())
}
