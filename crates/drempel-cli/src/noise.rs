use drempel::analysis::Program;
use drempel::files::check_writable;
use drempel::{Agreement, Auditor, EvaluationKey, Evaluator, Noise, Nonce};
use serde_json::json;

use crate::cli::{JobArgs, NoiseArgs, NonceArgs};
use crate::evaluate::wanted;
use crate::failure::Failure;
use crate::output::Output;

/// The evaluator's part: a seed, and its digest for an auditor.
pub(crate) fn commit(args: &NoiseArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open_signed(&args.agreement)?;
    expect_decisions(&agreement)?;
    if args.out.exists() {
        let message = "is there already; without its seed a job can be neither resumed nor audited. Choose another file";
        return Err(Failure::input(message).about(&args.out));
    }
    crate::with_path(&args.out, check_writable)?;
    let signing_key = crate::passphrase::signing_key(&args.signing_key)?;
    let key = crate::with_path(&args.evaluation_key, EvaluationKey::open)?;
    let noise = Evaluator::new(&key, signing_key)?.commit(&agreement)?;
    crate::with_path(&args.out, |path| noise.save(path))?;
    let text = format!(
        "{}: for yourself, and for the auditor after `evaluate`; never for the key holder or the receiver\n\
         for the auditor now, who makes the nonce from it:\n\
         commitment {}\n",
        args.out.display(),
        noise.digest()
    );
    output.result(&text, &json!({ "commitment": noise.digest(), "file": { "path": args.out } }));
    Ok(())
}

/// The auditor's part: random bytes for that digest.
pub(crate) fn draw(args: &NonceArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open_signed(&args.agreement)?;
    expect_decisions(&agreement)?;
    crate::with_path(&args.out, check_writable)?;
    let signing_key = crate::passphrase::signing_key(&args.signing_key)?;
    let key = crate::with_path(&args.evaluation_key, EvaluationKey::open)?;
    let nonce = Auditor::new(&key, signing_key)?.nonce(&agreement, args.commitment)?;
    crate::with_path(&args.out, |path| nonce.save(path))?;
    let text = format!("{}: for the evaluator; keep a copy for `audit`\n", args.out.display());
    output.result(&text, &json!({ "commitment": args.commitment, "file": { "path": args.out } }));
    Ok(())
}

/// The two files of a job whose answers are decisions: named just then.
pub(crate) fn open(
    args: &JobArgs,
    agreement: &Agreement<impl Program>,
) -> Result<Option<(Noise, Nonce)>, Failure> {
    let asked = are_decisions(agreement);
    if asked && (args.noise.is_none() || args.nonce.is_none()) {
        return Err(Failure::input(
            "these answers are decisions: give --noise FILE, which the evaluator makes with `drempel noise`, and \
             --nonce FILE, which an auditor makes with `drempel nonce`",
        ));
    }
    let noise = wanted(args.noise.as_deref(), asked, "--noise")?;
    let nonce = wanted(args.nonce.as_deref(), asked, "--nonce")?;
    let (Some(noise), Some(nonce)) = (noise, nonce) else { return Ok(None) };
    Ok(Some((crate::with_path(noise, Noise::open)?, crate::with_path(nonce, Nonce::open)?)))
}

pub(crate) fn are_decisions(agreement: &Agreement<impl Program>) -> bool {
    agreement.shape().released().are_decisions()
}

fn expect_decisions(agreement: &Agreement<impl Program>) -> Result<(), Failure> {
    if are_decisions(agreement) {
        return Ok(());
    }
    Err(Failure::input("the answers of this agreement's analysis need no noise seed and no nonce"))
}
