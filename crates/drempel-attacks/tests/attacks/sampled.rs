//! A share below 1 is audited: forgeries are found as often as the formula says.

use drempel::roles::auditor::{AuditError, Evaluated, unseen};
use drempel::{EncryptedAnswer, Evaluation, Progress, Transcript};
use drempel_attacks::forge::{
    self, AGREEMENT, Scene, answer_payload, engines, households, streams, transcript_rows,
};
use drempel_fhe::bootstrap::WORDS;
use drempel_fhe::packing::PackedAnswers;
use rayon::prelude::*;

const SHARE: f64 = 0.01;

/// Whether a count lies where a binomial one should: the 99.99 % interval. Keys and draws are new in each run, so it fails
/// by chance once in 10,000 runs.
fn assert_share(found: usize, trials: usize, expected: f64, what: &str) {
    let measured = found as f64 / trials as f64;
    let deviation = (expected * (1.0 - expected) / trials as f64).sqrt();
    println!(
        "{what}: {found} of {trials} found, {measured:.4}; formula {expected:.4}, 99 % ±{:.4}",
        2.576 * deviation
    );
    assert!((measured - expected).abs() <= 3.891 * deviation, "{what}: {measured} but {expected}");
}

/// An evaluator who replaces `forged` of the answers, everywhere alike: in the transcript and in the packed sum.
fn forge(scene: &Scene, honest: &Evaluation, forged: usize) -> (EncryptedAnswer, Transcript) {
    let mut rows = transcript_rows(honest.transcript.as_ref().expect("a share below 1"));
    for row in rows.chunks_exact_mut(WORDS).take(forged) {
        row[0] = row[0].wrapping_add(1 << 31);
    }
    let transcript = forge::transcript(scene, &rows);
    let mut provenance = honest.answer.provenance().clone();
    provenance.transcript = Some(transcript.digest());
    let mut packed = PackedAnswers::new(provenance.scale, rows.len() / WORDS);
    packed.push(&engines(&scene.evaluation_key), Some(&streams(scene, &provenance)), &rows);
    (forge::answer(scene, &provenance, &packed.to_bytes()), transcript)
}

#[test]
fn a_consistent_forger_is_found_as_often_as_the_formula_says() {
    let text = AGREEMENT.replace("audit = 1.0", "audit = 0.01");
    let count = 40;
    let incomes: String = (0..count).map(|i| format!("{i:02},{}\n", i % 2)).collect();
    let scene = Scene::new(&text, &[format!("person,cents\n{incomes}")]);
    let rows: String = (0..count).map(|i| format!("h{i:02},{i:02},1\n")).collect();
    let asked = households(&format!("household,person,poverty_line_cents\n{rows}"));
    let honest = scene.evaluate(&asked);
    let job = Evaluated {
        answer: &honest.answer,
        transcript: honest.transcript.as_ref(),
        blinding: None,
        noise: scene.evaluator.noise(),
    };
    let mut told = Vec::new();
    let attestation =
        scene.auditor.audit(scene.agreement(), &asked, &scene.tables, &job, |progress| told.push(progress));
    let attestation = attestation.expect("honest");
    let of = attestation.statement().audited as usize;
    assert_eq!(told, [0, of].map(|done| Progress { done, of }), "of what was drawn, not of all");
    let opened = scene.release(&honest.answer, &[attestation]).expect("a share is enough where it is agreed");
    assert!(opened.rows().enumerate().all(|(i, (_, eligible))| eligible == (i % 2 == 0)));

    let forged = 32;
    let (answer, transcript) = forge(&scene, &honest, forged);
    let trials = 1_000;
    let job = Evaluated {
        answer: &answer,
        transcript: Some(&transcript),
        blinding: None,
        noise: scene.evaluator.noise(),
    };
    let found = (0..trials).into_par_iter().filter(|_| {
        match scene.auditor.audit(scene.agreement(), &asked, &scene.tables, &job, |_| {}) {
            Ok(_) => false,
            Err(AuditError::RowDiffers { row }) => {
                assert!(row <= forged);
                true
            }
            Err(other) => panic!("{other}"),
        }
    });
    let found = found.count();
    // A draw that takes nobody is drawn again.
    let drawn = 1.0 - unseen(SHARE, count);
    let expected = (1.0 - unseen(SHARE, forged as u32)) / drawn;
    assert_share(found, trials, expected, "32 of 40 answers forged");

    // A file of answers that is not the transcript's sum is found at any share.
    let job = Evaluated {
        answer: &honest.answer,
        transcript: Some(&transcript),
        blinding: None,
        noise: scene.evaluator.noise(),
    };
    let other = scene.auditor.audit(scene.agreement(), &asked, &scene.tables, &job, |_| {});
    assert!(matches!(other, Err(AuditError::Unfit { .. })), "the answer names its own transcript");
    let mut provenance = honest.answer.provenance().clone();
    provenance.transcript = Some(transcript.digest());
    let mixed = forge::answer(&scene, &provenance, &answer_payload(&honest.answer));
    let job = Evaluated {
        answer: &mixed,
        transcript: Some(&transcript),
        blinding: None,
        noise: scene.evaluator.noise(),
    };
    let other = scene.auditor.audit(scene.agreement(), &asked, &scene.tables, &job, |_| {});
    assert!(matches!(other, Err(AuditError::AnswersDiffer { .. })));
}
