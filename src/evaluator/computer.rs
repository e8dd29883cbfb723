//! What evaluator and auditor have in common: the same checks, and the same computation.

use rayon::prelude::*;

use super::EvaluateError;
use super::fhe::Fhe;
use crate::agreement::{Role, SignedAgreement};
use crate::analysis::{Analysis, Records};
use crate::blinding::Blinding;
use crate::container::{ContainerError, Header, Seal, UNNAMED};
use crate::encrypted_answer::Packed;
use crate::encrypted_table::EncryptedTable;
use crate::engine::{Engine, RING_WORDS, WORDS, round};
use crate::households::Households;
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

/// The answers of one batch of households.
pub(crate) struct Answered<'b> {
    /// By their place in the file.
    pub(crate) households: &'b [usize],
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
        if table.width() != agreement.analysis().encoding(&agreement.inputs()).width() {
            return Err(ContainerError::BadContents("another encoding than the agreement's"));
        }
        Ok(())
    }

    /// Everything that is checked before the first bootstrap.
    pub(crate) fn prepare<A: Analysis>(
        agreement: &SignedAgreement<A>,
        households: &Households,
        tables: &[&EncryptedTable],
    ) -> Result<(Vec<A::Batch>, Plan), EvaluateError> {
        let batches = Self::batches(agreement, households, tables)?;
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

    pub(crate) fn batches<A: Analysis>(
        agreement: &SignedAgreement<A>,
        households: &Households,
        tables: &[&EncryptedTable],
    ) -> Result<Vec<A::Batch>, EvaluateError> {
        let records = Records::new(tables.iter().map(|table| table.subjects()));
        Ok(agreement.analysis().batches(&agreement.inputs(), households, &records)?)
    }

    /// Computes the batches and hands over their answers in order.
    pub(crate) fn compute<A: Analysis>(
        &self,
        agreement: &SignedAgreement<A>,
        households: &Households,
        tables: &[&EncryptedTable],
        batches: &[A::Batch],
        blinding: Option<&Blinding>,
        mut take: impl FnMut(Answered<'_>) -> Result<(), EvaluateError>,
    ) -> Result<(), EvaluateError> {
        let analysis = agreement.analysis();
        let answer = |batch| {
            let mut column = analysis.run(&Fhe::new(&self.engine, tables), batch)?;
            let answered = analysis.answered(batch);
            assert_eq!(column.len(), answered.len() * WORDS, "the program gives one answer per household");
            if let Some(blinding) = blinding {
                blinding.apply(answered.iter().map(|place| households.get(*place).id()), &mut column);
            }
            Ok(Answered { households: answered, rows: round(&column) })
        };
        for window in batches.chunks(WINDOW) {
            let answered: Result<Vec<Answered<'_>>, EvaluateError> = window.par_iter().map(answer).collect();
            answered?.into_iter().try_for_each(&mut take)?;
        }
        Ok(())
    }

    /// Packs answers at their households' places.
    pub(crate) fn pack(&self, packed: &mut Packed, places: &[usize], rows: &[u32]) {
        let rings = self.engine.to_rings(rows);
        for (place, ring) in places.iter().zip(rings.chunks_exact(RING_WORDS)) {
            packed.add(*place, ring);
        }
    }
}
