//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

const LONG_VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    "\ndrempel is licensed MIT OR Apache-2.0.\n\
     It computes with the crate tfhe 1.8.2 (BSD-3-Clause-Clear, no patent grant): free for development, research,\n\
     prototyping and experimentation; commercial use needs a patent licence from Zama."
);

/// Answer one agreed question about people whose data is spread over several agencies, without showing each other
/// that data.
///
/// Start with `drempel demo`: it plays all roles with real keys and leaves every file to look at. Then, in order:
/// `agreement check` (everyone), `keygen` (key holder), `encrypt` (data provider), `evaluate` (evaluator),
/// `release` (key holder).
///
/// Exit codes: 0 done, 1 the input is wrong, 2 usage, 3 refused by the agreement, 4 the system failed.
#[derive(Parser)]
#[command(name = "drempel", version, long_version = LONG_VERSION, max_term_width = 100)]
pub(crate) struct Cli {
    /// Print one machine-readable JSON object instead of text.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Play all roles with real keys, through files in one folder.
    #[cfg(feature = "key-holder")]
    Demo(DemoArgs),
    /// Check or show an agreement.
    Agreement(AgreementArgs),
    /// Key holder: make the three keys of one agreement.
    #[cfg(feature = "key-holder")]
    Keygen(KeygenArgs),
    /// Data provider: encrypt one dataset.
    Encrypt(EncryptArgs),
    /// Count bootstraps, seconds, bytes and failure probability before anything runs.
    Plan(PlanArgs),
    /// Evaluator: compute one encrypted answer per household.
    Evaluate(EvaluateArgs),
    /// Key holder: open the agreed answers, and only those.
    #[cfg(feature = "key-holder")]
    Release(ReleaseArgs),
    /// Verify any drempel file and show what it says of itself.
    Inspect(InspectArgs),
    /// Print a completion script for a shell.
    #[command(
        after_help = "Example: drempel completions bash > ~/.local/share/bash-completion/completions/drempel"
    )]
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Args)]
pub(crate) struct DemoArgs {
    /// The folder for everybody's files; made when it is not there.
    #[arg(long, default_value = "drempel-demo")]
    pub(crate) out: PathBuf,
}

#[derive(Args)]
pub(crate) struct AgreementArgs {
    #[command(subcommand)]
    pub(crate) action: AgreementAction,
}

#[derive(Subcommand)]
pub(crate) enum AgreementAction {
    /// Check the rules and print the agreement's id.
    Check {
        /// The agreement, a TOML file.
        agreement: PathBuf,
    },
    /// Show what is agreed, in words.
    Show {
        /// The agreement, a TOML file.
        agreement: PathBuf,
    },
}

#[derive(Args)]
#[command(
    after_help = "Keep secret.key away from data and from the evaluator. Give public.key to every data provider \
                        and evaluation.key to the evaluator.\n\n\
                        Example: drempel keygen --agreement agreement.toml --out keys"
)]
pub(crate) struct KeygenArgs {
    /// The agreement that the keys are for.
    #[arg(long)]
    pub(crate) agreement: PathBuf,
    /// The folder for secret.key, public.key and evaluation.key.
    #[arg(long)]
    pub(crate) out: PathBuf,
}

#[derive(Args)]
#[command(
    after_help = "The CSV has a header. A person dataset has the column `person`, a household dataset `household`, \
                        and each the amount's column that the agreement names, in whole cents.\n\n\
                        Example: drempel encrypt --agreement agreement.toml --dataset income --public-key public.key \
                        --input incomes.csv --out income.enc"
)]
pub(crate) struct EncryptArgs {
    /// The agreement.
    #[arg(long)]
    pub(crate) agreement: PathBuf,
    /// Which of its datasets this is.
    #[arg(long)]
    pub(crate) dataset: String,
    /// The key holder's public key.
    #[arg(long)]
    pub(crate) public_key: PathBuf,
    /// The dataset, a CSV file.
    #[arg(long)]
    pub(crate) input: PathBuf,
    /// The encrypted table to write.
    #[arg(long)]
    pub(crate) out: PathBuf,
}

#[derive(Args)]
#[command(after_help = "Without --households the cost of one household of each size is shown.\n\n\
                        Example: drempel plan --agreement agreement.toml --households households.csv")]
pub(crate) struct PlanArgs {
    /// The agreement.
    #[arg(long)]
    pub(crate) agreement: PathBuf,
    /// The households, a CSV file: plans exactly this job, supposing that every member has a record.
    #[arg(long)]
    pub(crate) households: Option<PathBuf>,
}

#[derive(Args)]
#[command(
    after_help = "households.csv has the columns household, person, poverty_line_cents and, if wanted, known_cents \
                        (income that the evaluator knows; may be negative), one row per person.\n\n\
                        Example: drempel evaluate --agreement agreement.toml --evaluation-key evaluation.key \
                        --households households.csv --input income.enc --out answer.enc"
)]
pub(crate) struct EvaluateArgs {
    /// The agreement.
    #[arg(long)]
    pub(crate) agreement: PathBuf,
    /// The key holder's evaluation key.
    #[arg(long)]
    pub(crate) evaluation_key: PathBuf,
    /// The households, a CSV file.
    #[arg(long)]
    pub(crate) households: PathBuf,
    /// An encrypted table; once for each dataset of the agreement.
    #[arg(long, required = true)]
    pub(crate) input: Vec<PathBuf>,
    /// The encrypted answer to write.
    #[arg(long)]
    pub(crate) out: PathBuf,
}

#[derive(Args)]
#[command(after_help = "Writes household,eligible with yes or no.\n\n\
                        Example: drempel release --agreement agreement.toml --secret-key keys/secret.key \
                        --answer answer.enc --out decisions.csv")]
pub(crate) struct ReleaseArgs {
    /// The agreement.
    #[arg(long)]
    pub(crate) agreement: PathBuf,
    /// The secret key.
    #[arg(long)]
    pub(crate) secret_key: PathBuf,
    /// The encrypted answer.
    #[arg(long)]
    pub(crate) answer: PathBuf,
    /// The decisions to write, a CSV file.
    #[arg(long)]
    pub(crate) out: PathBuf,
}

#[derive(Args)]
pub(crate) struct InspectArgs {
    /// A key, an encrypted table, an encrypted answer or an agreement.
    pub(crate) file: PathBuf,
}
