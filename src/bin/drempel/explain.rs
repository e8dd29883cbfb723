use std::fs::File;
use std::path::Path;

use drempel::EncryptedAnswer;
use drempel::analysis::Analysis;
use drempel::answer::Value;
use drempel::explain::Explanation;
use drempel::units::SubjectId;
use serde_json::json;

use crate::cli::ExplainArgs;
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(args: &ExplainArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open_signed(&args.agreement)?;
    let cases = crate::plan::cases(&agreement, &args.cases)?;
    let answer = crate::open_one(&args.answer, EncryptedAnswer::open)?;
    let subject = SubjectId::try_from(args.subject.as_str())
        .map_err(|error| Failure::input(format!("--subject: {error}")))?;
    let columns = agreement.analysis().columns();
    let answers = args.answers.as_deref();
    let values = answers.map(|path| values(path, &columns, &subject)).transpose()?;
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
fn values(path: &Path, columns: &[String], subject: &SubjectId) -> Result<Vec<Value>, Failure> {
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
        return Err(wrong("these are blinded bits; give the answers that `drempel unblind` makes of them"));
    }
    let places: Option<Vec<usize>> = columns.iter().map(|name| column(name)).collect();
    let Some(places) = places else {
        let expected = columns.join(", ");
        return Err(wrong(&format!("line 1: the columns {expected} are expected, as `release` writes")));
    };
    let mut found = None;
    for row in reader.records() {
        let row = row.map_err(unreadable)?;
        if row.get(places[0]) != Some(subject.as_str()) {
            continue;
        }
        let line = row.position().map_or(0, csv::Position::line);
        let value = |(place, name): (&usize, &String)| {
            let value = row.get(*place).unwrap_or_default().parse::<Value>();
            value.map_err(|error| wrong(&format!("line {line}, column \"{name}\": {error}")))
        };
        let values = places[1..].iter().zip(&columns[1..]).map(value).collect::<Result<Vec<Value>, _>>()?;
        if found.replace(values).is_some() {
            return Err(wrong(&format!("line {line}: this {} is on an earlier line too", columns[0])));
        }
    }
    found.ok_or_else(|| wrong(&format!("no line is about this {}", columns[0])))
}
