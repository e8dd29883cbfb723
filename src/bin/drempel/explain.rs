use std::fs::File;
use std::path::Path;

use drempel::explain::Explanation;
use drempel::units::SubjectId;
use drempel::{EncryptedAnswer, SignedAgreement};
use serde_json::json;

use crate::cli::ExplainArgs;
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(args: &ExplainArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::open_one(&args.agreement, SignedAgreement::open)?;
    let households = crate::plan::cases(&agreement, &args.cases)?;
    let answer = crate::open_one(&args.answer, EncryptedAnswer::open)?;
    let household = SubjectId::try_from(args.household.as_str())
        .map_err(|error| Failure::input(format!("--household: {error}")))?;
    let decisions = args.decisions.as_deref();
    let decision = decisions.map(|path| decision(path, &household)).transpose()?;
    let explanation = Explanation::of(&agreement, &households, &answer, &household, decision)?;
    let text = explanation.to_text(args.language);
    let object = json!({
        "agreement": agreement.id().to_string(),
        "answer": answer.digest().to_string(),
        "household": household.as_str(),
        "eligible": decision,
        "language": args.language.code(),
        "text": text,
    });
    output.result(&text, &object);
    Ok(())
}

/// What the released decisions say of one household.
fn decision(path: &Path, household: &SubjectId) -> Result<bool, Failure> {
    let wrong = |message: &str| Failure::input(message).about(path);
    let unreadable = |error: csv::Error| wrong(&error.to_string());
    let file = File::open(path).map_err(|error| Failure::from(error).about(path))?;
    let mut reader = csv::ReaderBuilder::new()
        // With the default terminator a Windows line end puts the lines of errors one off.
        .terminator(csv::Terminator::Any(b'\n'))
        .trim(csv::Trim::All)
        .from_reader(file);
    let header = reader.headers().map_err(unreadable)?.clone();
    let column = |name: &str| header.iter().position(|cell| cell == name);
    if column("blinded").is_some() {
        return Err(wrong("these are blinded bits; give the decisions that `drempel unblind` makes of them"));
    }
    let (Some(households), Some(eligible)) = (column("household"), column("eligible")) else {
        return Err(wrong("line 1: the columns household and eligible are expected, as `release` writes"));
    };
    let mut decision = None;
    for row in reader.records() {
        let row = row.map_err(unreadable)?;
        if row.get(households) != Some(household.as_str()) {
            continue;
        }
        let line = row.position().map_or(0, csv::Position::line);
        let decided = match row.get(eligible) {
            Some("yes") => true,
            Some("no") => false,
            _ => return Err(wrong(&format!("line {line}, column \"eligible\": yes or no is expected"))),
        };
        if decision.replace(decided).is_some() {
            return Err(wrong(&format!("line {line}: this household is on an earlier line too")));
        }
    }
    decision.ok_or_else(|| wrong("no line is about this household"))
}
