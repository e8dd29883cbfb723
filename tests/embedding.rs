//! For who embeds drempel: what may go to another thread, and work that the caller stops.

use std::ops::ControlFlow;

use drempel::analysis::{Eligibility, Question};
use drempel::cases::CaseError;
use drempel::coverage::CoverageError;
use drempel::job::JobError;
use drempel::plan::PlanError;
use drempel::roles::auditor::AuditError;
use drempel::roles::provider::EncryptError;
use drempel::roles::{EvaluateError, Proceed};
use drempel::rows::{Dialect, MemoryRows, RowsError};
use drempel::table::TableError;
use drempel::{
    Agreement, Attestation, Auditor, DataProvider, EncryptedAnswer, EncryptedTable, EvaluationKey, Evaluator,
    Households, KeyHolder, Ledger, PublicKey, Receiver, SignedAgreement, SigningKey, Table,
};

fn goes_anywhere<T: Send + Sync>() {}

#[test]
fn roles_keys_files_and_errors_go_to_other_threads() {
    goes_anywhere::<(Evaluator, Auditor, DataProvider, KeyHolder, Receiver)>();
    goes_anywhere::<(PublicKey, EvaluationKey, SigningKey)>();
    goes_anywhere::<(EncryptedTable, EncryptedAnswer, Attestation)>();
    goes_anywhere::<(Agreement<Question>, SignedAgreement<Eligibility>, Table, Households, Ledger)>();
    goes_anywhere::<(EvaluateError, AuditError, JobError, EncryptError, PlanError)>();
    goes_anywhere::<(CoverageError, CaseError, TableError, RowsError)>();
}

#[test]
fn rows_of_a_file_are_read_on_another_thread() {
    let rows = Dialect::default().read(&b"person\np1\n"[..]).expect("a header");
    let read = std::thread::spawn(move || {
        let mut rows = rows;
        std::iter::from_fn(|| rows.advance().expect("sound").then_some(())).count()
    });
    assert_eq!(read.join().expect("no panic"), 1);
    drop(MemoryRows::new(["person"], [["p1".into()]]));
}

#[test]
fn a_caller_goes_on_unless_it_says_stop() {
    assert!(().proceeds());
    assert!(ControlFlow::Continue(()).proceeds());
    assert!(!ControlFlow::Break(()).proceeds());
    assert!(!EvaluateError::Stopped.is_refusal());
    let nobody = CoverageError::Nobody { dataset: "d".to_owned(), asked: 1 };
    assert!(EvaluateError::from(nobody).is_refusal());
}
