//! The numbers as Parquet.

use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use drempel::artefacts::PROGRAM;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::file::properties::WriterProperties;

use super::table::{Table, values};

/// Every value of some tables, one a row: `table`, `row`, `measure`, `value` or `text`, `suppressed`. The same tables
/// give the same bytes.
pub(super) fn write<'t>(tables: impl Iterator<Item = &'t Table>, mut out: impl Write) -> io::Result<()> {
    let (mut names, mut rows, mut measures) = (Vec::new(), Vec::new(), Vec::new());
    let (mut numbers, mut texts, mut suppressed) = (Vec::new(), Vec::new(), Vec::new());
    for table in tables {
        for (row, column, cell) in values(table) {
            names.push(table.name.as_str());
            rows.push(row.to_owned());
            measures.push(column.name.as_str());
            numbers.push(cell.plain().filter(|_| !cell.is_text()).and_then(|text| text.parse::<f64>().ok()));
            texts.push(cell.plain().filter(|_| cell.is_text()).as_deref().map(str::to_owned));
            suppressed.push(cell.is_suppressed());
        }
    }
    let field = |name, kind, optional| Field::new(name, kind, optional);
    let schema = Arc::new(Schema::new(vec![
        field("table", DataType::Utf8, false),
        field("row", DataType::Utf8, false),
        field("measure", DataType::Utf8, false),
        field("value", DataType::Float64, true),
        field("text", DataType::Utf8, true),
        field("suppressed", DataType::Boolean, false),
    ]));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from(names)),
        Arc::new(StringArray::from(rows)),
        Arc::new(StringArray::from(measures)),
        Arc::new(Float64Array::from(numbers)),
        Arc::new(StringArray::from(texts)),
        Arc::new(BooleanArray::from(suppressed)),
    ];
    let batch =
        RecordBatch::try_new(schema.clone(), columns).expect("columns of one length, as the schema has them");
    let properties = WriterProperties::builder().set_created_by(PROGRAM.to_owned()).build();
    let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
    let mut writer =
        ArrowWriter::try_new_with_options(Vec::new(), schema, options).map_err(io::Error::other)?;
    writer.write(&batch).map_err(io::Error::other)?;
    out.write_all(&writer.into_inner().map_err(io::Error::other)?)?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use arrow_array::types::Float64Type;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReader;

    use super::super::table::{Cell, Column};
    use super::*;

    #[test]
    fn a_file_has_every_value_in_its_column() {
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
        let mut again = Vec::new();
        write(std::iter::once(&table), &mut again).expect("in memory");
        assert_eq!(bytes, again);
        let mut batches = ParquetRecordBatchReader::try_new(bytes::Bytes::from(bytes), 100).expect("sound");
        let batch = batches.next().expect("one").expect("sound");
        let column = |name: &str| batch.column_by_name(name).expect("there").clone();
        let numbers: Vec<_> = column("value").as_primitive::<Float64Type>().iter().collect();
        let empty = None;
        assert_eq!(
            numbers,
            [Some(300.0), empty, empty, empty, Some(-2.25), Some(12.5), empty, Some(0.0), empty, Some(7.0)]
        );
        let text = column("text");
        assert_eq!(text.as_string::<i32>().value(1), "yes");
        assert_eq!(text.null_count(), 9);
        let rows = column("row");
        assert_eq!(rows.as_string::<i32>().value(2), "é");
        let suppressed = column("suppressed");
        let suppressed: Vec<_> = suppressed.as_boolean().iter().map(|one| one == Some(true)).collect();
        assert_eq!(suppressed, [false, false, true, true, false, false, false, false, true, false]);
    }
}
