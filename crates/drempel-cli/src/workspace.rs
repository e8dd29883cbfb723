//! A party's folder: `drempel.toml` says who it is and where things are, so that commands need no more than what changes.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use drempel::agreement::{Role, Signatures};
use drempel::analysis::Question;
use drempel::files::{Access, write_atomically};
use drempel::{Agreement, Noise, SigningKey};
use toml_edit::{DocumentMut, Item};

use crate::failure::Failure;
use crate::output::Output;

/// The workspace's own file.
pub(crate) const FILE: &str = "drempel.toml";
pub(crate) const AGREEMENT: &str = "agreement.toml";
/// What everybody sees.
pub(crate) const SHARED: &str = "shared";
/// What evaluator and auditors see.
pub(crate) const EVALUATION: &str = "evaluation";

/// Of a job whose answers are decisions: the evaluator's noise, what it says of it to the auditor, and what that answers.
const SEED: &str = "noise.seed";
const COMMITMENT: &str = "noise.commitment";
const NONCE: &str = "nonce";

pub(crate) struct Workspace {
    folder: PathBuf,
    party: String,
    agreement: PathBuf,
    signing_key: PathBuf,
    shared: PathBuf,
    evaluation: PathBuf,
}

/// The text of a new one.
pub(crate) fn text(party: &str) -> String {
    let party = toml_edit::Value::from(party);
    format!(
        "# Who you are and where things are, from this folder. Options of a command override it.\n\
         party = {party}\nagreement = \"../{AGREEMENT}\"\nsigning_key = \"signing.key\"\n\
         # For everybody; for the evaluator and the auditors only.\n\
         shared = \"../{SHARED}\"\nevaluation = \"../{EVALUATION}\"\n"
    )
}

/// A folder's name for a party.
pub(crate) fn folder_of(party: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() { c.to_lowercase().next().unwrap_or(c) } else { '-' };
    party.chars().map(plain).collect()
}

impl Workspace {
    /// The workspace of a folder; `None` where it is none.
    pub(crate) fn open(folder: &Path) -> Result<Option<Self>, Failure> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).map_err(|error| Failure::from(error).about(&path))?;
        let document: DocumentMut = text
            .parse()
            .map_err(|error: toml_edit::TomlError| Failure::input(error.message()).about(&path))?;
        let field = |name: &str| {
            let value = document.get(name).and_then(Item::as_str);
            value.ok_or_else(|| Failure::input(format!("{name} = \"...\" is missing")).about(&path))
        };
        let place = |name: &str| {
            field(name).map(|place| if folder == Path::new("") { place.into() } else { folder.join(place) })
        };
        Ok(Some(Self {
            folder: folder.to_owned(),
            party: field("party")?.to_owned(),
            agreement: place("agreement")?,
            signing_key: place("signing_key")?,
            shared: place("shared")?,
            evaluation: place("evaluation")?,
        }))
    }

    /// What was typed, with what the workspace knows in the place of what was not.
    pub(crate) fn complete(&self, mut typed: Vec<OsString>) -> Result<Vec<OsString>, Failure> {
        let words: Vec<String> =
            typed.iter().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
        if words.iter().any(|word| matches!(word.as_str(), "-h" | "--help" | "help" | "-V" | "--version")) {
            return Ok(typed);
        }
        let Some(command) = words.iter().position(|word| !word.starts_with('-')) else { return Ok(typed) };
        let has =
            |option: &str| words.iter().any(|word| word == option || word.starts_with(&format!("{option}=")));
        // Words right after the command and before its options are what changes.
        let plain: Vec<&String> =
            words[command + 1..].iter().take_while(|word| !word.starts_with("--")).collect();
        let mut added: Vec<(&str, PathBuf)> = Vec::new();
        let mut named: Vec<(&str, String)> = Vec::new();
        let (shared, evaluation) =
            (|name: &str| self.shared.join(name), |name: &str| self.evaluation.join(name));
        let mut taken = plain.len();
        let job = |added: &mut Vec<(&str, PathBuf)>| -> Result<Agreement<Question>, Failure> {
            let agreement = crate::agreement::open(&self.agreement)?;
            added.push(("--evaluation-key", shared("evaluation.key")));
            added.push(("--signing-key", self.signing_key.clone()));
            if !has("--input") {
                for dataset in agreement.inputs() {
                    added.push(("--input", shared(&format!("{}.enc", dataset.name))));
                }
            }
            if crate::noise::are_decisions(&agreement) {
                let seed = if words[command] == "audit" { evaluation(SEED) } else { self.folder.join(SEED) };
                added.extend([("--noise", seed), ("--nonce", evaluation(NONCE))]);
            }
            if agreement.disclosure().audit < 1.0 {
                added.push(("--transcript", evaluation("answer.rows")));
            }
            if agreement.disclosure().blinded {
                added.push(("--blinding", evaluation("answer.blinding")));
            }
            Ok(agreement)
        };
        match (words[command].as_str(), &plain[..]) {
            ("agreement", [action]) if matches!(action.as_str(), "check" | "show" | "verify" | "sign") => {
                typed.push(self.agreement.clone().into());
                if *action == "sign" {
                    named.push(("--party", self.party.clone()));
                    added.push(("--signing-key", self.signing_key.clone()));
                }
                taken = 0;
            }
            ("check", [dataset, input]) => {
                named.push(("--dataset", (*dataset).clone()));
                added.push(("--input", input.into()));
            }
            ("check", [cases]) => added.push(("--cases", cases.into())),
            ("keygen", []) => {
                added.push(("--signing-key", self.signing_key.clone()));
                added.push(("--out", self.folder.join("keys")));
            }
            ("encrypt", [dataset, input]) => {
                named.push(("--dataset", (*dataset).clone()));
                added.push(("--input", input.into()));
                added.push(("--public-key", shared("public.key")));
                added.push(("--signing-key", self.signing_key.clone()));
                added.push(("--out", shared(&format!("{dataset}.enc"))));
            }
            ("plan", []) => {}
            ("noise" | "nonce", []) => {
                added.push(("--evaluation-key", shared("evaluation.key")));
                added.push(("--signing-key", self.signing_key.clone()));
                // The auditor must not know the seed when it draws.
                if words[command] == "noise" {
                    added.push(("--out", self.folder.join(SEED)));
                } else {
                    added.push(("--out", evaluation(NONCE)));
                    let path = evaluation(COMMITMENT);
                    let commitment = fs::read_to_string(&path);
                    let commitment = commitment.map_err(|error| Failure::from(error).about(&path))?;
                    named.push(("--commitment", commitment.trim().to_owned()));
                }
            }
            ("plan", [cases]) => added.push(("--cases", cases.into())),
            ("evaluate", [] | [_]) => {
                job(&mut added)?;
                let cases = plain.first().map_or_else(|| self.folder.join("cases.csv"), PathBuf::from);
                added.push(("--cases", cases));
                added.push(("--out", shared("answer.enc")));
            }
            ("audit", []) => {
                job(&mut added)?;
                added.push(("--cases", self.shared_cases()));
                added.push(("--answer", shared("answer.enc")));
                added.push(("--out", shared("answer.attest")));
            }
            ("release", []) => {
                added.push(("--secret-key", self.folder.join("keys/secret.key")));
                added.push(("--signing-key", self.signing_key.clone()));
                added.push(("--answer", shared("answer.enc")));
                added.push(("--attestation", shared("answer.attest")));
                added.push(("--out", self.folder.join("answers.csv")));
            }
            _ => return Ok(typed),
        }
        if words[command] != "agreement" {
            added.push(("--agreement", self.agreement.clone()));
        }
        let first = command + 2;
        typed.drain(first..first + taken);
        for (option, value) in named
            .into_iter()
            .map(|(option, value)| (option, OsString::from(value)))
            .chain(added.into_iter().map(|(option, path)| (option, path.into_os_string())))
        {
            if !has(option) {
                typed.extend([option.into(), value]);
            }
        }
        Ok(typed)
    }

    /// The evaluator's cases as it has handed them to the auditors, in whichever format they are.
    fn shared_cases(&self) -> PathBuf {
        let found = fs::read_dir(&self.evaluation).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut cases: Vec<PathBuf> =
            found.filter(|path| path.file_stem().is_some_and(|stem| stem == "cases")).collect();
        cases.sort();
        cases.pop().unwrap_or_else(|| self.evaluation.join("cases.csv"))
    }

    /// Makes the party's signing key and puts its public half into the agreement. The last one to do so signs at once.
    pub(crate) fn join(&self) -> Result<String, Failure> {
        if Signatures::path(&self.agreement).exists() {
            return Err(Failure::input("is signed already; a new key would make another agreement of it")
                .about(&self.agreement));
        }
        let key = if self.signing_key.exists() {
            crate::passphrase::signing_key(&self.signing_key)?
        } else {
            let key = SigningKey::generate();
            crate::passphrase::write_key_file(&self.signing_key, &key.to_bytes())?;
            key
        };
        let agreement = fs::read_to_string(&self.agreement)
            .map_err(|error| Failure::from(error).about(&self.agreement))?;
        let mut document: DocumentMut = agreement
            .parse()
            .map_err(|error: toml_edit::TomlError| Failure::input(error.message()).about(&self.agreement))?;
        let parties = document.get_mut("party").and_then(Item::as_array_of_tables_mut);
        let mut found = false;
        for table in parties.into_iter().flat_map(|tables| tables.iter_mut()) {
            if table.get("name").and_then(Item::as_str) == Some(&self.party) {
                table["signing_key"] = toml_edit::value(key.verifying_key().to_string());
                found = true;
            }
        }
        if !found {
            let message = format!("has no [[party]] \"{}\"", self.party);
            return Err(Failure::input(message).about(&self.agreement));
        }
        let text = document.to_string();
        Agreement::<Question>::parse(&text)?;
        write_atomically(&self.agreement, Access::Shared, |out| out.write_all(text.as_bytes()))
            .map_err(|error| Failure::from(error).about(&self.agreement))?;
        Ok(format!(
            "{}: keep it; whoever has it and its passphrase can sign for {}\n",
            self.signing_key.display(),
            self.party
        ))
    }

    /// What a command needs done first: the key holder signs before it makes keys.
    pub(crate) fn before(&self, command: &str, output: &Output) -> Result<(), Failure> {
        if command != "keygen" || self.unsigned().is_none_or(|unsigned| unsigned != [self.party.clone()]) {
            return Ok(());
        }
        output.note(&format!("{} signs the agreement", self.party));
        crate::agreement::sign_quietly(&self.agreement, &self.party, &self.signing_key)
    }

    /// What the others need of what a command has made.
    pub(crate) fn after(&self, command: &str, typed: &[OsString]) -> Result<(), Failure> {
        let copy = |from: &Path, to: PathBuf| {
            fs::copy(from, &to).map(|_| ()).map_err(|error| Failure::from(error).about(&to))
        };
        match command {
            "keygen" => ["public.key", "evaluation.key"]
                .iter()
                .try_for_each(|name| copy(&self.folder.join("keys").join(name), self.shared.join(name))),
            "noise" => {
                let seed = crate::with_path(&self.folder.join(SEED), Noise::open)?;
                let path = self.evaluation.join(COMMITMENT);
                fs::write(&path, format!("{}\n", seed.digest()))
                    .map_err(|error| Failure::from(error).about(&path))
            }
            "evaluate" => {
                if self.folder.join(SEED).exists() {
                    copy(&self.folder.join(SEED), self.evaluation.join(SEED))?;
                }
                let cases =
                    typed.iter().position(|word| word == "--cases").and_then(|place| typed.get(place + 1));
                let Some(cases) = cases.map(Path::new).filter(|path| path.exists()) else { return Ok(()) };
                let extension =
                    cases.extension().map(|extension| format!(".{}", extension.to_string_lossy()));
                copy(cases, self.evaluation.join(format!("cases{}", extension.unwrap_or_default())))
            }
            _ => Ok(()),
        }
    }

    fn unsigned(&self) -> Option<Vec<String>> {
        let agreement = crate::agreement::open(&self.agreement).ok()?;
        let signatures = Signatures::open(&self.agreement).ok();
        let signed: Vec<String> = signatures
            .iter()
            .flat_map(|signatures| signatures.parties().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        let names = agreement.parties().iter().map(|party| party.name.clone());
        Some(names.filter(|name| !signed.contains(name)).collect())
    }

    /// Who runs what next, by the files that are there.
    fn next(&self) -> Option<(String, String)> {
        let agreement = crate::agreement::open(&self.agreement).ok()?;
        let holder = |role| agreement.holders(role).next().map(|party| party.name.clone());
        if let Some(party) = agreement.parties().iter().find(|party| party.signing_key.is_none()) {
            return Some((party.name.clone(), "drempel join".to_owned()));
        }
        let key_holder = holder(Role::KeyHolder)?;
        if let Some(party) = self.unsigned()?.into_iter().find(|party| *party != key_holder) {
            return Some((party, "drempel agreement sign".to_owned()));
        }
        if !self.shared.join("public.key").exists() {
            return Some((key_holder, "drempel keygen".to_owned()));
        }
        for dataset in agreement.inputs() {
            if !self.shared.join(format!("{}.enc", dataset.name)).exists() {
                let command = format!("drempel encrypt {0} {0}.csv", dataset.name);
                return Some((dataset.provider.clone(), command));
            }
        }
        if crate::noise::are_decisions(&agreement) {
            if !self.evaluation.join(COMMITMENT).exists() {
                return Some((holder(Role::Evaluator)?, "drempel noise".to_owned()));
            }
            if !self.evaluation.join(NONCE).exists() {
                return Some((holder(Role::Auditor)?, "drempel nonce".to_owned()));
            }
        }
        if !self.shared.join("answer.enc").exists() {
            return Some((holder(Role::Evaluator)?, "drempel evaluate".to_owned()));
        }
        if !self.shared.join("answer.attest").exists() {
            return Some((holder(Role::Auditor)?, "drempel audit".to_owned()));
        }
        let released = self.party == key_holder && self.folder.join("answers.csv").exists();
        (!released).then(|| (key_holder, "drempel release".to_owned()))
    }

    /// Says who runs what next.
    pub(crate) fn say_next(&self, output: &Output) {
        if let Some((party, command)) = self.next() {
            output.note(&format!("next: {party} runs `{command}` in its folder, {}", folder_of(&party)));
        }
    }

    /// Signs for the last party that has joined.
    pub(crate) fn sign_if_last(&self) -> Result<Option<String>, Failure> {
        let agreement = crate::agreement::open(&self.agreement)?;
        if agreement.parties().iter().any(|party| party.signing_key.is_none()) {
            return Ok(None);
        }
        crate::agreement::sign_quietly(&self.agreement, &self.party, &self.signing_key)?;
        Ok(Some(format!("{} signed the agreement: every party's key is in it\n", self.party)))
    }
}
