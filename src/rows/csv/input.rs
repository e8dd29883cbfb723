//! The bytes of a CSV file on their way to the parser: with an end to every row and every quotation mark.

use std::fmt;
use std::io::{self, Read};

/// The longest row, in bytes. A quotation mark that is not closed makes all that follows one row.
pub(super) const MAX_ROW_BYTES: usize = 1 << 20;

/// Gives out so many bytes and no more, until it is told that a row was read. The parser takes a quotation mark as it
/// comes; here one that is not closed is found before it swallows rows.
pub(super) struct Metered<R> {
    input: R,
    delimiter: u8,
    left: usize,
    cell: Cell,
    line: u64,
    /// Where the quoted cell begins.
    quoted_at: u64,
    broken: bool,
}

/// Where in a cell the next byte is.
#[derive(Clone, Copy, PartialEq)]
enum Cell {
    Start,
    Plain,
    Quoted,
    /// After a quotation mark in a quoted cell: the cell's end, or half of a mark that is written twice.
    Closed,
}

/// Why the bytes end early; travels through the parser inside an [`io::Error`].
#[derive(Clone, Copy, Debug)]
pub(super) enum Broken {
    LongRow,
    OpenQuote { line: u64 },
}

impl<R> Metered<R> {
    pub(super) fn new(input: R, delimiter: u8) -> Self {
        let (cell, left) = (Cell::Start, MAX_ROW_BYTES);
        Self { input, delimiter, left, cell, line: 1, quoted_at: 1, broken: false }
    }

    /// A row was read.
    pub(super) fn next_row(&mut self) {
        self.left = MAX_ROW_BYTES;
    }

    /// How many of the bytes are sound.
    fn scan(&mut self, bytes: &[u8]) -> usize {
        for (place, byte) in bytes.iter().enumerate() {
            let ends = *byte == self.delimiter || matches!(byte, b'\n' | b'\r');
            self.cell = match (self.cell, byte) {
                (Cell::Start, b'"') => {
                    self.quoted_at = self.line;
                    Cell::Quoted
                }
                (Cell::Quoted, b'"') => Cell::Closed,
                (Cell::Closed, b'"') => Cell::Quoted,
                (Cell::Quoted, _) => Cell::Quoted,
                _ if ends => Cell::Start,
                (Cell::Closed, _) => {
                    self.broken = true;
                    return place;
                }
                _ => Cell::Plain,
            };
            self.line += u64::from(*byte == b'\n');
        }
        bytes.len()
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let open_quote = Broken::OpenQuote { line: self.quoted_at };
        if self.broken {
            return Err(io::Error::other(open_quote));
        }
        if self.left == 0 {
            let broken = if self.cell == Cell::Quoted { open_quote } else { Broken::LongRow };
            return Err(io::Error::other(broken));
        }
        let size = buffer.len().min(self.left);
        let read = self.input.read(&mut buffer[..size])?;
        if read == 0 && self.cell == Cell::Quoted {
            return Err(io::Error::other(open_quote));
        }
        self.left -= read;
        match self.scan(&buffer[..read]) {
            0 if self.broken => Err(io::Error::other(Broken::OpenQuote { line: self.quoted_at })),
            sound => Ok(sound),
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LongRow => "a row without an end",
            Self::OpenQuote { .. } => "a quotation mark without a second one",
        })
    }
}

impl std::error::Error for Broken {}
