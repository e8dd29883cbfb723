//! All roles, one folder, real keys: synthetic pensioners around the norms of 1 January 2025.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use drempel::agreement::Signatures;
use drempel::analysis::Eligibility;
use drempel::files::{Access, write_atomically};
use drempel::{
    Attestation, Auditor, DataProvider, EncryptedAnswer, EncryptedTable, Evaluated, EvaluationKey, Evaluator,
    KeyHolder, Ledger, PublicKey, Rehearsal, SecretKey, SignedAgreement, Table,
};
use serde_json::json;

use crate::cli::{DemoArgs, DialectArgs};
use crate::failure::Failure;
use crate::output::Output;

const AGREEMENT: &str = include_str!("../../../examples/agreements/svb_uwv.toml");
const SINGLE: i64 = 150_107;
const COUPLE: i64 = 205_348;

/// How far each household's income lies from its norm, in cents: on it, a cent to either side, and anywhere.
const DISTANCES: [i64; 12] = [0, -1, 1, -SINGLE, 0, -1, 1, -40_000, 90_000, -12_345, 2, 217_533];

/// One synthetic household.
struct Made {
    household: String,
    incomes: Vec<(String, i64)>,
    norm: i64,
}

/// Where everybody's files are.
struct Files {
    agreement: PathBuf,
    keys: PathBuf,
    incomes: PathBuf,
    encrypted: PathBuf,
    households: PathBuf,
    answer: PathBuf,
    noise: PathBuf,
    nonce: PathBuf,
    attestation: PathBuf,
    decisions: PathBuf,
}

/// Of the demo's key files: they hold nothing worth protecting.
const PASSPHRASE: &str = "demo";

/// In a folder that only a demo has written to.
const MARKER: &str = ".drempel-demo";

pub(crate) fn run(args: &DemoArgs, output: &Output) -> Result<(), Failure> {
    let start = Instant::now();
    let made = households();
    let rehearsal = Rehearsal::<Eligibility>::of(AGREEMENT)?;
    let files = prepare(&args.out, &made, &rehearsal)?;
    output.note("everybody    signs the agreement");
    let agreement = crate::with_path(&files.agreement, SignedAgreement::<Eligibility>::open)?;

    output.note("SVB          makes the three keys of the agreement, and begins its ledger");
    crate::keygen::generate(&agreement, rehearsal.key("SVB"), &files.keys)?;

    output.note("UWV          encrypts one income per person under the public key");
    let public = PublicKey::open(&files.keys.join("public.key"))?;
    let table = Table::from_csv(&agreement, "income", fs::File::open(&files.incomes)?)?;
    let provider = DataProvider::new(public, rehearsal.key("UWV"));
    provider.encrypt_to(&agreement, &table, &files.encrypted, |_| {})?;

    output.note("centre       adds per household and compares with the norm, on ciphertexts");
    let households = crate::input::cases(&agreement, &files.households, &DialectArgs::default())?;
    let evaluation_key = EvaluationKey::open(&files.keys.join("evaluation.key"))?;
    let evaluator = Evaluator::new(&evaluation_key, rehearsal.key("computing-centre"))?;
    let auditor = Auditor::new(&evaluation_key, rehearsal.key("UWV"))?;
    // Randomness that neither of the two chose hides what the answers' noise could tell.
    let noise = evaluator.commit(&agreement)?;
    let nonce = auditor.nonce(&agreement, noise.digest())?;
    noise.save(&files.noise)?;
    nonce.save(&files.nonce)?;
    let evaluator = evaluator.with_noise(noise, nonce);
    let tables = [EncryptedTable::open(&files.encrypted)?];
    let plan = evaluator.plan(&agreement, &households, &tables)?;
    let clock = Instant::now();
    let evaluation = evaluator.evaluate(&agreement, &households, &tables, output.progress("evaluating"))?;
    let seconds = clock.elapsed().as_secs_f64();
    evaluation.answer.save(&files.answer)?;

    output.note("UWV          audits: evaluates again, compares byte for byte, and attests");
    let answer = EncryptedAnswer::open(&files.answer)?;
    let job = Evaluated { answer: &answer, transcript: None, blinding: None, noise: evaluator.noise() };
    auditor.audit(&agreement, &households, &tables, &job, |_| {})?.save(&files.attestation)?;

    output.note("SVB          checks all of it, writes its ledger, and opens yes or no per household");
    let secret = crate::passphrase::read_key_file(&files.keys.join("secret.key"))?;
    let secret = SecretKey::from_bytes(&secret).expect("the key file that was just written");
    let mut ledger = Ledger::open(&files.keys.join("ledger.jsonl"), &rehearsal.key("SVB").verifying_key())?;
    let holder = KeyHolder::new(secret, rehearsal.key("SVB"));
    let attestation = [Attestation::open(&files.attestation)?];
    let released = holder.release(&agreement, &answer, &attestation, &mut ledger)?;
    write_atomically(&files.decisions, Access::Private, |out| released.write_csv(out))?;

    let answers: BTreeMap<&str, bool> = released.rows().map(|(id, yes)| (id.as_str(), yes)).collect();
    let mut text = String::from("\nhousehold  members  income    norm      plaintext  released\n");
    let mut wrong = 0;
    for household in &made {
        let income: i64 = household.incomes.iter().map(|(_, income)| income).sum();
        let expected = income < household.norm;
        let found = answers.get(household.household.as_str()).copied();
        wrong += usize::from(found != Some(expected));
        let _ = writeln!(
            text,
            "{:<9}  {:>7}  {:>8}  {:>8}  {:<9}  {}",
            household.household,
            household.incomes.len(),
            euro(income),
            euro(household.norm),
            yes_no(expected),
            found.map_or("missing", yes_no),
        );
    }
    let count = made.len();
    let _ = write!(
        text,
        "\n{} of {count} eligible, {wrong} differ from the plaintext result\n\
         {}, {:.0} per household; {:.1} ms per household; {:.0} s in all\n\
         every answer was evaluated again before it was opened\n\n\
         files (passphrase of the key files: {PASSPHRASE}, or the one that you gave)\n  {}  what everybody agreed, and signed beside it\n  \
         {}  SVB's keys and ledger\n  {}  UWV's plaintext\n  {}  what UWV sends\n  {}  the centre's plaintext\n  \
         {}  what the centre sends to SVB\n  {}  UWV's attestation\n  {}  the answer\n",
        released.yes().unwrap_or(0),
        crate::plan::operations(&plan),
        plan.leveled.ffts as f64 / count as f64,
        seconds / count as f64 * 1e3,
        start.elapsed().as_secs_f64(),
        files.agreement.display(),
        files.keys.display(),
        files.incomes.display(),
        files.encrypted.display(),
        files.households.display(),
        files.answer.display(),
        files.attestation.display(),
        files.decisions.display(),
    );
    let object = json!({
        "households": count,
        "eligible": released.yes().unwrap_or(0),
        "wrong": wrong,
        "ffts": plan.leveled.ffts,
        "seconds_per_household": seconds / count as f64,
        "seconds": start.elapsed().as_secs_f64(),
        "attested": true,
        "folder": args.out,
    });
    if wrong > 0 {
        output.note(&text);
        return Err(Failure::system("the released answers differ from the plaintext result"));
    }
    output.result(&text, &object);
    Ok(())
}

/// Twelve singles and twelve couples.
fn households() -> Vec<Made> {
    let mut made = Vec::new();
    for (index, distance) in DISTANCES.into_iter().enumerate() {
        let number = index + 1;
        let total = SINGLE + distance;
        let household = format!("single-{number:02}");
        made.push(Made { incomes: vec![(format!("s{number:02}"), total)], household, norm: SINGLE });
        let total = COUPLE + distance;
        let first = total * (number as i64 % 5) / 5;
        let incomes = vec![(format!("c{number:02}a"), first), (format!("c{number:02}b"), total - first)];
        made.push(Made { incomes, household: format!("couple-{number:02}"), norm: COUPLE });
    }
    made
}

/// Writes what the agencies have before they begin. Only an earlier demo is overwritten.
fn prepare(out: &Path, made: &[Made], rehearsal: &Rehearsal<Eligibility>) -> Result<Files, Failure> {
    let files = Files {
        agreement: out.join("agreement.toml"),
        keys: out.join("svb"),
        incomes: out.join("uwv/incomes.csv"),
        encrypted: out.join("uwv/income.enc"),
        households: out.join("computing-centre/households.csv"),
        answer: out.join("computing-centre/answer.enc"),
        noise: out.join("computing-centre/noise.seed"),
        nonce: out.join("uwv/nonce"),
        attestation: out.join("uwv/answer.attest"),
        decisions: out.join("svb/decisions.csv"),
    };
    let taken = fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some());
    let marker = out.join(MARKER);
    if taken && !marker.exists() {
        return Err(
            Failure::input("is not empty and holds no earlier demo; choose another folder").about(out)
        );
    }
    let keys = [
        files.keys.join("svb.key"),
        out.join("uwv/uwv.key"),
        out.join("computing-centre/computing-centre.key"),
    ];
    // The one place where keys and a ledger are thrown away: an earlier demo's.
    for file in [files.keys.join("secret.key"), files.keys.join("ledger.jsonl")].iter().chain(&keys) {
        let _ = fs::remove_file(file);
    }
    for folder in [&files.keys, &out.join("uwv"), &out.join("computing-centre")] {
        crate::with_path(folder, |path| fs::create_dir_all(path))?;
    }
    fs::write(&marker, "Everything in this folder is overwritten by the next demo.\n")?;
    crate::passphrase::rehearse(PASSPHRASE);
    for (party, file) in ["SVB", "UWV", "computing-centre"].into_iter().zip(&keys) {
        crate::passphrase::write_key_file(file, &rehearsal.key(party).to_bytes())?;
    }
    fs::write(&files.agreement, rehearsal.agreement().text())?;
    fs::write(Signatures::path(&files.agreement), rehearsal.signatures().to_text())?;
    let mut incomes = String::from("person,income_cents\n");
    let mut households = String::from("household,person,poverty_line_cents\n");
    for Made { household, incomes: members, norm } in made {
        for (person, income) in members {
            let _ = writeln!(incomes, "{person},{income}");
            let _ = writeln!(households, "{household},{person},{norm}");
        }
    }
    fs::write(&files.incomes, incomes)?;
    fs::write(&files.households, households)?;
    Ok(files)
}

fn euro(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn yes_no(eligible: bool) -> &'static str {
    if eligible { "yes" } else { "no" }
}
