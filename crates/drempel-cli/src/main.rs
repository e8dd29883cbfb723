//! The command line: thin over the library, one file per subcommand.

mod agreement;
mod audit;
mod check;
mod cli;
mod coverage;
#[cfg(feature = "key-holder")]
mod demo;
mod dpia;
mod encrypt;
mod evaluate;
mod explain;
mod failure;
mod init;
mod input;
mod inspect;
mod job;
#[cfg(feature = "key-holder")]
mod keygen;
mod ledger;
mod noise;
mod norms;
mod output;
mod party;
mod passphrase;
mod plan;
mod pseudonymise;
mod purge;
#[cfg(feature = "key-holder")]
mod release;
mod report;
mod unblind;
mod workspace;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use drempel::analysis::Shape;
use drempel::units::Digest;
use drempel::{Answer, EncryptedAnswer};

use cli::{Cli, Command};
use failure::Failure;
use output::Output;
use workspace::Workspace;

fn main() -> ExitCode {
    let mut typed: Vec<OsString> = std::env::args_os().collect();
    // In a party's folder the workspace knows the rest.
    let work = match Workspace::open(Path::new("")) {
        Ok(work) => work,
        Err(failure) => return stopped(&Output::new(false), &failure),
    };
    if let Some(work) = &work {
        typed = match work.complete(typed) {
            Ok(typed) => typed,
            Err(failure) => return stopped(&Output::new(false), &failure),
        };
    }
    let cli = Cli::parse_from(&typed);
    if cfg!(insecure_parameters) {
        eprintln!("this build is for tests: its keys protect nothing");
    }
    let output = Output::new(cli.json);
    let name = typed.iter().skip(1).map(|word| word.to_string_lossy()).find(|word| !word.starts_with('-'));
    let name = name.unwrap_or_default().into_owned();
    let done = passphrase::take(cli.passphrase_fd).and_then(|()| match &work {
        None => run(cli.command, &output),
        Some(work) => {
            work.before(&name, &output)?;
            run(cli.command, &output)?;
            work.after(&name, &typed)?;
            work.say_next(&output);
            Ok(())
        }
    });
    done.map_or_else(|failure| stopped(&output, &failure), |()| ExitCode::SUCCESS)
}

fn stopped(output: &Output, failure: &Failure) -> ExitCode {
    output.failure(failure);
    failure.exit_code()
}

/// Makes a party's key in its folder; the last party signs at once.
fn join(output: &Output) -> Result<(), Failure> {
    let work = Workspace::open(Path::new(""))?.ok_or_else(|| {
        Failure::input(
            "this folder has no drempel.toml; run `drempel init` first, and then this in your party's folder",
        )
    })?;
    let mut text = work.join()?;
    text += &work.sign_if_last()?.unwrap_or_default();
    output.result(&text, &serde_json::json!({ "joined": true }));
    Ok(())
}

fn run(command: Command, output: &Output) -> Result<(), Failure> {
    match command {
        #[cfg(feature = "key-holder")]
        Command::Demo(args) => demo::run(&args, output),
        Command::Init(args) => init::run(&args, output),
        Command::Join => join(output),
        Command::Party(args) => party::run(&args, output),
        Command::Agreement(args) => agreement::run(&args, output),
        #[cfg(feature = "key-holder")]
        Command::Keygen(args) => keygen::run(&args, output),
        Command::PseudonymKey(args) => pseudonymise::make_key(&args, output),
        Command::Pseudonymise(args) => pseudonymise::run(&args, output),
        Command::Check(args) => check::run(&args, output),
        Command::Encrypt(args) => encrypt::run(&args, output),
        Command::Plan(args) => plan::run(&args, output),
        Command::Noise(args) => noise::commit(&args, output),
        Command::Nonce(args) => noise::draw(&args, output),
        Command::Evaluate(args) => evaluate::run(&args, output),
        Command::Job(args) => job::run(&args, output),
        Command::Audit(args) => audit::run(&args, output),
        #[cfg(feature = "key-holder")]
        Command::Release(args) => release::run(&args, output),
        Command::Unblind(args) => unblind::run(&args, output),
        Command::Ledger(args) => ledger::run(&args, output),
        Command::Explain(args) => explain::run(&args, output),
        Command::Report(args) => report::run(&args, output),
        Command::Dpia(args) => dpia::run(&args, output),
        Command::Purge(args) => purge::run(&args, output),
        Command::Inspect(args) => inspect::run(&args, output),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "drempel", &mut std::io::stdout());
            Ok(())
        }
    }
}

/// Reads the released answers, a CSV file, with the file's digest; an error names it.
fn answers(shape: &Shape, encrypted: &EncryptedAnswer, path: &Path) -> Result<(Answer, Digest), Failure> {
    let bytes = with_path(path, |path| fs::read(path))?;
    let answer = with_path(path, |_| {
        Answer::read(shape.columns(), &encrypted.provenance().subjects, bytes.as_slice())
    })?;
    Ok((answer, Digest::of(&bytes)))
}

/// Reads or writes a file; an error names it.
fn with_path<T, E>(path: &Path, work: impl Fn(&Path) -> Result<T, E>) -> Result<T, Failure>
where
    Failure: From<E>,
{
    work(path).map_err(|error| Failure::from(error).about(path))
}

/// Opens files of one kind.
fn open_each<T, E>(paths: &[PathBuf], open: impl Fn(&Path) -> Result<T, E>) -> Result<Vec<T>, Failure>
where
    Failure: From<E>,
{
    paths.iter().map(|path| with_path(path, &open)).collect()
}
