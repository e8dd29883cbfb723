use super::Agreement;
use crate::analysis::Program;
use crate::table::Table;

/// Why a column may be in another unit than the agreement's. It tells how many digits the amounts have, and no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OtherUnit {
    /// Far smaller than they should be.
    #[error(
        "every amount is below a fiftieth of what the agreement says is typical ({digits} digits at most): are they in \
         euros where the agreement has cents, or in thousands?"
    )]
    Smaller {
        /// Of the largest one.
        digits: u32,
    },
    /// Far larger.
    #[error(
        "every amount is above fifty times what the agreement says is typical ({digits} digits at least): are they in \
         cents where the agreement has a larger unit?"
    )]
    Larger {
        /// Of the smallest one.
        digits: u32,
    },
    /// About twelve times as much.
    #[error(
        "most amounts are above eight times what the agreement says is typical ({digits} digits in the middle): are they \
         per year where the agreement has amounts per month?"
    )]
    PerYear {
        /// Of the one in the middle.
        digits: u32,
    },
}

impl<A: Program> Agreement<A> {
    /// Whether a table's amounts look like those of another unit: beside the dataset's `typical` range, or else the
    /// analysis's lines. `None` where nothing looks odd, or nothing is known.
    pub fn other_unit(&self, table: &Table) -> Option<OtherUnit> {
        let dataset = table.dataset();
        let [low, high] = dataset.typical().or_else(|| self.analysis().typical(&dataset.name))?;
        let (low, high) = (low.unsigned_abs(), high.unsigned_abs());
        let amount = |above_min: &u64| i128::from(*above_min) + i128::from(dataset.min().value());
        let mut amounts: Vec<u64> =
            table.encoded().iter().map(|above_min| amount(above_min).unsigned_abs() as u64).collect();
        amounts.retain(|amount| *amount > 0);
        amounts.sort_unstable();
        let (smallest, largest) = (*amounts.first()?, *amounts.last()?);
        let middle = amounts[amounts.len() / 2];
        let digits = |amount: u64| amount.ilog10() + 1;
        if largest < low / MUCH {
            Some(OtherUnit::Smaller { digits: digits(largest) })
        } else if smallest > high.saturating_mul(MUCH) {
            Some(OtherUnit::Larger { digits: digits(smallest) })
        } else if dataset.unit.ends_with("/month") && middle > high.saturating_mul(PER_YEAR) {
            Some(OtherUnit::PerYear { digits: digits(middle) })
        } else {
            None
        }
    }
}

/// Between euros and cents lies a factor of 100, between cents and thousands of euros one of 100,000.
const MUCH: u64 = 50;

/// Between a month and a year lies a factor of 12.
const PER_YEAR: u64 = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Question;
    use crate::contract::Rehearsal;

    #[test]
    fn amounts_of_another_unit_are_noticed_and_not_shown() {
        let text = include_str!("../../examples/agreements/svb_uwv.toml");
        let rehearsal = Rehearsal::<Question>::of(text).expect("sound");
        let other = |amounts: [i64; 3]| {
            let rows: String = (0..).zip(amounts).map(|(id, amount)| format!("p{id},{amount}\n")).collect();
            let csv = format!("person,income_cents\n{rows}");
            let table = Table::from_csv(rehearsal.agreement(), "income", csv.as_bytes()).expect("valid");
            rehearsal.agreement().other_unit(&table)
        };
        assert_eq!(other([150_106, 0, 90_000]), None);
        assert_eq!(other([1_501, 0, 900]), Some(OtherUnit::Smaller { digits: 4 }));
        assert!(!other([1_501, 0, 900]).expect("odd").to_string().contains("1501"));
    }
}
