use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::{DELTA, SLOTS};

/// How far apart the values of a column lie on the torus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scale {
    /// 32 values, −16 to 15: what a lookup reads and gives.
    Slots,
    /// 2²⁴ values, 0 to 2²⁴ − 1: sums of fresh ciphertexts that are released as they are. No lookup reads them.
    Sums,
    /// Two values, 0 and 1, half of the torus apart: decisions that are released as they are. No lookup reads them.
    Halves,
}

/// Bits of the largest sum.
const SUM_BITS: u32 = 24;

impl Scale {
    /// The values that can be told apart.
    pub fn values(self) -> RangeInclusive<i64> {
        match self {
            Self::Slots => -SLOTS..=SLOTS - 1,
            Self::Sums => 0..=(1 << SUM_BITS) - 1,
            Self::Halves => 0..=1,
        }
    }

    /// The distance between two values on the 64-bit torus.
    pub const fn delta(self) -> u64 {
        match self {
            Self::Slots => DELTA,
            Self::Sums => 1 << (u64::BITS - SUM_BITS),
            Self::Halves => 1 << (u64::BITS - 1),
        }
    }
}
