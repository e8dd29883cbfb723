//! The numbers of a report: what the page shows, and what the exports hold.

use std::io::{self, Write};

use serde_json::json;

use crate::language::Language;

/// One table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// Its name in the exports.
    pub(super) name: String,
    pub(super) caption: String,
    /// The first one's cells name the rows.
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<Cell>>,
}

#[derive(Clone, Debug)]
pub(super) struct Column {
    /// Its name in the exports.
    pub(super) name: String,
    pub(super) title: String,
}

impl Column {
    pub(super) fn new(name: &str, title: impl Into<String>) -> Self {
        Self { name: name.to_owned(), title: title.into() }
    }
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Text(String),
    YesNo(bool),
    Number(i64),
    /// With so many decimals.
    Decimal(f64, usize),
    /// A probability: small ones are told by their order.
    Probability(f64),
    /// Of a hundred.
    Percent(f64),
    /// How much more than before.
    More(i64),
    /// How many points of a hundred more than before.
    MorePoints(f64),
    /// Hidden: would be about too few.
    Suppressed,
    /// Shown together with another row.
    Together,
    Unknown,
}

impl Cell {
    pub(super) fn shown(&self, language: Language) -> String {
        let fixed = |number: f64, decimals: usize| grouped(number, decimals, language);
        let plus = |text: String, up: bool| if up { format!("+{text}") } else { text };
        match self {
            Self::Text(text) => text.clone(),
            Self::YesNo(yes) => language.yes_or_no(*yes).to_owned(),
            Self::Number(number) => language.signed(*number),
            Self::Decimal(number, decimals) => fixed(*number, *decimals),
            Self::Probability(p) if *p < 0.001 => language.decimal("< 0.001"),
            Self::Probability(p) => language.decimal(&format!("{p:.3}")),
            Self::Percent(share) => format!("{}\u{a0}%", fixed(tenths(*share), 1)),
            Self::More(number) => plus(language.signed(*number), *number > 0),
            Self::MorePoints(points) => plus(fixed(tenths(*points), 1), tenths(*points) > 0.0),
            Self::Suppressed => language.pick("suppressed", "onderdrukt").to_owned(),
            Self::Together => language.pick("suppressed (see together)", "onderdrukt (zie samen)").to_owned(),
            Self::Unknown => language.pick("no data", "geen gegevens").to_owned(),
        }
    }

    pub(super) fn is_suppressed(&self) -> bool {
        matches!(self, Self::Suppressed | Self::Together)
    }

    pub(super) fn is_text(&self) -> bool {
        matches!(self, Self::Text(_) | Self::YesNo(_))
    }

    /// As a number, for who computes further.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) | Self::More(number) => Some(*number as f64),
            Self::Decimal(number, _) | Self::Probability(number) => Some(*number),
            Self::Percent(number) | Self::MorePoints(number) => Some(tenths(*number)),
            Self::Text(_) | Self::YesNo(_) | Self::Suppressed | Self::Together | Self::Unknown => None,
        }
    }

    /// As text that is the same in every language.
    pub(super) fn plain(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::YesNo(yes) => Some(if *yes { "yes" } else { "no" }.to_owned()),
            Self::Decimal(number, decimals) => Some(format!("{number:.decimals$}")),
            other => other.number().map(|number| number.to_string()),
        }
    }
}

/// To one decimal: what the page shows, so that no export says more.
fn tenths(number: f64) -> f64 {
    // Adding zero turns -0 into 0.
    (number * 10.0).round() / 10.0 + 0.0
}

/// With so many decimals, its thousands apart.
fn grouped(number: f64, decimals: usize, language: Language) -> String {
    let text = format!("{:.decimals$}", number.abs());
    let minus = if number < 0.0 && text.bytes().any(|byte| matches!(byte, b'1'..=b'9')) { "-" } else { "" };
    let (before, after) = text.split_once('.').unwrap_or((&text, ""));
    let before = before.parse().map_or_else(|_| before.to_owned(), |whole: u64| language.whole(whole));
    let point = if after.is_empty() { "" } else { language.pick(".", ",") };
    format!("{minus}{before}{point}{after}")
}

/// Every value of some tables, one a line: which table, which row, which column.
pub(super) fn write_csv<'t>(tables: impl Iterator<Item = &'t Table>, out: impl Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["table", "row", "measure", "value", "suppressed"])?;
    for table in tables {
        for (row, column, cell) in values(table) {
            let suppressed = if cell.is_suppressed() { "yes" } else { "no" };
            let value = cell.plain().unwrap_or_default();
            writer.write_record([table.name.as_str(), &row, &column.name, &value, suppressed])?;
        }
    }
    writer.flush()
}

/// Each cell but those that name the rows, with its row and column.
pub(super) fn values(table: &Table) -> impl Iterator<Item = (String, &Column, &Cell)> {
    table.rows.iter().flat_map(|row| {
        let name = row.first().and_then(Cell::plain).unwrap_or_default();
        let cells = table.columns.iter().zip(row).skip(1);
        cells.map(move |(column, cell)| (name.clone(), column, cell))
    })
}

impl Table {
    pub(super) fn to_json(&self) -> serde_json::Value {
        let cell = |cell: &Cell| match cell {
            Cell::Suppressed | Cell::Together => json!({ "suppressed": true }),
            Cell::YesNo(yes) => json!(yes),
            Cell::Number(number) | Cell::More(number) => json!(number),
            Cell::Decimal(..) => cell.plain().and_then(|text| text.parse::<f64>().ok()).into(),
            other => {
                other.number().map(serde_json::Value::from).or_else(|| other.plain().map(Into::into)).into()
            }
        };
        let rows: Vec<Vec<_>> = self.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
        let column = |column: &Column| json!({ "name": column.name, "title": column.title });
        let columns: Vec<_> = self.columns.iter().map(column).collect();
        json!({ "name": self.name, "caption": self.caption, "columns": columns, "rows": rows })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_each_language_does() {
        let cells = [
            (Cell::Number(-12_345), "-12,345", "-12.345"),
            (Cell::Decimal(12_345.678, 2), "12,345.68", "12.345,68"),
            (Cell::Decimal(-0.001, 2), "0.00", "0,00"),
            (Cell::Percent(12.34), "12.3\u{a0}%", "12,3\u{a0}%"),
            (Cell::More(3), "+3", "+3"),
            (Cell::MorePoints(-1.25), "-1.3", "-1,3"),
            (Cell::MorePoints(-0.01), "0.0", "0,0"),
            (Cell::Probability(0.000_02), "< 0.001", "< 0,001"),
        ];
        for (cell, english, dutch) in cells {
            assert_eq!(cell.shown(Language::English), english);
            assert_eq!(cell.shown(Language::Dutch), dutch);
        }
    }
}
