//! What a file is, by its first bytes: never by its name.

use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::error::{FormatError, RowsError};
use crate::files::container::MAGIC;

/// Formats that rows are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    Gzip,
    Zstd,
    Parquet,
    ArrowFile,
    ArrowStream,
    Xlsx,
    Ods,
}

/// As many bytes as tell formats apart, and the columns' names of a CSV file.
pub(super) const START: u64 = 1 << 16;

impl Format {
    /// The format of a file that begins so.
    pub(super) fn of(start: &[u8]) -> Result<Self, FormatError> {
        let begins = |magic: &[u8]| start.starts_with(magic);
        Ok(match () {
            () if begins(b"\x1f\x8b") => Self::Gzip,
            () if begins(b"\x28\xb5\x2f\xfd") => Self::Zstd,
            () if begins(b"PAR1") => Self::Parquet,
            () if begins(b"ARROW1") => Self::ArrowFile,
            () if begins(b"\xff\xff\xff\xff") => Self::ArrowStream,
            () if begins(b"PK\x03\x04") => {
                let ods = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet";
                if start.windows(ods.len()).take(256).any(|window| window == ods) {
                    Self::Ods
                } else {
                    Self::Xlsx
                }
            }
            () => {
                check_text(start)?;
                Self::Csv
            }
        })
    }

    /// As a message calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Parquet => "Parquet",
            Self::ArrowFile | Self::ArrowStream => "Arrow",
            Self::Xlsx => "xlsx",
            Self::Ods => "ods",
        }
    }
}

/// Runs another crate's reader of a format. Some of them panic over a damaged file; here that is an error like any other.
pub(super) fn guarded<T, E: Display>(
    format: &'static str,
    read: impl FnOnce() -> Result<T, E>,
) -> Result<T, RowsError> {
    // What was read so far is not used again.
    let reason = match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "it is damaged".to_owned(),
    };
    Err(FormatError::Damaged { format, reason }.into())
}

fn check_text(start: &[u8]) -> Result<(), FormatError> {
    if start.starts_with(&MAGIC) {
        return Err(FormatError::DrempelFile);
    }
    if let Some((_, what)) = OTHERS.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Err(FormatError::Unknown { what });
    }
    if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
        return Err(FormatError::Utf16);
    }
    // Of two bytes that stand for a letter one is zero, always the same one.
    let zeros = |first: usize| start.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    match (zeros(0), zeros(1)) {
        (0, 0) => Ok(()),
        (even, odd) if even.min(odd) == 0 && even.max(odd) * 4 > start.len() => Err(FormatError::Utf16),
        _ => Err(FormatError::Nul),
    }
}

/// What else people have, and what to do with it.
const OTHERS: [(&[u8], &str); 12] = [
    (
        b"\xd0\xcf\x11\xe0",
        "an old Excel file (.xls), or one with a password; save it as .xlsx without a password",
    ),
    (b"age-encryption.org/", "a key file or another file in the age format; name the file of data"),
    (b"SQLite format 3\0", "an SQLite database; export the table as CSV or Parquet"),
    (b"FEA1", "an old Feather file (version 1); write it as Parquet or Arrow"),
    (b"Obj\x01", "an Avro file; write it as Parquet or CSV"),
    (b"ORC", "an ORC file; write it as Parquet or CSV"),
    (b"%PDF", "a PDF document; export the table as CSV"),
    (b"BZh", "a bzip2 file; unpack it, or use gzip or zstd"),
    (b"\xfd7zXZ\0", "an xz file; unpack it, or use gzip or zstd"),
    (b"<", "HTML or XML; export the table as CSV"),
    (b"{", "JSON; export the table as CSV"),
    (b"[", "JSON; export the table as CSV"),
];
