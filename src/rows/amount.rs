use super::error::CellProblem;
use crate::units::Cents;

/// How a file writes amounts. It is said, never guessed: `1.234` is one number in the Netherlands and another in Ireland.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Amounts {
    /// Whole numbers of cents: `123456`.
    #[default]
    Cents,
    /// Euros with a comma before the cents, and points between thousands if any: `1.234,56`.
    EuroComma,
    /// Euros with a point before the cents, and commas between thousands if any: `1234.56`.
    EuroPoint,
}

impl Amounts {
    /// Reads text.
    pub(super) fn parse(self, text: &str) -> Result<Cents, CellProblem> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        check_number(digits)?;
        let (decimal, thousands) = match self {
            Self::Cents if digits.contains(['.', ',']) => {
                let ends = |zero| digits.strip_suffix(zero).is_some_and(|whole| !whole.contains(['.', ',']));
                let float = ends(".0") || ends(",0");
                return Err(if float { CellProblem::FloatInteger } else { CellProblem::NotWholeCents });
            }
            Self::Cents => return whole(text.parse().ok()),
            Self::EuroComma => (',', '.'),
            Self::EuroPoint => ('.', ','),
        };
        let (euros, cents) = digits.split_once(decimal).unwrap_or((digits, "00"));
        if !is_grouped(euros, thousands) || !cents.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(CellProblem::NotEuro);
        }
        let cents = match cents.len() {
            0 => return Err(CellProblem::NotEuro),
            1 => format!("{cents}0"),
            2 => cents.to_owned(),
            _ => return Err(CellProblem::FractionOfCents),
        };
        let amount = format!("{}{cents}", euros.replace(thousands, ""));
        whole(amount.parse().ok().map(|value: i64| if digits == text { value } else { -value }))
    }

    /// Reads a decimal number, `unscaled` divided by ten to the power of `scale`.
    pub(super) fn scaled(self, unscaled: i128, scale: i8) -> Result<Cents, CellProblem> {
        let shift = if self == Self::Cents { 0 } else { 2 } - i32::from(scale);
        let power = 10_i128.checked_pow(shift.unsigned_abs());
        let value = match power {
            _ if unscaled == 0 => Some(0),
            None if shift > 0 => return Err(CellProblem::TooLarge),
            Some(power) if shift >= 0 => unscaled.checked_mul(power),
            Some(power) if unscaled % power == 0 => Some(unscaled / power),
            _ if self == Self::Cents => return Err(CellProblem::NotWholeCents),
            _ => return Err(CellProblem::FractionOfCents),
        };
        whole(value.and_then(|value| value.try_into().ok()))
    }

    /// Reads the number of a spreadsheet's cell, which has no other kind. It is the number that the cell shows with all
    /// its digits: the shortest one that gives this float.
    pub(super) fn shown(self, number: f64) -> Result<Cents, CellProblem> {
        if !number.is_finite() {
            return Err(CellProblem::NotANumber);
        }
        let amounts = if self == Self::Cents { self } else { Self::EuroPoint };
        amounts.parse(&number.to_string())
    }
}

fn whole(value: Option<i64>) -> Result<Cents, CellProblem> {
    value.and_then(|value| Cents::try_from(value).ok()).ok_or(CellProblem::TooLarge)
}

/// Names what looks like something else than digits, points and commas.
fn check_number(digits: &str) -> Result<(), CellProblem> {
    let starts = digits.starts_with(|c: char| c.is_ascii_digit());
    let only = |others: &[char]| digits.chars().all(|c| c.is_ascii_digit() || others.contains(&c));
    if starts && only(&['.', ',']) {
        return Ok(());
    }
    Err(if is_scientific(digits) {
        CellProblem::Scientific
    } else if starts && only(&['-', '/', ':', '.', ' ', 'T']) && digits.matches(['-', '/']).count() == 2 {
        CellProblem::Date
    } else if digits.contains('€') || digits.contains("EUR") {
        CellProblem::CurrencySign
    } else {
        CellProblem::NotANumber
    })
}

/// Whether this is a number as spreadsheets shorten it: `1,23457E+08`.
pub(super) fn is_scientific(text: &str) -> bool {
    let number = |text: &str| {
        let mut parts = text.splitn(2, ['.', ',']);
        parts.all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    text.split_once(['e', 'E']).is_some_and(|(digits, power)| {
        let signed = power.strip_prefix(['+', '-']);
        number(digits) && number(signed.unwrap_or(power)) && (signed.is_some() || digits.contains(['.', ',']))
    })
}

/// Whether these are digits, or groups of three with one between them.
fn is_grouped(digits: &str, between: char) -> bool {
    let mut groups = digits.split(between);
    let first = groups.next().unwrap_or_default();
    let is_digits = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let mut rest = groups.peekable();
    is_digits(first)
        && (rest.peek().is_none() || first.len() <= 3 && !first.starts_with('0'))
        && rest.all(|group| group.len() == 3 && is_digits(group))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_amount_is_digits_with_an_optional_minus_sign() {
        let cases = [
            ("0", Ok(0)),
            ("-17", Ok(-17)),
            ("007", Ok(7)),
            ("1000000000000000", Ok(1_000_000_000_000_000)),
            ("1000000000000001", Err(CellProblem::TooLarge)),
            ("99999999999999999999999", Err(CellProblem::TooLarge)),
            ("12.5", Err(CellProblem::NotWholeCents)),
            ("1.234,56", Err(CellProblem::NotWholeCents)),
            ("1501.00", Err(CellProblem::NotWholeCents)),
            ("150106.0", Err(CellProblem::FloatInteger)),
            ("NaN", Err(CellProblem::NotANumber)),
            ("inf", Err(CellProblem::NotANumber)),
            ("1e5", Err(CellProblem::NotANumber)),
            ("1,5E+05", Err(CellProblem::Scientific)),
            ("1.50106e5", Err(CellProblem::Scientific)),
            ("01-02-2024", Err(CellProblem::Date)),
            ("2024-02-01 00:00:00", Err(CellProblem::Date)),
            ("€ 12", Err(CellProblem::CurrencySign)),
            ("+5", Err(CellProblem::NotANumber)),
            ("--5", Err(CellProblem::NotANumber)),
            ("-", Err(CellProblem::NotANumber)),
            (" 5", Err(CellProblem::NotANumber)),
            ("٣", Err(CellProblem::NotANumber)),
        ];
        for (text, expected) in cases {
            assert_eq!(Amounts::Cents.parse(text).map(Cents::value), expected, "{text:?}");
        }
    }

    #[test]
    fn euros_are_read_as_the_locale_that_was_given_writes_them() {
        let cases = [
            ("1.234,56", Ok(123_456), Err(CellProblem::NotEuro)),
            ("1234,56", Ok(123_456), Err(CellProblem::NotEuro)),
            ("1234.56", Err(CellProblem::NotEuro), Ok(123_456)),
            ("1,234.56", Err(CellProblem::NotEuro), Ok(123_456)),
            ("1.234", Ok(123_400), Err(CellProblem::FractionOfCents)),
            ("12,5", Ok(1_250), Err(CellProblem::NotEuro)),
            ("-0,01", Ok(-1), Err(CellProblem::NotEuro)),
            ("0,001", Err(CellProblem::FractionOfCents), Err(CellProblem::NotEuro)),
            ("12,", Err(CellProblem::NotEuro), Err(CellProblem::NotEuro)),
            ("1.23.456,00", Err(CellProblem::NotEuro), Err(CellProblem::NotEuro)),
            ("10000000000000", Ok(1_000_000_000_000_000), Ok(1_000_000_000_000_000)),
            ("10000000000000,01", Err(CellProblem::TooLarge), Err(CellProblem::NotEuro)),
        ];
        for (text, comma, point) in cases {
            assert_eq!(Amounts::EuroComma.parse(text).map(Cents::value), comma, "{text:?} with a comma");
            assert_eq!(Amounts::EuroPoint.parse(text).map(Cents::value), point, "{text:?} with a point");
        }
    }

    #[test]
    fn decimals_are_never_rounded() {
        let cases = [
            (150_106, 2, Err(CellProblem::NotWholeCents), Ok(150_106)),
            (150_100, 2, Ok(1_501), Ok(150_100)),
            (1_501_061, 3, Err(CellProblem::NotWholeCents), Err(CellProblem::FractionOfCents)),
            (15, -2, Ok(1_500), Ok(150_000)),
            (0, 38, Ok(0), Ok(0)),
            (1, 38, Err(CellProblem::NotWholeCents), Err(CellProblem::FractionOfCents)),
            (1, -38, Err(CellProblem::TooLarge), Err(CellProblem::TooLarge)),
            (i128::MAX, 0, Err(CellProblem::TooLarge), Err(CellProblem::TooLarge)),
        ];
        for (unscaled, scale, cents, euro) in cases {
            assert_eq!(Amounts::Cents.scaled(unscaled, scale).map(Cents::value), cents, "{unscaled} {scale}");
            assert_eq!(
                Amounts::EuroComma.scaled(unscaled, scale).map(Cents::value),
                euro,
                "{unscaled} {scale}"
            );
        }
    }

    #[test]
    fn a_sum_that_a_spreadsheet_cannot_hold_exactly_is_refused() {
        assert_eq!(Amounts::EuroComma.shown(1_501.06).map(Cents::value), Ok(150_106));
        assert_eq!(Amounts::EuroComma.shown(0.1 + 0.2), Err(CellProblem::FractionOfCents));
        assert_eq!(Amounts::Cents.shown(150_106.0).map(Cents::value), Ok(150_106));
        assert_eq!(Amounts::Cents.shown(1_501.06), Err(CellProblem::NotWholeCents));
        assert_eq!(Amounts::Cents.shown(f64::NAN), Err(CellProblem::NotANumber));
        assert_eq!(Amounts::Cents.shown(1e300), Err(CellProblem::TooLarge));
    }

    proptest! {
        #[test]
        fn every_number_of_cents_is_read_back_from_euros(cents in -10_i64.pow(15)..=10_i64.pow(15)) {
            let (sign, digits) = (if cents < 0 { "-" } else { "" }, cents.unsigned_abs());
            let euro = |decimal: char| format!("{sign}{}{decimal}{:02}", digits / 100, digits % 100);
            prop_assert_eq!(Amounts::EuroComma.parse(&euro(',')).map(Cents::value), Ok(cents));
            prop_assert_eq!(Amounts::EuroPoint.parse(&euro('.')).map(Cents::value), Ok(cents));
            prop_assert_eq!(Amounts::EuroComma.scaled(cents.into(), 2).map(Cents::value), Ok(cents));
        }
    }
}
