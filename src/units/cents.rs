use serde::{Deserialize, Serialize};

/// An amount of money in whole eurocents. Never a float.
///
/// Limited to ±10¹⁵ cents (ten trillion euro), so that sums over a household cannot overflow an `i64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Cents(i64);

/// The largest amount, in either direction, that [`Cents`] holds.
pub const MAX_CENTS: i64 = 1_000_000_000_000_000;

impl Cents {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// The number of cents.
    pub fn value(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for Cents {
    type Error = AmountOutOfRange;

    fn try_from(cents: i64) -> Result<Self, Self::Error> {
        if (-MAX_CENTS..=MAX_CENTS).contains(&cents) { Ok(Self(cents)) } else { Err(AmountOutOfRange) }
    }
}

impl From<Cents> for i64 {
    fn from(cents: Cents) -> Self {
        cents.0
    }
}

/// An amount beyond ±10¹⁵ cents.
#[derive(Debug, thiserror::Error)]
#[error("an amount lies beyond 10^15 cents")]
pub struct AmountOutOfRange;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_beyond_ten_trillion_euro_is_refused() {
        assert!(Cents::try_from(MAX_CENTS).is_ok());
        assert!(Cents::try_from(-MAX_CENTS).is_ok());
        assert!(Cents::try_from(MAX_CENTS + 1).is_err());
        assert!(Cents::try_from(i64::MIN).is_err());
    }
}
