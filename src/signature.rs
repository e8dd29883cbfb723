//! Who made this: Ed25519 signatures of parties over digests.
//!
//! A signature covers a *context*, so that one made for an agreement never passes for one over an answer
//! (docs/protocol.md, section 9).

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::Signer as _;
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use zeroize::Zeroizing;

use crate::units::{AgreementId, Digest, KeyId, unhex};

/// What a signature is about. Two contexts never give the same message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Context<'a> {
    /// A party agrees: over the agreement's id, under the party's name.
    Agreement(&'a str),
    /// A role made an artefact: over its digest, with the number of its kind, its agreement and key, and for a table
    /// the dataset's name.
    Artefact(u16, AgreementId, KeyId, &'a str),
    /// A line of a ledger: over the entry's digest.
    Ledger,
}

impl Context<'_> {
    fn message(self, digest: Digest) -> Vec<u8> {
        let label = match self {
            Self::Agreement(party) => format!("drempel agreement 1\n{party}\n"),
            Self::Artefact(kind, agreement, key, name) => {
                format!("drempel artefact 1\n{kind}\n{agreement}\n{key}\n{name}\n")
            }
            Self::Ledger => "drempel ledger 1\n".to_owned(),
        };
        [label.as_bytes(), digest.as_bytes()].concat()
    }
}

/// Who should have signed: a party's name in its agreement, and its public key where it has one.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    /// For messages.
    pub name: &'a str,
    /// `None` verifies nothing.
    pub key: Option<VerifyingKey>,
}

impl Signer<'_> {
    pub(crate) fn verifies(self, context: Context<'_>, digest: Digest, signature: &Signature) -> bool {
        self.key.is_some_and(|key| key.verifies(context, digest, signature))
    }
}

/// A party's signing key. It cannot be printed, copied or compared, and is wiped when dropped.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// A new key from the operating system's randomness.
    pub fn generate() -> Self {
        let mut seed = Zeroizing::new([0; SEED_BYTES]);
        getrandom::fill(seed.as_mut()).expect("the operating system gives random bytes");
        Self::from_seed(&seed)
    }

    fn from_seed(seed: &[u8; SEED_BYTES]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote; `None` when it is something else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let seed = bytes.strip_prefix(FIRST_LINE)?;
        Some(Self::from_seed(seed.try_into().ok()?))
    }

    /// The key as it lies, encrypted, in a [key file](crate::files::key_file).
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let seed = Zeroizing::new(self.0.to_bytes());
        Zeroizing::new([FIRST_LINE, seed.as_slice()].concat())
    }

    /// The public half, for the agreement.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key())
    }

    pub(crate) fn sign(&self, context: Context<'_>, digest: Digest) -> Signature {
        Signature(self.0.sign(&context.message(digest)).to_bytes())
    }
}

const FIRST_LINE: &[u8] = b"drempel signing key 1\n";
const SEED_BYTES: usize = 32;

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("public", &self.verifying_key()).finish_non_exhaustive()
    }
}

/// A party's public key, as the agreement names it: `ed25519:` and 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

/// A text that is no public key.
#[derive(Debug, thiserror::Error)]
#[error("a signing key is \"ed25519:\" and 64 hexadecimal digits, as `drempel party keygen` prints it")]
pub struct InvalidKey;

impl VerifyingKey {
    /// Whether this key made the signature. Strict: weak keys and malleable signatures are refused.
    pub(crate) fn verifies(&self, context: Context<'_>, digest: Digest, signature: &Signature) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        self.0.verify_strict(&context.message(digest), &signature).is_ok()
    }
}

impl FromStr for VerifyingKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let bytes = text.strip_prefix(PREFIX).and_then(unhex).ok_or(InvalidKey)?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(&bytes).map_err(|_| InvalidKey)?;
        if key.is_weak() { Err(InvalidKey) } else { Ok(Self(key)) }
    }
}

const PREFIX: &str = "ed25519:";

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", Digest::from(self.0.to_bytes()))
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<'de> Deserialize<'de> for VerifyingKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// 64 bytes that only the owner of a signing key can make; shown in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; Self::BYTES]);

impl Signature {
    /// The length of a signature.
    pub const BYTES: usize = 64;

    pub(crate) fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Signature {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        unhex(&text).map(Self).ok_or_else(|| D::Error::custom("a signature is 128 hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_key_context_and_digest_only() {
        let (key, other) = (SigningKey::generate(), SigningKey::generate());
        let digest = Digest::of(b"x");
        let (agreement, id) = (Digest::of(b"agreement"), Digest::of(b"key"));
        let context = Context::Artefact(4, agreement, id, "income");
        let signature = key.sign(context, digest);
        let public = key.verifying_key();
        assert!(public.verifies(context, digest, &signature));
        assert!(!other.verifying_key().verifies(context, digest, &signature));
        assert!(!public.verifies(context, Digest::of(b"y"), &signature));
        let others = [
            Context::Artefact(5, agreement, id, "income"),
            Context::Artefact(4, id, id, "income"),
            Context::Artefact(4, agreement, agreement, "income"),
            Context::Artefact(4, agreement, id, "debts"),
            Context::Ledger,
            Context::Agreement("4"),
        ];
        for other in others {
            assert!(!public.verifies(other, digest, &signature), "{other:?}");
        }
    }

    #[test]
    fn keys_are_read_as_they_are_written_and_nothing_else_is() {
        let key = SigningKey::generate();
        let text = key.verifying_key().to_string();
        assert_eq!(text.parse::<VerifyingKey>().ok(), Some(key.verifying_key()));
        let again = SigningKey::from_bytes(&key.to_bytes()).expect("just written");
        assert_eq!(again.verifying_key(), key.verifying_key());
        let weak = format!("ed25519:{}", "0".repeat(64));
        for bad in ["", "ed25519:", &text[1..], &text[..70], &text.to_uppercase(), &weak] {
            assert!(bad.parse::<VerifyingKey>().is_err(), "{bad}");
        }
        assert!(SigningKey::from_bytes(&key.to_bytes()[1..]).is_none());
    }

    #[test]
    fn a_signing_key_does_not_print_itself() {
        let key = SigningKey::generate();
        let secret = Digest::from(key.0.to_bytes()).to_string();
        assert!(!format!("{key:?}").contains(&secret));
    }
}
