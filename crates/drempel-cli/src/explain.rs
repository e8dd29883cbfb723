use drempel::analysis::Value;
use drempel::units::SubjectId;
use drempel::{Answer, EncryptedAnswer};
use drempel_report::Explanation;
use serde_json::json;

use crate::cli::ExplainArgs;
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(args: &ExplainArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open_signed(&args.agreement)?;
    let cases = crate::input::cases(&agreement, &args.cases, &args.dialect)?;
    let answer = crate::with_path(&args.answer, EncryptedAnswer::open)?;
    let subject = SubjectId::try_from(args.subject.as_str())
        .map_err(|error| Failure::input(format!("--subject: {error}")))?;
    let columns = agreement.shape().columns();
    let read = |path| crate::answers(agreement.shape(), &answer, path);
    let released = args.answers.as_deref().map(read).transpose()?;
    let values = released.and_then(|(released, _)| values(&released, &subject));
    let explanation = Explanation::of(&agreement, &cases, &answer, &subject, values.as_deref())?;
    let text = explanation.to_text(args.language);
    let named = |values: &Vec<Value>| -> serde_json::Map<_, _> {
        let cells = values.iter().map(|value| json!(value.to_string()));
        columns[1..].iter().cloned().zip(cells).collect()
    };
    let object = json!({
        "agreement": agreement.id().to_string(),
        "answer": answer.digest().to_string(),
        "subject": subject.as_str(),
        "values": values.as_ref().map(named),
        "language": args.language.code(),
        "text": text,
    });
    output.result(&text, &object);
    Ok(())
}

/// What the released answers say of one subject: a value for each column but the first.
fn values(answer: &Answer, subject: &SubjectId) -> Option<Vec<Value>> {
    let mut own = answer.values().filter(|(id, _)| *id == subject);
    own.next().map(|(_, values)| values.to_vec())
}
