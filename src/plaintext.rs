//! A question answered on plaintext, by the same program: for tests and rehearsals.

use drempel_fhe::circuit::clear::{Clear, OutsideTable};

use crate::analysis::{Asked, Planned, Program, Records, Value};
use crate::cases::{CaseError, Cases};
use crate::contract::Agreement;
use crate::table::Table;

/// Why there is no answer on plaintext.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlaintextError {
    /// A case breaks a rule of the agreement.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The program's own bug.
    #[error(transparent)]
    OutsideTable(#[from] OutsideTable),
}

/// What would be released: for each answer its values. The tables are in the order of the analysis's datasets.
///
/// # Errors
/// When a case breaks a rule of the agreement, or the program reads a lookup table outside its window.
///
/// # Panics
/// When the program gives values that the analysis itself does not allow.
pub fn answers<A: Program>(
    agreement: &Agreement<A>,
    cases: &A::Cases,
    tables: &[Table],
) -> Result<Vec<Vec<Value>>, PlaintextError> {
    let (analysis, setting, shape) = (agreement.analysis(), agreement.setting(), agreement.shape());
    let count = cases.answers().len();
    let records = Records::new(tables.iter().map(Table::subjects));
    let amounts = tables.iter().map(|table| table.encoded().to_vec());
    let clear = Clear::new(shape.encodings().cloned().zip(amounts).collect());
    let mut fields = vec![Vec::new(); count];
    let all = Vec::from_iter(0..count);
    let asked = Asked { setting: &setting, cases, records: &records, indices: &all };
    for Planned { indices, batch } in analysis.batches(&asked)? {
        for column in analysis.run(&clear, &batch)? {
            for (index, value) in indices.iter().zip(column) {
                fields[*index].push(value);
            }
        }
    }
    assert!(
        fields.iter().all(|fields| shape.released().allows(fields)),
        "the program's values are those agreed"
    );
    Ok(analysis.decode(&setting, &fields).expect("the program's values do not contradict each other"))
}
