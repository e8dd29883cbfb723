use std::fmt::Write;
use std::path::Path;

use drempel::Agreement;
use drempel::agreement::Role;
use drempel::analysis::Analysis;
use serde_json::{Value, json};

use crate::cli::{AgreementAction, AgreementArgs};
use crate::failure::Failure;
use crate::output::Output;

/// Opens an agreement; every command starts with it.
pub(crate) fn open(path: &Path) -> Result<Agreement, Failure> {
    Agreement::open(path).map_err(|error| Failure::from(error).about(path))
}

pub(crate) fn run(args: &AgreementArgs, output: &Output) -> Result<(), Failure> {
    match &args.action {
        AgreementAction::Check { agreement: path } => {
            let agreement = open(path)?;
            let in_force = agreement.in_force_today();
            let mut text = format!("{}: sound\nid {}\n", path.display(), agreement.id());
            let state = in_force.as_ref().map_or_else(ToString::to_string, |()| "in force today".to_owned());
            let _ = writeln!(text, "{state}");
            for (name, clamps) in clamping(&agreement) {
                let rule = if clamps {
                    "are encrypted as max: it lies above every line"
                } else {
                    "are refused: max lies below the highest line, so an answer could depend on them"
                };
                let _ = writeln!(text, "dataset \"{name}\": amounts above max {rule}");
            }
            let object = json!({
                "id": agreement.id().to_string(),
                "in_force": in_force.is_ok(),
                "datasets": clamping(&agreement)
                    .map(|(name, clamps)| json!({ "name": name, "clamps_above_max": clamps }))
                    .collect::<Vec<_>>(),
            });
            output.result(&text, &object);
        }
        AgreementAction::Show { agreement: path } => {
            let agreement = open(path)?;
            output.result(&words(&agreement), &object(&agreement));
        }
    }
    Ok(())
}

fn clamping(agreement: &Agreement) -> impl Iterator<Item = (&str, bool)> {
    let inputs = agreement.inputs();
    let clamps = inputs.iter().map(|dataset| agreement.analysis().clamps(&inputs, dataset));
    let clamps: Vec<bool> = clamps.collect();
    inputs.into_iter().map(|dataset| dataset.name.as_str()).zip(clamps)
}

pub(crate) fn words(agreement: &Agreement) -> String {
    let terms = agreement.terms();
    let mut text = format!(
        "{}\n  id           {}\n  purpose      {}\n  legal basis  {}\n  in force     {} to {}\n  kept         {} days\n",
        terms.name,
        agreement.id(),
        terms.purpose,
        terms.legal_basis,
        terms.valid_from(),
        terms.valid_until(),
        terms.retention_days,
    );
    let _ = writeln!(text, "parties");
    for party in agreement.parties() {
        let roles: Vec<&str> = party.roles.iter().map(|role| role_name(*role)).collect();
        let _ = writeln!(text, "  {}: {}", party.name, roles.join(", "));
    }
    let _ = writeln!(text, "datasets");
    for dataset in agreement.datasets() {
        let _ = writeln!(
            text,
            "  {}: one amount per {} from {}, {} to {} {}\n    {}",
            dataset.name,
            dataset.subject.column(),
            dataset.provider,
            dataset.min().value(),
            dataset.max().value(),
            dataset.unit,
            dataset.concept,
        );
    }
    let disclosure = agreement.disclosure();
    let _ = writeln!(
        text,
        "question\n  {}\nanswers\n  to {}, at most {}; share to be audited {}",
        agreement.analysis().question(),
        disclosure.to,
        disclosure.answers,
        disclosure.audit,
    );
    text
}

pub(crate) fn object(agreement: &Agreement) -> Value {
    let terms = agreement.terms();
    let disclosure = agreement.disclosure();
    json!({
        "id": agreement.id().to_string(),
        "name": terms.name,
        "purpose": terms.purpose,
        "legal_basis": terms.legal_basis,
        "valid_from": terms.valid_from().to_string(),
        "valid_until": terms.valid_until().to_string(),
        "retention_days": terms.retention_days,
        "parties": agreement.parties().iter().map(|party| json!({
            "name": party.name,
            "roles": party.roles.iter().map(|role| role_name(*role)).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "datasets": agreement.datasets().iter().map(|dataset| json!({
            "name": dataset.name,
            "provider": dataset.provider,
            "subject": dataset.subject.column(),
            "amount": dataset.amount,
            "unit": dataset.unit,
            "concept": dataset.concept,
            "min": dataset.min().value(),
            "max": dataset.max().value(),
        })).collect::<Vec<_>>(),
        "question": agreement.analysis().question(),
        "disclosure": {
            "to": disclosure.to,
            "answers": disclosure.answers,
            "audit": disclosure.audit,
            "minimum_cell": disclosure.minimum_cell,
        },
    })
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::DataProvider => "data-provider",
        Role::Evaluator => "evaluator",
        Role::KeyHolder => "key-holder",
        Role::Auditor => "auditor",
    }
}
