//! A new agreement with a folder for each party, from a template.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use drempel::Agreement;
use drempel::agreement::{Party, Role};
use drempel::analysis::Question;
use serde_json::json;
use toml_edit::{Array, DocumentMut, Item};

use crate::cli::{InitArgs, KindArg};
use crate::failure::Failure;
use crate::output::Output;
use crate::workspace::{self, Workspace};

/// An agreement, made-up cases, and a made-up table for each dataset.
struct Template {
    agreement: &'static str,
    cases: &'static str,
    tables: &'static [(&'static str, &'static str)],
}

macro_rules! template {
    ($kind:literal, $($dataset:literal),+) => {
        Template {
            agreement: include_str!(concat!("../../../examples/agreements/", $kind, ".toml")),
            cases: include_str!(concat!("../../../examples/data/", $kind, "/cases.csv")),
            tables: &[$(($dataset, include_str!(concat!("../../../examples/data/", $kind, "/", $dataset, ".csv")))),+],
        }
    };
}

fn template(kind: KindArg) -> Template {
    match kind {
        KindArg::Eligibility => template!("svb_uwv", "income"),
        KindArg::DebtCount => template!("debt_count", "rent", "energy", "health", "water"),
        KindArg::DebtAlarm => template!("debt_alarm", "rent", "energy", "health", "water"),
        KindArg::GroupMean => template!("group_mean", "wage", "allowance"),
        KindArg::GroupComparison => template!("group_comparison", "north", "east", "south"),
        KindArg::AreaCount => template!("area_count", "income", "energy-costs", "energy-label"),
        KindArg::Ranking => {
            template!("ranking", "months-waiting", "months-without-help", "rooms-short", "safety")
        }
        KindArg::Presence => template!(
            "presence",
            "benefits",
            "insurer",
            "bank",
            "benefits_region",
            "insurer_region",
            "bank_region"
        ),
        KindArg::Matching => template!("matching", "seats-offered", "seats-wanted"),
    }
}

pub(crate) fn run(args: &InitArgs, output: &Output) -> Result<(), Failure> {
    let folder = &args.folder;
    if folder.exists() {
        return Err(Failure::input("is there already; choose another folder").about(folder));
    }
    let template = template(args.kind);
    let mut document: DocumentMut = template.agreement.parse().expect("a template is TOML: tested");
    rename_parties(&mut document, &args.party)?;
    if !args.norms.is_empty() {
        set_norms(&mut document, &args.norms)?;
    }
    // Nothing is written of an agreement that breaks a rule.
    let agreement = Agreement::<Question>::parse(&document.to_string())?;
    for shared in [workspace::SHARED, workspace::EVALUATION] {
        let path = folder.join(shared);
        fs::create_dir_all(&path).map_err(|error| Failure::from(error).about(&path))?;
    }
    write(&folder.join(workspace::AGREEMENT), document.to_string().as_bytes())?;
    write(&folder.join("README.md"), overview(&agreement).as_bytes())?;
    for party in agreement.parties() {
        let own = folder.join(workspace::folder_of(&party.name));
        fs::create_dir_all(&own).map_err(|error| Failure::from(error).about(&own))?;
        write(&own.join(workspace::FILE), workspace::text(&party.name).as_bytes())?;
        write(&own.join("README.md"), page(&agreement, party).as_bytes())?;
        for dataset in agreement.datasets().iter().filter(|dataset| dataset.provider == party.name) {
            let (_, csv) = template
                .tables
                .iter()
                .find(|(name, _)| *name == dataset.name)
                .ok_or_else(|| Failure::input("a template without data of one of its datasets"))?;
            write(&own.join(format!("{}.csv", dataset.name)), csv.as_bytes())?;
        }
        if party.roles.contains(&Role::Evaluator) {
            write(&own.join("cases.csv"), template.cases.as_bytes())?;
        }
    }
    let mut text = format!("{}: an agreement, and a folder for each party\n", folder.display());
    text += &format!(
        "read {} and change it to what you agree, before anybody signs\n",
        folder.join(workspace::AGREEMENT).display()
    );
    let parties: Vec<&str> = agreement.parties().iter().map(|party| party.name.as_str()).collect();
    let any = folder.join(workspace::folder_of(args.who.as_deref().unwrap_or(parties[0])));
    let work = Workspace::open(&any)?
        .ok_or_else(|| Failure::input(format!("--as names no party; there are: {}", parties.join(", "))))?;
    if args.who.is_some() {
        text += &work.join()?;
    }
    output.result(&text, &json!({ "folder": folder, "parties": parties }));
    work.say_next(output);
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| Failure::from(error).about(path))
}

fn rename_parties(document: &mut DocumentMut, given: &[(String, String)]) -> Result<(), Failure> {
    let tables = |item: &Item| -> Vec<String> {
        let tables = item.as_array_of_tables().into_iter().flatten();
        tables.filter_map(|table| Some(table.get("name")?.as_str()?.to_owned())).collect()
    };
    let names = tables(&document["party"]);
    if let Some((unknown, _)) = given.iter().find(|(old, _)| !names.contains(old)) {
        let message = format!("the template has no party \"{unknown}\"; it has: {}", names.join(", "));
        return Err(Failure::input(message));
    }
    for name in &names {
        let new = match given.iter().find(|(old, _)| old == name) {
            Some((_, new)) => new.clone(),
            None if given.is_empty() && io::stdin().is_terminal() && io::stderr().is_terminal() => ask(name)?,
            None => continue,
        };
        replace(document, name, &new);
    }
    Ok(())
}

fn ask(name: &str) -> Result<String, Failure> {
    eprint!("party in the place of {name} [{name}]: ");
    io::stderr().flush()?;
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    let line = line.trim();
    Ok(if line.is_empty() { name } else { line }.to_owned())
}

/// A party's name, wherever it stands.
fn replace(document: &mut DocumentMut, old: &str, new: &str) {
    let mut places: Vec<&mut Item> = Vec::new();
    for (key, item) in document.iter_mut() {
        let field = match key.get() {
            "party" => "name",
            "dataset" => "provider",
            "disclosure" => "to",
            _ => continue,
        };
        match item {
            Item::ArrayOfTables(tables) => {
                places.extend(tables.iter_mut().filter_map(|table| table.get_mut(field)));
            }
            Item::Table(table) => places.extend(table.get_mut(field)),
            _ => {}
        }
    }
    for place in places.into_iter().filter(|place| place.as_str() == Some(old)) {
        *place = toml_edit::value(new);
    }
}

fn set_norms(document: &mut DocumentMut, norms: &[i64]) -> Result<(), Failure> {
    let analysis = document.get_mut("analysis").and_then(Item::as_table_mut);
    let norms_of = analysis.and_then(|analysis| analysis.get_mut("norms"));
    let place = norms_of
        .ok_or_else(|| Failure::input("--norms is for kinds that have poverty lines: eligibility"))?;
    *place = toml_edit::value(norms.iter().copied().collect::<Array>());
    Ok(())
}

fn overview(agreement: &Agreement<Question>) -> String {
    let parties: String = agreement
        .parties()
        .iter()
        .map(|party| format!("- {}: [{1}]({1}/README.md)\n", party.name, workspace::folder_of(&party.name)))
        .collect();
    format!(
        "# {}\n\n`agreement.toml` is what everybody signs. Each party works in its own folder, and every command says who runs the next \
         one. `shared` is for everybody, `evaluation` for the evaluator and the auditors only.\n\n{parties}\n\
         The data in the folders are made up: put your own in their place. Give away a party's folder only to that party.\n",
        agreement.terms().name
    )
}

/// The commands of one party, in their order.
fn page(agreement: &Agreement<Question>, party: &Party) -> String {
    let mut commands =
        vec!["drempel join                 # your signing key, and its line in the agreement".to_owned()];
    let role = |role| party.roles.contains(&role);
    commands.push("drempel agreement show       # read it".to_owned());
    if !role(Role::KeyHolder) {
        commands.push("drempel agreement sign".to_owned());
    } else {
        commands.push("drempel keygen               # signs the agreement, and makes its keys".to_owned());
    }
    for dataset in agreement.datasets().iter().filter(|dataset| dataset.provider == party.name) {
        let name = &dataset.name;
        commands.push(format!("drempel check {name} {name}.csv"));
        commands.push(format!("drempel encrypt {name} {name}.csv"));
    }
    let decisions = crate::noise::are_decisions(agreement);
    if role(Role::Evaluator) && decisions {
        commands
            .push("drempel noise                # before the evaluation, for the auditor's nonce".to_owned());
    }
    if role(Role::Auditor) && decisions {
        commands.push("drempel nonce".to_owned());
    }
    if role(Role::Evaluator) {
        commands.push("drempel evaluate             # of cases.csv".to_owned());
    }
    if role(Role::Auditor) {
        commands.push("drempel audit".to_owned());
    }
    if role(Role::KeyHolder) {
        commands.push("drempel release              # writes answers.csv".to_owned());
    }
    format!(
        "# {}\n\nRun in this folder, when the command before says that it is your turn:\n\n```sh\n{}\n```\n\n\
         `drempel.toml` says where things are; options override it.\n",
        party.name,
        commands.join("\n")
    )
}
