//! The numbers as Parquet: plain pages without compression, one row group.
//!
//! Written here because the crate `parquet` asks `half` for a feature with which everything below tfhe is built anew.
//! Source: github.com/apache/parquet-format, `parquet.thrift` and Encodings.md, format 2.10; Thrift's compact protocol.

use std::io::{self, Write};

use drempel::artefacts::PROGRAM;

use super::table::{Table, values};

const MAGIC: &[u8; 4] = b"PAR1";

/// Physical types.
const BOOLEAN: i64 = 0;
const DOUBLE: i64 = 5;
const BYTE_ARRAY: i64 = 6;
/// Encodings.
const PLAIN: i64 = 0;
const RLE: i64 = 3;
/// A byte array is text.
const UTF8: i64 = 0;

/// A column with its values: plain bytes of those that are there.
struct Column {
    name: &'static str,
    physical: i64,
    /// For each row whether there is a value, where some have none.
    present: Option<Vec<bool>>,
    bytes: Vec<u8>,
}

impl Column {
    fn new(name: &'static str, physical: i64, optional: bool) -> Self {
        Self { name, physical, present: optional.then(Vec::new), bytes: Vec::new() }
    }

    fn push(&mut self, value: Option<&[u8]>) {
        if let Some(present) = &mut self.present {
            present.push(value.is_some());
        }
        let Some(value) = value else {
            return;
        };
        if self.physical == BYTE_ARRAY {
            self.bytes.extend((value.len() as u32).to_le_bytes());
        }
        self.bytes.extend(value);
    }

    /// The one page of this column: its header, the places of its values, and the values.
    fn page(&self, rows: usize) -> Vec<u8> {
        let mut data = Vec::new();
        if let Some(present) = &self.present {
            let mut runs = Vec::new();
            for run in present.chunk_by(|one, next| one == next) {
                varint(&mut runs, (run.len() as u64) << 1);
                runs.push(run[0].into());
            }
            data.extend((runs.len() as u32).to_le_bytes());
            data.extend(runs);
        }
        data.extend(&self.bytes);
        let size = data.len() as i64;
        let mut header = Struct::default();
        header.int(1, 0).int(2, size).int(3, size);
        let mut page = Struct::default();
        page.int(1, rows as i64).int(2, PLAIN).int(3, RLE).int(4, RLE);
        header.inner(5, page);
        [header.end(), data].concat()
    }
}

/// Every value of some tables, one a row: `table`, `row`, `measure`, `value` or `text`, `suppressed`.
pub(super) fn write<'t>(tables: impl Iterator<Item = &'t Table>, mut out: impl Write) -> io::Result<()> {
    let text = |name| Column::new(name, BYTE_ARRAY, false);
    let [mut table_name, mut row_name, mut measure] = ["table", "row", "measure"].map(text);
    let mut value = Column::new("value", DOUBLE, true);
    let mut disclosed = Column::new("text", BYTE_ARRAY, true);
    let mut hidden = Vec::new();
    for table in tables {
        for (row, column, cell) in values(table) {
            table_name.push(Some(table.name.as_bytes()));
            row_name.push(Some(row.as_bytes()));
            measure.push(Some(column.name.as_bytes()));
            let number = cell.plain().filter(|_| !cell.is_text()).and_then(|text| text.parse::<f64>().ok());
            value.push(number.map(f64::to_le_bytes).as_ref().map(<[u8; 8]>::as_slice));
            disclosed.push(cell.plain().filter(|_| cell.is_text()).as_deref().map(str::as_bytes));
            hidden.push(cell.is_suppressed());
        }
    }
    let mut suppressed = Column::new("suppressed", BOOLEAN, false);
    let bits = |eight: &[bool]| eight.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
    suppressed.bytes = hidden.chunks(8).map(bits).collect();
    let columns = [table_name, row_name, measure, value, disclosed, suppressed];
    let rows = hidden.len();
    out.write_all(MAGIC)?;
    let mut chunks = Vec::new();
    let mut offset = MAGIC.len();
    for column in &columns {
        let page = column.page(rows);
        out.write_all(&page)?;
        chunks.push(chunk(column, rows, offset, page.len()));
        offset += page.len();
    }
    let footer = footer(&columns, rows, chunks, offset - MAGIC.len());
    out.write_all(&footer)?;
    out.write_all(&(footer.len() as u32).to_le_bytes())?;
    out.write_all(MAGIC)?;
    out.flush()
}

fn chunk(column: &Column, rows: usize, offset: usize, size: usize) -> Vec<u8> {
    let mut data = Struct::default();
    data.int(1, column.physical);
    data.list(2, INT, vec![zigzag(PLAIN), zigzag(RLE)]);
    data.list(3, BINARY, vec![binary(column.name)]);
    data.int(4, 0).long(5, rows).long(6, size).long(7, size).long(9, offset);
    let mut chunk = Struct::default();
    chunk.long(2, offset);
    chunk.inner(3, data);
    chunk.end()
}

fn footer(columns: &[Column], rows: usize, chunks: Vec<Vec<u8>>, size: usize) -> Vec<u8> {
    let mut root = Struct::default();
    root.text(4, "schema").int(5, columns.len() as i64);
    let element = |column: &Column| {
        let mut element = Struct::default();
        element.int(1, column.physical).int(3, column.present.is_some().into()).text(4, column.name);
        if column.physical == BYTE_ARRAY {
            element.int(6, UTF8);
        }
        element.end()
    };
    let schema = std::iter::once(root.end()).chain(columns.iter().map(element)).collect();
    let mut group = Struct::default();
    group.list(1, STRUCT, chunks);
    group.long(2, size).long(3, rows);
    let mut file = Struct::default();
    file.int(1, 1);
    file.list(2, STRUCT, schema);
    file.long(3, rows);
    file.list(4, STRUCT, vec![group.end()]);
    file.text(6, PROGRAM);
    file.end()
}

/// Types of the compact protocol.
const INT: u8 = 5;
const LONG: u8 = 6;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

/// A struct of Thrift's compact protocol, its fields in ascending order.
#[derive(Default)]
struct Struct {
    bytes: Vec<u8>,
    last: u8,
}

impl Struct {
    fn field(&mut self, number: u8, kind: u8, value: &[u8]) -> &mut Self {
        self.bytes.push((number - self.last) << 4 | kind);
        self.bytes.extend(value);
        self.last = number;
        self
    }

    fn int(&mut self, number: u8, value: i64) -> &mut Self {
        self.field(number, INT, &zigzag(value))
    }

    fn long(&mut self, number: u8, value: usize) -> &mut Self {
        self.field(number, LONG, &zigzag(value as i64))
    }

    fn text(&mut self, number: u8, value: &str) -> &mut Self {
        self.field(number, BINARY, &binary(value))
    }

    fn inner(&mut self, number: u8, value: Self) -> &mut Self {
        self.field(number, STRUCT, &value.end())
    }

    /// Of fewer than fifteen items.
    fn list(&mut self, number: u8, kind: u8, items: Vec<Vec<u8>>) -> &mut Self {
        let head = vec![(items.len() as u8) << 4 | kind];
        self.field(number, LIST, &[vec![head], items].concat().concat())
    }

    fn end(mut self) -> Vec<u8> {
        self.bytes.push(0);
        self.bytes
    }
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn zigzag(value: i64) -> Vec<u8> {
    let mut bytes = Vec::new();
    varint(&mut bytes, (value << 1 ^ value >> 63) as u64);
    bytes
}

fn binary(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    varint(&mut bytes, text.len() as u64);
    bytes.extend(text.as_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::super::table::{Cell, Column};
    use super::*;

    #[test]
    fn a_file_is_as_pyarrow_has_read_it() {
        let row = |name: &str, cells: [Cell; 2]| {
            std::iter::once(Cell::Text(name.to_owned())).chain(cells).collect::<Vec<_>>()
        };
        let table = Table {
            name: "share-1".to_owned(),
            caption: String::new(),
            columns: ["part", "number", "yes"].map(|name| Column::new(name, name)).into(),
            rows: vec![
                row("all", [Cell::Number(300), Cell::YesNo(true)]),
                row("é", [Cell::Suppressed, Cell::Suppressed]),
                row("b", [Cell::Decimal(-2.25, 2), Cell::Percent(12.5)]),
                row("c", [Cell::Unknown, Cell::Number(0)]),
                row("d", [Cell::Together, Cell::Number(7)]),
            ],
        };
        let mut bytes = Vec::new();
        write(std::iter::once(&table), &mut bytes).expect("in memory");
        assert!(bytes.starts_with(MAGIC) && bytes.ends_with(MAGIC));
        let length = u32::from_le_bytes(*bytes[..bytes.len() - 4].last_chunk().expect("a length")) as usize;
        let footer = &bytes[bytes.len() - 8 - length..bytes.len() - 8];
        // A struct whose first field is an int: version 1.
        assert_eq!(footer[..2], [0x15, 2]);
        // Row by row: all 300, all yes; é twice nothing; b twice; c nothing, then 0; d nothing, then 7.
        let value_page =
            |values: &[f64]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
        let runs = [2, 1, 6, 0, 4, 1, 2, 0, 2, 1, 2, 0, 2, 1];
        let length = (runs.len() as u32).to_le_bytes();
        let page = [&length[..], &runs, &value_page(&[300.0, -2.25, 12.5, 0.0, 7.0])].concat();
        assert!(bytes.windows(page.len()).any(|window| window == page), "{bytes:?}");
        // Bits 2, 3 and 8 of ten.
        assert!(bytes.windows(2).any(|two| two == [0b0000_1100, 0b0000_0001]));
    }
}
