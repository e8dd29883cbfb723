use std::fmt;

/// What a source calls its rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowUnit {
    /// A line of a file of text: its header and its empty lines count.
    Line,
    /// A row of data; a header does not count.
    #[default]
    Row,
    /// A row of a Parquet file; columns have no row of their own.
    ParquetRow,
    /// A row of an Arrow file.
    ArrowRow,
    /// A row of a spreadsheet, with the number that it shows.
    SheetRow,
}

/// Where a row is in its source, counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    unit: RowUnit,
    number: u64,
}

impl Position {
    /// A line of a file.
    pub const fn line(number: u64) -> Self {
        Self { unit: RowUnit::Line, number }
    }

    /// A row of data.
    pub const fn row(number: u64) -> Self {
        Self { unit: RowUnit::Row, number }
    }

    /// A row that is counted otherwise.
    pub const fn of(unit: RowUnit, number: u64) -> Self {
        Self { unit, number }
    }

    /// What is counted.
    pub fn unit(self) -> RowUnit {
        self.unit
    }

    /// The number.
    pub fn number(self) -> u64 {
        self.number
    }
}

impl fmt::Display for RowUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Line => "line",
            Self::Row => "row",
            Self::ParquetRow => "Parquet row",
            Self::ArrowRow => "Arrow row",
            Self::SheetRow => "sheet row",
        })
    }
}

/// As it stands in a message: "line 3".
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.unit, self.number)
    }
}

/// The positions of many rows of one source: four bytes each.
#[derive(Clone, Default)]
pub(crate) struct Positions {
    unit: RowUnit,
    numbers: Vec<u32>,
}

impl Positions {
    pub(crate) fn push(&mut self, position: Position) {
        self.unit = position.unit;
        self.numbers.push(u32::try_from(position.number).expect("a later row is refused when it is read"));
    }

    pub(crate) fn get(&self, place: usize) -> Position {
        Position { unit: self.unit, number: self.numbers[place].into() }
    }

    pub(crate) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The positions at some places, in the order of the places.
    pub(crate) fn in_order(&self, places: &[u32]) -> Self {
        let numbers = places.iter().map(|place| self.numbers[*place as usize]).collect();
        Self { unit: self.unit, numbers }
    }
}
