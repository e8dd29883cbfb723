//! The binary as a user meets it: mistakes give a named error and no file, and never show an amount.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use drempel_test_support::{PASSPHRASE, SVB_UWV as AGREEMENT, noise_files, sign_all, write_key_file};

const DREMPEL: &str = env!("CARGO_BIN_EXE_drempel");
const INCOMES: &str = "person,income_cents\na,100000\nb,50107\nc,150107\nd,1\n";
const HOUSEHOLDS: &str =
    "household,person,poverty_line_cents,known_cents\nh1,a,205348,0\nh1,b,205348,0\nh2,c,150107,0\n";

/// A folder with a whole, good run in it up to the attestation, made once.
fn good() -> &'static Path {
    static FOLDER: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().to_owned();
        sign_all(&path, "agreement.toml", AGREEMENT);
        sign_all(&path, "other.toml", &AGREEMENT.replace("2000", "1999"));
        fs::write(path.join("incomes.csv"), INCOMES).expect("writes");
        fs::write(path.join("households.csv"), HOUSEHOLDS).expect("writes");
        for (agreement, keys) in [("agreement", "keys"), ("agreement", "keys2"), ("other", "keys3")] {
            run(&path, &keygen(agreement, keys));
        }
        run(&path, &format!("{} --out income.enc", encrypt("agreement", "keys", "incomes.csv")));
        run(&path, &format!("{} --out income2.enc", encrypt("agreement", "keys2", "incomes.csv")));
        run(&path, &format!("{} --out income3.enc", encrypt("other", "keys3", "incomes.csv")));
        for (agreement, keys) in [("agreement", "keys"), ("agreement", "keys2"), ("other", "keys3")] {
            close_noise(&path, agreement, keys);
        }
        run(&path, &format!("{} --out answer.enc", evaluate("keys", "households.csv", "income.enc")));
        run(&path, &format!("{} --out answer.attest", audit("answer.enc")));
        (folder, path)
    });
    path
}

/// A noise seed and its nonce, named after the keys.
fn close_noise(folder: &Path, agreement: &str, keys: &str) -> String {
    let about = format!("--agreement {agreement}.toml --evaluation-key {keys}/evaluation.key");
    let signers = ["computing-centre", "UWV"].map(|party| format!("{agreement}.{party}.key"));
    noise_files(DREMPEL, folder, &about, signers.each_ref().map(String::as_str), keys)
}

fn keygen(agreement: &str, keys: &str) -> String {
    format!("keygen --agreement {agreement}.toml --signing-key {agreement}.SVB.key --out {keys}")
}

fn encrypt(agreement: &str, keys: &str, input: &str) -> String {
    format!(
        "encrypt --agreement {agreement}.toml --dataset income --public-key {keys}/public.key \
         --signing-key {agreement}.UWV.key --input {input}"
    )
}

fn evaluate(keys: &str, households: &str, input: &str) -> String {
    evaluate_for("agreement", keys, households, input)
}

fn evaluate_for(agreement: &str, keys: &str, households: &str, input: &str) -> String {
    format!(
        "evaluate --agreement {agreement}.toml --evaluation-key {keys}/evaluation.key \
         --signing-key {agreement}.computing-centre.key --cases {households} --input {input} --noise {keys}.seed \
         --nonce {keys}.nonce"
    )
}

fn audit(answer: &str) -> String {
    format!(
        "audit --agreement agreement.toml --evaluation-key keys/evaluation.key --signing-key agreement.UWV.key \
         --cases households.csv --input income.enc --noise keys.seed --nonce keys.nonce --answer {answer}"
    )
}

fn release(agreement: &str, keys: &str, answer: &str) -> String {
    format!(
        "release --agreement {agreement}.toml --secret-key {keys}/secret.key --signing-key {agreement}.SVB.key \
         --answer {answer}"
    )
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
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments}: {errors}");
    String::from_utf8(output.stdout).expect("text")
}

/// Runs what must fail: exit code and message as expected, no amount in the message, no file left.
fn refuse(arguments: &str, code: i32, message: &str, secret: &str) {
    let folder = good();
    let out = tempfile::tempdir_in(folder).expect("a folder");
    let output = drempel(folder, &format!("{arguments} --out {}", out.path().join("out").display()));
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments}: {errors}");
    assert!(errors.contains(message), "{arguments}\n  expected: {message}\n  found: {errors}");
    assert!(secret.is_empty() || !errors.contains(secret), "an amount is shown: {errors}");
    assert!(output.stdout.is_empty());
    let left = fs::read_dir(out.path()).expect("a folder").count();
    assert_eq!(left, 0, "{arguments}: a file was left");
}

fn write(name: &str, bytes: impl AsRef<[u8]>) {
    fs::write(good().join(name), bytes).expect("writes");
}

#[test]
fn bad_incomes_are_refused_with_line_and_column() {
    let cell = "line 3, column \"income_cents\": ";
    let cases = [
        ("a,1\nb,-50107\n", format!("{cell}below the agreement's min"), "50107"),
        ("a,1\nb,50107.5\n", format!("{cell}not a whole number of cents"), "50107"),
        ("a,1\nb,\"9.876,54\"\n", format!("{cell}not a whole number of cents"), "9.876"),
        ("a,1\nb,NaN\n", format!("{cell}not a number"), "NaN"),
        ("a,1\nb,\n", format!("{cell}the cell is empty"), ""),
        ("a,1\nb,98765432109876543210\n", format!("{cell}the amount is beyond 10^15 cents"), "9876"),
        ("a,1\na,50107\n", "line 3, column \"person\": the same identifier".to_owned(), "50107"),
        ("a,1\n,50107\n", "line 3, column \"person\": the cell is empty".to_owned(), "50107"),
        ("a,1\nb,2,50107\n", "line 3: 3 cells, but the header has 2".to_owned(), "50107"),
        ("", "the dataset has no rows".to_owned(), ""),
    ];
    for (index, (rows, message, secret)) in cases.into_iter().enumerate() {
        let name = format!("incomes_{index}.csv");
        write(&name, format!("person,income_cents\n{rows}"));
        refuse(&encrypt("agreement", "keys", &name), 1, &format!("{name}: {message}"), secret);
    }
    write("wrong_column.csv", "person,income\na,50107\n");
    refuse(
        &encrypt("agreement", "keys", "wrong_column.csv"),
        1,
        "line 1: column \"income_cents\" is missing",
        "50107",
    );
    let utf_16: Vec<u8> = INCOMES.encode_utf16().flat_map(u16::to_le_bytes).collect();
    write("utf_16.csv", [vec![0xff, 0xfe], utf_16].concat());
    refuse(&encrypt("agreement", "keys", "utf_16.csv"), 1, "the file is in UTF-16", "");
    write("latin_1.csv", b"person,income_cents\nJos\xe9,50107\n");
    refuse(
        &encrypt("agreement", "keys", "latin_1.csv"),
        1,
        "line 2, column \"person\": not UTF-8 text",
        "50107",
    );
    refuse(&encrypt("agreement", "keys", "nowhere.csv"), 1, "nowhere.csv: reading failed: No such file", "");
}

#[test]
fn a_byte_order_mark_and_crlf_make_no_difference() {
    let folder = good();
    write("windows.csv", format!("\u{feff}{}", INCOMES.replace('\n', "\r\n")));
    let json =
        run(folder, &format!("{} --out windows.enc --json", encrypt("agreement", "keys", "windows.csv")));
    assert!(json.contains("\"rows\": 4"), "{json}");
}

#[test]
fn an_amount_above_max_is_encrypted_as_max_only_where_no_answer_can_change() {
    let folder = good();
    write("rich.csv", "person,income_cents\na,500001\nb,99999999\nc,500000\n");
    let json = run(folder, &format!("{} --out rich.enc --json", encrypt("agreement", "keys", "rich.csv")));
    assert!(json.contains("\"clamped\": 2"), "{json}");
    // The same with a max below the couple's line.
    sign_all(folder, "low_max.toml", &AGREEMENT.replace("max = 500000", "max = 205347"));
    run(folder, &keygen("low_max", "keys_low"));
    let arguments = encrypt("low_max", "keys_low", "rich.csv");
    refuse(&arguments, 1, "line 2, column \"income_cents\": above the agreement's max", "500001");
}

#[test]
fn bad_households_are_refused_with_line_and_column() {
    let head = "household,person,poverty_line_cents,known_cents\n";
    let cases = [
        ("h1,a,205348,0\nh1,a,205348,0\n", 1, "line 3, column \"person\": the same person"),
        ("h1,a,205348,0\nh2,a,150107,0\n", 1, "line 3, column \"person\": this person is already"),
        ("h1,,205348,0\n", 1, "line 2, column \"person\": the household has no person"),
        (
            "h1,a,205348,0\nh1,b,205348,0\nh1,c,205348,0\n",
            1,
            "line 2, column \"person\": 3 or more amounts for one household; the agreement allows 2",
        ),
        ("h1,a,205348,0\nh2,z,150107,0\n", 1, "line 3, column \"person\": no record in dataset \"income\""),
        ("h1,a,205349,0\n", 3, "line 2, column \"poverty_line_cents\": the agreement does not allow"),
        ("h1,a,205348,1\n", 3, "line 2, column \"known_cents\": outside known_min and known_max"),
        ("h1,a,205348,0\nh1,b,150107,0\n", 1, "line 3, column \"poverty_line_cents\": differs"),
        ("h1,a,2053.48,0\n", 1, "line 2, column \"poverty_line_cents\": not a whole number"),
        ("", 1, "the file asks about nobody"),
    ];
    for (index, (rows, code, message)) in cases.into_iter().enumerate() {
        let name = format!("households_{index}.csv");
        write(&name, format!("{head}{rows}"));
        refuse(&evaluate("keys", &name, "income.enc"), code, message, "205349");
    }
}

#[test]
fn files_of_another_kind_agreement_or_key_are_refused() {
    let on = |input: &str| evaluate("keys", "households.csv", input);
    refuse(
        &on("answer.enc"),
        1,
        "answer.enc: expected an encrypted table, but this file is an encrypted answer",
        "",
    );
    refuse(&on("incomes.csv"), 1, "incomes.csv: not a drempel file", "");
    refuse(&on("income2.enc"), 1, "table of dataset \"income\": made under key", "");
    refuse(&on("income3.enc"), 1, "table of dataset \"income\": made for agreement", "");
    refuse(&on("income.enc --input income.enc"), 1, "the tables given are of income, income", "");
    refuse(&evaluate("keys3", "households.csv", "income.enc"), 1, "evaluation key: made for agreement", "");
    let other = encrypt("other", "keys", "incomes.csv");
    refuse(&other, 1, "the public key was made for agreement", "");
    let unknown = encrypt("agreement", "keys", "incomes.csv").replace("--dataset income", "--dataset debts");
    refuse(&unknown, 1, "reads no dataset \"debts\"; it reads: income", "");
    refuse(&release("agreement", "keys2", "answer.enc"), 3, "answer.enc: the answer: made under key", "");
    refuse(&release("other", "keys3", "answer.enc"), 3, "answer.enc: the answer: made for agreement", "");
    let keys_of_another = release("other", "keys", "answer.enc")
        .replace("other.SVB.key", "other.SVB.key --ledger keys3/ledger.jsonl");
    refuse(&keys_of_another, 3, "the secret key was made for agreement", "");
    refuse(&release("agreement", "keys", "income.enc"), 1, "but this file is an encrypted table", "");
}

#[test]
fn truncated_lengthened_and_altered_files_are_refused() {
    let table = fs::read(good().join("income.enc")).expect("a table");
    for (name, cut) in
        [("cut_1.enc", 1), ("cut_half.enc", table.len() / 2), ("cut_header.enc", table.len() - 50)]
    {
        write(name, &table[..table.len() - cut]);
        refuse(&evaluate("keys", "households.csv", name), 1, "truncated: ", "");
    }
    write("long.enc", [&table[..], b"x"].concat());
    refuse(&evaluate("keys", "households.csv", "long.enc"), 1, "1 bytes follow the end", "");
    for (name, place) in [("flip_early.enc", 40), ("flip_ids.enc", 140), ("flip_late.enc", table.len() - 200)]
    {
        let mut altered = table.clone();
        altered[place] ^= 1;
        write(name, &altered);
        refuse(&evaluate("keys", "households.csv", name), 1, "damaged", "");
    }
}

#[test]
fn an_agreement_out_of_force_or_with_too_few_answers_refuses_with_exit_code_3() {
    let folder = good();
    sign_all(
        folder,
        "expired.toml",
        &AGREEMENT.replace("valid_until = 2035-12-31", "valid_until = 2025-01-31"),
    );
    let output = drempel(folder, &keygen("expired", "keys_expired"));
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("in force from 2025-01-01 until 2025-01-31"));
    assert!(!folder.join("keys_expired/secret.key").exists());
    sign_all(folder, "one_answer.toml", &AGREEMENT.replace("answers = 2000", "answers = 1"));
    run(folder, &keygen("one_answer", "keys_one"));
    run(folder, &format!("{} --out one.enc", encrypt("one_answer", "keys_one", "incomes.csv")));
    close_noise(folder, "one_answer", "keys_one");
    let arguments = evaluate_for("one_answer", "keys_one", "households.csv", "one.enc");
    refuse(&arguments, 3, "the job has 2 answers; the agreement allows 1", "");
}

#[test]
fn a_good_run_releases_the_answers_once_and_says_what_was_checked() {
    let folder = good();
    refuse(&release("agreement", "keys", "answer.enc"), 3, "no auditor has attested this answer", "");
    let arguments = format!("{} --attestation answer.attest", release("agreement", "keys", "answer.enc"));
    let text = run(folder, &format!("{arguments} --out decisions.csv"));
    assert!(text.contains("2 of 2 answers evaluated again by an auditor (UWV)"), "{text}");
    assert!(text.contains("no forgery goes unseen: every answer was evaluated again"), "{text}");
    let decisions = fs::read_to_string(folder.join("decisions.csv")).expect("decisions");
    assert_eq!(decisions, "household,eligible\nh1,yes\nh2,no\n");
    refuse(&arguments, 3, "this answer was released before (ledger entry 2)", "");
    let ledger = run(folder, "ledger show keys/ledger.jsonl --agreement agreement.toml");
    assert!(ledger.contains("2 answers opened by SVB for SVB, 2 of them audited"), "{ledger}");
    assert!(!ledger.contains("h1"), "no household in the ledger: {ledger}");
    let head = text.lines().find_map(|line| line.strip_prefix("ledger head ")).expect("a head");
    run(folder, &format!("ledger verify keys/ledger.jsonl --agreement agreement.toml --head {head}"));
    let whole = fs::read_to_string(folder.join("keys/ledger.jsonl")).expect("a ledger");
    let first = whole.split_inclusive('\n').next().expect("a line");
    write("cut.jsonl", first);
    let cut = drempel(folder, &format!("ledger verify cut.jsonl --agreement agreement.toml --head {head}"));
    assert_eq!(cut.status.code(), Some(3));
    // The same tables under another households file: a moved line would tell amounts.
    write("moved.csv", HOUSEHOLDS.replace("150107", "205348"));
    run(folder, &format!("{} --out moved.enc", evaluate("keys", "moved.csv", "income.enc")));
    let audit = audit("moved.enc").replace("households.csv", "moved.csv");
    run(folder, &format!("{audit} --out moved.attest"));
    let moved = format!("{} --attestation moved.attest", release("agreement", "keys", "moved.enc"));
    refuse(&moved, 3, "an answer over the same tables was released before", "");
    let again = drempel(folder, &keygen("agreement", "keys"));
    assert_eq!(again.status.code(), Some(1), "a secret key is never overwritten");
}

#[test]
fn an_agreement_counts_when_every_party_has_signed_just_these_bytes() {
    let folder = tempfile::tempdir_in(good()).expect("a folder");
    let folder = folder.path();
    for party in ["uwv", "centre", "svb"] {
        write_key_file(&folder.join(format!("{party}.key")), &drempel::SigningKey::generate().to_bytes());
    }
    let mut text = AGREEMENT.to_owned();
    for (party, key) in [("UWV", "uwv"), ("computing-centre", "centre"), ("SVB", "svb")] {
        let line = run(folder, &format!("party show {key}.key"));
        text = text.replace(&format!("name = \"{party}\"\n"), &format!("name = \"{party}\"\n{line}"));
    }
    fs::write(folder.join("a.toml"), &text).expect("writes");
    let fails = |arguments: &str, code: i32, message: &str| {
        let output = drempel(folder, arguments);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments}: {errors}");
        assert!(errors.contains(message), "{arguments}\n  expected: {message}\n  found: {errors}");
    };
    fails("agreement verify a.toml", 3, "`drempel agreement sign` makes this file");
    run(folder, "agreement sign a.toml --party UWV --signing-key uwv.key");
    fails("agreement verify a.toml", 3, "party \"computing-centre\" has not signed");
    fails("agreement sign a.toml --party UWV --signing-key uwv.key", 3, "party \"UWV\" has signed already");
    fails("agreement sign a.toml --party SVB --signing-key uwv.key", 3, "this is not the signing key");
    fails("agreement sign a.toml --party KNMI --signing-key uwv.key", 3, "\"KNMI\" is no party");
    run(folder, "agreement sign a.toml --party computing-centre --signing-key centre.key");
    let last = run(folder, "agreement sign a.toml --party SVB --signing-key svb.key");
    assert!(last.contains("everybody has signed"), "{last}");
    run(folder, "agreement verify a.toml");
    fs::write(folder.join("a.toml"), text.replace("2000", "2001")).expect("writes");
    fails("agreement verify a.toml", 3, "one changed character is enough");
}

#[cfg(unix)]
#[test]
fn a_secret_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let key = good().join("keys2/secret.key");
    assert_eq!(fs::metadata(&key).expect("a key").permissions().mode() & 0o777, 0o600);
    let open = good().join("open.key");
    fs::copy(&key, &open).expect("copies");
    fs::set_permissions(&open, fs::Permissions::from_mode(0o640)).expect("sets");
    let arguments = release("agreement", "keys", "answer.enc").replace("keys/secret.key", "open.key");
    refuse(&arguments, 1, "others can read this key file", "");
}

#[test]
fn without_a_passphrase_or_with_a_wrong_one_no_key_file_opens() {
    let show = |passphrase: Option<&str>| {
        let mut command = Command::new(DREMPEL);
        command
            .args(["party", "show", "agreement.UWV.key"])
            .current_dir(good())
            .stdin(std::process::Stdio::null());
        match passphrase {
            Some(passphrase) => command.env("DREMPEL_PASSPHRASE", passphrase),
            None => command.env_remove("DREMPEL_PASSPHRASE"),
        };
        command.output().expect("drempel starts")
    };
    assert!(show(Some(PASSPHRASE)).status.success());
    for (given, message) in [(Some("wrong"), "the passphrase does not open"), (None, "needs a passphrase")] {
        let output = show(given);
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains(message));
    }
}

#[test]
fn secrets_do_not_appear_in_debug_output() {
    let parties = drempel::Rehearsal::<drempel::analysis::Eligibility>::of(AGREEMENT).expect("sound");
    let agreement = parties.agreement();
    let mut ledger = drempel::Ledger::in_memory();
    let keys = drempel::KeyHolder::generate(agreement, parties.key("SVB"), &mut ledger);
    let (holder, public, evaluation) = keys.expect("in force");
    let table = drempel::Table::from_csv(agreement, "income", INCOMES.as_bytes()).expect("valid");
    let shown = format!("{holder:?} {public:?} {evaluation:?} {table:?}");
    assert!(shown.len() < 800, "{shown}");
    for amount in ["100000", "50107", "150107"] {
        assert!(!shown.contains(amount), "{shown}");
    }
}

#[test]
fn an_error_with_json_is_an_object_with_the_exit_code() {
    let output = drempel(good(), "inspect incomes.csv --json");
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("\"exit_code\": 1") && text.contains("\"error\""), "{text}");
}
