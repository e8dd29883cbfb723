//! Role 2, the evaluator: computes the agreed answers on ciphertexts.

use std::io;

use crate::agreement::{Agreement, AgreementError};
use crate::analysis::{Analysis, Records};
use crate::container::ContainerError;
use crate::encrypted_answer::{EncryptedAnswer, Packed, Provenance};
use crate::encrypted_table::EncryptedTable;
use crate::engine::{Engine, RING_WORDS, WORDS};
use crate::households::{HouseholdError, Households};
use crate::keys::EvaluationKey;
use crate::plan::{Plan, PlanError};
use crate::units::{AgreementId, KeyId};

mod fhe;

use fhe::Fhe;

/// The party that computes. It holds no key that decrypts.
pub struct Evaluator {
    id: KeyId,
    agreement: AgreementId,
    engine: Engine,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// The agreement says no.
    #[error(transparent)]
    Agreement(#[from] AgreementError),
    /// A household breaks a rule.
    #[error(transparent)]
    Household(#[from] HouseholdError),
    /// A table or the key belongs elsewhere.
    #[error("{what}: {source}")]
    Input {
        /// Which file.
        what: String,
        /// What is wrong with it.
        source: ContainerError,
    },
    /// The tables are not those of the agreement.
    #[error("the agreement's analysis reads {expected}, but the tables given are of {found}")]
    WrongTables {
        /// By the agreement, in order.
        expected: String,
        /// As given.
        found: String,
    },
    /// The job would exceed a limit.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A table could not be read, or the answer not written.
    #[error(transparent)]
    Container(#[from] ContainerError),
}

impl From<crate::circuit::CircuitError> for EvaluateError {
    fn from(error: crate::circuit::CircuitError) -> Self {
        match error {
            crate::circuit::CircuitError::Input(error) => Self::Container(error),
            other => Self::Container(ContainerError::Io(io::Error::other(other))),
        }
    }
}

impl Evaluator {
    /// An evaluator with the key holder's evaluation key, expanded: about a second and 160 MB.
    pub fn new(key: EvaluationKey) -> Self {
        let (id, agreement) = (key.id(), key.agreement());
        Self { id, agreement, engine: Engine::new(key) }
    }

    /// Computes one encrypted answer per household. `progress` is told how many households are done.
    ///
    /// Everything is checked before the first bootstrap: dates, keys, tables, households, failure probability.
    ///
    /// # Errors
    /// When a check fails or a table cannot be read.
    ///
    /// # Cost
    /// As [`Plan`] counts: for a couple at 18 bits, 6 bootstraps. In memory at a time: one batch's ciphertexts, and
    /// identifiers, never a whole table.
    pub fn evaluate<A: Analysis>(
        &self,
        agreement: &Agreement<A>,
        households: &Households,
        tables: &[EncryptedTable],
        progress: impl Fn(usize),
    ) -> Result<EncryptedAnswer, EvaluateError> {
        let tables = self.in_order(agreement, tables)?;
        let (batches, _) = Self::prepare(agreement, households, &tables)?;
        let analysis = agreement.analysis();
        let mut packed = Packed::new(households.len());
        let mut done = 0;
        for batch in &batches {
            let column = analysis.run(&Fhe::new(&self.engine, &tables), batch)?;
            let answered = analysis.answered(batch);
            assert_eq!(column.len(), answered.len() * WORDS, "the program gives one answer per household");
            let rings = self.engine.to_rings(&column);
            for (household, ring) in answered.iter().zip(rings.chunks_exact(RING_WORDS)) {
                packed.add(*household, ring);
            }
            done += answered.len();
            progress(done);
        }
        let provenance = Provenance {
            tables: tables.iter().map(|table| table.digest()).collect(),
            households: households.digest(),
            subjects: households.iter().map(|household| household.id().clone()).collect(),
        };
        Ok(EncryptedAnswer::new(agreement.id(), self.id, provenance, &packed)?)
    }

    /// Counts what [`evaluate`](Self::evaluate) would do, after the same checks.
    ///
    /// # Errors
    /// When a check fails.
    pub fn plan<A: Analysis>(
        &self,
        agreement: &Agreement<A>,
        households: &Households,
        tables: &[EncryptedTable],
    ) -> Result<Plan, EvaluateError> {
        let tables = self.in_order(agreement, tables)?;
        Ok(Self::prepare(agreement, households, &tables)?.1)
    }

    /// Everything that is checked before the first bootstrap.
    fn prepare<A: Analysis>(
        agreement: &Agreement<A>,
        households: &Households,
        tables: &[&EncryptedTable],
    ) -> Result<(Vec<A::Batch>, Plan), EvaluateError> {
        agreement.in_force_today()?;
        let records = Records::new(tables.iter().map(|table| table.subjects()));
        let batches = agreement.analysis().batches(&agreement.inputs(), households, &records)?;
        let mut seen = vec![false; households.len()];
        for household in batches.iter().flat_map(|batch| agreement.analysis().answered(batch)) {
            let again = std::mem::replace(&mut seen[*household], true);
            assert!(!again, "the analysis answers a household twice");
        }
        assert!(seen.iter().all(|seen| *seen), "the analysis leaves a household out");
        let plan = Plan::of_batches(agreement, &batches)?;
        plan.check(agreement)?;
        Ok((batches, plan))
    }

    /// Seconds per bootstrap on this machine with all its cores, from a short run on a key of meaningless contents.
    pub fn seconds_per_bootstrap() -> f64 {
        let engine = Engine::new(EvaluationKey::for_measurement());
        engine.seconds_per_bootstrap()
    }

    /// The tables in the order of the analysis's datasets, each of this agreement and key.
    fn in_order<'t, A: Analysis>(
        &self,
        agreement: &Agreement<A>,
        tables: &'t [EncryptedTable],
    ) -> Result<Vec<&'t EncryptedTable>, EvaluateError> {
        if self.agreement != agreement.id() {
            let (expected, found) = (agreement.id(), self.agreement);
            let source = ContainerError::WrongAgreement { expected, found };
            return Err(EvaluateError::Input { what: "evaluation key".to_owned(), source });
        }
        let width = agreement.analysis().encoding(&agreement.inputs()).width();
        for table in tables {
            let mut checked = table.container().expect(agreement.id(), Some(self.id));
            if checked.is_ok() && table.width() != width {
                checked = Err(ContainerError::BadContents("another encoding than the agreement's"));
            }
            let what = || format!("table of dataset \"{}\"", table.dataset());
            checked.map_err(|source| EvaluateError::Input { what: what(), source })?;
        }
        let expected = agreement.analysis().datasets();
        let find = |name: &String| tables.iter().find(|table| table.dataset() == name);
        let ordered: Vec<&EncryptedTable> = expected.iter().filter_map(find).collect();
        if ordered.len() != expected.len() || tables.len() != expected.len() {
            let found: Vec<&str> = tables.iter().map(EncryptedTable::dataset).collect();
            let (expected, found) = (expected.join(", "), found.join(", "));
            return Err(EvaluateError::WrongTables { expected, found });
        }
        Ok(ordered)
    }
}
