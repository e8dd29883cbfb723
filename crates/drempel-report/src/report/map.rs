//! A map in which areas are coloured by class. Coordinates are whole tenths of a point.

use std::collections::HashMap;
use std::fmt::Write;

use askama::Template;

use super::shapes::{Ring, Shapes};

/// The width of the drawing, in its own units.
const WIDTH: f64 = 4_800.0;
/// The tallest map.
const TALLEST: f64 = 6_400.0;
/// From one line of the legend to the next.
const LINE: u32 = 240;
/// With more areas, the name of one under the pointer would cost more than it says.
const NAMED: usize = 1_000;

/// How an area is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fill {
    /// A class, counted from zero.
    Class(usize),
    Suppressed,
    Unknown,
}

/// What a map shows.
pub(super) struct Drawing<'a> {
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    /// What the colours mean.
    pub(super) axis: &'a str,
    /// The colour of each class.
    pub(super) palette: &'a [&'static str],
    /// How each area is drawn, and what its name says.
    pub(super) areas: HashMap<&'a str, (Fill, String)>,
    /// What each fill means, in the order of the legend.
    pub(super) legend: Vec<(Fill, String)>,
}

#[derive(Template)]
#[template(path = "report/map.svg")]
struct Svg<'a> {
    id: &'a str,
    title: &'a str,
    description: &'a str,
    axis: &'a str,
    head: u32,
    height: u32,
    stroke: u32,
    groups: Vec<Group>,
    legend: Vec<Entry>,
}

struct Group {
    fill: String,
    paths: Vec<Line>,
}

struct Line {
    line: String,
    title: Option<String>,
}

struct Entry {
    fill: String,
    text: String,
    top: u32,
}

impl Drawing<'_> {
    pub(super) fn to_svg(&self, shapes: &Shapes) -> String {
        let projection = Projection::of(shapes);
        let named = shapes.areas().len() <= NAMED;
        let mut groups: std::collections::BTreeMap<Fill, Vec<Line>> = Default::default();
        for (name, rings) in shapes.areas() {
            let (fill, title) = match self.areas.get(name) {
                Some((fill, title)) => (*fill, title.as_str()),
                None => (Fill::Unknown, name),
            };
            let line: String = rings.iter().map(|ring| projection.line(ring)).collect();
            let title = named.then(|| title.to_owned());
            groups.entry(fill).or_default().push(Line { line, title });
        }
        let group = |(fill, paths)| Group { fill: self.colour(fill), paths };
        let head = projection.height as u32 + 280;
        let bottom = head + 100;
        let entry = |((fill, text), place): (&(Fill, String), u32)| Entry {
            fill: self.colour(*fill),
            text: text.clone(),
            top: bottom + place * LINE,
        };
        let svg = Svg {
            id: self.id,
            title: self.title,
            description: self.description,
            axis: self.axis,
            head,
            height: bottom + self.legend.len() as u32 * LINE,
            stroke: if named { 10 } else { 2 },
            groups: groups.into_iter().map(group).collect(),
            legend: self.legend.iter().zip(0..).map(entry).collect(),
        };
        svg.render().expect("writing to a string does not fail")
    }

    fn colour(&self, fill: Fill) -> String {
        match fill {
            Fill::Class(class) => self.palette[class].to_owned(),
            Fill::Suppressed => format!("url(#{}-hatch)", self.id),
            Fill::Unknown => "#d0d0d0".to_owned(),
        }
    }
}

/// From the map's coordinates to the drawing's.
struct Projection {
    left: f64,
    top: f64,
    across: f64,
    down: f64,
    height: f64,
}

impl Projection {
    /// Fits all areas. Degrees are drawn with their middle parallel true to scale; other coordinates as they are.
    fn of(shapes: &Shapes) -> Self {
        let points = || shapes.areas().flat_map(|(_, rings)| rings.iter().flatten());
        let bounds = |axis: usize| {
            let fold = |(low, high): (f64, f64), at: f64| (low.min(at), high.max(at));
            points().map(|point| point[axis]).fold((f64::INFINITY, f64::NEG_INFINITY), fold)
        };
        let ((west, east), (south, north)) = (bounds(0), bounds(1));
        let degrees = west >= -180.0 && east <= 180.0 && south >= -90.0 && north <= 90.0;
        let squeeze = if degrees { ((south + north) / 2.0).to_radians().cos().max(0.01) } else { 1.0 };
        let (wide, tall) = (((east - west) * squeeze).max(1e-9), (north - south).max(1e-9));
        let scale = (WIDTH / wide).min(TALLEST / tall);
        // A narrow map stands in the middle.
        let margin = (WIDTH - wide * scale) / 2.0;
        let across = scale * squeeze;
        Self { left: west - margin / across, top: north, across, down: scale, height: tall * scale }
    }

    /// A closed line, each point as the difference with the one before, without points that fall together.
    fn line(&self, ring: &Ring) -> String {
        let place = |point: &[f64; 2]| {
            let x = (point[0] - self.left) * self.across;
            let y = (self.top - point[1]) * self.down;
            (x.round() as i64, y.round() as i64)
        };
        let mut points: Vec<(i64, i64)> = ring.iter().map(place).collect();
        points.dedup();
        if points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        let (x, y) = points[0];
        let mut text = format!("M{x} {y}");
        if points.len() < 3 {
            // Too small to have a shape: a dot.
            text.push_str("h3v3h-3z");
            return text;
        }
        text.push('l');
        for (place, two) in points.windows(2).enumerate() {
            let (dx, dy) = (two[1].0 - two[0].0, two[1].1 - two[0].1);
            let apart = if place > 0 && dx >= 0 { " " } else { "" };
            let between = if dy >= 0 { " " } else { "" };
            let _ = write!(text, "{apart}{dx}{between}{dy}");
        }
        text.push('z');
        text
    }
}

/// Colours, and how numbers are divided among them.
pub(super) struct Scale {
    pub(super) palette: [&'static str; 5],
    /// The highest number of each class in ascending order, of all numbers. What is above the last is a class too.
    pub(super) ends: fn(Vec<f64>) -> Vec<f64>,
}

/// From few to many: light to dark, in steps that everybody tells apart, colour-blind or not, and on grey paper.
///
/// Source: ColorBrewer 2.0, YlGnBu, five classes.
pub(super) const SEQUENTIAL: Scale =
    Scale { palette: ["#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494"], ends: quantiles };

/// Less, about the same, more. Source: ColorBrewer 2.0, PuOr, five classes.
pub(super) const DIVERGING: Scale =
    Scale { palette: ["#5e3c99", "#b2abd2", "#f7f7f7", "#fdb863", "#e66101"], ends: symmetric };

/// About equally many numbers in each class.
fn quantiles(mut numbers: Vec<f64>) -> Vec<f64> {
    numbers.sort_by(f64::total_cmp);
    let mut ends: Vec<f64> = (1..=5)
        .filter_map(|class| numbers.get((class * numbers.len()).div_ceil(5).checked_sub(1)?))
        .copied()
        .collect();
    ends.dedup();
    ends
}

/// Five classes of one width, with zero in the middle.
fn symmetric(numbers: Vec<f64>) -> Vec<f64> {
    let most = numbers.into_iter().fold(0.0_f64, |most, number| most.max(number.abs()));
    let half = if most == 0.0 { 1.0 } else { most / 5.0 };
    [-3.0, -1.0, 1.0, 3.0].map(|halves| halves * half).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_hold_about_equally_many() {
        assert_eq!(quantiles((1..=10).map(f64::from).collect()), [2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(quantiles(vec![5.0, 5.0, 7.0]), [5.0, 7.0]);
        assert_eq!(quantiles(vec![]), Vec::<f64>::new());
    }

    #[test]
    fn zero_is_in_the_middle_class() {
        assert_eq!(symmetric(vec![-10.0, 5.0]), [-6.0, -2.0, 2.0, 6.0]);
        assert_eq!(symmetric(vec![0.0]), [-3.0, -1.0, 1.0, 3.0]);
    }

    #[test]
    fn points_that_fall_together_are_drawn_once_and_a_dot_stays() {
        let projection = Projection { left: 0.0, top: 10.0, across: 10.0, down: 10.0, height: 100.0 };
        let ring = vec![[0.0, 0.0], [0.01, 0.0], [1.0, 0.0], [1.0, 2.0], [0.0, 0.0]];
        assert_eq!(projection.line(&ring), "M0 100l10 0 0-20z");
        assert_eq!(
            projection.line(&vec![[0.0, 0.0], [0.01, 0.0], [0.0, 0.01], [0.0, 0.0]]),
            "M0 100h3v3h-3z"
        );
    }
}
