use std::fmt::Write;

use drempel::circuit::{Encoding, Layout, Scale};
use drempel::params::RING;
use drempel::{Coverage, EncryptedTable, Plan};
use serde_json::{Value, json};

use crate::cli::PlanArgs;
use crate::failure::Failure;
use crate::output::{Output, size};

/// Bytes of a ciphertext in a full table.
const CIPHERTEXT_BYTES: u64 = 16;

/// Bytes of a row in a full table. A bin with whole rows has some ciphertexts to spare.
fn row_bytes(encoding: &Encoding) -> u64 {
    match encoding.layout() {
        Layout::Continuous => encoding.width() as u64 * CIPHERTEXT_BYTES,
        Layout::WholeRows(rows) => (RING as u64 * CIPHERTEXT_BYTES).div_ceil(rows as u64),
    }
}

/// Bytes of an encrypted value: packed with others in a full file, or a sum of its own.
fn value_bytes(scale: Scale) -> u64 {
    match scale {
        Scale::Slots | Scale::Halves => 4,
        Scale::Sums => 8_196,
    }
}

pub(crate) fn run(args: &PlanArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open(&args.agreement)?;
    let shape = agreement.shape();
    let mut text = String::new();
    let mut rows = Vec::new();
    for (dataset, encoding) in agreement.inputs().into_iter().zip(shape.encodings()) {
        let row_bytes = row_bytes(encoding);
        let _ = writeln!(text, "{row_bytes} bytes per row of dataset \"{}\" (in a full file)", dataset.name);
        rows.push(json!({ "dataset": dataset.name, "row_bytes": row_bytes }));
    }
    let released = shape.released();
    let answer_bytes = value_bytes(released.scale) * released.fields.len() as u64;
    let _ = writeln!(text, "{answer_bytes} bytes per answer (in a full file)");

    let mut samples = Vec::new();
    for (about, plan) in Plan::of_samples(&agreement) {
        let _ = writeln!(text, "{about} takes {}", operations(&plan));
        let (bootstraps, ffts) = (plan.bootstraps, plan.leveled.ffts);
        let leak_log2 = (plan.leak.bits > 0.0).then(|| plan.leak.bits.log2());
        samples
            .push(json!({ "about": about, "bootstraps": bootstraps, "ffts": ffts, "leak_log2": leak_log2 }));
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
    let (answers, bytes) = (plan.answers, size(plan.answers * answer_bytes));
    let _ = writeln!(text, "this job: {answers} answers, {bytes} in all; it takes {}", operations(plan));
    let _ = writeln!(text, "probability that any answer is wrong: 2^{:.1}", plan.log2_failure);
    object["answers"] = json!(answers);
    object["bootstraps"] = json!(plan.bootstraps);
    object["ffts"] = json!(plan.leveled.ffts);
    object["log2_failure"] = json!(plan.log2_failure);
    if plan.leak.bits > 0.0 {
        let (leak, variation) = (plan.leak.bits.log2(), plan.leak.total_variation.log2());
        let _ = writeln!(
            text,
            "what the noise of all answers together can tell the key holder: at most 2^{leak:.1} bits (total variation \
             2^{variation:.1})"
        );
        object["leak_log2"] = json!(leak);
        object["total_variation_log2"] = json!(variation);
    }
    let mut seconds = 0.0;
    let mut measured = Vec::new();
    if plan.bootstraps > 0 {
        let each = drempel::Evaluator::seconds_per_bootstrap();
        seconds += plan.bootstraps as f64 * each;
        measured.push(format!("{:.1} ms per bootstrap", each * 1e3));
    }
    if plan.leveled.ffts > 0 {
        let each = drempel::Evaluator::seconds_per_fft();
        seconds += plan.leveled.ffts as f64 * each;
        measured.push(format!("{:.2} microseconds per FFT", each * 1e6));
    }
    if measured.is_empty() {
        let _ = writeln!(text, "no more time on this machine than reading the files takes");
    } else {
        let _ =
            writeln!(text, "about {} on this machine ({}, measured now)", time(seconds), measured.join(", "));
    }
    object["seconds"] = json!(seconds);
}

/// A time in words.
fn time(seconds: f64) -> String {
    if seconds < 1.0 { format!("{:.0} ms", seconds * 1e3) } else { format!("{seconds:.0} s") }
}

/// What is counted of a plan, in words.
pub(crate) fn operations(plan: &Plan) -> String {
    let count = |number: u64, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    match (plan.bootstraps, plan.leveled.ffts) {
        (0, 0) => "no bootstrap".to_owned(),
        (bootstraps, 0) => count(bootstraps, "bootstrap"),
        (0, ffts) => format!("{} and no bootstrap", count(ffts, "FFT")),
        (bootstraps, ffts) => format!("{} and {}", count(bootstraps, "bootstrap"), count(ffts, "FFT")),
    }
}
