//! Three agencies that exchange nothing but files: two encrypt, one computes, a key holder opens the answers.
//!
//!     cargo run --release --example three_agencies
//!
//! Every function below is one party. It reads its own folder and the one that all share, and nothing else.

use std::error::Error;
use std::fs::{self, File};
use std::path::Path;

use drempel::agreement::Signatures;
use drempel::analysis::Eligibility;
use drempel::files::key_file::{self, Passphrase};
use drempel::files::{Access, write_atomically};
use drempel::{
    Attestation, Auditor, DataProvider, EncryptedAnswer, EncryptedTable, Evaluated, EvaluationKey, Evaluator,
    Households, KeyHolder, Ledger, Noise, Nonce, PublicKey, Rehearsal, SecretKey, SignedAgreement,
    SigningKey, Table,
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
    // Everybody signs. In earnest each party makes its own key and keeps it in a key file.
    let parties = Rehearsal::<Eligibility>::of(AGREEMENT)?;
    let agreement = shared.join("agreement.toml");
    fs::write(&agreement, parties.agreement().text())?;
    fs::write(Signatures::path(&agreement), parties.signatures().to_text())?;
    fs::write(uwv.join("income.csv"), INCOME)?;
    fs::write(tax.join("other-income.csv"), OTHER_INCOME)?;
    fs::write(svb.join("households.csv"), HOUSEHOLDS)?;
    // The auditor sees the households too.
    fs::copy(svb.join("households.csv"), uwv.join("households.csv"))?;

    make_keys(parties.key("SVB-keys"), &keys, &shared)?;
    encrypt("income", parties.key("UWV"), &uwv, &shared)?;
    encrypt("other-income", parties.key("Belastingdienst"), &tax, &shared)?;
    commit(parties.key("SVB-compute"), &svb, &shared)?;
    nonce(parties.key("UWV"), &shared)?;
    evaluate(parties.key("SVB-compute"), &svb, &shared)?;
    // The auditor computes with the same randomness.
    fs::copy(svb.join("noise.seed"), uwv.join("noise.seed"))?;
    audit(parties.key("UWV"), &uwv, &shared)?;
    release(parties.key("SVB-keys"), &keys, &shared)?;
    Ok(fs::read_to_string(keys.join("decisions.csv"))?)
}

/// What everybody reads first: the agreement, if all have signed it.
fn agreement(shared: &Path) -> Result<SignedAgreement<Eligibility>, Box<dyn Error>> {
    Ok(SignedAgreement::open(&shared.join("agreement.toml"))?)
}

/// In earnest it is asked for.
fn passphrase() -> Passphrase {
    "an example".to_owned().into()
}

/// The key holder makes three keys, keeps one, and begins its ledger.
fn make_keys(signing_key: SigningKey, own: &Path, shared: &Path) -> Result<(), Box<dyn Error>> {
    let mut ledger = Ledger::create(&own.join("ledger.jsonl"))?;
    let (key_holder, public, evaluation) =
        KeyHolder::generate(&agreement(shared)?, signing_key, &mut ledger)?;
    key_file::write(&own.join("secret.key"), &passphrase(), &key_holder.key().to_bytes())?;
    public.save(&shared.join("public.key"))?;
    evaluation.save(&shared.join("evaluation.key"))?;
    Ok(())
}

/// A data provider encrypts everybody it has, whether or not anybody asks about them.
fn encrypt(dataset: &str, signing_key: SigningKey, own: &Path, shared: &Path) -> Result<(), Box<dyn Error>> {
    let agreement = agreement(shared)?;
    let provider = DataProvider::new(PublicKey::open(&shared.join("public.key"))?, signing_key);
    let rows = File::open(own.join(format!("{dataset}.csv")))?;
    let table = Table::from_csv(&agreement, dataset, rows)?;
    provider.encrypt_to(&agreement, &table, &shared.join(format!("{dataset}.enc")), |_| {})?;
    Ok(())
}

/// The encrypted tables of both data providers.
fn tables(shared: &Path) -> Result<[EncryptedTable; 2], Box<dyn Error>> {
    let open = |name: &str| EncryptedTable::open(&shared.join(name));
    Ok([open("income.enc")?, open("other-income.enc")?])
}

/// The evaluator commits itself to the randomness that hides what its answers' noise could tell.
fn commit(signing_key: SigningKey, own: &Path, shared: &Path) -> Result<(), Box<dyn Error>> {
    let evaluator = Evaluator::new(&EvaluationKey::open(&shared.join("evaluation.key"))?, signing_key)?;
    let noise = evaluator.commit(&agreement(shared)?)?;
    noise.save(&own.join("noise.seed"))?;
    fs::write(shared.join("noise.commitment"), noise.digest().to_string())?;
    Ok(())
}

/// The auditor draws a nonce for it, so that the evaluator did not choose that randomness alone.
fn nonce(signing_key: SigningKey, shared: &Path) -> Result<(), Box<dyn Error>> {
    let auditor = Auditor::new(&EvaluationKey::open(&shared.join("evaluation.key"))?, signing_key)?;
    let commitment = fs::read_to_string(shared.join("noise.commitment"))?.parse()?;
    auditor.nonce(&agreement(shared)?, commitment)?.save(&shared.join("noise.nonce"))?;
    Ok(())
}

/// The evaluator adds up and compares, and sees no amount. Its noise seed goes to the auditor and to nobody else.
fn evaluate(signing_key: SigningKey, own: &Path, shared: &Path) -> Result<(), Box<dyn Error>> {
    let households = Households::from_csv(File::open(own.join("households.csv"))?)?;
    let evaluator = Evaluator::new(&EvaluationKey::open(&shared.join("evaluation.key"))?, signing_key)?;
    let (noise, nonce) = (Noise::open(&own.join("noise.seed"))?, Nonce::open(&shared.join("noise.nonce"))?);
    let evaluator = evaluator.with_noise(noise, nonce);
    let evaluation = evaluator.evaluate(&agreement(shared)?, &households, &tables(shared)?, |_| {})?;
    evaluation.answer.save(&shared.join("answer.enc"))?;
    Ok(())
}

/// The auditor evaluates again, and attests that nothing differs.
fn audit(signing_key: SigningKey, own: &Path, shared: &Path) -> Result<(), Box<dyn Error>> {
    let households = Households::from_csv(File::open(own.join("households.csv"))?)?;
    let auditor = Auditor::new(&EvaluationKey::open(&shared.join("evaluation.key"))?, signing_key)?;
    let answer = EncryptedAnswer::open(&shared.join("answer.enc"))?;
    let (noise, nonce) = (Noise::open(&own.join("noise.seed"))?, Nonce::open(&shared.join("noise.nonce"))?);
    let noise = Some((&noise, &nonce));
    let job = Evaluated { answer: &answer, transcript: None, blinding: None, noise };
    let attestation = auditor.audit(&agreement(shared)?, &households, &tables(shared)?, &job, |_| {})?;
    attestation.save(&shared.join("answer.attest"))?;
    Ok(())
}

/// The key holder checks all of it, writes its ledger, and opens yes or no for each household.
fn release(signing_key: SigningKey, own: &Path, shared: &Path) -> Result<(), Box<dyn Error>> {
    let secret = key_file::read(&own.join("secret.key"), &passphrase())?;
    let secret = SecretKey::from_bytes(&secret).ok_or("a secret key")?;
    let mut ledger = Ledger::open(&own.join("ledger.jsonl"), &signing_key.verifying_key())?;
    let key_holder = KeyHolder::new(secret, signing_key);
    let answer = EncryptedAnswer::open(&shared.join("answer.enc"))?;
    let attestation = [Attestation::open(&shared.join("answer.attest"))?];
    let answer = key_holder.release(&agreement(shared)?, &answer, &attestation, &mut ledger)?;
    write_atomically(&own.join("decisions.csv"), Access::Private, |out| answer.write_csv(out))?;
    Ok(())
}
