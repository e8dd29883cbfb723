//! Blinded answers: what the key holder sees says nothing about them.

use super::scene::{AGREEMENT, Scene, households};
use crate::Blinding;
use crate::roles::Receiver;
use crate::signature::SigningKey;
use crate::units::{Digest, SubjectId};

#[test]
fn the_key_holder_opens_random_bits_and_the_receiver_reads_the_answers() {
    let text = AGREEMENT.replace("audit = 1.0", "audit = 1.0\nblinded = true");
    let count = 64;
    for (amount, expected) in [(0, true), (1, false)] {
        let incomes: String = (0..count).map(|i| format!("{i:02},{amount}\n")).collect();
        let scene = Scene::new(&text, &format!("person,cents\n{incomes}"));
        let rows: String = (0..count).map(|i| format!("h{i:02},{i:02},1\n")).collect();
        let asked = households(&format!("household,person,poverty_line_cents\n{rows}"));
        let evaluation = scene.evaluate(&asked);
        let attestation = [scene.audit(&asked, &evaluation).expect("attests")];
        let opened = scene.release(&evaluation.answer, &attestation).expect("releases");
        assert!(opened.blinded().is_some());
        // All answers are alike, and the bits are not: outside 10..=54 of 64 with probability 1 in 10^8.
        let ones = opened.rows().filter(|(_, bit)| *bit).count();
        assert!((10..=54).contains(&ones), "{ones} ones for {expected}");
        let other = scene.evaluate(&asked).blinding.expect("blinded");
        let refused = Receiver::new(other).unblind(opened.clone());
        assert!(refused.is_err(), "another evaluation's blinding");
        let receiver = Receiver::new(evaluation.blinding.expect("blinded"));
        let mut csv = Vec::new();
        opened.write_csv(&mut csv).expect("in memory");
        let read = receiver.read(scene.agreement(), &evaluation.answer, csv.as_slice());
        let answer = receiver.unblind(read.expect("as written")).expect("the right blinding");
        assert!(answer.rows().all(|(_, eligible)| eligible == expected));
    }
}

/// For each pair of answers, all four pairs of opened bits are equally likely over the seeds: the view has the same
/// distribution whatever the answers are.
#[test]
fn opened_bits_are_independent_of_the_answers_and_of_each_other() {
    let signer = SigningKey::generate();
    let id = Digest::of(b"agreement");
    let trials = 4_096;
    let pair = ["h1", "h2"].map(|text| SubjectId::try_from(text).expect("an identifier"));
    let mut counts = [[0_u32; 4]; 4];
    for _ in 0..trials {
        let blinding = Blinding::generate(id, id, &signer).expect("in memory");
        for (answers, counts) in counts.iter_mut().enumerate() {
            let first = blinding.flip(pair[0].as_str(), answers & 1 == 1);
            let second = blinding.flip(pair[1].as_str(), answers & 2 == 2);
            counts[usize::from(first) + 2 * usize::from(second)] += 1;
        }
    }
    for counts in counts {
        let expected = f64::from(trials) / 4.0;
        let chi_square: f64 =
            counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
        // Three degrees of freedom: above 27.9 once in 10^5.6.
        assert!(chi_square < 27.9, "{counts:?}");
    }
}
