//! Whom a job finds: how many of those it asks about have a record in each dataset.
//!
//! Tables and cases meet by identifiers alone. Where they are written differently nobody is found, and an answer that counts
//! a missing record as nothing would be computed, audited and released as if all was well.

use crate::agreement::{Dataset, Subject};
use crate::analysis::{Program, WithoutRecord};
use crate::artefacts::EncryptedTable;
use crate::cases::Cases;
use crate::contract::Agreement;
use crate::units::{IdShape, SubjectIds};

/// How many of those that the cases ask about have a record in one dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The dataset's name.
    pub dataset: String,
    /// What the dataset's rows are about.
    pub subject: Subject,
    /// Those of the cases, each counted once.
    pub asked: u64,
    /// How many of them have a record.
    pub found: u64,
}

/// Why a job that finds too few people is not run.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CoverageError {
    /// Identifiers that cannot be of the same people.
    #[error("dataset \"{dataset}\": its identifiers have {table}, those of the cases {cases}; {reason}")]
    Shapes {
        /// The dataset.
        dataset: String,
        /// What its identifiers look like.
        table: IdShape,
        /// What those of the cases look like.
        cases: IdShape,
        /// The likely reason, and what to do.
        reason: &'static str,
    },
    /// Nobody was found, and that would change answers.
    #[error(
        "dataset \"{dataset}\" has no record of any of the {asked} that the cases ask about; look whether both write \
         identifiers alike, with the same pseudonym key"
    )]
    Nobody {
        /// The dataset.
        dataset: String,
        /// How many were looked for.
        asked: u64,
    },
    /// Fewer were found than agreed.
    #[error(
        "dataset \"{dataset}\" has a record of {found} of the {asked} that the cases ask about, less than the agreed share of \
         {least} (matched_at_least)"
    )]
    TooFew {
        /// The dataset.
        dataset: String,
        /// How many were looked for.
        asked: u64,
        /// How many were found.
        found: u64,
        /// The agreed share.
        least: f64,
    },
}

impl CoverageError {
    /// Always: the file is sound, and the job is not run.
    pub fn is_refusal(&self) -> bool {
        true
    }
}

impl Coverage {
    /// Counts whom these tables have, each dataset's as far as its table is given.
    ///
    /// # Errors
    /// When identifiers cannot be those of the same people, or fewer are found than may be.
    ///
    /// # Cost
    /// A search in each table for each subject: a second for some millions.
    pub fn of<A: Program>(
        agreement: &Agreement<A>,
        cases: &A::Cases,
        tables: &[EncryptedTable],
    ) -> Result<Vec<Self>, CoverageError> {
        let table = |dataset: &Dataset| tables.iter().find(|table| table.dataset() == dataset.name);
        let known = agreement.inputs().into_iter().filter_map(|dataset| Some((dataset, table(dataset)?)));
        known.map(|(dataset, table)| Self::in_table(agreement, cases, dataset, table.subjects())).collect()
    }

    fn in_table<A: Program>(
        agreement: &Agreement<A>,
        cases: &A::Cases,
        dataset: &Dataset,
        table: &SubjectIds,
    ) -> Result<Self, CoverageError> {
        let subjects = cases.subjects(dataset.subject);
        let asked = subjects.len() as u64;
        let found = subjects.iter().filter(|id| table.search(id).is_some()).count() as u64;
        let (subject, rule) = (dataset.subject, agreement.analysis().without_record(&dataset.name));
        let dataset = dataset.name.clone();
        let shapes = [IdShape::of(table.iter()), IdShape::of(subjects.iter())];
        if let Some(reason) = shapes[0].difference(shapes[1], found > 0) {
            let [table, cases] = shapes;
            return Err(CoverageError::Shapes { dataset, table, cases, reason });
        }
        match rule {
            WithoutRecord::ChangesAnswers { .. } if found == 0 && asked > 0 => {
                Err(CoverageError::Nobody { dataset, asked })
            }
            WithoutRecord::ChangesAnswers { matched_at_least: least }
                if (found as f64) < least * asked as f64 =>
            {
                Err(CoverageError::TooFew { dataset, asked, found, least })
            }
            _ => Ok(Self { dataset, subject, asked, found }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Question;
    use crate::contract::Rehearsal;
    use crate::units::SubjectId;

    fn coverage(agreement: &str, cases: &str, table: &[&str]) -> Result<Coverage, CoverageError> {
        let rehearsal = Rehearsal::<Question>::of(agreement).expect("a sound agreement");
        let agreement = rehearsal.agreement();
        let cases = agreement.analysis().read_cases(&mut cases.as_bytes()).expect("valid cases");
        let table: SubjectIds =
            table.iter().map(|id| SubjectId::try_from(*id).expect("an identifier")).collect();
        Coverage::in_table(agreement, &cases, agreement.inputs()[0], &table)
    }

    fn households(people: &[&str]) -> String {
        let row = |(household, person): (usize, &&str)| format!("h{household},{person},150106\n");
        let rows: String = people.iter().enumerate().map(row).collect();
        format!("household,person,poverty_line_cents\n{rows}")
    }

    fn zero(share: &str) -> String {
        let agreed = format!("missing = \"zero\"\nmatched_at_least = {share}");
        include_str!("../examples/agreements/svb_uwv.toml").replace("missing = \"refuse\"", &agreed)
    }

    #[test]
    fn a_job_that_finds_nobody_is_refused_where_that_changes_answers() {
        let people = households(&["p1", "p2"]);
        let nobody = coverage(&zero("0.5"), &people, &["q1", "q2"]).expect_err("nobody");
        assert_eq!(nobody, CoverageError::Nobody { dataset: "income".to_owned(), asked: 2 });
        let half = coverage(&zero("0.5"), &people, &["p1", "q2"]).expect("half of them");
        assert_eq!((half.asked, half.found), (2, 1));
        assert!(matches!(
            coverage(&zero("0.6"), &people, &["p1"]),
            Err(CoverageError::TooFew { found: 1, .. })
        ));
        let arrears = include_str!("../examples/agreements/debt_count.toml");
        let usual = coverage(arrears, "person\np1\np2\n", &["q1"]).expect("nobody has an arrear");
        assert_eq!((usual.asked, usual.found), (2, 0));
    }

    #[test]
    fn identifiers_of_another_shape_are_refused_everywhere() {
        let pseudonym = "96287a06f8fd62c612c74b9cee5330a867e27bdc697f57aa96287a06f8fd62c6";
        let arrears = include_str!("../examples/agreements/debt_count.toml");
        let error =
            coverage(arrears, "person\n111222333\n", &[pseudonym]).expect_err("another shape").to_string();
        assert!(
            error.contains("64 characters, hexadecimal") && error.contains("9 characters, digits"),
            "{error}"
        );
        assert!(error.contains("pseudonymise") && !error.contains("111222333"), "{error}");
        // A lost zero is found where others match.
        let people = households(&["111222333", "12345672"]);
        let error = coverage(&zero("0.1"), &people, &["012345672", "111222333"]).expect_err("a lost zero");
        assert!(error.to_string().contains("leading zeros"), "{error}");
    }

    #[test]
    fn zero_needs_the_agreed_share_of_people_who_are_found() {
        let text = include_str!("../examples/agreements/svb_uwv.toml");
        for (agreed, expected) in [
            ("missing = \"zero\"", "needs matched_at_least"),
            ("missing = \"zero\"\nmatched_at_least = 1.5", "needs matched_at_least"),
            ("missing = \"zero\"\nmatched_at_least = 0.0", "needs matched_at_least"),
            ("missing = \"refuse\"\nmatched_at_least = 0.5", "zero\" only"),
        ] {
            let text = text.replace("missing = \"refuse\"", agreed);
            let error = Rehearsal::<Question>::of(&text).map(drop).expect_err(agreed).to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
