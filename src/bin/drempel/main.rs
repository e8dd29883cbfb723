//! The command line: thin over the library, one file per subcommand.

mod agreement;
mod cli;
#[cfg(feature = "key-holder")]
mod demo;
mod encrypt;
mod evaluate;
mod failure;
mod inspect;
#[cfg(feature = "key-holder")]
mod keygen;
mod output;
mod plan;
#[cfg(feature = "key-holder")]
mod release;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use cli::{Cli, Command};
use failure::Failure;
use output::Output;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = Output::new(cli.json);
    match run(cli.command, &output) {
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
        Command::Agreement(args) => agreement::run(&args, output),
        #[cfg(feature = "key-holder")]
        Command::Keygen(args) => keygen::run(&args, output),
        Command::Encrypt(args) => encrypt::run(&args, output),
        Command::Plan(args) => plan::run(&args, output),
        Command::Evaluate(args) => evaluate::run(&args, output),
        #[cfg(feature = "key-holder")]
        Command::Release(args) => release::run(&args, output),
        Command::Inspect(args) => inspect::run(&args, output),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "drempel", &mut std::io::stdout());
            Ok(())
        }
    }
}
