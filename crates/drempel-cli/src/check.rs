use std::fmt::Write;
use std::path::Path;

use drempel::analysis::{Program, Question};
use drempel::rows::{IdSummary, Watched};
use drempel::{Agreement, Plan, Table};
use serde_json::{Value, json};

use crate::cli::CheckArgs;
use crate::failure::{Failure, FailureKind};
use crate::output::Output;

/// The columns of cases that hold identifiers.
const IDENTIFIERS: [&str; 7] = ["person", "household", "offer", "demand", "pair", "group", "area"];

/// What one file was found to be.
struct Found {
    /// What is read, such as `dataset "income"`.
    what: String,
    rows: u64,
    ids: Vec<IdSummary>,
    fault: Option<Failure>,
    more: Vec<String>,
}

pub(crate) fn run(args: &CheckArgs, output: &Output) -> Result<(), Failure> {
    let agreement = crate::agreement::open(&args.agreement)?;
    let (path, mut found) = match (&args.dataset, &args.input, &args.cases) {
        (Some(name), Some(path), _) => (path, dataset(&agreement, name, path, args)?),
        (_, _, Some(path)) => (path, cases(&agreement, path, args)?),
        _ => unreachable!("clap asks for a dataset and its input, or for cases"),
    };
    if args.bsn {
        check_bsn(&mut found);
    }
    let name =
        if path == Path::new(crate::input::STDIN) { "standard input".into() } else { path.to_string_lossy() };
    let (mut text, object) = described(&found, &name);
    match found.fault {
        None => {
            text += "nothing would be refused\n";
            output.result(&text, &object);
            Ok(())
        }
        Some(fault) => {
            // The summary is worth having, above all of a file that is refused.
            output.note(text.trim_end());
            Err(fault.about(path))
        }
    }
}

fn dataset(
    agreement: &Agreement<Question>,
    name: &str,
    path: &Path,
    args: &CheckArgs,
) -> Result<Found, Failure> {
    let dataset = agreement.input(name)?;
    let mut rows = crate::input::dataset(dataset, path, &args.dialect)?;
    let mut watched = Watched::new(&mut *rows, &[dataset.subject.column()])
        .map_err(|error| Failure::from(error).about(path))?;
    let table = Table::from_rows(agreement, name, &mut watched);
    let mut more = Vec::new();
    let fault = match table {
        Ok(table) if table.clamped() > 0 => {
            more.push(format!(
                "{} amounts lie above the agreed max and would be encrypted as max",
                table.clamped()
            ));
            None
        }
        Ok(table) => {
            more.extend(agreement.other_unit(&table).map(|other| format!("WARNING: {other}")));
            None
        }
        Err(error) => Some(Failure::from(error)),
    };
    Ok(Found {
        what: format!("dataset \"{name}\""),
        rows: watched.read(),
        ids: watched.summaries(),
        fault,
        more,
    })
}

fn cases(agreement: &Agreement<Question>, path: &Path, args: &CheckArgs) -> Result<Found, Failure> {
    let mut rows = crate::input::cases_rows(agreement, path, &args.dialect)?;
    let mut watched =
        Watched::new(&mut *rows, &IDENTIFIERS).map_err(|error| Failure::from(error).about(path))?;
    let mut more = Vec::new();
    let fault = match agreement.analysis().cases(&mut watched) {
        Err(error) => Some(Failure::from(error)),
        Ok(cases) => match Plan::of_cases(agreement, &cases) {
            Err(error) => Some(Failure::from(error)),
            Ok(plan) => {
                more.push(format!("{} answers", plan.answers));
                plan.check(agreement).err().map(Failure::from)
            }
        },
    };
    Ok(Found { what: "cases".to_owned(), rows: watched.read(), ids: watched.summaries(), fault, more })
}

fn check_bsn(found: &mut Found) {
    let wrong: u64 = found.ids.iter().filter(|ids| ids.column == "person").map(|ids| ids.not_bsn).sum();
    if wrong > 0 && found.fault.is_none() {
        found.fault = Some(Failure {
            kind: FailureKind::Input,
            message: format!(
                "column \"person\": {wrong} identifiers are no citizen service number of nine digits that passes the check of eleven"
            ),
        });
    }
}

fn described(found: &Found, name: &str) -> (String, Value) {
    let mut text = format!("{name}: {} rows read as {}\n", found.rows, found.what);
    let mut columns = Vec::new();
    for IdSummary { column, shape, rows, repeated, .. } in &found.ids {
        let share = if *rows == 0 { 0.0 } else { *repeated as f64 / *rows as f64 };
        let _ = writeln!(text, "column \"{column}\": {shape}; {:.1} % repeat an earlier row", share * 100.0);
        columns.push(json!({
            "column": column, "rows": rows, "shape": shape.to_string(),
            "shortest": shape.shortest, "longest": shape.longest, "repeated": share,
        }));
    }
    for line in &found.more {
        let _ = writeln!(text, "{line}");
    }
    (text, json!({ "rows": found.rows, "read_as": found.what, "identifiers": columns, "notes": found.more }))
}
