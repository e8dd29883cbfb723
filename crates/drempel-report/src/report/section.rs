//! From what an analysis says its answers are to charts with their numbers.

use std::collections::BTreeMap;
use std::ops::Range;

use drempel::Answer;
use drempel::analysis::Value;

use super::cells::{Cell as Part, Division, Tree};
use super::chart::{Chart, MOST, Marks, Row};
use super::shapes::Shapes;
use super::table::{Cell, Column, Table};
use crate::language::Language;
use crate::present::picture::{Distribution, Intervals, List, Parts, Share};

pub(super) mod areas;

/// One picture: a chart, what there is to say of it, and its numbers. The table's caption is its title.
#[derive(Clone, Debug)]
pub(super) struct Section {
    /// As SVG.
    pub(super) chart: Option<String>,
    pub(super) notes: Vec<String>,
    pub(super) table: Table,
}

/// What every section needs to know.
pub(super) struct Frame<'a> {
    pub(super) language: Language,
    /// The smallest group about which anything is told.
    pub(super) minimum: u64,
    /// What an answer is about.
    pub(super) subject: &'a str,
    pub(super) map: Option<&'a Shapes>,
    /// Counted from one: identifiers in one page must differ.
    pub(super) number: usize,
}

impl Frame<'_> {
    fn pick<T>(&self, english: T, dutch: T) -> T {
        self.language.pick(english, dutch)
    }

    fn name(&self, kind: &str) -> String {
        format!("{kind}-{}", self.number)
    }

    fn table(&self, kind: &str, title: &str, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Table {
        Table { name: self.name(kind), caption: title.to_owned(), columns, rows }
    }

    /// A chart, unless it would have too many rows to be read.
    fn chart(
        &self,
        title: &str,
        axis: &str,
        rows: Vec<Row>,
        least: (f64, f64),
        marks: Marks,
        decimals: usize,
    ) -> Option<String> {
        if rows.is_empty() || rows.len() > MOST {
            return None;
        }
        let tick = |value: f64| {
            let fitting = if value.fract() == 0.0 { 0 } else { decimals.max(1) };
            Cell::Decimal(value, fitting).shown(self.language)
        };
        let (id, count) = (self.name("chart"), rows.len());
        let description = self.pick(
            format!("A chart of {count} rows: {axis}. Its numbers are in the table below it."),
            format!("Een grafiek van {count} rijen: {axis}. De getallen staan in de tabel eronder."),
        );
        let chart =
            Chart { id: &id, title, description: &description, axis, rows, least, tick: &tick, marks };
        Some(chart.to_svg())
    }

    /// What is told about small numbers, where some are hidden.
    fn hidden(&self, hidden: usize, of: usize) -> Option<String> {
        let minimum = self.minimum;
        (hidden > 0).then(|| {
            self.pick(
                format!(
                    "{hidden} of {of} rows are suppressed: they, or what follows from them, would be about fewer than \
                     {minimum}."
                ),
                format!(
                    "{hidden} van de {of} rijen zijn onderdrukt: zij, of wat eruit volgt, zouden over minder dan {minimum} gaan."
                ),
            )
        })
    }

    /// Rows that are shown as one.
    fn together(&self, names: &[String]) -> String {
        match names {
            [one] => one.clone(),
            [first, .., last] if names.len() > 3 => self.pick(
                format!("{first} to {last}, {} together", names.len()),
                format!("{first} tot en met {last}, {} samen", names.len()),
            ),
            names => {
                self.pick(format!("{} together", names.join(" + ")), format!("{} samen", names.join(" + ")))
            }
        }
    }

    fn all(&self) -> String {
        self.pick("all", "alle").to_owned()
    }

    /// Yes and no, counted by part.
    pub(super) fn share(&self, share: &Share, regions: Option<Vec<String>>) -> Section {
        let region = || self.pick("region", "regio").to_owned();
        let parts = match regions {
            Some(names) => Some(Parts { what: region(), names }),
            None => share.parts.clone(),
        };
        let mut counted: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        let names = parts.as_ref().map(|parts| parts.names.as_slice()).unwrap_or_default();
        for (place, yes) in share.answers.iter().enumerate() {
            let (of, count) = counted.entry(names.get(place).map_or("", String::as_str)).or_default();
            (*of, *count) = (*of + 1, *count + u64::from(*yes));
        }
        let cells = counted.values().map(|(of, count)| Part { of: Some(*of), count: *count }).collect();
        let names: Vec<String> = counted.keys().map(|name| (*name).to_owned()).collect();
        let division = Division::new(cells, Tree::Halves, self.minimum);
        let hidden_as = hidden_as(&division);
        let (mut rows, mut bars, mut notes) = (Vec::new(), Vec::new(), Vec::new());
        let whole = division.sum(0..names.len());
        if division.is_disclosed() {
            rows.push(share_row(self.all(), whole));
            bars.push(self.share_bar(self.all(), whole));
        } else {
            let of = Cell::Number(whole.0 as i64);
            rows.push(vec![Cell::Text(self.all()), of, Cell::Suppressed, Cell::Suppressed]);
        }
        if let Some(parts) = &parts {
            for (place, name) in names.iter().enumerate() {
                if division.is_single(place) {
                    let sum = division.sum(place..place + 1);
                    rows.push(share_row(name.clone(), sum));
                    bars.push(self.share_bar(name.clone(), sum));
                } else {
                    let hidden = [&hidden_as; 3].map(Cell::clone);
                    rows.push(std::iter::once(Cell::Text(name.clone())).chain(hidden).collect());
                }
            }
            for range in division.together() {
                let (name, sum) = (self.together(&names[range.clone()]), division.sum(range));
                rows.push(share_row(name.clone(), sum));
                bars.push(self.share_bar(name, sum));
            }
            notes.extend(self.hidden(division.hidden(), names.len()));
            notes.push(self.pick(
                format!("The division by {} is the receiver's own; it is not part of the encrypted answer.", parts.what),
                format!("De indeling naar {} is van de ontvanger zelf; zij hoort niet bij het versleutelde antwoord.", parts.what),
            ));
        } else if !division.is_disclosed() {
            notes.extend(self.hidden(1, 1));
        }
        let what = parts.map_or_else(|| self.pick("who", "wie").to_owned(), |parts| parts.what);
        let percent = self.pick("share (%)", "aandeel (%)");
        let columns = vec![
            Column::new("part", what),
            Column::new("number", self.pick("screened", "bekeken")),
            Column::new("yes", share.yes.clone()),
            Column::new("percent", self.pick("share", "aandeel")),
        ];
        let axis = format!("{}, {percent}", share.yes);
        let chart = self.chart(&share.title, &axis, bars, (0.0, 100.0), Marks::Bars, 0);
        Section { chart, notes, table: self.table("share", &share.title, columns, rows) }
    }

    fn share_bar(&self, label: String, (of, count): (u64, u64)) -> Row {
        let [count_cell, percent] = disclosed((of, count));
        let number = Cell::Number(of as i64).shown(self.language);
        let (count, shown) = (count_cell.shown(self.language), percent.shown(self.language));
        let text =
            self.pick(format!("{count} of {number} ({shown})"), format!("{count} van {number} ({shown})"));
        Row { label, text, value: percent.number(), ends: None }
    }

    /// How many subjects have each number, of all `people`.
    pub(super) fn distribution(&self, picture: &Distribution, people: usize) -> Section {
        let mut counts: Vec<Part> = picture.numbers.iter().map(|_| Part { of: None, count: 0 }).collect();
        for number in &picture.answers {
            if let Ok(place) = picture.numbers.binary_search(number) {
                counts[place].count += 1;
            }
        }
        let tree = if picture.is_amount { Tree::Tail } else { Tree::Halves };
        let mut division = Division::new(counts, tree, self.minimum);
        // Where it is about some of the people only, their number is itself a yes or no of each.
        let some = Part { of: Some(people as u64), count: picture.answers.len() as u64 };
        let told_of = picture.answers.len() == people
            || Division::new(vec![some], Tree::Halves, self.minimum).is_disclosed();
        if !told_of {
            division.hide();
        }
        let hidden_as = hidden_as(&division);
        let names: Vec<String> = picture.numbers.iter().map(i64::to_string).collect();
        let (mut rows, mut bars) = (Vec::new(), Vec::new());
        let number = |range: Range<usize>| Cell::Number(division.sum(range).1 as i64);
        for (place, name) in names.iter().enumerate() {
            if division.is_single(place) {
                let count = number(place..place + 1);
                bars.push(self.bar(format!("{} {name}", picture.what), &count));
                rows.push(vec![Cell::Text(name.clone()), count]);
            } else {
                rows.push(vec![Cell::Text(name.clone()), hidden_as.clone()]);
            }
        }
        for range in division.together() {
            let name = match (picture.is_amount, &names[range.clone()]) {
                (true, [first, .., last]) => {
                    self.pick(format!("{first} to {last}"), format!("{first} tot en met {last}"))
                }
                (_, names) => self.together(names),
            };
            let count = number(range);
            bars.push(self.bar(format!("{} {name}", picture.what), &count));
            rows.push(vec![Cell::Text(name), count]);
        }
        let whole = if told_of { Cell::Number(picture.answers.len() as i64) } else { Cell::Suppressed };
        rows.push(vec![Cell::Text(self.all()), whole]);
        let columns = vec![
            Column::new("value", picture.what.clone()),
            Column::new("number", self.pick("people", "mensen")),
        ];
        let axis = self.pick("people", "mensen");
        let chart = self.chart(&picture.title, axis, bars, (0.0, 1.0), Marks::Bars, 0);
        let table = self.table("distribution", &picture.title, columns, rows);
        let notes = self.hidden(division.hidden(), names.len()).into_iter().collect();
        Section { chart, notes, table }
    }

    fn bar(&self, label: String, count: &Cell) -> Row {
        Row { label, text: count.shown(self.language), value: count.number(), ends: None }
    }

    /// Numbers with intervals.
    pub(super) fn intervals(&self, picture: &Intervals) -> Section {
        let decimal = |value: f64| Cell::Decimal(value, picture.decimals);
        let (mut rows, mut dots) = (Vec::new(), Vec::new());
        for row in &picture.rows {
            let [low, high] = match row.ends {
                Some((low, high)) => [decimal(low), decimal(high)],
                None => [Cell::Unknown, Cell::Unknown],
            };
            let value = decimal(row.value);
            let text = value.shown(self.language);
            dots.push(Row { label: row.subject.to_string(), text, value: Some(row.value), ends: row.ends });
            let start = [Cell::Text(row.subject.to_string()), Cell::Number(row.number), value, low, high];
            rows.push(start.into_iter().chain(row.beside.iter().map(|p| Cell::Probability(*p))).collect());
        }
        let (from, to) = (self.pick("from", "van"), self.pick("to", "tot"));
        let mut columns = vec![
            Column::new("group", self.pick("group", "groep")),
            Column::new("number", self.pick("people", "mensen")),
            Column::new("value", picture.what.clone()),
            Column::new("low", format!("{}, {from}", picture.interval)),
            Column::new("high", format!("{}, {to}", picture.interval)),
        ];
        columns.extend(picture.beside.iter().map(|title| Column::new(title, title.clone())));
        let first = picture.rows.first().map_or(0.0, |row| row.value);
        let axis = match picture.rows.iter().any(|row| row.ends.is_some()) {
            true => format!("{}, {}", picture.what, picture.interval),
            false => picture.what.clone(),
        };
        let chart = self.chart(&picture.title, &axis, dots, (first, first), Marks::Dots, picture.decimals);
        let table = self.table("intervals", &picture.title, columns, rows);
        Section { chart, notes: Vec::new(), table }
    }

    /// The values themselves.
    pub(super) fn list(&self, picture: &List, answer: &Answer) -> Section {
        let mut found: Vec<_> = answer.values().collect();
        if let Some(column) = picture.order {
            let key = |values: &[Value]| match values.get(column) {
                Some(Value::Number(number)) => *number,
                // Who is a yes comes first.
                Some(Value::YesNo(yes)) => i64::from(!yes),
                _ => i64::MAX,
            };
            found.sort_by_key(|(_, values)| key(values));
        }
        let cell = |value: &Value| match value {
            Value::YesNo(yes) => Cell::YesNo(*yes),
            Value::Number(number) => Cell::Number(*number),
            Value::Decimal(number) => Cell::Decimal(*number, 4),
            Value::Suppressed => Cell::Suppressed,
        };
        let mut rows = Vec::new();
        for (subject, values) in found {
            let subject = Cell::Text(subject.to_string());
            rows.push(std::iter::once(subject).chain(values.iter().map(cell)).collect());
        }
        let names = answer.columns().iter().zip(&picture.columns);
        let columns = names.map(|(name, title)| Column::new(name, title.clone())).collect();
        let table = self.table("list", &picture.title, columns, rows);
        let notes = vec![self.pick(
            format!(
                "This list has the answer for each {} by itself. Handle it as the agreement says.",
                self.subject
            ),
            format!(
                "Deze lijst bevat het antwoord per {}. Ga ermee om zoals de overeenkomst zegt.",
                self.subject
            ),
        )];
        Section { chart: None, notes, table }
    }
}

/// What stands in place of a part that is not shown by itself.
fn hidden_as(division: &Division) -> Cell {
    if division.is_disclosed() { Cell::Together } else { Cell::Suppressed }
}

fn share_row(name: String, (of, count): (u64, u64)) -> Vec<Cell> {
    [Cell::Text(name), Cell::Number(of as i64)].into_iter().chain(disclosed((of, count))).collect()
}

/// How many, and their share of all.
fn disclosed((of, count): (u64, u64)) -> [Cell; 2] {
    [Cell::Number(count as i64), Cell::Percent(100.0 * count as f64 / of.max(1) as f64)]
}
