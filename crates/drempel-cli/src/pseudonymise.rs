use drempel::files::{Access, write_atomically};
use drempel::pseudonym::{IdCheck, PseudonymKey, PseudonymiseError, pseudonymise};
use serde_json::json;

use crate::cli::{PseudonymKeyArgs, PseudonymiseArgs};
use crate::failure::Failure;
use crate::output::{Output, file_bytes, size};

pub(crate) fn run(args: &PseudonymiseArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open(&args.agreement)?;
    agreement.in_force_today()?;
    if args.out == args.input {
        return Err(Failure::input("--out would replace --input; choose another file").about(&args.out));
    }
    let mut rows = crate::input::open_csv(&args.input, &args.dialect.dialect())?;
    let bytes = crate::passphrase::read_key_file(&args.key)?;
    let key = PseudonymKey::from_bytes(agreement.id(), &bytes).ok_or_else(|| {
        let message = "holds no pseudonym key of this agreement; use the one key that its parties share";
        Failure::input(message).about(&args.key)
    })?;
    let check = if args.bsn { IdCheck::Bsn } else { IdCheck::Any };
    let rows = write_atomically(&args.out, Access::Private, |out| {
        pseudonymise(&key, check, &args.column, &mut rows, out)
    });
    let rows = rows.map_err(|error| {
        let file = if matches!(error, PseudonymiseError::Io(_)) { &args.out } else { &args.input };
        Failure::from(error).about(file)
    })?;
    let text = format!(
        "{}: {rows} rows, pseudonyms in column \"{}\"\n\
         the other columns are as they were: see to it that none of them names a person\n",
        args.out.display(),
        args.column,
    );
    let object = json!({
        "agreement": agreement.id().to_string(),
        "column": args.column,
        "bsn": args.bsn,
        "rows": rows,
        "file": { "path": args.out, "bytes": file_bytes(&args.out) },
    });
    output.result(&text, &object);
    Ok(())
}

/// Makes the pseudonym key of an agreement.
pub(crate) fn make_key(args: &PseudonymKeyArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open(&args.agreement)?;
    agreement.in_force_today()?;
    if args.out.exists() {
        let message = "is there already; a new key gives everybody a new pseudonym. Choose another file";
        return Err(Failure::input(message).about(&args.out));
    }
    let key = PseudonymKey::generate(agreement.id());
    crate::passphrase::write_key_file(&args.out, &key.to_bytes())?;
    let bytes = file_bytes(&args.out);
    let text = format!(
        "{} ({}): pseudonym key of agreement {}\n\
         for every data provider and the evaluator, never for the key holder\n",
        args.out.display(),
        size(bytes),
        agreement.id(),
    );
    let object = json!({
        "agreement": agreement.id().to_string(),
        "file": { "path": args.out, "bytes": bytes },
    });
    output.result(&text, &object);
    Ok(())
}
