//! The gate as its users meet it: blinded answers, a share audited, explanations, and no secret in any output.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use drempel::Rehearsal;
use drempel::analysis::Eligibility;
use drempel_test_support::{PASSPHRASE, SVB_UWV as AGREEMENT, noise_files, sign_all};

const INCOMES: &str = "person,income_cents\na,100000\nb,50107\nc,150107\nd,1\n";
const HOUSEHOLDS: &str =
    "household,person,poverty_line_cents\nh1,a,205348\nh1,b,205348\nh2,c,150107\nh3,d,150107\n";
const DECISIONS: &str = "household,eligible\nh1,yes\nh2,no\nh3,yes\n";

/// One agreement's files in a folder of their own, and everything that any command said.
struct Office {
    folder: tempfile::TempDir,
    parties: Rehearsal<Eligibility>,
    said: Vec<u8>,
}

impl Office {
    fn new(agreement: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let parties = sign_all(folder.path(), "a.toml", agreement);
        fs::write(folder.path().join("incomes.csv"), INCOMES).expect("writes");
        fs::write(folder.path().join("households.csv"), HOUSEHOLDS).expect("writes");
        let mut office = Self { folder, parties, said: Vec::new() };
        office.run("keygen --agreement a.toml --signing-key a.SVB.key --out keys");
        office.run(
            "encrypt --agreement a.toml --dataset income --public-key keys/public.key --signing-key a.UWV.key
             --input incomes.csv --out income.enc",
        );
        let about = "--agreement a.toml --evaluation-key keys/evaluation.key";
        let signers = ["a.computing-centre.key", "a.UWV.key"];
        noise_files(env!("CARGO_BIN_EXE_drempel"), office.path(), about, signers, "noise");
        office
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn output(&mut self, arguments: &str) -> Output {
        let output = Command::new(env!("CARGO_BIN_EXE_drempel"))
            .args(arguments.split_ascii_whitespace())
            .env("DREMPEL_PASSPHRASE", PASSPHRASE)
            .current_dir(self.path())
            .output()
            .expect("drempel starts");
        self.said.extend(&output.stdout);
        self.said.extend(&output.stderr);
        output
    }

    fn run(&mut self, arguments: &str) -> String {
        let output = self.output(arguments);
        assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    fn refuse(&mut self, arguments: &str, code: i32, message: &str) {
        let output = self.output(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments}: {errors}");
        assert!(errors.contains(message), "{arguments}\n  expected: {message}\n  found: {errors}");
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).expect(name)
    }
}

const EVALUATE: &str = "evaluate --agreement a.toml --evaluation-key keys/evaluation.key \
                        --signing-key a.computing-centre.key --cases households.csv --input income.enc \
                        --noise noise.seed --nonce noise.nonce";
const AUDIT: &str = "audit --agreement a.toml --evaluation-key keys/evaluation.key --signing-key a.UWV.key \
                     --cases households.csv --input income.enc --noise noise.seed --nonce noise.nonce \
                     --answer answer.enc --out answer.attest";
const RELEASE: &str = "release --agreement a.toml --secret-key keys/secret.key --signing-key a.SVB.key \
                       --answer answer.enc --attestation answer.attest";
const EXPLAIN: &str = "explain --agreement a.toml --cases households.csv --answer answer.enc \
                       --answers decisions.csv";

#[test]
fn blinded_answers_are_read_by_the_receiver_only() {
    let blinded = AGREEMENT
        .replace("[disclosure]\nto = \"SVB\"", "[disclosure]\nblinded = true\nto = \"municipality\"")
        .replace("[[dataset]]", "[[party]]\nname = \"municipality\"\nroles = []\n\n[[dataset]]");
    let mut office = Office::new(&blinded);
    office.refuse(
        &format!("{EVALUATE} --out answer.enc"),
        1,
        "the agreement asks for one more file: --blinding",
    );
    office.run(&format!("{EVALUATE} --out answer.enc --blinding answer.blinding"));
    office.refuse(AUDIT, 3, "the blinding that the answer names must be given");
    office.run(&format!("{AUDIT} --blinding answer.blinding"));
    let text = office.run(&format!("{RELEASE} --out opened.csv"));
    assert!(text.contains("3 blinded answers, for municipality to unblind"), "{text}");
    assert!(office.read("opened.csv").starts_with("household,blinded\nh1,"));
    office.run(&format!("{EVALUATE} --out other.enc --blinding other.blinding"));
    let unblind =
        "unblind --agreement a.toml --answer answer.enc --opened opened.csv --out decisions.csv --blinding";
    office.refuse(&format!("{unblind} other.blinding"), 1, "not hidden by this blinding");
    office.run(&format!("{unblind} answer.blinding"));
    assert_eq!(office.read("decisions.csv"), DECISIONS);
}

#[test]
fn where_a_share_is_audited_the_auditor_gets_a_transcript() {
    let mut office = Office::new(&AGREEMENT.replace("audit = 1.0", "audit = 0.5"));
    office.refuse(
        &format!("{EVALUATE} --out answer.enc"),
        1,
        "the agreement asks for one more file: --transcript",
    );
    office.run(&format!("{EVALUATE} --out answer.enc --transcript answer.rows"));
    office.refuse(AUDIT, 3, "the transcript that the answer names must be given");
    office.run(&format!("{AUDIT} --transcript answer.rows"));
    let text = office.run(&format!("{RELEASE} --out decisions.csv"));
    assert!(text.contains("a forgery of 1 answers would go unseen with probability 5.00e-1"), "{text}");
    assert!(text.contains("a forgery of 32 answers would go unseen with probability 2.33e-10"), "{text}");
    assert_eq!(office.read("decisions.csv"), DECISIONS);
}

/// The secrets of every party, as bytes and as hexadecimal digits, in pieces of 8 bytes.
#[test]
fn no_output_of_any_command_and_no_file_has_key_bytes_in_it() {
    let mut office = Office::new(AGREEMENT);
    for json in ["", " --json"] {
        office.run(&format!("{EVALUATE} --out answer.enc{json}"));
        office.run(&format!("{AUDIT}{json}"));
        office.run(&format!("inspect keys/secret.key{json}"));
        for file in [
            "keys/public.key",
            "keys/evaluation.key",
            "income.enc",
            "answer.enc",
            "answer.attest",
            "a.toml",
            "noise.seed",
            "noise.nonce",
        ] {
            office.run(&format!("inspect {file}{json}"));
        }
        let about = "--agreement a.toml --evaluation-key keys/evaluation.key";
        let seed = if json.is_empty() { "other.seed" } else { "third.seed" };
        office.run(&format!("noise {about} --signing-key a.computing-centre.key --out {seed}{json}"));
        let commitment = drempel::units::Digest::of(b"any");
        let nonce = "--signing-key a.UWV.key --out other.nonce";
        office.run(&format!("nonce {about} --commitment {commitment} {nonce}{json}"));
        office.run(&format!("party show a.SVB.key{json}"));
        office.run(&format!("agreement check a.toml{json}"));
        office.run(&format!("agreement show a.toml{json}"));
        office.run(&format!("agreement verify a.toml{json}"));
        office.run(&format!("plan --agreement a.toml --cases households.csv{json}"));
        office.run(&format!("encrypt --agreement a.toml --dataset income --public-key keys/public.key --signing-key a.UWV.key --input incomes.csv --out income.enc{json}"));
        office.run(&format!("{EVALUATE} --out answer.enc{json}"));
        office.run(&format!("{AUDIT}{json}"));
        office.run(&format!("{RELEASE} --out decisions.csv{json}"));
        office.run(&format!("ledger show keys/ledger.jsonl --agreement a.toml{json}"));
        office.run(&format!("ledger verify keys/ledger.jsonl --agreement a.toml{json}"));
        office.run(&format!("{EXPLAIN} --subject h1 --language nl{json}"));
        office.run(&format!("dpia --agreement a.toml --ledger keys/ledger.jsonl{json}"));
        // Mistakes talk too.
        office.output(&format!("release --agreement a.toml --secret-key a.SVB.key --signing-key keys/secret.key --answer answer.enc --out x{json}"));
        office.output(&format!("party show keys/secret.key{json}"));
        office.output(&format!("party show keys/public.key{json}"));
        office.output(&format!("keygen --agreement a.toml --signing-key a.UWV.key --out more{json}"));
    }
    office.run("demo --out demo");
    office.run("party keygen --out new.key");
    office.run("agreement check a.toml");
    let sign = "agreement sign a.toml --party UWV --signing-key a.UWV.key";
    office.refuse(sign, 3, "has signed already");
    fs::remove_file(office.path().join("a.toml.sig")).expect("removes");
    for party in ["UWV", "computing-centre", "SVB"] {
        office.run(&format!("agreement sign a.toml --party {party} --signing-key a.{party}.key"));
    }
    office.run("purge --agreement a.toml --dry-run answer.enc");
    office.run("pseudonym-key --agreement a.toml --out pseudonym.key");
    office
        .run("pseudonymise --agreement a.toml --key pseudonym.key --input incomes.csv --out pseudonyms.csv");
    let passphrase = || PASSPHRASE.to_owned().into();
    let open =
        |name: &str| drempel::files::key_file::read(&office.path().join(name), &passphrase()).expect(name);
    let mut secrets = vec![open("keys/secret.key")[85..].to_vec(), open("pseudonym.key")[56..].to_vec()];
    let new = open("new.key");
    secrets.push(new[new.len() - 32..].to_vec());
    for party in office.parties.agreement().parties() {
        let bytes = office.parties.key(&party.name).to_bytes();
        secrets.push(bytes[bytes.len() - 32..].to_vec());
    }
    // Of a container without metadata.
    let seeds = ["noise.seed", "other.seed", "third.seed"];
    let payload = |name: &str| fs::read(office.path().join(name)).expect(name)[128..160].to_vec();
    secrets.extend(seeds.map(payload));
    assert_eq!(secrets.iter().map(Vec::len).collect::<Vec<_>>(), [256, 32, 32, 32, 32, 32, 32, 32, 32]);
    let mut pieces = std::collections::HashSet::new();
    for piece in secrets.iter().flat_map(|secret| secret.windows(8)) {
        pieces.insert(piece.to_vec());
        let digits: String = piece.iter().map(|byte| format!("{byte:02x}")).collect();
        pieces.extend(digits.as_bytes().chunks(8).take(1).map(<[u8]>::to_vec));
    }
    let clean = |name: &str, bytes: &[u8]| {
        let found = bytes.windows(8).filter(|window| pieces.contains(*window)).count();
        assert_eq!(found, 0, "{name}");
    };
    assert!(office.said.len() > 10_000);
    clean("what commands said", &office.said);
    let mut files = 0;
    for folder in [office.path().to_owned(), office.path().join("keys")] {
        for file in fs::read_dir(folder).expect("a folder").flatten().filter(|file| file.path().is_file()) {
            if seeds.contains(&file.file_name().to_str().expect("text")) {
                continue;
            }
            clean(&file.path().display().to_string(), &fs::read(file.path()).expect("reads"));
            files += 1;
        }
    }
    assert!(files >= 15, "{files}");
}

#[test]
fn an_answer_is_explained_and_the_files_are_purged_after_their_term() {
    let mut office = Office::new(AGREEMENT);
    office.run(&format!("{EVALUATE} --out answer.enc"));
    office.run(AUDIT);
    office.run(&format!("{RELEASE} --out decisions.csv"));
    let english = office.run(&format!("{EXPLAIN} --subject h1"));
    assert!(english.contains("2,053.48") && english.contains("UWV"), "{english}");
    let dutch = office.run(&format!("{EXPLAIN} --subject h2 --language nl"));
    assert!(dutch.contains("1.501,07"), "{dutch}");
    office.refuse(&format!("{EXPLAIN} --subject h9"), 1, "nothing was asked about this identifier");
    fs::write(office.path().join("moved.csv"), HOUSEHOLDS.replace("150107", "205348")).expect("writes");
    office.refuse(
        &format!("{} --subject h1", EXPLAIN.replace("households.csv", "moved.csv")),
        1,
        "another job",
    );
    let unreadable = [
        ("household,advice\nh1,2\n", "line 1: column \"eligible\" is missing"),
        ("household,eligible\nh1,maybe\n", "line 2, column \"eligible\": yes, no, a number or suppressed"),
        ("household,eligible\nh1,2\nh2,2\nh3,2\n", "the agreement's analysis does not give such an answer"),
        (
            "household,eligible\nh1,yes\nh2,no\nh1,yes\n",
            "line 4, column \"household\": the same identifier is on an earlier line",
        ),
        (
            "household,eligible\nh1,yes\nh9,no\n",
            "line 3: the encrypted answer has nothing about this household",
        ),
        ("household,eligible\nh1,yes\n", "2 of the answers are not in the file"),
        ("household,blinded\nh1,1\n", "these are blinded bits"),
    ];
    for (answers, message) in unreadable {
        fs::write(office.path().join("unreadable.csv"), answers).expect("writes");
        let explain = EXPLAIN.replace("decisions.csv", "unreadable.csv");
        office.refuse(&format!("{explain} --subject h1"), 1, message);
    }
    let dpia = office.run("dpia --agreement a.toml --ledger keys/ledger.jsonl --language nl");
    assert!(dpia.contains("SVB") && dpia.contains("UWV"), "{dpia}");

    let purge = "purge --agreement a.toml --ledger keys/ledger.jsonl --signing-key a.SVB.key answer.enc --also decisions.csv";
    office.run(purge);
    assert!(office.path().join("answer.enc").exists(), "its term is not over");
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(91 * 86_400);
    for name in ["answer.enc", "decisions.csv", "keys/secret.key"] {
        let file = fs::File::options().write(true).open(office.path().join(name)).expect(name);
        file.set_modified(old).expect("sets");
    }
    office.run(purge);
    assert!(!office.path().join("answer.enc").exists() && !office.path().join("decisions.csv").exists());
    let ledger = office.run("ledger show keys/ledger.jsonl --agreement a.toml");
    assert!(ledger.contains("2 files deleted"), "{ledger}");
    let key =
        "purge --agreement a.toml --ledger keys/ledger.jsonl --signing-key a.SVB.key --also keys/secret.key";
    office.refuse(key, 3, "keys/secret.key");
    let key = "purge --agreement a.toml --ledger uwv.jsonl --signing-key a.UWV.key income.enc";
    let file = fs::File::options().write(true).open(office.path().join("income.enc")).expect("a table");
    file.set_modified(old).expect("sets");
    office.run(key);
    let ledger = office.run("ledger show uwv.jsonl --agreement a.toml --party UWV");
    assert!(ledger.contains("1 files deleted"), "another party's own ledger: {ledger}");
    office.refuse("ledger show uwv.jsonl --agreement a.toml", 3, "not that of the ledger's owner");
    office.refuse("dpia --agreement a.toml --ledger uwv.jsonl", 3, "not that of the ledger's owner");
    assert!(office.path().join("keys/secret.key").exists(), "a key file is never deleted");
}

#[cfg(unix)]
#[test]
fn the_passphrase_comes_from_a_file_descriptor_too() {
    let office = Office::new(AGREEMENT);
    fs::write(office.path().join("passphrase.txt"), format!("{PASSPHRASE}\nsecond line\n")).expect("writes");
    let show = |file: &str| {
        let line = format!("\"$DREMPEL\" --passphrase-fd 3 party show a.UWV.key 3< {file}");
        Command::new("sh")
            .args(["-c", &line])
            .env("DREMPEL", env!("CARGO_BIN_EXE_drempel"))
            .env_remove("DREMPEL_PASSPHRASE")
            .current_dir(office.path())
            .output()
            .expect("a shell")
    };
    assert!(show("passphrase.txt").status.success());
    assert_eq!(show("incomes.csv").status.code(), Some(1));
}
