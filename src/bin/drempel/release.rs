use drempel::container::{Access, write_atomically};
use drempel::{EncryptedAnswer, KeyHolder, SecretKey};
use serde_json::json;

use crate::cli::ReleaseArgs;
use crate::failure::Failure;
use crate::output::Output;

const UNATTESTED: &str = "\
released without attestation. Nobody has checked that these answers were computed as agreed; an evaluator \
who forges answers and sees them opened can recover the secret key. Do not hand these decisions to the evaluator.";

pub(crate) fn run(args: &ReleaseArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open(&args.agreement)?;
    let key = SecretKey::open(&args.secret_key);
    let key = key.map_err(|error| Failure::from(error).about(&args.secret_key))?;
    let encrypted = EncryptedAnswer::open(&args.answer);
    let encrypted = encrypted.map_err(|error| Failure::from(error).about(&args.answer))?;
    let answer = KeyHolder::new(key).release(&agreement, &encrypted);
    let answer = answer.map_err(|error| Failure::from(error).about(&args.answer))?;
    write_atomically(&args.out, Access::Private, |out| answer.write_csv(out))
        .map_err(|error: std::io::Error| Failure::from(error).about(&args.out))?;
    output.note(&format!("warning: {UNATTESTED}"));
    let (count, eligible) = (answer.rows().len(), answer.eligible());
    let text = format!("{}: {count} households, {eligible} eligible\n", args.out.display());
    let object = json!({
        "answers": count,
        "eligible": eligible,
        "attested": false,
        "warning": UNATTESTED,
        "file": { "path": args.out },
    });
    output.result(&text, &object);
    Ok(())
}
