//! What roles and subjects are called.

use drempel::agreement::{Role, Subject};

use crate::language::Language;

pub(crate) fn role(role: Role, language: Language) -> &'static str {
    match role {
        Role::DataProvider => language.pick("data provider", "gegevensleverancier"),
        Role::Evaluator => language.pick("evaluator", "rekenaar"),
        Role::KeyHolder => language.pick("key holder", "sleutelhouder"),
        Role::Auditor => language.pick("auditor", "controleur"),
    }
}

/// Whom a dataset has an amount of.
pub(crate) fn each(subject: Subject, language: Language) -> &'static str {
    match subject {
        Subject::Person => language.pick("each person", "elke persoon"),
        Subject::Household => language.pick("each household", "elk huishouden"),
        Subject::Offer => language.pick("each offer", "elk aanbod"),
        Subject::Demand => language.pick("each demand", "elke vraag"),
    }
}
