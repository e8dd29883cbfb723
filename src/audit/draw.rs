use crate::agreement::Disclosure;
use crate::units::Digest;

/// Which rows are evaluated again: each with the agreed probability, by a seed of both sides' making.
pub(crate) struct Draw {
    seed: blake3::Hasher,
    /// Of 2⁶⁴; nothing where everything is audited.
    bound: Option<u64>,
}

impl Draw {
    pub(crate) fn new(answer: Digest, nonce: Digest, disclosure: &Disclosure) -> Self {
        let mut seed = blake3::Hasher::new_derive_key("drempel 2026 rows that an audit draws");
        seed.update(answer.as_bytes()).update(nonce.as_bytes());
        let bound = (disclosure.audit < 1.0).then_some((disclosure.audit * 2.0_f64.powi(64)) as u64);
        Self { seed, bound }
    }

    pub(crate) fn takes(&self, index: usize) -> bool {
        let Some(bound) = self.bound else {
            return true;
        };
        let mut hasher = self.seed.clone();
        let digest = hasher.update(&(index as u64).to_le_bytes()).finalize();
        u64::from_le_bytes(*digest.as_bytes().first_chunk().expect("32 bytes")) < bound
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::Agreement;
    use crate::audit::unseen;

    #[test]
    fn the_draw_finds_forgeries_as_often_as_the_formula_says() {
        let text = include_str!("../../examples/agreements/svb_uwv.toml");
        let agreement: Agreement =
            Agreement::parse(&text.replace("audit = 1.0", "audit = 0.01")).expect("sound");
        let trials = 20_000;
        for forged in [1, 32, 100, 458] {
            let found = (0..trials).filter(|trial: &u64| {
                let nonce = Digest::of(&trial.to_le_bytes());
                let draw = Draw::new(Digest::of(b"answer"), nonce, agreement.disclosure());
                (0..forged as usize).any(|row| draw.takes(3 * row))
            });
            let (found, expected) = (found.count() as f64 / trials as f64, 1.0 - unseen(0.01, forged));
            // The 99 % interval: the draws are the same in every run.
            let width = 2.576 * (expected * (1.0 - expected) / trials as f64).sqrt();
            println!("{forged} forged rows: {found:.4} found; formula {expected:.4}, 99 % ±{width:.4}");
            assert!((found - expected).abs() <= width, "{forged}: {found} but {expected}");
        }
    }
}
