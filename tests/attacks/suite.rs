//! The attacks of docs/threat-model.md, played by whoever could play them, against the gate. Compiled into the library's
//! own tests: the attack without a gate needs a way around it, and the library has none to offer.

mod agreements;
mod blinded;
mod conditions;
mod forgeries;
mod key_recovery;
mod ledgers;
mod sampled;
mod scene;
