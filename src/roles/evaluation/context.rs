use std::borrow::Cow;
use std::ops::Range;

use drempel_fhe::bootstrap::{WORDS, round};
use drempel_fhe::ciphertexts::Ciphertexts;
use drempel_fhe::leveled::NoiseStreams;
use drempel_fhe::packing::PackedAnswers;
use drempel_fhe::{Engines, Needs};
use rayon::prelude::*;

use super::EvaluateError;
use crate::analysis::{Asked, Planned, Program, Records, Released};
use crate::artefacts::{Blinding, Closing, EncryptedTable, EvaluationKey, Noise, Nonce, PROGRAM};
use crate::cases::Cases;
use crate::contract::SignedAgreement;
use crate::coverage::Coverage;
use crate::files::container::{ContainerError, Header, Kind, Seal, check_identifiers};
use crate::plan::{ANSWERS_PER_PASS, Plan, needs, parts};
use crate::units::{Digest, SubjectIds};
use crate::verify;

/// Batches that are computed side by side before their answers are taken.
const WINDOW: usize = 16;

/// An expanded evaluation key, and whose it is.
pub(crate) struct EvaluationContext {
    pub(crate) header: Header,
    pub(crate) seal: Seal,
    engines: Engines,
    parts: Needs,
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
    /// What closes the noise of decisions.
    pub(crate) closing: Option<(Closing, NoiseStreams)>,
    records: Records<'p>,
}

impl EvaluationContext {
    pub(crate) fn new(key: &EvaluationKey) -> Result<Self, ContainerError> {
        let (header, seal) = (key.header().clone(), key.container().seal());
        Ok(Self { header, seal, engines: key.expand()?, parts: key.parts() })
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
        let (needed, found) = (needs(agreement), self.parts);
        if needed != found {
            return Err(EvaluateError::KeyParts { needed, found });
        }
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
        noise: Option<(&Noise, &Nonce)>,
    ) -> Result<CheckedJob<'p, A>, EvaluateError> {
        let tables_in_order = self.in_order(agreement, tables)?;
        // Before any fault of a single case: whose identifiers are another kind's, nobody of them has a record.
        let coverage = Coverage::of(agreement, cases, tables)?;
        let tables = tables_in_order;
        let closing = self.closing(agreement, cases, &tables, noise)?;
        let records = Records::new(tables.iter().map(|table| table.subjects()));
        let released = agreement.shape().released().clone();
        let (subjects, plan) = (cases.answers(), Plan::EMPTY);
        // Found now, and not when everything is computed.
        check_identifiers(Kind::EncryptedAnswer, &subjects)?;
        let mut job =
            CheckedJob { agreement, cases, tables, coverage, subjects, released, plan, closing, records };
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

    /// The randomness of a job whose answers are decisions, bound to all that the job is.
    fn closing<A: Program>(
        &self,
        agreement: &SignedAgreement<A>,
        cases: &A::Cases,
        tables: &[&EncryptedTable],
        noise: Option<(&Noise, &Nonce)>,
    ) -> Result<Option<(Closing, NoiseStreams)>, EvaluateError> {
        if !agreement.shape().released().are_decisions() {
            return Ok(None);
        }
        let (noise, nonce) = noise.ok_or(EvaluateError::NoNoise)?;
        let of = |what: &str| {
            let what = what.to_owned();
            move |source| EvaluateError::Input { what, source }
        };
        verify::by_evaluator(agreement, self.header.key, noise.container()).map_err(of("noise seed"))?;
        verify::nonce(agreement, self.header.key, nonce, noise.digest()).map_err(of("nonce"))?;
        let mut job = vec![agreement.id(), self.seal.digest()];
        job.extend(tables.iter().map(|table| table.digest()));
        job.extend([cases.digest(), Digest::of(PROGRAM.as_bytes())]);
        let job: Vec<u8> = job.iter().flat_map(|digest| *digest.as_bytes()).collect();
        let closing = Closing { seed: noise.digest(), nonce: nonce.digest() };
        Ok(Some((closing, noise.streams(nonce, &Digest::of(&job)))))
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
            let backend = Ciphertexts::new(&self.engines, job.streams(), &job.tables);
            let mut columns = analysis.run(&backend, batch)?;
            assert_eq!(columns.len(), fields, "the program gives one column per field");
            for column in &mut columns {
                assert_eq!(column.len(), answer_indices.len() * WORDS, "a column has one row per answer");
                if let Some(blinding) = blinding {
                    let subjects = answer_indices.iter().map(|index| job.subjects.get(*index));
                    blinding.apply(subjects, job.released.scale, column);
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

    /// Takes the next encrypted values.
    pub(crate) fn collect<A: Program>(
        &self,
        job: &CheckedJob<'_, A>,
        collected: &mut PackedAnswers,
        rows: &[u32],
    ) {
        collected.push(&self.engines, job.streams(), rows);
    }
}

impl<A: Program> CheckedJob<'_, A> {
    fn streams(&self) -> Option<&NoiseStreams> {
        self.closing.as_ref().map(|(_, streams)| streams)
    }

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
