use std::collections::HashMap;

use super::{Agreement, SignedAgreement};
use crate::agreement::{Document, SignatureError, Signatures};
use crate::analysis::Program;
use crate::signature::SigningKey;

/// An agreement signed by all with fresh keys, for demonstrations, examples and tests: one process plays every party.
///
/// In earnest each party makes its own key and signs for itself.
#[derive(Debug)]
pub struct Rehearsal<A> {
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
        let parties = Document::parse(text)?.parties().to_vec();
        let mut document: toml_edit::DocumentMut = text.parse().expect("an agreement is TOML: just parsed");
        let mut keys = HashMap::new();
        for (index, party) in parties.into_iter().enumerate() {
            let key = SigningKey::generate();
            document["party"][index]["signing_key"] = toml_edit::value(key.verifying_key().to_string());
            keys.insert(party.name, key);
        }
        let agreement = Agreement::parse(&document.to_string())?;
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
