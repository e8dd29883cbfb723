use std::path::Path;
use std::time::Instant;

use drempel::container::check_writable;
use drempel::evaluator::{EvaluateError, Evaluation};
use drempel::{Cases, EncryptedTable, EvaluationKey, Evaluator};
use serde_json::json;

use crate::cli::EvaluateArgs;
use crate::failure::Failure;
use crate::output::{Output, file_bytes, size};

pub(crate) fn run(args: &EvaluateArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open_signed(&args.job.agreement)?;
    let disclosure = agreement.disclosure();
    let transcript = wanted(args.transcript.as_deref(), disclosure.audit < 1.0, "--transcript")?;
    let blinding = wanted(args.blinding.as_deref(), disclosure.blinded, "--blinding")?;
    for path in [Some(args.out.as_path()), transcript, blinding].into_iter().flatten() {
        check_writable(path).map_err(|error| Failure::from(error).about(path))?;
    }
    let cases = crate::plan::cases(&agreement, &args.job.cases)?;
    let count = cases.answers().len();
    let tables = crate::open_each(&args.job.input, EncryptedTable::open)?;
    let signing_key = crate::passphrase::signing_key(&args.job.signing_key)?;
    let evaluator =
        Evaluator::new(&crate::open_one(&args.job.evaluation_key, EvaluationKey::open)?, signing_key)?;
    let bar = output.progress("evaluating", count);
    let start = Instant::now();
    let about = |error: EvaluateError| {
        let about_cases = error.is_about_cases();
        let failure = Failure::from(error);
        if about_cases { failure.about(&args.job.cases) } else { failure }
    };
    let plan = evaluator.plan(&agreement, &cases, &tables).map_err(about)?;
    let evaluation = evaluator
        .evaluate(&agreement, &cases, &tables, |done| bar.set_position(done as u64))
        .map_err(about)?;
    let Evaluation { answer, transcript: rows, blinding: seed } = evaluation;
    // The answer last: it names the others.
    if let (Some(rows), Some(path)) = (&rows, transcript) {
        rows.save(path).map_err(|error| Failure::from(error).about(path))?;
    }
    if let (Some(seed), Some(path)) = (&seed, blinding) {
        seed.save(path).map_err(|error| Failure::from(error).about(path))?;
    }
    answer.save(&args.out).map_err(|error| Failure::from(error).about(&args.out))?;
    bar.finish_and_clear();
    let seconds = start.elapsed().as_secs_f64();
    let per_answer = seconds / count as f64;
    let text = format!(
        "{}: {} encrypted answers, {}\n{} bootstraps in {seconds:.1} s, {:.0} ms per answer\ndigest {}\n",
        args.out.display(),
        plan.answers,
        size(file_bytes(&args.out)),
        plan.bootstraps,
        per_answer * 1e3,
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

/// A file that the agreement asks for: it must be named just then.
fn wanted<'p>(path: Option<&'p Path>, asked: bool, option: &str) -> Result<Option<&'p Path>, Failure> {
    match (path, asked) {
        (None, true) => Err(Failure::input(format!("the agreement asks for one more file: {option} FILE"))),
        (Some(_), false) => Err(Failure::input(format!("the agreement has no use for {option}"))),
        (path, _) => Ok(path),
    }
}
