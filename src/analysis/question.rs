//! The one list of drempel's own analyses, for who knows the kind only when the agreement is read.

use std::borrow::Cow;

use super::{
    Analysis, AreaCount, DebtAlarm, DebtCount, Description, Eligibility, GroupComparison, GroupMean,
    Matching, Picture, PlainWords, Presence, Ranking, Records, Released, Setting,
};
use crate::agreement::{AgreementError, Dataset, Section};
use crate::answer::{Answer, Value};
use crate::cases::{CaseError, Cases};
use crate::language::Language;
use crate::rows::Rows;
use crate::units::{Digest, SubjectIds};
use drempel_fhe::circuit::{Backend, Encoding};

/// One enum per part of the trait, with a variant for each analysis, and the trait over them.
macro_rules! questions {
    ($($kind:literal => $name:ident),+ $(,)?) => {
        /// Any of drempel's own analyses, by the `kind` of the agreement's `[analysis]` section.
        #[derive(Clone, Debug)]
        pub enum Question {
            $(#[doc = concat!("`kind = \"", $kind, "\"`")] $name($name),)+
        }

        /// A batch of one of them.
        #[derive(Debug)]
        pub enum AnyBatch {
            $(#[doc = concat!("`kind = \"", $kind, "\"`")] $name(<$name as Analysis>::Batch),)+
        }

        /// The cases of one of them.
        #[derive(Debug)]
        pub enum AnyCases {
            $(#[doc = concat!("`kind = \"", $kind, "\"`")] $name(<$name as Analysis>::Cases),)+
        }

        /// The kinds that there are.
        const KINDS: &[&str] = &[$($kind),+];

        /// Something of each analysis, whichever it is.
        macro_rules! of {
            ($question:expr, $it:ident => $value:expr) => {
                match $question { $(Question::$name($it) => $value,)+ }
            };
        }

        impl Cases for AnyCases {
            fn answers(&self) -> Cow<'_, SubjectIds> {
                match self { $(Self::$name(cases) => cases.answers(),)+ }
            }

            fn digest(&self) -> Digest {
                match self { $(Self::$name(cases) => cases.digest(),)+ }
            }
        }

        impl Analysis for Question {
            type Cases = AnyCases;
            type Batch = AnyBatch;

            fn from_section(section: &Section<'_>) -> Result<Self, AgreementError> {
                match section.kind()?.as_str() {
                    $($kind => $name::from_section(section).map(Self::$name),)+
                    _ => Err(AgreementError::UnknownKind { known: KINDS.join(", ") }),
                }
            }

            fn cases(&self, rows: &mut dyn Rows) -> Result<AnyCases, CaseError> {
                match self { $(Self::$name(it) => it.cases(rows).map(AnyCases::$name),)+ }
            }

            fn batches(
                &self,
                setting: &Setting<'_>,
                cases: &AnyCases,
                records: &Records<'_>,
                indices: &[usize],
            ) -> Result<Vec<AnyBatch>, CaseError> {
                match (self, cases) {
                    $((Self::$name(it), AnyCases::$name(cases)) => {
                        let batches = it.batches(setting, cases, records, indices)?;
                        Ok(batches.into_iter().map(AnyBatch::$name).collect())
                    })+
                    #[allow(unreachable_patterns, reason = "with one analysis there is no other")]
                    _ => panic!("{OTHER}"),
                }
            }

            fn plain_words(
                &self,
                setting: &Setting<'_>,
                cases: &AnyCases,
                index: usize,
                evaluator: &str,
                language: Language,
            ) -> PlainWords {
                match (self, cases) {
                    $((Self::$name(it), AnyCases::$name(cases)) => {
                        it.plain_words(setting, cases, index, evaluator, language)
                    })+
                    #[allow(unreachable_patterns, reason = "with one analysis there is no other")]
                    _ => panic!("{OTHER}"),
                }
            }

            fn meaning(
                &self,
                setting: &Setting<'_>,
                cases: &AnyCases,
                index: usize,
                values: &[Value],
                language: Language,
            ) -> Option<String> {
                match (self, cases) {
                    $((Self::$name(it), AnyCases::$name(cases)) => {
                        it.meaning(setting, cases, index, values, language)
                    })+
                    #[allow(unreachable_patterns, reason = "with one analysis there is no other")]
                    _ => panic!("{OTHER}"),
                }
            }

            fn pictures(
                &self,
                setting: &Setting<'_>,
                cases: Option<&AnyCases>,
                answer: &Answer,
                language: Language,
            ) -> Option<Vec<Picture>> {
                match (self, cases) {
                    $((Self::$name(it), Some(AnyCases::$name(cases))) => {
                        it.pictures(setting, Some(cases), answer, language)
                    })+
                    $((Self::$name(it), None) => it.pictures(setting, None, answer, language),)+
                    #[allow(unreachable_patterns, reason = "with one analysis there is no other")]
                    _ => panic!("{OTHER}"),
                }
            }

            fn samples(&self, setting: &Setting<'_>) -> Vec<(String, AnyBatch)> {
                match self {
                    $(Self::$name(it) => it
                        .samples(setting)
                        .into_iter()
                        .map(|(label, batch)| (label, AnyBatch::$name(batch)))
                        .collect(),)+
                }
            }

            fn answer_indices<'b>(&self, batch: &'b AnyBatch) -> &'b [usize] {
                match (self, batch) {
                    $((Self::$name(it), AnyBatch::$name(batch)) => it.answer_indices(batch),)+
                    #[allow(unreachable_patterns, reason = "with one analysis there is no other")]
                    _ => panic!("{OTHER}"),
                }
            }

            fn run<B: Backend>(&self, backend: &B, batch: &AnyBatch) -> Result<Vec<B::Column>, B::Error> {
                match (self, batch) {
                    $((Self::$name(it), AnyBatch::$name(batch)) => it.run(backend, batch),)+
                    #[allow(unreachable_patterns, reason = "with one analysis there is no other")]
                    _ => panic!("{OTHER}"),
                }
            }

            fn datasets(&self) -> &[String] {
                of!(self, it => it.datasets())
            }

            fn describe(&self, setting: &Setting<'_>, language: Language) -> Description {
                of!(self, it => it.describe(setting, language))
            }

            fn check(&self, setting: &Setting<'_>) -> Result<(), AgreementError> {
                of!(self, it => it.check(setting))
            }

            fn encoding(&self, setting: &Setting<'_>, dataset: &Dataset) -> Encoding {
                of!(self, it => it.encoding(setting, dataset))
            }

            fn clamps(&self, setting: &Setting<'_>, dataset: &Dataset) -> bool {
                of!(self, it => it.clamps(setting, dataset))
            }

            fn released(&self, setting: &Setting<'_>) -> Released {
                of!(self, it => it.released(setting))
            }

            fn columns(&self) -> Vec<String> {
                of!(self, it => it.columns())
            }

            fn decode(&self, setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
                of!(self, it => it.decode(setting, fields))
            }

            fn is_separable(&self) -> bool {
                of!(self, it => it.is_separable())
            }
        }
    };
}

/// Why a match on two of them cannot fail.
const OTHER: &str = "cases and batches are those of the same agreement's analysis";

questions! {
    "eligibility" => Eligibility,
    "matching" => Matching,
    "ranking" => Ranking,
    "debt_count" => DebtCount,
    "debt_alarm" => DebtAlarm,
    "group_comparison" => GroupComparison,
    "group_mean" => GroupMean,
    "area_count" => AreaCount,
    "presence" => Presence,
}
