use std::path::Path;

use drempel::container::{Access, ContainerError, write_atomically};
use drempel::{Agreement, KeyHolder};
use serde_json::json;

use crate::cli::KeygenArgs;
use crate::failure::Failure;
use crate::output::{Output, file_bytes, size};

pub(crate) fn run(args: &KeygenArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open(&args.agreement)?;
    agreement.in_force_today()?;
    let files = ["secret.key", "public.key", "evaluation.key"].map(|name| args.out.join(name));
    if let Some(file) = files.iter().find(|file| file.exists()) {
        let message =
            "is there already; new keys cannot open what was encrypted for the old. Choose another folder";
        return Err(Failure::input(message).about(file));
    }
    std::fs::create_dir_all(&args.out).map_err(|error| Failure::from(error).about(&args.out))?;
    let key = generate(&agreement, &args.out)?;
    let mut text = format!("key {key} for agreement {}\n", agreement.id());
    let uses = ["keep it, alone: whoever has it can decrypt", "for every data provider", "for the evaluator"];
    for (file, purpose) in files.iter().zip(uses) {
        text += &format!("{} ({}): {purpose}\n", file.display(), size(file_bytes(file)));
    }
    let object = json!({
        "agreement": agreement.id().to_string(),
        "key": key,
        "files": files.iter().map(|file| json!({ "path": file, "bytes": file_bytes(file) })).collect::<Vec<_>>(),
    });
    output.result(&text, &object);
    Ok(())
}

/// Makes the three keys in a folder and returns their id.
pub(crate) fn generate(agreement: &Agreement, out: &Path) -> Result<String, Failure> {
    let (holder, public, evaluation) = KeyHolder::generate(agreement)?;
    let save = |name: &str, access, write: &dyn Fn(&mut dyn std::io::Write) -> Result<(), ContainerError>| {
        let path = out.join(name);
        write_atomically(&path, access, |out| write(out)).map_err(|error| Failure::from(error).about(&path))
    };
    // The secret key last: while it is missing, `keygen` may be run again.
    save("public.key", Access::Shared, &|out| public.write(out))?;
    save("evaluation.key", Access::Shared, &|out| evaluation.write(out))?;
    save("secret.key", Access::Private, &|out| holder.key().write(out))?;
    Ok(public.id().to_string())
}
