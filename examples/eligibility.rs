//! All roles in one file: who has an income below the household's poverty line?
//!
//!     cargo run --release --example eligibility

use std::error::Error;

use drempel::analysis::Eligibility;
use drempel::{
    Auditor, DataProvider, Evaluated, Evaluation, Evaluator, Households, KeyHolder, Ledger, Rehearsal, Table,
};

const AGREEMENT: &str = include_str!("agreements/svb_uwv.toml");

/// What the employee-insurance agency knows.
const INCOMES: &str = "\
person,income_cents
anna,150106
bram,150107
carla,102674
dirk,102674
els,102674
frits,102673
";

/// What the pension agency knows.
const HOUSEHOLDS: &str = "\
household,person,poverty_line_cents
single below,anna,150107
single at,bram,150107
couple at,carla,205348
couple at,dirk,205348
couple below,els,205348
couple below,frits,205348
";

fn main() -> Result<(), Box<dyn Error>> {
    // Every party signs the agreement. Here one process plays them all; in earnest each has its own key file.
    let parties = Rehearsal::<Eligibility>::of(AGREEMENT)?;
    let agreement = parties.agreement();

    // The key holder makes keys for this agreement, hands out two of the three, and begins its ledger.
    let mut ledger = Ledger::in_memory();
    let (key_holder, public_key, evaluation_key) =
        KeyHolder::generate(agreement, parties.key("SVB"), &mut ledger)?;

    // The data provider encrypts everybody it has.
    let incomes = Table::from_csv(agreement, "income", INCOMES.as_bytes())?;
    let tables = [DataProvider::new(public_key, parties.key("UWV")).encrypt(agreement, &incomes)?];

    // The evaluator adds and compares without seeing an amount.
    let households = Households::from_csv(HOUSEHOLDS.replace(' ', "-").as_bytes())?;
    let evaluator = Evaluator::new(&evaluation_key, parties.key("computing-centre"))?;
    let auditor = Auditor::new(&evaluation_key, parties.key("UWV"))?;
    // Randomness that neither of the two chose hides what the answers' noise could tell.
    let noise = evaluator.commit(agreement)?;
    let nonce = auditor.nonce(agreement, noise.digest())?;
    let evaluator = evaluator.with_noise(noise, nonce);
    let Evaluation { answer: encrypted, .. } = evaluator.evaluate(agreement, &households, &tables, |_| {})?;

    // The auditor evaluates again and attests that nothing differs.
    let noise = evaluator.noise();
    let job = Evaluated { answer: &encrypted, transcript: None, blinding: None, noise };
    let attestation = auditor.audit(agreement, &households, &tables, &job, |_| {})?;

    // The key holder checks all of it and opens the answers, and nothing else.
    let answer = key_holder.release(agreement, &encrypted, &[attestation], &mut ledger)?;
    for (household, eligible) in answer.rows() {
        println!("{household}: {}", if eligible { "may claim" } else { "no" });
    }
    let eligible: Vec<&str> = answer.rows().filter(|(_, yes)| *yes).map(|(id, _)| id.as_str()).collect();
    assert_eq!(eligible, ["single-below", "couple-below"]);
    Ok(())
}
