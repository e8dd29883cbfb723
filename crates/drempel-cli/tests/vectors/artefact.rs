//! An artefact taken apart and put together as docs/format.md says, section 1, and by nothing of drempel's own.

use ed25519_dalek::{Signer, SigningKey};

const HEADER: usize = 128;
const DIGEST: usize = 32;
const TRAILER: usize = 96;

pub(crate) struct Artefact {
    header: Vec<u8>,
    pub(crate) metadata: Vec<u8>,
    pub(crate) payload: Vec<u8>,
    trailer: Vec<u8>,
}

impl Artefact {
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let (header, rest) = bytes.split_at(HEADER);
        let (rest, trailer) = rest.split_at(rest.len() - TRAILER);
        let (metadata, chunks) = rest.split_at(number(&header[16..24]));
        let mut artefact = Self {
            header: header.into(),
            metadata: metadata.into(),
            payload: vec![],
            trailer: trailer.into(),
        };
        for chunk in chunks.chunks(artefact.chunk_bytes() + DIGEST) {
            artefact.payload.extend(&chunk[..chunk.len() - DIGEST]);
        }
        artefact
    }

    /// From the two ends of a file, which are all of it but its chunks. `payload` is asked for so many bytes.
    pub(crate) fn of_ends(ends: &[u8], payload: impl Fn(usize) -> Vec<u8>) -> Self {
        let (header, rest) = ends.split_at(HEADER);
        let (metadata, trailer) = rest.split_at(rest.len() - TRAILER);
        let payload = payload(number(&header[24..32]));
        Self { header: header.into(), metadata: metadata.into(), payload, trailer: trailer.into() }
    }

    /// All but its chunks.
    pub(crate) fn ends(&self) -> Vec<u8> {
        [self.header.as_slice(), &self.metadata, &self.trailer].concat()
    }

    /// Names another program: an answer begins with the text, an attestation ends with it.
    pub(crate) fn set_program(&mut self, program: &str) {
        let text = [&[program.len() as u8], program.as_bytes()].concat();
        let (answer, attestation) = (5, 7);
        match self.header[10] {
            kind if kind == answer => {
                let old = usize::from(self.metadata[0]) + 1;
                self.metadata.splice(..old, text);
            }
            // Two digests, and two numbers below 251.
            kind if kind == attestation => self.metadata.splice(2 * DIGEST + 2.., text).for_each(drop),
            kind => panic!("kind {kind} names no program"),
        }
    }

    /// The file as it was, with the trailer that it had.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let (mut bytes, _) = self.body();
        bytes.extend(&self.trailer);
        bytes
    }

    /// Seals it anew: with the digest of what it holds now, and its maker's signature.
    pub(crate) fn sealed(mut self, maker: &SigningKey) -> Self {
        let digest = self.body().1;
        let ids = [&self.header[32..64], &self.header[64..96]].map(hexadecimal);
        let message = format!("drempel artefact 1\n{}\n{}\n{}\n\n", self.header[10], ids[0], ids[1]);
        let signature = maker.sign(&[message.as_bytes(), digest.as_slice()].concat());
        self.trailer = [digest.as_slice(), &signature.to_bytes()].concat();
        self
    }

    /// The name that other files know it by.
    pub(crate) fn digest(&self) -> &[u8] {
        &self.trailer[..DIGEST]
    }

    /// All but the trailer, and the digest over it.
    fn body(&self) -> (Vec<u8>, [u8; DIGEST]) {
        let mut header = self.header[..HEADER - DIGEST].to_vec();
        header[16..24].copy_from_slice(&(self.metadata.len() as u64).to_le_bytes());
        header.extend(blake3::hash(&header).as_bytes());
        let mut bytes = [header.as_slice(), &self.metadata].concat();
        let mut whole = blake3::Hasher::new();
        whole.update(&bytes);
        for (place, chunk) in (0_u64..).zip(self.payload.chunks(self.chunk_bytes())) {
            let mut hasher = blake3::Hasher::new();
            hasher.update(&header[32..96]).update(&header[10..12]).update(&place.to_le_bytes()).update(chunk);
            let digest = hasher.finalize();
            whole.update(digest.as_bytes());
            bytes.extend(chunk);
            bytes.extend(digest.as_bytes());
        }
        (bytes, *whole.finalize().as_bytes())
    }

    fn chunk_bytes(&self) -> usize {
        number(&self.header[12..16])
    }
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn number(little_endian: &[u8]) -> usize {
    little_endian.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte))
}
