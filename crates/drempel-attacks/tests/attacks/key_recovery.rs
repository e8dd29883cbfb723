//! The attack that decides the design: an evaluator who sees forged answers opened reads the secret key.

use drempel::artefacts::{Closing, PROGRAM};
use drempel::cases::Cases;
use drempel::roles::auditor::{AuditError, Evaluated};
use drempel::units::SubjectId;
use drempel::{EncryptedTable, Provenance};
use drempel_attacks::forge::{ONE, answer, as_ring, decrypt, households, key_bits, payload, seal, shared};
use drempel_fhe::ciphertexts::InputTable as _;
use drempel_fhe::circuit::Scale;
use drempel_fhe::params::RING;

/// 2,048 encryptions of zero look like any answers; with one mask coefficient moved by one value, answer j is key bit j.
fn forged_answers(zeros: &EncryptedTable) -> Vec<u8> {
    let (mut mask, bodies) = as_ring(&zeros.bin(0).expect("a full bin"));
    mask[0] = mask[0].wrapping_sub(ONE);
    payload(&mask, &bodies)
}

#[test]
fn without_the_gate_forged_answers_are_the_key_and_with_it_none_is_opened() {
    let zeros = (0..RING).map(|person| format!("{person},0\n")).collect::<String>();
    let scene = shared();
    let tables = [scene.encrypt("income", &format!("person,cents\n{zeros}"))];
    let rows: String = (0..RING).map(|i| format!("h{i},{i},1\n")).collect();
    let asked = households(&format!("household,person,poverty_line_cents\n{rows}"));
    let payload = forged_answers(&tables[0]);
    let provenance = Provenance {
        program: PROGRAM.to_owned(),
        evaluation_key: scene.evaluation_key.digest(),
        tables: tables.iter().map(seal).collect(),
        cases: asked.digest(),
        transcript: None,
        blinding: None,
        noise: scene
            .evaluator
            .noise()
            .map(|(seed, nonce)| Closing { seed: seed.digest(), nonce: nonce.digest() }),
        scale: Scale::Halves,
        fields: 1,
        subjects: (0..RING).map(|i| SubjectId::try_from(format!("h{i}")).expect("an id")).collect(),
    };
    let forged = answer(scene, &provenance, &payload);

    // Around the gate: what the key holder's decryption alone would give.
    let opened = decrypt(scene.holder.key(), &forged);
    assert!(opened.iter().all(|value| (0..=1).contains(value)), "every forged answer is a yes or a no");
    let key = scene.holder.key().to_bytes();
    let packed = key_bits(&key);
    let bit = |i: usize| i64::from(packed[i / 8] >> (i % 8) & 1);
    let recovered = opened.iter().enumerate().filter(|(i, value)| **value == bit(*i)).count();
    println!("{recovered} of {RING} key bits recovered");
    assert!(recovered * 100 >= RING * 99, "{recovered} of {RING}");

    // Through the gate: nothing is opened, and no auditor attests it.
    let refused = scene.release(&forged, &[]).expect_err("no attestation");
    assert!(refused.to_string().contains("no auditor has attested"), "{refused}");
    let job = Evaluated { answer: &forged, transcript: None, blinding: None, noise: scene.evaluator.noise() };
    let audited = scene.auditor.audit(scene.agreement(), &asked, &tables, &job, |_| {});
    assert!(matches!(audited, Err(AuditError::AnswersDiffer { first: 1, last: RING })));
}
