//! The attacks of docs/threat-model.md, played by whoever could play them. They use drempel as anybody can: what a
//! dishonest party makes is written by hand from docs/format.md, and who decrypts around the gate has the secret key.
//!
//! What the fuzz targets share with the attacks is here; the attacks themselves are in `tests`.

pub mod forge;
pub mod hostile;
