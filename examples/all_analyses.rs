//! Any of drempel's questions, from CSV files to released answers: all roles in one process, with real keys.
//!
//! `examples/agreements/KIND.toml` is what the parties agree, `examples/data/KIND/` has a CSV file for each dataset, the
//! evaluator's `cases.csv`, and `answers.csv`, what must come out.
//!
//!     cargo run --release --example all_analyses -- debt_count

use std::error::Error;
use std::fs;
use std::path::Path;

use drempel::agreement::Role;
use drempel::analysis::{Program, Question};
use drempel::{Auditor, DataProvider, Evaluated, Evaluator, KeyHolder, Ledger, PublicKey, Rehearsal, Table};
use drempel_report::{Language, Present};

fn main() -> Result<(), Box<dyn Error>> {
    let kind = std::env::args().nth(1).ok_or("give a kind, such as debt_count")?;
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let data = examples.join("data").join(&kind);

    // Everybody signs.
    let text = fs::read_to_string(examples.join("agreements").join(format!("{kind}.toml")))?;
    let parties = Rehearsal::<Question>::of(&text)?;
    let agreement = parties.agreement();
    println!("{}", agreement.analysis().describe(&agreement.setting(), Language::English).question);
    let key = |role: Role| {
        let party = agreement.holders(role).next().expect("an agreement has a party for each role");
        parties.key(&party.name)
    };

    // The key holder makes the keys.
    let mut ledger = Ledger::in_memory();
    let (key_holder, public_key, evaluation_key) =
        KeyHolder::generate(agreement, key(Role::KeyHolder), &mut ledger)?;
    let mut public = Vec::new();
    public_key.write(&mut public)?;

    // Each provider encrypts what it has.
    let mut tables = Vec::new();
    for dataset in agreement.analysis().datasets() {
        let table =
            Table::from_csv(agreement, dataset, fs::File::open(data.join(format!("{dataset}.csv")))?)?;
        let signing_key = parties.key(&table.dataset().provider);
        let provider = DataProvider::new(PublicKey::from_bytes(public.clone())?, signing_key);
        tables.push(provider.encrypt(agreement, &table)?);
    }

    // The evaluator computes, an auditor computes again, and the key holder opens the answers.
    let cases = agreement.analysis().read_cases(&mut fs::File::open(data.join("cases.csv"))?)?;
    let evaluator = Evaluator::new(&evaluation_key, key(Role::Evaluator))?;
    let auditor = Auditor::new(&evaluation_key, key(Role::Auditor))?;
    let noise = evaluator.commit(agreement)?;
    let nonce = auditor.nonce(agreement, noise.digest())?;
    let evaluator = evaluator.with_noise(noise, nonce);
    let evaluation = evaluator.evaluate(agreement, &cases, &tables, |_| {})?;
    let job = Evaluated {
        answer: &evaluation.answer,
        transcript: evaluation.transcript.as_ref(),
        blinding: evaluation.blinding.as_ref(),
        noise: evaluator.noise(),
    };
    let attestation = auditor.audit(agreement, &cases, &tables, &job, |_| {})?;
    let answer = key_holder.release(agreement, &evaluation.answer, &[attestation], &mut ledger)?;

    let mut csv = Vec::new();
    answer.write_csv(&mut csv)?;
    let csv = String::from_utf8(csv)?;
    print!("{csv}");
    let expected = fs::read_to_string(data.join("answers.csv"))?;
    if csv != expected { Err("these are not the expected answers".into()) } else { Ok(()) }
}
