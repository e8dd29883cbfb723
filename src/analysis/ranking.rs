//! In which order do people come by an agreed weighted score? docs/analyses/ranking.md has the case, the circuit and the
//! cost.

use serde::Deserialize;

use super::picture::List;
use super::{Analysis, Description, Picture, Records, Released, Setting};
use crate::agreement::{AgreementError, Dataset, Section, Subject};
use crate::answer::{Answer, Value};
use crate::cases::CaseError;
use crate::cases::people::People;
use crate::language::Language;
use crate::rows::Rows;
use drempel_fhe::circuit::radix::{MAX_ADDENDS, Radix};
use drempel_fhe::circuit::{Backend, Cell, Encoding, Scale};

mod program;

pub use program::{Batch, MAX_PEOPLE};

/// The largest score: each further four bits of it cost one more bootstrap per pair.
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

/// Who comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// The highest score.
    HighestFirst,
    /// The lowest score.
    LowestFirst,
}

/// What equal scores mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ties {
    /// They share the better rank: one more than the number of people whose score is strictly better.
    Shared,
    /// Who stands earlier in the evaluator's file comes first.
    ListOrder,
}

impl Ranking {
    /// The largest score that anybody can have, where it is no larger than [`MAX_SCORE`].
    fn largest(&self, setting: &Setting<'_>) -> Option<u64> {
        let products = setting.datasets.iter().zip(&self.weights);
        let product = |(dataset, weight): (&&Dataset, &u64)| u128::from(dataset.span()) * u128::from(*weight);
        let sum = products.map(product).fold(0, u128::saturating_add);
        u64::try_from(sum).ok().filter(|largest| *largest <= MAX_SCORE)
    }

    fn radix(&self, setting: &Setting<'_>) -> Radix {
        let largest = self.largest(setting).expect("checked with the agreement");
        Radix::for_scores(self.datasets.len(), largest)
    }

    fn batch(&self, setting: &Setting<'_>, indices: Vec<usize>, cells: Vec<Cell>) -> Batch {
        let width = self.datasets.len();
        Batch {
            person_of: (0..cells.len()).map(|cell| cell / width).collect(),
            indices,
            cells,
            radix: self.radix(setting),
            order: self.order,
            ties: self.ties,
            first: self.first,
        }
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

impl Analysis for Ranking {
    type Cases = People;
    type Batch = Batch;

    fn from_section(section: &Section<'_>) -> Result<Self, AgreementError> {
        section.read()
    }

    fn datasets(&self) -> &[String] {
        &self.datasets
    }

    fn describe(&self, _setting: &Setting<'_>, language: Language) -> Description {
        let highest = self.order == Order::HighestFirst;
        let best = match highest {
            true => language.pick("highest", "hoogste"),
            false => language.pick("lowest", "laagste"),
        };
        let question = match self.first {
            None => language.pick(
                format!("For each person of one list, once: the rank by an agreed score, the {best} score first."),
                format!("Voor elke persoon op één lijst, één keer: de rang naar een afgesproken score, de {best} eerst."),
            ),
            Some(first) => language.pick(
                format!(
                    "For each person of one list, once: is the person among the first {first} by an agreed score, the \
                     {best} score first? The answer is yes or no."
                ),
                format!(
                    "Voor elke persoon op één lijst, één keer: hoort de persoon bij de eerste {first} naar een afgesproken \
                     score, de {best} eerst? Het antwoord is ja of nee."
                ),
            ),
        };
        let weighted =
            self.weights.iter().zip(&self.datasets).map(|(weight, name)| format!("{weight} × {name}"));
        let score = language.pick("score, each amount less its min", "score, elk getal min zijn min");
        let ties = match self.ties {
            Ties::Shared => language.pick("share the better rank", "delen de betere rang"),
            Ties::ListOrder => language.pick(
                "the one who stands earlier in the evaluator's file comes first",
                "wie eerder in het bestand van de rekenaar staat, komt eerst",
            ),
        };
        let terms = [
            (score, weighted.collect::<Vec<_>>().join(" + ")),
            (language.pick("equal scores", "gelijke scores"), ties.to_owned()),
            (
                language.pick("people on the list, at most", "personen op de lijst, ten hoogste"),
                self.max_people.to_string(),
            ),
            (
                language.pick("a missing record", "een ontbrekend gegeven"),
                language.pick("stops the whole computation", "stopt de hele berekening").to_owned(),
            ),
        ];
        let in_the_clear = language
            .pick("who is on the list, and in which order", "wie op de lijst staat, en in welke volgorde");
        Description {
            question,
            terms: terms.map(|(what, value)| (what.to_owned(), value)).into(),
            in_the_clear: in_the_clear.to_owned(),
        }
    }

    fn pictures(
        &self,
        _setting: &Setting<'_>,
        _cases: Option<&People>,
        answer: &Answer,
        language: Language,
    ) -> Option<Vec<Picture>> {
        let rank = match self.first {
            None => language.pick("rank", "rang").to_owned(),
            Some(first) => {
                language.pick(format!("among the first {first}"), format!("bij de eerste {first}"))
            }
        };
        let expected = |value: &Value| matches!(value, Value::YesNo(_)) == self.first.is_some();
        if !answer.values().all(|(_, values)| expected(&values[0]) && values[0] != Value::Suppressed) {
            return None;
        }
        Some(vec![Picture::List(List {
            title: language.pick("The list, by rank", "De lijst, naar rang").to_owned(),
            columns: vec![language.pick("person", "persoon").to_owned(), rank],
            order: Some(0),
        })])
    }

    fn check(&self, setting: &Setting<'_>) -> Result<(), AgreementError> {
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
        Ok(())
    }

    fn encoding(&self, setting: &Setting<'_>, dataset: &Dataset) -> Encoding {
        let index = self.datasets.iter().position(|name| *name == dataset.name);
        let weight = self.weights[index.expect("a dataset of this analysis")];
        Encoding::weighted(weight, self.radix(setting))
    }

    fn released(&self, _setting: &Setting<'_>) -> Released {
        if self.first.is_some() {
            return Released::yes_or_no();
        }
        let most = self.max_people as i64 - 1;
        let fields = vec![0..=most.min(program::BASE - 1), 0..=most / program::BASE];
        Released { scale: Scale::Slots, fields }
    }

    fn columns(&self) -> Vec<String> {
        let value = if self.first.is_some() { "among_first" } else { "rank" };
        ["person", value].map(str::to_owned).into()
    }

    fn decode(&self, _setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
        if let Some(first) = self.first {
            let yes: Vec<bool> = fields.iter().map(|fields| fields[0] == 1).collect();
            let (found, least) = (yes.iter().filter(|yes| **yes).count(), first.min(yes.len()));
            // With shared ranks more than so many may be among the first.
            let possible = found == least || self.ties == Ties::Shared && found > least;
            return possible.then(|| yes.into_iter().map(|yes| vec![Value::YesNo(yes)]).collect());
        }
        let ranks: Vec<i64> = fields.iter().map(|fields| 1 + fields[0] + program::BASE * fields[1]).collect();
        self.are_possible(ranks.clone())
            .then(|| ranks.into_iter().map(|rank| vec![Value::Number(rank)]).collect())
    }

    /// Every rank depends on every score.
    fn is_separable(&self) -> bool {
        false
    }

    fn cases(&self, rows: &mut dyn Rows) -> Result<People, CaseError> {
        People::from_rows(rows)
    }

    /// One batch: `indices` are all the list's, because the answers are not separable.
    fn batches(
        &self,
        setting: &Setting<'_>,
        people: &People,
        records: &Records<'_>,
        indices: &[usize],
    ) -> Result<Vec<Batch>, CaseError> {
        let (found, max) = (indices.len(), self.max_people);
        if found > max {
            return Err(CaseError::TooManyPeople { max, found });
        }
        if found == 0 {
            return Ok(Vec::new());
        }
        let mut cells = Vec::new();
        for index in indices {
            for (table, dataset) in setting.datasets.iter().enumerate() {
                let row = records.row(table, people.get(*index)).ok_or_else(|| {
                    let (position, column) = (people.position(*index), dataset.subject.column());
                    CaseError::MissingRecord { position, column, dataset: dataset.name.clone() }
                })?;
                cells.push(Cell { table, row });
            }
        }
        Ok(vec![self.batch(setting, indices.to_vec(), cells)])
    }

    /// Lists of some lengths, up to the longest.
    fn samples(&self, setting: &Setting<'_>) -> Vec<(String, Batch)> {
        let lengths = SAMPLES.into_iter().filter(|length| *length < self.max_people).chain([self.max_people]);
        let sample = |length: usize| {
            let person = (0..self.datasets.len()).map(|table| Cell { table, row: 0 });
            let cells = (0..length).flat_map(|_| person.clone()).collect();
            (format!("a list of {length} people"), self.batch(setting, (0..length).collect(), cells))
        };
        lengths.map(sample).collect()
    }

    fn answer_indices<'b>(&self, batch: &'b Batch) -> &'b [usize] {
        &batch.indices
    }

    fn run<B: Backend>(&self, backend: &B, batch: &Batch) -> Result<Vec<B::Column>, B::Error> {
        batch.run(backend)
    }
}

/// Lengths of the lists for planning without files.
const SAMPLES: [usize; 6] = [2, 10, 20, 30, 40, 50];
