use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One share of a job: the chunks whose number leaves its own remainder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shard {
    index: u32,
    of: u32,
}

/// Something that is no share.
#[derive(Debug, thiserror::Error)]
#[error("a shard is written as 2/8: the second of eight")]
pub struct NoShard;

impl Shard {
    /// The whole job.
    pub const WHOLE: Self = Self { index: 1, of: 1 };

    /// The share number `index`, counted from one, of `of`.
    ///
    /// # Errors
    /// When there is no such share.
    pub fn new(index: u32, of: u32) -> Result<Self, NoShard> {
        if (1..=of).contains(&index) { Ok(Self { index, of }) } else { Err(NoShard) }
    }

    pub(super) fn has(self, chunk: usize) -> bool {
        chunk % self.of as usize == self.index as usize - 1
    }

    /// How many of so many chunks it has.
    pub(super) fn count(self, chunks: usize) -> usize {
        (chunks + (self.of - self.index) as usize) / self.of as usize
    }

    /// Its name in a store.
    pub(super) fn name(self) -> String {
        format!("{}-of-{}", self.index, self.of)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}

impl TryFrom<String> for Shard {
    type Error = NoShard;

    fn try_from(text: String) -> Result<Self, NoShard> {
        text.parse()
    }
}

impl FromStr for Shard {
    type Err = NoShard;

    fn from_str(text: &str) -> Result<Self, NoShard> {
        let (index, of) = text.split_once('/').ok_or(NoShard)?;
        Self::new(index.parse().map_err(|_| NoShard)?, of.parse().map_err(|_| NoShard)?)
    }
}
