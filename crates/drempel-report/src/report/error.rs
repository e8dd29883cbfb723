use drempel::container::ContainerError;
use drempel::evaluator::PROGRAM;
use drempel::table::csv::CsvError;
use drempel::units::AgreementId;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The answer is of another agreement, or not the evaluator's.
    #[error("the answer: {0}")]
    Answer(#[from] ContainerError),
    /// Made from other tables than the agreement names.
    #[error("the answer was not made from the tables that the agreement's analysis reads")]
    OtherTables,
    /// A table that its provider did not sign.
    #[error("dataset \"{dataset}\": the table was not signed by party \"{party}\" for this agreement")]
    TableNotSigned {
        /// The dataset.
        dataset: String,
        /// Its provider.
        party: String,
    },
    /// The answer was made from other cases.
    #[error("the answer was made from another file of cases; use the file that the evaluator used")]
    OtherCases,
    /// An attestation of another agreement or key.
    #[error("the attestation: {0}")]
    Attestation(ContainerError),
    /// An attestation that no auditor signed.
    #[error("no auditor of this agreement has signed the attestation")]
    NotAnAuditor,
    /// An attestation about something else.
    #[error("the attestation is about another answer, or does not cover the share that the agreement sets")]
    OtherAttestation,
    /// A ledger that the key holder does not keep.
    #[error("the ledger is not the key holder's of this agreement")]
    OtherLedger,
    /// An answer that was not released.
    #[error("the ledger has no release of this answer; use the ledger of its key holder")]
    NotInLedger,
    /// A release that does not fit the answer.
    #[error("entry {entry} of the ledger has released this answer as one made from something else")]
    OtherRelease {
        /// The ledger's entry.
        entry: u64,
    },
    /// Values that the analysis does not give.
    #[error("the agreement's analysis does not give such answers; use the file that was released")]
    SchemaMismatch,
    /// The file of regions.
    #[error(transparent)]
    Csv(#[from] CsvError),
    /// Subjects without a region.
    #[error("{missing} of the answers have no region in the file of regions")]
    WithoutRegion {
        /// How many.
        missing: usize,
    },
    /// Regions for an analysis that has no yes or no.
    #[error("regions divide answers of yes or no; this agreement's are not: leave out the regions")]
    NothingToDivide,
    /// A map, or an earlier answer, for an analysis without areas.
    #[error("this agreement's answers are not about areas: leave out the map and the earlier answer")]
    NoAreas,
    /// A map of somewhere else.
    #[error("no area of the answer is on the map; see --map-key")]
    OtherMap,
}

impl ReportError {
    /// Whether a signature or a digest says no, as opposed to a wrong file.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Answer(error) | Self::Attestation(error) => {
                matches!(error, ContainerError::NotSigned { .. } | ContainerError::WrongAgreement { .. })
            }
            Self::OtherTables
            | Self::TableNotSigned { .. }
            | Self::NotAnAuditor
            | Self::OtherAttestation
            | Self::OtherLedger
            | Self::NotInLedger
            | Self::OtherRelease { .. } => true,
            _ => false,
        }
    }
}

/// Why a page is not the report of these inputs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The inputs themselves do not make a report.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// Some other file.
    #[error("this is no report of drempel")]
    NotAReport,
    /// Written by another version, which may draw otherwise.
    #[error("the page was written by another version than this one, \"{PROGRAM}\"; verify it with that one")]
    OtherProgram,
    /// About another agreement.
    #[error("the page is not about agreement {expected}")]
    OtherAgreement {
        /// The agreement in hand.
        expected: AgreementId,
    },
    /// About another answer.
    #[error("the page is not about this answer")]
    OtherAnswer,
    /// Other released answers.
    #[error("the page was made from another file of released answers, or that file was changed")]
    OtherAnswers,
    /// Something else than these inputs give.
    #[error(
        "line {line}: not what these files give; the page or one of the files was changed, or is not the same"
    )]
    Changed {
        /// The first line that differs.
        line: usize,
    },
}

impl VerifyError {
    /// Whether the page is refused, as opposed to a wrong file.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Report(error) => error.is_refusal(),
            Self::NotAReport => false,
            _ => true,
        }
    }
}
