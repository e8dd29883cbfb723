//! All roles on one small job.

use drempel::agreement::Role;
use drempel::analysis::Program;
use drempel::analysis::Question;
use drempel::answer::Value;
use drempel::audit::Evaluated;
use drempel::{
    Agreement, Auditor, DataProvider, Evaluator, KeyHolder, Ledger, PublicKey, Rehearsal, Table, plaintext,
};

/// An agreement's text, a table in CSV for each dataset of the analysis in its order, and the evaluator's CSV.
pub(crate) struct Job<'t> {
    pub(crate) agreement: &'t str,
    pub(crate) tables: &'t [String],
    pub(crate) cases: &'t str,
}

/// The values of each answer, in order.
pub(crate) type Answers = Vec<Vec<Value>>;

impl Job<'_> {
    /// On plaintext, by the same program.
    pub(crate) fn on_plaintext(&self) -> Answers {
        let agreement = Agreement::<Question>::parse_as(self.agreement).expect("a sound agreement");
        let cases = agreement.analysis().read_cases(&mut self.cases.as_bytes()).expect("valid cases");
        plaintext::answers(&agreement, &cases, &self.tables(&agreement)).expect("agreed cases")
    }

    /// Why the program refuses the cases.
    pub(crate) fn refusal(&self) -> String {
        let agreement = Agreement::<Question>::parse_as(self.agreement).expect("a sound agreement");
        let cases = match agreement.analysis().read_cases(&mut self.cases.as_bytes()) {
            Err(error) => return error.to_string(),
            Ok(cases) => cases,
        };
        let answers = plaintext::answers(&agreement, &cases, &self.tables(&agreement));
        answers.expect_err("a case that breaks a rule").to_string()
    }

    fn tables(&self, agreement: &Agreement<Question>) -> Vec<Table> {
        let table = |(dataset, csv): (&String, &String)| {
            Table::from_csv(agreement, dataset, csv.as_bytes()).expect("valid amounts")
        };
        agreement.analysis().datasets().iter().zip(self.tables).map(table).collect()
    }

    /// With real keys: every role, the audit and the gate. Also checks that as many bootstraps were planned as `planned`.
    pub(crate) fn with_real_keys(&self, planned: u64) -> Answers {
        let rehearsal = Rehearsal::<Question>::of(self.agreement).expect("a sound agreement");
        let agreement = rehearsal.agreement();
        let only = |role: Role| {
            let party = agreement.holders(role).next().expect("a party for each role");
            rehearsal.key(&party.name)
        };
        let mut ledger = Ledger::in_memory();
        let keys = KeyHolder::generate(agreement, only(Role::KeyHolder), &mut ledger);
        let (holder, public, evaluation_key) = keys.expect("in force");
        let mut bytes = Vec::new();
        public.write(&mut bytes).expect("in memory");
        let mut tables = Vec::new();
        for table in self.tables(agreement) {
            let public = PublicKey::from_bytes(bytes.clone()).expect("just written");
            let provider = DataProvider::new(public, rehearsal.key(&table.dataset().provider));
            tables.push(provider.encrypt(agreement, &table).expect("encrypts"));
        }
        let cases = agreement.analysis().read_cases(&mut self.cases.as_bytes()).expect("valid cases");
        let evaluator = Evaluator::new(&evaluation_key, only(Role::Evaluator)).expect("in memory");
        let plan = evaluator.plan(agreement, &cases, &tables).expect("plans");
        assert_eq!(plan.bootstraps, planned);
        let evaluation = evaluator.evaluate(agreement, &cases, &tables, |_| {}).expect("evaluates");
        let auditor = Auditor::new(&evaluation_key, only(Role::Auditor)).expect("in memory");
        let answer = evaluation.answer;
        let job = Evaluated {
            answer: &answer,
            transcript: evaluation.transcript.as_ref(),
            blinding: evaluation.blinding.as_ref(),
        };
        let attestation = auditor.audit(agreement, &cases, &tables, &job, |_| {}).expect("attests");
        let answer = holder.release(agreement, &answer, &[attestation], &mut ledger).expect("releases");
        answer.values().map(|(_, values)| values.to_vec()).collect()
    }
}

/// xorshift64*: the same cases in every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Uniform enough in `low..=high`.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (u128::from(self.next()) % (high - low + 1) as u128) as i64
    }

    /// One of these.
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.between(0, from.len() as i64 - 1) as usize]
    }
}
