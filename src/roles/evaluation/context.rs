use std::borrow::Cow;
use std::ops::Range;

use drempel_fhe::bootstrap::{Ciphertexts, Engine, WORDS, round};
use drempel_fhe::packing::PackedAnswers;
use rayon::prelude::*;

use super::EvaluateError;
use crate::analysis::{Asked, Planned, Program, Records, Released};
use crate::artefacts::{Blinding, EncryptedTable, EvaluationKey};
use crate::cases::Cases;
use crate::contract::SignedAgreement;
use crate::coverage::Coverage;
use crate::files::container::{ContainerError, Header, Kind, Seal, check_identifiers};
use crate::plan::{ANSWERS_PER_PASS, Plan, parts};
use crate::units::SubjectIds;
use crate::verify;

/// Batches that are computed side by side before their answers are taken.
const WINDOW: usize = 16;

/// An expanded evaluation key, and whose it is.
pub(crate) struct EvaluationContext {
    pub(crate) header: Header,
    pub(crate) seal: Seal,
    engine: Engine,
}

/// A job of which everything has been checked that can be before the first bootstrap.
pub(crate) struct CheckedJob<'p, A: Program> {
    pub(crate) agreement: &'p SignedAgreement<A>,
    pub(crate) cases: &'p A::Cases,
    /// In the order of the analysis's datasets.
    pub(crate) tables: Vec<&'p EncryptedTable>,
    pub(crate) coverage: Vec<Coverage>,
    pub(crate) subjects: Cow<'p, SubjectIds>,
    pub(crate) released: Released,
    pub(crate) plan: Plan,
    records: Records<'p>,
}

impl EvaluationContext {
    pub(crate) fn new(key: &EvaluationKey) -> Result<Self, ContainerError> {
        let (header, seal) = (key.header().clone(), key.container().seal());
        Ok(Self { header, seal, engine: Engine::new(key.expand()?) })
    }

    /// The tables in the order of the analysis's datasets, each of this agreement and key and signed by its provider.
    fn in_order<'t, A: Program>(
        &self,
        agreement: &SignedAgreement<A>,
        tables: &'t [EncryptedTable],
    ) -> Result<Vec<&'t EncryptedTable>, EvaluateError> {
        agreement.in_force_today()?;
        verify::by_key_holder(agreement, &self.header, &self.seal)
            .map_err(|source| EvaluateError::Input { what: "evaluation key".to_owned(), source })?;
        for table in tables {
            let what = || format!("table of dataset \"{}\"", table.dataset());
            verify::table(agreement, self.header.key, table)
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

    /// Everything that is checked before the first bootstrap.
    pub(crate) fn prepare<'p, A: Program>(
        &self,
        agreement: &'p SignedAgreement<A>,
        cases: &'p A::Cases,
        tables: &'p [EncryptedTable],
    ) -> Result<CheckedJob<'p, A>, EvaluateError> {
        let ordered = self.in_order(agreement, tables)?;
        // Before any fault of a single case: whose identifiers are another kind's, nobody of them has a record.
        let coverage = Coverage::of(agreement, cases, tables)?;
        let tables = ordered;
        let records = Records::new(tables.iter().map(|table| table.subjects()));
        let released = agreement.shape().released().clone();
        let (subjects, plan) = (cases.answers(), Plan::EMPTY);
        // Found now, and not when everything is computed.
        check_identifiers(Kind::EncryptedAnswer, &subjects)?;
        let mut job = CheckedJob { agreement, cases, tables, coverage, subjects, released, plan, records };
        for indices in job.parts(ANSWERS_PER_PASS) {
            let indices = Vec::from_iter(indices);
            let batches = job.batches(&indices)?;
            let mut answer_indices: Vec<usize> =
                batches.iter().flat_map(|planned| planned.indices.iter().copied()).collect();
            answer_indices.sort_unstable();
            assert_eq!(answer_indices, indices, "the analysis gives every answer once");
            job.plan = job.plan.merge(&Plan::of_batches(agreement, &batches));
        }
        job.plan.check(agreement)?;
        Ok(job)
    }

    /// The answers at some indices (in ascending order): for each its fields, one ciphertext each, words rounded to 32
    /// bits.
    pub(crate) fn rows<A: Program>(
        &self,
        job: &CheckedJob<'_, A>,
        indices: &[usize],
        blinding: Option<&Blinding>,
    ) -> Result<Vec<u32>, EvaluateError> {
        let (analysis, fields) = (job.agreement.analysis(), job.released.fields.len());
        let compute = |Planned { indices: answer_indices, batch }: &Planned<A::Batch>| {
            let mut columns = analysis.run(&Ciphertexts::new(&self.engine, &job.tables), batch)?;
            assert_eq!(columns.len(), fields, "the program gives one column per field");
            for column in &mut columns {
                assert_eq!(column.len(), answer_indices.len() * WORDS, "a column has one row per answer");
                if let Some(blinding) = blinding {
                    blinding.apply(answer_indices.iter().map(|index| job.subjects.get(*index)), column);
                }
            }
            Ok(columns.iter().map(|column| round(column)).collect())
        };
        let mut rows = vec![0; indices.len() * fields * WORDS];
        let mut answers = 0;
        for window in job.batches(indices)?.chunks(WINDOW) {
            let computed: Result<Vec<Vec<Vec<u32>>>, EvaluateError> =
                window.par_iter().map(compute).collect();
            for (batch, columns) in window.iter().zip(computed?) {
                answers += batch.indices.len();
                for (row, index) in batch.indices.iter().enumerate() {
                    let answer = indices.binary_search(index).expect("a batch answers what it is asked");
                    for (field, column) in columns.iter().enumerate() {
                        let start = (answer * fields + field) * WORDS;
                        rows[start..start + WORDS].copy_from_slice(&column[row * WORDS..(row + 1) * WORDS]);
                    }
                }
            }
        }
        assert_eq!(answers, indices.len(), "the analysis gives each answer that it is asked for");
        Ok(rows)
    }

    /// Puts encrypted values at their indices, from `first` on.
    pub(crate) fn collect(&self, collected: &mut PackedAnswers, first: usize, rows: &[u32]) {
        collected.put(&self.engine, first, rows);
    }
}

impl<A: Program> CheckedJob<'_, A> {
    /// All indices, so many at a time; all at once where the answers depend on one another.
    pub(crate) fn parts(&self, at_a_time: usize) -> Vec<Range<usize>> {
        parts(self.agreement.shape(), self.subjects.len(), at_a_time).collect()
    }

    fn batches(&self, indices: &[usize]) -> Result<Vec<Planned<A::Batch>>, EvaluateError> {
        let setting = self.agreement.setting();
        let asked = Asked { setting: &setting, cases: self.cases, records: &self.records, indices };
        Ok(self.agreement.analysis().batches(&asked)?)
    }
}
