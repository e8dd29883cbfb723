//! Files of data in every format, as agencies export them: the right values, or the right message.

use std::fs::{self, File};
use std::io::Cursor;
use std::path::Path;

use drempel::analysis::{Eligibility, Value};
use drempel::rows::{Amounts, Dialect, Encoding, MemoryRows, RowsError};
use drempel::{Households, Rehearsal, Table, plaintext};
use proptest::prelude::*;

const AGREEMENT: &str = r#"
agreement = { name = "rows", purpose = "p", legal_basis = "l", valid_from = 2020-01-01, valid_until = 2099-12-31, retention_days = 1 }
party = [
    { name = "provider", roles = ["data-provider", "auditor"] },
    { name = "evaluator", roles = ["evaluator"] },
    { name = "holder", roles = ["key-holder"] },
]
dataset = [{ name = "income", provider = "provider", subject = "person", amount = "cents", unit = "eurocent", concept = "c", min = -100000, max = 500000 }]
analysis = { kind = "eligibility", datasets = ["income"], comparison = "below", max_addends = 2, missing = "refuse", line_min = 0, line_max = 500000, known_min = 0, known_max = 100000 }
disclosure = { to = "holder", answers = 100 }
"#;

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/inputs"))
}

fn dialect(options: &str) -> Dialect {
    let mut dialect = Dialect::default();
    for option in options.split(' ').filter(|option| !option.is_empty()) {
        match option.split_once('=').expect("a name and a value") {
            ("amounts", "euro") => dialect.amounts = Amounts::EuroComma,
            ("amounts", "euro-point") => dialect.amounts = Amounts::EuroPoint,
            ("encoding", "latin1") => dialect.encoding = Encoding::Latin1,
            ("delimiter", delimiter) => dialect.delimiter = Some(delimiter.as_bytes()[0]),
            ("sheet", sheet) => dialect.sheet = Some(sheet.parse().expect("a sheet")),
            other => panic!("{other:?}"),
        }
    }
    dialect
}

#[test]
fn every_file_gives_its_values_or_its_message() {
    let rehearsal = Rehearsal::<Eligibility>::of(AGREEMENT).expect("a sound agreement");
    let mut list = csv::Reader::from_path(folder().join("list.csv")).expect("kept");
    let (mut files, mut wrong) = (0, Vec::new());
    for row in list.records() {
        let row = row.expect("a row");
        let [name, options, expected] = [0, 1, 2].map(|column| row.get(column).expect("three columns"));
        let path = folder().join(name);
        let from_file = dialect(options).open(File::open(&path).expect("kept"));
        // A pipe cannot go back: what comes from it is read in another way.
        let bytes = Cursor::new(fs::read(&path).expect("kept"));
        for rows in [from_file, dialect(options).read(bytes)] {
            let read = |mut rows: Box<dyn drempel::rows::Rows + Send>| {
                Table::from_rows(rehearsal.agreement(), "income", &mut *rows)
                    .map_err(|error| error.to_string())
            };
            let said = match rows.map_err(|error| error.to_string()).and_then(read) {
                Ok(table) if table.rows() == 2 && read_back(&rehearsal, &table) == [150_106, -250] => {
                    "ok".to_owned()
                }
                Ok(_) => "other values".to_owned(),
                Err(message) => message,
            };
            if !said.contains(expected) {
                wrong.push(format!("{name} {options}: {said}"));
            }
            for secret in ["1501", "150106", "111222333", "p-1", "p-2", "Jansen"] {
                assert!(!said.contains(secret), "{name}: {said}");
            }
        }
        files += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(files >= 55, "{files}");
}

/// The amounts of both people, found as a stranger would: by asking where they lie.
fn read_back(rehearsal: &Rehearsal<Eligibility>, table: &Table) -> [i64; 2] {
    let below = |line: i64| {
        // A line is not below zero; what is known of a household may be.
        let known = (-line).max(0);
        let people = ["p-1", "p-2"].map(|id| [id.into(), id.into(), line.max(0).into(), known.into()]);
        let columns = ["household", "person", "poverty_line_cents", "known_cents"];
        let mut rows = MemoryRows::new(columns, people);
        let cases = Households::from_rows(&mut rows).expect("households");
        let answers = plaintext::answers(rehearsal.agreement(), &cases, std::slice::from_ref(table));
        answers
            .unwrap_or_default()
            .into_iter()
            .map(|values| values[0] == Value::YesNo(true))
            .collect::<Vec<_>>()
    };
    [0, 1].map(|person| {
        let (mut low, mut high): (i64, i64) = (-100_000, 500_000);
        while low < high {
            let middle = (low + high + 1).div_euclid(2);
            if below(middle)[person] { high = middle - 1 } else { low = middle }
        }
        low
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    /// Bytes from outside are hostile: whatever they are, they give rows or an error.
    #[test]
    fn a_damaged_file_of_any_format_is_an_error_and_never_a_panic(
        name in prop::sample::select(vec![
            "integers.parquet", "decimals.parquet", "parquet-called.csv", "dictionary.arrow", "stream.arrows", "cents.xlsx",
            "cents.ods", "gzip.csv", "zstd.csv", "excel-nl.csv",
        ]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let mut bytes = fs::read(folder().join(name)).expect("kept");
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let read = || -> Result<(), RowsError> {
            let mut rows = Dialect::default().read(Cursor::new(bytes))?;
            let columns: Vec<_> = ["person", "cents"]
                .map(|name| rows.columns().optional(name))
                .into_iter()
                .collect::<Result<_, _>>()?;
            while rows.advance()? {
                for column in columns.iter().flatten() {
                    let _ = (rows.text(*column), rows.cents(*column));
                }
            }
            Ok(())
        };
        let _ = read();
    }
}
