use std::borrow::Cow;

use crate::agreement::Subject;
use crate::units::{Digest, SubjectIds};

/// What an evaluator asks about. A value of such a type is always valid.
pub trait Cases: Send + Sync {
    /// Whom or what each answer is about, in the order of the answers. All different.
    fn answers(&self) -> Cow<'_, SubjectIds>;

    /// All of one kind that are asked about, each once, in any order; none where the cases have no such column.
    fn subjects(&self, of: Subject) -> Cow<'_, SubjectIds>;

    /// The BLAKE3 digest of everything that the evaluation depends on.
    fn digest(&self) -> Digest;
}
