//! Memory does not grow with the number of rows: what a job needs is read when it is needed, and what stays is small
//! beside the keys. The suite compares a thousand rows with a hundred thousand; `ROWS=1000000` with as many as wanted.
//! Nor does a hostile file take more than its limits allow.
#![cfg(target_os = "linux")]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use drempel::files::Kind;
use drempel::units::Digest;
use drempel_test_support::{Artefact, PASSPHRASE, noise_files, rounds, sign_all};

const DREMPEL: &str = env!("CARGO_BIN_EXE_drempel");

const AGREEMENT: &str = r#"
agreement = { name = "memory", purpose = "p", legal_basis = "l", valid_from = 2020-01-01, valid_until = 2099-12-31, retention_days = 1 }
party = [
    { name = "provider", roles = ["data-provider", "auditor"] },
    { name = "evaluator", roles = ["evaluator"] },
    { name = "holder", roles = ["key-holder"] },
]
dataset = [{ name = "income", provider = "provider", subject = "person", amount = "cents", unit = "eurocent", concept = "c", min = 0, max = 50 }]
analysis = { kind = "eligibility", datasets = ["income"], comparison = "below", max_addends = 2, missing = "refuse", line_min = 0, line_max = 100 }
disclosure = { to = "holder", answers = 10000000 }
"#;

/// Of a peak, how much more the large job may need.
const TOLERANCE: f64 = 1.10;

fn rows() -> usize {
    rounds("ROWS", 100_000)
}

/// Couples whose rows are far from one another, in the table and in the file of cases.
fn make(folder: &Path, rows: usize) {
    let mut incomes = "person,cents\n".to_owned();
    let mut households = "household,person,poverty_line_cents\n".to_owned();
    // 7,919 is a prime, so each person comes once.
    for person in (0..rows).map(|row| row * 7_919 % rows) {
        let household = person % (rows / 2);
        writeln!(incomes, "p{person:08},{}", person % 51).expect("to a string");
        writeln!(households, "h{household:08},p{person:08},{}", household % 101).expect("to a string");
    }
    fs::write(folder.join(format!("incomes-{rows}.csv")), incomes).expect("writes");
    fs::write(folder.join(format!("households-{rows}.csv")), households).expect("writes");
    let encrypt = format!(
        "encrypt --agreement agreement.toml --dataset income --public-key keys/public.key \
         --signing-key agreement.provider.key --input incomes-{rows}.csv --out income-{rows}.enc"
    );
    assert!(command(folder, &encrypt).status().expect("runs").success());
}

fn command(folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new(DREMPEL);
    command
        .args(arguments.split_ascii_whitespace())
        .current_dir(folder)
        .env("DREMPEL_PASSPHRASE", PASSPHRASE)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// The most memory that a process had at any time, in KiB; nothing once it has ended.
fn peak(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// The peak of a process until it ends, or until `enough`.
fn peak_until(mut child: Child, enough: impl Fn() -> bool) -> u64 {
    let start = Instant::now();
    let mut highest = 0;
    loop {
        let is_enough = enough();
        highest = highest.max(peak(&child).unwrap_or(0));
        if is_enough || child.try_wait().expect("a child").is_some() {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(1_800), "no progress");
        std::thread::sleep(Duration::from_millis(2));
    }
    let _ = child.kill();
    child.wait().expect("ends");
    highest
}

fn evaluate(folder: &Path, rows: usize) -> u64 {
    let arguments = format!(
        "evaluate --agreement agreement.toml --evaluation-key keys/evaluation.key --signing-key \
         agreement.evaluator.key --cases households-{rows}.csv --input income-{rows}.enc --noise noise.seed --nonce \
         noise.nonce --out {rows}.enc --chunk 64"
    );
    let manifest = folder.join(format!("{rows}.enc.job/1-of-1/manifest"));
    let child = command(folder, &arguments).spawn().expect("runs");
    let first_chunk = || fs::read_to_string(&manifest).is_ok_and(|text| text.lines().count() >= 2);
    let highest = peak_until(child, first_chunk);
    assert!(manifest.exists(), "it did not come to the first chunk");
    highest
}

fn plan(folder: &Path, rows: usize) -> u64 {
    let arguments = format!("plan --agreement agreement.toml --cases households-{rows}.csv");
    peak_until(command(folder, &arguments).spawn().expect("runs"), || false)
}

#[test]
fn a_hundred_times_the_rows_take_at_most_a_tenth_more_memory() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path();
    sign_all(path, "agreement.toml", AGREEMENT);
    let keygen = "keygen --agreement agreement.toml --signing-key agreement.holder.key --out keys";
    assert!(command(path, keygen).status().expect("runs").success());
    let about = "--agreement agreement.toml --evaluation-key keys/evaluation.key";
    noise_files(DREMPEL, path, about, ["agreement.evaluator.key", "agreement.provider.key"], "noise");
    let (few, many) = (1_000, rows());
    make(path, few);
    make(path, many);
    let peaks = [
        ("evaluate", evaluate(path, few), evaluate(path, many)),
        ("plan", plan(path, few), plan(path, many)),
    ];
    for (what, few, many) in peaks {
        println!("{what}: {} MiB, {} MiB", few / 1_024, many / 1_024);
        let ratio = many as f64 / few as f64;
        assert!(few > 0 && ratio <= TOLERANCE, "{what}: {few} KiB, and {many} KiB for {} rows", rows());
    }
}

/// The most that reading a hostile file may take.
const HOSTILE_KIB: u64 = 256 << 10;

/// The most metadata that a reader accepts (docs/format.md, section 1.2).
const MAX_METADATA: usize = 64 << 20;

/// An artefact of a kind with correct lengths and digests, signed by nobody.
fn artefact(kind: Kind, chunk_bytes: usize, metadata: &[u8], payload: &[u8]) -> Vec<u8> {
    let (agreement, key) = (Digest::ZERO, Digest::ZERO);
    Artefact { kind, agreement, key, chunk_bytes, metadata, payload }.unsigned()
}

/// The most identifiers (section 1.4).
const MAX_IDS: usize = 1 << 22;

/// A sequence of identifiers after other metadata, as many as a reader accepts, and how many they are. They ascend, but
/// the last is the first one again.
fn identifiers(before: &[u8], length: usize) -> (Vec<u8>, usize) {
    let count = ((MAX_METADATA - before.len() - 5) / (length + 1)).min(MAX_IDS);
    let mut metadata = before.to_vec();
    metadata.push(252);
    metadata.extend((count as u32).to_le_bytes());
    for number in (0..count - 1).chain([0]) {
        metadata.push(length as u8);
        let digit = |place: usize| b'!' + (number / 94_usize.pow(place as u32) % 94) as u8;
        metadata.extend((0..length).rev().map(digit));
    }
    (metadata, count)
}

#[test]
fn the_largest_hostile_files_are_refused_in_little_memory() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // A dataset's name, and no ciphertexts per row, across bins: then no payload is asked for.
    let table =
        |length: usize| artefact(Kind::EncryptedTable, 32_768, &identifiers(b"\x01d\x00\x00", length).0, &[]);
    let too_many = artefact(
        Kind::EncryptedTable,
        32_768,
        &[b"\x01d\x00\x00\xfc", &[0xff; 4][..], &[b'!'; MAX_METADATA - 9]].concat(),
        &[],
    );
    // A program's name, two digests around no tables, no transcript, no blinding, no noise, small values, one per answer.
    let before = [&b"\x01p"[..], &[0; 32], &[0], &[0; 32], &[0, 0, 0, 0, 1]].concat();
    let (metadata, answers) = identifiers(&before, 15);
    let payload = vec![0; 2 * (answers.div_ceil(2_048) * 2_048 + answers)];
    let files = [
        ("a table", table(15), "not in ascending order"),
        ("a table of long identifiers", table(64), "not in ascending order"),
        ("more identifiers than there may be", too_many, "the metadata is not valid"),
        (
            "an answer",
            artefact(Kind::EncryptedAnswer, 8_192, &metadata, &payload),
            "two answers are about the same subject",
        ),
    ];
    for (what, bytes, reason) in files {
        let path = folder.path().join("hostile.enc");
        fs::write(&path, bytes).expect("writes");
        let start = Instant::now();
        let mut command = command(folder.path(), "inspect hostile.enc");
        let mut child = command.stderr(Stdio::piped()).spawn().expect("runs");
        let mut stderr = child.stderr.take().expect("piped");
        let peak = peak_until(child, || false);
        let mut message = String::new();
        std::io::Read::read_to_string(&mut stderr, &mut message).expect("text");
        println!("{what}: {} MiB, {:.2} s", peak / 1_024, start.elapsed().as_secs_f64());
        assert!(message.contains(reason), "{what}: {message}");
        assert!((1..HOSTILE_KIB).contains(&peak), "{what}: {peak} KiB");
    }
}
