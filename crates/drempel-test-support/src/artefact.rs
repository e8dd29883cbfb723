//! Artefacts written by hand, as docs/format.md says it: what a dishonest party, or a stranger, can always make.

use drempel::SigningKey;
use drempel::files::{Header, Kind};
use drempel::units::{AgreementId, Digest, KeyId};
use ed25519_dalek::Signer;

/// An artefact in good form, with any contents.
#[derive(Clone, Copy)]
pub struct Artefact<'a> {
    /// What it says it is.
    pub kind: Kind,
    /// Of which agreement.
    pub agreement: AgreementId,
    /// Under which key.
    pub key: KeyId,
    /// The length of its chunks.
    pub chunk_bytes: usize,
    /// Any metadata.
    pub metadata: &'a [u8],
    /// Any payload.
    pub payload: &'a [u8],
}

impl Artefact<'_> {
    /// The file, with a signature; a table's is under its dataset's name.
    pub fn signed(&self, signer: &SigningKey, name: &str) -> Vec<u8> {
        let key = signer.to_bytes();
        let seed = key.last_chunk().expect("a key ends with its seed");
        let signer = ed25519_dalek::SigningKey::from_bytes(seed);
        let (mut file, digest) = self.without_signature();
        let message = message(self.kind, self.agreement, self.key, name, digest);
        file.extend(signer.sign(&message).to_bytes());
        file
    }

    /// The file, signed by nobody.
    pub fn unsigned(&self) -> Vec<u8> {
        let (mut file, _) = self.without_signature();
        file.extend([0; SIGNATURE_BYTES]);
        file
    }

    fn without_signature(&self) -> (Vec<u8>, Digest) {
        let Self { kind, agreement, key, chunk_bytes, metadata, payload } = self;
        let mut header = b"drempel\n".to_vec();
        header.extend(if cfg!(insecure_parameters) { u16::MAX } else { 4 }.to_le_bytes());
        header.extend(number(*kind).to_le_bytes());
        header.extend((*chunk_bytes as u32).to_le_bytes());
        header.extend((metadata.len() as u64).to_le_bytes());
        header.extend((payload.len() as u64).to_le_bytes());
        header.extend(agreement.as_bytes());
        header.extend(key.as_bytes());
        header.extend(blake3::hash(&header).as_bytes());
        let mut whole = blake3::Hasher::new();
        whole.update(&header).update(metadata);
        let mut file = [&header, *metadata].concat();
        for (place, chunk) in (0_u64..).zip(payload.chunks(*chunk_bytes)) {
            let mut digest = blake3::Hasher::new();
            digest.update(agreement.as_bytes()).update(key.as_bytes());
            digest.update(&number(*kind).to_le_bytes()).update(&place.to_le_bytes()).update(chunk);
            let digest = digest.finalize();
            whole.update(digest.as_bytes());
            file.extend(chunk);
            file.extend(digest.as_bytes());
        }
        let whole = whole.finalize();
        file.extend(whole.as_bytes());
        (file, Digest::from(*whole.as_bytes()))
    }
}

/// Whether a party has signed a file with this header and digest; a table's signature is under its dataset's name.
pub fn is_signed_by(
    file: &[u8],
    header: &Header,
    digest: Digest,
    key: &drempel::signature::VerifyingKey,
    name: &str,
) -> bool {
    let signature = file.last_chunk::<SIGNATURE_BYTES>().expect("a trailer ends with a signature");
    let key = key.to_string();
    let digits = key.strip_prefix("ed25519:").expect("how a key begins");
    let bytes: Vec<u8> = (0..digits.len() / 2)
        .map(|place| u8::from_str_radix(&digits[2 * place..2 * place + 2], 16).expect("hexadecimal"))
        .collect();
    let key = ed25519_dalek::VerifyingKey::from_bytes(bytes.as_slice().try_into().expect("32 bytes"));
    let message = message(header.kind, header.agreement, header.key, name, digest);
    let signature = ed25519_dalek::Signature::from_bytes(signature);
    key.expect("an agreement's key").verify_strict(&message, &signature).is_ok()
}

const SIGNATURE_BYTES: usize = 64;

/// What is signed (docs/protocol.md, section 9.2).
fn message(kind: Kind, agreement: AgreementId, key: KeyId, name: &str, digest: Digest) -> Vec<u8> {
    let context = format!("drempel artefact 1\n{}\n{agreement}\n{key}\n{name}\n", number(kind));
    [context.as_bytes(), digest.as_bytes()].concat()
}

/// Of docs/format.md, section 1.1.
fn number(kind: Kind) -> u16 {
    match kind {
        Kind::PublicKey => 2,
        Kind::EvaluationKey => 3,
        Kind::EncryptedTable => 4,
        Kind::EncryptedAnswer => 5,
        Kind::Transcript => 6,
        Kind::Attestation => 7,
        Kind::Blinding => 8,
        Kind::Noise => 9,
        Kind::Nonce => 10,
        other => panic!("{other} is not in docs/format.md"),
    }
}
