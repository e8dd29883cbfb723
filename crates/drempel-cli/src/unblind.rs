use std::fs::File;

use drempel::files::{Access, write_atomically};
use drempel::{Blinding, EncryptedAnswer, Receiver};
use serde_json::json;

use crate::cli::UnblindArgs;
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(args: &UnblindArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open_signed(&args.agreement)?;
    let encrypted = crate::with_path(&args.answer, EncryptedAnswer::open)?;
    let receiver = Receiver::new(crate::with_path(&args.blinding, Blinding::open)?);
    let opened = crate::with_path(&args.opened, |path| File::open(path))?;
    let answer = receiver.read(&agreement, &encrypted, opened).and_then(|answer| receiver.unblind(answer));
    let answer = answer.map_err(|error| Failure::from(error).about(&args.opened))?;
    write_atomically(&args.out, Access::Private, |out| answer.write_csv(out))
        .map_err(|error: std::io::Error| Failure::from(error).about(&args.out))?;
    let text = format!("{}: {}\n", args.out.display(), crate::output::answers(&answer));
    let object =
        json!({ "answers": answer.values().len(), "yes": answer.yes(), "file": { "path": args.out } });
    output.result(&text, &object);
    Ok(())
}
