//! The one list of drempel's own analyses, for who knows the kind only when the agreement is read.

use std::borrow::Cow;

use drempel_fhe::circuit::Backend;

use super::area_count::AreaCount;
use super::debt_alarm::DebtAlarm;
use super::debt_count::DebtCount;
use super::eligibility::Eligibility;
use super::group_comparison::GroupComparison;
use super::group_mean::GroupMean;
use super::matching::Matching;
use super::presence::Presence;
use super::program::{FromSection, Program, WithoutRecord};
use super::ranking::Ranking;
use super::records::{Asked, Planned};
use super::setting::Setting;
use super::shape::Shape;
use super::value::Value;
use crate::agreement::{AgreementError, Section, Subject};
use crate::cases::{CaseError, Cases};
use crate::rows::Rows;
use crate::units::{Digest, SubjectIds};

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
            $(#[doc = concat!("`kind = \"", $kind, "\"`")] $name(<$name as Program>::Batch),)+
        }

        /// The cases of one of them.
        #[derive(Debug)]
        pub enum AnyCases {
            $(#[doc = concat!("`kind = \"", $kind, "\"`")] $name(<$name as Program>::Cases),)+
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

            fn subjects(&self, of: Subject) -> Cow<'_, SubjectIds> {
                match self { $(Self::$name(cases) => cases.subjects(of),)+ }
            }

            fn digest(&self) -> Digest {
                match self { $(Self::$name(cases) => cases.digest(),)+ }
            }
        }

        impl FromSection for Question {
            fn from_section(section: &Section<'_>) -> Result<Self, AgreementError> {
                match section.kind()?.as_str() {
                    $($kind => $name::from_section(section).map(Self::$name),)+
                    _ => Err(AgreementError::UnknownKind { known: KINDS.join(", ") }),
                }
            }
        }

        impl Program for Question {
            type Cases = AnyCases;
            type Batch = AnyBatch;

            fn cases(&self, rows: &mut dyn Rows) -> Result<AnyCases, CaseError> {
                match self { $(Self::$name(it) => it.cases(rows).map(AnyCases::$name),)+ }
            }

            fn batches(&self, asked: &Asked<'_, AnyCases>) -> Result<Vec<Planned<AnyBatch>>, CaseError> {
                match (self, asked.cases) {
                    $((Self::$name(it), AnyCases::$name(cases)) => {
                        let batches = it.batches(&asked.about(cases))?;
                        Ok(batches.into_iter().map(|planned| planned.map(AnyBatch::$name)).collect())
                    })+
                    #[allow(unreachable_patterns, reason = "with one analysis there is no other")]
                    _ => panic!("{OTHER}"),
                }
            }

            fn samples(&self, setting: &Setting<'_>) -> Vec<(String, Planned<AnyBatch>)> {
                match self {
                    $(Self::$name(it) => {
                        let samples = it.samples(setting).into_iter();
                        samples.map(|(about, planned)| (about, planned.map(AnyBatch::$name))).collect()
                    })+
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

            fn without_record(&self, dataset: &str) -> WithoutRecord {
                of!(self, it => it.without_record(dataset))
            }

            fn typical(&self, dataset: &str) -> Option<[i64; 2]> {
                of!(self, it => it.typical(dataset))
            }

            fn shape(&self, setting: &Setting<'_>) -> Result<Shape, AgreementError> {
                of!(self, it => it.shape(setting))
            }

            fn decode(&self, setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
                of!(self, it => it.decode(setting, fields))
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
