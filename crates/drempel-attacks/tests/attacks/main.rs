//! The attacks of docs/threat-model.md, one file per kind of attack, played against the gate with real keys.

mod agreements;
mod blinded;
mod conditions;
mod fixtures;
mod forgeries;
mod key_recovery;
mod ledgers;
mod mutations;
mod sampled;
