//! What a program runs on: the engines that an agreement's analysis needs, and no others.

use std::fmt;

use crate::bootstrap::Engine;
use crate::keys::EvaluationKey;
use crate::leveled::{KeyError, LeveledEngine, LeveledKeySeeded, LeveledParams};

/// Which engines an evaluation needs keys for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// Lookups, and packed answers of more than two values.
    pub bootstrap: bool,
    /// Decisions.
    pub leveled: Option<LeveledParams>,
}

impl Needs {
    /// The length of such a key as it lies in a file: the bootstrap engine's part, then the leveled engine's.
    pub fn bytes(&self) -> usize {
        let bootstrap = if self.bootstrap { EvaluationKey::BYTES } else { 0 };
        bootstrap + self.leveled.map_or(0, |params| LeveledKeySeeded::bytes(&params))
    }
}

/// Expanded keys, ready to compute.
#[derive(Debug)]
pub struct Engines {
    /// Where there are lookups.
    bootstrap: Option<Engine>,
    /// Where there are decisions.
    leveled: Option<LeveledEngine>,
}

/// Why a key is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExpandError {
    /// Another length than its parts have.
    #[error("an evaluation key with these parts has {expected} bytes, not {found}")]
    Length {
        /// What the parts have.
        expected: usize,
        /// What is there.
        found: usize,
    },
    /// The leveled engine's part.
    #[error(transparent)]
    Leveled(#[from] KeyError),
}

impl Engines {
    /// Expands a key that lies in a file.
    ///
    /// # Errors
    /// When it has another length than its parts, or a part cannot be a key.
    ///
    /// # Cost
    /// About a second and 160 MB for the bootstrap engine, a tenth of a second and 75 MB for the leveled one.
    pub fn expand(needs: &Needs, mut payload: Vec<u8>) -> Result<Self, ExpandError> {
        let (expected, found) = (needs.bytes(), payload.len());
        if expected != found {
            return Err(ExpandError::Length { expected, found });
        }
        let rest = payload.split_off(if needs.bootstrap { EvaluationKey::BYTES } else { 0 });
        let leveled = needs.leveled.map(|params| LeveledKeySeeded::from_bytes(params, &rest)).transpose()?;
        let leveled = leveled.map(|key| LeveledEngine::new(&key));
        let bootstrap = if needs.bootstrap { EvaluationKey::expand(payload).map(Engine::new) } else { None };
        Ok(Self { bootstrap, leveled })
    }

    /// The bootstrap engine.
    ///
    /// # Panics
    /// When there is none: whoever expands a key asks for what the program needs.
    pub fn bootstrap(&self) -> &Engine {
        self.bootstrap.as_ref().expect("a program that looks up has a key to bootstrap with")
    }

    /// The leveled engine.
    ///
    /// # Panics
    /// When there is none: whoever expands a key asks for what the program needs.
    pub fn leveled(&self) -> &LeveledEngine {
        self.leveled.as_ref().expect("a program that decides has a leveled key")
    }
}

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.bootstrap, self.leveled.map(|params| params.name())) {
            (false, None) => f.write_str("none"),
            (true, None) => f.write_str("lookups"),
            (false, Some(name)) => write!(f, "decisions ({name})"),
            (true, Some(name)) => write!(f, "lookups, decisions ({name})"),
        }
    }
}
