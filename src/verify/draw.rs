use crate::agreement::Disclosure;
use crate::units::Digest;

/// Which answers are evaluated again: each with the agreed probability, by a seed of both sides' making.
#[derive(Debug)]
pub struct Draw {
    seed: blake3::Hasher,
    /// Of 2⁶⁴; `None` where everything is audited.
    bound: Option<u64>,
}

impl Draw {
    /// The draw that an answer's digest and an auditor's nonce give.
    pub fn new(answer: Digest, nonce: Digest, disclosure: &Disclosure) -> Self {
        let mut seed = blake3::Hasher::new_derive_key("drempel 2026 rows that an audit draws");
        seed.update(answer.as_bytes()).update(nonce.as_bytes());
        let bound = (disclosure.audit < 1.0).then_some((disclosure.audit * 2.0_f64.powi(64)) as u64);
        Self { seed, bound }
    }

    /// Whether the answer at this index is drawn.
    fn takes(&self, index: usize) -> bool {
        let Some(bound) = self.bound else {
            return true;
        };
        let mut hasher = self.seed.clone();
        let digest = hasher.update(&(index as u64).to_le_bytes()).finalize();
        u64::from_le_bytes(*digest.as_bytes().first_chunk().expect("32 bytes")) < bound
    }

    /// The indices that are drawn of so many answers.
    pub fn indices(&self, answers: usize) -> impl Iterator<Item = usize> {
        (0..answers).filter(|index| self.takes(*index))
    }

    /// How many of so many answers are drawn.
    pub fn count(&self, answers: usize) -> u64 {
        self.indices(answers).count() as u64
    }
}
