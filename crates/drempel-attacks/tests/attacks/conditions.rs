//! The gate, condition by condition: each is broken alone, with everything else in order and an attestation by the real
//! auditor, and the release names just that.

use drempel::analysis::Eligibility;
use drempel::artefacts::{Attestation, PROGRAM, Statement};
use drempel::roles::EvaluateError;
use drempel::roles::key_holder::ReleaseError;
use drempel::signature::SigningKey;
use drempel::units::Digest;
use drempel::verify::VerifyError;
use drempel::{
    Auditor, DataProvider, EncryptedAnswer, Evaluated, Evaluator, KeyHolder, Ledger, Provenance, PublicKey,
    Rehearsal, SecretKey, Table,
};
use drempel_attacks::forge::{
    self, AGREEMENT, HOUSEHOLDS, INCOMES, ONE, Scene, answer_payload, households, payload, payload_bytes,
    seal, shared,
};
use drempel_fhe::params::RING;

/// An attestation as the auditor makes it, about any answer whatever.
fn attest(answer: &EncryptedAnswer, signer: &SigningKey) -> [Attestation; 1] {
    [forge::attestation(answer, &forge::statement(answer), signer)]
}

/// Tries to open a forged answer that the real auditor has attested.
fn release(scene: &Scene, change: impl FnOnce(&mut Provenance)) -> ReleaseError {
    let honest = scene.evaluate(&households(HOUSEHOLDS)).answer;
    let mut provenance = honest.provenance().clone();
    change(&mut provenance);
    let mut bytes = answer_payload(&honest);
    bytes.resize(payload_bytes(provenance.subjects.len()), 0);
    let forged = forge::answer(scene, &provenance, &bytes);
    let attestation = attest(&forged, &scene.key("provider"));
    scene.release(&forged, &attestation).expect_err("one condition does not hold")
}

#[test]
fn every_condition_on_the_answer_has_its_own_refusal() {
    let scene = shared();
    let other = forge::another();
    let honest = scene.evaluate(&households(HOUSEHOLDS)).answer;
    let by_auditor = attest(&honest, &scene.key("provider"));
    scene.release(&honest, &by_auditor).expect("with every condition the answer is opened");

    let refused = release(scene, |made| made.tables = vec![seal(&other.tables[0])]);
    assert!(
        matches!(refused, ReleaseError::Verify(VerifyError::TableNotSigned { .. })),
        "another agreement's table: {refused}"
    );
    let refused = release(scene, |made| made.tables.push(made.tables[0]));
    assert!(
        matches!(refused, ReleaseError::Verify(VerifyError::WrongTables { expected: 1, found: 2 })),
        "{refused}"
    );
    let refused = release(scene, |made| made.evaluation_key = Digest::of(b"other"));
    assert!(matches!(refused, ReleaseError::Verify(VerifyError::OtherEvaluationKey)), "{refused}");
    let refused = release(scene, |made| made.program = "drempel 9.9.9".to_owned());
    assert!(matches!(refused, ReleaseError::Verify(VerifyError::OtherProgram)), "{refused}");
    let refused = release(scene, |made| made.blinding = Some(Digest::ZERO));
    assert!(matches!(refused, ReleaseError::Verify(VerifyError::Unfit { .. })), "{refused}");
    let refused = release(scene, |made| made.transcript = Some(Digest::ZERO));
    assert!(matches!(refused, ReleaseError::Verify(VerifyError::Unfit { .. })), "{refused}");

    // Signed by the provider in place of the evaluator.
    let (signer, header) = (scene.key("provider"), honest.header());
    let of = (header.agreement, header.key);
    let foreign = forge::answer_by(&signer, of, honest.provenance(), &answer_payload(&honest));
    let refused = scene.release(&foreign, &attest(&foreign, &signer)).expect_err("not the evaluator's");
    assert!(refused.to_string().contains("must be signed by party \"evaluator\""), "{refused}");

    // Another agreement's answer altogether.
    let foreign = other.evaluate(&households(HOUSEHOLDS)).answer;
    let refused = scene.release(&foreign, &by_auditor).expect_err("another agreement");
    assert!(refused.to_string().contains("made for agreement"), "{refused}");
}

/// Whether an audit of a share draws an answer (docs/protocol.md, section 9.4).
fn is_drawn(answer: Digest, nonce: Digest, share: f64, place: u64) -> bool {
    let mut hasher = blake3::Hasher::new_derive_key("drempel 2026 rows that an audit draws");
    hasher.update(answer.as_bytes()).update(nonce.as_bytes()).update(&place.to_le_bytes());
    let first = *hasher.finalize().as_bytes().first_chunk().expect("32 bytes");
    u64::from_le_bytes(first) < (share * 2.0_f64.powi(64)) as u64
}

#[test]
fn an_attestation_counts_only_whole_and_from_an_auditor() {
    let scene = Scene::new(&AGREEMENT.replace("audit = 1.0", "audit = 0.5"), &[INCOMES]);
    let rows: String = "abcdefgh".chars().map(|person| format!("h{person},{person},1\n")).collect();
    let honest = scene.evaluate(&households(&format!("household,person,poverty_line_cents\n{rows}"))).answer;
    let auditor = scene.key("provider");
    let drawn = |nonce: Digest| (0..8).filter(|place| is_drawn(honest.digest(), nonce, 0.5, *place)).count();
    let nonces = (0_u64..).map(|i| Digest::of(&i.to_le_bytes()));
    let some = nonces.clone().find(|nonce| drawn(*nonce) == 3).expect("a draw of three");
    let none = nonces.clone().find(|nonce| drawn(*nonce) == 0).expect("a draw of nobody");
    let good = Statement {
        answer: honest.digest(),
        nonce: some,
        audited: 3,
        answers: 8,
        program: PROGRAM.to_owned(),
    };
    let refusal = |statement: Statement, signer: &SigningKey| {
        let attestation = [forge::attestation(&honest, &statement, signer)];
        scene.release(&honest, &attestation).map(drop)
    };
    refusal(good.clone(), &auditor).expect("a good attestation");
    let bad = |statement: Statement, signer: &SigningKey, expected: &str| {
        let error = refusal(statement, signer).expect_err(expected);
        assert!(matches!(error, ReleaseError::Verify(VerifyError::BadAttestation { .. })), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    };
    for party in ["evaluator", "holder", "receiver"] {
        bad(good.clone(), &scene.key(party), "no auditor of this agreement");
    }
    bad(good.clone(), &SigningKey::generate(), "no auditor of this agreement");
    bad(Statement { answer: Digest::ZERO, ..good.clone() }, &auditor, "about another answer");
    bad(Statement { program: "drempel 0.0.1".to_owned(), ..good.clone() }, &auditor, "another program");
    bad(Statement { audited: 2, ..good.clone() }, &auditor, "does not cover the share");
    bad(Statement { audited: 8, ..good.clone() }, &auditor, "does not cover the share");
    bad(Statement { answers: 7, ..good.clone() }, &auditor, "does not cover the share");
    bad(Statement { nonce: none, audited: 0, ..good }, &auditor, "evaluated no answer again");
}

#[test]
fn every_condition_on_keys_and_ledger_has_its_own_refusal() {
    let mut scene = Scene::new(&AGREEMENT.replace("answers = 100000", "answers = 3"), &[INCOMES]);
    let honest = scene.evaluate(&households(HOUSEHOLDS)).answer;
    let attestation = attest(&honest, &scene.key("provider"));
    let with = |holder: &KeyHolder, ledger: &mut Ledger| {
        holder.release(scene.agreement(), &honest, &attestation, ledger).map(drop)
    };
    let copy = |signer: &str| {
        let key = SecretKey::from_bytes(&scene.holder.key().to_bytes()).expect("its own bytes");
        KeyHolder::new(key, scene.key(signer))
    };
    let refused = with(&copy("evaluator"), &mut scene.fresh_ledger());
    assert!(matches!(refused, Err(ReleaseError::WrongSigner { .. })));
    let refused = with(&copy("holder"), &mut Ledger::in_memory());
    assert!(matches!(refused, Err(ReleaseError::UnknownKey { .. })));
    let other = forge::another();
    let refused = with(
        &KeyHolder::new(
            SecretKey::from_bytes(&other.holder.key().to_bytes()).expect("its own bytes"),
            scene.key("holder"),
        ),
        &mut other.fresh_ledger(),
    );
    assert!(matches!(refused, Err(ReleaseError::WrongAgreement { .. })));
    let mut ledger = scene.fresh_ledger();
    let second = KeyHolder::generate(scene.agreement(), scene.key("holder"), &mut ledger);
    assert!(matches!(second, Err(ReleaseError::KeysExist { entry: 1 })), "one agreement, one key set");

    // Two answers now and two later, from other tables, where three are agreed.
    let mut ledger = scene.fresh_ledger();
    with(&scene.holder, &mut ledger).expect("the first two");
    scene.tables = vec![scene.encrypt("income", INCOMES)];
    let later = scene.evaluate(&households(HOUSEHOLDS)).answer;
    let attestation = attest(&later, &scene.key("provider"));
    let refused = scene.holder.release(scene.agreement(), &later, &attestation, &mut ledger);
    assert!(matches!(refused, Err(ReleaseError::TooManyAnswers { allowed: 3, before: 2, found: 2 })));
}

/// Should auditor and evaluator both fail, a value that is no answer still stops, and counts as spent.
#[test]
fn a_value_that_is_no_answer_is_not_told_and_the_answer_is_spent() {
    let scene = shared();
    let honest = scene.evaluate(&households(HOUSEHOLDS)).answer;
    let forged = forge::answer(scene, honest.provenance(), &payload(&[0; RING], &[ONE / 2, 0]));
    let attestation = attest(&forged, &scene.key("provider"));
    let mut ledger = scene.fresh_ledger();
    let mut open = || scene.holder.release(scene.agreement(), &forged, &attestation, &mut ledger).map(drop);
    assert!(matches!(open(), Err(ReleaseError::OutsideAnswerSpace)));
    assert!(matches!(open(), Err(ReleaseError::AlreadyReleased { entry: 2 })));
}

#[test]
fn no_role_acts_under_an_agreement_that_is_out_of_force() {
    let scene = shared();
    let expired =
        Rehearsal::<Eligibility>::of(&AGREEMENT.replace("2099-12-31", "2021-12-31")).expect("sound");
    let agreement = expired.agreement();
    let out_of_force = |message: String| assert!(message.contains("in force from 2020-01-01"), "{message}");
    let table = Table::from_csv(agreement, "income", INCOMES.as_bytes()).expect("valid");
    let mut public = Vec::new();
    scene.public.write(&mut public).expect("in memory");
    let public = PublicKey::from_bytes(public).expect("just written");
    let provider = DataProvider::new(public, expired.key("provider"));
    out_of_force(provider.encrypt(agreement, &table).expect_err("expired").to_string());
    let asked = households(HOUSEHOLDS);
    let evaluator = Evaluator::new(&scene.evaluation_key, expired.key("evaluator")).expect("in memory");
    let refused = evaluator.evaluate(agreement, &asked, &scene.tables, |_| {}).expect_err("expired");
    assert!(matches!(refused, EvaluateError::Agreement(_)));
    let honest = scene.evaluate(&asked).answer;
    let auditor = Auditor::new(&scene.evaluation_key, expired.key("provider")).expect("in memory");
    let job = Evaluated { answer: &honest, transcript: None, blinding: None, noise: scene.evaluator.noise() };
    let refused = auditor.audit(agreement, &asked, &scene.tables, &job, |_| {});
    out_of_force(refused.expect_err("expired").to_string());
    let attestation = attest(&honest, &scene.key("provider"));
    let mut ledger = scene.fresh_ledger();
    let refused = scene.holder.release(agreement, &honest, &attestation, &mut ledger).map(drop);
    assert!(matches!(refused, Err(ReleaseError::Agreement(_))));
}
