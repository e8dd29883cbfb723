use crate::units::PersonId;
use crate::units::SubjectId;

/// A way to pseudonyms: the same person has the same one wherever it is used under one agreement, and nobody without its
/// secret gets from one to the person.
///
/// A way with rounds of its own has them before: then it knows the persons of the file.
pub trait Pseudonyms {
    /// The pseudonym of a person.
    fn pseudonym_of(&self, person: &PersonId<'_>) -> SubjectId;
}
