//! Deleting files whose retention period is over, with an entry in a ledger.
//!
//! A term counts from a file's modification date, so a copy that is newer keeps longer. Copies, backups and what a disk
//! keeps of a deleted file are outside what this sees.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::analysis::Program;
use crate::contract::SignedAgreement;
use crate::files::container::{Container, ContainerError};
use crate::ledger::{Event, Ledger};
use crate::signature::SigningKey;
use crate::units::Digest;

mod error;
mod protected;

pub use error::RetentionError;
use protected::protected;

/// The files that somebody wants deleted, each with its term. Nothing is deleted before [`carry_out`](Self::carry_out).
#[derive(Debug)]
pub struct Purge<'a, A> {
    agreement: &'a SignedAgreement<A>,
    today: Date,
    due: Vec<PathBuf>,
    kept: Vec<(PathBuf, Date)>,
}

/// Whether a file's term is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// It is.
    Now,
    /// It will be on this day.
    On(Date),
}

/// How somebody says that a file belongs to the agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// The file says so itself: it is an artefact of this agreement.
    ByItself,
    /// The user says so: a CSV file, or a damaged artefact.
    ByUser,
}

/// Looks up when a file's term of `retention_days` is over. The day itself counts as over.
///
/// # Errors
/// When the file is a key file, an agreement or a ledger, belongs to another agreement, or cannot be read.
///
/// # Cost
/// Reads an artefact once, to see that it is one.
pub fn due<A: Program>(
    agreement: &SignedAgreement<A>,
    file: &Path,
    named: Named,
    today: Date,
) -> Result<Due, RetentionError> {
    look(agreement, file, named, today).map(|(due, _)| due)
}

/// As [`due`], with the digest of an artefact.
fn look<A: Program>(
    agreement: &SignedAgreement<A>,
    file: &Path,
    named: Named,
    today: Date,
) -> Result<(Due, Option<Digest>), RetentionError> {
    let path = file.to_owned();
    // A link is not followed: deleting it would leave what it points to.
    let metadata = match fs::symlink_metadata(file) {
        Ok(metadata) if metadata.is_file() => metadata,
        Ok(_) => return Err(RetentionError::NotAFile { path }),
        Err(source) => return Err(RetentionError::Io { path, source }),
    };
    match protected(file, agreement.id()) {
        Ok(None) => {}
        Ok(Some(what)) => return Err(RetentionError::Protected { path, what }),
        Err(source) => return Err(RetentionError::Io { path, source }),
    }
    let digest = match (Container::open(file), named) {
        (Ok(container), _) if container.header().agreement != agreement.id() => {
            return Err(RetentionError::OtherAgreement { path, found: container.header().agreement });
        }
        (Err(ContainerError::Io(source)), _) => return Err(RetentionError::Io { path, source }),
        (Err(source), Named::ByItself) => return Err(RetentionError::NotAnArtefact { path, source }),
        (Ok(container), _) => Some(container.digest()),
        (Err(_), Named::ByUser) => None,
    };
    let modified = metadata.modified().map_err(|source| RetentionError::Io { path: path.clone(), source })?;
    let over = Timestamp::try_from(modified).and_then(|modified| {
        let term = Span::new().try_days(agreement.terms().retention_days)?;
        modified.to_zoned(TimeZone::UTC).date().checked_add(term)
    });
    let over = over.map_err(|_| RetentionError::BeyondCalendar { path })?;
    Ok((if today < over { Due::On(over) } else { Due::Now }, digest))
}

impl<'a, A: Program> Purge<'a, A> {
    /// Looks up the term of each artefact, and of each other file that the user names as the agreement's.
    ///
    /// # Errors
    /// As [`due`], for the first file that is not to be deleted at all.
    pub fn plan(
        agreement: &'a SignedAgreement<A>,
        artefacts: &[PathBuf],
        also: &[PathBuf],
        today: Date,
    ) -> Result<Self, RetentionError> {
        let mut plan = Self { agreement, today, due: Vec::new(), kept: Vec::new() };
        let mut seen = HashSet::new();
        let artefacts = artefacts.iter().map(|path| (path, Named::ByItself));
        for (path, named) in artefacts.chain(also.iter().map(|path| (path, Named::ByUser))) {
            let due = due(agreement, path, named, today)?;
            let place =
                fs::canonicalize(path).map_err(|source| RetentionError::Io { path: path.clone(), source })?;
            // A file that is named twice can be deleted only once.
            if !seen.insert(place) {
                continue;
            }
            match due {
                Due::Now => plan.due.push(path.clone()),
                Due::On(day) => plan.kept.push((path.clone(), day)),
            }
        }
        Ok(plan)
    }

    /// The files that will be deleted.
    pub fn due(&self) -> &[PathBuf] {
        &self.due
    }

    /// The files that stay, each with the day on which its term is over.
    pub fn kept(&self) -> &[(PathBuf, Date)] {
        &self.kept
    }

    /// Writes the digests of the artefacts that are due in the ledger, and how many other files, and then deletes them.
    /// Without such files the ledger stays as it is. Returns the artefacts' digests.
    ///
    /// # Errors
    /// When the key is no party's, a file was changed since the plan, or the ledger cannot be written: then nothing was
    /// deleted. When a file cannot be deleted: then the others were.
    pub fn carry_out(self, ledger: &mut Ledger, signer: &SigningKey) -> Result<Vec<Digest>, RetentionError> {
        if !self.agreement.parties().iter().any(|party| party.owns(signer)) {
            return Err(RetentionError::NotAParty);
        }
        if self.due.is_empty() {
            return Ok(Vec::new());
        }
        let mut files = Vec::new();
        for path in &self.due {
            // Somebody may have put another file there while the passphrase was asked for.
            let (due, digest) = look(self.agreement, path, Named::ByUser, self.today)?;
            if due != Due::Now {
                return Err(RetentionError::Changed { path: path.clone() });
            }
            files.extend(digest);
        }
        let others = (self.due.len() - files.len()) as u64;
        ledger
            .append(Event::Purge { agreement: self.agreement.id(), files: files.clone(), others }, signer)?;
        let mut first_failure = None;
        for path in self.due {
            if let Err(source) = fs::remove_file(&path) {
                first_failure = first_failure.or(Some(RetentionError::NotDeleted { path, source }));
            }
        }
        first_failure.map_or(Ok(files), Err)
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use drempel_fhe::{packing::PackedAnswers, params::Scale};

    use super::*;
    use crate::analysis::Eligibility;
    use crate::artefacts::{EncryptedAnswer, Provenance};
    use crate::contract::Rehearsal;
    use crate::files::key_file::{self, Passphrase};

    const AGREEMENT: &str = include_str!("../examples/agreements/svb_uwv.toml");
    /// When every file of these tests was made. Its term is 90 days.
    const MADE: &str = "2025-01-01T12:00:00Z";

    struct Office {
        folder: tempfile::TempDir,
        rehearsal: Rehearsal<Eligibility>,
    }

    impl Office {
        fn new() -> Self {
            let rehearsal = Rehearsal::<Eligibility>::of(AGREEMENT).expect("a sound agreement");
            Self { folder: tempfile::tempdir().expect("a folder"), rehearsal }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
            let path = self.path(name);
            fs::write(&path, bytes).expect("writes");
            aged(path)
        }

        fn artefact(&self, name: &str) -> PathBuf {
            let provenance = Provenance {
                program: String::new(),
                evaluation_key: Digest::ZERO,
                tables: vec![],
                cases: Digest::ZERO,
                transcript: None,
                blinding: None,
                noise: None,
                scale: Scale::Slots,
                fields: 1,
                subjects: crate::units::SubjectIds::default(),
            };
            let (agreement, key) = (self.rehearsal.agreement().id(), self.rehearsal.key("computing-centre"));
            let answer = EncryptedAnswer::new(
                agreement,
                Digest::ZERO,
                provenance,
                &PackedAnswers::new(Scale::Slots, 0),
                &key,
            );
            let path = self.path(name);
            answer.expect("consistent").save(&path).expect("saves");
            aged(path)
        }

        fn due(&self, path: &Path, named: Named, today: &str) -> Result<Due, RetentionError> {
            due(self.rehearsal.agreement(), path, named, day(today))
        }
    }

    fn aged(path: PathBuf) -> PathBuf {
        let made: Timestamp = MADE.parse().expect("a time");
        let file = fs::File::options().write(true).open(&path).expect("opens");
        file.set_modified(SystemTime::from(made)).expect("sets");
        path
    }

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    #[test]
    fn a_file_is_kept_until_the_day_before_its_term_and_deleted_on_the_day() {
        let office = Office::new();
        let (artefact, csv) = (office.artefact("answer.enc"), office.file("decisions.csv", b"household\n"));
        let (artefacts, also) = (vec![artefact.clone()], vec![csv.clone()]);
        let digest = Container::open(&artefact).expect("an artefact").digest();
        let key = office.rehearsal.key("SVB");
        let mut ledger = Ledger::in_memory();

        let plan = |today| Purge::plan(office.rehearsal.agreement(), &artefacts, &also, day(today));
        let early = plan("2025-03-31").expect("a plan");
        assert!(early.due().is_empty());
        assert_eq!(early.kept()[0], (artefact.clone(), day("2025-04-01")));
        assert!(early.carry_out(&mut ledger, &key).expect("nothing to do").is_empty());
        assert!(artefact.exists() && csv.exists() && ledger.entries().is_empty());

        let deleted = plan("2025-04-01").expect("a plan").carry_out(&mut ledger, &key).expect("deletes");
        assert_eq!(deleted, [digest]);
        assert!(!artefact.exists() && !csv.exists());
        let agreement = office.rehearsal.agreement().id();
        assert_eq!(ledger.entries()[0].event, Event::Purge { agreement, files: vec![digest], others: 1 });
    }

    #[test]
    fn keys_agreements_and_ledgers_are_never_deleted() {
        let office = Office::new();
        let key = office.path("secret.key");
        key_file::write(&key, &Passphrase::from("correct horse".to_owned()), b"secret").expect("writes");
        let mut ledger = Ledger::create(&office.path("ledger.jsonl")).expect("creates");
        let empty = office.file("empty.jsonl", b"");
        let event = Event::Purge { agreement: Digest::ZERO, files: vec![], others: 0 };
        ledger.append(event, &office.rehearsal.key("SVB")).expect("writes");
        let protected = [
            aged(key),
            aged(office.path("ledger.jsonl")),
            empty,
            office.file("ours.toml", office.rehearsal.agreement().text().as_bytes()),
            office.file("another.toml", AGREEMENT.as_bytes()),
            office.file("ours.toml.sig", office.rehearsal.signatures().to_text().as_bytes()),
        ];
        for path in protected {
            let error = office.due(&path, Named::ByUser, "2035-01-01").expect_err("protected");
            assert!(matches!(error, RetentionError::Protected { .. }), "{error}");
            assert!(error.is_refusal() && path.exists());
        }
    }

    #[test]
    fn only_files_of_this_agreement_are_deleted() {
        let (ours, theirs) = (Office::new(), Office::new());
        let (late, theirs) = ("2035-01-01", theirs.artefact("answer.enc"));
        for named in [Named::ByItself, Named::ByUser] {
            let error = ours.due(&theirs, named, late).expect_err("another agreement's");
            assert!(matches!(error, RetentionError::OtherAgreement { .. }), "{error}");
        }
        let csv = ours.file("decisions.csv", b"household,eligible\n");
        let error = ours.due(&csv, Named::ByItself, late).expect_err("it says nothing of itself");
        assert!(matches!(error, RetentionError::NotAnArtefact { .. }), "{error}");
        assert_eq!(ours.due(&csv, Named::ByUser, late).expect("named"), Due::Now);
        let folder = ours.folder.path();
        assert!(matches!(ours.due(folder, Named::ByUser, late), Err(RetentionError::NotAFile { .. })));
    }

    #[test]
    fn a_strangers_key_deletes_nothing() {
        let office = Office::new();
        let artefact = office.artefact("answer.enc");
        let artefacts = [artefact.clone(), artefact.clone()];
        let plan = Purge::plan(office.rehearsal.agreement(), &artefacts, &[], day("2035-01-01"));
        let plan = plan.expect("a plan");
        assert_eq!(plan.due(), std::slice::from_ref(&artefact), "named twice, deleted once");
        let mut ledger = Ledger::in_memory();
        let error = plan.carry_out(&mut ledger, &SigningKey::generate()).expect_err("a stranger");
        assert!(matches!(error, RetentionError::NotAParty));
        assert!(artefact.exists() && ledger.entries().is_empty());
    }
}
