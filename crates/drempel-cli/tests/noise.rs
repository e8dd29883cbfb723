//! What closes the noise of decisions, on the command line: a seed and a nonce of this job, and nothing else in their place.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use drempel::agreement::Signatures;
use drempel::analysis::GroupMean;
use drempel::files::Kind;
use drempel::units::Digest;
use drempel::{EvaluationKey, Rehearsal, SigningKey};
use drempel_test_support::{Artefact, PASSPHRASE, SVB_UWV as AGREEMENT, noise_files, repository, sign_all};

const DREMPEL: &str = env!("CARGO_BIN_EXE_drempel");
const ABOUT: &str = "--agreement a.toml --evaluation-key keys/evaluation.key";
const FILES: &str = "--cases households.csv --input income.enc";
const OWN: &str = "--noise own.seed --nonce own.nonce";

/// A job with an answer, a noise seed and its nonce by the name `own`, another pair of the same keys, and pairs of other keys
/// and of another agreement.
struct Made {
    folder: tempfile::TempDir,
    parties: Rehearsal<drempel::analysis::Eligibility>,
}

fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path();
        let parties = sign_all(path, "a.toml", AGREEMENT);
        sign_all(path, "b.toml", &AGREEMENT.replace("2000", "1999"));
        let incomes = "person,income_cents\nanna,150106\nbram,205347\ncarla,1\n";
        fs::write(path.join("incomes.csv"), incomes).expect("writes");
        let households = "household,person,poverty_line_cents\n1,anna,150107\n2,bram,205348\n2,carla,205348\n";
        fs::write(path.join("households.csv"), households).expect("writes");
        for (agreement, keys, names) in
            [("a", "keys", ["own", "again"].as_slice()), ("a", "keys2", &["keys2"]), ("b", "keys3", &["keys3"])]
        {
            run(path, &format!("keygen --agreement {agreement}.toml --signing-key {agreement}.SVB.key --out {keys}"));
            let about = format!("--agreement {agreement}.toml --evaluation-key {keys}/evaluation.key");
            let signers = ["computing-centre", "UWV"].map(|party| format!("{agreement}.{party}.key"));
            for name in names {
                noise_files(DREMPEL, path, &about, signers.each_ref().map(String::as_str), name);
            }
        }
        run(
            path,
            "encrypt --agreement a.toml --dataset income --public-key keys/public.key --signing-key a.UWV.key \
             --input incomes.csv --out income.enc",
        );
        run(path, &evaluate(&format!("{FILES} {OWN} --out answer.enc")));
        Made { folder, parties }
    })
}

impl Made {
    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path().join(name)).expect(name)
    }

    /// A file that a command may read, with its mode, and its name.
    fn write(&self, name: &str, bytes: &[u8]) -> String {
        fs::write(self.path().join(name), bytes).expect(name);
        name.to_owned()
    }

    /// What a party could always sign for this agreement and these keys.
    fn forge(
        &self,
        kind: Kind,
        chunk_bytes: usize,
        metadata: &[u8],
        payload: &[u8],
        by: &SigningKey,
        name: &str,
    ) -> Vec<u8> {
        let key = EvaluationKey::open(&self.path().join("keys/evaluation.key")).expect("a key");
        let (agreement, key) = (key.header().agreement, key.header().key);
        Artefact { kind, agreement, key, chunk_bytes, metadata, payload }.signed(by, name)
    }

    /// Says what is wrong with the right exit code, before anything is computed or written.
    fn refuse(&self, arguments: &str, code: i32, message: &str) {
        let output = drempel(self.path(), arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments}: {said}");
        assert!(said.contains(message), "{arguments}\n  expected: {message}\n  found: {said}");
        assert!(output.stdout.is_empty() && !self.path().join("out").exists());
        assert!(!self.path().join("out.job").exists(), "{arguments}: a job was begun");
    }
}

fn evaluate(rest: &str) -> String {
    format!("evaluate {ABOUT} --signing-key a.computing-centre.key {rest}")
}

fn audit(rest: &str) -> String {
    format!("audit {ABOUT} --signing-key a.UWV.key {FILES} --answer answer.enc --out out {rest}")
}

fn drempel(folder: &Path, arguments: &str) -> Output {
    Command::new(DREMPEL)
        .args(arguments.split_ascii_whitespace())
        .env("DREMPEL_PASSPHRASE", PASSPHRASE)
        .current_dir(folder)
        .output()
        .expect("drempel starts")
}

fn run(folder: &Path, arguments: &str) -> String {
    let output = drempel(folder, arguments);
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// The digest by which other files name an artefact: the beginning of its trailer.
fn digest(file: &[u8]) -> [u8; 32] {
    file[file.len() - 96..][..32].try_into().expect("32 bytes")
}

#[test]
fn decisions_are_not_computed_without_a_seed_and_a_nonce() {
    let made = made();
    let missing =
        "these answers are decisions: give --noise FILE, which the evaluator makes with `drempel noise`";
    for given in ["", "--noise own.seed", "--nonce own.nonce"] {
        made.refuse(&evaluate(&format!("{FILES} {given} --out out")), 1, missing);
        made.refuse(&audit(given), 1, missing);
        let assemble =
            evaluate(&format!("{FILES} {given} --out out")).replacen("evaluate", "job assemble", 1);
        made.refuse(&assemble, 1, missing);
    }
}

#[test]
fn a_seed_and_a_nonce_must_be_those_of_this_job() {
    let made = made();
    let flipped = |name: &str| {
        // In the signature, so that the rest is as it was.
        let mut bytes = made.read(name);
        *bytes.last_mut().expect("a signature") ^= 1;
        made.write(&format!("unsigned-{name}"), &bytes)
    };
    let cut = |name: &str| made.write(&format!("cut-{name}"), &made.read(name)[..200]);
    let another =
        "nonce: the contents are not valid: it was drawn for another noise seed; ask the auditor for one";
    let by_svb = {
        // For just this seed.
        made.forge(Kind::Nonce, 32, &digest(&made.read("own.seed")), &[1; 32], &made.parties.key("SVB"), "")
    };
    made.write("svb.nonce", &by_svb);
    let own = "own.seed";
    for (noise, nonce, code, message) in [
        ("keys2.seed", "keys2.nonce", 1, "noise seed: made under key"),
        ("keys3.seed", "keys3.nonce", 1, "noise seed: made for agreement"),
        (own, "keys2.nonce", 1, "nonce: made under key"),
        (own, "keys3.nonce", 1, "nonce: made for agreement"),
        (own, "again.nonce", 1, another),
        ("again.seed", "own.nonce", 1, another),
        (own, "svb.nonce", 3, "nonce: a nonce must be signed by party \"UWV\", and this one is not"),
        (own, &flipped("own.nonce"), 3, "nonce: a nonce must be signed by party \"UWV\""),
        (
            &flipped(own),
            "own.nonce",
            3,
            "noise seed: a noise seed must be signed by party \"computing-centre\"",
        ),
        (&cut(own), "own.nonce", 1, "cut-own.seed: truncated: "),
        (own, &cut("own.nonce"), 1, "cut-own.nonce: truncated: "),
        ("own.nonce", own, 1, "own.nonce: expected a noise seed, but this file is a nonce"),
        ("keys/evaluation.key", "own.nonce", 1, "expected a noise seed, but this file is an evaluation key"),
        ("keys/secret.key", "own.nonce", 1, "keys/secret.key: not a drempel file"),
        (own, "nowhere", 1, "nowhere: reading or writing failed: No such file"),
    ] {
        let given = format!("--noise {noise} --nonce {nonce}");
        made.refuse(&evaluate(&format!("{FILES} {given} --out out")), code, message);
        made.refuse(&audit(&given), code, message);
    }
    made.refuse(
        &audit("--noise again.seed --nonce again.nonce"),
        3,
        "the noise seed and the nonce that the answer names must be given, and no others",
    );
}

#[test]
fn only_the_evaluator_commits_and_only_an_auditor_draws() {
    let made = made();
    made.refuse(&format!("noise {ABOUT} --signing-key a.UWV.key --out out"), 3, "the evaluator is party");
    let draw = format!("nonce {ABOUT} --commitment {}", Digest::ZERO);
    made.refuse(
        &format!("{draw} --signing-key a.computing-centre.key --out out"),
        3,
        "no auditor of this agreement",
    );
    made.refuse(
        &format!("nonce {ABOUT} --commitment x --signing-key a.UWV.key --out out"),
        2,
        "--commitment",
    );
    // Neither a key file nor a seed is overwritten.
    let own_key = format!("noise {ABOUT} --signing-key a.computing-centre.key --out a.computing-centre.key");
    made.refuse(&own_key, 1, "a.computing-centre.key: is there already");
    let own_seed = format!("noise {ABOUT} --signing-key a.computing-centre.key --out own.seed");
    made.refuse(
        &own_seed,
        1,
        "own.seed: is there already; without its seed a job can be neither resumed nor audited",
    );
}

#[test]
fn answers_that_are_no_decisions_need_no_noise() {
    let made = made();
    let text = fs::read_to_string(repository("examples/agreements/group_mean.toml")).expect("reads");
    let parties = Rehearsal::<GroupMean>::of(&text).expect("sound");
    let path: PathBuf = made.path().join("sums.toml");
    fs::write(&path, parties.agreement().text()).expect("writes");
    fs::write(Signatures::path(&path), parties.signatures().to_text()).expect("writes");
    let sums = |arguments: String| arguments.replace("a.toml", "sums.toml");
    let useless = "the answers of this agreement's analysis need no noise seed and no nonce";
    made.refuse(&sums(format!("noise {ABOUT} --signing-key a.UWV.key --out out")), 1, useless);
    let draw = format!("nonce {ABOUT} --commitment {} --signing-key a.UWV.key --out out", Digest::ZERO);
    made.refuse(&sums(draw), 1, useless);
    for given in ["--noise own.seed", "--nonce own.nonce", OWN] {
        let message = "the agreement has no use for --no";
        made.refuse(&sums(evaluate(&format!("{FILES} {given} --out out"))), 1, message);
        made.refuse(&sums(audit(given)), 1, message);
    }
    made.write("strict.toml", text.replace("[disclosure]", "[disclosure]\nnoise_bits = 10").as_bytes());
    made.refuse("agreement check strict.toml", 1, "noise_bits is for answers that are decisions");
}

/// Tables as this program would not encrypt them, and keys as it would not make them, signed by those who could.
#[test]
fn another_encoding_and_a_key_that_lacks_a_part_are_refused() {
    let made = made();
    let subjects = [&[3_u8][..], b"\x04anna", b"\x04bram", b"\x05carla"].concat();
    // Ciphertexts per row, and rows per bin; this agreement's are 38 and 53.
    for (name, layout, bytes) in [
        ("digits.enc", vec![12, 0], 16_384 + 3 * 12 * 8),
        ("narrow.enc", vec![36, 1, 53], 32_768),
        ("sparse.enc", vec![38, 1, 52], 32_768),
        ("across.enc", vec![38, 0], 16_384 + 3 * 38 * 8),
    ] {
        let metadata = [&b"\x06income"[..], &layout, &subjects].concat();
        let key = made.parties.key("UWV");
        let table = made.forge(Kind::EncryptedTable, 32_768, &metadata, &vec![1; bytes], &key, "income");
        made.write(name, &table);
        let arguments = evaluate(&format!("--cases households.csv --input {name} {OWN} --out out"));
        made.refuse(&arguments, 1, "another encoding than the agreement's; encrypt the dataset again");
    }
    let key = made.parties.key("SVB");
    for (name, metadata, bytes, parts) in [
        ("empty.key", [0, 0].as_slice(), 0, "none, not decisions (V25)"),
        ("lookups.key", &[1, 0], 63_668_272, "lookups, not"),
    ] {
        made.write(name, &made.forge(Kind::EvaluationKey, 1 << 20, metadata, &vec![1; bytes], &key, ""));
        let arguments = evaluate(&format!("{FILES} {OWN} --out out")).replace("keys/evaluation.key", name);
        made.refuse(&arguments, 1, parts);
    }
}

#[test]
fn a_stricter_bound_on_the_noise_gives_larger_tables_and_is_said() {
    let made = made();
    let plan = |name: &str, line: &str| -> serde_json::Value {
        made.write(name, AGREEMENT.replace("[disclosure]", &format!("[disclosure]\n{line}")).as_bytes());
        let said = run(made.path(), &format!("plan --agreement {name} --cases households.csv --json"));
        serde_json::from_str(&said).expect("JSON")
    };
    let (free, strict) = (plan("free.toml", ""), plan("strict.toml", "noise_bits = 17"));
    let row_bytes = |plan: &serde_json::Value| plan["datasets"][0]["row_bytes"].as_u64().expect("a number");
    assert_eq!((row_bytes(&free), row_bytes(&strict)), (619, 937));
    for sample in strict["samples"].as_array().expect("samples") {
        assert!(sample["leak_log2"].as_f64().expect("a number") <= -17.0, "{sample}");
    }
    assert!(free["leak_log2"].as_f64() > strict["leak_log2"].as_f64());
    let words = run(made.path(), "agreement show strict.toml");
    assert!(words.contains("the noise of an answer tells at most 2^-17 bits"), "{words}");
    assert!(!run(made.path(), "agreement show free.toml").contains("noise"));
    made.write("deaf.toml", AGREEMENT.replace("[disclosure]", "[disclosure]\nnoise_bits = 40").as_bytes());
    made.refuse("agreement check deaf.toml", 1, "noise_bits is larger than what any parameters give");
}

#[test]
fn inspect_says_what_a_seed_and_a_nonce_are_and_never_the_seed() {
    let made = made();
    let inspect = |name: &str| -> serde_json::Value {
        serde_json::from_str(&run(made.path(), &format!("inspect {name} --json"))).expect("JSON")
    };
    let (seed, nonce) = (inspect("own.seed"), inspect("own.nonce"));
    assert_eq!((&seed["kind"], &nonce["kind"]), (&"a noise seed".into(), &"a nonce".into()));
    assert_eq!(nonce["noise"], seed["digest"]);
    let key = run(made.path(), "inspect keys/evaluation.key");
    assert!(key.contains("parts      decisions (V25)"), "{key}");
}

#[cfg(unix)]
#[test]
fn a_seed_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |name: &str| fs::metadata(made().path().join(name)).expect(name).permissions().mode() & 0o777;
    assert_eq!(mode("own.seed"), 0o600);
    assert_ne!(mode("own.nonce"), 0o600, "what the umask allows");
}

#[test]
fn a_seed_and_a_nonce_are_purged_after_their_term() {
    let made = made();
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(91 * 86_400);
    for (from, to) in [("again.seed", "old.seed"), ("again.nonce", "old.nonce")] {
        made.write(to, &made.read(from));
        let file = fs::File::options().write(true).open(made.path().join(to)).expect(to);
        file.set_modified(old).expect("sets");
    }
    let purge = "purge --agreement a.toml --ledger centre.jsonl --signing-key a.computing-centre.key";
    let said = run(made.path(), &format!("{purge} own.seed old.seed old.nonce --json"));
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(said["kept"].as_array().map(Vec::len), Some(1), "the term of one is not over");
    let digests =
        ["again.seed", "again.nonce"].map(|name| Digest::from(digest(&made.read(name))).to_string());
    assert_eq!(said["digests"], serde_json::json!(digests));
    assert!(made.path().join("own.seed").exists());
    assert!(!made.path().join("old.seed").exists() && !made.path().join("old.nonce").exists());
}
