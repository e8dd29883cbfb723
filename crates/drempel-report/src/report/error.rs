use drempel::artefacts::PROGRAM;
use drempel::rows::RowsError;
use drempel::units::AgreementId;
use drempel::verify::VerifyError;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A file that does not belong to the agreement, or not to the others.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// Values that the analysis does not give.
    #[error("the agreement's analysis does not give such answers; use the file that was released")]
    SchemaMismatch,
    /// The file of regions.
    #[error(transparent)]
    Rows(#[from] RowsError),
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
        matches!(self, Self::Verify(error) if error.is_refusal())
    }
}

/// Why a page is not the report of these inputs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PageError {
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

impl PageError {
    /// Whether the page is refused, as opposed to a wrong file.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Report(error) => error.is_refusal(),
            Self::NotAReport => false,
            _ => true,
        }
    }
}
