//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use drempel::units::Digest;

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
/// `evaluate` (evaluator), `audit` (auditor), `release` (key holder).
///
/// Key files are encrypted under a passphrase. It is asked for on a terminal; scripts give it in DREMPEL_PASSPHRASE or
/// through --passphrase-fd.
///
/// Exit codes: 0 done, 1 the input is wrong, 2 usage, 3 refused by the agreement, 4 the system failed.
#[derive(Parser)]
#[command(name = "drempel", version, long_version = LONG_VERSION, max_term_width = 100)]
pub(crate) struct Cli {
    /// Print one machine-readable JSON object instead of text.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Read the passphrase of key files from this file descriptor: its first line.
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
    /// Data provider: encrypt one dataset.
    Encrypt(EncryptArgs),
    /// Count bootstraps, seconds, bytes and failure probability before anything runs.
    Plan(PlanArgs),
    /// Evaluator: compute one encrypted answer per household.
    Evaluate(EvaluateArgs),
    /// Auditor: evaluate the agreed share again, compare, and attest.
    Audit(AuditArgs),
    /// Key holder: open the agreed answers, and only those.
    #[cfg(feature = "key-holder")]
    Release(ReleaseArgs),
    /// Receiver: read blinded answers after their release.
    Unblind(UnblindArgs),
    /// Show or verify the key holder's ledger.
    Ledger(LedgerArgs),
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
        /// An agreement that names the key holder.
        #[arg(long)]
        agreement: PathBuf,
        /// The head that the last release printed: shows that no line is missing at the end.
        #[arg(long)]
        head: Option<Digest>,
    },
    /// Show what was opened, for whom, when.
    Show {
        /// The ledger.
        file: PathBuf,
        /// An agreement that names the key holder.
        #[arg(long)]
        agreement: PathBuf,
    },
}

#[derive(Args)]
#[command(
    after_help = "One party makes the key. Every data provider and the evaluator need it; the key holder must never \
                        have it. Send the file by one channel and its passphrase by another.\n\n\
                        Example: drempel pseudonym-key --agreement agreement.toml --out pseudonym.key"
)]
pub(crate) struct PseudonymKeyArgs {
    /// The agreement that the key is for.
    #[arg(long)]
    pub(crate) agreement: PathBuf,
    /// The key file to write, encrypted under a passphrase.
    #[arg(long)]
    pub(crate) out: PathBuf,
}

#[derive(Args)]
#[command(
    after_help = "Only the named column changes. Nothing is trimmed: all parties must write an identifier alike.\n\n\
                        Example: drempel pseudonymise --agreement agreement.toml --key pseudonym.key --bsn \
                        --input incomes_bsn.csv --out incomes.csv"
)]
pub(crate) struct PseudonymiseArgs {
    /// The agreement.
    #[arg(long)]
    pub(crate) agreement: PathBuf,
    /// The pseudonym key that its data providers and evaluator share.
    #[arg(long)]
    pub(crate) key: PathBuf,
    /// The column with the identifiers.
    #[arg(long, default_value = "person")]
    pub(crate) column: String,
    /// The identifiers are citizen service numbers: check each, and give one of eight digits its leading zero.
    #[arg(long)]
    pub(crate) bsn: bool,
    /// The file with identifiers, a CSV file.
    #[arg(long)]
    pub(crate) input: PathBuf,
    /// The file with pseudonyms to write, a CSV file.
    #[arg(long)]
    pub(crate) out: PathBuf,
}

#[derive(Args)]
#[command(
    after_help = "Keep secret.key away from data and from the evaluator. Give public.key to every data provider \
                        and evaluation.key to the evaluator.\n\n\
                        Example: drempel keygen --agreement agreement.toml --signing-key svb.key --out keys"
)]
pub(crate) struct KeygenArgs {
    /// The agreement that the keys are for.
    #[arg(long)]
    pub(crate) agreement: PathBuf,
    /// Your party's signing key.
    #[arg(long)]
    pub(crate) signing_key: PathBuf,
    /// The folder for secret.key, public.key, evaluation.key and the ledger, ledger.jsonl.
    #[arg(long)]
    pub(crate) out: PathBuf,
}

#[derive(Args)]
#[command(
    after_help = "The CSV has a header. A person dataset has the column `person`, a household dataset `household`, \
                        and each the amount's column that the agreement names, in whole cents.\n\n\
                        Example: drempel encrypt --agreement agreement.toml --dataset income --public-key public.key \
                        --signing-key uwv.key --input incomes.csv --out income.enc"
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
    /// Your party's signing key.
    #[arg(long)]
    pub(crate) signing_key: PathBuf,
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
                        --signing-key centre.key --households households.csv --input income.enc --out answer.enc"
)]
pub(crate) struct EvaluateArgs {
    /// The agreement.
    #[arg(long)]
    pub(crate) agreement: PathBuf,
    /// The key holder's evaluation key.
    #[arg(long)]
    pub(crate) evaluation_key: PathBuf,
    /// Your party's signing key.
    #[arg(long)]
    pub(crate) signing_key: PathBuf,
    /// The households, a CSV file.
    #[arg(long)]
    pub(crate) households: PathBuf,
    /// An encrypted table; once for each dataset of the agreement.
    #[arg(long, required = true)]
    pub(crate) input: Vec<PathBuf>,
    /// The encrypted answer to write.
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// The transcript to write, for the auditor: where the agreement's audit is below 1 (8 KB per answer).
    #[arg(long)]
    pub(crate) transcript: Option<PathBuf>,
    /// The blinding to write, for the auditor and the receiver, never the key holder: where answers are blinded.
    #[arg(long)]
    pub(crate) blinding: Option<PathBuf>,
}

#[derive(Args)]
#[command(
    after_help = "The auditor checks every signature and every household, draws the rows that the agreement's share asks \
                        for, evaluates them again, and compares byte for byte.\n\n\
                        Example: drempel audit --agreement agreement.toml --evaluation-key evaluation.key \
                        --signing-key uwv.key --households households.csv --input income.enc --answer answer.enc \
                        --out answer.attest"
)]
pub(crate) struct AuditArgs {
    /// The agreement.
    #[arg(long)]
    pub(crate) agreement: PathBuf,
    /// The key holder's evaluation key.
    #[arg(long)]
    pub(crate) evaluation_key: PathBuf,
    /// Your party's signing key.
    #[arg(long)]
    pub(crate) signing_key: PathBuf,
    /// The evaluator's households, a CSV file.
    #[arg(long)]
    pub(crate) households: PathBuf,
    /// An encrypted table; once for each dataset of the agreement.
    #[arg(long, required = true)]
    pub(crate) input: Vec<PathBuf>,
    /// The encrypted answer to attest.
    #[arg(long)]
    pub(crate) answer: PathBuf,
    /// The evaluator's transcript, where the agreement's audit is below 1.
    #[arg(long)]
    pub(crate) transcript: Option<PathBuf>,
    /// The evaluator's blinding, where answers are blinded.
    #[arg(long)]
    pub(crate) blinding: Option<PathBuf>,
    /// The attestation to write.
    #[arg(long)]
    pub(crate) out: PathBuf,
}

#[derive(Args)]
#[command(
    after_help = "Opens an answer only if every condition holds: the agreement in force and signed by all, tables signed by \
                        their providers, the answer by the evaluator, an attestation by an auditor, and nothing against \
                        the ledger. Writes household,eligible with yes or no; household,blinded where answers are \
                        blinded.\n\n\
                        Example: drempel release --agreement agreement.toml --secret-key keys/secret.key \
                        --signing-key svb.key --answer answer.enc --attestation answer.attest --out decisions.csv"
)]
pub(crate) struct ReleaseArgs {
    /// The agreement.
    #[arg(long)]
    pub(crate) agreement: PathBuf,
    /// The secret key.
    #[arg(long)]
    pub(crate) secret_key: PathBuf,
    /// Your party's signing key.
    #[arg(long)]
    pub(crate) signing_key: PathBuf,
    /// The encrypted answer.
    #[arg(long)]
    pub(crate) answer: PathBuf,
    /// An auditor's attestation; more than once where there are more.
    #[arg(long)]
    pub(crate) attestation: Vec<PathBuf>,
    /// The ledger that `keygen` began [default: ledger.jsonl beside the secret key].
    #[arg(long)]
    pub(crate) ledger: Option<PathBuf>,
    /// The decisions to write, a CSV file.
    #[arg(long)]
    pub(crate) out: PathBuf,
}

#[derive(Args)]
#[command(
    after_help = "Example: drempel unblind --answer answer.enc --opened opened.csv --blinding answer.blinding \
                        --out decisions.csv"
)]
pub(crate) struct UnblindArgs {
    /// The encrypted answer that was opened: it names its blinding.
    #[arg(long)]
    pub(crate) answer: PathBuf,
    /// What the key holder opened, a CSV file of household,blinded.
    #[arg(long)]
    pub(crate) opened: PathBuf,
    /// The evaluator's blinding.
    #[arg(long)]
    pub(crate) blinding: PathBuf,
    /// The decisions to write, a CSV file.
    #[arg(long)]
    pub(crate) out: PathBuf,
}

#[derive(Args)]
pub(crate) struct InspectArgs {
    /// A key, an encrypted table, an encrypted answer or an agreement.
    pub(crate) file: PathBuf,
}
