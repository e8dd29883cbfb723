//! Files of data, whatever their format, and standard input.

use std::fs::File;
use std::io::stdin;
use std::path::Path;

use drempel::Agreement;
use drempel::agreement::Dataset;
use drempel::analysis::Program;
use drempel::rows::{Amounts, CsvRows, Dialect, Rows, RowsError};

use crate::cli::DialectArgs;
use crate::failure::Failure;

/// What stands for standard input.
pub(crate) const STDIN: &str = "-";

/// Opens a file of data.
pub(crate) fn open(path: &Path, dialect: &Dialect) -> Result<Box<dyn Rows + Send>, Failure> {
    let rows = if path == Path::new(STDIN) {
        dialect.read(stdin())
    } else {
        File::open(path).map_err(RowsError::from).and_then(|file| dialect.open(file))
    };
    rows.map_err(|error| Failure::from(error).about(path))
}

/// Opens a file of CSV, to copy it.
pub(crate) fn open_csv(
    path: &Path,
    dialect: &Dialect,
) -> Result<CsvRows<Box<dyn std::io::Read + Send>>, Failure> {
    let rows = if path == Path::new(STDIN) {
        dialect.read_csv(stdin())
    } else {
        File::open(path).map_err(RowsError::from).and_then(|file| dialect.read_csv(file))
    };
    rows.map_err(|error| Failure::from(error).about(path))
}

/// Opens the rows of a dataset.
pub(crate) fn dataset(
    dataset: &Dataset,
    path: &Path,
    args: &DialectArgs,
) -> Result<Box<dyn Rows + Send>, Failure> {
    let dialect = args.dialect();
    check_unit(&dialect, dataset)?;
    open(path, &dialect)
}

/// Reads the evaluator's cases.
pub(crate) fn cases<A: Program>(
    agreement: &Agreement<A>,
    path: &Path,
    args: &DialectArgs,
) -> Result<A::Cases, Failure> {
    let mut rows = cases_rows(agreement, path, args)?;
    agreement.analysis().cases(&mut *rows).map_err(|error| Failure::from(error).about(path))
}

/// Opens the rows of cases.
pub(crate) fn cases_rows<A: Program>(
    agreement: &Agreement<A>,
    path: &Path,
    args: &DialectArgs,
) -> Result<Box<dyn Rows + Send>, Failure> {
    let dialect = args.dialect();
    for dataset in agreement.inputs() {
        check_unit(&dialect, dataset)?;
    }
    open(path, &dialect)
}

/// Euros can be read only as cents.
fn check_unit(dialect: &Dialect, dataset: &Dataset) -> Result<(), Failure> {
    let in_cents = dataset.unit.split('/').next() == Some("eurocent");
    if dialect.amounts == Amounts::Cents || in_cents {
        return Ok(());
    }
    Err(Failure::input(format!(
        "--amounts {} is for amounts in eurocent, and dataset \"{}\" is in {}",
        dialect.amounts, dataset.name, dataset.unit
    )))
}
