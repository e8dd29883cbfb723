//! The attacks of docs/threat-model.md, played by whoever could play them, against the gate. Compiled into the library's
//! own tests: the attack without a gate needs a way around it, and the library has none to offer.

#[cfg(test)]
mod agreements;
#[cfg(test)]
mod blinded;
#[cfg(test)]
mod conditions;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod forgeries;
pub mod hostile;
#[cfg(test)]
mod key_recovery;
#[cfg(test)]
mod ledgers;
#[cfg(test)]
mod mutations;
#[cfg(test)]
mod sampled;
mod scene;
