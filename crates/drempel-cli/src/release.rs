use std::fmt::Write;
use std::io;

use drempel::agreement::Role;
use drempel::files::{Access, check_writable, write_atomically};
use drempel::roles::auditor::unseen;
use drempel::{Attestation, EncryptedAnswer, KeyHolder, Ledger, SecretKey};
use serde_json::json;

use crate::cli::ReleaseArgs;
use crate::failure::Failure;
use crate::output::Output;

/// Numbers of forged answers: one, a peek at an amount, a whole secret key.
const FORGED: [u32; 3] = [1, 32, 2_048];

pub(crate) fn run(args: &ReleaseArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open_signed(&args.agreement)?;
    let encrypted = crate::with_path(&args.answer, EncryptedAnswer::open)?;
    let attestations = crate::open_each(&args.attestation, Attestation::open)?;
    let signing_key = crate::passphrase::signing_key(&args.signing_key)?;
    let secret = crate::passphrase::read_key_file(&args.secret_key)?;
    let secret = SecretKey::from_bytes(&secret)
        .ok_or_else(|| Failure::input("holds no secret key of drempel").about(&args.secret_key))?;
    let beside = || args.secret_key.with_file_name("ledger.jsonl");
    let path = args.ledger.clone().unwrap_or_else(beside);
    let mut ledger = crate::with_path(&path, |path| Ledger::open(path, &signing_key.verifying_key()))?;
    let holder = KeyHolder::new(secret, signing_key);
    crate::with_path(&args.out, check_writable)?;
    let released = holder.release(&agreement, &encrypted, &attestations, &mut ledger);
    let answer = released.map_err(|error| Failure::from(error).about(&args.answer))?;
    let entry = ledger.entries().len();
    write_atomically(&args.out, Access::Private, |out| answer.write_csv(out)).map_err(
        |error: io::Error| {
            let spent = format!("{error}; ledger entry {entry} has the release, and it cannot be repeated");
            Failure { message: spent, ..Failure::from(error) }.about(&args.out)
        },
    )?;
    let made = encrypted.provenance();
    let share = agreement.disclosure().audit;
    let auditors: Vec<&str> = agreement.holders(Role::Auditor).map(|party| party.name.as_str()).collect();
    let audited = attestations.iter().map(|one| one.statement().audited).max().unwrap_or(0);
    let parties: Vec<&str> = agreement.parties().iter().map(|party| party.name.as_str()).collect();
    let count = answer.values().len();
    let mut text = format!(
        "checked: agreement {} in force and signed by {}\n\
         checked: every table ({}) signed by its provider; answer signed by the evaluator, made by {}\n\
         checked: {audited} of {count} answers evaluated again by an auditor ({}), by a draw that nobody could foresee\n\
         checked: nothing in the ledger against it\n",
        agreement.id(),
        parties.join(", "),
        made.tables.len(),
        made.program,
        auditors.join(" or "),
    );
    if share < 1.0 {
        for forged in FORGED {
            let unseen = unseen(share, forged);
            let _ =
                writeln!(text, "a forgery of {forged} answers would go unseen with probability {unseen:.2e}");
        }
    } else {
        text += "no forgery goes unseen: every answer was evaluated again\n";
    }
    let blinded = answer.blinded().is_some();
    let what = match blinded {
        false => crate::output::answers(&answer),
        true => format!("{count} blinded answers, for {} to unblind", agreement.disclosure().to),
    };
    let _ = writeln!(text, "{}: {what}\nledger head {}", args.out.display(), ledger.head());
    let object = json!({
        "agreement": agreement.id(),
        "signed_by": parties,
        "answer": encrypted.digest(),
        "auditors": auditors,
        "answers": count,
        "yes": answer.yes(),
        "blinded": blinded,
        "audited": audited,
        "unseen": FORGED.map(|forged| json!({ "forged": forged, "probability": unseen(share, forged) })),
        "ledger": { "path": path, "head": ledger.head() },
        "file": { "path": args.out },
    });
    output.result(&text, &object);
    Ok(())
}
