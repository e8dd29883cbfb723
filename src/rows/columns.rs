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
}

impl Columns {
    /// Columns in their order.
    pub fn new(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { names: names.into_iter().map(Into::into).collect(), header: None }
    }

    /// Where the source names its columns, if it is a place that a message can point to.
    pub fn named_at(self, header: Position) -> Self {
        Self { header: Some(header), ..self }
    }

    /// The column of this name.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn required(&self, name: &str) -> Result<Column, RowsError> {
        self.optional(name)?.ok_or_else(|| RowsError::MissingColumn {
            header: self.header,
            column: name.to_owned(),
            found: self.shown(),
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

    /// The names, to show them: none where a cell of data may be among them, as in a file that does not name its columns.
    fn shown(&self) -> Vec<String> {
        let is_name = |name: &String| {
            let digits = name.chars().filter(char::is_ascii_digit).count();
            name.starts_with(|c: char| c.is_alphabetic())
                && name.chars().count() <= 40
                && name.chars().all(|c| c.is_alphanumeric() || "_-. /()%".contains(c))
                && (digits == 0 || digits <= 4 && name.contains(['_', ' ']))
        };
        if self.names.iter().all(is_name) { self.names.clone() } else { Vec::new() }
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
