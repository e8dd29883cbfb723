//! Blinded answers: what the key holder sees says nothing about them.

use drempel::Receiver;
use drempel_attacks::forge::{AGREEMENT, Scene, households};

#[test]
fn the_key_holder_opens_random_bits_and_the_receiver_reads_the_answers() {
    let text = AGREEMENT.replace("audit = 1.0", "audit = 1.0\nblinded = true");
    let count = 64;
    let rows: String = (0..count).map(|i| format!("h{i:02},{i:02},1\n")).collect();
    let asked = households(&format!("household,person,poverty_line_cents\n{rows}"));
    let mut scene = Scene::new(&text, &[""; 0]);
    for (amount, expected) in [(0, true), (1, false)] {
        let incomes: String = (0..count).map(|i| format!("{i:02},{amount}\n")).collect();
        scene.tables = vec![scene.encrypt("income", &format!("person,cents\n{incomes}"))];
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
