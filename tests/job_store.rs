//! A job in another store than a folder: in memory, with conditional writes in place of renames and file locks.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use drempel::analysis::Eligibility;
use drempel::files::ContainerError;
use drempel::job::{self, ChunkStore, Claim, JobError, Shard, Start, Stored, Writing};
use drempel::rows::MemoryRows;
use drempel::{
    Auditor, DataProvider, EncryptedTable, Evaluator, Households, KeyHolder, Ledger, Progress, Rehearsal,
    Table,
};

const AGREEMENT: &str = r#"
agreement = { name = "stores", purpose = "p", legal_basis = "l", valid_from = 2020-01-01, valid_until = 2099-12-31, retention_days = 1 }
party = [
    { name = "provider", roles = ["data-provider", "auditor"] },
    { name = "evaluator", roles = ["evaluator"] },
    { name = "holder", roles = ["key-holder"] },
]
dataset = [{ name = "income", provider = "provider", subject = "person", amount = "cents", unit = "eurocent", concept = "c", min = 0, max = 1 }]
analysis = { kind = "eligibility", datasets = ["income"], comparison = "below", max_addends = 1, missing = "refuse", line_min = 0, line_max = 1 }
disclosure = { to = "holder", answers = 100 }
"#;

const HOUSEHOLDS: usize = 14;
const CHUNK: NonZero<usize> = NonZero::new(4).expect("not zero");

/// Entries by their names, and who has which shard.
#[derive(Default)]
struct Memory {
    entries: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    claimed: Arc<Mutex<BTreeSet<String>>>,
    /// The next line that is appended arrives in part, and the store fails.
    breaks: Arc<AtomicBool>,
}

impl Memory {
    fn entries(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.entries.lock().expect("no test panicked with it")
    }
}

impl ChunkStore for Memory {
    fn location(&self, name: &str) -> PathBuf {
        format!("memory:{name}").into()
    }

    fn shards(&self) -> io::Result<Option<Vec<String>>> {
        let entries = self.entries();
        let shards: BTreeSet<String> =
            entries.keys().filter_map(|name| Some(name.split_once('/')?.0.to_owned())).collect();
        Ok((!entries.is_empty()).then(|| shards.into_iter().collect()))
    }

    fn get(&self, name: &str) -> io::Result<Stored> {
        let entry = self.entries().get(name).cloned();
        entry.map(Stored::Bytes).ok_or_else(|| ErrorKind::NotFound.into())
    }

    fn put(&self, name: &str, write: &mut Writing<'_>) -> Result<(), ContainerError> {
        let mut bytes = Vec::new();
        write(&mut bytes)?;
        self.entries().insert(name.to_owned(), bytes);
        Ok(())
    }

    fn put_new(&self, name: &str, write: &mut Writing<'_>) -> Result<bool, ContainerError> {
        if self.entries().contains_key(name) {
            return Ok(false);
        }
        self.put(name, write).map(|()| true)
    }

    fn begin(&self, shard: &str) -> io::Result<Box<dyn Claim>> {
        self.entries().entry(format!("{shard}/manifest")).or_default();
        self.claim(shard)
    }

    fn claim(&self, shard: &str) -> io::Result<Box<dyn Claim>> {
        let manifest = format!("{shard}/manifest");
        if !self.entries().contains_key(&manifest) {
            return Err(ErrorKind::NotFound.into());
        }
        if !self.claimed.lock().expect("no panic").insert(shard.to_owned()) {
            return Err(ErrorKind::ResourceBusy.into());
        }
        let (entries, claimed, breaks) =
            (Arc::clone(&self.entries), Arc::clone(&self.claimed), Arc::clone(&self.breaks));
        Ok(Box::new(Claimed { entries, claimed, breaks, shard: shard.to_owned(), manifest }))
    }

    fn remove(&self) -> io::Result<()> {
        self.entries().clear();
        Ok(())
    }
}

struct Claimed {
    entries: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    claimed: Arc<Mutex<BTreeSet<String>>>,
    breaks: Arc<AtomicBool>,
    shard: String,
    manifest: String,
}

impl Claim for Claimed {
    fn lines(&mut self, _limit: u64) -> io::Result<Vec<u8>> {
        let mut entries = self.entries.lock().expect("no panic");
        let text = entries.get_mut(&self.manifest).expect("made when it was claimed");
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        text.truncate(whole);
        Ok(text.clone())
    }

    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        let breaks = self.breaks.swap(false, Ordering::Relaxed);
        let part = if breaks { &line[..line.len() / 2] } else { line };
        let mut entries = self.entries.lock().expect("no panic");
        entries.get_mut(&self.manifest).expect("made when it was claimed").extend(part);
        if breaks { Err(ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
}

impl Drop for Claimed {
    fn drop(&mut self) {
        self.claimed.lock().expect("no panic").remove(&self.shard);
    }
}

/// Everything that is evaluated, and the bytes of the answer without any store.
struct Scene {
    rehearsal: Rehearsal<Eligibility>,
    evaluator: Evaluator,
    households: Households,
    tables: [EncryptedTable; 1],
    answer: Vec<u8>,
}

impl Scene {
    fn new() -> Self {
        let rehearsal = Rehearsal::<Eligibility>::of(AGREEMENT).expect("a sound agreement");
        let agreement = rehearsal.agreement();
        let keys = KeyHolder::generate(agreement, rehearsal.key("holder"), &mut Ledger::in_memory());
        let (_, public, evaluation) = keys.expect("in force");
        let people = |i: usize| format!("p{i:02}");
        let rows = (0..HOUSEHOLDS).map(|i| [people(i).into(), (i as i64 % 2).into()]);
        let table = Table::from_rows(agreement, "income", &mut MemoryRows::new(["person", "cents"], rows));
        let provider = DataProvider::new(public, rehearsal.key("provider"));
        let tables = [provider.encrypt(agreement, &table.expect("valid")).expect("encrypts")];
        let rows = (0..HOUSEHOLDS).map(|i| [format!("h{i}").into(), people(i).into(), 1.into()]);
        let columns = ["household", "person", "poverty_line_cents"];
        let households = Households::from_rows(&mut MemoryRows::new(columns, rows)).expect("valid");
        let evaluator = Evaluator::new(&evaluation, rehearsal.key("evaluator")).expect("in memory");
        let auditor = Auditor::new(&evaluation, rehearsal.key("provider")).expect("in memory");
        let noise = evaluator.commit(agreement).expect("the evaluator");
        let nonce = auditor.nonce(agreement, noise.digest()).expect("an auditor");
        let evaluator = evaluator.with_noise(noise, nonce);
        let made = evaluator.evaluate(agreement, &households, &tables, |_| {}).expect("evaluates");
        let mut answer = Vec::new();
        made.answer.write(&mut answer).expect("in memory");
        Self { rehearsal, evaluator, households, tables, answer }
    }

    fn job<'j>(&'j self, store: &'j Memory) -> job::Job<'j, drempel::analysis::Eligibility> {
        let agreement = self.rehearsal.agreement();
        self.evaluator.job(agreement, &self.households, &self.tables, store, CHUNK).expect("sound")
    }

    /// Evaluates until so many answers are done.
    fn until(&self, store: &Memory, start: Start, enough: usize) -> Result<Progress, JobError> {
        let stop = AtomicBool::new(false);
        let tell = |progress: Progress| stop.store(progress.done >= enough, Ordering::Relaxed);
        self.job(store).evaluate(Shard::WHOLE, start, &stop, tell)
    }

    fn finishes(&self, store: &Memory) {
        self.until(store, Start::Resume, usize::MAX).expect("goes on");
        let made = self.job(store).assemble(|_| Ok::<(), JobError>(()), |_| {}).expect("assembles");
        let mut answer = Vec::new();
        made.answer.write(&mut answer).expect("in memory");
        assert!(answer == self.answer, "other bytes");
        assert!(store.entries().is_empty());
    }
}

#[test]
fn a_job_in_memory_goes_on_to_the_same_bytes_whatever_it_loses() {
    let scene = Scene::new();
    let store = Memory::default();
    assert!(matches!(job::status(&store), Err(JobError::NotBegun { .. })));
    let progress = scene.until(&store, Start::New, 8).expect("begins");
    assert_eq!(progress, Progress { done: 8, of: HOUSEHOLDS });
    assert_eq!(job::status(&store).expect("begun").whole, progress);
    let names: Vec<String> = store.entries().keys().cloned().collect();
    assert_eq!(names, ["1-of-1/0.rows", "1-of-1/1.rows", "1-of-1/manifest"]);
    let again = scene.until(&store, Start::New, 8).expect_err("it is there").to_string();
    assert_eq!(
        again,
        "memory:1-of-1: a job is there already; go on with it (--resume), or remove the folder"
    );

    // A chunk that is lost and one that is damaged are computed again.
    store.entries().remove("1-of-1/0.rows").expect("it was there");
    let unfinished = scene.job(&store).assemble(|_| Ok::<(), JobError>(()), |_| {});
    assert!(matches!(unfinished, Err(JobError::Unfinished { done: 8, .. })));
    store.entries().get_mut("1-of-1/1.rows").expect("it is there")[5_000] ^= 1;

    // Nobody else works on it meanwhile.
    let claim = store.claim("1-of-1").expect("free");
    let busy = scene.until(&store, Start::Resume, 0).expect_err("claimed").to_string();
    assert_eq!(busy, "memory:1-of-1: another process works on this job");
    drop(claim);
    assert_eq!(store.claim("1-of-2").err().map(|error| error.kind()), Some(ErrorKind::NotFound));

    // A line of the manifest that arrives in part was never said.
    store.breaks.store(true, Ordering::Relaxed);
    let failed = scene.until(&store, Start::Resume, usize::MAX).expect_err("the store fails").to_string();
    assert!(failed.starts_with("memory:1-of-1/manifest: "), "{failed}");
    scene.finishes(&store);
}

#[test]
fn shards_in_memory_are_joined_to_the_same_bytes() {
    let scene = Scene::new();
    let store = Memory::default();
    for index in [3, 1, 2] {
        let shard = Shard::new(index, 3).expect("a share");
        let done = scene.job(&store).evaluate(shard, Start::New, &AtomicBool::new(false), |_| {});
        let done = done.expect("evaluates");
        assert_eq!(done.done, done.of);
    }
    let shards = job::status(&store).expect("begun").shards;
    assert_eq!(shards.len(), 3);
    let made = scene.job(&store).assemble(|_| Ok::<(), JobError>(()), |_| {}).expect("assembles");
    assert_eq!(
        made.answer.digest(),
        drempel::EncryptedAnswer::from_bytes(scene.answer).expect("one").digest()
    );
}
