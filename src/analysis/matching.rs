//! Does the capacity that is offered cover the demand? docs/analyses/matching.md has the case, the circuit and the cost.

use serde::Deserialize;

use super::picture::List;
use super::{Analysis, Description, Picture, Records, Released, Setting};
use crate::agreement::{AgreementError, Dataset, Section, Subject};
use crate::answer::{Answer, Value};
use crate::cases::CaseError;
use crate::cases::pairs::{Pair, Pairs};
use crate::language::Language;
use crate::rows::Rows;
use drempel_fhe::circuit::radix::{self, Radix};
use drempel_fhe::circuit::{Backend, Cell, Encoding, Scale};

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

/// Some pairs, by their indices in the file, and their records.
#[derive(Clone, Debug)]
pub struct Batch {
    indices: Vec<usize>,
    offers: Vec<Cell>,
    demands: Vec<Cell>,
    digits: usize,
}

/// The indices of the two datasets.
const OFFERS: usize = 0;
const DEMANDS: usize = 1;

impl Matching {
    /// Both datasets have the same span, so the same digits.
    fn digits(setting: &Setting<'_>) -> usize {
        Radix::for_addends(1, setting.datasets[OFFERS].span()).digits
    }

    fn cell(
        setting: &Setting<'_>,
        pair: Pair<'_>,
        table: usize,
        records: &Records<'_>,
    ) -> Result<Cell, CaseError> {
        let dataset = setting.datasets[table];
        let subject = if table == OFFERS { pair.offer() } else { pair.demand() };
        let row = records.row(table, subject).ok_or_else(|| CaseError::MissingRecord {
            position: pair.position(),
            column: dataset.subject.column(),
            dataset: dataset.name.clone(),
        })?;
        Ok(Cell { table, row })
    }
}

impl Analysis for Matching {
    type Cases = Pairs;
    type Batch = Batch;

    fn from_section(section: &Section<'_>) -> Result<Self, AgreementError> {
        section.read()
    }

    fn datasets(&self) -> &[String] {
        &self.datasets
    }

    fn describe(&self, setting: &Setting<'_>, language: Language) -> Description {
        let [offers, demands] = [OFFERS, DEMANDS].map(|table| setting.datasets[table]);
        let question = language.pick(
            format!(
                "For each pair of an offer and a demand, once: is the amount in {} at least the amount in {}? The \
                 answer is yes or no.",
                offers.name, demands.name
            ),
            format!(
                "Voor elk paar van een aanbod en een vraag, één keer: is het getal in {} ten minste het getal in {}? \
                 Het antwoord is ja of nee.",
                offers.name, demands.name
            ),
        );
        let bounds = |low, high| format!("{low} {} {high}", language.pick("to", "tot en met"));
        let terms = [
            (
                language.pick("amounts that are compared", "getallen die worden vergeleken"),
                bounds(demands.min().value(), demands.max().value()),
            ),
            (
                language.pick("an offer equal to the demand", "een aanbod gelijk aan de vraag"),
                language.pick("yes", "ja").to_owned(),
            ),
            (
                language.pick("a missing record", "een ontbrekend gegeven"),
                language.pick("stops the whole computation", "stopt de hele berekening").to_owned(),
            ),
        ];
        let in_the_clear = language.pick(
            "for each pair: an identifier, which offer, which demand",
            "van elk paar: een aanduiding, welk aanbod, welke vraag",
        );
        Description {
            question,
            terms: terms.map(|(what, value)| (what.to_owned(), value)).into(),
            in_the_clear: in_the_clear.to_owned(),
        }
    }

    fn pictures(
        &self,
        _setting: &Setting<'_>,
        _cases: Option<&Pairs>,
        answer: &Answer,
        language: Language,
    ) -> Option<Vec<Picture>> {
        let title =
            language.pick("Pairs whose offer covers the demand", "Paren waarvan het aanbod de vraag dekt");
        let covered = language.pick("covered", "gedekt");
        let columns = [language.pick("pair", "paar"), covered].map(str::to_owned).into();
        let list = List { title: language.pick("Each pair", "Elk paar").to_owned(), columns, order: None };
        Some(vec![Picture::share(title, covered, answer, None)?, Picture::List(list)])
    }

    fn check(&self, setting: &Setting<'_>) -> Result<(), AgreementError> {
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
        Ok(())
    }

    fn encoding(&self, _setting: &Setting<'_>, dataset: &Dataset) -> Encoding {
        Encoding::for_sums(1, dataset.span())
    }

    /// An offer of `max` covers every demand, and so does a larger one. A demand is never cut off.
    fn clamps(&self, _setting: &Setting<'_>, dataset: &Dataset) -> bool {
        dataset.subject == Subject::Offer
    }

    fn released(&self, _setting: &Setting<'_>) -> Released {
        Released::yes_or_no()
    }

    fn columns(&self) -> Vec<String> {
        ["pair", "covered"].map(str::to_owned).into()
    }

    fn decode(&self, _setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
        Some(Released::read_yes_or_no(fields))
    }

    fn cases(&self, rows: &mut dyn Rows) -> Result<Pairs, CaseError> {
        Pairs::from_rows(rows)
    }

    fn batches(
        &self,
        setting: &Setting<'_>,
        pairs: &Pairs,
        records: &Records<'_>,
        indices: &[usize],
    ) -> Result<Vec<Batch>, CaseError> {
        let digits = Self::digits(setting);
        let batch = |indices: &[usize]| {
            let cells = |table| {
                let cell = |index: &usize| Self::cell(setting, pairs.get(*index), table, records);
                indices.iter().map(cell).collect::<Result<Vec<Cell>, CaseError>>()
            };
            Ok(Batch { indices: indices.to_vec(), offers: cells(OFFERS)?, demands: cells(DEMANDS)?, digits })
        };
        indices.chunks(BATCH).map(batch).collect()
    }

    fn samples(&self, setting: &Setting<'_>) -> Vec<(String, Batch)> {
        let cell = |table| vec![Cell { table, row: 0 }];
        let (offers, demands, digits) = (cell(OFFERS), cell(DEMANDS), Self::digits(setting));
        vec![("a pair".to_owned(), Batch { indices: vec![0], offers, demands, digits })]
    }

    fn answer_indices<'b>(&self, batch: &'b Batch) -> &'b [usize] {
        &batch.indices
    }

    fn run<B: Backend>(&self, backend: &B, batch: &Batch) -> Result<Vec<B::Column>, B::Error> {
        let Batch { indices, offers, demands, digits } = batch;
        let difference = |position| {
            let (offer, demand) = (backend.gather(position, offers)?, backend.gather(position, demands)?);
            Ok(backend.subtract(&offer, &demand))
        };
        let short = radix::below_zero(backend, indices.len(), *digits, difference)?;
        let one = backend.constant(&vec![1; indices.len()], Scale::Slots);
        Ok(vec![backend.subtract(&one, &short)])
    }
}
