use crate::agreement::Disclosure;
use crate::units::Digest;

/// Which rows are evaluated again: each with the agreed probability, by a seed of both sides' making.
#[derive(Debug)]
pub struct Draw {
    seed: blake3::Hasher,
    /// Of 2⁶⁴; nothing where everything is audited.
    bound: Option<u64>,
}

impl Draw {
    /// The rows of an answer that a nonce draws, drawn by an auditor after the answer was made.
    pub fn new(answer: Digest, nonce: Digest, disclosure: &Disclosure) -> Self {
        let mut seed = blake3::Hasher::new_derive_key("drempel 2026 rows that an audit draws");
        seed.update(answer.as_bytes()).update(nonce.as_bytes());
        let bound = (disclosure.audit < 1.0).then_some((disclosure.audit * 2.0_f64.powi(64)) as u64);
        Self { seed, bound }
    }

    /// Whether the answer at this index, counted from zero, is evaluated again.
    pub fn takes(&self, index: usize) -> bool {
        let Some(bound) = self.bound else {
            return true;
        };
        let mut hasher = self.seed.clone();
        let digest = hasher.update(&(index as u64).to_le_bytes()).finalize();
        u64::from_le_bytes(*digest.as_bytes().first_chunk().expect("32 bytes")) < bound
    }
}
