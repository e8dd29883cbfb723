//! A share below 1 is audited: forgeries are found as often as the formula says.

use rayon::prelude::*;

use super::scene::{AGREEMENT, Scene, households};
use crate::agreement::Document;
use crate::artefacts::TranscriptWriter;
use crate::files::container::NO_LABEL;
use crate::roles::auditor::{AuditError, Evaluated, unseen};
use crate::units::Digest;
use crate::verify::Draw;
use crate::{EncryptedAnswer, Evaluation, Progress, Transcript};
use drempel_fhe::bootstrap::WORDS;

const SHARE: f64 = 0.01;

/// The 99 % interval, where the draws are the same in every run.
const NINETY_NINE: f64 = 2.576;

/// The 99.99 % interval, where keys are drawn anew: it fails by chance once in 10,000 runs.
const RANDOM_KEYS: f64 = 3.891;

/// Whether a count lies where a binomial one should, so many deviations wide.
fn assert_share(found: usize, trials: usize, expected: f64, deviations: f64, what: &str) {
    let measured = found as f64 / trials as f64;
    let deviation = (expected * (1.0 - expected) / trials as f64).sqrt();
    println!(
        "{what}: {found} of {trials} found, {measured:.4}; formula {expected:.4}, 99 % ±{:.4}",
        2.576 * deviation
    );
    assert!((measured - expected).abs() <= deviations * deviation, "{what}: {measured} but {expected}");
}

#[test]
fn the_draw_finds_forgeries_as_often_as_the_formula_says() {
    let text = AGREEMENT.replace("audit = 1.0", "audit = 0.01");
    let agreement = Document::parse(&text).expect("sound");
    let trials = 20_000;
    for forged in [1, 32, 100, 458] {
        let found = (0..trials).filter(|trial: &u64| {
            let nonce = Digest::of(&trial.to_le_bytes());
            let draw = Draw::new(Digest::of(b"answer"), nonce, agreement.disclosure());
            (0..forged as usize).any(|row| draw.takes(3 * row))
        });
        let expected = 1.0 - unseen(SHARE, forged);
        assert_share(found.count(), trials as usize, expected, NINETY_NINE, &format!("{forged} forged rows"));
    }
}

/// An evaluator who replaces `forged` of the answers, everywhere alike: in the transcript and in the packed sum.
fn forge(scene: &Scene, honest: &Evaluation, forged: usize) -> (EncryptedAnswer, Transcript) {
    let (id, key) = (honest.answer.header().agreement, honest.answer.header().key);
    let transcript = honest.transcript.as_ref().expect("a share below 1");
    let signer = scene.parties.key("evaluator");
    let mut rows: Vec<u32> = Vec::new();
    for chunk in transcript.chunks() {
        rows.extend(chunk.expect("in a file").1);
    }
    for row in rows.chunks_exact_mut(WORDS).take(forged) {
        row[0] = row[0].wrapping_add(1 << 27);
    }
    let answers = rows.len() / WORDS;
    let mut writer = TranscriptWriter::new(id, key, answers).expect("a temporary file");
    writer.rows(&rows).expect("writes");
    let transcript = writer.finish(&signer, NO_LABEL).expect("writes");
    let mut collected = honest.answer.empty_packing();
    scene.auditor.context.collect(&mut collected, 0, &rows);
    let mut provenance = honest.answer.provenance().clone();
    provenance.transcript = Some(transcript.digest());
    let answer = EncryptedAnswer::new(id, key, provenance, &collected, &signer).expect("consistent");
    (answer, transcript)
}

#[test]
fn a_consistent_forger_is_found_as_often_as_the_formula_says() {
    let text = AGREEMENT.replace("audit = 1.0", "audit = 0.01");
    let count = 40;
    let incomes: String = (0..count).map(|i| format!("{i:02},{}\n", i % 2)).collect();
    let scene = Scene::new(&text, &format!("person,cents\n{incomes}"));
    let rows: String = (0..count).map(|i| format!("h{i:02},{i:02},1\n")).collect();
    let asked = households(&format!("household,person,poverty_line_cents\n{rows}"));
    let honest = scene.evaluate(&asked);
    let job = Evaluated { answer: &honest.answer, transcript: honest.transcript.as_ref(), blinding: None };
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
    let job = Evaluated { answer: &answer, transcript: Some(&transcript), blinding: None };
    let found = (0..trials).into_par_iter().filter(|trial: &u64| {
        let nonce = Digest::of(&trial.to_le_bytes());
        let drawn = scene.auditor.audit_drawn(scene.agreement(), &asked, &scene.tables, &job, nonce, |_| {});
        match drawn {
            Ok(_) => false,
            Err(AuditError::RowDiffers { row }) => {
                assert!(row <= forged);
                true
            }
            Err(other) => panic!("{other}"),
        }
    });
    let found = found.count();
    assert_share(
        found,
        trials as usize,
        1.0 - unseen(SHARE, forged as u32),
        RANDOM_KEYS,
        "32 of 40 answers forged",
    );

    // A file of answers that is not the transcript's sum is found at any share.
    let job = Evaluated { answer: &honest.answer, transcript: Some(&transcript), blinding: None };
    let other = scene.auditor.audit(scene.agreement(), &asked, &scene.tables, &job, |_| {});
    assert!(matches!(other, Err(AuditError::Unfit { .. })), "the answer names its own transcript");
    let mut provenance = honest.answer.provenance().clone();
    provenance.transcript = Some(transcript.digest());
    let payload = honest.answer.container().chunk(0).expect("in memory");
    let mixed = scene.forge(&provenance, &payload, honest.answer.header().chunk_bytes as usize);
    let job = Evaluated { answer: &mixed, transcript: Some(&transcript), blinding: None };
    let other = scene.auditor.audit(scene.agreement(), &asked, &scene.tables, &job, |_| {});
    assert!(matches!(other, Err(AuditError::AnswersDiffer { .. })));
}
