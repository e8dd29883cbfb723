use std::io::{self, Read, Write};

use super::way::Pseudonyms;
use crate::rows::{CsvRows, Position, Rows, RowsError};
use crate::units::{IdCheck, InvalidPersonId, PersonId};

/// Why a file gets no pseudonyms.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PseudonymiseError {
    /// The file.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// One identifier.
    #[error("{position}, column \"{column}\": {problem}")]
    PersonId {
        /// The row of the file.
        position: Position,
        /// The column's name.
        column: String,
        /// What is wrong with it.
        problem: InvalidPersonId,
    },
    /// The operating system failed.
    #[error("writing failed: {0}")]
    Io(#[from] io::Error),
}

/// Copies a CSV file with pseudonyms in place of the named column's identifiers. Every other cell keeps its bytes,
/// or is put into UTF-8 where its encoding is known; quotation marks stand only where they are needed, and lines end with a line feed. Returns the number of rows.
///
/// Rows are neither sorted nor compared: a person who is there twice is so afterwards.
///
/// # Errors
/// A named error with the line and column of the first fault; never the identifier. Part of the output may have been
/// written by then.
///
/// # Cost
/// One pseudonym and one row of memory at a time.
pub fn pseudonymise(
    pseudonyms: &impl Pseudonyms,
    check: IdCheck,
    column: &str,
    rows: &mut CsvRows<impl Read>,
    output: impl Write,
) -> Result<usize, PseudonymiseError> {
    let place = rows.columns().required(column)?;
    let mut writer = csv::WriterBuilder::new().delimiter(rows.delimiter()).from_writer(output);
    writer.write_record(rows.header()?).map_err(io_error)?;
    let mut count = 0;
    while (&mut *rows as &mut dyn Rows).next_row()?.is_some() {
        let row = rows.row();
        let id = row.text(place)?;
        let person = PersonId::new(&id, check).map_err(|problem| PseudonymiseError::PersonId {
            position: row.position(),
            column: column.to_owned(),
            problem,
        })?;
        let pseudonym = pseudonyms.pseudonym_of(&person);
        writer.write_record(rows.replaced(place, pseudonym.as_str().as_bytes())).map_err(io_error)?;
        count += 1;
    }
    writer.flush()?;
    Ok(count)
}

/// With rows of one length, the operating system is all that can fail.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        _ => io::Error::other("the CSV writer stopped"),
    }
}
