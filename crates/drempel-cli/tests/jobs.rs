//! Long evaluations: killed, stopped, on a full disk, cut into shards. The answer always has the same bytes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use drempel_test_support::{PASSPHRASE, noise_files, rounds, samples, sign_all};

const DREMPEL: &str = env!("CARGO_BIN_EXE_drempel");

/// Incomes of 18 bits, so that a chunk takes long enough to be interrupted.
const AGREEMENT: &str = r#"
agreement = { name = "jobs", purpose = "p", legal_basis = "l", valid_from = 2020-01-01, valid_until = 2099-12-31, retention_days = 1 }
party = [
    { name = "provider", roles = ["data-provider", "auditor"] },
    { name = "evaluator", roles = ["evaluator"] },
    { name = "holder", roles = ["key-holder"] },
]
dataset = [{ name = "income", provider = "provider", subject = "person", amount = "cents", unit = "eurocent", concept = "c", min = 0, max = 262143 }]
analysis = { kind = "eligibility", datasets = ["income"], comparison = "below", max_addends = 8, missing = "refuse", line_min = 0, line_max = 1 }
disclosure = { to = "holder", answers = 100000 }
"#;

/// Four chunks of 64 and one that is not full. `HOUSEHOLDS` for more.
fn number_of_households() -> usize {
    rounds("HOUSEHOLDS", 300)
}

/// A folder with everything that an evaluation needs, and what it gives when nothing happens to it.
struct Made {
    folder: tempfile::TempDir,
    answer: Vec<u8>,
    /// How long it takes.
    duration: Duration,
}

fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path();
        sign_all(path, "agreement.toml", AGREEMENT);
        let people = |line: fn(usize) -> String| (0..number_of_households()).map(line).collect::<String>();
        let incomes = people(|i| format!("{i:06},{}\n", i % 2));
        fs::write(path.join("incomes.csv"), format!("person,cents\n{incomes}")).expect("writes");
        let households = people(|i| format!("h{i},{i:06},1\n"));
        let head = "household,person,poverty_line_cents\n";
        fs::write(path.join("households.csv"), format!("{head}{households}")).expect("writes");
        let fewer = households.replacen("h0,000000,1\n", "", 1);
        fs::write(path.join("fewer.csv"), format!("{head}{fewer}")).expect("writes");
        run(path, "keygen --agreement agreement.toml --signing-key agreement.holder.key --out keys");
        run(
            path,
            "encrypt --agreement agreement.toml --dataset income --public-key keys/public.key \
             --signing-key agreement.provider.key --input incomes.csv --out income.enc",
        );
        close_noise(path);
        let clock = Instant::now();
        run(path, &evaluate("whole.enc", ""));
        let duration = clock.elapsed();
        let answer = fs::read(path.join("whole.enc")).expect("written");
        Made { folder, answer, duration }
    })
}

impl Made {
    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn manifest(&self, answer: &str) -> PathBuf {
        self.path().join(format!("{answer}.job/1-of-1/manifest"))
    }

    /// Lines of chunks in the manifest.
    fn chunks(&self, answer: &str) -> usize {
        let text = fs::read_to_string(self.manifest(answer)).unwrap_or_default();
        text.lines().count().saturating_sub(1)
    }

    fn spawn(&self, answer: &str) -> Child {
        let mut command = command(self.path(), &evaluate(answer, "--resume"));
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs")
    }

    /// Waits until so many chunks are on the disk.
    fn wait_for(&self, answer: &str, chunks: usize) {
        for _ in 0..60_000 {
            if self.manifest(answer).exists() && self.chunks(answer) >= chunks {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        panic!("the evaluation makes no progress");
    }

    /// Goes on to the end: the answer that was made without a stop, and no folder of the job.
    fn finishes(&self, answer: &str) -> String {
        let said = run(self.path(), &evaluate(answer, "--resume"));
        self.is_whole(answer);
        said
    }

    fn is_whole(&self, answer: &str) {
        assert!(fs::read(self.path().join(answer)).expect("written") == self.answer, "other bytes");
        assert!(!self.path().join(format!("{answer}.job")).exists());
        fs::remove_file(self.path().join(answer)).expect("it is there");
    }
}

fn close_noise(folder: &Path) {
    let about = "--agreement agreement.toml --evaluation-key keys/evaluation.key";
    noise_files(DREMPEL, folder, about, ["agreement.evaluator.key", "agreement.provider.key"], "noise");
}

fn inputs(out: &str) -> String {
    format!(
        "--agreement agreement.toml --evaluation-key keys/evaluation.key --signing-key agreement.evaluator.key \
         --cases households.csv --input income.enc --noise noise.seed --nonce noise.nonce --out {out} --chunk 64"
    )
}

fn evaluate(out: &str, options: &str) -> String {
    format!("evaluate {} {options}", inputs(out))
}

/// On one thread, so that it takes its time.
fn command(folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new(DREMPEL);
    command
        .args(arguments.split_ascii_whitespace())
        .current_dir(folder)
        .env("RAYON_NUM_THREADS", "1")
        .env("DREMPEL_PASSPHRASE", PASSPHRASE);
    command
}

fn drempel(folder: &Path, arguments: &str) -> Output {
    command(folder, arguments).output().expect("runs")
}

fn run(folder: &Path, arguments: &str) -> String {
    let output = drempel(folder, arguments);
    assert!(output.status.success(), "{arguments}: {}", text(&output.stderr));
    text(&output.stdout)
}

fn refused(folder: &Path, arguments: &str, code: i32) -> String {
    let output = drempel(folder, arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments}: {}", text(&output.stderr));
    text(&output.stderr)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn killed_at_any_moment_it_goes_on_to_the_same_bytes() {
    let made = made();
    let kills = rounds("KILLS", 6);
    let mut quarters = [0; 5];
    // Anywhere from before the first chunk to about the end.
    for (kill, moment) in samples(0.0..1.0).take(kills).enumerate() {
        let answer = format!("killed-{kill}.enc");
        let mut child = made.spawn(&answer);
        std::thread::sleep(made.duration.mul_f64(moment));
        child.kill().expect("a kill signal");
        child.wait().expect("dies");
        quarters[made.chunks(&answer) * 4 / number_of_households().div_ceil(64)] += 1;
        if made.path().join(&answer).exists() {
            // It was faster.
            made.is_whole(&answer);
        } else {
            made.finishes(&answer);
        }
    }
    println!("{kills} kills, by quarters of the chunks on the disk: {quarters:?}");
}

#[cfg(unix)]
#[test]
fn told_to_stop_it_finishes_the_chunk_in_hand_and_says_how_to_go_on() {
    let made = made();
    let child = made.spawn("stopped.enc");
    let id = child.id().to_string();
    let signal = |name: &str| {
        assert!(Command::new("kill").args([name, id.as_str()]).status().expect("runs").success());
    };
    made.wait_for("stopped.enc", 1);
    // Stands still until the other one was there.
    signal("-STOP");
    let second = refused(made.path(), &evaluate("stopped.enc", "--resume"), 4);
    assert!(second.contains("another process works on this job"), "{second}");
    signal("-TERM");
    signal("-CONT");
    let output = child.wait_with_output().expect("stops");
    assert_eq!(output.status.code(), Some(4));
    let message = text(&output.stderr);
    assert!(message.contains("stopped after") && message.contains("--resume"), "{message}");
    assert!((1..5).contains(&made.chunks("stopped.enc")), "{}", made.chunks("stopped.enc"));
    assert!(!made.path().join("stopped.enc").exists(), "no answer before every chunk is there");

    // Another job must not be mixed in, and a new one does not overwrite it.
    let other = evaluate("stopped.enc", "--resume").replace("households.csv", "fewer.csv");
    let message = refused(made.path(), &other, 3);
    assert!(message.contains("begun with another file of cases"), "{message}");
    let message = refused(made.path(), &evaluate("stopped.enc", ""), 1);
    assert!(message.contains("a job is there already"), "{message}");
    let status = run(made.path(), "job status --out stopped.enc");
    assert!(status.contains("of 300 answers"), "{status}");

    // A line that a crash cut off, a damaged chunk and one that is gone are computed again.
    let manifest = made.manifest("stopped.enc");
    let mut lines = fs::read(&manifest).expect("there");
    lines.extend(b"{\"number\":4,\"ans");
    fs::write(&manifest, lines).expect("writes");
    let chunk = manifest.with_file_name("0.rows");
    let mut bytes = fs::read(&chunk).expect("there");
    bytes[5_000] ^= 1;
    fs::write(&chunk, bytes).expect("writes");
    assert!(made.finishes("stopped.enc").contains("FFTs and no bootstrap in several runs"));
}

#[test]
fn a_changed_manifest_is_not_believed() {
    let made = made();
    let mut child = made.spawn("changed.enc");
    made.wait_for("changed.enc", 1);
    child.kill().expect("a kill signal");
    child.wait().expect("dies");
    let manifest = made.manifest("changed.enc");
    let good = fs::read_to_string(&manifest).expect("there");
    for (from, to, expected) in [
        ("\"number\":0", "\"number\":9", "line 2 is not as it was written"),
        ("\"answers\":64", "\"answers\":65", "line 2 is not as it was written"),
        ("\"answers\":300", "\"answers\":18446744073709551615", "line 1 is not as it was written"),
        ("\"shard\":\"1/1\"", "\"shard\":\"1/0\"", "line 1 is not as it was written"),
        ("\"chunk\":64", "\"chunk\":0", "line 1 is not as it was written"),
        ("{", "[", "line 1 is not as it was written"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good);
        fs::write(&manifest, bad).expect("writes");
        let message = refused(made.path(), &evaluate("changed.enc", "--resume"), 1);
        assert!(message.contains(expected), "{message}");
    }
    fs::write(&manifest, &good).expect("writes");
    made.finishes("changed.enc");
}

/// What was told of the progress.
fn steps(output: &Output) -> Vec<String> {
    let lines = text(&output.stderr);
    let told = lines.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    told.map(|line| format!("{} {}/{}", line["step"].as_str().unwrap_or("?"), line["done"], line["of"]))
        .collect()
}

#[test]
fn shards_on_several_machines_join_to_the_same_bytes() {
    let made = made();
    let shard = |number: usize| evaluate("sharded.enc", &format!("--shard {number}/3"));
    let assemble = format!("job assemble {}", inputs("sharded.enc"));
    let message = refused(made.path(), &assemble, 1);
    assert!(message.contains("there is no job here"), "{message}");
    let first = drempel(made.path(), &format!("{} --json", shard(1)));
    assert!(text(&first.stdout).contains("\"answers\": 128"), "{}", text(&first.stdout));
    assert_eq!(steps(&first), ["evaluating 64/128", "evaluating 128/128"]);
    let message = refused(made.path(), &assemble, 1);
    assert!(message.contains("128 of 300 answers are there"), "{message}");
    // The second as Slurm starts it, the third as Kubernetes does.
    let arrays: [&[(&str, &str)]; 2] =
        [&[("SLURM_ARRAY_TASK_ID", "11"), ("SLURM_ARRAY_TASK_MIN", "10")], &[("JOB_COMPLETION_INDEX", "2")]];
    for variables in arrays {
        let mut command = command(made.path(), &evaluate("sharded.enc", "--shards 3 --resume"));
        command.envs(variables.iter().copied());
        let output = command.output().expect("runs");
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    let joined = drempel(made.path(), &format!("{assemble} --json"));
    assert_eq!(steps(&joined), [64, 128, 192, 256, 300].map(|done| format!("assembling {done}/300")));
    made.is_whole("sharded.enc");
    for wrong in ["--shard 0/3", "--shard 4/3", "--shard 3", "--shards 3"] {
        let output = drempel(made.path(), &evaluate("wrong.enc", wrong));
        assert!(matches!(output.status.code(), Some(1 | 2)), "{wrong}");
    }
}

/// A limit on the size of files stands for a full disk: every write beyond it fails, each time at another place.
#[cfg(unix)]
#[test]
fn a_full_disk_is_a_named_error_and_costs_no_answer() {
    let made = made();
    let steps = rounds("FULL_DISKS", 4);
    for step in 0..steps {
        let answer = format!("full-{step}.enc");
        // In blocks of 1,024 bytes: from less than the manifest to more than a chunk, which is 525 of them.
        let blocks = step * 530 / (steps - 1);
        let arguments = evaluate(&answer, "--resume");
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec {DREMPEL} {arguments}");
        let output = Command::new("bash")
            .args(["-c", &script])
            .current_dir(made.path())
            .env("DREMPEL_PASSPHRASE", PASSPHRASE)
            .output()
            .expect("runs");
        if output.status.success() {
            assert!(blocks > 525, "a chunk was written past the limit of {blocks}");
            made.is_whole(&answer);
            continue;
        }
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(4), "{blocks}: {message}");
        assert!(message.contains("File too large"), "{message}");
        assert!(!made.path().join(&answer).exists());
        made.finishes(&answer);
    }
}

/// The seed that hides the answers is as much a part of the job as its chunks.
#[test]
fn a_blinded_job_is_never_finished_with_another_seed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path();
    let text = AGREEMENT
        .replace(
            "{ name = \"holder\", roles = [\"key-holder\"] },",
            "{ name = \"holder\", roles = [\"key-holder\"] }, { name = \"receiver\", roles = [] },",
        )
        .replace("to = \"holder\"", "to = \"receiver\", blinded = true");
    sign_all(path, "agreement.toml", &text);
    for name in ["incomes.csv", "households.csv"] {
        fs::copy(made().path().join(name), path.join(name)).expect("copies");
    }
    run(path, "keygen --agreement agreement.toml --signing-key agreement.holder.key --out keys");
    run(
        path,
        "encrypt --agreement agreement.toml --dataset income --public-key keys/public.key \
         --signing-key agreement.provider.key --input incomes.csv --out income.enc",
    );
    close_noise(path);
    let shard =
        |number: usize| evaluate("blinded.enc", &format!("--blinding blinding --resume --shard {number}/2"));
    run(path, &shard(1));
    let seed = path.join("blinded.enc.job/blinding.drempel");
    let kept = fs::read(&seed).expect("a seed");
    fs::remove_file(&seed).expect("it is there");
    let assemble = format!("job assemble {} --blinding blinding", inputs("blinded.enc"));
    for command in [shard(2), assemble.clone()] {
        let output = drempel(path, &command);
        let message = text(&output.stderr);
        assert!(!output.status.success() && message.contains("begin again"), "{message}");
        assert!(!seed.exists(), "no other seed is made");
    }
    fs::write(&seed, kept).expect("writes");
    run(path, &shard(2));
    run(path, &assemble);
    let answer = fs::read(path.join("blinded.enc")).expect("written");
    // A scheduler that repeats its command finds the job done, and nothing changes.
    let again = run(path, &evaluate("blinded.enc", "--blinding blinding --resume"));
    assert!(again.contains("this job is done"), "{again}");
    assert!(fs::read(path.join("blinded.enc")).expect("there") == answer);
    let other =
        evaluate("blinded.enc", "--blinding blinding --resume").replace("households.csv", "fewer.csv");
    fs::copy(made().path().join("fewer.csv"), path.join("fewer.csv")).expect("copies");
    let message = refused(path, &other, 1);
    assert!(message.contains("is the answer of another job"), "{message}");
}

/// Two chunks of one job with their lines of the manifest changed over: each is signed for its own place.
#[test]
fn chunks_cannot_change_places_even_with_the_manifest() {
    let made = made();
    run(made.path(), &evaluate("swapped.enc", "--shard 1/2"));
    run(made.path(), &evaluate("swapped.enc", "--shard 2/2"));
    let folder = made.path().join("swapped.enc.job/1-of-2");
    let manifest = fs::read_to_string(folder.join("manifest")).expect("there");
    let digest = |number: usize| {
        let line =
            manifest.lines().find(|line| line.contains(&format!("\"number\":{number},"))).expect("a line");
        line.split("\"digest\":\"").nth(1).expect("a digest")[..64].to_owned()
    };
    let (first, second) = (digest(0), digest(2));
    let swapped = manifest.replace(&first, "FIRST").replace(&second, &first).replace("FIRST", &second);
    fs::write(folder.join("manifest"), swapped).expect("writes");
    fs::rename(folder.join("0.rows"), folder.join("x")).expect("moves");
    fs::rename(folder.join("2.rows"), folder.join("0.rows")).expect("moves");
    fs::rename(folder.join("x"), folder.join("2.rows")).expect("moves");
    let output = drempel(made.path(), &format!("job assemble {}", inputs("swapped.enc")));
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{message}");
    assert!(message.contains("must be signed by party"), "{message}");
}
