//! How a file of data is written.

use clap::{Args, ValueEnum};
use drempel::rows::{Amounts, Dialect, Encoding, Sheet};

/// The file may be CSV (also packed by gzip or zstd), Parquet, Arrow, xlsx or ods: its content tells which. A `-` is
/// standard input.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "How the data is written")]
pub(crate) struct DialectArgs {
    /// What separates the columns of CSV, such as ; or tab [default: as the first line shows].
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    delimiter: Option<u8>,
    /// How amounts are written.
    #[arg(long, value_enum, default_value_t)]
    amounts: AmountsArg,
    /// How CSV writes characters.
    #[arg(long, value_enum, default_value_t)]
    encoding: EncodingArg,
    /// The sheet of a spreadsheet, and after a ! the row that names its columns: Incomes, Incomes!3 [default: the only
    /// sheet, its first row that is not empty].
    #[arg(long)]
    sheet: Option<Sheet>,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum AmountsArg {
    /// Whole cents: 123456
    #[default]
    Cents,
    /// Euros with a comma: 1.234,56
    Euro,
    /// Euros with a point: 1,234.56
    EuroPoint,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum EncodingArg {
    #[default]
    #[value(name = "utf-8")]
    Utf8,
    /// As older programs of Windows write
    Latin1,
}

impl DialectArgs {
    pub(crate) fn dialect(&self) -> Dialect {
        Dialect {
            delimiter: self.delimiter,
            amounts: match self.amounts {
                AmountsArg::Cents => Amounts::Cents,
                AmountsArg::Euro => Amounts::EuroComma,
                AmountsArg::EuroPoint => Amounts::EuroPoint,
            },
            encoding: match self.encoding {
                EncodingArg::Utf8 => Encoding::Utf8,
                EncodingArg::Latin1 => Encoding::Latin1,
            },
            sheet: self.sheet.clone(),
        }
    }
}

fn delimiter(text: &str) -> Result<u8, &'static str> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii_graphic() && *byte != b'"' || *byte == b'\t' => Ok(*byte),
        _ => Err("one character such as ; or , or |, or the word tab"),
    }
}
