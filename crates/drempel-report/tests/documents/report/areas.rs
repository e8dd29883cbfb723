//! Maps and differences.

use drempel::Answer;
use drempel::analysis::{Question, Value};
use drempel::units::SubjectId;
use drempel_report::report::{Inputs, ReportError, Shapes, Source};
use drempel_report::{Language, Report};
use serde_json::json;

use super::{Made, csv, keep, only};
use crate::example;

/// A map of squares, each under its name.
fn squares<'n>(names: impl IntoIterator<Item = &'n str>) -> Shapes {
    let mut features = Vec::new();
    for (place, name) in names.into_iter().enumerate() {
        let (x, y) = (4.8 + (place % 150) as f64 * 0.003, 52.3 + (place / 150) as f64 * 0.002);
        // A ring of twenty points, as ragged as real ones.
        let side = |step: usize| {
            let angle = step as f64 * std::f64::consts::TAU / 20.0;
            let reach = 0.001 * (1.0 + 0.3 * (step % 3) as f64);
            json!([x + reach * angle.cos(), y + reach * angle.sin()])
        };
        let mut ring: Vec<_> = (0..20).map(side).collect();
        ring.push(ring[0].clone());
        features.push(json!({
            "type": "Feature",
            "properties": { "code": name },
            "geometry": { "type": "Polygon", "coordinates": [ring] },
        }));
    }
    let text = json!({ "type": "FeatureCollection", "features": features }).to_string();
    Shapes::from_json(text.as_bytes(), "code").expect("a map")
}

/// Counts of areas without totals; nothing is suppressed.
fn counted(counts: &[(String, Option<u64>)]) -> Made {
    let agreement = example("agreements/area_count.toml").replace("totals = \"neighbourhood\"\n", "");
    let subjects =
        counts.iter().map(|(name, _)| SubjectId::try_from(name.as_str()).expect("a name")).collect();
    let mut answers = "area,at_risk\n".to_owned();
    for (name, count) in counts {
        let count = count.map_or(Value::Suppressed, |count| Value::Number(count as i64));
        answers.push_str(&format!("{name},{count}\n"));
    }
    Made::with(&agreement, &example("data/area_count/cases.csv"), Some(subjects), &answers)
}

fn without_cases<'a>(made: &'a Made, released: &'a Answer) -> Source<'a, Question> {
    Source { cases: None, ..made.source(released) }
}

#[test]
fn twenty_thousand_areas_make_a_page_below_ten_megabytes() {
    let count = |place: u64| (!place.is_multiple_of(5)).then_some(5 + place % 21);
    let counts: Vec<_> = (0..20_000).map(|place| (format!("{}XY", 1_000 + place), count(place))).collect();
    let made = counted(&counts);
    let released = made.released();
    let map = squares(counts.iter().map(|(name, _)| name.as_str()));
    let inputs = Inputs { map: Some(&map), ..only(without_cases(&made, &released)) };
    let page = Report::of(&inputs, Language::Dutch).expect("a report").page();
    assert!(page.len() < 10_000_000, "{}", page.len());
    assert!(page.matches("<path ").count() == 20_000);
    keep("area_count.large", &page);
}

#[test]
fn the_map_hatches_what_is_suppressed_and_greys_what_is_unknown() {
    let made = Made::of("area_count");
    let released = made.released();
    let names: Vec<&str> = ["1102AA", "1102AB", "1102BA", "9999ZZ"].into();
    let map = squares(names);
    let inputs = Inputs { map: Some(&map), ..only(made.source(&released)) };
    let report = Report::of(&inputs, Language::English).expect("a report");
    let (_, svg) = report.charts().next().expect("a map");
    // 6 of 10 and 9 of 26 households.
    for part in ["1102AA: 60.0\u{a0}%", "1102AB: 34.6\u{a0}%", "1102BA: suppressed", "<title>9999ZZ</title>"]
    {
        assert!(svg.contains(part), "{part}: {svg}");
    }
    let after =
        |fill: &str| svg.split(&format!("<g fill=\"{fill}\">")).nth(1).expect(fill).split("</g>").next();
    assert!(after("url(#map-1-hatch)").is_some_and(|group| group.contains("1102BA")), "{svg}");
    assert!(after("#d0d0d0").is_some_and(|group| group.contains("9999ZZ")), "{svg}");
    assert!(svg.contains("hatched: suppressed") && svg.contains("grey: no data"), "{svg}");
    let page = report.page();
    keep("area_count.map", &page);
    assert!(page.contains("17 rows of the table are not on the map"), "{page}");
    let error =
        Report::of(&Inputs { map: Some(&squares(["x"])), ..only(made.source(&released)) }, Language::English);
    assert!(matches!(error.map(drop), Err(ReportError::OtherMap)));
}

#[test]
fn a_difference_is_told_only_where_both_counts_are() {
    let of = |counts: [Option<u64>; 5]| {
        let named = ["A", "B", "C", "D", "E"].map(str::to_owned);
        counted(&named.into_iter().zip(counts).collect::<Vec<_>>())
    };
    let before = of([Some(21), None, Some(17), Some(9), None]);
    let now = of([Some(13), Some(29), None, Some(9), None]);
    let (old, new) = (before.released(), now.released());
    let map = squares(["A", "B", "C", "D", "E"]);
    for map in [None, Some(&map)] {
        let earlier = Some(without_cases(&before, &old));
        let inputs = Inputs { before: earlier, map, ..only(without_cases(&now, &new)) };
        let report = Report::of(&inputs, Language::English).expect("a report");
        let text = csv(&report);
        for line in [
            "difference-2,A,difference,-8,no",
            "difference-2,B,difference,,yes",
            "difference-2,C,difference,,yes",
            "difference-2,D,difference,0,no",
            "difference-2,E,difference,,yes",
            "difference-2,B,before,,yes",
            "difference-2,C,now,,yes",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}: {text}");
        }
        let drawn: String = report.charts().map(|(_, svg)| svg).collect();
        assert!(!drawn.contains("B: +") && !drawn.contains("C: -"), "{drawn}");
        let page = report.page();
        assert!(Report::verify(page.as_bytes(), &inputs).is_ok());
        assert!(page.contains(&before.answer.digest().to_string()));
    }
}

#[test]
fn a_map_or_an_earlier_answer_is_refused_where_there_are_no_areas() {
    let made = Made::of("debt_count");
    let released = made.released();
    let map = squares(["A"]);
    let with_map = Inputs { map: Some(&map), ..only(made.source(&released)) };
    let with_before = Inputs { before: Some(made.source(&released)), ..only(made.source(&released)) };
    for inputs in [with_map, with_before] {
        let error = Report::of(&inputs, Language::English).map(drop);
        assert!(matches!(error, Err(ReportError::NoAreas)), "{error:?}");
    }
}

#[test]
fn names_of_a_hostile_map_stay_text() {
    let made = counted(&[("<script>".to_owned(), Some(7)), ("=1+1\"'".to_owned(), None)]);
    let released = made.released();
    let map = squares(["<script>", "</svg><b>", "=1+1\"'"]);
    let inputs = Inputs { map: Some(&map), ..only(without_cases(&made, &released)) };
    let page = Report::of(&inputs, Language::English).expect("a report").page();
    assert!(!page.contains("<script") && !page.contains("</svg><b>"), "{page}");
}
