//! Pseudonyms of persons: HMAC-SHA-256 of an identifier under a key made for one agreement (docs/pseudonyms.md).

use std::fmt::{self, Write as _};
use std::io::{self, Read, Write};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::rows::{CsvRows, Position, Rows, RowsError};
use crate::units::{AgreementId, SubjectId, hides};

#[cfg(test)]
mod tests;

/// The key of one agreement's pseudonyms, shared by its data providers and its evaluator.
///
/// It cannot be printed, copied or compared, and is wiped when dropped.
pub struct PseudonymKey {
    agreement: AgreementId,
    key: Zeroizing<[u8; KEY_BYTES]>,
}

impl PseudonymKey {
    /// A new key from the operating system's randomness.
    pub fn generate(agreement: AgreementId) -> Self {
        let mut key = Zeroizing::new([0_u8; KEY_BYTES]);
        getrandom::fill(key.as_mut_slice()).expect("the operating system gives random bytes");
        Self { agreement, key }
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote; nothing when it is something else, or another agreement's key.
    pub fn from_bytes(agreement: AgreementId, bytes: &[u8]) -> Option<Self> {
        let key = bytes.strip_prefix(FIRST_LINE)?.strip_prefix(agreement.as_bytes())?;
        Some(Self { agreement, key: Zeroizing::new(key.try_into().ok()?) })
    }

    /// The key as it lies, encrypted, in a key file: a line of text, the agreement's id, the key.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new([FIRST_LINE, self.agreement.as_bytes().as_slice(), self.key.as_slice()].concat())
    }

    /// The agreement that the key was made for.
    pub fn agreement(&self) -> AgreementId {
        self.agreement
    }

    /// A person's pseudonym: 64 hexadecimal characters, the same for everybody with this key.
    ///
    /// # Errors
    /// When the identifier does not pass the check. It is never trimmed or repaired: another party would get
    /// another pseudonym for the same person.
    pub fn pseudonym(&self, id: &str, check: IdCheck) -> Result<SubjectId, InvalidPersonId> {
        let id = plain(id)?;
        match check {
            IdCheck::Any => Ok(self.hmac(id)),
            IdCheck::Bsn => Ok(self.hmac(&bsn(id)?)),
        }
    }

    fn hmac(&self, id: &[u8]) -> SubjectId {
        let mac = Hmac::<Sha256>::new_from_slice(self.key.as_slice());
        let mac = mac.expect("HMAC takes a key of any length");
        let mac = mac.chain_update(DOMAIN).chain_update(self.agreement.as_bytes()).chain_update([0_u8]);
        let digest = mac.chain_update(id).finalize().into_bytes();
        let mut text = String::with_capacity(2 * digest.len());
        for byte in digest {
            write!(text, "{byte:02x}").expect("a string takes any text");
        }
        SubjectId::try_from(text).expect("64 hexadecimal characters are an identifier")
    }
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PseudonymKey").field("agreement", &self.agreement).finish_non_exhaustive()
    }
}

/// What an identifier must be before it gets a pseudonym.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdCheck {
    /// Any text, taken byte for byte.
    Any,
    /// A Dutch citizen service number (*burgerservicenummer*) that passes the check of eleven (*elfproef*). One of
    /// eight digits gets a leading zero, so that the same person has one pseudonym.
    Bsn,
}

/// Why an identifier gets no pseudonym.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPersonId {
    /// Nothing in it.
    #[error("the identifier is empty")]
    Empty,
    /// White space around it.
    #[error("white space before or after the identifier; remove it")]
    SurroundingSpace,
    /// A character that does not show.
    #[error("a character in the identifier does not show; remove it")]
    HiddenCharacter,
    /// Not 8 or 9 digits.
    #[error("not a BSN: that is 9 digits, or 8 without the leading zero, and nothing else")]
    NotBsnDigits,
    /// Nine digits that are nobody's.
    #[error("not a BSN: the digits fail the check of eleven, or are all zero; look for a mistyped digit")]
    BsnCheckFails,
}

/// Why a file gets no pseudonyms.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PseudonymiseError {
    /// The file.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// One identifier.
    #[error("{position}, column \"{column}\": {problem}")]
    PersonId {
        /// The row of the file.
        position: Position,
        /// The column's name.
        column: String,
        /// What is wrong with it.
        problem: InvalidPersonId,
    },
    /// The operating system failed.
    #[error("writing failed: {0}")]
    Io(#[from] io::Error),
}

/// Copies a CSV file with pseudonyms in place of the named column's identifiers. Every other cell keeps its bytes;
/// quotation marks stand only where they are needed, and lines end with a line feed. Returns the number of rows.
///
/// Rows are neither sorted nor compared: a person who is there twice is so afterwards.
///
/// # Errors
/// A named error with the line and column of the first fault; never the identifier. Part of the output may have been
/// written by then.
///
/// # Cost
/// One HMAC and one row of memory at a time.
pub fn pseudonymise(
    key: &PseudonymKey,
    check: IdCheck,
    column: &str,
    input: impl Read,
    output: impl Write,
) -> Result<usize, PseudonymiseError> {
    let mut rows = CsvRows::open(input)?;
    let place = rows.columns().required(column)?;
    let mut writer = csv::Writer::from_writer(output);
    writer.write_record(rows.header()?).map_err(io_error)?;
    let mut count = 0;
    while rows.advance()? {
        let row = rows.row();
        let pseudonym = key.pseudonym(&row.text(place)?, check).map_err(|problem| {
            PseudonymiseError::PersonId { position: row.position(), column: column.to_owned(), problem }
        })?;
        writer.write_record(rows.replaced(place, pseudonym.as_str().as_bytes())).map_err(io_error)?;
        count += 1;
    }
    writer.flush()?;
    Ok(count)
}

fn plain(id: &str) -> Result<&[u8], InvalidPersonId> {
    if id.is_empty() {
        return Err(InvalidPersonId::Empty);
    }
    if id.trim() != id {
        return Err(InvalidPersonId::SurroundingSpace);
    }
    if id.chars().any(hides) {
        return Err(InvalidPersonId::HiddenCharacter);
    }
    Ok(id.as_bytes())
}

fn bsn(digits: &[u8]) -> Result<[u8; BSN_WEIGHTS.len()], InvalidPersonId> {
    let mut bsn = [b'0'; BSN_WEIGHTS.len()];
    let missing = bsn.len().checked_sub(digits.len()).filter(|missing| *missing <= 1);
    let missing = missing.ok_or(InvalidPersonId::NotBsnDigits)?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(InvalidPersonId::NotBsnDigits);
    }
    bsn[missing..].copy_from_slice(digits);
    let products = bsn.iter().zip(BSN_WEIGHTS).map(|(digit, weight)| i32::from(*digit - b'0') * weight);
    if products.sum::<i32>() % 11 != 0 || bsn.iter().all(|digit| *digit == b'0') {
        return Err(InvalidPersonId::BsnCheckFails);
    }
    Ok(bsn)
}

/// With rows of one length, the operating system is all that can fail.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        _ => io::Error::other("the CSV writer stopped"),
    }
}

const KEY_BYTES: usize = 32;

/// The first bytes of a key, before it is encrypted.
const FIRST_LINE: &[u8] = b"drempel pseudonym key 1\n";

/// The first bytes under the HMAC; the agreement's id, a zero and the identifier follow.
const DOMAIN: &[u8] = b"drempel person 1";

/// The weight of each digit in the check of eleven.
const BSN_WEIGHTS: [i32; 9] = [9, 8, 7, 6, 5, 4, 3, 2, -1];
