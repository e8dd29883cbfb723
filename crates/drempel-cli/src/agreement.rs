use std::fmt::Write;
use std::path::Path;

use drempel::agreement::{Role, Signatures};
use drempel::analysis::Question;
use drempel::files::{Access, write_atomically};
use drempel::{Agreement, SignedAgreement};
use drempel_report::{Language, Present};
use serde_json::{Value, json};

use crate::cli::{AgreementAction, AgreementArgs};
use crate::failure::Failure;
use crate::output::Output;

/// Opens an agreement, signed or not.
pub(crate) fn open(path: &Path) -> Result<Agreement<Question>, Failure> {
    crate::with_path(path, Agreement::open)
}

/// Opens an agreement with the signatures beside it; every role's command starts with it.
pub(crate) fn open_signed(path: &Path) -> Result<SignedAgreement<Question>, Failure> {
    crate::with_path(path, SignedAgreement::open)
}

pub(crate) fn run(args: &AgreementArgs, output: &Output) -> Result<(), Failure> {
    match &args.action {
        AgreementAction::Check { agreement: path } => {
            let agreement = open(path)?;
            let in_force = agreement.in_force_today();
            let mut text = format!("{}: sound\nid {}\n", path.display(), agreement.id());
            let state = in_force.as_ref().map_or_else(ToString::to_string, |()| "in force today".to_owned());
            let _ = writeln!(text, "{state}");
            let unnamed = agreement.parties().iter().filter(|party| party.signing_key.is_none());
            for party in unnamed {
                let _ =
                    writeln!(text, "party \"{}\" has no signing_key yet: `drempel party keygen`", party.name);
            }
            for (name, clamps) in clamping(&agreement) {
                let rule = if clamps {
                    "are encrypted as max: it lies above every line"
                } else {
                    "are refused: max lies below the highest line, so an answer could depend on them"
                };
                let _ = writeln!(text, "dataset \"{name}\": amounts above max {rule}");
            }
            let notes = crate::norms::notes(&agreement);
            for note in &notes {
                let _ = writeln!(text, "{note}");
            }
            let object = json!({
                "id": agreement.id().to_string(),
                "notes": notes,
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
        AgreementAction::Sign { agreement: path, party, signing_key } => {
            sign(path, party, signing_key, output)?;
        }
        AgreementAction::Verify { agreement: path } => {
            let agreement = open_signed(path)?;
            let parties: Vec<&str> = agreement.parties().iter().map(|party| party.name.as_str()).collect();
            let text =
                format!("{}: signed by {}\nid {}\n", path.display(), parties.join(", "), agreement.id());
            output.result(&text, &json!({ "id": agreement.id().to_string(), "signed_by": parties }));
        }
    }
    Ok(())
}

/// Adds a party's signature, as part of another command.
pub(crate) fn sign_quietly(path: &Path, party: &str, signing_key: &Path) -> Result<(), Failure> {
    add_signature(path, party, signing_key).map(drop)
}

fn add_signature(
    path: &Path,
    party: &str,
    signing_key: &Path,
) -> Result<(Agreement<Question>, Signatures), Failure> {
    let agreement = open(path)?;
    let beside = Signatures::path(path);
    let mut signatures = if beside.exists() { Signatures::open(path)? } else { Signatures::new(&agreement) };
    let key = crate::passphrase::signing_key(signing_key)?;
    signatures.sign(&agreement, party, &key)?;
    write_atomically(&beside, Access::Shared, |out| out.write_all(signatures.to_text().as_bytes()))
        .map_err(|error| Failure::from(error).about(&beside))?;
    Ok((agreement, signatures))
}

/// Adds a party's signature to the file beside the agreement, and says who is still to sign.
fn sign(path: &Path, party: &str, signing_key: &Path, output: &Output) -> Result<(), Failure> {
    let (agreement, signatures) = add_signature(path, party, signing_key)?;
    let beside = Signatures::path(path);
    let signed: Vec<&str> = signatures.parties().collect();
    let all = agreement.parties().iter().map(|party| party.name.as_str());
    let missing: Vec<&str> = all.filter(|name| !signed.contains(name)).collect();
    let rest = if missing.is_empty() {
        // Names alone prove nothing: whoever made the file may have written anything beside them.
        SignedAgreement::new(open(path)?, &signatures)?;
        "everybody has signed".to_owned()
    } else {
        format!("still to sign: {}", missing.join(", "))
    };
    let text = format!("{}: signed by {party}; {rest}\nid {}\n", beside.display(), agreement.id());
    let object = json!({ "id": agreement.id().to_string(), "signed_by": signed, "missing": missing });
    output.result(&text, &object);
    Ok(())
}

fn question(agreement: &Agreement<Question>) -> String {
    agreement.analysis().describe(&agreement.setting(), Language::English).question
}

fn clamping(agreement: &Agreement<Question>) -> impl Iterator<Item = (&str, bool)> {
    let names = agreement.inputs().into_iter().map(|dataset| dataset.name.as_str());
    names.map(|name| (name, agreement.shape().clamps(name)))
}

pub(crate) fn words(agreement: &Agreement<Question>) -> String {
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
        "question\n  {}\nanswers\n  to {}, at most {}{}; share to be audited {}",
        question(agreement),
        disclosure.to,
        disclosure.answers,
        if disclosure.blinded { ", blinded" } else { "" },
        disclosure.audit,
    );
    if let Some(bits) = disclosure.noise_bits {
        let _ = writeln!(text, "  the noise of an answer tells at most 2^-{bits} bits");
    }
    text
}

pub(crate) fn object(agreement: &Agreement<Question>) -> Value {
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
            "signing_key": party.signing_key.map(|key| key.to_string()),
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
        "question": question(agreement),
        "disclosure": {
            "to": disclosure.to,
            "answers": disclosure.answers,
            "audit": disclosure.audit,
            "minimum_cell": disclosure.minimum_cell,
            "blinded": disclosure.blinded,
            "noise_bits": disclosure.noise_bits,
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
