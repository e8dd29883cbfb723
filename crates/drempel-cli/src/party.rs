use drempel::SigningKey;
use serde_json::json;

use crate::cli::{PartyAction, PartyArgs};
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(args: &PartyArgs, output: &Output) -> Result<(), Failure> {
    match &args.action {
        PartyAction::Keygen { out } => {
            if out.exists() {
                let message = "is there already; agreements name its public half. Choose another file";
                return Err(Failure::input(message).about(out));
            }
            let key = SigningKey::generate();
            crate::passphrase::write_key_file(out, &key.to_bytes())?;
            let public = key.verifying_key().to_string();
            let text = format!(
                "{}: keep it; whoever has it and its passphrase can sign for you\n\
                 put this line under your [[party]] in the agreement:\nsigning_key = \"{public}\"\n",
                out.display(),
            );
            output.result(&text, &json!({ "signing_key": public, "file": { "path": out } }));
        }
        PartyAction::Show { key } => {
            let public = crate::passphrase::signing_key(key)?.verifying_key().to_string();
            output.result(&format!("signing_key = \"{public}\"\n"), &json!({ "signing_key": public }));
        }
    }
    Ok(())
}
