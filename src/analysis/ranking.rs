//! In which order do people come by an agreed weighted score? docs/analyses/ranking.md has the case, the circuit and the
//! cost.

use drempel_fhe::circuit::radix::{MAX_ADDENDS, Radix};
use drempel_fhe::circuit::{Backend, Bits, Cell, Encoding, Scale};
use drempel_fhe::leveled::LeveledParams;
use serde::Deserialize;

use super::program::Program;
use super::records::{Asked, Planned};
use super::setting::Setting;
use super::shape::{Input, Released, Shape};
use super::value::Value;
use crate::agreement::{AgreementError, Dataset, Subject};
use crate::cases::CaseError;
use crate::cases::people::People;
use crate::rows::Rows;

mod circuit;

pub use circuit::{Batch, MAX_PEOPLE, Order, Ties};
use circuit::{MAX_DECIDED, Numbers};

/// The largest score: each further bit of it costs each pair a little more.
pub const MAX_SCORE: u64 = u32::MAX as u64;

/// `[analysis]` with `kind = "ranking"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ranking {
    #[serde(rename = "kind")]
    _kind: Kind,
    datasets: Vec<String>,
    weights: Vec<u64>,
    order: Order,
    ties: Ties,
    first: Option<usize>,
    max_people: usize,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Ranking,
}

impl Ranking {
    /// How often each dataset's amount, less its `min`, counts in the score.
    pub fn weights(&self) -> &[u64] {
        &self.weights
    }

    /// Who comes first.
    pub fn order(&self) -> Order {
        self.order
    }

    /// What equal scores mean.
    pub fn ties(&self) -> Ties {
        self.ties
    }

    /// How many come first, where only that is told and no rank.
    pub fn first(&self) -> Option<usize> {
        self.first
    }

    /// The most people on the list.
    pub fn max_people(&self) -> usize {
        self.max_people
    }

    /// The largest score that anybody can have, where it is no larger than [`MAX_SCORE`].
    fn largest(&self, setting: &Setting<'_>) -> Option<u64> {
        let products = setting.datasets.iter().zip(&self.weights);
        let product = |(dataset, weight): (&&Dataset, &u64)| u128::from(dataset.span()) * u128::from(*weight);
        let sum = products.map(product).fold(0, u128::saturating_add);
        u64::try_from(sum).ok().filter(|largest| *largest <= MAX_SCORE)
    }

    /// How scores are compared: bit by bit up to four indicators, else digit by digit.
    fn numbers(&self, setting: &Setting<'_>) -> Numbers {
        if self.datasets.len() > MAX_DECIDED {
            let largest = self.largest(setting).expect("checked with the agreement");
            return Numbers::Digits(Radix::for_scores(self.datasets.len(), largest));
        }
        let products = setting.datasets.iter().zip(&self.weights);
        let largest = products.map(|(dataset, weight)| dataset.span().saturating_mul(*weight)).max();
        // As little noise as there is, because comparisons are added up.
        Numbers::Bits(Bits::holding(largest.unwrap_or(0), LeveledParams::V35))
    }

    /// The whole list as one batch: each person's records, in the order of the datasets.
    fn list(&self, setting: &Setting<'_>, indices: Vec<usize>, cells: Vec<Cell>) -> Planned<Batch> {
        let width = self.datasets.len();
        let batch = Batch {
            people: indices.len(),
            person_of: (0..cells.len()).map(|cell| cell / width).collect(),
            cells,
            numbers: self.numbers(setting),
            order: self.order,
            ties: self.ties,
            first: self.first,
        };
        Planned { indices, batch }
    }

    /// Whether the ranks of all people, in any order, can be those of some scores.
    fn are_possible(&self, mut ranks: Vec<i64>) -> bool {
        ranks.sort_unstable();
        let mut before = 0;
        ranks.iter().zip(1..).all(|(rank, index)| {
            let shared = self.ties == Ties::Shared && *rank == before;
            before = *rank;
            *rank == index || shared
        })
    }
}

impl Program for Ranking {
    type Cases = People;
    type Batch = Batch;

    fn datasets(&self) -> &[String] {
        &self.datasets
    }

    fn shape(&self, setting: &Setting<'_>) -> Result<Shape, AgreementError> {
        if !(1..=MAX_ADDENDS).contains(&self.datasets.len()) {
            return Err(AgreementError::Analysis("datasets must name 1 to 8 indicators"));
        }
        if setting.datasets.iter().any(|dataset| dataset.subject != Subject::Person) {
            return Err(AgreementError::Analysis("every dataset's subject must be person"));
        }
        if self.weights.len() != self.datasets.len() || self.weights.contains(&0) {
            return Err(AgreementError::Analysis(
                "weights must give one positive whole number for each dataset",
            ));
        }
        if self.largest(setting).is_none() {
            return Err(AgreementError::Analysis(
                "the largest score, the sum of weight * (max - min), must be at most 2^32 - 1",
            ));
        }
        if !(2..=MAX_PEOPLE).contains(&self.max_people) {
            return Err(AgreementError::Analysis("max_people must be 2 to 64"));
        }
        if self.first.is_some_and(|first| !(1..self.max_people).contains(&first)) {
            return Err(AgreementError::Analysis("first must be at least 1 and less than max_people"));
        }
        let numbers = self.numbers(setting);
        let weight = |dataset: &Dataset| {
            let index = self.datasets.iter().position(|name| *name == dataset.name);
            self.weights[index.expect("a dataset of this analysis")]
        };
        let value = if self.first.is_some() { "among_first" } else { "rank" };
        let shape = Shape::new(setting, ["person", value], |dataset| {
            Input::new(match numbers {
                Numbers::Bits(bits) => Encoding::bits(weight(dataset), bits),
                Numbers::Digits(radix) => Encoding::weighted(weight(dataset), radix),
            })
        });
        // Every rank depends on every score.
        let shape = shape.separable(false);
        if self.first.is_some() {
            return Ok(shape);
        }
        let most = self.max_people as i64 - 1;
        let fields = vec![0..=most.min(circuit::BASE - 1), 0..=most / circuit::BASE];
        Ok(shape.releasing(Released { scale: Scale::Slots, fields }))
    }

    fn cases(&self, rows: &mut dyn Rows) -> Result<People, CaseError> {
        People::from_rows(rows)
    }

    /// One batch: all the list's people are asked for, because the answers are not separable.
    fn batches(&self, asked: &Asked<'_, People>) -> Result<Vec<Planned<Batch>>, CaseError> {
        let (found, max) = (asked.indices.len(), self.max_people);
        if found > max {
            return Err(CaseError::TooManyPeople { max, found });
        }
        if found == 0 {
            return Ok(Vec::new());
        }
        let mut cells = Vec::new();
        for index in asked.indices {
            let (person, position) = (asked.cases.get(*index), asked.cases.position(*index));
            for table in 0..self.datasets.len() {
                cells.push(asked.require(table, person, position)?);
            }
        }
        Ok(vec![self.list(asked.setting, asked.indices.to_vec(), cells)])
    }

    fn run<B: Backend>(&self, backend: &B, batch: &Batch) -> Result<Vec<B::Column>, B::Error> {
        batch.run(backend)
    }

    fn decode(&self, _setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
        if let Some(first) = self.first {
            let yes: Vec<bool> = fields.iter().map(|fields| fields[0] == 1).collect();
            let (found, least) = (yes.iter().filter(|yes| **yes).count(), first.min(yes.len()));
            // With shared ranks more than so many may be among the first.
            let possible = found == least || self.ties == Ties::Shared && found > least;
            return possible.then(|| yes.into_iter().map(|yes| vec![Value::YesNo(yes)]).collect());
        }
        let ranks: Vec<i64> = fields.iter().map(|fields| 1 + fields[0] + circuit::BASE * fields[1]).collect();
        self.are_possible(ranks.clone())
            .then(|| ranks.into_iter().map(|rank| vec![Value::Number(rank)]).collect())
    }

    /// Lists of some lengths, up to the longest.
    fn samples(&self, setting: &Setting<'_>) -> Vec<(String, Planned<Batch>)> {
        let lengths = SAMPLES.into_iter().filter(|length| *length < self.max_people).chain([self.max_people]);
        let sample = |length: usize| {
            let person = |row| (0..self.datasets.len()).map(move |table| Cell { table, row });
            let cells = (0..length).flat_map(person).collect();
            (format!("a list of {length} people"), self.list(setting, (0..length).collect(), cells))
        };
        lengths.map(sample).collect()
    }
}

/// Lengths of the lists for planning without files.
const SAMPLES: [usize; 6] = [2, 10, 20, 30, 40, 50];
