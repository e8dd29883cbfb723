use std::fmt::Write;

use drempel::circuit::Scale;
use drempel::{Coverage, EncryptedTable, Plan};
use serde_json::{Value, json};

use crate::cli::PlanArgs;
use crate::failure::Failure;
use crate::output::{Output, size};

/// Bytes of a ciphertext in a full table.
const CIPHERTEXT_BYTES: u64 = 16;

/// Bytes of an encrypted value: packed with others in a full file, or a sum of its own.
fn value_bytes(scale: Scale) -> u64 {
    match scale {
        Scale::Slots => 4,
        Scale::Sums => 8_196,
    }
}

pub(crate) fn run(args: &PlanArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open(&args.agreement)?;
    let shape = agreement.shape();
    let mut text = String::new();
    let mut rows = Vec::new();
    for (dataset, encoding) in agreement.inputs().into_iter().zip(shape.encodings()) {
        let row_bytes = encoding.width() as u64 * CIPHERTEXT_BYTES;
        let _ = writeln!(text, "{row_bytes} bytes per row of dataset \"{}\" (in a full file)", dataset.name);
        rows.push(json!({ "dataset": dataset.name, "row_bytes": row_bytes }));
    }
    let released = shape.released();
    let answer_bytes = value_bytes(released.scale) * released.fields.len() as u64;
    let _ = writeln!(text, "{answer_bytes} bytes per answer (in a full file)");

    let _ = writeln!(text, "bootstraps");
    let mut samples = Vec::new();
    for (about, plan) in Plan::of_samples(&agreement) {
        let _ = writeln!(text, "{:>10}  {about}", plan.bootstraps);
        samples.push(json!({ "about": about, "bootstraps": plan.bootstraps }));
    }
    let mut object = json!({ "datasets": rows, "answer_bytes": answer_bytes, "samples": samples });

    if let Some(path) = &args.cases {
        let cases = crate::input::cases(&agreement, path, &args.dialect)?;
        let plan = Plan::of_cases(&agreement, &cases);
        let plan = plan.map_err(|error| Failure::from(error).about(path))?;
        let tables = crate::open_each(&args.input, EncryptedTable::open)?;
        let coverage =
            Coverage::of(&agreement, &cases, &tables).map_err(|error| Failure::from(error).about(path))?;
        drop(tables);
        let (found, matched) = crate::coverage::describe(&coverage);
        text += &found;
        object["matched"] = matched;
        // What follows measures with a key, which takes memory of its own.
        drop(cases);
        plan.check(&agreement).map_err(|error| Failure::from(error).about(path))?;
        describe(&plan, answer_bytes, &mut text, &mut object);
    }
    output.result(&text, &object);
    Ok(())
}

fn describe(plan: &Plan, answer_bytes: u64, text: &mut String, object: &mut Value) {
    let bytes = plan.answers * answer_bytes;
    let _ = writeln!(
        text,
        "this job: {} answers, {} bootstraps, about {} of answers",
        plan.answers,
        plan.bootstraps,
        size(bytes)
    );
    let _ = writeln!(text, "probability that any answer is wrong: 2^{:.1}", plan.log2_failure);
    object["answers"] = json!(plan.answers);
    object["bootstraps"] = json!(plan.bootstraps);
    object["log2_failure"] = json!(plan.log2_failure);
    let each = drempel::Evaluator::seconds_per_bootstrap();
    let seconds = plan.bootstraps as f64 * each;
    let each = each * 1e3;
    let _ = writeln!(text, "about {seconds:.0} s on this machine ({each:.1} ms per bootstrap, measured now)");
    object["seconds"] = json!(seconds);
}
