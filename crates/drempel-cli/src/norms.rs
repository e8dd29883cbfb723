//! Dated norms, to say when an agreement uses another one.

use drempel::Agreement;
use drempel::analysis::Question;
use jiff::Zoned;
use jiff::civil::Date;
use toml_edit::{DocumentMut, Item, Table};

const NORMS: &str = include_str!("../../../examples/norms/nl.toml");

/// What to say of the poverty lines of an agreement: of those that are no dated norm, or one of another period.
pub(crate) fn notes(agreement: &Agreement<Question>) -> Vec<String> {
    let Question::Eligibility(eligibility) = agreement.analysis() else {
        return Vec::new();
    };
    let document: DocumentMut = NORMS.parse().expect("the project's own file: tested");
    let known: Vec<&Table> = document["norm"].as_array_of_tables().into_iter().flatten().collect();
    let today = Zoned::now().date();
    let lines = eligibility.norms().unwrap_or_default().iter();
    lines.filter_map(|line| note(*line, &known, today)).collect()
}

fn note(line: i64, known: &[&Table], today: Date) -> Option<String> {
    let text = |norm: &Table, field: &str| norm.get(field).map(|item| item.to_string().trim().to_owned());
    let date = |norm: &Table, field: &str| -> Option<Date> { text(norm, field)?.parse().ok() };
    let same: Vec<&&Table> =
        known.iter().filter(|norm| norm.get("cents").and_then(Item::as_integer) == Some(line)).collect();
    let holds = |norm: &&&Table| {
        date(norm, "from").is_some_and(|from| from <= today)
            && date(norm, "until").is_some_and(|until| today <= until)
    };
    if same.iter().any(holds) {
        return None;
    }
    let Some(norm) = same.last() else {
        return Some(format!("norm {line} is none of the dated norms of examples/norms: check its source"));
    };
    Some(format!(
        "norm {line} held from {} to {} ({}): look whether a newer one is in force",
        date(norm, "from")?,
        date(norm, "until")?,
        norm.get("about")?.as_str()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_norm_of_another_period_or_of_none_is_named() {
        let document: DocumentMut = NORMS.parse().expect("sound");
        let known: Vec<&Table> = document["norm"].as_array_of_tables().into_iter().flatten().collect();
        for norm in &known {
            let cents = norm["cents"].as_integer().expect("cents");
            let within: Date = norm["from"].to_string().trim().parse().expect("a date");
            assert_eq!(note(cents, &known, within), None);
            assert!(!norm["source"].as_str().expect("a source").is_empty());
        }
        let day = |year| Date::new(year, 3, 1).expect("a day");
        let old = note(150_107, &known, day(2027)).expect("old");
        assert_eq!(
            old,
            "norm 150107 held from 2025-01-01 to 2025-06-30 (single pensioner): look whether a newer one is in force"
        );
        assert!(note(123, &known, day(2025)).expect("none").contains("none of the dated norms"));
    }
}
