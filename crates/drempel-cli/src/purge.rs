use std::fmt::Write;
use std::path::{Path, PathBuf};

use drempel::agreement::Role;
use drempel::analysis::Question;
use drempel::retention::{Purge, RetentionError};
use drempel::signature::VerifyingKey;
use drempel::{Ledger, SignedAgreement};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::cli::PurgeArgs;
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(args: &PurgeArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open_signed(&args.agreement)?;
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let purge = Purge::plan(&agreement, &args.files, &args.also, today)?;
    let mut text = String::new();
    let verb = if args.dry_run { "would be deleted" } else { "deleted" };
    for path in purge.due() {
        let _ = writeln!(text, "{}: {verb}", path.display());
    }
    for (path, day) in purge.kept() {
        let _ = writeln!(text, "{}: kept until {day}", path.display());
    }
    let kept = |(path, day): &(PathBuf, Date)| json!({ "path": path, "until": day.to_string() });
    let mut object = json!({
        "dry_run": args.dry_run,
        "due": purge.due(),
        "kept": purge.kept().iter().map(kept).collect::<Vec<_>>(),
    });
    let deletes = !args.dry_run && !purge.due().is_empty();
    // Only a dry run comes without these two: see its arguments.
    if let (true, Some(file), Some(key)) = (deletes, &args.ledger, &args.signing_key) {
        let signing_key = crate::passphrase::signing_key(key)?;
        let mut ledger = ledger(file, &agreement, &signing_key.verifying_key())?;
        let digests = purge.carry_out(&mut ledger, &signing_key)?;
        let _ = writeln!(text, "written in {}; its head is {}", file.display(), ledger.head());
        object["digests"] = json!(digests);
        object["head"] = json!(ledger.head());
    }
    output.result(&text, &object);
    Ok(())
}

/// A party's ledger. The key holder's began with its keys; another party's may begin here.
fn ledger(
    path: &Path,
    agreement: &SignedAgreement<Question>,
    owner: &VerifyingKey,
) -> Result<Ledger, Failure> {
    let party = agreement.parties().iter().find(|party| party.signing_key == Some(*owner));
    let party = party.ok_or(RetentionError::NotAParty)?;
    if path.exists() || party.roles.contains(&Role::KeyHolder) {
        crate::with_path(path, |path| Ledger::open(path, owner))
    } else {
        crate::with_path(path, Ledger::create)
    }
}
