//! Bars and intervals, drawn by plotters. The text is left to the reader's own font.

use plotters::coord::Shift;
use plotters::coord::ranged1d::BoldPoints;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::{
    Circle, Color, DrawingArea, IntoDrawingArea, IntoFont, PathElement, RGBColor, Ranged, Rectangle,
    SVGBackend, Text,
};
use plotters::style::TextStyle;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::escape::escaped;

/// More rows than this are a table only.
pub(super) const MOST: usize = 40;

/// What a chart shows.
pub(super) struct Chart<'a> {
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    /// What stands under the axis.
    pub(super) axis: &'a str,
    pub(super) rows: Vec<Row>,
    /// The axis shows at least this.
    pub(super) least: (f64, f64),
    /// How a number of the axis is written.
    pub(super) tick: &'a dyn Fn(f64) -> String,
    pub(super) marks: Marks,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marks {
    /// From zero to the value.
    Bars,
    /// A dot at the value, with a line from end to end.
    Dots,
}

/// One row: nothing is drawn where there is no value.
pub(super) struct Row {
    pub(super) label: String,
    /// What stands beside the mark.
    pub(super) text: String,
    pub(super) value: Option<f64>,
    pub(super) ends: Option<(f64, f64)>,
}

const WIDTH: i32 = 480;
const ROW: i32 = 46;
const FOOT: i32 = 62;
const SIDE: i32 = 14;
const INK: RGBColor = RGBColor(0x1a, 0x1a, 0x1a);
const GRID: RGBColor = RGBColor(0xc8, 0xc8, 0xc8);
const MARK: RGBColor = RGBColor(0x2c, 0x7f, 0xb8);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

impl Chart<'_> {
    /// As one SVG element, named for who cannot see it.
    pub(super) fn to_svg(&self) -> String {
        let height = ROW * self.rows.len() as i32 + FOOT;
        let mut svg = String::new();
        let area = SVGBackend::with_string(&mut svg, (WIDTH as u32, height as u32)).into_drawing_area();
        // The backend writes to a string: nothing can fail.
        self.draw(&area, height - FOOT)
            .and_then(|()| area.present())
            .expect("writing to a string does not fail");
        drop(area);
        let body = svg.split_once('>').map_or("", |(_, body)| body);
        let [id, title, description] = [self.id, self.title, self.description].map(escaped);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-desc\">\n<title id=\"{id}-title\">{title}</title>\n\
             <desc id=\"{id}-desc\">{description}</desc>{body}"
        )
    }

    fn draw(&self, area: &Area<'_>, bottom: i32) -> Result<(), Failure> {
        let (low, high) = self.bounds();
        let scale = RangedCoordf64::from(low..high);
        let at = |value: f64| scale.map(&value, (SIDE + 6, WIDTH - SIDE - 24));
        for tick in scale.key_points(BoldPoints(5)) {
            let x = at(tick);
            area.draw(&PathElement::new([(x, 4), (x, bottom + 4)], GRID.stroke_width(1)))?;
            write(area, (self.tick)(tick), (x, bottom + 10), 15, HPos::Center)?;
        }
        write(area, self.axis.to_owned(), (WIDTH / 2, bottom + 34), 16, HPos::Center)?;
        let zero = at(0.0_f64.clamp(low, high));
        if low <= 0.0 && high >= 0.0 {
            area.draw(&PathElement::new([(zero, 4), (zero, bottom + 4)], INK.stroke_width(1)))?;
        }
        for (row, top) in self.rows.iter().zip((0..).step_by(ROW as usize)) {
            self.draw_row(area, row, top + 4, zero, &at)?;
        }
        Ok(())
    }

    fn draw_row(
        &self,
        area: &Area<'_>,
        row: &Row,
        top: i32,
        zero: i32,
        at: &dyn Fn(f64) -> i32,
    ) -> Result<(), Failure> {
        write(area, format!("{}: {}", shortened(&row.label), row.text), (SIDE + 10, top), 16, HPos::Left)?;
        let Some(value) = row.value else {
            return Ok(());
        };
        let (x, middle) = (at(value), top + 31);
        match self.marks {
            Marks::Bars => {
                area.draw(&Rectangle::new(
                    [(zero.min(x), middle - 7), (zero.max(x), middle + 7)],
                    MARK.filled(),
                ))?;
            }
            Marks::Dots => {
                if let Some((low, high)) = row.ends {
                    let (low, high) = (at(low), at(high));
                    area.draw(&PathElement::new([(low, middle), (high, middle)], INK.stroke_width(2)))?;
                    for end in [low, high] {
                        area.draw(&PathElement::new(
                            [(end, middle - 5), (end, middle + 5)],
                            INK.stroke_width(2),
                        ))?;
                    }
                }
                area.draw(&Circle::new((x, middle), 5, MARK.filled()))?;
            }
        }
        Ok(())
    }

    /// From the lowest to the highest that is drawn, never without width.
    fn bounds(&self) -> (f64, f64) {
        let ends = self.rows.iter().flat_map(|row| row.ends.map(|(low, high)| [low, high]));
        let values = self.rows.iter().filter_map(|row| row.value);
        let all = ends.flatten().chain(values).chain([self.least.0, self.least.1]);
        let (low, high) = all
            .filter(|at| at.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)));
        if high > low { (low, high) } else { (low.min(0.0), high.max(1.0)) }
    }
}

type Failure = plotters::drawing::DrawingAreaErrorKind<std::io::Error>;

fn write(area: &Area<'_>, text: String, at: (i32, i32), size: u32, side: HPos) -> Result<(), Failure> {
    let style = TextStyle::from(("sans-serif", f64::from(size) * 1.24).into_font()).color(&INK);
    area.draw(&Text::new(text, at, style.pos(Pos::new(side, VPos::Top))))
}

/// A label that fits: the table has it whole.
fn shortened(label: &str) -> String {
    const LONGEST: usize = 32;
    match label.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &label[..end]),
        None => label.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(rows: Vec<Row>, marks: Marks) -> String {
        let tick = |value: f64| format!("{value}");
        let (title, description) = ("a <title>", "what & how");
        Chart { id: "c1", title, description, axis: "people", rows, least: (0.0, 10.0), tick: &tick, marks }
            .to_svg()
    }

    fn row(label: &str, value: Option<f64>, ends: Option<(f64, f64)>) -> Row {
        Row { label: label.to_owned(), text: "text".to_owned(), value, ends }
    }

    #[test]
    fn a_bar_is_as_long_as_its_value_and_none_is_drawn_without() {
        let drawn = svg(vec![row("A", Some(5.0), None), row("B", None, None)], Marks::Bars);
        assert_eq!(drawn.matches("<rect").count(), 1, "{drawn}");
        assert!(drawn.contains("width=\"211\""), "half of 422: {drawn}");
        assert!(drawn.starts_with("<svg xmlns") && drawn.trim_end().ends_with("</svg>"), "{drawn}");
        assert!(drawn.contains("a &#60;title&#62;</title>"), "{drawn}");
    }

    #[test]
    fn hostile_labels_are_escaped_and_odd_numbers_survive() {
        let rows =
            vec![row("<script>&\"", Some(f64::NAN), Some((-1e300, 1e300))), row("x", Some(-3.0), None)];
        let drawn = svg(rows, Marks::Dots);
        assert!(!drawn.contains("<script>") && drawn.contains("&lt;script&gt;"), "{drawn}");
    }
}
