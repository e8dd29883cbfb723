use std::error::Error;
use std::fmt;

use super::error::RowsError;
use super::source::{Row, Rows};

/// Several faults of one file: the first of them, and how many there are.
#[derive(Debug)]
pub struct Faults<E> {
    first: Vec<E>,
    count: usize,
    /// Whether the last one leaves nothing to read.
    ended: bool,
}

/// As many are kept and told.
const TOLD: usize = 20;

/// An error about a file of rows.
pub(crate) trait Fault: From<RowsError> + From<Faults<Self>> {
    /// Whether nothing can be read after it.
    fn ends_reading(&self) -> bool;
}

impl<E> Faults<E> {
    /// The first ones, in the order of the file.
    pub fn first(&self) -> &[E] {
        &self.first
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// What went well; a fault is kept.
    pub(crate) fn take<T>(&mut self, result: Result<T, E>) -> Option<T>
    where
        E: Fault,
    {
        result.map_err(|fault| self.add(fault)).ok()
    }

    fn add(&mut self, fault: E)
    where
        E: Fault,
    {
        self.ended = fault.ends_reading();
        self.count += 1;
        if self.first.len() < TOLD {
            self.first.push(fault);
        }
    }

    /// Nothing where there was no fault; a single one is itself.
    fn into_result(mut self) -> Result<(), E>
    where
        E: Fault,
    {
        match self.first.len() {
            0 => Ok(()),
            1 => Err(self.first.remove(0)),
            _ => Err(self.into()),
        }
    }
}

impl dyn Rows + '_ {
    /// Reads every row. A fault of one row does not hide those of the rows after it.
    ///
    /// # Errors
    /// The fault, or all of them where there are several; at once where nothing can be read after it, or it is one of
    /// the whole column.
    pub(crate) fn read_each<E: Fault>(
        &mut self,
        mut each: impl FnMut(Row<'_>, &mut Faults<E>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut faults = Faults { first: Vec::new(), count: 0, ended: false };
        while !faults.ended {
            let result = match self.next_row() {
                Ok(None) => break,
                Ok(Some(row)) => each(row, &mut faults),
                Err(error) => Err(error.into()),
            };
            faults.take(result);
        }
        faults.into_result()
    }
}

impl<E: fmt::Display> fmt::Display for Faults<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} faults", self.count)?;
        self.first.iter().try_for_each(|fault| write!(f, "\n  {fault}"))?;
        match self.count - self.first.len() {
            0 => Ok(()),
            more => write!(f, "\n  and {more} more"),
        }
    }
}

impl<E: Error> Error for Faults<E> {}
