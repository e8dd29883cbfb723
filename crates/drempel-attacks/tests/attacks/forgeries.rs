//! A dishonest evaluator at audit 1.0: a thousand forgeries of each kind, none attested, none opened.

use std::collections::HashSet;

use drempel::artefacts::Closing;
use drempel::cases::Cases;
use drempel::roles::auditor::{AuditError, Evaluated};
use drempel::units::{Digest, SubjectId};
use drempel::verify::VerifyError;
use drempel::{Attestation, Auditor, EncryptedAnswer, Evaluation, Households, Provenance};
use drempel_attacks::forge::{
    self, AGREEMENT, HOUSEHOLDS, INCOMES, ONE, Scene, answer_payload, as_ring, households, payload,
    payload_bytes, seal, shared, subjects,
};
use drempel_fhe::ciphertexts::InputTable as _;
use drempel_fhe::params::RING;
use drempel_test_support::samples;
use proptest::prelude::{Just, Strategy};
use rayon::prelude::*;

const EACH: usize = 1_000;
const WORD_BYTES: usize = size_of::<u16>();

/// The honest job beside which the forger works, and its honest attestation.
struct Honest {
    scene: &'static Scene,
    asked: Households,
    answer: EncryptedAnswer,
    payload: Vec<u8>,
    attestation: [Attestation; 1],
}

impl Honest {
    fn new(asked: &str) -> Self {
        let scene = shared();
        let asked = households(asked);
        let evaluation = scene.evaluate(&asked);
        let attestation = [scene.audit(&asked, &evaluation).expect("an honest answer")];
        let answer = evaluation.answer;
        let payload = answer_payload(&answer);
        Self { scene, asked, answer, payload, attestation }
    }

    fn forge(&self, provenance: &Provenance, payload: &[u8]) -> EncryptedAnswer {
        forge::answer(self.scene, provenance, payload)
    }

    /// The auditor and the key holder, who has the attestation of the honest answer, both refuse.
    fn refuse(&self, forged: &EncryptedAnswer, asked: &Households, what: &str) -> AuditError {
        assert_ne!(forged.digest(), self.answer.digest(), "{what} changes something");
        let job = Evaluated {
            answer: forged,
            transcript: None,
            blinding: None,
            noise: self.scene.evaluator.noise(),
        };
        let tables = &self.scene.tables;
        let audited = self.scene.auditor.audit(self.scene.agreement(), asked, tables, &job, |_| {});
        assert!(self.scene.release(forged, &[]).is_err(), "{what} is not opened");
        assert!(self.scene.release(forged, &self.attestation).is_err(), "{what} is not opened");
        audited.expect_err(what)
    }

    /// A thousand forgeries of the ciphertexts under the honest job's name, each another one.
    fn refuse_payloads(&self, what: &str, payload: impl Fn(usize) -> Vec<u8> + Sync) {
        // In parallel: the auditor really evaluates again, a thousand times.
        let digests = (0..EACH).into_par_iter().map(|index| {
            let forged = self.forge(self.answer.provenance(), &payload(index));
            let error = self.refuse(&forged, &self.asked, what);
            assert!(matches!(error, AuditError::AnswersDiffer { .. }), "{what}: {error}");
            forged.digest()
        });
        all_different(digests.collect(), what);
    }

    /// A thousand forgeries of what the answer says of itself, each another one.
    fn refuse_provenance(&self, what: &str, mut change: impl FnMut(usize, &mut Provenance)) {
        let digests = (0..EACH).map(|index| {
            let mut provenance = self.answer.provenance().clone();
            change(index, &mut provenance);
            // As many bodies as it claims answers.
            let mut payload = self.payload.clone();
            payload.resize(payload_bytes(provenance.subjects.len()), 0);
            let forged = self.forge(&provenance, &payload);
            self.refuse(&forged, &self.asked, what);
            forged.digest()
        });
        all_different(digests.collect(), what);
    }
}

fn all_different(digests: Vec<Digest>, what: &str) {
    let different: HashSet<Digest> = digests.into_iter().collect();
    println!("{what}: {} different forgeries refused", different.len());
    assert_eq!(different.len(), EACH, "{what}");
}

fn digest(index: usize) -> Digest {
    Digest::of(&index.to_le_bytes())
}

/// A ring element's mask after its coefficients were moved down so that another becomes the first.
fn turned(mask: &[u16], by: usize) -> Vec<u16> {
    let (front, back) = mask.split_at(by);
    back.iter().copied().chain(front.iter().map(|word| word.wrapping_neg())).collect()
}

/// Twelve households of one.
fn twelve() -> String {
    let rows: String = "abcdefghijkl".chars().map(|person| format!("h{person},{person},1\n")).collect();
    format!("household,person,poverty_line_cents\n{rows}")
}

#[test]
fn ciphertexts_that_were_not_computed_are_not_attested() {
    let honest = Honest::new("household,person,poverty_line_cents\nh1,a,1\n");
    // An income's own ciphertext, any of the table's, with noise of the forger's own.
    let (mask, bodies) = as_ring(&honest.scene.tables[0].bin(0).expect("a bin"));
    honest.refuse_payloads("a raw income relabelled as an answer", |index| {
        let place = index % bodies.len();
        let body = bodies[place].wrapping_add((index / bodies.len()) as u16);
        payload(&turned(&mask, place), &[body])
    });
    honest.refuse_payloads("the honest answer with a shifted mask", |index| {
        let mut payload = honest.payload.clone();
        let word = index * WORD_BYTES;
        let moved = u16::from_le_bytes([payload[word], payload[word + 1]]).wrapping_add(ONE);
        payload[word..word + WORD_BYTES].copy_from_slice(&moved.to_le_bytes());
        payload
    });
    // An encryption of zero with one mask coefficient moved: one bit of the key.
    let (zero, zeros) =
        as_ring(&honest.scene.encrypt("income", "person,cents\nx,0\n").bin(0).expect("a bin"));
    honest.refuse_payloads("a shifted zero", |index| {
        let mut mask = zero.clone();
        mask[index] = mask[index].wrapping_sub(ONE);
        payload(&mask, &zeros[..1])
    });
    honest.refuse_payloads("a trivial ciphertext", |index| {
        payload(&[0; RING], &[ONE * (index % 2) as u16 + index as u16 / 2])
    });
}

#[test]
fn answers_of_another_job_key_or_agreement_are_refused() {
    let honest = Honest::new(HOUSEHOLDS);
    honest.refuse_provenance("other tables", |index, made| {
        let other = honest.scene.encrypt("income", &format!("person,cents\na,{}\n", index % 2));
        made.tables = vec![seal(&other)];
    });
    honest.refuse_provenance("another household file", |index, made| made.cases = digest(index));
    honest.refuse_provenance("another evaluation key", |index, made| made.evaluation_key = digest(index));
    honest.refuse_provenance("another program", |index, made| {
        made.program = format!("drempel 0.1.{}", 1 + index)
    });
    honest
        .refuse_provenance("blinding that was not agreed", |index, made| made.blinding = Some(digest(index)));
    honest.refuse_provenance("other noise than was committed", |index, made| {
        let Closing { seed, nonce } = made.noise.expect("decisions");
        made.noise = match index % 3 {
            0 => Some(Closing { seed: digest(index), nonce }),
            1 => Some(Closing { seed, nonce: digest(index) }),
            _ => Some(Closing { seed: digest(index), nonce: digest(index) }),
        };
    });
    honest.refuse_provenance("a transcript that was not agreed", |index, made| {
        made.transcript = Some(digest(index));
    });
    let header = honest.answer.header();
    for index in 0..EACH {
        for of in [(digest(index), header.key), (header.agreement, digest(index))] {
            let made = honest.answer.provenance();
            let forged = forge::answer_for(honest.scene, of, made, &honest.payload);
            let error = honest.refuse(&forged, &honest.asked, "an answer of another agreement or key");
            assert!(matches!(error, AuditError::Verify(VerifyError::Answer(_))), "{error}");
        }
    }
    // Whole other scenes: a genuine answer, under another key or agreement.
    for text in [AGREEMENT.to_owned(), AGREEMENT.replace("100000", "99999")] {
        let other = Scene::new(&text, &[INCOMES]);
        let answer = other.evaluate(&honest.asked).answer;
        let error = honest.refuse(&answer, &honest.asked, "an answer of another scene");
        assert!(matches!(error, AuditError::Verify(VerifyError::Answer(_))), "{error}");
    }
}

#[test]
fn swapped_dropped_and_added_rows_are_refused() {
    let honest = Honest::new(&twelve());
    let stranger = |index: usize| SubjectId::try_from(format!("x{index}")).expect("an identifier");
    honest.refuse_provenance("a renamed household", |index, made| {
        edit(made, |rows| rows[index % 12] = stranger(index))
    });
    let mut orders = samples(Just((0..12).collect::<Vec<usize>>()).prop_shuffle());
    honest.refuse_provenance("swapped rows", |_, made| {
        let order = orders.next().expect("without end");
        edit(made, |rows| *rows = order.iter().map(|place| rows[*place].clone()).collect());
    });
    honest.refuse_provenance("dropped rows", |index, made| {
        // Each row whose bit is set; never all twelve.
        let mut place = 0;
        edit(made, |rows| {
            rows.retain(|_| {
                place += 1;
                (index + 1) >> (place - 1) & 1 == 0
            });
        });
    });
    honest.refuse_provenance("an added row", |index, made| {
        edit(made, |rows| rows.insert(index % 13, stranger(index)));
    });
}

fn edit(made: &mut Provenance, change: impl FnOnce(&mut Vec<SubjectId>)) {
    let mut rows = subjects(made);
    change(&mut rows);
    made.subjects = rows.into_iter().collect();
}

#[test]
fn a_question_that_was_not_agreed_gets_no_attestation() {
    let honest = Honest::new(HOUSEHOLDS);
    let head = "household,person,poverty_line_cents,known_cents\n";
    let questions = samples((2..1_000_002_u32, 1..1_000_001_u32, 2..20_usize));
    for (line, known, persons) in questions.take(EACH) {
        for rows in [format!("h1,a,{line},0\nh2,b,1,0\n"), format!("h1,a,1,{known}\nh2,b,1,0\n")] {
            // The evaluator claims this file and answers it in the way of the honest one.
            let asked = households(&format!("{head}{rows}"));
            let mut provenance = honest.answer.provenance().clone();
            provenance.cases = asked.digest();
            let forged = honest.forge(&provenance, &honest.payload);
            let error = honest.refuse(&forged, &asked, "a line or a known amount that was not agreed");
            assert!(error.is_about_cases(), "{error}");
        }
        // One person under several lines, to read the amount off the answers of a single job.
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
    let own = Auditor::new(&honest.scene.evaluation_key, honest.scene.key("evaluator"));
    let job = Evaluated {
        answer: &honest.answer,
        transcript: None,
        blinding: None,
        noise: honest.scene.evaluator.noise(),
    };
    let own = own.expect("in memory");
    let attested = own.audit(honest.scene.agreement(), &honest.asked, &honest.scene.tables, &job, |_| {});
    assert!(matches!(attested, Err(AuditError::NotAnAuditor)));
}

#[test]
fn binary_search_of_an_income_stops_at_the_first_answer() {
    let wide = AGREEMENT.replace("max = 1\n", "max = 1000\n").replace("line_max = 1\n", "line_max = 1000\n");
    let scene = Scene::new(&wide, &["person,cents\na,617\nb,3\nc,1\nd,2\ne,1\nf,0\ng,5\nh,9\n"]);
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
                if answer.yes().unwrap_or(0) == 1 { high = line } else { low = line }
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
        let job =
            Evaluated { answer: &answer, transcript: None, blinding: None, noise: scene.evaluator.noise() };
        let audited = scene.auditor.audit(scene.agreement(), &asked, &scene.tables, &job, |_| {});
        (answer, [audited.expect("each group alone is agreed")])
    };
    let (with, without) = (group("abcdefgh"), group("bcdefgh"));
    scene.holder.release(scene.agreement(), &with.0, &with.1, &mut ledger).expect("the first");
    assert!(scene.holder.release(scene.agreement(), &without.0, &without.1, &mut ledger).is_err());
}
