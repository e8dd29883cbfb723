use std::time::Instant;

use drempel::files::check_writable;
use drempel::roles::auditor::{Evaluated, unseen};
use drempel::{Auditor, Blinding, Coverage, EncryptedAnswer, EncryptedTable, EvaluationKey, Transcript};
use serde_json::json;

use crate::cli::AuditArgs;
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(args: &AuditArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open_signed(&args.job.agreement)?;
    let noise = crate::noise::open(&args.job, &agreement)?;
    crate::with_path(&args.out, check_writable)?;
    // The keys first: to open them takes more memory for a moment than they keep, and nothing else is there yet.
    let signing_key = crate::passphrase::signing_key(&args.job.signing_key)?;
    let auditor =
        Auditor::new(&crate::with_path(&args.job.evaluation_key, EvaluationKey::open)?, signing_key)?;
    let cases = crate::input::cases(&agreement, &args.job.cases, &args.job.dialect)?;
    let tables = crate::open_each(&args.job.input, EncryptedTable::open)?;
    let answer = crate::with_path(&args.answer, EncryptedAnswer::open)?;
    let transcript =
        args.transcript.as_deref().map(|path| crate::with_path(path, Transcript::open)).transpose()?;
    let blinding = args.blinding.as_deref().map(|path| crate::with_path(path, Blinding::open)).transpose()?;
    let job = Evaluated {
        answer: &answer,
        transcript: transcript.as_ref(),
        blinding: blinding.as_ref(),
        noise: noise.as_ref().map(|(noise, nonce)| (noise, nonce)),
    };
    let start = Instant::now();
    let attestation = auditor.audit(&agreement, &cases, &tables, &job, output.progress("evaluating again"));
    let attestation = attestation.map_err(|error| {
        let about_cases = error.is_about_cases();
        let failure = Failure::from(error);
        if about_cases { failure.about(&args.job.cases) } else { failure }
    })?;
    crate::with_path(&args.out, |path| attestation.save(path))?;
    let coverage = Coverage::of(&agreement, &cases, &tables)?;
    let (found, matched) = crate::coverage::describe(&coverage);
    let (statement, share) = (attestation.statement(), agreement.disclosure().audit);
    let seconds = start.elapsed().as_secs_f64();
    let mut text = format!(
        "{}: {} of {} answers evaluated again in {seconds:.1} s; none differs\n",
        args.out.display(),
        statement.audited,
        statement.answers,
    );
    text += &found;
    if share < 1.0 {
        let unseen = unseen(share, KEY_BITS);
        text += &format!("a forgery of {KEY_BITS} answers would go unseen with probability {unseen:.2e}\n");
    }
    let object = json!({
        "attestation": attestation.digest(),
        "share": share,
        "unseen": { "forged": KEY_BITS, "probability": unseen(share, KEY_BITS) },
        "answer": statement.answer,
        "audited": statement.audited,
        "answers": statement.answers,
        "matched": matched,
        "seconds": seconds,
        "file": { "path": args.out },
    });
    output.result(&text, &object);
    Ok(())
}

/// As many forged answers as would give away the whole secret key.
const KEY_BITS: u32 = 2_048;
