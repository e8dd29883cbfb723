//! Counts per area: a map or bars, and a table; and what changed since an earlier answer.

use std::collections::HashMap;

use super::super::chart::{Marks, Row};
use super::super::map::{DIVERGING, Drawing, Fill, SEQUENTIAL, Scale};
use super::super::table::{Cell, Column};
use super::{Frame, Section};
use crate::present::picture::{Area, Areas};

impl Area {
    /// In percent, where it is known of how many.
    fn share(&self) -> Option<f64> {
        let of = self.of.filter(|of| *of > 0)?;
        Some(100.0 * self.count? as f64 / of as f64)
    }
}

/// A number that an area is coloured by: its share where all are known, else its count.
fn measured(areas: &[Area]) -> Option<fn(&Area) -> Option<f64>> {
    areas.iter().all(|area| area.of.is_some()).then_some(Area::share)
}

fn count(area: &Area) -> Option<f64> {
    area.count.map(|count| count as f64)
}

/// What a map or its bars show of each area.
struct Colouring<'a> {
    measure: &'a dyn Fn(&Area) -> Option<f64>,
    /// How that number is written.
    cell: &'a dyn Fn(f64) -> Cell,
    /// How an area without a number is drawn.
    without: &'a dyn Fn(&Area) -> Fill,
    scale: &'static Scale,
}

impl Frame<'_> {
    pub(crate) fn areas(&self, picture: &Areas) -> Section {
        let share = measured(&picture.areas);
        let measure = share.unwrap_or(count);
        let cell =
            |value: f64| if share.is_some() { Cell::Percent(value) } else { Cell::Number(value as i64) };
        let mut columns = vec![Column::new("area", self.pick("area", "gebied"))];
        if share.is_some() {
            columns.push(Column::new("households", self.pick("households", "huishoudens")));
        }
        columns.push(Column::new("count", picture.what.clone()));
        if share.is_some() {
            columns.push(Column::new("percent", self.pick("share", "aandeel")));
        }
        let mut rows = Vec::new();
        for area in &picture.areas {
            let total = self.pick("total", "totaal");
            let name = if area.is_total { format!("{} ({total})", area.id) } else { area.id.to_string() };
            let households = area.of.filter(|_| share.is_some()).map(|of| Cell::Number(of as i64));
            let number = area.count.map_or(Cell::Suppressed, |count| Cell::Number(count as i64));
            let percent = share.map(|share| share(area).map_or(Cell::Suppressed, Cell::Percent));
            let cells = [Some(Cell::Text(name)), households, Some(number), percent];
            rows.push(cells.into_iter().flatten().collect());
        }
        let hidden = picture.areas.iter().filter(|area| area.count.is_none()).count();
        let mut notes: Vec<String> = self.hidden(hidden, picture.areas.len()).into_iter().collect();
        let axis = match share {
            Some(_) => format!("{} (%)", picture.what),
            None => picture.what.clone(),
        };
        notes.extend(self.off_map(&picture.areas));
        let colouring =
            Colouring { measure: &measure, cell: &cell, without: &|_| Fill::Suppressed, scale: &SEQUENTIAL };
        let chart = self.map_or_bars(&picture.title, &axis, &picture.areas, &colouring);
        Section { chart, notes, table: self.table("areas", &picture.title, columns, rows) }
    }

    /// What changed since an earlier answer: `None` where either is suppressed.
    pub(crate) fn difference(&self, now: &Areas, before: &Areas) -> Section {
        let share = measured(&now.areas).and(measured(&before.areas));
        let earlier: HashMap<&str, &Area> =
            before.areas.iter().map(|area| (area.id.as_str(), area)).collect();
        let both = |area: &Area| {
            let old = earlier.get(area.id.as_str())?;
            Some((
                area.count? as i64 - old.count? as i64,
                area.share().zip(old.share()).map(|(new, old)| new - old),
            ))
        };
        // By points where shares are known.
        let measure = |area: &Area| {
            let (count, points) = both(area)?;
            if share.is_some() { points } else { Some(count as f64) }
        };
        let cell =
            |value: f64| if share.is_some() { Cell::MorePoints(value) } else { Cell::More(value as i64) };
        let (old, new) = (self.pick("before", "eerder"), self.pick("now", "nu"));
        let mut columns = vec![
            Column::new("area", self.pick("area", "gebied")),
            Column::new("before", format!("{}, {old}", now.what)),
            Column::new("now", format!("{}, {new}", now.what)),
            Column::new("difference", self.pick("difference", "verschil")),
        ];
        if share.is_some() {
            columns.push(Column::new(
                "points",
                self.pick("difference (percentage points)", "verschil (procentpunten)"),
            ));
        }
        let mut rows = Vec::new();
        let number = |count: Option<u64>| count.map_or(Cell::Suppressed, |count| Cell::Number(count as i64));
        for area in &now.areas {
            let old = earlier.get(area.id.as_str());
            let without = if old.is_some() { Cell::Suppressed } else { Cell::Unknown };
            let mut row = vec![
                Cell::Text(area.id.to_string()),
                old.map_or(Cell::Unknown, |old| number(old.count)),
                number(area.count),
                both(area).map_or(without.clone(), |(count, _)| Cell::More(count)),
            ];
            if share.is_some() {
                row.push(both(area).and_then(|(_, points)| points).map_or(without, Cell::MorePoints));
            }
            rows.push(row);
        }
        let hidden =
            now.areas.iter().filter(|area| earlier.contains_key(area.id.as_str()) && both(area).is_none());
        let mut notes = vec![
            self.pick(
                "A difference is told only where both counts are. A small change can be chance: the counts are of households \
                 as they were on two dates.",
                "Een verschil staat er alleen waar beide aantallen er staan. Een klein verschil kan toeval zijn: de aantallen \
                 zijn van huishoudens zoals zij op twee momenten waren.",
            )
            .to_owned(),
        ];
        notes.extend(self.hidden(hidden.count(), now.areas.len()));
        let title =
            self.pick(format!("{}: what changed", now.title), format!("{}: wat is veranderd", now.title));
        let axis = match share {
            Some(_) => self.pick("difference in percentage points", "verschil in procentpunten"),
            None => self.pick("difference in number", "verschil in aantal"),
        };
        let without = |area: &Area| match earlier.contains_key(area.id.as_str()) {
            true => Fill::Suppressed,
            false => Fill::Unknown,
        };
        let colouring = Colouring { measure: &measure, cell: &cell, without: &without, scale: &DIVERGING };
        let chart = self.map_or_bars(&title, axis, &now.areas, &colouring);
        Section { chart, notes, table: self.table("difference", &title, columns, rows) }
    }

    /// How many areas the map does not have.
    fn off_map(&self, areas: &[Area]) -> Option<String> {
        let names = self.map?.names();
        let missing = areas.iter().filter(|area| !area.is_total && !names.contains(area.id.as_str())).count();
        (missing > 0).then(|| {
            self.pick(
                format!("{missing} rows of the table are not on the map."),
                format!("{missing} rijen van de tabel staan niet op de kaart."),
            )
        })
    }

    fn map_or_bars(
        &self,
        title: &str,
        axis: &str,
        areas: &[Area],
        colouring: &Colouring<'_>,
    ) -> Option<String> {
        let shown = |value: f64| (colouring.cell)(value).shown(self.language);
        let suppressed = || Cell::Suppressed.shown(self.language);
        let Some(map) = self.map else {
            let bar = |area: &Area| {
                let value = (colouring.measure)(area);
                let text = value.map_or_else(suppressed, shown);
                Row { label: area.id.to_string(), text, value, ends: None }
            };
            let bars = areas.iter().filter(|area| !area.is_total).map(bar).collect();
            return self.chart(title, axis, bars, (0.0, 0.0), Marks::Bars, 1);
        };
        let names = map.names();
        let on_map: Vec<(&str, Option<f64>, Fill)> = areas
            .iter()
            .filter(|area| names.contains(area.id.as_str()))
            .map(|area| (area.id.as_str(), (colouring.measure)(area), (colouring.without)(area)))
            .collect();
        let numbers: Vec<f64> = on_map.iter().filter_map(|(_, value, _)| *value).collect();
        let ends = (colouring.scale.ends)(numbers.clone());
        let class = |value: f64| ends.iter().filter(|end| value > **end).count();
        let drawn = |(id, value, without): (&'_ str, Option<f64>, Fill)| match (value, without) {
            (Some(value), _) => (Fill::Class(class(value)), format!("{id}: {}", shown(value))),
            (None, Fill::Unknown) => (Fill::Unknown, id.to_owned()),
            (None, without) => (without, format!("{id}: {}", suppressed())),
        };
        let mut legend = Vec::new();
        for number in 0..colouring.scale.palette.len() {
            let own = numbers.iter().copied().filter(|value| class(*value) == number);
            let Some((low, high)) = own.fold(None, |ends: Option<(f64, f64)>, at| {
                Some(ends.map_or((at, at), |(low, high)| (low.min(at), high.max(at))))
            }) else {
                continue;
            };
            let [low, high] = [low, high].map(shown);
            let to = self.pick("to", "tot en met");
            let text = if low == high { low } else { format!("{low} {to} {high}") };
            legend.push((Fill::Class(number), text));
        }
        legend.push((Fill::Suppressed, self.pick("hatched: suppressed", "gearceerd: onderdrukt").to_owned()));
        legend.push((Fill::Unknown, self.pick("grey: no data", "grijs: geen gegevens").to_owned()));
        let (id, count) = (self.name("map"), map.areas().len());
        let meanings: Vec<&str> = legend.iter().map(|(_, text)| text.as_str()).collect();
        let description = self.pick(
            format!("A map of {count} areas, coloured by: {axis}. Classes: {}. Its numbers are in the table below it.", meanings.join("; ")),
            format!("Een kaart van {count} gebieden, gekleurd naar: {axis}. Klassen: {}. De getallen staan in de tabel eronder.", meanings.join("; ")),
        );
        let areas = on_map.into_iter().map(|area| (area.0, drawn(area))).collect();
        let palette = &colouring.scale.palette;
        let drawing = Drawing { id: &id, title, description: &description, axis, palette, areas, legend };
        Some(drawing.to_svg(map))
    }
}
