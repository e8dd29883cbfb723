use std::path::PathBuf;
use std::time::Instant;

use drempel::container::check_writable;
use drempel::evaluator::EvaluateError;
use drempel::{EncryptedTable, EvaluationKey, Evaluator};
use serde_json::json;

use crate::cli::EvaluateArgs;
use crate::failure::Failure;
use crate::output::{Output, file_bytes, size};

pub(crate) fn run(args: &EvaluateArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open(&args.agreement)?;
    check_writable(&args.out).map_err(|error| Failure::from(error).about(&args.out))?;
    let households = crate::plan::households(&args.households)?;
    let open = |path: &PathBuf| EncryptedTable::open(path).map_err(|error| Failure::from(error).about(path));
    let tables: Vec<EncryptedTable> = args.input.iter().map(open).collect::<Result<_, _>>()?;
    let key = EvaluationKey::open(&args.evaluation_key);
    let key = key.map_err(|error| Failure::from(error).about(&args.evaluation_key))?;
    let evaluator = Evaluator::new(key);
    let bar = output.progress("evaluating", households.len());
    let start = Instant::now();
    let plan = evaluator.plan(&agreement, &households, &tables).map_err(|error| {
        let about_households = matches!(error, EvaluateError::Household(_) | EvaluateError::Plan(_));
        let failure = Failure::from(error);
        if about_households { failure.about(&args.households) } else { failure }
    })?;
    let answer =
        evaluator.evaluate(&agreement, &households, &tables, |done| bar.set_position(done as u64))?;
    answer.save(&args.out).map_err(|error| Failure::from(error).about(&args.out))?;
    bar.finish_and_clear();
    let seconds = start.elapsed().as_secs_f64();
    let per_household = seconds / households.len() as f64;
    let text = format!(
        "{}: {} encrypted answers, {}\n{} bootstraps in {seconds:.1} s, {:.0} ms per household\ndigest {}\n",
        args.out.display(),
        plan.answers,
        size(file_bytes(&args.out)),
        plan.bootstraps,
        per_household * 1e3,
        answer.digest(),
    );
    let object = json!({
        "answers": plan.answers,
        "bootstraps": plan.bootstraps,
        "log2_failure": plan.log2_failure,
        "seconds": seconds,
        "digest": answer.digest().to_string(),
        "file": { "path": args.out, "bytes": file_bytes(&args.out) },
    });
    output.result(&text, &object);
    Ok(())
}
