//! Decisions on hidden numbers without a bootstrap: the leveled engine.
//!
//! A provider encrypts the bits of its numbers in the coefficients of compact lists. *Expansion* makes every
//! coefficient a ciphertext of its own, the *scheme switch* makes that a selector, and selectors decide by
//! external products alone whether a sum is at most a line, or one number at most another. Noise only grows,
//! so circuits are short; what grows is closed before an answer leaves.
//!
//! [`LeveledEngine`] holds the key and is shared; each thread has a [`Worker`] with its own memory. Nothing
//! inside a worker is parallel: jobs are spread over bins and households.

mod comparison;
mod counts;
mod decision;
mod expansion;
mod fourier;
mod gadget;
mod key;
pub mod measure;
pub mod noise;
mod packing;
mod parameters;
mod polynomial;
mod product;
mod randomness;
#[cfg(all(test, feature = "secret-key"))]
mod real_keys;
mod roots;
mod selector;
mod split;
mod worker;

pub use counts::Counts;
pub use expansion::{Bin, Branches, Nodes};
pub use gadget::Gadget;
pub use key::{KeyError, LeveledKeySeeded, Shift};
#[cfg(feature = "secret-key")]
pub use key::{KeygenError, generate};
pub use packing::{NoAnswer, OpenRing, read};
pub use parameters::{LeveledParams, MAX_ADDENDS, ParamsError, Stage};
pub use randomness::{FLOOD_BOUND, NoiseSeed, NoiseStreams};
pub use selector::HiddenNumber;
pub use worker::{Answer, Decided, DecisionError, LeveledEngine, Worker};
