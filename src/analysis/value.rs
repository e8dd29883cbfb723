//! One value of an answer, and how it is written.

use std::fmt;
use std::str::FromStr;

/// One released value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// Yes or no.
    YesNo(bool),
    /// A count, a rank, a code.
    Number(i64),
    /// A mean, a variance, a probability. Never an amount of money that somebody is paid.
    Decimal(f64),
    /// Withheld because it would be about too few.
    Suppressed,
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::YesNo(yes) => f.write_str(if *yes { "yes" } else { "no" }),
            Self::Number(number) => number.fmt(f),
            // A small probability is not zero.
            Self::Decimal(number) if *number != 0.0 && number.abs() < 0.001 => write!(f, "{number:.4e}"),
            Self::Decimal(number) => write!(f, "{number:.4}"),
            Self::Suppressed => f.write_str("suppressed"),
        }
    }
}

/// A cell that no released value is written as.
#[derive(Debug, thiserror::Error)]
#[error("yes, no, a number or suppressed is expected, as `release` writes")]
pub struct NotAValue;

impl FromStr for Value {
    type Err = NotAValue;

    /// Reads a value as it is written in a file of answers.
    fn from_str(cell: &str) -> Result<Self, NotAValue> {
        match cell {
            "yes" => Ok(Self::YesNo(true)),
            "no" => Ok(Self::YesNo(false)),
            "suppressed" => Ok(Self::Suppressed),
            number => match (number.parse(), number.parse::<f64>()) {
                (Ok(whole), _) => Ok(Self::Number(whole)),
                (_, Ok(decimal)) if decimal.is_finite() => Ok(Self::Decimal(decimal)),
                _ => Err(NotAValue),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_as_it_was_written() {
        let values = [
            Value::YesNo(true),
            Value::YesNo(false),
            Value::Number(-3),
            Value::Decimal(2.5),
            Value::Decimal(3.0),
            Value::Suppressed,
        ];
        for value in values {
            assert_eq!(value.to_string().parse::<Value>().ok(), Some(value));
        }
        for other in ["", "ja", "inf", "NaN", "1,5"] {
            assert!(other.parse::<Value>().is_err(), "{other}");
        }
    }
}
