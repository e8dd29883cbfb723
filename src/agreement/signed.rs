//! An agreement that every party has signed: the only one that a role acts on.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Agreement, AgreementError, Dataset, Party, Role};
use crate::analysis::{Eligibility, Program};
use crate::signature::{Context, Signature, SigningKey};
use crate::units::AgreementId;

/// The largest file of signatures that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// An agreement with a valid signature of each party that it names. It reads like the [`Agreement`] that it holds.
///
/// A role does not act on a draft:
///
/// ```
/// use drempel::{DataProvider, EncryptedTable, SignedAgreement, Table};
/// fn encrypt(provider: &DataProvider, agreement: &SignedAgreement, table: &Table) {
///     let _ = provider.encrypt(agreement, table);
/// }
/// ```
/// ```compile_fail,E0308
/// use drempel::{Agreement, DataProvider, EncryptedTable, Table};
/// fn encrypt(provider: &DataProvider, agreement: &Agreement, table: &Table) {
///     let _ = provider.encrypt(agreement, table);
/// }
/// ```
#[derive(Debug)]
pub struct SignedAgreement<A = Eligibility> {
    agreement: Agreement<A>,
}

/// The parties' signatures over one agreement, as they lie beside it in a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signatures {
    /// The id of the agreement that is signed.
    agreement: AgreementId,
    signature: Vec<PartySignature>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PartySignature {
    #[serde(deserialize_with = "super::parts::text")]
    party: String,
    signature: Signature,
}

/// Why an agreement does not count as signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The agreement itself.
    #[error(transparent)]
    Agreement(#[from] AgreementError),
    /// The file of signatures cannot be read.
    #[error("{}: {source}; `drempel agreement sign` makes this file", path.display())]
    Io {
        /// Where it should be.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The file of signatures is malformed.
    #[error("{}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// Signatures over another text.
    #[error(
        "the signatures are over agreement {found}, not over {expected}; one changed character is enough. After an \
         amendment everybody signs again, in a new file of signatures"
    )]
    OtherAgreement {
        /// The agreement in hand.
        expected: AgreementId,
        /// What the signatures say.
        found: AgreementId,
    },
    /// A party without a public key.
    #[error("party \"{party}\" has no signing_key; `drempel party keygen` prints the line for the agreement")]
    NoKey {
        /// The party.
        party: String,
    },
    /// A name that the agreement does not have.
    #[error("\"{party}\" is no party to this agreement")]
    UnknownParty {
        /// As given.
        party: String,
    },
    /// A key that is not the party's.
    #[error("this is not the signing key that the agreement gives party \"{party}\"")]
    OtherKey {
        /// The party.
        party: String,
    },
    /// A party that has not signed.
    #[error("party \"{party}\" has not signed")]
    Missing {
        /// The party.
        party: String,
    },
    /// Signed before.
    #[error("party \"{party}\" has signed already")]
    AlreadySigned {
        /// The party.
        party: String,
    },
    /// Two signatures of one party.
    #[error("there are two signatures of party \"{party}\"")]
    Duplicate {
        /// The party.
        party: String,
    },
    /// A signature that does not verify.
    #[error("the signature of party \"{party}\" is not valid for this agreement")]
    Invalid {
        /// The party.
        party: String,
    },
}

impl SignatureError {
    /// Whether the agreement refuses, as opposed to a file being malformed.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Agreement(error) => error.is_refusal(),
            Self::Syntax { .. } => false,
            Self::Io { source, .. } => source.kind() == std::io::ErrorKind::NotFound,
            _ => true,
        }
    }
}

impl Signatures {
    /// No signatures yet.
    pub fn new<A>(agreement: &Agreement<A>) -> Self {
        Self { agreement: agreement.id, signature: Vec::new() }
    }

    /// The file beside an agreement: its name and `.sig`.
    pub fn path(agreement: &Path) -> PathBuf {
        let mut name = agreement.as_os_str().to_owned();
        name.push(".sig");
        name.into()
    }

    /// Reads the signatures beside an agreement.
    ///
    /// # Errors
    /// When there are none, or the file is malformed.
    pub fn open(agreement: &Path) -> Result<Self, SignatureError> {
        let path = Self::path(agreement);
        let too_long = || std::io::Error::new(std::io::ErrorKind::InvalidData, "the file is too long");
        let text = fs::metadata(&path).and_then(|file| {
            if file.len() > MAX_BYTES { Err(too_long()) } else { fs::read_to_string(&path) }
        });
        let text = text.map_err(|source| SignatureError::Io { path: path.clone(), source })?;
        Self::parse(&text).map_err(|message| SignatureError::Syntax { path, message })
    }

    /// Reads a file's text, or says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.message().to_owned())
    }

    /// The file's text.
    pub fn to_text(&self) -> String {
        let mut text = String::from("# Who has signed; see `drempel agreement verify`.\n");
        let _ = writeln!(text, "agreement = \"{}\"", self.agreement);
        for PartySignature { party, signature } in &self.signature {
            let party = toml::Value::from(party.as_str());
            let _ = write!(text, "\n[[signature]]\nparty = {party}\nsignature = \"{signature}\"\n");
        }
        text
    }

    /// Adds a party's signature.
    ///
    /// # Errors
    /// When these are signatures over another agreement, the party is not named in it, has another key, or has signed.
    pub fn sign<A>(
        &mut self,
        agreement: &Agreement<A>,
        party: &str,
        key: &SigningKey,
    ) -> Result<(), SignatureError> {
        self.expect(agreement)?;
        let known = agreement.parties.iter().find(|known| known.name == party);
        let party = party.to_owned();
        let Some(known) = known else {
            return Err(SignatureError::UnknownParty { party });
        };
        if known.key()? != key.verifying_key() {
            return Err(SignatureError::OtherKey { party });
        }
        if self.signature.iter().any(|signed| signed.party == party) {
            return Err(SignatureError::AlreadySigned { party });
        }
        let signature = key.sign(Context::Agreement(&party), agreement.id);
        self.signature.push(PartySignature { party, signature });
        Ok(())
    }

    /// The parties that have signed, whether or not the signature is valid.
    pub fn parties(&self) -> impl Iterator<Item = &str> {
        self.signature.iter().map(|signed| signed.party.as_str())
    }

    fn expect<A>(&self, agreement: &Agreement<A>) -> Result<(), SignatureError> {
        if self.agreement == agreement.id {
            return Ok(());
        }
        Err(SignatureError::OtherAgreement { expected: agreement.id, found: self.agreement })
    }
}

impl Party {
    /// Whether this is the party's own signing key.
    pub(crate) fn owns(&self, key: &SigningKey) -> bool {
        self.signing_key == Some(key.verifying_key())
    }

    /// The party's public key.
    fn key(&self) -> Result<crate::signature::VerifyingKey, SignatureError> {
        self.signing_key.ok_or_else(|| SignatureError::NoKey { party: self.name.clone() })
    }
}

impl SignedAgreement {
    /// Reads an agreement about eligibility and the signatures beside it.
    ///
    /// # Errors
    /// When the agreement breaks a rule, or any party's signature is missing or not valid.
    pub fn open(path: &Path) -> Result<Self, SignatureError> {
        Self::open_as(path)
    }
}

impl<A: Program> SignedAgreement<A> {
    /// As [`open`](SignedAgreement::open), for an analysis that may be defined outside drempel.
    ///
    /// # Errors
    /// When the agreement breaks a rule, or any party's signature is missing or not valid.
    pub fn open_as(path: &Path) -> Result<Self, SignatureError> {
        Self::new(Agreement::open_as(path)?, &Signatures::open(path)?)
    }

    /// Checks that every party has signed, once, with its own key.
    ///
    /// # Errors
    /// When a signature is missing, not valid, or there are two of one party or one of a stranger.
    pub fn new(agreement: Agreement<A>, signatures: &Signatures) -> Result<Self, SignatureError> {
        signatures.expect(&agreement)?;
        for party in &agreement.parties {
            let name = &party.name;
            let mut own = signatures.signature.iter().filter(|signed| signed.party == *name);
            let Some(PartySignature { signature, .. }) = own.next() else {
                return Err(SignatureError::Missing { party: name.clone() });
            };
            if own.next().is_some() {
                return Err(SignatureError::Duplicate { party: name.clone() });
            }
            if !party.key()?.verifies(Context::Agreement(name), agreement.id, signature) {
                return Err(SignatureError::Invalid { party: name.clone() });
            }
        }
        let stranger =
            signatures.parties().find(|name| agreement.parties.iter().all(|party| party.name != *name));
        if let Some(party) = stranger {
            return Err(SignatureError::UnknownParty { party: party.to_owned() });
        }
        Ok(Self { agreement })
    }

    /// The parties that have a role; exactly one for the evaluator and the key holder.
    pub fn holders(&self, role: Role) -> impl Iterator<Item = &Party> {
        self.agreement.parties.iter().filter(move |party| party.roles.contains(&role))
    }

    /// The evaluator or the key holder.
    pub(crate) fn only(&self, role: Role) -> &Party {
        self.holders(role).next().expect("an agreement has one evaluator and one key holder: checked")
    }

    /// The party that holds a dataset.
    pub(crate) fn provider(&self, dataset: &Dataset) -> &Party {
        let provider = self.agreement.parties.iter().find(|party| party.name == dataset.provider);
        provider.expect("a dataset's provider is a party: checked with the agreement")
    }
}

impl<A> Deref for SignedAgreement<A> {
    type Target = Agreement<A>;

    fn deref(&self) -> &Agreement<A> {
        &self.agreement
    }
}

/// An agreement signed by all with fresh keys, for demonstrations, examples and tests: one process plays every party.
///
/// In earnest each party makes its own key and signs for itself.
#[derive(Debug)]
pub struct Rehearsal<A = Eligibility> {
    agreement: SignedAgreement<A>,
    signatures: Signatures,
    keys: HashMap<String, SigningKey>,
}

impl<A: Program> Rehearsal<A> {
    /// Gives every party of an agreement's text a new signing key, and signs with each.
    ///
    /// # Errors
    /// When the agreement breaks a rule.
    pub fn of(text: &str) -> Result<Self, SignatureError> {
        let parties = Agreement::<A>::parse_as(text)?.parties;
        let mut document: toml_edit::DocumentMut = text.parse().expect("an agreement is TOML: just parsed");
        let mut keys = HashMap::new();
        for (index, party) in parties.into_iter().enumerate() {
            let key = SigningKey::generate();
            document["party"][index]["signing_key"] = toml_edit::value(key.verifying_key().to_string());
            keys.insert(party.name, key);
        }
        let agreement = Agreement::parse_as(&document.to_string())?;
        let mut signatures = Signatures::new(&agreement);
        for (party, key) in &keys {
            signatures.sign(&agreement, party, key)?;
        }
        Ok(Self { agreement: SignedAgreement::new(agreement, &signatures)?, signatures, keys })
    }

    /// The agreement.
    pub fn agreement(&self) -> &SignedAgreement<A> {
        &self.agreement
    }

    /// Everybody's signatures.
    pub fn signatures(&self) -> &Signatures {
        &self.signatures
    }

    /// A copy of a party's signing key, for the role that it plays.
    ///
    /// # Panics
    /// When there is no such party.
    pub fn key(&self, party: &str) -> SigningKey {
        let key = self.keys.get(party).expect("a party of the agreement");
        SigningKey::from_bytes(&key.to_bytes()).expect("a key's own bytes")
    }
}
