use std::fmt::Write;
use std::path::{Path, PathBuf};

use drempel::Ledger;
use drempel::agreement::Role;
use drempel::ledger::{Entry, Event};
use serde_json::json;

use crate::cli::{LedgerAction, LedgerArgs};
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(args: &LedgerArgs, output: &Output) -> Result<(), Failure> {
    match &args.action {
        LedgerAction::Verify { file, agreement, head } => {
            let ledger = open(file, agreement)?;
            if let Some(head) = head {
                ledger.expect_head(*head).map_err(|error| Failure::from(error).about(file))?;
            }
            let entries = ledger.entries().len();
            let end = if head.is_some() { "ends where it should" } else { "give --head to check its end" };
            let text =
                format!("{}: {entries} entries, unbroken; {end}\nhead {}\n", file.display(), ledger.head());
            output.result(&text, &json!({ "entries": entries, "head": ledger.head() }));
        }
        LedgerAction::Show { file, agreement } => {
            let ledger = open(file, agreement)?;
            let text: String = ledger.entries().iter().map(words).collect();
            output.result(&text, &json!({ "entries": ledger.entries(), "head": ledger.head() }));
        }
    }
    Ok(())
}

/// Reads and verifies a ledger under the key holder's public key in the agreement.
pub(crate) fn open(file: &Path, agreement: &Path) -> Result<Ledger, Failure> {
    let signed = crate::agreement::open_signed(agreement)?;
    let owner = signed.holders(Role::KeyHolder).find_map(|party| party.signing_key);
    let owner = owner.expect("a signed agreement has the key holder's key");
    Ledger::verify(file, &owner).map_err(|error| Failure::from(error).about(file))
}

/// Where the ledger is when nobody says otherwise: beside the secret key.
pub(crate) fn beside(secret_key: &Path, given: Option<&PathBuf>) -> PathBuf {
    given.cloned().unwrap_or_else(|| secret_key.with_file_name("ledger.jsonl"))
}

fn words(entry: &Entry) -> String {
    let mut text = format!("{:>4}  {}  ", entry.number, entry.time);
    let _ = match &entry.event {
        Event::Keys { agreement, key, .. } => writeln!(text, "keys made: {key}\n      agreement {agreement}"),
        Event::Release(release) => {
            let tables: Vec<String> = release.tables.iter().map(ToString::to_string).collect();
            writeln!(
                text,
                "{} answers opened by {} for {}, {} of them audited\n      agreement {}\n      answer    {}\n      tables    {}",
                release.answers,
                release.by,
                release.to,
                release.audited,
                release.agreement,
                release.answer,
                tables.join("\n                "),
            )
        }
        Event::Purge { agreement, files } => {
            writeln!(text, "{} files deleted\n      agreement {agreement}", files.len())
        }
        _ => writeln!(text, "an event that this version does not know"),
    };
    text
}
