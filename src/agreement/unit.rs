use super::AgreementError;

/// What an amount counts. Two agencies mean the same by a word of this list (docs/format.md, section 12.2).
const UNITS: [&str; 34] = [
    "eurocent",
    "euro",
    "10 euro",
    "100 euro",
    "1000 euro",
    "date",
    "day",
    "week",
    "month",
    "quarter",
    "year",
    "hour",
    "minute",
    "number",
    "point",
    "class",
    "code",
    "person",
    "household",
    "room",
    "seat",
    "area",
    "region",
    "municipality",
    "province",
    "percent",
    "permille",
    "kWh",
    "m3",
    "m2",
    "kg",
    "cm",
    "mmHg",
    "kPa",
];

/// Per what it is counted, after a slash.
const PERIODS: [&str; 6] = ["hour", "day", "week", "month", "quarter", "year"];

/// As many units of the list are named beside one that is none.
const NEAREST: usize = 3;

/// Refuses a unit that is not of the list.
pub(super) fn check(dataset: &str, unit: &str) -> Result<(), AgreementError> {
    let (base, period) = unit.split_once('/').map_or((unit, None), |(base, period)| (base, Some(period)));
    if UNITS.contains(&base) && period.is_none_or(|period| PERIODS.contains(&period)) {
        return Ok(());
    }
    let nearest = |word: &str, list: &[&'static str]| {
        let mut near = list.to_vec();
        // A word that stands within another is nearer than any that has few letters to change.
        let word = word.to_lowercase();
        near.sort_by_key(|other| (!other.contains(&word), distance(&word, &other.to_lowercase())));
        near.truncate(NEAREST);
        near
    };
    let nearest = match (UNITS.contains(&base), period) {
        (true, Some(period)) => {
            nearest(period, &PERIODS).into_iter().map(|period| format!("{base}/{period}")).collect()
        }
        (_, None) => nearest(base, &UNITS).into_iter().map(str::to_owned).collect(),
        (_, Some(period)) => {
            nearest(base, &UNITS).into_iter().map(|base| format!("{base}/{period}")).collect::<Vec<_>>()
        }
    };
    Err(AgreementError::Unit { dataset: dataset.to_owned(), nearest: nearest.join(", ") })
}

/// How many letters must change (Levenshtein, 1966): words of an agreement are short.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row = Vec::from_iter(0..=other.len());
    for (i, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, same) in other.iter().map(|other| *other == letter).enumerate() {
            let changed = diagonal + usize::from(!same);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_one_of_the_list_and_others_get_the_nearest() {
        for good in ["eurocent", "eurocent/month", "10 euro/month", "seat/day", "mmHg"] {
            assert!(check("d", good).is_ok(), "{good}");
        }
        for (bad, expected) in [
            ("eurocents", "eurocent"),
            ("cent", "eurocent"),
            ("Euro", "euro"),
            ("eurocent/months", "eurocent/month"),
            ("eurocnt/month", "eurocent/month"),
        ] {
            let error = check("d", bad).expect_err(bad).to_string();
            assert!(error.contains(expected), "{error}");
        }
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
