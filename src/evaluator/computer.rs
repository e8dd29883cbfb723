//! What evaluator and auditor have in common: the same checks, and the same computation.

use rayon::prelude::*;

use super::EvaluateError;
use super::fhe::Fhe;
use crate::agreement::{Role, SignedAgreement};
use crate::analysis::{Analysis, Records};
use crate::blinding::Blinding;
use crate::cases::Cases;
use crate::container::{ContainerError, Header, Seal, UNNAMED};
use crate::encrypted_answer::Collected;
use crate::encrypted_table::EncryptedTable;
use crate::engine::{Engine, WORDS, round};
use crate::keys::EvaluationKey;
use crate::plan::Plan;

/// Batches that are computed side by side before their answers are taken, in order.
const WINDOW: usize = 16;

/// An expanded evaluation key, and whose it is.
pub(crate) struct Computer {
    pub(crate) header: Header,
    pub(crate) seal: Seal,
    engine: Engine,
}

/// The answers of one batch.
pub(crate) struct Answered {
    /// How many answers.
    pub(crate) answers: usize,
    /// The place of each encrypted value: those of one answer follow one another.
    pub(crate) places: Vec<usize>,
    /// One ciphertext each, its words rounded to 32 bits.
    pub(crate) rows: Vec<u32>,
}

impl Computer {
    pub(crate) fn new(key: &EvaluationKey) -> Result<Self, ContainerError> {
        let (header, seal) = (key.header().clone(), key.container().seal());
        Ok(Self { header, seal, engine: Engine::new(key.expand()?) })
    }

    /// The tables in the order of the analysis's datasets, each of this agreement and key and signed by its provider.
    pub(crate) fn in_order<'t, A: Analysis>(
        &self,
        agreement: &SignedAgreement<A>,
        tables: &'t [EncryptedTable],
    ) -> Result<Vec<&'t EncryptedTable>, EvaluateError> {
        agreement.in_force_today()?;
        let mut checked = self.seal.signed_by(&self.header, agreement.only(Role::KeyHolder), UNNAMED);
        if self.header.agreement != agreement.id() {
            let (expected, found) = (agreement.id(), self.header.agreement);
            checked = Err(ContainerError::WrongAgreement { expected, found });
        }
        let what = "evaluation key".to_owned();
        checked.map_err(|source| EvaluateError::Input { what, source })?;
        for table in tables {
            let what = || format!("table of dataset \"{}\"", table.dataset());
            self.check_table(agreement, table)
                .map_err(|source| EvaluateError::Input { what: what(), source })?;
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

    fn check_table<A: Analysis>(
        &self,
        agreement: &SignedAgreement<A>,
        table: &EncryptedTable,
    ) -> Result<(), ContainerError> {
        table.container().expect(agreement.id(), Some(self.header.key))?;
        let Some(dataset) = agreement.dataset(table.dataset()) else {
            return Err(ContainerError::BadContents("a dataset that the agreement does not have"));
        };
        table.container().signed_by(agreement.provider(dataset), table.dataset())?;
        if table.width() != agreement.analysis().encoding(&agreement.setting(), dataset).width() {
            return Err(ContainerError::BadContents("another encoding than the agreement's"));
        }
        Ok(())
    }

    /// Everything that is checked before the first bootstrap.
    pub(crate) fn prepare<A: Analysis>(
        agreement: &SignedAgreement<A>,
        cases: &A::Cases,
        tables: &[&EncryptedTable],
    ) -> Result<(Vec<A::Batch>, Plan), EvaluateError> {
        let count = cases.answers().len();
        let batches = Self::batches(agreement, cases, tables, &Vec::from_iter(0..count))?;
        let mut seen = vec![false; count];
        for place in batches.iter().flat_map(|batch| agreement.analysis().answered(batch)) {
            let again = std::mem::replace(&mut seen[*place], true);
            assert!(!again, "the analysis gives an answer twice");
        }
        assert!(seen.iter().all(|seen| *seen), "the analysis leaves an answer out");
        let plan = Plan::of_batches(agreement, &batches)?;
        plan.check(agreement)?;
        Ok((batches, plan))
    }

    pub(crate) fn batches<A: Analysis>(
        agreement: &SignedAgreement<A>,
        cases: &A::Cases,
        tables: &[&EncryptedTable],
        places: &[usize],
    ) -> Result<Vec<A::Batch>, EvaluateError> {
        let records = Records::new(tables.iter().map(|table| table.subjects()));
        Ok(agreement.analysis().batches(&agreement.setting(), cases, &records, places)?)
    }

    /// The places of all encrypted values in the order in which the batches give them.
    pub(crate) fn order<A: Analysis>(agreement: &SignedAgreement<A>, batches: &[A::Batch]) -> Vec<usize> {
        let fields = agreement.analysis().released(&agreement.setting()).fields.len();
        batches.iter().flat_map(|batch| places(agreement.analysis().answered(batch), fields)).collect()
    }

    /// Computes the batches and hands over their answers in order.
    pub(crate) fn compute<A: Analysis>(
        &self,
        agreement: &SignedAgreement<A>,
        cases: &A::Cases,
        tables: &[&EncryptedTable],
        batches: &[A::Batch],
        blinding: Option<&Blinding>,
        mut take: impl FnMut(Answered) -> Result<(), EvaluateError>,
    ) -> Result<(), EvaluateError> {
        let analysis = agreement.analysis();
        let fields = analysis.released(&agreement.setting()).fields.len();
        let subjects = cases.answers();
        let answer = |batch| {
            let mut columns = analysis.run(&Fhe::new(&self.engine, tables), batch)?;
            let answered = analysis.answered(batch);
            assert_eq!(columns.len(), fields, "the program gives one column per field");
            for column in &mut columns {
                assert_eq!(column.len(), answered.len() * WORDS, "a column has one row per answer");
                if let Some(blinding) = blinding {
                    blinding.apply(answered.iter().map(|place| subjects[*place]), column);
                }
            }
            let columns: Vec<Vec<u32>> = columns.iter().map(|column| round(column)).collect();
            let rows = (0..answered.len()).flat_map(|row| {
                columns.iter().flat_map(move |column| &column[row * WORDS..(row + 1) * WORDS])
            });
            let rows = rows.copied().collect();
            Ok(Answered { answers: answered.len(), places: places(answered, fields).collect(), rows })
        };
        for window in batches.chunks(WINDOW) {
            let answered: Result<Vec<Answered>, EvaluateError> = window.par_iter().map(answer).collect();
            answered?.into_iter().try_for_each(&mut take)?;
        }
        Ok(())
    }

    /// Puts encrypted values at their places.
    pub(crate) fn collect(&self, collected: &mut Collected, places: &[usize], rows: &[u32]) {
        collected.put(&self.engine, places, rows);
    }
}

/// The places of the values of some answers.
fn places(answered: &[usize], fields: usize) -> impl Iterator<Item = usize> {
    answered.iter().flat_map(move |answer| answer * fields..(answer + 1) * fields)
}
