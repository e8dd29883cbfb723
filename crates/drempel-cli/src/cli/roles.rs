//! The arguments of each role's commands.

use std::num::NonZero;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use drempel::job::Shard;
use drempel::units::Digest;

use super::DialectArgs;

#[derive(Args)]
#[command(
    after_help = "Keep secret.key away from data and from the evaluator. Give public.key to every data provider \
                        and evaluation.key to the evaluator and the auditor.\n\n\
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
    after_help = "The file names its columns: the dataset's subject (`person`, `household`, `offer` or `demand`) and the amount's \
                        column that the agreement names, in whole numbers.\n\n\
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
    /// The dataset: CSV, Parquet, Arrow, xlsx or ods, or - for standard input.
    #[arg(long)]
    pub(crate) input: PathBuf,
    #[command(flatten)]
    pub(crate) dialect: DialectArgs,
    /// The encrypted table to write.
    #[arg(long)]
    pub(crate) out: PathBuf,
}

#[derive(Args)]
#[command(after_help = "Without --cases the cost of one answer of each kind is shown.\n\n\
                        Example: drempel plan --agreement agreement.toml --cases households.csv")]
pub(crate) struct PlanArgs {
    /// The agreement.
    #[arg(long)]
    pub(crate) agreement: PathBuf,
    /// The evaluator's cases, such as a CSV file: plans exactly this job, supposing that everybody has a record.
    #[arg(long)]
    pub(crate) cases: Option<PathBuf>,
    /// An encrypted table: counts for whom of the cases it has a record; once for each dataset that is there already.
    #[arg(long, requires = "cases")]
    pub(crate) input: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) dialect: DialectArgs,
}

/// What evaluator and auditor compute from: the same for both.
#[derive(Args)]
pub(crate) struct JobArgs {
    /// The agreement.
    #[arg(long)]
    pub(crate) agreement: PathBuf,
    /// The key holder's evaluation key.
    #[arg(long)]
    pub(crate) evaluation_key: PathBuf,
    /// Your party's signing key.
    #[arg(long)]
    pub(crate) signing_key: PathBuf,
    /// The evaluator's cases: whom or what is asked about. CSV, Parquet, Arrow, xlsx or ods.
    #[arg(long)]
    pub(crate) cases: PathBuf,
    #[command(flatten)]
    pub(crate) dialect: DialectArgs,
    /// An encrypted table; once for each dataset of the agreement.
    #[arg(long, required = true)]
    pub(crate) input: Vec<PathBuf>,
    /// The evaluator's noise seed, where answers are decisions (eligibility, matching).
    #[arg(long)]
    pub(crate) noise: Option<PathBuf>,
    /// The auditor's nonce for it.
    #[arg(long)]
    pub(crate) nonce: Option<PathBuf>,
}

#[derive(Args)]
#[command(
    after_help = "Needed where answers are decisions (eligibility, matching), once for each job and before `evaluate`. Send the \
                        commitment that it prints to the auditor, who answers with a nonce.\n\n\
                        Example: drempel noise --agreement agreement.toml --evaluation-key evaluation.key \
                        --signing-key centre.key --out noise.seed"
)]
pub(crate) struct NoiseArgs {
    /// The agreement.
    #[arg(long)]
    pub(crate) agreement: PathBuf,
    /// The key holder's evaluation key.
    #[arg(long)]
    pub(crate) evaluation_key: PathBuf,
    /// Your party's signing key.
    #[arg(long)]
    pub(crate) signing_key: PathBuf,
    /// The noise seed to write: for you and the auditor only.
    #[arg(long)]
    pub(crate) out: PathBuf,
}

#[derive(Args)]
#[command(
    after_help = "Example: drempel nonce --agreement agreement.toml --evaluation-key evaluation.key --signing-key uwv.key \
                        --commitment DIGEST --out nonce"
)]
pub(crate) struct NonceArgs {
    /// The agreement.
    #[arg(long)]
    pub(crate) agreement: PathBuf,
    /// The key holder's evaluation key.
    #[arg(long)]
    pub(crate) evaluation_key: PathBuf,
    /// Your party's signing key.
    #[arg(long)]
    pub(crate) signing_key: PathBuf,
    /// What `drempel noise` printed.
    #[arg(long, value_name = "DIGEST")]
    pub(crate) commitment: Digest,
    /// The nonce to write, for the evaluator.
    #[arg(long)]
    pub(crate) out: PathBuf,
}

#[derive(Args)]
#[command(
    after_help = "The columns of the cases depend on the agreement's analysis. Eligibility has household, person, \
                        poverty_line_cents and, if wanted, known_cents (income that the evaluator knows; may be negative), one row \
                        per person; docs/analyses has the others.\n\n\
                        Ctrl-C finishes the chunk in hand; the same command with --resume goes on.\n\n\
                        Example: drempel evaluate --agreement agreement.toml --evaluation-key evaluation.key \
                        --signing-key centre.key --cases households.csv --input income.enc --noise noise.seed --nonce nonce \
                        --out answer.enc"
)]
pub(crate) struct EvaluateArgs {
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Go on with a job that was stopped; begin it where there is none.
    #[arg(long)]
    pub(crate) resume: bool,
    /// Evaluate only this share of the job, such as 2/8; `drempel job assemble` joins the shares.
    #[arg(long, value_name = "INDEX/COUNT")]
    pub(crate) shard: Option<Shard>,
    /// Evaluate one of so many shares: the one that SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX numbers.
    #[arg(long, value_name = "COUNT", conflicts_with = "shard")]
    pub(crate) shards: Option<u32>,
}

/// An evaluation's inputs, and where its answer goes: the same for all shards.
#[derive(Args)]
pub(crate) struct OutputArgs {
    #[command(flatten)]
    pub(crate) job: JobArgs,
    /// The encrypted answer to write. Until it is whole, the job is kept in a folder of this name and `.job`.
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// The transcript to write, for the auditor: where the agreement's audit is below 1 (8 KB per answer).
    #[arg(long)]
    pub(crate) transcript: Option<PathBuf>,
    /// The blinding to write, for the auditor and the receiver, never the key holder: where answers are blinded.
    #[arg(long)]
    pub(crate) blinding: Option<PathBuf>,
    /// Answers per chunk: what a crash can cost, at most. The same for all shards.
    #[arg(long, default_value_t = drempel::job::CHUNK)]
    pub(crate) chunk: NonZero<usize>,
}

#[derive(Args)]
pub(crate) struct JobCommandArgs {
    #[command(subcommand)]
    pub(crate) action: JobAction,
}

#[derive(Subcommand)]
pub(crate) enum JobAction {
    /// Show how far each shard is.
    Status {
        /// The encrypted answer that the job is to write.
        #[arg(long)]
        out: PathBuf,
    },
    /// Join the shards of a job to its answer, after checking each chunk.
    #[command(after_help = "Takes the same files as `evaluate`.\n\n\
                      Example: drempel job assemble --agreement agreement.toml --evaluation-key evaluation.key \
                      --signing-key centre.key --cases households.csv --input income.enc --noise noise.seed --nonce nonce \
                        --out answer.enc")]
    Assemble(Box<OutputArgs>),
}

#[derive(Args)]
#[command(
    after_help = "The auditor checks every signature and every case, draws the rows that the agreement's share asks \
                        for, evaluates them again, and compares byte for byte.\n\n\
                        Example: drempel audit --agreement agreement.toml --evaluation-key evaluation.key \
                        --signing-key uwv.key --cases households.csv --input income.enc --noise noise.seed --nonce nonce \
                        --answer answer.enc \
                        --out answer.attest"
)]
pub(crate) struct AuditArgs {
    #[command(flatten)]
    pub(crate) job: JobArgs,
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
                        the ledger. Writes one row per answer, for eligibility household,eligible with yes or no; blinded bits where \
                        answers are blinded.\n\n\
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
    after_help = "Example: drempel unblind --agreement agreement.toml --answer answer.enc --opened opened.csv --blinding answer.blinding \
                        --out decisions.csv"
)]
pub(crate) struct UnblindArgs {
    /// The agreement.
    #[arg(long)]
    pub(crate) agreement: PathBuf,
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
    /// The file with identifiers, a CSV file, or - for standard input.
    #[arg(long)]
    pub(crate) input: PathBuf,
    #[command(flatten)]
    pub(crate) dialect: DialectArgs,
    /// The file with pseudonyms to write, a CSV file.
    #[arg(long)]
    pub(crate) out: PathBuf,
}
