//! All roles in one file: who has an income below the household's poverty line?
//!
//!     cargo run --release --example eligibility

use std::error::Error;

use drempel::{Agreement, DataProvider, Evaluator, Households, KeyHolder, Table};

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
    let agreement = Agreement::parse(AGREEMENT)?;

    // The key holder makes keys for this agreement, and hands out two of the three.
    let (key_holder, public_key, evaluation_key) = KeyHolder::generate(&agreement)?;

    // The data provider encrypts everybody it has.
    let incomes = Table::from_csv(&agreement, "income", INCOMES.as_bytes())?;
    let table = DataProvider::new(public_key).encrypt(&agreement, &incomes)?;

    // The evaluator adds and compares without seeing an amount.
    let households = Households::from_csv(HOUSEHOLDS.replace(' ', "-").as_bytes())?;
    let evaluator = Evaluator::new(evaluation_key);
    let encrypted = evaluator.evaluate(&agreement, &households, &[table], |_| {})?;

    // The key holder opens the answers, and nothing else.
    let answer = key_holder.release(&agreement, &encrypted)?;
    for (household, eligible) in answer.rows() {
        println!("{household}: {}", if eligible { "may claim" } else { "no" });
    }
    let eligible: Vec<&str> = answer.rows().filter(|(_, yes)| *yes).map(|(id, _)| id.as_str()).collect();
    assert_eq!(eligible, ["single-below", "couple-below"]);
    Ok(())
}
