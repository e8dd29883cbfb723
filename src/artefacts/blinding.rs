//! Blinded answers: the key holder opens random bits, and only the receiver reads what they mean.
//!
//! The evaluator flips each encrypted yes or no into its opposite where a secret bit says so; that is linear, so it
//! costs nothing. The bits come from a seed, one keyed hash per household (docs/protocol.md, section 9).

use std::fmt;

use drempel_fhe::bootstrap::{WORDS, flip_bit};
use drempel_fhe::params::Scale;

use super::seed::{self, Seed};
use crate::files::container::{Container, ContainerError, Kind, artefact};
use crate::signature::SigningKey;
use crate::units::{AgreementId, KeyId};

/// The seed of one job's blinding. For the receiver and the auditor; never for the key holder.
pub struct Blinding {
    container: Container,
    seed: Seed,
}

artefact!(Blinding, Private);

impl Blinding {
    /// A new seed for one job, signed by the evaluator.
    pub(crate) fn generate(
        agreement: AgreementId,
        key: KeyId,
        signer: &SigningKey,
    ) -> Result<Self, ContainerError> {
        Self::from_bytes(seed::generate(Kind::Blinding, agreement, key, signer)?)
    }

    fn read(container: Container) -> Result<Self, ContainerError> {
        let seed = seed::read(&container)?;
        Ok(Self { container, seed })
    }

    /// The answer behind an opened bit, or the bit that hides an answer: the same step both ways.
    pub(crate) fn flip(&self, household: &str, bit: bool) -> bool {
        bit != self.mask_bit(household)
    }

    /// Flips an encrypted yes or no, one ciphertext of [`WORDS`] words per household.
    pub(crate) fn apply<'h>(
        &self,
        households: impl Iterator<Item = &'h str>,
        scale: Scale,
        column: &mut [u64],
    ) {
        for (household, ciphertext) in households.zip(column.chunks_exact_mut(WORDS)) {
            if self.mask_bit(household) {
                flip_bit(ciphertext, scale);
            }
        }
    }

    fn mask_bit(&self, household: &str) -> bool {
        blake3::keyed_hash(&self.seed, household.as_bytes()).as_bytes()[0] & 1 == 1
    }
}

impl fmt::Debug for Blinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blinding").field("digest", &self.digest()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{Digest, SubjectId};

    /// For each pair of answers, all four pairs of opened bits are equally likely over the seeds: the view has the same
    /// distribution whatever the answers are.
    #[test]
    fn opened_bits_are_independent_of_the_answers_and_of_each_other() {
        let signer = SigningKey::generate();
        let id = Digest::of(b"agreement");
        let trials = 4_096;
        let pair = ["h1", "h2"].map(|text| SubjectId::try_from(text).expect("an identifier"));
        let mut counts = [[0_u32; 4]; 4];
        for _ in 0..trials {
            let blinding = Blinding::generate(id, id, &signer).expect("in memory");
            for (answers, counts) in counts.iter_mut().enumerate() {
                let first = blinding.flip(pair[0].as_str(), answers & 1 == 1);
                let second = blinding.flip(pair[1].as_str(), answers & 2 == 2);
                counts[usize::from(first) + 2 * usize::from(second)] += 1;
            }
        }
        for counts in counts {
            let expected = f64::from(trials) / 4.0;
            let chi_square: f64 =
                counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
            // Three degrees of freedom: above 27.9 once in 10^5.6.
            assert!(chi_square < 27.9, "{counts:?}");
        }
    }
}
