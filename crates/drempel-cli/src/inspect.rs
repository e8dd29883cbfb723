use std::fmt::Write;

use drempel::analysis::Question;
use drempel::files::{Container, ContainerError, Kind};
use drempel::{
    Attestation, Blinding, EncryptedAnswer, EncryptedTable, EvaluationKey, Noise, Nonce, PublicKey,
    Transcript,
};
use serde_json::json;

use crate::cli::InspectArgs;
use crate::failure::Failure;
use crate::output::{Output, file_bytes, size};

pub(crate) fn run(args: &InspectArgs, output: &Output) -> Result<(), Failure> {
    let path = &args.file;
    let about = |error: ContainerError| Failure::from(error).about(path);
    if drempel::files::is_key_file(path) {
        let text = format!("{}: a key file, encrypted under a passphrase\n", path.display());
        output.result(&text, &json!({ "kind": "a key file" }));
        return Ok(());
    }
    let container = match Container::open(path) {
        Err(ContainerError::NotDrempel) => {
            // The one artefact that is text.
            let agreement = drempel::Agreement::<Question>::open(path).map_err(|error| {
                Failure::input(format!("no drempel file, and no agreement either: {error}")).about(path)
            })?;
            output.result(&crate::agreement::words(&agreement), &crate::agreement::object(&agreement));
            return Ok(());
        }
        other => other.map_err(about)?,
    };
    let header = container.header();
    let bytes = file_bytes(path);
    let mut text = format!(
        "{}: {}, {}, intact\n  agreement  {}\n  key        {}\n  digest     {}\n",
        path.display(),
        header.kind,
        size(bytes),
        header.agreement,
        header.key,
        container.digest(),
    );
    let mut object = json!({
        "kind": header.kind.to_string(),
        "bytes": bytes,
        "agreement": header.agreement.to_string(),
        "key": header.key.to_string(),
        "digest": container.digest().to_string(),
    });
    match header.kind {
        Kind::EncryptedTable => {
            let table = EncryptedTable::from_container(container).map_err(about)?;
            table.check().map_err(about)?;
            let _ = writeln!(text, "  dataset    {}", table.dataset());
            let _ = writeln!(text, "  rows       {} of {} ciphertexts", table.rows(), table.width());
            object["dataset"] = json!(table.dataset());
            object["rows"] = json!(table.rows());
            object["width"] = json!(table.width());
        }
        Kind::EncryptedAnswer => {
            let answer = EncryptedAnswer::from_container(container).map_err(about)?;
            let made_from = answer.provenance();
            let tables: Vec<String> =
                made_from.tables.iter().map(|table| table.digest().to_string()).collect();
            let _ = writeln!(text, "  answers    {}", made_from.subjects.len());
            let _ = writeln!(text, "  cases      {}", made_from.cases);
            for table in &tables {
                let _ = writeln!(text, "  table      {table}");
            }
            object["answers"] = json!(made_from.subjects.len());
            object["cases"] = json!(made_from.cases.to_string());
            let _ = writeln!(text, "  made by    {}", made_from.program);
            object["tables"] = json!(tables);
            object["program"] = json!(made_from.program);
        }
        Kind::Attestation => {
            let attestation = Attestation::from_container(container).map_err(about)?;
            let statement = attestation.statement();
            let _ = writeln!(text, "  answer     {}", statement.answer);
            let _ = writeln!(text, "  audited    {} of {}", statement.audited, statement.answers);
            let _ = writeln!(text, "  made by    {}", statement.program);
            object["answer"] = json!(statement.answer);
            object["audited"] = json!(statement.audited);
            object["answers"] = json!(statement.answers);
        }
        Kind::PublicKey => drop(PublicKey::from_container(container).map_err(about)?),
        Kind::EvaluationKey => {
            let key = EvaluationKey::from_container(container).map_err(about)?;
            let _ = writeln!(text, "  parts      {}", key.parts());
            object["parts"] = json!(key.parts().to_string());
        }
        Kind::Transcript => drop(Transcript::from_container(container).map_err(about)?),
        Kind::Blinding => drop(Blinding::from_container(container).map_err(about)?),
        Kind::Noise => drop(Noise::from_container(container).map_err(about)?),
        Kind::Nonce => {
            let nonce = Nonce::from_container(container).map_err(about)?;
            let _ = writeln!(text, "  for noise  {}", nonce.noise());
            object["noise"] = json!(nonce.noise());
        }
        _ => {}
    }
    output.result(&text, &object);
    Ok(())
}
