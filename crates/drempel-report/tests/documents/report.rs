//! Who must have signed before anything is drawn.

use drempel::agreement::Role;
use drempel::analysis::{Program, Question};
use drempel::artefacts::Statement;
use drempel::files::ContainerError;
use drempel::ledger::{Event, Release};
use drempel::units::{AgreementId, Digest, SubjectIds};
use drempel::verify::{Draw, VerifyError};
use drempel::{Answer, Attestation, Cases, EncryptedAnswer, Ledger, Provenance, Rehearsal};
use drempel_report::report::{Inputs, ReportError, Source};
use drempel_report::{Language, Report};

use crate::{example, forged};

mod areas;
mod pages;

/// One job that was never encrypted: a report reads only what it was made from, and who signed.
struct Made {
    parties: Rehearsal<Question>,
    cases: <Question as Program>::Cases,
    answer: EncryptedAnswer,
    attestation: Attestation,
    ledger: Ledger,
    csv: String,
}

const KINDS: [&str; 9] = [
    "area_count",
    "debt_alarm",
    "debt_count",
    "group_comparison",
    "group_mean",
    "matching",
    "presence",
    "ranking",
    "svb_uwv",
];

/// Keeps a page in the folder that REPORTS names, for a browser (tests/browser).
fn keep(name: &str, page: &str) {
    if let Some(folder) = std::env::var_os("REPORTS") {
        std::fs::create_dir_all(&folder).expect("makes");
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.html")), page).expect("writes");
    }
}

impl Made {
    fn of(kind: &str) -> Self {
        let [cases, answers] = ["cases", "answers"].map(|name| example(&format!("data/{kind}/{name}.csv")));
        Self::with(&example(&format!("agreements/{kind}.toml")), &cases, None, &answers)
    }

    /// With other subjects than the cases have, where it does not matter.
    fn with(agreement: &str, cases: &str, subjects: Option<SubjectIds>, csv: &str) -> Self {
        let parties = Rehearsal::<Question>::of(agreement).expect("a sound agreement");
        let signed = parties.agreement();
        let cases = signed.analysis().read_cases(&mut cases.as_bytes()).expect("valid cases");
        let subjects = subjects.unwrap_or_else(|| cases.answers().into_owned());
        let answer = answer(&parties, cases.digest(), subjects, &evaluator(&parties), None);
        let attestation = attestation(&parties, &answer, Role::Auditor);
        let mut ledger = Ledger::in_memory();
        let release = release(&parties, &answer, &attestation);
        let key = parties.key(&signed.only(Role::KeyHolder).name);
        for event in [Event::Release(release), keys(signed.id())] {
            ledger.append(event, &key).expect("in memory");
        }
        Self { parties, cases, answer, attestation, ledger, csv: csv.to_owned() }
    }

    fn released(&self) -> Answer {
        let columns = self.parties.agreement().shape().columns().to_vec();
        let subjects = &self.answer.provenance().subjects;
        Answer::read(&columns, subjects, self.csv.as_bytes()).expect("answers")
    }

    fn source<'a>(&'a self, released: &'a Answer) -> Source<'a, Question> {
        Source {
            agreement: self.parties.agreement(),
            answer: &self.answer,
            released,
            file: Digest::of(self.csv.as_bytes()),
            cases: Some(&self.cases),
            attestations: std::slice::from_ref(&self.attestation),
            ledger: Some(&self.ledger),
        }
    }
}

fn keys(agreement: AgreementId) -> Event {
    Event::Keys { agreement, key: Digest::ZERO, evaluation_key: Digest::ZERO }
}

fn evaluator(parties: &Rehearsal<Question>) -> String {
    parties.agreement().only(Role::Evaluator).name.clone()
}

/// Signed by this evaluator, over tables of which one may be somebody else's.
fn answer(
    parties: &Rehearsal<Question>,
    cases: Digest,
    subjects: SubjectIds,
    signer: &str,
    forged: Option<&str>,
) -> EncryptedAnswer {
    let agreement = parties.agreement();
    let table = |dataset: &&drempel::agreement::Dataset| {
        let provider = parties.key(forged.unwrap_or(&dataset.provider));
        forged::table(agreement.id(), &dataset.name, &provider)
    };
    let tables = agreement.inputs().iter().map(table).collect();
    let made = forged::provenance(agreement, tables, cases, subjects);
    forged::answer(agreement.id(), &made, &parties.key(signer))
}

fn attestation(parties: &Rehearsal<Question>, answer: &EncryptedAnswer, signer: Role) -> Attestation {
    let signer = parties.agreement().holders(signer).next().expect("a party for each role");
    forged::attestation(answer, &forged::statement(answer), &parties.key(&signer.name))
}

fn release(parties: &Rehearsal<Question>, answer: &EncryptedAnswer, attestation: &Attestation) -> Release {
    let (agreement, made) = (parties.agreement(), answer.provenance());
    Release {
        agreement: agreement.id(),
        key: Digest::ZERO,
        by: agreement.only(Role::KeyHolder).name.clone(),
        to: agreement.disclosure().to.clone(),
        answer: answer.digest(),
        tables: made.tables.iter().map(|table| table.digest()).collect(),
        cases: made.cases,
        attestations: vec![attestation.digest()],
        answers: made.subjects.len() as u64,
        audited: made.subjects.len() as u64,
    }
}

/// Every number of a report.
fn csv(report: &Report) -> String {
    let mut csv = Vec::new();
    report.write_csv(&mut csv).expect("in memory");
    String::from_utf8(csv).expect("text")
}

fn only(now: Source<'_, Question>) -> Inputs<'_, Question> {
    Inputs { now, before: None, regions: None, map: None }
}

#[test]
fn who_did_not_sign_is_named() {
    let made = Made::of("debt_count");
    let (parties, released) = (&made.parties, made.released());
    let report = |source: Source<'_, Question>| Report::of(&only(source), Language::English).map(drop);
    assert!(report(made.source(&released)).is_ok());
    let (cases, subjects) = (made.cases.digest(), made.answer.provenance().subjects.clone());
    let stranger = parties.agreement().only(Role::KeyHolder).name.clone();
    let by_another = answer(parties, cases, subjects.clone(), &stranger, None);
    let error = report(Source { answer: &by_another, ..made.source(&released) });
    assert!(
        matches!(error, Err(ReportError::Verify(VerifyError::Answer(ContainerError::NotSigned { .. })))),
        "{error:?}"
    );
    let forged = answer(parties, cases, subjects.clone(), &evaluator(parties), Some(&stranger));
    let error = report(Source { answer: &forged, ..made.source(&released) });
    assert!(matches!(error, Err(ReportError::Verify(VerifyError::TableNotSigned { .. }))), "{error:?}");
    let of_others = answer(parties, Digest::ZERO, subjects, &evaluator(parties), None);
    let error = report(Source { answer: &of_others, ..made.source(&released) });
    assert!(
        matches!(error, Err(ReportError::Verify(VerifyError::OtherInput { what: "cases" }))),
        "{error:?}"
    );
    let error =
        report(Source { answer: &of_others, cases: None, attestations: &[], ..made.source(&released) });
    assert!(matches!(error, Err(ReportError::Verify(VerifyError::NotInLedger))), "{error:?}");
    let error = report(Source { answer: &of_others, cases: None, ledger: None, ..made.source(&released) });
    assert!(matches!(error, Err(ReportError::Verify(VerifyError::BadAttestation { .. }))), "{error:?}");
    let by_evaluator = [attestation(parties, &made.answer, Role::Evaluator)];
    let error = report(Source { attestations: &by_evaluator, ..made.source(&released) });
    assert!(matches!(error, Err(ReportError::Verify(VerifyError::BadAttestation { .. }))), "{error:?}");
    let mut ledger = Ledger::in_memory();
    let other = Release { answers: 1, ..release(parties, &made.answer, &made.attestation) };
    ledger.append(Event::Release(other), &parties.key(&stranger)).expect("in memory");
    let error = report(Source { ledger: Some(&ledger), ..made.source(&released) });
    assert!(matches!(error, Err(ReportError::Verify(VerifyError::OtherRelease { entry: 1 }))), "{error:?}");
    let mut ledger = Ledger::in_memory();
    let own = Event::Release(release(parties, &made.answer, &made.attestation));
    ledger.append(own, &parties.key(&evaluator(parties))).expect("in memory");
    let error = report(Source { ledger: Some(&ledger), ..made.source(&released) });
    assert!(matches!(error, Err(ReportError::Verify(VerifyError::OtherLedger))), "{error:?}");
}

#[test]
fn an_audit_by_another_program_or_of_nothing_is_refused() {
    let made = Made::of("debt_count");
    let refusal = |made: &Made, attestation: &Attestation| {
        let released = made.released();
        let attestations = std::slice::from_ref(attestation);
        let source = Source { attestations, ledger: None, ..made.source(&released) };
        match Report::of(&only(source), Language::English).map(drop) {
            Err(ReportError::Verify(VerifyError::BadAttestation { why })) => why,
            other => panic!("{other:?}"),
        }
    };
    let auditor = |parties: &Rehearsal<Question>| {
        let auditor = parties.agreement().holders(Role::Auditor).next().expect("an auditor");
        parties.key(&auditor.name)
    };
    let statement = Statement { program: "drempel 0.0.1".to_owned(), ..forged::statement(&made.answer) };
    let by_another = forged::attestation(&made.answer, &statement, &auditor(&made.parties));
    assert_eq!(refusal(&made, &by_another), "the audit ran another program or version");

    // A share so small that hardly any nonce draws one of some thirty answers.
    let text = example("agreements/debt_count.toml").replace("audit = 1.0", "audit = 0.001");
    let [cases, answers] = ["cases", "answers"].map(|name| example(&format!("data/debt_count/{name}.csv")));
    let mut sampled = Made::with(&text, &cases, None, &answers);
    let provenance =
        Provenance { transcript: Some(Digest::of(b"rows")), ..sampled.answer.provenance().clone() };
    let (agreement, parties) = (sampled.parties.agreement(), &sampled.parties);
    sampled.answer = forged::answer(agreement.id(), &provenance, &parties.key(&evaluator(parties)));
    let drawn = |nonce: Digest| Draw::new(sampled.answer.digest(), nonce, agreement.disclosure());
    let answers = provenance.subjects.len();
    let nonce =
        (0_u64..).map(|number| Digest::of(&number.to_le_bytes())).find(|n| drawn(*n).count(answers) == 0);
    let nonce = nonce.expect("most draws are empty");
    let statement = Statement { nonce, audited: 0, ..forged::statement(&sampled.answer) };
    let of_nothing = forged::attestation(&sampled.answer, &statement, &auditor(parties));
    assert_eq!(refusal(&sampled, &of_nothing), "it evaluated no answer again");
}

#[test]
fn answers_of_other_subjects_or_another_form_are_refused() {
    let made = Made::of("debt_count");
    let refusal = |csv: &str| {
        let columns = made.parties.agreement().shape().columns().to_vec();
        let read = Answer::read(&columns, &made.answer.provenance().subjects, csv.as_bytes());
        read.map(drop).expect_err("refused").to_string()
    };
    let second = made.csv.lines().nth(1).expect("a row");
    let cases = [
        (made.csv.replace("agencies", "number"), "line 1: column \"agencies\" is missing"),
        (made.csv.replacen("\np", "\nq", 1), "line 2: the encrypted answer has nothing about this person"),
        (made.csv.replacen(&format!("{second}\n"), "", 1), "1 of the answers are not in the file"),
        (format!("{}{second}\n", made.csv), "line 32, column \"person\": the same identifier"),
        (made.csv.replace(second, &format!("{},many", &second[..6])), "line 2, column \"agencies\": yes, no"),
        (made.csv.replace("agencies", "blinded"), "these are blinded bits"),
    ];
    for (csv, message) in cases {
        assert!(refusal(&csv).starts_with(message), "{}", refusal(&csv));
    }
    let other = Made { csv: made.csv.replace(second, &format!("{},yes", &second[..6])), ..made };
    let released = other.released();
    let error = Report::of(&only(other.source(&released)), Language::Dutch).map(drop);
    assert!(matches!(error, Err(ReportError::SchemaMismatch)), "{error:?}");
}
