//! Counts per area: a map or bars, and a table; and what changed since an earlier answer.

use std::collections::{HashMap, HashSet};

use super::{Frame, Row, Section};
use crate::analysis::picture::{Area, Areas};
use crate::report::chart::Marks;
use crate::report::map::{DIVERGING, Drawing, Fill, SEQUENTIAL, classes};
use crate::report::shapes::Shapes;
use crate::report::table::{Cell, Column, Table};

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

impl Frame<'_> {
    pub(in crate::report) fn areas(&self, picture: &Areas) -> Section {
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
        let title = picture.title.clone();
        let axis = match share {
            Some(_) => format!("{} (%)", picture.what),
            None => picture.what.clone(),
        };
        let chart = match self.map {
            Some(map) => {
                let names: HashSet<&str> = map.areas().map(|(name, _)| name).collect();
                let on_map: Vec<&Area> =
                    picture.areas.iter().filter(|area| names.contains(area.id.as_str())).collect();
                notes.extend(
                    self.off_map(picture.areas.iter().filter(|area| !area.is_total).count(), &on_map),
                );
                let ends = classes(on_map.iter().filter_map(|area| measure(area)).collect());
                let fill = |area: &Area| match measure(area) {
                    None => Fill::Suppressed,
                    Some(value) => Fill::Class(ends.iter().position(|end| value <= *end).unwrap_or(0)),
                };
                let told = |area: &&Area| match measure(area) {
                    Some(value) => format!("{}: {}", area.id, cell(value).shown(self.language)),
                    None => format!("{}: {}", area.id, Cell::Suppressed.shown(self.language)),
                };
                let areas = on_map.iter().map(|area| (area.id.as_str(), (fill(area), told(area)))).collect();
                let range = |class: usize| {
                    let own = on_map
                        .iter()
                        .filter(|area| fill(area) == Fill::Class(class))
                        .filter_map(|area| measure(area));
                    let (low, high) =
                        own.fold((f64::INFINITY, 0.0_f64), |(low, high), at| (low.min(at), high.max(at)));
                    let [low, high] = [low, high].map(|end| cell(end).shown(self.language));
                    if low == high { low } else { format!("{low} {} {high}", self.pick("to", "tot en met")) }
                };
                let mut legend: Vec<(Fill, String)> =
                    (0..ends.len()).map(|class| (Fill::Class(class), range(class))).collect();
                legend.extend(self.other_fills());
                Some(self.drawing(map, &title, &axis, &SEQUENTIAL, areas, legend))
            }
            None => {
                let bar = |area: &Area| {
                    let value = measure(area);
                    let text = value.map_or(Cell::Suppressed, cell).shown(self.language);
                    Row { label: area.id.to_string(), text, value, ends: None }
                };
                let bars = picture.areas.iter().filter(|area| !area.is_total).map(bar).collect();
                self.chart(&title, &axis, bars, (0.0, 1.0), Marks::Bars, 0)
            }
        };
        let table = Table { name: self.name("areas"), caption: title.clone(), columns, rows };
        Section { title, chart, notes, table }
    }

    /// What changed since an earlier answer: nothing where either is suppressed.
    pub(in crate::report) fn difference(&self, now: &Areas, before: &Areas) -> Section {
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
        let chart = match self.map {
            Some(map) => {
                let names: HashSet<&str> = map.areas().map(|(name, _)| name).collect();
                let on_map: Vec<&Area> =
                    now.areas.iter().filter(|area| names.contains(area.id.as_str())).collect();
                let most = on_map
                    .iter()
                    .filter_map(|area| measure(area))
                    .fold(0.0_f64, |most, at| most.max(at.abs()));
                let step = most / DIVERGING.len() as f64;
                let class = |value: f64| {
                    let ends = [-3.0 * step, -step, step, 3.0 * step];
                    if most == 0.0 { 2 } else { ends.iter().filter(|end| value > **end).count() }
                };
                let fill = |area: &Area| match measure(area) {
                    Some(value) => Fill::Class(class(value)),
                    None if earlier.contains_key(area.id.as_str()) => Fill::Suppressed,
                    None => Fill::Unknown,
                };
                let told = |area: &Area| match measure(area) {
                    Some(value) => format!("{}: {}", area.id, cell(value).shown(self.language)),
                    None => area.id.to_string(),
                };
                let areas = on_map.iter().map(|area| (area.id.as_str(), (fill(area), told(area)))).collect();
                let mut legend = Vec::new();
                for number in 0..DIVERGING.len() {
                    let own = on_map
                        .iter()
                        .filter_map(|area| measure(area))
                        .filter(|value| class(*value) == number);
                    let (low, high) = own.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| {
                        (low.min(at), high.max(at))
                    });
                    if low <= high {
                        let [low, high] = [low, high].map(|end| cell(end).shown(self.language));
                        let to = self.pick("to", "tot en met");
                        legend.push((
                            Fill::Class(number),
                            if low == high { low } else { format!("{low} {to} {high}") },
                        ));
                    }
                }
                legend.extend(self.other_fills());
                Some(self.drawing(map, &title, axis, &DIVERGING, areas, legend))
            }
            None => {
                let bar = |area: &Area| {
                    let value = measure(area);
                    let text = value.map_or(Cell::Suppressed, cell).shown(self.language);
                    Row { label: area.id.to_string(), text, value, ends: None }
                };
                let bars = now.areas.iter().filter(|area| !area.is_total).map(bar).collect();
                self.chart(&title, axis, bars, (0.0, 0.0), Marks::Bars, 1)
            }
        };
        let table = Table { name: self.name("difference"), caption: title.clone(), columns, rows };
        Section { title, chart, notes, table }
    }

    /// What is hatched, and what is grey.
    fn other_fills(&self) -> [(Fill, String); 2] {
        let hatched = self.pick("hatched: suppressed", "gearceerd: onderdrukt");
        let grey = self.pick("grey: no data", "grijs: geen gegevens");
        [(Fill::Suppressed, hatched.to_owned()), (Fill::Unknown, grey.to_owned())]
    }

    /// How many areas the map does not have.
    fn off_map(&self, areas: usize, on_map: &[&Area]) -> Option<String> {
        let missing = areas.saturating_sub(on_map.len());
        (missing > 0).then(|| {
            self.pick(
                format!("{missing} rows of the table are not on the map."),
                format!("{missing} rijen van de tabel staan niet op de kaart."),
            )
        })
    }

    fn drawing(
        &self,
        map: &Shapes,
        title: &str,
        axis: &str,
        palette: &[&'static str],
        areas: HashMap<&str, (Fill, String)>,
        legend: Vec<(Fill, String)>,
    ) -> String {
        let (id, count) = (self.name("map"), map.areas().len());
        let meanings: Vec<&str> = legend.iter().map(|(_, text)| text.as_str()).collect();
        let description = self.pick(
            format!("A map of {count} areas, coloured by: {axis}. Classes: {}. Its numbers are in the table below it.", meanings.join("; ")),
            format!("Een kaart van {count} gebieden, gekleurd naar: {axis}. Klassen: {}. De getallen staan in de tabel eronder.", meanings.join("; ")),
        );
        Drawing { id: &id, title, description: &description, axis, palette, areas, legend }.to_svg(map)
    }
}
