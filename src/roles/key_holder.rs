//! Role 3, the key holder: makes the keys of one agreement and releases its answers, and only those.

use drempel_fhe::Needs;
use drempel_fhe::bootstrap::WORDS;
use drempel_fhe::keys::KeySet;
use drempel_fhe::leveled::{self, noise};
use drempel_fhe::packing::{self, PackedRing};
use drempel_fhe::params::ANSWER_BITS;

use crate::agreement::Role;
use crate::analysis::{Program, Released, Shape};
use crate::answer::Answer;
use crate::artefacts::{Attestation, EncryptedAnswer, EvaluationKey, PackedValues, PublicKey, SecretKey};
use crate::contract::SignedAgreement;
use crate::ledger::{Event, Ledger};
use crate::plan::needs;
use crate::signature::SigningKey;
use crate::units::AgreementId;

mod error;
mod gate;

pub use error::ReleaseError;

/// The party that can decrypt, and the only one:
///
/// ```
/// use drempel::analysis::Eligibility;
/// use drempel::{EncryptedAnswer, KeyHolder, Ledger, SignedAgreement};
/// fn open(key_holder: &KeyHolder, agreement: &SignedAgreement<Eligibility>, answer: &EncryptedAnswer, ledger: &mut Ledger) {
///     let _ = key_holder.release(agreement, answer, &[], ledger);
/// }
/// ```
/// ```compile_fail,E0599
/// use drempel::analysis::Eligibility;
/// use drempel::{EncryptedAnswer, Evaluator, Ledger, SignedAgreement};
/// fn open(evaluator: &Evaluator, agreement: &SignedAgreement<Eligibility>, answer: &EncryptedAnswer, ledger: &mut Ledger) {
///     let _ = evaluator.release(agreement, answer, &[], ledger);
/// }
/// ```
///
/// It computes nothing, so it cannot answer a question of its own:
///
/// ```
/// use drempel::analysis::Eligibility;
/// use drempel::{EncryptedTable, Evaluator, Households, SignedAgreement};
/// fn ask(evaluator: &Evaluator, agreement: &SignedAgreement<Eligibility>, asked: &Households, tables: &[EncryptedTable]) {
///     let _ = evaluator.evaluate(agreement, asked, tables, |_| {});
/// }
/// ```
/// ```compile_fail,E0599
/// use drempel::analysis::Eligibility;
/// use drempel::{EncryptedTable, Households, KeyHolder, SignedAgreement};
/// fn ask(key_holder: &KeyHolder, agreement: &SignedAgreement<Eligibility>, asked: &Households, tables: &[EncryptedTable]) {
///     let _ = key_holder.evaluate(agreement, asked, tables, |_| {});
/// }
/// ```
#[derive(Debug)]
pub struct KeyHolder {
    key: SecretKey,
    signing_key: SigningKey,
}

impl KeyHolder {
    /// Makes a new key set for one agreement (about two seconds) and records it in the ledger.
    ///
    /// # Errors
    /// When the agreement is not in force, the signing key is not the key holder's, or the ledger cannot be written.
    pub fn generate<A: Program>(
        agreement: &SignedAgreement<A>,
        signing_key: SigningKey,
        ledger: &mut Ledger,
    ) -> Result<(Self, PublicKey, EvaluationKey), ReleaseError> {
        agreement.in_force_today()?;
        Self::check_signing_key(agreement, &signing_key)?;
        gate::check_first(agreement, ledger)?;
        let (key, public, evaluation) = keys(agreement.id(), &needs(agreement), &signing_key);
        let evaluation_key = evaluation.digest();
        let made = Event::Keys { agreement: agreement.id(), key: key.id(), evaluation_key };
        ledger.append(made, &signing_key)?;
        Ok((Self { key, signing_key }, public, evaluation))
    }

    /// Refuses a signing key that is not the key holder's, before anything is made with it.
    ///
    /// # Errors
    /// [`ReleaseError::WrongSigner`].
    pub fn check_signing_key<A>(
        agreement: &SignedAgreement<A>,
        signing_key: &SigningKey,
    ) -> Result<(), ReleaseError> {
        let holder = agreement.only(Role::KeyHolder);
        if holder.owns(signing_key) {
            return Ok(());
        }
        Err(ReleaseError::WrongSigner { party: holder.name.clone() })
    }

    /// A key holder with a secret key made before, and its own signing key.
    pub fn new(key: SecretKey, signing_key: SigningKey) -> Self {
        Self { key, signing_key }
    }

    /// The secret key, to be saved.
    pub fn key(&self) -> &SecretKey {
        &self.key
    }

    /// Opens the agreed answers, if every condition of the gate holds (docs/protocol.md, section 9). The ledger has
    /// the release on disk before this returns.
    ///
    /// # Errors
    /// One for each condition. Then nothing was opened, or nothing of it is returned.
    ///
    /// # Cost
    /// No bootstrap: one multiplication of ring elements per 2,048 answers.
    pub fn release<A: Program>(
        &self,
        agreement: &SignedAgreement<A>,
        answer: &EncryptedAnswer,
        attestations: &[Attestation],
        ledger: &mut Ledger,
    ) -> Result<Answer, ReleaseError> {
        agreement.in_force_today()?;
        Self::check_signing_key(agreement, &self.signing_key)?;
        let release = gate::check(&self.key, agreement, answer, attestations, ledger)?;
        let ciphertexts = answer.ciphertexts()?;
        // Before anything is decrypted: an answer that turns out to be none is spent too.
        ledger.append(Event::Release(release), &self.signing_key)?;
        let shape = agreement.shape();
        let fields = self.open(&ciphertexts, shape)?;
        let made = answer.provenance();
        let values = if agreement.disclosure().blinded {
            Released::read_yes_or_no(&fields)
        } else {
            let decoded = agreement.analysis().decode(&agreement.setting(), &fields);
            decoded.ok_or(ReleaseError::OutsideAnswerSpace)?
        };
        assert_eq!(values.len(), made.subjects.len(), "the analysis gives values for every answer");
        let rows = made.subjects.owned().zip(values).collect();
        Ok(Answer::new(shape.columns().to_vec(), rows, made.blinding))
    }

    /// Decrypts the fields of each answer. Private, and called behind the gate only.
    fn open(&self, ciphertexts: &PackedValues, shape: &Shape) -> Result<Vec<Vec<i64>>, ReleaseError> {
        let released = shape.released();
        let values: Vec<i64> = match ciphertexts {
            PackedValues::Decisions(rings) => self.decisions(rings, shape)?,
            PackedValues::Rings(rings) => rings
                .iter()
                .flat_map(|ring| {
                    let phases = self.key.key().phases(ring);
                    phases.iter().map(|phase| packing::decode_slot(*phase)).collect::<Vec<_>>()
                })
                .collect(),
            PackedValues::Rows(rows) => {
                let rows = rows.iter().flat_map(|rows| rows.chunks_exact(WORDS));
                rows.map(|row| packing::decode_sum(self.key.key().phase(row))).collect()
            }
        };
        let answers: Vec<Vec<i64>> = values.chunks(released.fields.len()).map(<[i64]>::to_vec).collect();
        if answers.iter().all(|fields| released.allows(fields)) {
            Ok(answers)
        } else {
            Err(ReleaseError::OutsideAnswerSpace)
        }
    }

    /// Reads decisions. One that is too far from a yes and from a no is none.
    fn decisions(&self, rings: &[PackedRing], shape: &Shape) -> Result<Vec<i64>, ReleaseError> {
        let params = shape.decided().ok_or(ReleaseError::OutsideAnswerSpace)?;
        let distance = noise::reading_distance(&params);
        let mut values = Vec::new();
        for ring in rings {
            for (place, phase) in self.key.key().phases(ring).iter().enumerate() {
                let phase = u64::from(*phase) << (u64::BITS - ANSWER_BITS);
                let yes = leveled::read(phase, place, distance);
                values.push(i64::from(yes.map_err(|_| ReleaseError::OutsideAnswerSpace)?));
            }
        }
        Ok(values)
    }
}

/// A new key set, as files of an agreement.
pub(crate) fn keys(
    agreement: AgreementId,
    needs: &Needs,
    signer: &SigningKey,
) -> (SecretKey, PublicKey, EvaluationKey) {
    let KeySet { secret, public, evaluation } = KeySet::generate(needs);
    let public = PublicKey::new(agreement, &public, signer).expect("just made");
    let id = public.header().key;
    let evaluation = EvaluationKey::new(id, agreement, needs, &evaluation, signer).expect("just made");
    (SecretKey::new(id, agreement, secret), public, evaluation)
}
