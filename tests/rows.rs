//! Rows from memory, and from a source of one's own, are read as CSV is: the same tables and cases, the same faults.

use std::borrow::Cow;

use drempel::analysis::{Eligibility, Value};
use drempel::cases::areas::Areas;
use drempel::cases::groups::Groups;
use drempel::cases::pairs::Pairs;
use drempel::cases::people::People;
use drempel::rows::{Cell, CellProblem, Column, Columns, CsvRows, MemoryRows, Position, Rows, RowsError};
use drempel::units::Cents;
use drempel::{Cases, Households, Rehearsal, Table, plaintext};
use proptest::prelude::*;

const AGREEMENT: &str = r#"
agreement = { name = "rows", purpose = "p", legal_basis = "l", valid_from = 2020-01-01, valid_until = 2099-12-31, retention_days = 1 }
party = [
    { name = "provider", roles = ["data-provider", "auditor"] },
    { name = "evaluator", roles = ["evaluator"] },
    { name = "holder", roles = ["key-holder"] },
]
dataset = [{ name = "income", provider = "provider", subject = "person", amount = "cents", unit = "eurocent", concept = "c", min = -10, max = 1000 }]
analysis = { kind = "eligibility", datasets = ["income"], comparison = "below", max_addends = 2, missing = "refuse", line_min = 0, line_max = 5000 }
disclosure = { to = "holder", answers = 100 }
"#;

fn agreement() -> Rehearsal<Eligibility> {
    Rehearsal::<Eligibility>::of(AGREEMENT).expect("a sound agreement")
}

/// A row as it stands in a file and in memory: a person, a second name, an amount.
type Made = (Option<&'static str>, Option<&'static str>, Option<i64>);

fn made() -> impl Strategy<Value = Vec<Made>> {
    let id = prop_oneof![
        20 => prop::sample::select(vec!["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]).prop_map(Some),
        1 => prop::sample::select(vec!["a b", "a\u{200b}", "\u{feff}a"]).prop_map(Some),
        1 => Just(None),
    ];
    let amount = prop_oneof![
        20 => (-10..=1_000_i64).prop_map(Some),
        1 => prop::sample::select(vec![-11, 1_001, i64::MAX, i64::MIN]).prop_map(Some),
        1 => Just(None),
    ];
    // A row of a file that has nothing in it is no row.
    let row = (id.clone(), id, amount).prop_filter("an empty row", |row| *row != (None, None, None));
    prop::collection::vec(row, 0..8)
}

fn csv(columns: [&str; 3], rows: &[Made]) -> String {
    let row = |(first, second, amount): &Made| {
        let amount = amount.map(|cents| cents.to_string()).unwrap_or_default();
        format!("{},{},{amount}\n", first.unwrap_or_default(), second.unwrap_or_default())
    };
    format!("{}\n{}", columns.join(","), rows.iter().map(row).collect::<String>())
}

fn memory<'a>(columns: [&str; 3], rows: &'a [Made]) -> MemoryRows<'a, 3> {
    let cells = |(first, second, amount): &Made| [(*first).into(), (*second).into(), (*amount).into()];
    MemoryRows::new(columns, rows.iter().map(cells))
}

/// What a message about a line of CSV says of the same row in memory: there is no header to count.
fn of_rows(message: &str) -> String {
    let message = message.replace("an earlier line", "an earlier row");
    let mut parts = message.split("line ");
    let mut said = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        match part[..digits].parse::<u64>() {
            Ok(line) => said += &format!("row {}{}", line - 1, &part[digits..]),
            Err(_) => said += &format!("line {part}"),
        }
    }
    said
}

type Read<T> = dyn Fn(&mut dyn Rows) -> Result<T, String>;

/// Both readings of the same rows.
fn both<T>(columns: [&str; 3], rows: &[Made], read: &Read<T>) -> (Result<T, String>, Result<T, String>) {
    let text = csv(columns, rows);
    let from_csv = read(&mut CsvRows::open(text.as_bytes()).expect("a header"));
    (from_csv.map_err(|message| of_rows(&message)), read(&mut memory(columns, rows)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_table_from_memory_is_the_one_from_csv_or_has_its_fault(rows in made()) {
        let rehearsal = agreement();
        let read = move |rows: &mut dyn Rows| {
            let table = Table::from_rows(rehearsal.agreement(), "income", rows).map_err(|e| e.to_string())?;
            Ok((table.subjects().iter().map(str::to_owned).collect::<Vec<_>>(), below(&rehearsal, &table)))
        };
        let (from_csv, from_memory) = both(["person", "other", "cents"], &rows, &read);
        prop_assert_eq!(from_csv, from_memory);
    }

    #[test]
    fn cases_from_memory_are_those_from_csv_or_have_their_fault(rows in made()) {
        let readers: [([&str; 3], &Read<_>); 7] = [
            (["household", "person", "poverty_line_cents"], &|rows| asked(Households::from_rows(rows))),
            (["person", "household", "poverty_line_cents"], &|rows| asked(Households::from_rows(rows))),
            (["person", "group", "x"], &|rows| asked(Groups::from_rows(rows))),
            (["person", "x", "y"], &|rows| asked(People::from_rows(rows))),
            (["pair", "offer", "x"], &|rows| asked(Pairs::from_rows(rows))),
            (["household", "area", "line"], &|rows| asked(Areas::from_rows(rows, None, &["line".to_owned()]))),
            (["area", "household", "line"], &|rows| asked(Areas::from_rows(rows, None, &["line".to_owned()]))),
        ];
        for (columns, read) in readers {
            let (from_csv, from_memory) = both(columns, &rows, read);
            match (from_csv, from_memory) {
                // Only a file has a place where its columns are named.
                (Err(csv), Err(memory)) => prop_assert_eq!(csv.trim_start_matches("row 0: "), memory),
                (csv, memory) => prop_assert_eq!(csv, memory),
            }
        }
    }
}

/// Who of a table has an amount below some lines.
fn below(rehearsal: &Rehearsal<Eligibility>, table: &Table) -> Vec<Vec<Vec<Value>>> {
    let answers = |line: i64| {
        let people = table.subjects().iter().map(|id| [id.into(), id.into(), line.into()]);
        let mut rows = MemoryRows::new(["household", "person", "poverty_line_cents"], people);
        let cases = Households::from_rows(&mut rows).expect("households");
        plaintext::answers(rehearsal.agreement(), &cases, std::slice::from_ref(table)).expect("agreed")
    };
    [0, 1, 100, 500, 900].map(answers).to_vec()
}

/// Whom the answers are about, and the digest of everything asked.
fn asked<C: Cases>(cases: Result<C, drempel::cases::CaseError>) -> Result<(Vec<String>, String), String> {
    let cases = cases.map_err(|error| error.to_string())?;
    let answers = cases.answers().iter().map(str::to_owned).collect();
    Ok((answers, cases.digest().to_string()))
}

fn table(columns: [&str; 2], rows: Vec<[Cell<'static>; 2]>) -> Result<Table, String> {
    let rehearsal = agreement();
    let mut rows = MemoryRows::new(columns, rows);
    Table::from_rows(rehearsal.agreement(), "income", &mut rows).map_err(|error| error.to_string())
}

#[test]
fn a_fault_in_memory_is_named_by_row_and_column() {
    let cases: [([Cell<'static>; 2], &str); 7] = [
        ([Cell::Missing, 5.into()], "row 2, column \"person\": the cell is empty"),
        (["".into(), 5.into()], "row 2, column \"person\": the cell is empty"),
        (["p1".into(), 5.into()], "row 2, column \"person\": the same identifier is on an earlier row"),
        ([17.into(), 5.into()], "row 2, column \"person\": a number; an identifier is text"),
        (
            ["p2".into(), Cell::Missing],
            "row 2, column \"cents\": the cell is empty; a missing amount is never",
        ),
        (["p2".into(), "5".into()], "row 2, column \"cents\": text; an amount is a whole number"),
        (["p2".into(), 1_001.into()], "row 2, column \"cents\": above the agreement's max"),
    ];
    for (row, expected) in cases {
        let message = table(["person", "cents"], vec![["p1".into(), 0.into()], row]).expect_err(expected);
        assert!(message.starts_with(expected), "{message}");
    }
    let missing = table(["person", "amount"], Vec::new()).expect_err("no column");
    assert_eq!(missing, "column \"cents\" is missing; there are: \"person\", \"amount\"");
    let twice = table(["cents", "cents"], Vec::new()).expect_err("no column");
    assert_eq!(twice, "column \"person\" is missing; there are: \"cents\", \"cents\"");
    assert_eq!(table(["person", "cents"], Vec::new()).expect_err("nobody"), "the dataset has no rows");
}

#[test]
fn a_source_that_fails_says_so_and_gives_no_table() {
    let rehearsal = agreement();
    let rows = [Ok(["p1".into(), 5.into()]), Err("the connection was closed")];
    let mut rows = MemoryRows::fallible(["person", "cents"], rows);
    let error = Table::from_rows(rehearsal.agreement(), "income", &mut rows).expect_err("it failed");
    assert_eq!(error.to_string(), "reading failed: the connection was closed");
}

#[test]
fn rows_in_memory_are_never_printed() {
    let mut rows = MemoryRows::new(["person", "cents"], [["secret".into(), 4711.into()]]);
    assert!(rows.advance().expect("a row"));
    let printed = format!("{rows:?} {:?}", Cell::from(4711));
    assert!(!printed.contains("secret") && !printed.contains("4711"), "{printed}");
}

/// Batches of typed columns, as Arrow and Parquet have them.
struct Batches {
    columns: Columns,
    batches: Vec<(Vec<&'static str>, Vec<Option<i64>>)>,
    next: usize,
    read: u64,
}

impl Batches {
    fn current(&self) -> (&(Vec<&'static str>, Vec<Option<i64>>), usize) {
        (&self.batches[0], self.next - 1)
    }
}

impl Rows for Batches {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn advance(&mut self) -> Result<bool, RowsError> {
        while self.batches.first().is_some_and(|(people, _)| self.next == people.len()) {
            self.batches.remove(0);
            self.next = 0;
        }
        self.next += 1;
        self.read += 1;
        Ok(!self.batches.is_empty())
    }

    fn position(&self) -> Position {
        Position::row(self.read)
    }

    fn text(&self, column: Column) -> Result<Option<Cow<'_, str>>, CellProblem> {
        let ((people, _), row) = self.current();
        if column.index() == 0 { Ok(Some(people[row].into())) } else { Err(CellProblem::NotText) }
    }

    fn cents(&self, column: Column) -> Result<Option<Cents>, CellProblem> {
        let ((_, amounts), row) = self.current();
        let amount = if column.index() == 1 { amounts[row] } else { return Err(CellProblem::NotAnInteger) };
        amount.map(|cents| Cents::try_from(cents).map_err(|_| CellProblem::TooLarge)).transpose()
    }
}

#[test]
fn a_reader_of_batches_is_a_source_of_rows() {
    let rehearsal = agreement();
    let batches = |last| Batches {
        columns: Columns::new(["person", "cents"]),
        batches: vec![(vec!["b", "a"], vec![Some(1), Some(2)]), (vec![], vec![]), (vec!["c"], vec![last])],
        next: 0,
        read: 0,
    };
    let read = |mut rows| Table::from_rows(rehearsal.agreement(), "income", &mut rows);
    assert!(read(batches(Some(3))).expect("valid").subjects().iter().eq(["a", "b", "c"]));
    let message = read(batches(None)).expect_err("a missing amount").to_string();
    assert!(message.starts_with("row 3, column \"cents\": the cell is empty"), "{message}");
}

#[test]
fn more_rows_than_32_bits_count_are_refused() {
    struct Endless(Columns);
    impl Rows for Endless {
        fn columns(&self) -> &Columns {
            &self.0
        }
        fn advance(&mut self) -> Result<bool, RowsError> {
            Ok(true)
        }
        fn position(&self) -> Position {
            Position::row(1 << 32)
        }
        fn text(&self, _: Column) -> Result<Option<Cow<'_, str>>, CellProblem> {
            Ok(Some("p".into()))
        }
        fn cents(&self, _: Column) -> Result<Option<Cents>, CellProblem> {
            Ok(None)
        }
    }
    let error = People::from_rows(&mut Endless(Columns::new(["person"]))).expect_err("too many");
    assert_eq!(error.to_string(), "the source has 2^32 rows or more; split it");
}
