//! Does the capacity that is offered cover the demand? docs/analyses/matching.md has the case, the circuit and the cost.

use drempel_fhe::circuit::{self, Backend, Bits, Cell, Encoding, Output};
use drempel_fhe::leveled::noise::AnswerNoise;
use serde::Deserialize;

use super::decision;
use super::program::Program;
use super::records::{Asked, Planned};
use super::setting::Setting;
use super::shape::{Input, Released, Shape};
use super::value::Value;
use crate::agreement::{AgreementError, Subject};
use crate::cases::CaseError;
use crate::cases::pairs::Pairs;
use crate::rows::Rows;

/// Pairs per batch. Batches run side by side, and the memory that they take grows with this.
const BATCH: usize = 64;

/// `[analysis]` with `kind = "matching"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    #[serde(rename = "kind")]
    _kind: Kind,
    /// The offers, then the demands.
    datasets: Vec<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Matching,
}

/// The records of some pairs.
#[derive(Clone, Debug)]
pub struct Batch {
    offers: Vec<Cell>,
    demands: Vec<Cell>,
    bits: Bits,
    /// Each pair's number among the cases, which names the randomness of its answer.
    cases: Vec<u64>,
}

/// The indices of the two datasets.
const OFFERS: usize = 0;
const DEMANDS: usize = 1;

impl Matching {
    /// Both datasets have the same span, so the same bits.
    fn bits(setting: &Setting<'_>) -> Result<Bits, AgreementError> {
        decision::bits(setting, setting.datasets[OFFERS].span(), AnswerNoise::of_comparison)
    }
}

impl Program for Matching {
    type Cases = Pairs;
    type Batch = Batch;

    fn datasets(&self) -> &[String] {
        &self.datasets
    }

    fn shape(&self, setting: &Setting<'_>) -> Result<Shape, AgreementError> {
        let [offers, demands] = setting.datasets.as_slice() else {
            return Err(AgreementError::Analysis("datasets must name two: the offers, then the demands"));
        };
        if (offers.subject, demands.subject) != (Subject::Offer, Subject::Demand) {
            return Err(AgreementError::Analysis(
                "the first dataset's subject must be \"offer\" and the second's \"demand\"",
            ));
        }
        if (&offers.unit, &offers.concept) != (&demands.unit, &demands.concept) {
            return Err(AgreementError::Analysis(
                "both datasets must have one unit and one concept: only amounts of the same kind may be compared",
            ));
        }
        if (offers.min(), offers.max()) != (demands.min(), demands.max()) {
            return Err(AgreementError::Analysis(
                "both datasets must have the same min and the same max: amounts are encrypted less their min",
            ));
        }
        let bits = Self::bits(setting)?;
        let shape = Shape::new(setting, ["pair", "covered"], |dataset| {
            // An offer of `max` covers every demand, and so does a larger one. A demand is never cut off.
            Input::new(Encoding::bits(1, bits)).clamping(dataset.subject == Subject::Offer)
        });
        Ok(shape.releasing(Released::decision()))
    }

    fn cases(&self, rows: &mut dyn Rows) -> Result<Pairs, CaseError> {
        Pairs::from_rows(rows)
    }

    fn batches(&self, asked: &Asked<'_, Pairs>) -> Result<Vec<Planned<Batch>>, CaseError> {
        let bits = Self::bits(asked.setting).expect("checked with the agreement");
        asked.in_batches_of(BATCH, |indices| {
            let pairs = || indices.iter().map(|index| asked.cases.get(*index));
            let offers = pairs().map(|pair| asked.require(OFFERS, pair.offer(), pair.position()));
            let demands = pairs().map(|pair| asked.require(DEMANDS, pair.demand(), pair.position()));
            Ok(Batch {
                offers: offers.collect::<Result<_, _>>()?,
                demands: demands.collect::<Result<_, _>>()?,
                bits,
                cases: indices.iter().map(|index| *index as u64).collect(),
            })
        })
    }

    fn run<B: Backend>(&self, backend: &B, batch: &Batch) -> Result<Vec<B::Column>, B::Error> {
        let Batch { offers, demands, bits, cases } = batch;
        let output = Output::Released(cases);
        let pairs = circuit::Pairs { bits: *bits, addends: 1, left: demands, right: offers, output };
        Ok(vec![backend.are_at_most(&pairs)?])
    }

    fn decode(&self, _setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
        Some(Released::read_yes_or_no(fields))
    }

    fn samples(&self, setting: &Setting<'_>) -> Vec<(String, Planned<Batch>)> {
        let cell = |table| vec![Cell { table, row: 0 }];
        let bits = Self::bits(setting).expect("checked with the agreement");
        let batch = Batch { offers: cell(OFFERS), demands: cell(DEMANDS), bits, cases: vec![0] };
        vec![("a pair".to_owned(), Planned { indices: vec![0], batch })]
    }
}
