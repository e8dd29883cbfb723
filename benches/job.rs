//! A job of any size over synthetic couples or larger households, the same in every run.

use std::fmt::Write;

use drempel::analysis::Eligibility;
use drempel::{
    Agreement, Auditor, DataProvider, EncryptedTable, Evaluation, EvaluationKey, Evaluator, Households,
    KeyHolder, Ledger, Rehearsal, Table,
};

/// 18 bits per amount, as in the cost tables.
pub(crate) const MAX: i64 = (1 << 18) - 1;

/// An agreement about sums of up to `addends` amounts of 18 bits.
pub(crate) fn rehearsal(addends: usize) -> Rehearsal<Eligibility> {
    let text = format!(
        r#"
        agreement = {{ name = "bench", purpose = "p", legal_basis = "l", valid_from = 2020-01-01, valid_until = 2099-12-31, retention_days = 1 }}
        party = [
            {{ name = "provider", roles = ["data-provider", "auditor"] }},
            {{ name = "evaluator", roles = ["evaluator"] }},
            {{ name = "holder", roles = ["key-holder"] }},
        ]
        dataset = [{{ name = "income", provider = "provider", subject = "person", amount = "cents", unit = "eurocent", concept = "income", min = 0, max = {MAX} }}]
        analysis = {{ kind = "eligibility", datasets = ["income"], comparison = "below", max_addends = {addends}, missing = "refuse", line_min = 0, line_max = 2000000 }}
        disclosure = {{ to = "holder", answers = 1000000 }}
        "#
    );
    Rehearsal::<Eligibility>::of(&text).expect("a sound agreement")
}

/// The income of a person: any number, the same every time.
fn income(person: usize) -> i64 {
    (person as i64 * 7_919 + 104_729) % (MAX + 1)
}

/// Incomes of so many people.
pub(crate) fn incomes(agreement: &Agreement<Eligibility>, people: usize) -> Table {
    let mut csv = String::from("person,cents\n");
    (0..people).for_each(|person| writeln!(csv, "{person},{}", income(person)).expect("writes"));
    Table::from_csv(agreement, "income", csv.as_bytes()).expect("valid incomes")
}

/// Households of `addends` people each, half of them near their line.
pub(crate) fn households(count: usize, addends: usize) -> Households {
    let mut csv = String::from("household,person,poverty_line_cents\n");
    for household in 0..count {
        let people = household * addends..(household + 1) * addends;
        let total: i64 = people.clone().map(income).sum();
        let line = if household % 2 == 0 { total + (household as i64 % 3) - 1 } else { 150_107 };
        people.for_each(|person| writeln!(csv, "{household},{person},{}", line.max(0)).expect("writes"));
    }
    Households::from_csv(csv.as_bytes()).expect("valid households")
}

/// Everything up to the evaluation.
pub(crate) struct Job {
    pub(crate) rehearsal: Rehearsal<Eligibility>,
    pub(crate) ledger: Ledger,
    pub(crate) holder: KeyHolder,
    pub(crate) evaluation_key: EvaluationKey,
    pub(crate) evaluator: Evaluator,
    pub(crate) table: EncryptedTable,
}

impl Job {
    pub(crate) fn new(max_addends: usize, people: usize) -> Self {
        let rehearsal = rehearsal(max_addends);
        let agreement = rehearsal.agreement();
        let mut ledger = Ledger::in_memory();
        let keys = KeyHolder::generate(agreement, rehearsal.key("holder"), &mut ledger);
        let (holder, public, evaluation_key) = keys.expect("in force");
        let provider = DataProvider::new(public, rehearsal.key("provider"));
        let table = provider.encrypt(agreement, &incomes(agreement, people)).expect("encrypts");
        let evaluator = Evaluator::new(&evaluation_key, rehearsal.key("evaluator")).expect("in memory");
        let auditor = Auditor::new(&evaluation_key, rehearsal.key("provider")).expect("in memory");
        let noise = evaluator.commit(agreement).expect("the evaluator");
        let nonce = auditor.nonce(agreement, noise.digest()).expect("an auditor");
        let evaluator = evaluator.with_noise(noise, nonce);
        Self { rehearsal, ledger, holder, evaluation_key, evaluator, table }
    }

    pub(crate) fn evaluate(&self, households: &Households) -> Evaluation {
        let tables = std::slice::from_ref(&self.table);
        self.evaluator.evaluate(self.rehearsal.agreement(), households, tables, |_| {}).expect("evaluates")
    }
}
