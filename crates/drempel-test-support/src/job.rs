//! One question with its data, on plaintext or with real keys.

use drempel::analysis::{Program, Question, Value};
use drempel::{Agreement, Table, plaintext};

use crate::Scene;

/// An agreement's text, a table in CSV for each dataset of the analysis in its order, and the evaluator's CSV.
pub struct Job<'t> {
    /// The agreement's text.
    pub agreement: &'t str,
    /// In the order of the analysis's datasets.
    pub tables: &'t [String],
    /// What the evaluator asks about.
    pub cases: &'t str,
}

/// The values of each answer, in order.
pub type Answers = Vec<Vec<Value>>;

impl Job<'_> {
    /// On plaintext, by the same program.
    pub fn on_plaintext(&self) -> Answers {
        let agreement = Agreement::<Question>::parse(self.agreement).expect("a sound agreement");
        let cases = agreement.analysis().read_cases(&mut self.cases.as_bytes()).expect("valid cases");
        plaintext::answers(&agreement, &cases, &self.tables(&agreement)).expect("agreed cases")
    }

    /// Why the program refuses the cases.
    pub fn refusal(&self) -> String {
        let agreement = Agreement::<Question>::parse(self.agreement).expect("a sound agreement");
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
    pub fn with_real_keys(&self, planned: u64) -> Answers {
        let scene = Scene::<Question>::new(self.agreement, self.tables);
        let agreement = scene.agreement();
        let cases = agreement.analysis().read_cases(&mut self.cases.as_bytes()).expect("valid cases");
        let plan = scene.evaluator.plan(agreement, &cases, &scene.tables).expect("plans");
        assert_eq!(plan.bootstraps, planned);
        let answer = scene.play(&cases);
        answer.values().map(|(_, values)| values.to_vec()).collect()
    }
}
