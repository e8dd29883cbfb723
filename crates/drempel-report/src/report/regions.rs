use std::collections::HashMap;

use drempel::rows::{CsvRows, Rows};
use drempel::units::{Digest, SubjectId};

use super::error::ReportError;

/// In which region each subject is: what the receiver knows, and nobody signed.
pub struct Regions {
    of: HashMap<SubjectId, SubjectId>,
    digest: Digest,
}

impl Regions {
    /// Reads `region` and the subjects' column, one row per subject, in any order.
    ///
    /// # Errors
    /// A named error with the line and column of the first fault.
    pub fn from_csv(subject: &str, bytes: &[u8]) -> Result<Self, ReportError> {
        let rows: &mut dyn Rows = &mut CsvRows::open(bytes)?;
        let (subject, region) = (rows.columns().required(subject)?, rows.columns().required("region")?);
        let mut of = HashMap::new();
        while let Some(row) = rows.next_row()? {
            if of.insert(row.id(subject)?, row.id(region)?).is_some() {
                return Err(row.duplicate(subject).into());
            }
        }
        Ok(Self { of, digest: Digest::of(bytes) })
    }

    /// The digest of the file.
    pub(super) fn digest(&self) -> Digest {
        self.digest
    }

    pub(super) fn names<'s>(
        &self,
        subjects: impl Iterator<Item = &'s SubjectId>,
    ) -> Result<Vec<String>, ReportError> {
        let name = |subject| self.of.get(subject).map(|region: &SubjectId| region.to_string());
        let mut missing = 0;
        let names = subjects
            .map(|subject| {
                name(subject).unwrap_or_else(|| {
                    missing += 1;
                    String::new()
                })
            })
            .collect();
        if missing > 0 { Err(ReportError::WithoutRegion { missing }) } else { Ok(names) }
    }
}

/// Only their number is printed.
impl std::fmt::Debug for Regions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Regions").field("subjects", &self.of.len()).finish_non_exhaustive()
    }
}
