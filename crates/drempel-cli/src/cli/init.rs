use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Args)]
#[command(
    after_help = "Writes an agreement with comments, a folder for each party with its workspace (drempel.toml), a page of its own commands \
                  and made-up data, and two folders that they share: shared (everybody) and evaluation (evaluator and \
                  auditors).\n\n\
                  Example: drempel init eligibility pilot --as SVB --party UWV=Municipality --norms 150107,205348"
)]
pub(crate) struct InitArgs {
    /// The kind of question.
    #[arg(value_enum)]
    pub(crate) kind: KindArg,
    /// The folder to make.
    pub(crate) folder: PathBuf,
    /// Another name for a party of the template; once for each [asked on a terminal].
    #[arg(long, value_name = "TEMPLATE=NAME", value_parser = renamed)]
    pub(crate) party: Vec<(String, String)>,
    /// Which party you are: makes its signing key at once.
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) who: Option<String>,
    /// The poverty lines in cents (eligibility).
    #[arg(long, value_delimiter = ',', value_name = "CENTS")]
    pub(crate) norms: Vec<i64>,
}

/// The kinds that there is a template of.
#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum KindArg {
    /// Is a household's income below its poverty line?
    Eligibility,
    /// At how many agencies does a person have an arrear?
    DebtCount,
    /// Does a person have arrears at several agencies?
    DebtAlarm,
    /// How large is each group, and what is its average?
    GroupMean,
    /// Which treatment does better?
    GroupComparison,
    /// How many households of each area meet conditions?
    AreaCount,
    /// In which order do people come by a score?
    Ranking,
    /// Has any agency seen a person?
    Presence,
    /// Does an offer cover a demand?
    Matching,
}

fn renamed(text: &str) -> Result<(String, String), &'static str> {
    match text.split_once('=') {
        Some((old, new)) if !old.is_empty() && !new.is_empty() => Ok((old.to_owned(), new.to_owned())),
        _ => Err("the template's name, =, and the party's own"),
    }
}
