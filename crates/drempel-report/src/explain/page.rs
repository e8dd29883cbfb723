use drempel::agreement::{self, Role};
use drempel::analysis::Value;
use drempel::units::{AgreementId, Digest, SubjectId};
use drempel::{EncryptedAnswer, SignedAgreement};

use crate::language::Language;
use crate::names;
use crate::present::{About, PlainWords, Present};

/// Whose answer is explained, and all that is known of it.
pub(super) struct Subject<'a, A: Present> {
    pub(super) agreement: &'a SignedAgreement<A>,
    pub(super) cases: &'a A::Cases,
    pub(super) answer: &'a EncryptedAnswer,
    pub(super) id: &'a SubjectId,
    /// Among the cases.
    pub(super) index: usize,
    pub(super) values: Option<&'a [Value]>,
}

/// Everything that the templates show.
pub(super) struct Page<'a> {
    pub(super) about: Whom,
    /// The party that receives the answers.
    pub(super) asker: &'a str,
    pub(super) purpose: &'a str,
    pub(super) legal_basis: &'a str,
    pub(super) words: PlainWords,
    pub(super) amount: &'static str,
    pub(super) amounts: &'static str,
    pub(super) sources: Vec<Source<'a>>,
    pub(super) evaluator: &'a str,
    pub(super) key_holder: &'a str,
    pub(super) auditors: String,
    pub(super) audits_all: bool,
    pub(super) blinded: bool,
    pub(super) yes_or_no: bool,
    pub(super) answer: Option<String>,
    pub(super) meaning: Option<String>,
    /// Who can be asked about the list of cases.
    pub(super) desks: String,
    pub(super) name: &'a str,
    pub(super) agreement: AgreementId,
    pub(super) digest: Digest,
    pub(super) cases: Digest,
    pub(super) program: &'a str,
}

/// Whom or what an answer is about.
pub(super) struct Whom {
    pub(super) title: String,
    /// With its identifier.
    pub(super) subject: String,
    /// As it stands in a sentence.
    pub(super) whom: String,
    /// Somebody who can be entitled to something.
    pub(super) is_personal: bool,
}

impl Whom {
    fn new(column: &str, id: &SubjectId, language: Language) -> Self {
        let personal = |subject: &str, whom: &str| Self {
            title: whom.to_uppercase(),
            subject: format!("{subject} {id}"),
            whom: whom.to_owned(),
            is_personal: true,
        };
        if column == agreement::Subject::Household.column() {
            personal(
                language.pick("household", "huishouden"),
                language.pick("your household", "uw huishouden"),
            )
        } else if column == agreement::Subject::Person.column() {
            personal(language.pick("person", "persoon"), language.pick("you", "u"))
        } else {
            let subject = format!("{column} {id}");
            let title = format!("{} {id}", column.to_uppercase());
            Self { title, whom: subject.clone(), subject, is_personal: false }
        }
    }
}

/// One dataset that was read.
pub(super) struct Source<'a> {
    pub(super) name: &'a str,
    pub(super) provider: &'a str,
    pub(super) concept: &'a str,
    pub(super) one: &'static str,
    pub(super) subject: &'static str,
    pub(super) unit: String,
}

impl<'a> Page<'a> {
    pub(super) fn new<A: Present>(subject: &Subject<'a, A>, language: Language) -> Self {
        let Subject { agreement, cases, answer, id, index, values } = *subject;
        let (terms, disclosure, setting) = (agreement.terms(), agreement.disclosure(), agreement.setting());
        let (analysis, made) = (agreement.analysis(), answer.provenance());
        let columns = agreement.shape().columns();
        let evaluator = agreement.only(Role::Evaluator).name.as_str();
        let auditors: Vec<&str> = agreement.holders(Role::Auditor).map(|party| party.name.as_str()).collect();
        let mut desks = vec![disclosure.to.as_str(), evaluator];
        desks.dedup();
        let in_euro = setting.datasets.iter().all(|dataset| dataset.unit.starts_with("eurocent"));
        let about_household = columns[0] == agreement::Subject::Household.column();
        let about = About { setting: &setting, cases, index, evaluator };
        let meaning = |values: &[Value]| analysis.meaning(&about, values, language);
        Self {
            about: Whom::new(&columns[0], id, language),
            asker: &disclosure.to,
            purpose: &terms.purpose,
            legal_basis: before_full_stop(&terms.legal_basis),
            words: analysis.plain_words(&about, language),
            amount: match in_euro {
                true => language.pick("an amount", "een bedrag"),
                false => language.pick("a number", "een getal"),
            },
            amounts: match in_euro {
                true => language.pick("amounts", "bedragen"),
                false => language.pick("numbers", "getallen"),
            },
            sources: setting
                .datasets
                .iter()
                .map(|dataset| Source {
                    name: &dataset.name,
                    provider: &dataset.provider,
                    concept: before_full_stop(&dataset.concept),
                    subject: match (dataset.subject, about_household) {
                        (agreement::Subject::Person, true) => {
                            language.pick("each person in the household", "elke persoon in het huishouden")
                        }
                        (agreement::Subject::Household, true) => {
                            language.pick("the household as a whole", "het hele huishouden")
                        }
                        (subject, _) => names::each(subject, language),
                    },
                    one: match in_euro {
                        true => language.pick("One amount", "Eén bedrag"),
                        false => language.pick("One number", "Eén getal"),
                    },
                    unit: language.unit(&dataset.unit),
                })
                .collect(),
            evaluator,
            key_holder: &agreement.only(Role::KeyHolder).name,
            auditors: language.and(&auditors),
            audits_all: disclosure.audit >= 1.0,
            blinded: disclosure.blinded,
            yes_or_no: agreement.shape().released().is_yes_or_no(),
            answer: values.map(|values| disclosed(columns, values, language)),
            meaning: values.and_then(meaning),
            desks: language.or(&desks),
            name: &terms.name,
            agreement: agreement.id(),
            digest: answer.digest(),
            cases: made.cases,
            program: &made.program,
        }
    }
}

/// Without the full stop with which an agreement may end a text: the templates have their own.
fn before_full_stop(text: &str) -> &str {
    text.trim_end_matches('.')
}

/// The released values: a yes or no alone, or each with its column's name.
fn disclosed(columns: &[String], values: &[Value], language: Language) -> String {
    if let [value @ Value::YesNo(_)] = values {
        return format!(" {}.", in_words(value, language));
    }
    let named = columns[1..].iter().zip(values);
    named.map(|(column, value)| format!("\n- {column}: {}", in_words(value, language))).collect()
}

fn in_words(value: &Value, language: Language) -> String {
    match value {
        Value::YesNo(yes) => language.yes_or_no(*yes).to_owned(),
        Value::Number(number) => language.signed(*number),
        Value::Decimal(_) => language.decimal(&value.to_string()),
        Value::Suppressed => language
            .pick(
                "not told, because it would be about too few",
                "niet verteld, want het zou over te weinig gaan",
            )
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_several_values_names_each() {
        let columns = ["wijk", "people", "mean", "most"].map(str::to_owned);
        let values = [Value::Number(-12_345), Value::Decimal(2.5), Value::Suppressed];
        let text = disclosed(&columns, &values, Language::Dutch);
        assert_eq!(
            text,
            "\n- people: -12.345\n- mean: 2,5000\n- most: niet verteld, want het zou over te weinig gaan"
        );
        let id = SubjectId::try_from("w7").expect("an identifier");
        let about = Whom::new(&columns[0], &id, Language::Dutch);
        assert_eq!((about.title.as_str(), about.whom.as_str()), ("WIJK w7", "wijk w7"));
        assert!(!about.is_personal);
    }
}
