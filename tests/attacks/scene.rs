//! One small job with real keys, and what its parties hold.

use crate::analysis::Eligibility;
use crate::contract::Rehearsal;
use crate::files::container::{Header, Kind, write_whole};
use crate::roles::auditor::{AuditError, Evaluated};
use crate::roles::key_holder::ReleaseError;
use crate::units::{AgreementId, KeyId};
use crate::{
    Attestation, Auditor, DataProvider, EncryptedAnswer, EncryptedTable, Evaluation, EvaluationKey,
    Evaluator, Households, KeyHolder, Ledger, Provenance, PublicKey, SignedAgreement, Table,
};
use drempel_fhe::bootstrap::Bin;
use drempel_fhe::le_bytes;
use drempel_fhe::params::ANSWER_BITS;

/// Amounts of 0 or 1 cent, so that a household of one costs one bootstrap.
pub(super) const AGREEMENT: &str = r#"
[agreement]
name = "attacks"
purpose = "p"
legal_basis = "l"
valid_from = 2020-01-01
valid_until = 2099-12-31
retention_days = 1

[[party]]
name = "provider"
roles = ["data-provider", "auditor"]

[[party]]
name = "evaluator"
roles = ["evaluator"]

[[party]]
name = "holder"
roles = ["key-holder"]

[[party]]
name = "receiver"
roles = []

[[dataset]]
name = "income"
provider = "provider"
subject = "person"
amount = "cents"
unit = "eurocent"
concept = "income"
min = 0
max = 1

[analysis]
kind = "eligibility"
datasets = ["income"]
comparison = "below"
max_addends = 8
missing = "refuse"
line_min = 0
line_max = 1

[disclosure]
to = "receiver"
answers = 100000
audit = 1.0
"#;

pub(super) const INCOMES: &str = "person,cents\na,0\nb,1\nc,0\nd,1\ne,0\nf,1\ng,0\nh,1\ni,0\nj,1\nk,0\nl,1\n";

/// Two households of one.
pub(super) const HOUSEHOLDS: &str = "household,person,poverty_line_cents\nh1,a,1\nh2,b,1\n";

pub(super) struct Scene {
    pub(super) parties: Rehearsal<Eligibility>,
    pub(super) ledger: Ledger,
    pub(super) holder: KeyHolder,
    pub(super) public: PublicKey,
    pub(super) evaluation_key: EvaluationKey,
    pub(super) evaluator: Evaluator,
    pub(super) auditor: Auditor,
    pub(super) tables: Vec<EncryptedTable>,
}

impl Scene {
    pub(super) fn new(agreement: &str, incomes: &str) -> Self {
        let parties = Rehearsal::<Eligibility>::of(agreement).expect("a sound agreement");
        let mut ledger = Ledger::in_memory();
        let keys = KeyHolder::generate(parties.agreement(), parties.key("holder"), &mut ledger);
        let (holder, public, evaluation_key) = keys.expect("in force");
        let evaluator = Evaluator::new(&evaluation_key, parties.key("evaluator")).expect("in memory");
        let auditor = Auditor::new(&evaluation_key, parties.key("provider")).expect("in memory");
        let mut scene =
            Self { parties, ledger, holder, public, evaluation_key, evaluator, auditor, tables: vec![] };
        scene.tables = vec![scene.encrypt(incomes)];
        scene
    }

    pub(super) fn agreement(&self) -> &SignedAgreement<Eligibility> {
        self.parties.agreement()
    }

    pub(super) fn encrypt(&self, incomes: &str) -> EncryptedTable {
        let table = Table::from_csv(self.agreement(), "income", incomes.as_bytes()).expect("valid");
        let mut public = Vec::new();
        self.public.write(&mut public).expect("in memory");
        let public = PublicKey::from_bytes(public).expect("just written");
        let provider = DataProvider::new(public, self.parties.key("provider"));
        provider.encrypt(self.agreement(), &table).expect("encrypts")
    }

    pub(super) fn evaluate(&self, households: &Households) -> Evaluation {
        self.evaluator.evaluate(self.agreement(), households, &self.tables, |_| {}).expect("evaluates")
    }

    pub(super) fn audit(
        &self,
        households: &Households,
        evaluation: &Evaluation,
    ) -> Result<Attestation, AuditError> {
        let Evaluation { answer, transcript, blinding, .. } = evaluation;
        let job = Evaluated { answer, transcript: transcript.as_ref(), blinding: blinding.as_ref() };
        self.auditor.audit(self.agreement(), households, &self.tables, &job, |_| {})
    }

    /// Tries to open an answer, on a ledger that has only the making of the keys.
    pub(super) fn release(
        &self,
        answer: &EncryptedAnswer,
        attestations: &[Attestation],
    ) -> Result<crate::Answer, ReleaseError> {
        let mut ledger = self.fresh_ledger();
        let opened = self.holder.release(self.agreement(), answer, attestations, &mut ledger);
        assert_eq!(ledger.releases().count(), usize::from(opened.is_ok()), "what is refused leaves no entry");
        opened
    }

    pub(super) fn fresh_ledger(&self) -> Ledger {
        let mut ledger = Ledger::in_memory();
        let made = self.ledger.entries()[0].event.clone();
        ledger.append(made, &self.parties.key("holder")).expect("in memory");
        ledger
    }

    /// An answer file with any contents, signed by the evaluator: what a dishonest one can always make.
    pub(super) fn forge(
        &self,
        provenance: &Provenance,
        payload: &[u8],
        chunk_bytes: usize,
    ) -> EncryptedAnswer {
        let key = self.evaluation_key.header();
        self.forge_for(key.agreement, key.key, provenance, payload, chunk_bytes)
    }

    /// The same under any agreement and key.
    pub(super) fn forge_for(
        &self,
        agreement: AgreementId,
        key: KeyId,
        provenance: &Provenance,
        payload: &[u8],
        chunk_bytes: usize,
    ) -> EncryptedAnswer {
        let header = Header::new(Kind::EncryptedAnswer, agreement, key, payload.len(), chunk_bytes);
        let mut bytes = Vec::new();
        let signer = self.parties.key("evaluator");
        write_whole(&mut bytes, header, provenance, payload, &signer).expect("in memory");
        EncryptedAnswer::from_bytes(bytes).expect("well-formed")
    }
}

/// A bin of a table as a ring element of answers: what anybody can make with the public key alone. An expanded list takes
/// inner products with the key where a ring element takes a product of polynomials, so the mask is read backwards.
pub(super) fn as_ring(bin: &Bin) -> (Vec<u16>, Vec<u16>) {
    let shift = u64::BITS - ANSWER_BITS;
    let round = |word: u64| (word.wrapping_add(1 << (shift - 1)) >> shift) as u16;
    let backwards = bin.mask[1..].iter().rev().map(|word| round(word.wrapping_neg()));
    let mask = std::iter::once(round(bin.mask[0])).chain(backwards).collect();
    (mask, bin.bodies.iter().map(|word| round(*word)).collect())
}

/// The payload of an answer file of one ring element.
pub(super) fn payload(mask: &[u16], bodies: &[u16]) -> Vec<u8> {
    let mut payload = Vec::new();
    le_bytes::write(&mut payload, mask);
    le_bytes::write(&mut payload, bodies);
    payload
}

/// The distance between two values in a packed answer.
pub(super) const ONE: u16 = 1 << (ANSWER_BITS - 5);

pub(super) fn households(text: &str) -> Households {
    Households::from_csv(text.as_bytes()).expect("valid")
}

/// xorshift64*: the same attacks in every run, but for the keys.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}
