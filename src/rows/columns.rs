use super::error::RowsError;
use super::position::Position;

/// A column of one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column(usize);

impl Column {
    /// Its place among the source's columns, counted from zero.
    pub fn index(self) -> usize {
        self.0
    }
}

/// The columns of a source, by their names.
#[derive(Clone, Debug)]
pub struct Columns {
    names: Vec<String>,
    header: Option<Position>,
    hint: Option<&'static str>,
}

impl Columns {
    /// Columns in their order.
    pub fn new(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { names: names.into_iter().map(Into::into).collect(), header: None, hint: None }
    }

    /// Where the source names its columns, if it is a place that a message can point to.
    pub fn named_at(self, header: Position) -> Self {
        Self { header: Some(header), ..self }
    }

    /// What to do where a column is not found, if the names look like those of a file that was read wrongly.
    pub fn with_hint(self, hint: Option<&'static str>) -> Self {
        Self { hint, ..self }
    }

    /// The column of this name.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn required(&self, name: &str) -> Result<Column, RowsError> {
        self.optional(name)?.ok_or_else(|| RowsError::MissingColumn {
            header: self.header,
            column: name.to_owned(),
            hint: self.hint,
        })
    }

    /// The column of this name; None when there is none.
    ///
    /// # Errors
    /// When there is more than one.
    pub fn optional(&self, name: &str) -> Result<Option<Column>, RowsError> {
        let mut places = (0..self.names.len()).filter(|place| self.names[*place] == name);
        let found = places.next().map(Column);
        match places.next() {
            Some(_) => Err(RowsError::DuplicateColumn { header: self.header, column: name.to_owned() }),
            None => Ok(found),
        }
    }

    /// A column by its place, counted from zero.
    pub(super) fn at(&self, place: usize) -> Column {
        assert!(place < self.names.len(), "a row has as many cells as there are columns");
        Column(place)
    }

    /// A column's name.
    ///
    /// # Panics
    /// When it is a column of another source that has more of them.
    pub fn name(&self, column: Column) -> &str {
        &self.names[column.0]
    }

    /// How many columns.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}
