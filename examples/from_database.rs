//! A table of amounts and the cases straight from a database, here SQLite: no file of text in between.
//!
//! Run it with `cargo run --release --example from_database`.

use std::error::Error;

use drempel::analysis::Eligibility;
use drempel::rows::MemoryRows;
use drempel::{Households, Rehearsal, Table, plaintext};
use rusqlite::Connection;

fn main() -> Result<(), Box<dyn Error>> {
    let parties = Rehearsal::<Eligibility>::of(include_str!("agreements/svb_uwv.toml"))?;
    let agreement = parties.agreement();
    let database = database()?;

    // The provider's rows, one at a time, as the cursor gives them. An error of the database is one of the table.
    let mut statement = database.prepare("SELECT pseudonym, cents FROM income")?;
    let incomes = statement.query_map([], |row| {
        let (person, cents): (String, i64) = (row.get(0)?, row.get(1)?);
        Ok([person.into(), cents.into()])
    })?;
    let table = Table::from_rows(
        agreement,
        "income",
        &mut MemoryRows::fallible(["person", "income_cents"], incomes),
    )?;

    // The evaluator's.
    let mut statement = database.prepare("SELECT household, pseudonym, norm FROM member")?;
    let members = statement.query_map([], |row| {
        let (household, person, norm): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok([household.into(), person.into(), norm.into()])
    })?;
    let columns = ["household", "person", "poverty_line_cents"];
    let households = Households::from_rows(&mut MemoryRows::fallible(columns, members))?;

    // What the encrypted computation will answer: see examples/eligibility.rs for that.
    let answers = plaintext::answers(agreement, &households, std::slice::from_ref(&table))?;
    println!("{} incomes, {} households: {answers:?}", table.rows(), households.len());
    assert_eq!(answers.len(), 2);
    Ok(())
}

fn database() -> Result<Connection, rusqlite::Error> {
    let database = Connection::open_in_memory()?;
    database.execute_batch(
        "CREATE TABLE income (pseudonym TEXT PRIMARY KEY, cents INTEGER NOT NULL);
         INSERT INTO income VALUES ('anna', 150106), ('bram', 102674), ('carla', 102674);
         CREATE TABLE member (household TEXT, pseudonym TEXT, norm INTEGER);
         INSERT INTO member VALUES ('single', 'anna', 150107), ('couple', 'bram', 205348), ('couple', 'carla', 205348);",
    )?;
    Ok(database)
}
