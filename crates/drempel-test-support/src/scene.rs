//! All roles on one small job, with real keys and everything in memory.

use drempel::agreement::Role;
use drempel::analysis::Program;
use drempel::roles::auditor::{AuditError, Evaluated};
use drempel::roles::key_holder::ReleaseError;
use drempel::{
    Answer, Attestation, Auditor, DataProvider, EncryptedAnswer, EncryptedTable, Evaluation, EvaluationKey,
    Evaluator, KeyHolder, Ledger, PublicKey, Rehearsal, SignedAgreement, SigningKey, Table,
};

/// What every party of one agreement holds. Making it takes seconds: a key set is made.
pub struct Scene<A: Program> {
    /// The agreement, signed by all, and their signing keys.
    pub parties: Rehearsal<A>,
    /// The key holder's, with the making of the keys and what was released since.
    pub ledger: Ledger,
    /// Who can decrypt.
    pub holder: KeyHolder,
    /// What data is encrypted with.
    pub public: PublicKey,
    /// What is computed with.
    pub evaluation_key: EvaluationKey,
    /// Who computes.
    pub evaluator: Evaluator,
    /// Who computes again.
    pub auditor: Auditor,
    /// One for each dataset of the analysis, in its order.
    pub tables: Vec<EncryptedTable>,
}

impl<A: Program> Scene<A> {
    /// From an agreement's text and a CSV file for each dataset of the analysis, in its order.
    pub fn new(agreement: &str, tables: &[impl AsRef<str>]) -> Self {
        let parties = Rehearsal::of(agreement).expect("a sound agreement");
        let key = |role| key_of(&parties, role);
        let mut ledger = Ledger::in_memory();
        let keys = KeyHolder::generate(parties.agreement(), key(Role::KeyHolder), &mut ledger);
        let (holder, public, evaluation_key) = keys.expect("in force");
        let evaluator = Evaluator::new(&evaluation_key, key(Role::Evaluator)).expect("in memory");
        let auditor = Auditor::new(&evaluation_key, key(Role::Auditor)).expect("in memory");
        let noise = evaluator.commit(parties.agreement()).expect("the evaluator");
        let nonce = auditor.nonce(parties.agreement(), noise.digest()).expect("an auditor");
        let evaluator = evaluator.with_noise(noise, nonce);
        let mut scene =
            Self { parties, ledger, holder, public, evaluation_key, evaluator, auditor, tables: Vec::new() };
        let datasets = scene.agreement().analysis().datasets().iter();
        scene.tables = datasets.zip(tables).map(|(name, csv)| scene.encrypt(name, csv.as_ref())).collect();
        scene
    }

    /// What all have signed.
    pub fn agreement(&self) -> &SignedAgreement<A> {
        self.parties.agreement()
    }

    /// A party's signing key.
    pub fn key(&self, party: &str) -> SigningKey {
        self.parties.key(party)
    }

    /// A dataset's table, encrypted and signed by its provider.
    pub fn encrypt(&self, dataset: &str, csv: &str) -> EncryptedTable {
        let table = Table::from_csv(self.agreement(), dataset, csv.as_bytes()).expect("valid amounts");
        let mut public = Vec::new();
        self.public.write(&mut public).expect("in memory");
        let public = PublicKey::from_bytes(public).expect("just written");
        let provider = DataProvider::new(public, self.key(&table.dataset().provider));
        provider.encrypt(self.agreement(), &table).expect("encrypts")
    }

    /// The evaluator's part.
    pub fn evaluate(&self, cases: &A::Cases) -> Evaluation {
        self.evaluator.evaluate(self.agreement(), cases, &self.tables, |_| {}).expect("evaluates")
    }

    /// The auditor's part.
    ///
    /// # Errors
    /// When the auditor finds something.
    pub fn audit(&self, cases: &A::Cases, evaluation: &Evaluation) -> Result<Attestation, AuditError> {
        let Evaluation { answer, transcript, blinding, .. } = evaluation;
        let (transcript, blinding) = (transcript.as_ref(), blinding.as_ref());
        let job = Evaluated { answer, transcript, blinding, noise: self.evaluator.noise() };
        self.auditor.audit(self.agreement(), cases, &self.tables, &job, |_| {})
    }

    /// Tries to open an answer, on a ledger that has only the making of the keys.
    ///
    /// # Errors
    /// When the key holder refuses.
    pub fn release(
        &self,
        answer: &EncryptedAnswer,
        attestations: &[Attestation],
    ) -> Result<Answer, ReleaseError> {
        let mut ledger = self.fresh_ledger();
        let opened = self.holder.release(self.agreement(), answer, attestations, &mut ledger);
        assert_eq!(ledger.releases().count(), usize::from(opened.is_ok()), "what is refused leaves no entry");
        opened
    }

    /// Evaluates, audits and releases.
    pub fn play(&self, cases: &A::Cases) -> Answer {
        let evaluation = self.evaluate(cases);
        let attestation = self.audit(cases, &evaluation).expect("attests");
        self.release(&evaluation.answer, &[attestation]).expect("releases")
    }

    /// A ledger that has only the making of the keys.
    pub fn fresh_ledger(&self) -> Ledger {
        let mut ledger = Ledger::in_memory();
        let made = self.ledger.entries()[0].event.clone();
        ledger.append(made, &key_of(&self.parties, Role::KeyHolder)).expect("in memory");
        ledger
    }
}

/// The signing key of the first party that has a role.
fn key_of<A: Program>(parties: &Rehearsal<A>, role: Role) -> SigningKey {
    let party = parties.agreement().holders(role).next().expect("a party for each role");
    parties.key(&party.name)
}
