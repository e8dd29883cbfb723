//! The arguments of `report`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use drempel_report::Language;

#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "The page is one file that fetches nothing. Nobody signs the released answers: the page says so.\n\n\
                        Example: drempel report --agreement agreement.toml --answer answer.enc --answers answers.csv \
                        --attestation answer.attest --ledger ledger.jsonl --map areas.geojson --map-key postcode \
                        --language nl --out report.html"
)]
pub(crate) struct ReportArgs {
    #[command(subcommand)]
    pub(crate) action: Option<ReportAction>,
    #[command(flatten)]
    pub(crate) inputs: Option<ReportInputs>,
    #[command(flatten)]
    pub(crate) outputs: Option<ReportOutputs>,
}

#[derive(Subcommand)]
pub(crate) enum ReportAction {
    /// Check every signature and digest, make the page again, and compare it byte for byte.
    Verify {
        /// The page.
        page: PathBuf,
        #[command(flatten)]
        inputs: Box<ReportInputs>,
    },
}

/// What a report is made from: the same to write and to verify it.
#[derive(Args)]
pub(crate) struct ReportInputs {
    /// The agreement, with its signatures beside it.
    #[arg(long)]
    pub(crate) agreement: PathBuf,
    /// The encrypted answer.
    #[arg(long)]
    pub(crate) answer: PathBuf,
    /// The released answers, a CSV file.
    #[arg(long)]
    pub(crate) answers: PathBuf,
    /// An auditor's attestation; may be repeated.
    #[arg(long)]
    pub(crate) attestation: Vec<PathBuf>,
    /// The key holder's ledger, which says who released the answers, and when.
    #[arg(long)]
    pub(crate) ledger: Option<PathBuf>,
    /// The cases, the CSV file that the evaluator used: shares are told of counts, and lines divide households.
    #[arg(long)]
    pub(crate) cases: Option<PathBuf>,
    /// In which region each subject is: a CSV file with the subject's column and `region`.
    #[arg(long)]
    pub(crate) regions: Option<PathBuf>,
    /// Where each area lies: GeoJSON or TopoJSON.
    #[arg(long, requires = "map_key")]
    pub(crate) map: Option<PathBuf>,
    /// The property of the map that has an area's name.
    #[arg(long, requires = "map", value_name = "PROPERTY")]
    pub(crate) map_key: Option<String>,
    /// The encrypted answer of an earlier date, to show what changed.
    #[arg(long, requires = "before_answers")]
    pub(crate) before_answer: Option<PathBuf>,
    /// The answers released from it.
    #[arg(long, requires = "before_answer")]
    pub(crate) before_answers: Option<PathBuf>,
    /// The cases of that date.
    #[arg(long, requires = "before_answer")]
    pub(crate) before_cases: Option<PathBuf>,
    /// The agreement of that date, where it was another.
    #[arg(long, requires = "before_answer")]
    pub(crate) before_agreement: Option<PathBuf>,
}

/// What is written.
#[derive(Args)]
pub(crate) struct ReportOutputs {
    /// The page to write.
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// The language: en (English) or nl (Dutch).
    #[arg(long, default_value = "en")]
    pub(crate) language: Language,
    /// Its numbers as CSV, one a line.
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,
    /// Its numbers as Parquet, one a row.
    #[arg(long, value_name = "FILE")]
    pub(crate) parquet: Option<PathBuf>,
    /// Its tables and digests as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) json_file: Option<PathBuf>,
    /// The folder for each chart as SVG.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) svg: Option<PathBuf>,
}
