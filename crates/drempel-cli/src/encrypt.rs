use drempel::{DataProvider, PublicKey, Table};
use serde_json::json;

use crate::cli::EncryptArgs;
use crate::failure::Failure;
use crate::output::{Output, file_bytes, size};

pub(crate) fn run(args: &EncryptArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open_signed(&args.agreement)?;
    let key = crate::with_path(&args.public_key, PublicKey::open)?;
    // To open a key file takes hundreds of megabytes for a moment: before the table is there.
    let signing_key = crate::passphrase::signing_key(&args.signing_key)?;
    let dataset = agreement.input(&args.dataset).map_err(Failure::from)?;
    let mut rows = crate::input::dataset(dataset, &args.input, &args.dialect)?;
    let table = Table::from_rows(&agreement, &args.dataset, &mut *rows);
    let table = table.map_err(|error| Failure::from(error).about(&args.input))?;
    let key_id = key.header().key;
    let bar = output.bar("encrypting", 0, table.rows());
    DataProvider::new(key, signing_key)
        .encrypt_to(&agreement, &table, &args.out, |rows| bar.set_position(rows as u64))
        .map_err(|error| Failure::from(error).about(&args.out))?;
    bar.finish_and_clear();
    let bytes = file_bytes(&args.out);
    let mut text = format!(
        "{}: {} rows of dataset \"{}\", {} ({} per row)\n",
        args.out.display(),
        table.rows(),
        args.dataset,
        size(bytes),
        size(bytes / table.rows() as u64),
    );
    text += &format!("key {key_id}, signed by the key holder\n");
    if table.clamped() > 0 {
        text += &format!("{} amounts lay above the agreed max and were encrypted as max\n", table.clamped());
    }
    let other_unit = agreement.other_unit(&table).map(|other| other.to_string());
    if let Some(other) = &other_unit {
        text += &format!("WARNING: {other}\n");
    }
    let object = json!({
        "dataset": args.dataset,
        "key": key_id.to_string(),
        "rows": table.rows(),
        "clamped": table.clamped(),
        "warning": other_unit,
        "file": { "path": args.out, "bytes": bytes },
    });
    output.result(&text, &object);
    Ok(())
}
