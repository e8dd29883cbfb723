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
mod input;
mod inspect;
mod job;
#[cfg(feature = "key-holder")]
mod keygen;
mod ledger;
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

fn main() -> ExitCode {
    let cli = Cli::parse();
    if cfg!(insecure_parameters) {
        eprintln!("this build is for tests: its keys protect nothing");
    }
    let output = Output::new(cli.json);
    match passphrase::take(cli.passphrase_fd).and_then(|()| run(cli.command, &output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.failure(&failure);
            failure.exit_code()
        }
    }
}

fn run(command: Command, output: &Output) -> Result<(), Failure> {
    match command {
        #[cfg(feature = "key-holder")]
        Command::Demo(args) => demo::run(&args, output),
        Command::Party(args) => party::run(&args, output),
        Command::Agreement(args) => agreement::run(&args, output),
        #[cfg(feature = "key-holder")]
        Command::Keygen(args) => keygen::run(&args, output),
        Command::PseudonymKey(args) => pseudonymise::make_key(&args, output),
        Command::Pseudonymise(args) => pseudonymise::run(&args, output),
        Command::Check(args) => check::run(&args, output),
        Command::Encrypt(args) => encrypt::run(&args, output),
        Command::Plan(args) => plan::run(&args, output),
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
