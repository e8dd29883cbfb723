//! The names of columns that several cases have, or that messages speak of.

pub(super) const HOUSEHOLD: &str = "household";
pub(super) const PERSON: &str = "person";
pub(super) const AREA: &str = "area";
pub(super) const GROUP: &str = "group";
pub(super) const POVERTY_LINE: &str = "poverty_line_cents";
pub(super) const KNOWN: &str = "known_cents";
