//! Checked newtypes for what travels between the roles: amounts, identifiers, digests.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

mod subject_ids;

pub use subject_ids::SubjectIds;
pub(crate) use subject_ids::{Distinct, MAX_IDS};

/// An amount of money in whole eurocents. Never a float.
///
/// Limited to ±10¹⁵ cents (ten trillion euro), so that sums over a household cannot overflow an `i64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Cents(i64);

/// The largest amount, in either direction, that [`Cents`] holds.
pub const MAX_CENTS: i64 = 1_000_000_000_000_000;

impl Cents {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// The number of cents.
    pub fn value(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for Cents {
    type Error = AmountOutOfRange;

    fn try_from(cents: i64) -> Result<Self, Self::Error> {
        if (-MAX_CENTS..=MAX_CENTS).contains(&cents) { Ok(Self(cents)) } else { Err(AmountOutOfRange) }
    }
}

impl From<Cents> for i64 {
    fn from(cents: Cents) -> Self {
        cents.0
    }
}

/// An amount beyond ±10¹⁵ cents.
#[derive(Debug, thiserror::Error)]
#[error("an amount lies beyond 10^15 cents")]
pub struct AmountOutOfRange;

/// The longest identifier, in bytes: a SHA-256 in hexadecimal fits.
pub const MAX_ID_BYTES: usize = 64;

/// An identifier that is empty, longer than [`MAX_ID_BYTES`], or holds white space or control characters.
#[derive(Debug, thiserror::Error)]
#[error(
    "an identifier is 1 to {MAX_ID_BYTES} bytes of visible characters without spaces; use a pseudonym or a number"
)]
pub struct InvalidId;

/// Whether a character would show as something else than itself: controls, zero-width and direction marks.
pub(crate) fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn check_id(text: &str) -> Result<(), InvalidId> {
    let visible = |c: char| c.is_ascii_graphic() || (!c.is_whitespace() && !hides(c));
    let is_id = !text.is_empty() && text.len() <= MAX_ID_BYTES && text.chars().all(visible);
    if is_id { Ok(()) } else { Err(InvalidId) }
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                check_id(&text)?;
                Ok(Self(text))
            }
        }

        impl TryFrom<&str> for $name {
            type Error = InvalidId;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier! {
    /// Whom or what a row or an answer is about, under the name that the agencies agreed on: the pseudonym of a person or
    /// a household, the name of a group or an area.
    SubjectId
}

/// A BLAKE3 digest of 32 bytes, shown in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// No digest: what the first of a chain names as the one before it.
    pub const ZERO: Self = Self([0; 32]);

    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for Digest {
    type Err = InvalidDigest;

    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        unhex(text).map(Self).ok_or(InvalidDigest)
    }
}

/// A text that is no digest.
#[derive(Debug, thiserror::Error)]
#[error("a digest is 64 hexadecimal digits")]
pub struct InvalidDigest;

impl From<[u8; 32]> for Digest {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl From<blake3::Hash> for Digest {
    fn from(hash: blake3::Hash) -> Self {
        Self(*hash.as_bytes())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&blake3::Hash::from(self.0).to_hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Hexadecimal where people read, 32 bytes where they don't.
impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return <[u8; 32]>::deserialize(deserializer).map(Self);
        }
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Bytes from lowercase hexadecimal digits; nothing when it is anything else.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    if text.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

/// Which agreement: the BLAKE3 digest of the agreement file's bytes.
pub type AgreementId = Digest;

/// Which key set: the BLAKE3 digest of its public key.
pub type KeyId = Digest;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_beyond_ten_trillion_euro_is_refused() {
        assert!(Cents::try_from(MAX_CENTS).is_ok());
        assert!(Cents::try_from(-MAX_CENTS).is_ok());
        assert!(Cents::try_from(MAX_CENTS + 1).is_err());
        assert!(Cents::try_from(i64::MIN).is_err());
    }

    #[test]
    fn an_identifier_has_no_spaces_and_at_most_64_bytes() {
        assert!(SubjectId::try_from("p-17").is_ok());
        for bad in ["", " ", "a b", "a\n", "\u{feff}\t", "a\u{200b}", "\u{202e}a", &"x".repeat(65)] {
            assert!(SubjectId::try_from(bad).is_err(), "{bad:?}");
        }
    }
}
