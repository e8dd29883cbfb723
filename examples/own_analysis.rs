//! An analysis that drempel does not have: at how many creditors is a household two months or more in arrear?
//!
//! One creditor earns a letter, two a visit; the municipality learns which, not at whom or how much. Made up,
//! after the early detection of debts in Dutch law. docs/adding-an-analysis.md explains it.
//!
//!     cargo run --release --example own_analysis

use std::error::Error;

use drempel::agreement::{AgreementError, Dataset, Subject};
use drempel::analysis::{Asked, Input, Planned, Program, Released, Setting, Shape, Value};
use drempel::cases::CaseError;
use drempel::circuit::radix::Radix;
use drempel::circuit::{Backend, Cell, Encoding, LookupTable, Scale};
use drempel::rows::Rows;
use drempel::{
    Auditor, DataProvider, Evaluated, Evaluator, Households, KeyHolder, Ledger, Plan, PublicKey, Rehearsal,
    Table, plaintext,
};
use drempel_report::{Description, Language, Present};
use serde::Deserialize;

/// One digit of base 16 holds the months, so a record is a single ciphertext.
const MAX_MONTHS: i64 = 15;
/// A lookup tells 17 counts apart: 0 to 16.
const MAX_CREDITORS: i64 = 16;
/// Households per batch: enough for every core, few enough for memory.
const BATCH: usize = 256;

/// `[analysis]` with `kind = "arrears"`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arrears {
    kind: String,
    datasets: Vec<String>,
    months: i64,
    letter_from: i64,
    visit_from: i64,
}

/// The records that were found of some households.
#[derive(Default)]
struct Batch {
    households: usize,
    cells: Vec<Cell>,
    /// Whose record each cell is: the first household's, the second's.
    household_of: Vec<usize>,
}

impl Program for Arrears {
    type Cases = Households;
    type Batch = Batch;

    fn datasets(&self) -> &[String] {
        &self.datasets
    }

    fn shape(&self, setting: &Setting<'_>) -> Result<Shape, AgreementError> {
        let datasets = &setting.datasets;
        let months = |set: &&Dataset| set.unit == "month" && set.subject == Subject::Household;
        let one_digit = |set: &&Dataset| set.min().value() == 0 && set.max().value() <= MAX_MONTHS;
        if !datasets.iter().all(|set| months(set) && one_digit(set)) {
            return Err(AgreementError::Analysis("every dataset is 0 to at most 15 months per household"));
        }
        let counts = [1, self.letter_from, self.visit_from, datasets.len() as i64, MAX_CREDITORS];
        if self.kind != "arrears" || !(1..=MAX_MONTHS).contains(&self.months) || !counts.is_sorted() {
            return Err(AgreementError::Analysis("kind, months, letter_from or visit_from is not possible"));
        }
        let encoding = Encoding::digits(Radix::holding(16, MAX_MONTHS.unsigned_abs()));
        let shape = Shape::new(setting, ["household", "advice"], |dataset| {
            Input::new(encoding.clone()).clamping(self.months <= dataset.max().value())
        });
        Ok(shape.releasing(Released { scale: Scale::Slots, fields: vec![0..=2] }))
    }

    fn cases(&self, rows: &mut dyn Rows) -> Result<Households, CaseError> {
        Households::from_rows(rows)
    }

    fn batches(&self, asked: &Asked<'_, Households>) -> Result<Vec<Planned<Batch>>, CaseError> {
        asked.in_batches_of(BATCH, |indices| {
            let mut batch = Batch { households: indices.len(), ..Batch::default() };
            for (household, index) in indices.iter().enumerate() {
                let id = asked.cases.get(*index).id();
                let found = (0..self.datasets.len()).filter_map(|table| asked.records.find(table, id));
                batch.cells.extend(found);
                batch.household_of.resize(batch.cells.len(), household);
            }
            Ok(batch)
        })
    }

    fn run<B: Backend>(&self, backend: &B, batch: &Batch) -> Result<Vec<B::Column>, B::Error> {
        let due = LookupTable::new(0..=MAX_MONTHS, |months| i64::from(months >= self.months));
        let months = backend.gather(0, &batch.cells)?;
        let arrears = backend.lookup(&months, &vec![due; batch.cells.len()])?;
        let advice = LookupTable::new(0..=MAX_CREDITORS, |creditors| {
            i64::from(creditors >= self.letter_from) + i64::from(creditors >= self.visit_from)
        });
        let creditors = backend.sum_by(&arrears, &batch.household_of, batch.households);
        Ok(vec![backend.lookup(&creditors, &vec![advice; batch.households])?])
    }

    fn decode(&self, _setting: &Setting<'_>, fields: &[Vec<i64>]) -> Option<Vec<Vec<Value>>> {
        Some(Released::read_numbers(fields))
    }

    fn samples(&self, _setting: &Setting<'_>) -> Vec<(String, Planned<Batch>)> {
        let sample = |creditors: usize| {
            let cells = vec![Cell { table: 0, row: 0 }; creditors];
            let batch = Batch { households: 1, cells, household_of: vec![0; creditors] };
            (format!("a household of {creditors} creditors"), Planned { indices: vec![0], batch })
        };
        (1..=self.datasets.len()).map(sample).collect()
    }
}

impl Present for Arrears {
    fn describe(&self, _setting: &Setting<'_>, _language: Language) -> Description {
        let Self { months, letter_from: letter, visit_from: visit, .. } = self;
        let creditors = self.datasets.join(", ");
        Description {
            question: format!(
                "At how many of {creditors} are {months} months due: {letter} (letter) or {visit} (visit)?"
            ),
            terms: vec![("months".to_owned(), months.to_string())],
            in_the_clear: "for each household: an identifier and its members".to_owned(),
        }
    }
}

/// What each creditor knows: the months that a household owes.
const CREDITORS: [(&str, &[(&str, u64)]); 3] = [
    ("rent", &[("h1", 0), ("h2", 3), ("h3", 2), ("h4", 1)]),
    ("energy", &[("h1", 1), ("h2", 0), ("h3", 15), ("h4", 1), ("h5", 2)]),
    ("health", &[("h2", 1), ("h3", 4), ("h4", 1)]),
];

/// What the computing centre knows. Every such file has poverty lines; here they play no part.
const HOUSEHOLDS: &str =
    "household,person,poverty_line_cents\nh1,p1,0\nh2,p2,0\nh3,p3,0\nh4,p4,0\nh5,p5,0\nh6,p6,0\n";

fn main() -> Result<(), Box<dyn Error>> {
    let parties = Rehearsal::<Arrears>::of(include_str!("own_analysis.toml"))?;
    let agreement = parties.agreement();
    println!("{}", agreement.analysis().describe(&agreement.setting(), Language::English).question);

    for (about, plan) in Plan::of_samples(agreement) {
        println!("{about}: {} bootstraps, wrong once in 2^{:.0}", plan.bootstraps, -plan.log2_failure);
    }

    let mut ledger = Ledger::in_memory();
    let (key_holder, public_key, evaluation_key) =
        KeyHolder::generate(agreement, parties.key("Municipality"), &mut ledger)?;
    let mut public = Vec::new();
    public_key.write(&mut public)?;
    let (mut tables, mut encrypted) = (Vec::new(), Vec::new());
    for (name, rows) in CREDITORS {
        let lines: Vec<String> = rows.iter().map(|(id, months)| format!("{id},{months}\n")).collect();
        let csv = format!("household,months\n{}", lines.concat());
        let table = Table::from_csv(agreement, name, csv.as_bytes())?;
        let party = &agreement.dataset(name).ok_or("a dataset")?.provider;
        let creditor = DataProvider::new(PublicKey::from_bytes(public.clone())?, parties.key(party));
        encrypted.push(creditor.encrypt(agreement, &table)?);
        tables.push(table);
    }
    let households = Households::from_csv(HOUSEHOLDS.as_bytes())?;
    let evaluator = Evaluator::new(&evaluation_key, parties.key("Computing centre"))?;
    let answer = evaluator.evaluate(agreement, &households, &encrypted, |_| {})?.answer;
    let auditor = Auditor::new(&evaluation_key, parties.key("Landlord"))?;
    let job = Evaluated { answer: &answer, transcript: None, blinding: None, noise: None };
    let attestation = auditor.audit(agreement, &households, &encrypted, &job, |_| {})?;
    let answer = key_holder.release(agreement, &answer, &[attestation], &mut ledger)?;

    let released: Vec<Vec<Value>> = answer.values().map(|(_, values)| values.to_vec()).collect();
    assert_eq!(released, plaintext::answers(agreement, &households, &tables)?);
    assert_eq!(released, [0, 1, 2, 0, 1, 0].map(|advice| vec![Value::Number(advice)]));
    for (household, values) in answer.values() {
        println!("{household}: {}", values[0]);
    }
    Ok(())
}
