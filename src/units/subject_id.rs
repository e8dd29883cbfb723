use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest identifier, in bytes: a SHA-256 in hexadecimal fits.
pub const MAX_ID_BYTES: usize = 64;

/// An identifier that is empty, longer than [`MAX_ID_BYTES`], or holds white space or control characters.
#[derive(Debug, thiserror::Error)]
#[error(
    "an identifier is 1 to {MAX_ID_BYTES} bytes of visible characters without spaces; use a pseudonym or a number"
)]
pub struct InvalidId;

/// Whether a character would show as something else than itself: controls, zero-width and direction marks.
pub(crate) fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

pub(super) fn check_id(text: &str) -> Result<(), InvalidId> {
    let visible = |c: char| c.is_ascii_graphic() || (!c.is_whitespace() && !hides(c));
    let is_id = !text.is_empty() && text.len() <= MAX_ID_BYTES && text.chars().all(visible);
    if is_id { Ok(()) } else { Err(InvalidId) }
}

/// Whom or what a row or an answer is about, under the name that the agencies agreed on: the pseudonym of a person or
/// a household, the name of a group or an area.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SubjectId(String);

impl SubjectId {
    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// From a list, where only identifiers are.
    pub(super) fn from_checked(text: String) -> Self {
        Self(text)
    }
}

impl TryFrom<String> for SubjectId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        check_id(&text)?;
        Ok(Self(text))
    }
}

impl TryFrom<&str> for SubjectId {
    type Error = InvalidId;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        Self::try_from(text.to_owned())
    }
}

impl From<SubjectId> for String {
    fn from(id: SubjectId) -> Self {
        id.0
    }
}

impl fmt::Display for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_has_no_spaces_and_at_most_64_bytes() {
        assert!(SubjectId::try_from("p-17").is_ok());
        for bad in ["", " ", "a b", "a\n", "\u{feff}\t", "a\u{200b}", "\u{202e}a", &"x".repeat(65)] {
            assert!(SubjectId::try_from(bad).is_err(), "{bad:?}");
        }
    }
}
