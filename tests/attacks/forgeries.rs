//! A dishonest evaluator at audit 1.0: a thousand forgeries of each kind, none attested, none opened.

use rayon::prelude::*;

use super::scene::{AGREEMENT, HOUSEHOLDS, INCOMES, ONE, Random, Scene, as_ring, households, payload};
use crate::audit::{AuditError, Evaluated};
use crate::params::RING;
use crate::units::{Digest, HouseholdId};
use crate::{Attestation, EncryptedAnswer, Evaluation, Households, Provenance};

const EACH: usize = 1_000;
const WORD_BYTES: usize = size_of::<u16>();
const CHUNK_BYTES: usize = 2 * RING * WORD_BYTES;

/// The honest job beside which the forger works, and its honest attestation.
struct Honest {
    scene: Scene,
    asked: Households,
    answer: EncryptedAnswer,
    payload: Vec<u8>,
    attestation: [Attestation; 1],
}

impl Honest {
    fn new(asked: &str) -> Self {
        let scene = Scene::new(AGREEMENT, INCOMES);
        let asked = households(asked);
        let evaluation = scene.evaluate(&asked);
        let attestation = [scene.audit(&asked, &evaluation).expect("an honest answer")];
        let answer = evaluation.answer;
        let payload = answer.container().chunk(0).expect("in memory");
        Self { scene, asked, answer, payload, attestation }
    }

    fn forge(&self, provenance: &Provenance, payload: &[u8]) -> EncryptedAnswer {
        self.scene.forge(provenance, payload, CHUNK_BYTES)
    }

    /// The auditor and the key holder, who has the attestation of the honest answer, both refuse.
    fn refuse(&self, forged: &EncryptedAnswer, asked: &Households, what: &str) -> AuditError {
        assert_ne!(forged.digest(), self.answer.digest(), "{what} changes something");
        let job = Evaluated { answer: forged, transcript: None, blinding: None };
        let tables = &self.scene.tables;
        let audited = self.scene.auditor.audit(self.scene.agreement(), asked, tables, &job, |_| {});
        assert!(self.scene.release(forged, &[]).is_err(), "{what} is not opened");
        assert!(self.scene.release(forged, &self.attestation).is_err(), "{what} is not opened");
        audited.expect_err(what)
    }

    /// A thousand forgeries of the ciphertexts under the honest job's name.
    fn refuse_payloads(&self, what: &str, payload: impl Fn(&mut Random) -> Vec<u8> + Sync) {
        // In parallel: the auditor really evaluates again, a thousand times.
        (1..=EACH as u64).into_par_iter().for_each(|seed| {
            let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let forged = self.forge(self.answer.provenance(), &payload(&mut random));
            let error = self.refuse(&forged, &self.asked, what);
            assert!(matches!(error, AuditError::AnswersDiffer { .. }), "{what}: {error}");
        });
    }

    /// A thousand forgeries of what the answer says of itself.
    fn refuse_provenance(&self, what: &str, mut change: impl FnMut(&mut Random, &mut Provenance)) {
        let mut random = Random(2027);
        for _ in 0..EACH {
            let mut provenance = self.answer.provenance().clone();
            change(&mut random, &mut provenance);
            // As many bodies as it claims answers.
            let mut payload = self.payload.clone();
            payload.resize((RING + provenance.subjects.len()) * WORD_BYTES, 0);
            self.refuse(&self.forge(&provenance, &payload), &self.asked, what);
        }
    }
}

fn digest(random: &mut Random) -> Digest {
    Digest::of(&random.next().to_le_bytes())
}

#[test]
fn ciphertexts_that_were_not_computed_are_not_attested() {
    let honest = Honest::new("household,person,poverty_line_cents\nh1,a,1\n");
    // An income's own ciphertext, with noise of the forger's own.
    let (mask, bodies) = as_ring(&honest.scene.tables[0].bin(0).expect("a bin"));
    honest.refuse_payloads("a raw income relabelled as an answer", |random| {
        let body = bodies[0].wrapping_add(random.below(64) as u16);
        payload(&mask, &[body])
    });
    honest.refuse_payloads("a shifted mask", |random| {
        let mut payload = honest.payload.clone();
        let word = random.below(RING) * WORD_BYTES;
        let moved = u16::from_le_bytes([payload[word], payload[word + 1]]).wrapping_add(ONE);
        payload[word..word + WORD_BYTES].copy_from_slice(&moved.to_le_bytes());
        payload
    });
    honest.refuse_payloads("a trivial ciphertext", |random| {
        let body = ONE * random.below(2) as u16 + random.below(64) as u16;
        payload(&[0; RING], &[body])
    });
}

#[test]
fn answers_of_another_job_key_or_agreement_are_refused() {
    let honest = Honest::new(HOUSEHOLDS);
    honest.refuse_provenance("other tables", |random, made| {
        let other = honest.scene.encrypt(&format!("person,cents\na,{}\n", random.below(2)));
        made.tables = vec![other.container().seal()];
    });
    honest.refuse_provenance("another household file", |random, made| made.households = digest(random));
    honest.refuse_provenance("another evaluation key", |random, made| made.evaluation_key = digest(random));
    honest.refuse_provenance("another program", |random, made| {
        made.program = format!("drempel 0.1.{}", 1 + random.next());
    });
    honest.refuse_provenance("blinding that was not agreed", |random, made| {
        made.blinding = Some(digest(random));
    });
    honest.refuse_provenance("a transcript that was not agreed", |random, made| {
        made.transcript = Some(digest(random));
    });
    // Whole other scenes: the evaluator's genuine answer, under another key or agreement.
    for text in [AGREEMENT.to_owned(), AGREEMENT.replace("100000", "99999")] {
        let other = Scene::new(&text, INCOMES);
        let answer = other.evaluate(&honest.asked).answer;
        let error = honest.refuse(&answer, &honest.asked, "an answer of another scene");
        assert!(matches!(error, AuditError::Input { .. }), "{error}");
    }
}

#[test]
fn swapped_dropped_and_added_rows_are_refused() {
    let honest = Honest::new(HOUSEHOLDS);
    let stranger =
        |random: &mut Random| HouseholdId::try_from(format!("x{}", random.next())).expect("an identifier");
    honest.refuse_provenance("a renamed household", |random, made| {
        let place = random.below(2);
        made.subjects[place] = stranger(random);
    });
    honest.refuse_provenance("swapped rows", |random, made| {
        made.subjects.swap(0, 1);
        // Each of the thousand swaps also claims another file, or the honest one.
        if random.below(2) == 0 {
            made.households = digest(random);
        }
    });
    honest.refuse_provenance("a dropped row", |random, made| {
        made.subjects.remove(random.below(2));
    });
    honest.refuse_provenance("an added row", |random, made| {
        let place = random.below(3);
        made.subjects.insert(place, stranger(random));
    });
}

#[test]
fn a_question_that_was_not_agreed_gets_no_attestation() {
    let honest = Honest::new(HOUSEHOLDS);
    let mut random = Random(2028);
    let head = "household,person,poverty_line_cents,known_cents\n";
    for _ in 0..EACH {
        let line = 2 + random.below(1_000_000);
        let known = 1 + random.below(1_000_000);
        for rows in [format!("h1,a,{line},0\nh2,b,1,0\n"), format!("h1,a,1,{known}\nh2,b,1,0\n")] {
            // The evaluator claims this file and answers it in the way of the honest one.
            let asked = households(&format!("{head}{rows}"));
            let mut provenance = honest.answer.provenance().clone();
            provenance.households = asked.digest();
            let forged = honest.forge(&provenance, &honest.payload);
            let error = honest.refuse(&forged, &asked, "a line or a known amount that was not agreed");
            assert!(error.is_about_households(), "{error}");
        }
        // One person under several lines, to read the amount off the answers of a single job.
        let persons = 2 + random.below(18);
        let rows: String = (0..persons).map(|i| format!("h{i},a,{},0\n", i % 2)).collect();
        assert!(Households::from_csv(format!("{head}{rows}").as_bytes()).is_err());
    }
}

#[test]
fn an_attestation_counts_for_its_own_answer_and_from_an_auditor_only() {
    let honest = Honest::new(HOUSEHOLDS);
    let other = honest.scene.evaluate(&households("household,person,poverty_line_cents\nh1,c,1\n"));
    assert!(honest.scene.release(&other.answer, &honest.attestation).is_err(), "a replayed attestation");
    let opened = honest.scene.release(&honest.answer, &honest.attestation).expect("the honest one");
    let answers: Vec<bool> = opened.rows().map(|(_, eligible)| eligible).collect();
    assert_eq!(answers, [true, false]);
    let mut ledger = honest.scene.fresh_ledger();
    let release = |ledger: &mut _| {
        honest.scene.holder.release(honest.scene.agreement(), &honest.answer, &honest.attestation, ledger)
    };
    release(&mut ledger).expect("the first time");
    for _ in 0..EACH {
        assert!(release(&mut ledger).is_err(), "a replayed answer");
    }
    // The evaluator attests its own work.
    let own = crate::Auditor::new(&honest.scene.evaluation_key, honest.scene.parties.key("evaluator"));
    let job = Evaluated { answer: &honest.answer, transcript: None, blinding: None };
    let own = own.expect("in memory");
    let attested = own.audit(honest.scene.agreement(), &honest.asked, &honest.scene.tables, &job, |_| {});
    assert!(matches!(attested, Err(AuditError::NotAnAuditor)));
}

#[test]
fn binary_search_of_an_income_stops_at_the_first_answer() {
    let wide = AGREEMENT.replace("max = 1\n", "max = 1000\n").replace("line_max = 1\n", "line_max = 1000\n");
    let scene = Scene::new(&wide, "person,cents\na,617\nb,3\nc,1\nd,2\ne,1\nf,0\ng,5\nh,9\n");
    let mut ledger = scene.fresh_ledger();
    let (mut low, mut high, mut opened) = (0, 1_000, 0);
    for _ in 0..10 {
        let line = (low + high) / 2;
        let asked = households(&format!("household,person,poverty_line_cents\nh1,a,{line}\n"));
        let evaluation = scene.evaluate(&asked);
        let attestation = [scene.audit(&asked, &evaluation).expect("each question alone is agreed")];
        let answer = scene.holder.release(scene.agreement(), &evaluation.answer, &attestation, &mut ledger);
        match answer {
            Ok(answer) => {
                opened += 1;
                if answer.eligible() == 1 { high = line } else { low = line }
            }
            Err(error) => {
                assert!(error.to_string().contains("over the same tables"), "{error}");
                break;
            }
        }
    }
    assert_eq!(opened, 1, "one bit, and not the income");

    // Two answers about groups that differ by one person.
    let mut ledger = scene.fresh_ledger();
    let group = |people: &str| {
        let rows: String = people.chars().map(|person| format!("g,{person},700\n")).collect();
        let asked = households(&format!("household,person,poverty_line_cents\n{rows}"));
        let Evaluation { answer, .. } = scene.evaluate(&asked);
        let job = Evaluated { answer: &answer, transcript: None, blinding: None };
        let audited = scene.auditor.audit(scene.agreement(), &asked, &scene.tables, &job, |_| {});
        (answer, [audited.expect("each group alone is agreed")])
    };
    let (with, without) = (group("abcdefgh"), group("bcdefgh"));
    scene.holder.release(scene.agreement(), &with.0, &with.1, &mut ledger).expect("the first");
    assert!(scene.holder.release(scene.agreement(), &without.0, &without.1, &mut ledger).is_err());
}
