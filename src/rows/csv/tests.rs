use super::input::MAX_ROW_BYTES;
use super::*;

fn open(text: &[u8]) -> CsvRows<&[u8]> {
    CsvRows::open(text).expect("a header")
}

fn message(text: &[u8]) -> String {
    let mut rows = match CsvRows::open(text) {
        Ok(rows) => rows,
        Err(error) => return error.to_string(),
    };
    let rows: &mut dyn Rows = &mut rows;
    loop {
        match rows.next_row() {
            Ok(Some(_)) => {}
            Ok(None) => return String::new(),
            Err(error) => return error.to_string(),
        }
    }
}

#[test]
fn a_byte_order_mark_and_crlf_are_accepted_and_lines_counted() {
    let text = "\u{feff}person,amount\r\n1,5\r\n2,x\r\n";
    let rows: &mut dyn Rows = &mut open(text.as_bytes());
    let amount = rows.columns().required("amount").expect("there");
    let person = rows.columns().required("person").expect("the mark is not part of the name");
    let row = rows.next_row().expect("valid").expect("a row");
    assert_eq!(row.cents(amount).expect("an amount").value(), 5);
    assert_eq!(row.text(person).expect("a person"), "1");
    let row = rows.next_row().expect("valid").expect("a row");
    let message = row.cents(amount).expect_err("not a number").to_string();
    assert!(message.starts_with("line 3, column \"amount\""), "{message}");
}

#[test]
fn a_line_break_in_a_quoted_cell_is_read_and_an_open_quote_named() {
    let rows: &mut dyn Rows = &mut open(b"id,note\r\n1,\"x\r\ny \"\"z\"\"\"\r\n\r\n2,z\r\n");
    let note = rows.columns().required("note").expect("there");
    let row = rows.next_row().expect("valid").expect("a row");
    assert_eq!(row.text(note).expect("text"), "x\r\ny \"z\"");
    assert_eq!(rows.next_row().expect("valid").expect("a row").position(), Position::line(5));
    let open = "a quotation mark that is not closed";
    for (text, line) in [
        (&b"id,note\r\n1,x\r\n\r\n2,\"y\r\n3,z\r\n"[..], 4),
        (b"id,note\n1,\"x\n2,\"y\"\n", 2),
        (b"id,note\n1,\"x\"y\n", 2),
        (b"\"id,note\n1,x\n", 1),
    ] {
        let message = message(text);
        assert!(message.starts_with(&format!("line {line}: {open}")), "{message}");
    }
}

#[test]
fn empty_rows_and_columns_at_the_end_are_no_data() {
    let rows: &mut dyn Rows = &mut open(b"id;amount;;\r\n1;5;;\r\n2;6\r\n;;;\r\n;;;\r\n\r\n");
    assert_eq!(rows.columns().len(), 2);
    let count = std::iter::from_fn(|| rows.next_row().expect("valid").map(|_| ())).count();
    assert_eq!(count, 2);
    let between = message(b"id;amount\n1;5\n;\n;\n2;6\n");
    assert_eq!(between, "line 3: an empty row, with rows after it; remove it or fill it in");
    assert_eq!(message(b"id;amount;\n1;5;x\n"), "line 2: 3 cells, but the header has 2");
}

#[test]
fn a_row_without_an_end_is_refused_before_it_fills_the_memory() {
    let endless = || b"id,note\n1,".chain(std::io::repeat(b'x'));
    let rows: &mut dyn Rows = &mut CsvRows::open(endless()).expect("a header");
    assert!(matches!(rows.next_row(), Err(RowsError::Format(FormatError::LongRow { line: 2 }))));
    let quoted = b"id,note\n1,\"".chain(std::io::repeat(b'x'));
    let rows: &mut dyn Rows = &mut CsvRows::open(quoted).expect("a header");
    assert!(matches!(rows.next_row(), Err(RowsError::Format(FormatError::OpenQuote { line: 2 }))));
    let line = CsvRows::open(std::io::repeat(b'x'));
    assert!(matches!(line, Err(RowsError::Format(FormatError::LongRow { line: 1 }))));
    // Rows may be any number.
    let long = format!("id,note\n{}", "1,x\n".repeat(MAX_ROW_BYTES / 2));
    let rows: &mut dyn Rows = &mut open(long.as_bytes());
    while rows.next_row().expect("short rows").is_some() {}
}

#[test]
fn the_first_line_tells_what_separates_columns_or_it_is_asked_for() {
    for (text, delimiter) in
        [(&b"a;b\n"[..], b';'), (b"a\tb\n", b'\t'), (b"\"a;x\",b\n", b','), (b"a\n1;2\n", b',')]
    {
        assert_eq!(open(text).delimiter(), delimiter);
    }
    assert!(message(b"a;b,c\n").contains("--delimiter"));
    let dialect = Dialect { delimiter: Some(b'|'), ..Dialect::default() };
    let rows = CsvRows::with(&b"a|b;c\n"[..], &dialect).expect("a header");
    assert_eq!(rows.columns().len(), 2);
}

#[test]
fn latin_1_is_read_where_it_is_named_and_else_called_so() {
    let text = b"name,caf\xe9\nJos\xe9,1\n";
    let dialect = Dialect { encoding: Encoding::Latin1, ..Dialect::default() };
    let mut latin = CsvRows::with(&text[..], &dialect).expect("a header");
    let latin: &mut dyn Rows = &mut latin;
    let name = latin.columns().required("name").expect("there");
    latin.columns().required("café").expect("decoded");
    assert_eq!(latin.next_row().expect("valid").expect("a row").text(name).expect("text"), "José");
    let rows: &mut dyn Rows = &mut open(text);
    let row = rows.next_row().expect("valid").expect("a row");
    assert!(row.text(name).expect_err("not UTF-8").to_string().contains("--encoding latin1"));
}

#[test]
fn what_is_no_text_is_called_what_it_is() {
    let utf_16 = |unit: fn(u16) -> [u8; 2]| "a,b\n1,2\n".encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    assert!(message(&utf_16(u16::to_le_bytes)).contains("UTF-16"));
    assert!(message(&utf_16(u16::to_be_bytes)).contains("UTF-16"));
    let cases: [(&[u8], &str); 9] = [
        (b"a,b\n1,\0\n", "NUL"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"PAR1", "Parquet"),
        (b"PK\x03\x04", "xlsx"),
        (b"\xd0\xcf\x11\xe0", ".xls"),
        (b"<html>", "HTML"),
        (b"%PDF-1.7", "PDF"),
        (b"", "empty"),
        (b";;;\n", "empty"),
    ];
    for (bytes, expected) in cases {
        let message = message(bytes);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_missing_column_lists_those_that_are_there_unless_they_are_data() {
    let missing = |text: &[u8]| open(text).columns().required("person").expect_err("missing").to_string();
    assert_eq!(
        missing(b"Person;income_2024\n"),
        "line 1: column \"person\" is missing; there are: \"Person\", \"income_2024\""
    );
    for data in [&b"123456782,150106\n"[..], b"p1,north\n", b"a4f7e1,x\n", b"anna,-12\n"] {
        let message = missing(data);
        assert!(message.ends_with("does not look like names of columns"), "{message}");
    }
}
