use std::borrow::Cow;
use std::fmt;
use std::io::{Read, Seek};

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Int8Type, Int16Type, Int32Type, Int64Type,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, DataType, Schema};
use arrow_select::take::take;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;
use parquet::file::reader::ChunkReader;

use super::amount::Amounts;
use super::columns::{Column, Columns};
use super::error::{CellProblem, RowsError};
use super::format::guarded;
use super::position::{Position, RowUnit};
use super::source::Rows;
use crate::units::Cents;

/// The rows of a Parquet or an Arrow file. One batch is in memory at a time.
pub(super) struct BatchRows {
    columns: Columns,
    batches: Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>,
    batch: Vec<ArrayRef>,
    rows: usize,
    /// The row in hand is the one before this one of the batch.
    next: usize,
    read: u64,
    unit: RowUnit,
    amounts: Amounts,
}

impl BatchRows {
    /// Reads what a Parquet file says of itself.
    pub(super) fn parquet(input: impl ChunkReader + 'static, amounts: Amounts) -> Result<Self, RowsError> {
        // The types are Parquet's own: what a program notes beside them is about its own memory.
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let (schema, batches) = guarded("Parquet", || {
            let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(input, options)?;
            let builder = builder.with_batch_size(BATCH);
            Ok::<_, ParquetError>((builder.schema().clone(), builder.build()?))
        })?;
        Ok(Self::over(&schema, batches, RowUnit::ParquetRow, amounts))
    }

    /// Reads the schema of an Arrow file, which is also called Feather.
    pub(super) fn arrow_file(
        input: impl Read + Seek + Send + 'static,
        amounts: Amounts,
    ) -> Result<Self, RowsError> {
        let batches = guarded("Arrow", || FileReader::try_new_buffered(input, None))?;
        Ok(Self::over(&batches.schema(), batches, RowUnit::ArrowRow, amounts))
    }

    /// Reads the schema of an Arrow stream.
    pub(super) fn arrow_stream(
        input: impl Read + Send + 'static,
        amounts: Amounts,
    ) -> Result<Self, RowsError> {
        let batches = guarded("Arrow", || StreamReader::try_new_buffered(input, None))?;
        Ok(Self::over(&batches.schema(), batches, RowUnit::ArrowRow, amounts))
    }

    fn over(
        schema: &Schema,
        batches: impl Iterator<Item = Result<RecordBatch, ArrowError>> + Send + 'static,
        unit: RowUnit,
        amounts: Amounts,
    ) -> Self {
        let columns = Columns::new(schema.fields().iter().map(|field| field.name()));
        Self {
            columns,
            batches: Box::new(batches),
            batch: Vec::new(),
            rows: 0,
            next: 0,
            read: 0,
            unit,
            amounts,
        }
    }

    /// A column of the batch in hand and the row in it; `None` where the cell is missing.
    fn cell(&self, column: Column) -> Option<(&ArrayRef, usize)> {
        let (array, row) = (&self.batch[column.index()], self.next - 1);
        Some((array, row)).filter(|(array, row)| !array.is_null(*row))
    }
}

impl Rows for BatchRows {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn advance(&mut self) -> Result<bool, RowsError> {
        while self.next == self.rows {
            let format = if self.unit == RowUnit::ParquetRow { "Parquet" } else { "Arrow" };
            let batches = &mut self.batches;
            let batch = guarded(format, || match batches.next() {
                Some(batch) => batch.and_then(|batch| Ok(Some((unpacked(&batch)?, batch.num_rows())))),
                None => Ok(None),
            })?;
            let Some((batch, rows)) = batch else {
                return Ok(false);
            };
            (self.batch, self.rows, self.next) = (batch, rows, 0);
        }
        self.next += 1;
        self.read += 1;
        Ok(true)
    }

    fn position(&self) -> Position {
        Position::of(self.unit, self.read)
    }

    fn text(&self, column: Column) -> Result<Option<Cow<'_, str>>, CellProblem> {
        let Some((array, row)) = self.cell(column) else {
            return Ok(None);
        };
        let utf_8 = |bytes| std::str::from_utf8(bytes).map_err(|_| CellProblem::NotUtf8);
        let text = match array.data_type() {
            DataType::Utf8 => array.as_string::<i32>().value(row),
            DataType::LargeUtf8 => array.as_string::<i64>().value(row),
            DataType::Utf8View => array.as_string_view().value(row),
            // Old programs write text without saying that it is text.
            DataType::Binary => utf_8(array.as_binary::<i32>().value(row))?,
            DataType::LargeBinary => utf_8(array.as_binary::<i64>().value(row))?,
            DataType::BinaryView => utf_8(array.as_binary_view().value(row))?,
            other if other.is_numeric() => return Err(CellProblem::NumberColumn),
            _ => return Err(CellProblem::OtherColumn),
        };
        Ok(Some(Cow::Borrowed(text)))
    }

    fn cents(&self, column: Column) -> Result<Option<Cents>, CellProblem> {
        let Some((array, row)) = self.cell(column) else {
            return Ok(None);
        };
        macro_rules! value {
            ($kind:ty) => {
                array.as_primitive::<$kind>().value(row)
            };
        }
        let (unscaled, scale) = match array.data_type() {
            DataType::Int8 => (value!(Int8Type).into(), 0),
            DataType::Int16 => (value!(Int16Type).into(), 0),
            DataType::Int32 => (value!(Int32Type).into(), 0),
            DataType::Int64 => (value!(Int64Type).into(), 0),
            DataType::UInt8 => (value!(UInt8Type).into(), 0),
            DataType::UInt16 => (value!(UInt16Type).into(), 0),
            DataType::UInt32 => (value!(UInt32Type).into(), 0),
            DataType::UInt64 => (value!(UInt64Type).into(), 0),
            DataType::Decimal32(_, scale) => (value!(Decimal32Type).into(), *scale),
            DataType::Decimal64(_, scale) => (value!(Decimal64Type).into(), *scale),
            DataType::Decimal128(_, scale) => (value!(Decimal128Type), *scale),
            DataType::Decimal256(_, scale) => {
                (value!(Decimal256Type).to_i128().ok_or(CellProblem::TooLarge)?, *scale)
            }
            other if other.is_floating() => return Err(CellProblem::FloatColumn),
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => return Err(CellProblem::TextColumn),
            _ => return Err(CellProblem::OtherColumn),
        };
        self.amounts.scaled(unscaled, scale).map(Some)
    }
}

/// Nothing that a cell holds is printed.
impl fmt::Debug for BatchRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchRows").field("columns", &self.columns).finish_non_exhaustive()
    }
}

/// Rows of a batch: 8,192 of them are 1 MB of text and amounts.
const BATCH: usize = 8_192;

/// The columns of a batch, without dictionaries.
fn unpacked(batch: &RecordBatch) -> Result<Vec<ArrayRef>, ArrowError> {
    let unpacked = |column: &ArrayRef| match column.as_any_dictionary_opt() {
        Some(dictionary) => take(dictionary.values(), dictionary.keys(), None),
        None => Ok(column.clone()),
    };
    batch.columns().iter().map(unpacked).collect()
}
