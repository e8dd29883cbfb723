use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use drempel::analysis::Question;
use drempel::files::check_writable;
use drempel::job::{Folder, Job, Shard, Start};
use drempel::{EncryptedAnswer, EncryptedTable, Evaluation, EvaluationKey, Evaluator, Progress};
use serde_json::json;

use crate::cli::{EvaluateArgs, OutputArgs};
use crate::failure::Failure;
use crate::output::{Output, file_bytes, size};

pub(crate) fn run(args: &EvaluateArgs, output: &Output) -> Result<(), Failure> {
    let shard = shard(args)?;
    let start = if args.resume { Start::Resume } else { Start::New };
    with_job(&args.output, |job, folder| {
        // How long a job takes is known where one run does it.
        let clock = (!folder.exists()).then(Instant::now);
        if args.resume && !folder.exists() && is_done(job, &args.output.out)? {
            let text = format!("{}: this job is done\n", args.output.out.display());
            output.result(&text, &json!({ "done": true, "file": { "path": args.output.out } }));
            return Ok(());
        }
        let state = evaluate(job, shard, start, output)?;
        if state.done < state.of {
            let Progress { done, of } = state;
            let message = format!(
                "stopped after {done} of {of} answers; they are kept in {}; go on with the same command and --resume",
                folder.display()
            );
            return Err(Failure::system(message));
        }
        if shard == Shard::WHOLE {
            return finish(job, &args.output, clock, output);
        }
        let text = format!(
            "shard {shard}: {} answers in {}; when every shard is there: drempel job assemble\n",
            state.done,
            folder.display()
        );
        output.result(&text, &json!({ "shard": shard.to_string(), "answers": state.done, "folder": folder }));
        Ok(())
    })
}

/// Opens everything that a job is made from, and checks it.
pub(crate) fn with_job(
    args: &OutputArgs,
    work: impl FnOnce(&Job<'_, Question>, &Path) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let agreement = crate::agreement::open_signed(&args.job.agreement)?;
    let disclosure = agreement.disclosure();
    let transcript = wanted(args.transcript.as_deref(), disclosure.audit < 1.0, "--transcript")?;
    let blinding = wanted(args.blinding.as_deref(), disclosure.blinded, "--blinding")?;
    let noise = crate::noise::open(&args.job, &agreement)?;
    for path in [Some(args.out.as_path()), transcript, blinding].into_iter().flatten() {
        crate::with_path(path, check_writable)?;
    }
    // The keys first: to open them takes more memory for a moment than they keep, and nothing else is there yet.
    let signing_key = crate::passphrase::signing_key(&args.job.signing_key)?;
    let evaluator =
        Evaluator::new(&crate::with_path(&args.job.evaluation_key, EvaluationKey::open)?, signing_key)?;
    let evaluator = match noise {
        Some((noise, nonce)) => evaluator.with_noise(noise, nonce),
        None => evaluator,
    };
    let cases = crate::input::cases(&agreement, &args.job.cases, &args.job.dialect)?;
    let tables = crate::open_each(&args.job.input, EncryptedTable::open)?;
    let folder = Folder::of(&args.out);
    let job = evaluator.job(&agreement, &cases, &tables, &folder, args.chunk).map_err(|error| {
        let about_cases = error.is_about_cases();
        let failure = Failure::from(error);
        if about_cases { failure.about(&args.job.cases) } else { failure }
    })?;
    work(&job, folder.path())
}

/// Whether the answer is there already. What is another job's is not overwritten by a command that is to go on.
fn is_done(job: &Job<'_, Question>, out: &Path) -> Result<bool, Failure> {
    if !out.exists() {
        return Ok(false);
    }
    let answer = crate::with_path(out, EncryptedAnswer::open)?;
    if job.is_answered_by(&answer) {
        return Ok(true);
    }
    Err(Failure::input("is the answer of another job; choose another file").about(out))
}

/// Runs a shard until it is done or the process is told to stop.
fn evaluate(
    job: &Job<'_, Question>,
    shard: Shard,
    start: Start,
    output: &Output,
) -> Result<Progress, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in signal_hook::consts::TERM_SIGNALS {
        // The second one ends the process at once.
        signal_hook::flag::register_conditional_shutdown(*signal, 4, Arc::clone(&stop))?;
        signal_hook::flag::register(*signal, Arc::clone(&stop))?;
    }
    Ok(job.evaluate(shard, start, &stop, output.progress("evaluating"))?)
}

/// Writes the answer, and what comes with it, and removes the job's folder. The clock of a job that one run did.
pub(crate) fn finish(
    job: &Job<'_, Question>,
    args: &OutputArgs,
    clock: Option<Instant>,
    output: &Output,
) -> Result<(), Failure> {
    let save = |made: &Evaluation| {
        // The answer last: it names the others.
        if let (Some(rows), Some(path)) = (&made.transcript, &args.transcript) {
            crate::with_path(path, |path| rows.save(path))?;
        }
        if let (Some(seed), Some(path)) = (&made.blinding, &args.blinding) {
            crate::with_path(path, |path| seed.save(path))?;
        }
        crate::with_path(&args.out, |path| made.answer.save(path))
    };
    let Evaluation { answer, plan, coverage, .. } = job.assemble(save, output.progress("assembling"))?;
    let seconds = clock.map(|clock| clock.elapsed().as_secs_f64());
    let time = seconds.map_or_else(
        || "in several runs".to_owned(),
        |seconds| format!("in {seconds:.1} s, {:.1} ms per answer", seconds / plan.answers as f64 * 1e3),
    );
    let (found, matched) = crate::coverage::describe(&coverage);
    let text = format!(
        "{}: {} encrypted answers, {}\n{found}{} {time}\ndigest {}\n",
        args.out.display(),
        plan.answers,
        size(file_bytes(&args.out)),
        crate::plan::operations(&plan),
        answer.digest(),
    );
    let object = json!({
        "answers": plan.answers,
        "bootstraps": plan.bootstraps,
        "ffts": plan.leveled.ffts,
        "leak_log2": (plan.leak.bits > 0.0).then(|| plan.leak.bits.log2()),
        "log2_failure": plan.log2_failure,
        "seconds": seconds,
        "digest": answer.digest().to_string(),
        "matched": matched,
        "file": { "path": args.out, "bytes": file_bytes(&args.out) },
    });
    output.result(&text, &object);
    Ok(())
}

/// Which share of the job: as given, or the scheduler's array index.
fn shard(args: &EvaluateArgs) -> Result<Shard, Failure> {
    let Some(of) = args.shards else {
        return Ok(args.shard.unwrap_or(Shard::WHOLE));
    };
    // Slurm counts from the array's first index, Kubernetes from zero.
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u32>().ok());
    let slurm = number("SLURM_ARRAY_TASK_ID")
        .and_then(|id| id.checked_sub(number("SLURM_ARRAY_TASK_MIN").unwrap_or(1)));
    let index = slurm.or_else(|| number("JOB_COMPLETION_INDEX"));
    let index = index.ok_or_else(|| {
        Failure::input(
            "--shards needs SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX; else name it: --shard 2/8",
        )
    })?;
    Shard::new(index.saturating_add(1), of)
        .map_err(|_| Failure::input(format!("the array's index is {index}, which is no share of {of}")))
}

/// A file that the agreement asks for: it must be named just then.
pub(crate) fn wanted<'p>(
    path: Option<&'p Path>,
    asked: bool,
    option: &str,
) -> Result<Option<&'p Path>, Failure> {
    match (path, asked) {
        (None, true) => Err(Failure::input(format!("the agreement asks for one more file: {option} FILE"))),
        (Some(_), false) => Err(Failure::input(format!("the agreement has no use for {option}"))),
        (path, _) => Ok(path),
    }
}
