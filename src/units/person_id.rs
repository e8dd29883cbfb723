use std::borrow::Cow;
use std::fmt;

use super::subject_id::hides;

/// An identifier that passed its check: what a pseudonym is made from.
pub struct PersonId<'a>(Cow<'a, [u8]>);

impl<'a> PersonId<'a> {
    /// Checks an identifier, which is never trimmed or repaired.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(id: &'a str, check: IdCheck) -> Result<Self, InvalidPersonId> {
        let id = plain(id)?;
        match check {
            IdCheck::Any => Ok(Self(Cow::Borrowed(id))),
            IdCheck::Bsn => Ok(Self(Cow::Owned(bsn(id)?.to_vec()))),
        }
    }

    /// Its bytes: of a number, all of its digits.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Nobody is named.
impl fmt::Debug for PersonId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonId").finish_non_exhaustive()
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

pub(crate) fn bsn(digits: &[u8]) -> Result<[u8; BSN_WEIGHTS.len()], InvalidPersonId> {
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

/// The weight of each digit in the check of eleven.
const BSN_WEIGHTS: [i32; 9] = [9, 8, 7, 6, 5, 4, 3, 2, -1];
