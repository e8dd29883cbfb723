use std::path::PathBuf;

use clap::Args;

use super::DialectArgs;

#[derive(Args)]
#[command(
    after_help = "Nothing is written and no key is needed. The summary names nobody and has no amounts, so it is safe to send to \
                        whoever helps you.\n\n\
                        Example: drempel check --agreement agreement.toml --dataset income --input incomes.xlsx\n\
                        Example: drempel check --agreement agreement.toml --cases households.csv"
)]
pub(crate) struct CheckArgs {
    /// The agreement, signed or not.
    #[arg(long)]
    pub(crate) agreement: PathBuf,
    /// Which of its datasets the file is.
    #[arg(long, requires = "input", required_unless_present = "cases", conflicts_with = "cases")]
    pub(crate) dataset: Option<String>,
    /// The dataset: CSV, Parquet, Arrow, xlsx or ods, or - for standard input.
    #[arg(long, requires = "dataset")]
    pub(crate) input: Option<PathBuf>,
    /// The evaluator's cases instead.
    #[arg(long)]
    pub(crate) cases: Option<PathBuf>,
    /// The identifiers of people are citizen service numbers: check each.
    #[arg(long)]
    pub(crate) bsn: bool,
    #[command(flatten)]
    pub(crate) dialect: DialectArgs,
}
