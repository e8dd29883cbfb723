//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use drempel::units::Digest;
use drempel_report::Language;

mod check;
mod init;
mod input;
mod report;
mod roles;

pub(crate) use check::CheckArgs;
pub(crate) use init::{InitArgs, KindArg};
pub(crate) use input::DialectArgs;
pub(crate) use report::{ReportAction, ReportArgs, ReportInputs, ReportOutputs};
pub(crate) use roles::{
    AuditArgs, EncryptArgs, EvaluateArgs, InspectArgs, JobAction, JobArgs, JobCommandArgs, NoiseArgs,
    NonceArgs, OutputArgs, PlanArgs, PseudonymKeyArgs, PseudonymiseArgs, UnblindArgs,
};
#[cfg(feature = "key-holder")]
pub(crate) use roles::{KeygenArgs, ReleaseArgs};

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
/// `party keygen`, `agreement check` and `agreement sign` (everyone), `keygen` (key holder), `encrypt` (data provider),
/// `noise` (evaluator), `nonce` (auditor), `evaluate` (evaluator), `audit` (auditor), `release` (key holder).
///
/// Key files are encrypted under a passphrase. It is asked for on a terminal; scripts give it in DREMPEL_PASSPHRASE or
/// through --passphrase-fd.
///
/// Exit codes: 0 done, 1 the input is wrong, 2 usage, 3 refused: the agreement, a signature, the audit or the ledger says no, 4 the system failed.
#[derive(Parser)]
#[command(name = "drempel", version, long_version = LONG_VERSION, max_term_width = 100)]
pub(crate) struct Cli {
    /// Print one machine-readable JSON object instead of text.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Read the passphrase from this file descriptor: its first line, the same for all key files of a command.
    #[arg(long, global = true, value_name = "NUMBER")]
    pub(crate) passphrase_fd: Option<u32>,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Play all roles with real keys, through files in one folder.
    #[cfg(feature = "key-holder")]
    Demo(DemoArgs),
    /// Begin: an agreement from a template, with a folder, a page of commands and made-up data for each party.
    Init(InitArgs),
    /// Everybody, in the folder that `init` made: make your signing key and put it into the agreement.
    Join,
    /// Everybody: make your signing key.
    Party(PartyArgs),
    /// Check, show, sign or verify an agreement.
    Agreement(AgreementArgs),
    /// Key holder: make the three keys of one agreement.
    #[cfg(feature = "key-holder")]
    Keygen(KeygenArgs),
    /// Data provider or evaluator: make the key of one agreement's pseudonyms.
    PseudonymKey(PseudonymKeyArgs),
    /// Data provider and evaluator: replace identifiers in a CSV file by the agreement's pseudonyms.
    Pseudonymise(PseudonymiseArgs),
    /// Everybody: see what would be refused of a file of data, and what it looks like. No key is needed.
    Check(CheckArgs),
    /// Data provider: encrypt one dataset.
    Encrypt(EncryptArgs),
    /// Count operations, seconds, bytes and failure probability before anything runs.
    Plan(PlanArgs),
    /// Evaluator: commit to the randomness that hides what the noise of decisions could tell.
    Noise(NoiseArgs),
    /// Auditor: draw the nonce that this randomness depends on as well.
    Nonce(NonceArgs),
    /// Evaluator: compute the encrypted answers, in chunks that a crash cannot lose.
    Evaluate(EvaluateArgs),
    /// Evaluator: see how far a long evaluation is, or join its shards.
    Job(JobCommandArgs),
    /// Auditor: evaluate the agreed share again, compare, and attest.
    Audit(AuditArgs),
    /// Key holder: open the agreed answers, and only those.
    #[cfg(feature = "key-holder")]
    Release(ReleaseArgs),
    /// Receiver: read blinded answers after their release.
    Unblind(UnblindArgs),
    /// Show or verify a ledger.
    Ledger(LedgerArgs),
    /// Explain one answer in plain words, for whom it is about and whoever advises them.
    Explain(ExplainArgs),
    /// Receiver: draw the released answers as a page with charts or a map, or verify such a page.
    Report(Box<ReportArgs>),
    /// Write what the agreement has for a data protection impact assessment, as Markdown.
    Dpia(DpiaArgs),
    /// Delete files whose retention period is over, and write it in a ledger.
    Purge(PurgeArgs),
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
    /// Sign for a party. The signature is added to the file AGREEMENT.sig, beside the agreement.
    #[command(after_help = "Read the agreement first: `drempel agreement show`.\n\n\
                            Example: drempel agreement sign agreement.toml --party UWV --signing-key uwv.key")]
    Sign {
        /// The agreement, a TOML file.
        agreement: PathBuf,
        /// The party's name in the agreement.
        #[arg(long)]
        party: String,
        /// The party's signing key.
        #[arg(long)]
        signing_key: PathBuf,
    },
    /// Check that every party has signed.
    Verify {
        /// The agreement, a TOML file.
        agreement: PathBuf,
    },
}

#[derive(Args)]
pub(crate) struct PartyArgs {
    #[command(subcommand)]
    pub(crate) action: PartyAction,
}

#[derive(Subcommand)]
pub(crate) enum PartyAction {
    /// Make a signing key, and print the line that goes into agreements.
    #[command(after_help = "Example: drempel party keygen --out uwv.key")]
    Keygen {
        /// The key file to write, encrypted under a passphrase.
        #[arg(long)]
        out: PathBuf,
    },
    /// Print the line that goes into agreements again.
    Show {
        /// The signing key.
        key: PathBuf,
    },
}

#[derive(Args)]
pub(crate) struct LedgerArgs {
    #[command(subcommand)]
    pub(crate) action: LedgerAction,
}

#[derive(Subcommand)]
pub(crate) enum LedgerAction {
    /// Check every line: signatures and chain.
    Verify {
        /// The ledger.
        file: PathBuf,
        /// An agreement that names the ledger's owner.
        #[arg(long)]
        agreement: PathBuf,
        /// The party that keeps the ledger [default: the key holder].
        #[arg(long)]
        party: Option<String>,
        /// The head that the last release printed: shows that no line is missing at the end.
        #[arg(long)]
        head: Option<Digest>,
    },
    /// Show what was opened, for whom, when.
    Show {
        /// The ledger.
        file: PathBuf,
        /// An agreement that names the ledger's owner.
        #[arg(long)]
        agreement: PathBuf,
        /// The party that keeps the ledger [default: the key holder].
        #[arg(long)]
        party: Option<String>,
    },
}

#[derive(Args)]
#[command(
    after_help = "What was computed with is not known to anybody, so it is not in the explanation.\n\n\
                        Example: drempel explain --agreement agreement.toml --cases households.csv \
                        --answer answer.enc --subject h1 --answers decisions.csv --language nl"
)]
pub(crate) struct ExplainArgs {
    /// The agreement, with its signatures beside it.
    #[arg(long)]
    pub(crate) agreement: PathBuf,
    /// The cases, the file that the evaluator used.
    #[arg(long)]
    pub(crate) cases: PathBuf,
    #[command(flatten)]
    pub(crate) dialect: DialectArgs,
    /// The encrypted answer.
    #[arg(long)]
    pub(crate) answer: PathBuf,
    /// Whom or what the answer is about: the identifier as it is in the file of cases.
    #[arg(long, value_name = "ID")]
    pub(crate) subject: String,
    /// The released answers, a CSV file; without it the answer is not told.
    #[arg(long)]
    pub(crate) answers: Option<PathBuf>,
    /// The language: en (English) or nl (Dutch).
    #[arg(long, default_value = "en")]
    pub(crate) language: Language,
}

#[derive(Args)]
#[command(
    after_help = "Example: drempel dpia --agreement agreement.toml --ledger ledger.jsonl --out dpia.md"
)]
pub(crate) struct DpiaArgs {
    /// The agreement, with its signatures beside it.
    #[arg(long)]
    pub(crate) agreement: PathBuf,
    /// The key holder's ledger; it is verified first.
    #[arg(long)]
    pub(crate) ledger: Option<PathBuf>,
    /// The language: en (English) or nl (Dutch).
    #[arg(long, default_value = "en")]
    pub(crate) language: Language,
    /// The document to write; without it the document is printed.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Args)]
#[command(
    after_help = "A term counts from a file's modification date. Key files, agreements and ledgers are never deleted. \
                        A party that is not the key holder keeps a ledger of its own, which begins here.\n\n\
                        Example: drempel purge --agreement agreement.toml --ledger ledger.jsonl --signing-key svb.key \
                        answer.enc --also decisions.csv"
)]
pub(crate) struct PurgeArgs {
    /// The agreement, with its signatures beside it.
    #[arg(long)]
    pub(crate) agreement: PathBuf,
    /// The ledger to write in before anything is deleted.
    #[arg(long, required_unless_present = "dry_run")]
    pub(crate) ledger: Option<PathBuf>,
    /// Your signing key.
    #[arg(long, required_unless_present = "dry_run")]
    pub(crate) signing_key: Option<PathBuf>,
    /// A file that does not say itself that it belongs to this agreement, such as a CSV file; may be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) also: Vec<PathBuf>,
    /// Only say what would be deleted.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Tables, answers and other drempel files of this agreement.
    #[arg(required_unless_present = "also")]
    pub(crate) files: Vec<PathBuf>,
}
