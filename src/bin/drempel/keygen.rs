use std::path::Path;

use drempel::analysis::Program;
use drempel::{KeyHolder, Ledger, SignedAgreement, SigningKey};
use serde_json::json;

use crate::cli::KeygenArgs;
use crate::failure::Failure;
use crate::output::{Output, file_bytes, size};

pub(crate) fn run(args: &KeygenArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open_signed(&args.agreement)?;
    agreement.in_force_today()?;
    let files =
        ["secret.key", "public.key", "evaluation.key", "ledger.jsonl"].map(|name| args.out.join(name));
    if let Some(file) = files.iter().find(|file| file.exists()) {
        let message =
            "is there already; new keys cannot open what was encrypted for the old. Choose another folder";
        return Err(Failure::input(message).about(file));
    }
    let signing_key = crate::passphrase::signing_key(&args.signing_key)?;
    crate::with_path(&args.out, |path| std::fs::create_dir_all(path))?;
    let key = generate(&agreement, signing_key, &args.out)?;
    let mut text = format!("key {key} for agreement {}\n", agreement.id());
    let uses = [
        "keep it, alone: whoever has it and its passphrase can decrypt",
        "for every data provider",
        "for the evaluator and the auditor",
        "keep it: what is opened is written here first",
    ];
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

/// Makes the three keys and the ledger in a folder and returns the key set's id.
pub(crate) fn generate(
    agreement: &SignedAgreement<impl Program>,
    signing_key: SigningKey,
    out: &Path,
) -> Result<String, Failure> {
    KeyHolder::check_signing_key(agreement, &signing_key)?;
    // Asked before anything is made: without it there would be keys that nobody can use.
    let secret_key = crate::passphrase::NewKeyFile::ask(&out.join("secret.key"))?;
    let mut ledger = crate::with_path(&out.join("ledger.jsonl"), Ledger::create)?;
    let (holder, public, evaluation) = KeyHolder::generate(agreement, signing_key, &mut ledger)?;
    crate::with_path(&out.join("public.key"), |path| public.save(path))?;
    crate::with_path(&out.join("evaluation.key"), |path| evaluation.save(path))?;
    secret_key.write(&holder.key().to_bytes())?;
    Ok(public.header().key.to_string())
}
