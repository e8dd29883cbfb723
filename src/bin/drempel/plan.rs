use std::fmt::Write;
use std::fs::File;
use std::path::Path;

use drempel::analysis::Analysis;
use drempel::{Agreement, Households, Plan};
use serde_json::{Value, json};

use crate::cli::PlanArgs;
use crate::failure::Failure;
use crate::output::{Output, size};

/// Bytes of a ciphertext in a full table, and of an answer in a full file.
const CIPHERTEXT_BYTES: u64 = 16;
const ANSWER_BYTES: u64 = 4;

pub(crate) fn run(args: &PlanArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open(&args.agreement)?;
    let analysis = agreement.analysis();
    let row_bytes = analysis.encoding(&agreement.inputs()).width() as u64 * CIPHERTEXT_BYTES;
    let mut text =
        format!("{row_bytes} bytes per row of a table, {ANSWER_BYTES} per answer (in full files)\n");
    let mut object = json!({ "row_bytes": row_bytes, "answer_bytes": ANSWER_BYTES });

    let _ = writeln!(text, "addends  bootstraps per household");
    let mut sizes = Vec::new();
    for addends in 1..=analysis.max_addends() {
        let bootstraps = of_household(&agreement, addends).bootstraps;
        let _ = writeln!(text, "{addends:>7}  {bootstraps:>10}");
        sizes.push(json!({ "addends": addends, "bootstraps": bootstraps }));
    }
    object["household"] = Value::from(sizes);

    if let Some(path) = &args.households {
        let households = households(path)?;
        let plan = Plan::of_households(&agreement, &households);
        let plan = plan.map_err(|error| Failure::from(error).about(path))?;
        plan.check(&agreement).map_err(|error| Failure::from(error).about(path))?;
        describe(&plan, &mut text, &mut object);
    }
    output.result(&text, &object);
    Ok(())
}

fn of_household(agreement: &Agreement, addends: usize) -> Plan {
    Plan::of_household(agreement, addends).expect("a counter reads no tables")
}

fn describe(plan: &Plan, text: &mut String, object: &mut Value) {
    let bytes = plan.answers * ANSWER_BYTES;
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

/// Reads the households.
pub(crate) fn households(path: &Path) -> Result<Households, Failure> {
    let file = File::open(path).map_err(|error| Failure::from(error).about(path))?;
    Households::from_csv(file).map_err(|error| Failure::from(error).about(path))
}
