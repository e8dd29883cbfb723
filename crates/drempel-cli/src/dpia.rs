use std::io;

use drempel::agreement::Role;
use drempel::files::{Access, write_atomically};
use drempel_report::dpia::document;
use serde_json::json;

use crate::cli::DpiaArgs;
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(args: &DpiaArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open_signed(&args.agreement)?;
    let ledger = args.ledger.as_deref();
    let verify = |file| crate::ledger::verify(file, agreement.only(Role::KeyHolder));
    let ledger = ledger.map(verify).transpose()?;
    let document = document(&agreement, ledger.as_ref(), args.language);
    let mut object = json!({
        "agreement": agreement.id().to_string(),
        "ledger": ledger.map(|ledger| ledger.head().to_string()),
        "language": args.language.code(),
    });
    match &args.out {
        None => {
            object["document"] = json!(document);
            output.result(&document, &object);
        }
        Some(path) => {
            write_atomically(path, Access::Shared, |out| out.write_all(document.as_bytes()))
                .map_err(|error: io::Error| Failure::from(error).about(path))?;
            object["file"] = json!({ "path": path });
            output.result(&format!("{}: written\n", path.display()), &object);
        }
    }
    Ok(())
}
