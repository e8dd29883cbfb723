//! How documents for people write amounts and numbers.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// A language of the documents that are written for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Dutch.
    Dutch,
}

/// A language in which no document is written.
#[derive(Debug, thiserror::Error)]
#[error("the language is en (English) or nl (Dutch)")]
pub struct UnknownLanguage;

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(code: &str) -> Result<Self, UnknownLanguage> {
        [Self::English, Self::Dutch].into_iter().find(|known| known.code() == code).ok_or(UnknownLanguage)
    }
}

impl Language {
    /// Its two letters: `en` or `nl`.
    pub fn code(self) -> &'static str {
        self.pick("en", "nl")
    }

    /// The words of this language, of those in both.
    pub fn pick<T>(self, english: T, dutch: T) -> T {
        match self {
            Self::English => english,
            Self::Dutch => dutch,
        }
    }

    /// An amount of cents in euro: €1,501.07 or € 1.501,07.
    pub(crate) fn euro(self, cents: i64) -> String {
        let (euro, rest) = (self.whole(cents.unsigned_abs() / 100), cents.unsigned_abs() % 100);
        let minus = if cents < 0 { "-" } else { "" };
        self.pick(format!("{minus}€{euro}.{rest:02}"), format!("€ {minus}{euro},{rest:02}"))
    }

    /// A whole number, its thousands apart.
    pub(crate) fn whole(self, number: u64) -> String {
        let digits = number.to_string();
        let mut text = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                text.push(self.pick(',', '.'));
            }
            text.push(digit);
        }
        text
    }

    /// A number with a decimal point, as this language writes it.
    pub(crate) fn decimal(self, number: &str) -> String {
        number.replace('.', self.pick(".", ","))
    }

    /// From one number or text to another, both included.
    pub(crate) fn range(self, low: impl Display, high: impl Display) -> String {
        format!("{low} {} {high}", self.pick("to", "tot en met"))
    }

    /// From one amount of cents to another, both included.
    pub(crate) fn euro_range(self, cents: RangeInclusive<i64>) -> String {
        self.range(self.euro(*cents.start()), self.euro(*cents.end()))
    }

    /// A whole number below zero or not, its thousands apart.
    pub(crate) fn signed(self, number: i64) -> String {
        let minus = if number < 0 { "-" } else { "" };
        format!("{minus}{}", self.whole(number.unsigned_abs()))
    }

    pub(crate) fn yes_or_no(self, yes: bool) -> &'static str {
        if yes { self.pick("yes", "ja") } else { self.pick("no", "nee") }
    }

    /// An agreement's unit in words, where it is one that is known.
    pub(crate) fn unit(self, unit: &str) -> String {
        match unit {
            "eurocent/month" => self.pick("eurocents per month", "eurocenten per maand").to_owned(),
            "eurocent/year" => self.pick("eurocents per year", "eurocenten per jaar").to_owned(),
            other => other.to_owned(),
        }
    }

    /// What follows an amount in euro of an agreement's unit.
    pub(crate) fn period(self, unit: &str) -> &'static str {
        match unit {
            "eurocent/month" => self.pick(" per month", " per maand"),
            "eurocent/year" => self.pick(" per year", " per jaar"),
            _ => "",
        }
    }

    /// Things that all count.
    pub(crate) fn and(self, items: &[impl AsRef<str>]) -> String {
        joined(items, self.pick("and", "en"))
    }

    /// Things of which one counts.
    pub(crate) fn or(self, items: &[impl AsRef<str>]) -> String {
        joined(items, self.pick("or", "of"))
    }
}

fn joined(items: &[impl AsRef<str>], word: &str) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match items.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_each_language_does() {
        let cases = [
            (150_107, "€1,501.07", "€ 1.501,07"),
            (0, "€0.00", "€ 0,00"),
            (5, "€0.05", "€ 0,05"),
            (99_999, "€999.99", "€ 999,99"),
            (-20_000, "-€200.00", "€ -200,00"),
            (123_456_789_012, "€1,234,567,890.12", "€ 1.234.567.890,12"),
        ];
        for (cents, english, dutch) in cases {
            assert_eq!(Language::English.euro(cents), english);
            assert_eq!(Language::Dutch.euro(cents), dutch);
        }
    }

    #[test]
    fn a_list_has_one_joining_word() {
        assert_eq!(Language::English.and(&["A"]), "A");
        assert_eq!(Language::English.and(&["A", "B", "C"]), "A, B and C");
        assert_eq!(Language::Dutch.or(&["A", "B"]), "A of B");
    }

    #[test]
    fn a_language_is_read_by_its_two_letters() {
        assert_eq!("nl".parse::<Language>().ok(), Some(Language::Dutch));
        assert_eq!("en".parse::<Language>().ok(), Some(Language::English));
        assert!("de".parse::<Language>().is_err());
    }
}
