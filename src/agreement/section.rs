use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::AgreementError;

/// The `[analysis]` section of an agreement, to be read by the analysis that it is about.
#[derive(Clone, Copy, Debug)]
pub struct Section<'t> {
    /// The whole agreement, so that errors give the lines of the file.
    text: &'t str,
}

/// The rest of the agreement is read elsewhere.
#[derive(Deserialize)]
struct Only<T> {
    analysis: T,
}

#[derive(Deserialize)]
struct Kind {
    kind: String,
}

impl<'t> Section<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text }
    }

    /// Reads the section as a type of which it has every field, `kind` included.
    ///
    /// # Errors
    /// [`AgreementError::Syntax`], with the line of the agreement's file.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, AgreementError> {
        let only = toml::from_str::<Only<T>>(self.text);
        only.map(|only| only.analysis).map_err(|error| AgreementError::syntax(self.text, &error))
    }

    /// The kind of analysis.
    ///
    /// # Errors
    /// When there is no `kind`, or it is no text.
    pub fn kind(&self) -> Result<String, AgreementError> {
        Ok(self.read::<Kind>()?.kind)
    }
}
