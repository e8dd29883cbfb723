use std::fs::File;

use drempel::container::{Access, write_atomically};
use drempel::{Answer, Blinding, EncryptedAnswer};
use serde_json::json;

use crate::cli::UnblindArgs;
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(args: &UnblindArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open_signed(&args.agreement)?;
    let encrypted = crate::with_path(&args.answer, EncryptedAnswer::open)?;
    let blinding = crate::with_path(&args.blinding, Blinding::open)?;
    let opened = crate::with_path(&args.opened, |path| File::open(path))?;
    let answer = Answer::read_blinded(&agreement, &encrypted, &blinding, opened)
        .and_then(|answer| answer.unblind(&blinding));
    let answer = answer.map_err(|error| Failure::from(error).about(&args.opened))?;
    write_atomically(&args.out, Access::Private, |out| answer.write_csv(out))
        .map_err(|error: std::io::Error| Failure::from(error).about(&args.out))?;
    let text = format!("{}: {}\n", args.out.display(), crate::output::answers(&answer));
    let object =
        json!({ "answers": answer.values().len(), "yes": answer.yes(), "file": { "path": args.out } });
    output.result(&text, &object);
    Ok(())
}
