//! Three agencies that exchange nothing but files: two encrypt, one computes, a key holder opens the answers.
//!
//!     cargo run --release --example three_agencies
//!
//! Every function below is one party. It reads its own folder and the one that all share, and nothing else.

use std::error::Error;
use std::fs::{self, File};
use std::path::Path;

use drempel::container::{Access, write_atomically};
use drempel::{
    Agreement, DataProvider, EncryptedAnswer, EncryptedTable, EvaluationKey, Evaluator, Households,
    KeyHolder, PublicKey, SecretKey, Table,
};

const AGREEMENT: &str = include_str!("agreements/three_agencies.toml");

/// What the employee-insurance agency (UWV) knows, person by person.
const INCOME: &str = "\
person,income_cents
anna,140000
bram,140000
carla,90000
dirk,70000
els,90000
frits,70000
greet,120000
";

/// What the tax administration (Belastingdienst) knows, household by household.
const OTHER_INCOME: &str = "\
household,other_cents
anna-alone,10106
bram-alone,10107
carla-and-dirk,45347
els-and-frits,45348
not-asked-about,0
";

/// What the pension agency (SVB) knows. Nobody asks about greet.
const HOUSEHOLDS: &str = "\
household,person,poverty_line_cents
anna-alone,anna,150107
bram-alone,bram,150107
carla-and-dirk,carla,205348
carla-and-dirk,dirk,205348
els-and-frits,els,205348
els-and-frits,frits,205348
";

/// One cent below the norm is below it; the norm itself is not.
const EXPECTED: &str = "\
household,eligible
anna-alone,yes
bram-alone,no
carla-and-dirk,yes
els-and-frits,no
";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("drempel-three-agencies-{}", std::process::id()));
    fs::create_dir(&folder)?;
    let decisions = all_parties(&folder);
    fs::remove_dir_all(&folder)?;

    let decisions = decisions?;
    println!("{decisions}");
    assert_eq!(decisions, EXPECTED);
    Ok(())
}

/// Gives every party its plaintext, lets them work in turn, and returns what the key holder wrote.
fn all_parties(folder: &Path) -> Result<String, Box<dyn Error>> {
    let [shared, uwv, tax, svb, keys] = ["shared", "uwv", "tax", "svb", "keys"].map(|name| folder.join(name));
    for own in [&shared, &uwv, &tax, &svb, &keys] {
        fs::create_dir(own)?;
    }
    fs::write(shared.join("agreement.toml"), AGREEMENT)?;
    fs::write(uwv.join("income.csv"), INCOME)?;
    fs::write(tax.join("other-income.csv"), OTHER_INCOME)?;
    fs::write(svb.join("households.csv"), HOUSEHOLDS)?;

    make_keys(&keys, &shared)?;
    encrypt("income", &uwv, &shared)?;
    encrypt("other-income", &tax, &shared)?;
    evaluate(&svb, &shared)?;
    release(&keys, &shared)?;
    Ok(fs::read_to_string(keys.join("decisions.csv"))?)
}

/// The key holder makes three keys and keeps one.
fn make_keys(own: &Path, shared: &Path) -> Result<(), Box<dyn Error>> {
    let agreement = Agreement::open(&shared.join("agreement.toml"))?;
    let (key_holder, public, evaluation) = KeyHolder::generate(&agreement)?;
    write_atomically(&own.join("secret.key"), Access::Private, |out| key_holder.key().write(out))?;
    write_atomically(&shared.join("public.key"), Access::Shared, |out| public.write(out))?;
    write_atomically(&shared.join("evaluation.key"), Access::Shared, |out| evaluation.write(out))?;
    Ok(())
}

/// A data provider encrypts everybody it has, whether or not anybody asks about them.
fn encrypt(dataset: &str, own: &Path, shared: &Path) -> Result<(), Box<dyn Error>> {
    let agreement = Agreement::open(&shared.join("agreement.toml"))?;
    let provider = DataProvider::new(PublicKey::open(&shared.join("public.key"))?);
    let rows = File::open(own.join(format!("{dataset}.csv")))?;
    let table = Table::from_csv(&agreement, dataset, rows)?;
    provider.encrypt_to(&agreement, &table, &shared.join(format!("{dataset}.enc")), |_| {})?;
    Ok(())
}

/// The evaluator adds up and compares, and sees no amount.
fn evaluate(own: &Path, shared: &Path) -> Result<(), Box<dyn Error>> {
    let agreement = Agreement::open(&shared.join("agreement.toml"))?;
    let households = Households::from_csv(File::open(own.join("households.csv"))?)?;
    let tables = [
        EncryptedTable::open(&shared.join("income.enc"))?,
        EncryptedTable::open(&shared.join("other-income.enc"))?,
    ];
    let evaluator = Evaluator::new(EvaluationKey::open(&shared.join("evaluation.key"))?);
    let answer = evaluator.evaluate(&agreement, &households, &tables, |_| {})?;
    answer.save(&shared.join("answer.enc"))?;
    Ok(())
}

/// The key holder opens yes or no for each household.
fn release(own: &Path, shared: &Path) -> Result<(), Box<dyn Error>> {
    let agreement = Agreement::open(&shared.join("agreement.toml"))?;
    let key_holder = KeyHolder::new(SecretKey::open(&own.join("secret.key"))?);
    let answer = key_holder.release(&agreement, &EncryptedAnswer::open(&shared.join("answer.enc"))?)?;
    write_atomically(&own.join("decisions.csv"), Access::Private, |out| answer.write_csv(out))?;
    Ok(())
}
