//! The questions that can be asked, each one file, each written once for every
//! [`Backend`](drempel_fhe::circuit::Backend).

pub mod area_count;
pub mod arrears;
pub mod counts;
pub mod debt_alarm;
pub mod debt_count;
mod decision;
pub mod eligibility;
pub mod group_comparison;
pub mod group_mean;
mod household_sum;
pub mod matching;
pub mod presence;
mod program;
mod question;
pub mod ranking;
mod records;
mod setting;
mod shape;
#[cfg(test)]
pub(crate) mod test_analysis;
pub mod totals;
mod value;

pub use area_count::AreaCount;
pub use debt_alarm::DebtAlarm;
pub use debt_count::DebtCount;
pub use eligibility::Eligibility;
pub use group_comparison::GroupComparison;
pub use group_mean::GroupMean;
pub use matching::Matching;
pub use presence::Presence;
pub use program::{FromSection, Program, WithoutRecord};
pub use question::{AnyCases, Question};
pub use ranking::Ranking;
pub use records::{Asked, Planned, Records};
pub use setting::Setting;
pub use shape::{Input, Released, Shape};
pub use value::{NotAValue, Value};

pub(crate) use program::checked_shape;
pub(crate) use shape::MAX_FIELDS;
