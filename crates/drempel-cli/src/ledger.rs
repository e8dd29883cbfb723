use std::fmt::Write;
use std::path::Path;

use drempel::Ledger;
use drempel::agreement::{Party, Role};
use drempel::ledger::{Entry, Event};
use serde_json::json;

use crate::cli::{LedgerAction, LedgerArgs};
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(args: &LedgerArgs, output: &Output) -> Result<(), Failure> {
    match &args.action {
        LedgerAction::Verify { file, agreement, party, head } => {
            let (ledger, owner) = open(file, agreement, party.as_deref())?;
            if let Some(head) = head {
                ledger.expect_head(*head).map_err(|error| Failure::from(error).about(file))?;
            }
            let entries = ledger.entries().len();
            let end = if head.is_some() { "ends where it should" } else { "give --head to check its end" };
            let text = format!(
                "{}: {entries} entries of {owner}, unbroken; {end}\nhead {}\n",
                file.display(),
                ledger.head()
            );
            output.result(&text, &json!({ "owner": owner, "entries": entries, "head": ledger.head() }));
        }
        LedgerAction::Show { file, agreement, party } => {
            let (ledger, owner) = open(file, agreement, party.as_deref())?;
            let entries: String = ledger.entries().iter().map(words).collect();
            let text = format!("ledger of {owner}\n{entries}");
            output.result(
                &text,
                &json!({ "owner": owner, "entries": ledger.entries(), "head": ledger.head() }),
            );
        }
    }
    Ok(())
}

/// Reads a ledger and verifies it under the public key of the party that keeps it.
pub(crate) fn verify(file: &Path, owner: &Party) -> Result<Ledger, Failure> {
    let key = owner.signing_key.expect("a signed agreement has every party's key");
    crate::with_path(file, |path| Ledger::verify(path, &key))
}

/// The same of a party by name; nobody named is the key holder.
fn open(file: &Path, agreement: &Path, party: Option<&str>) -> Result<(Ledger, String), Failure> {
    let signed = crate::agreement::open_signed(agreement)?;
    let owner = match party {
        None => Some(signed.only(Role::KeyHolder)),
        Some(name) => signed.parties().iter().find(|party| party.name == name),
    };
    let owner = owner.ok_or_else(|| Failure::input("the agreement has no such party").about(agreement))?;
    Ok((verify(file, owner)?, owner.name.clone()))
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
        Event::Purge { agreement, files, others } => {
            let count = files.len() as u64 + others;
            writeln!(text, "{count} files deleted\n      agreement {agreement}")
        }
        _ => writeln!(text, "an event that this version does not know"),
    };
    text
}
