//! What an agreement has for a data protection impact assessment (GDPR, article 35), as one Markdown document.
//!
//! It supplies facts. Whether the processing is necessary and in proportion is for the parties to judge.

use askama::Template;

use crate::agreement::{Dataset, Party, Role, SignedAgreement, Subject};
use crate::analysis::{Description, Program};
use crate::audit::unseen;
use crate::language::Language;
use crate::ledger::{Entry, Event, Ledger};
use crate::units::{AgreementId, Digest};

mod markdown;

/// Writes the document. The ledger, if there is one, adds what was done so far; the key holder's has the releases.
pub fn document(
    agreement: &SignedAgreement<impl Program>,
    ledger: Option<&Ledger>,
    language: Language,
) -> String {
    let page = Page::new(agreement, ledger, language);
    let text = match language {
        Language::English => English { page }.render(),
        Language::Dutch => Dutch { page }.render(),
    };
    text.expect("writing to a string does not fail")
}

#[derive(Template)]
#[template(path = "dpia.en.md")]
struct English<'a> {
    page: Page<'a>,
}

#[derive(Template)]
#[template(path = "dpia.nl.md")]
struct Dutch<'a> {
    page: Page<'a>,
}

/// Everything that the templates show.
struct Page<'a> {
    id: AgreementId,
    name: &'a str,
    purpose: &'a str,
    legal_basis: &'a str,
    valid_from: String,
    valid_until: String,
    retention_days: String,
    parties: Vec<PartyRow<'a>>,
    datasets: Vec<DatasetRow<'a>>,
    question: Description,
    providers: String,
    evaluator: &'a str,
    key_holder: &'a str,
    auditors: String,
    receiver: &'a str,
    answers: String,
    minimum_cell: u32,
    /// What the question is about where that is no group.
    single: Option<&'static str>,
    about_household: bool,
    yes_or_no: bool,
    blinded: bool,
    share: String,
    is_all_audited: bool,
    forgeries: Vec<Forgery>,
    has_ledger: bool,
    head: Digest,
    entries: Vec<EntryRow<'a>>,
    has_other_entries: bool,
}

struct PartyRow<'a> {
    name: &'a str,
    roles: String,
    key: String,
}

struct DatasetRow<'a> {
    name: &'a str,
    provider: &'a str,
    subject: &'static str,
    concept: &'a str,
    unit: &'a str,
    range: String,
    read: &'static str,
}

/// The chance that nobody notices so many forged answers.
struct Forgery {
    forged: String,
    unseen: String,
}

struct EntryRow<'a> {
    number: u64,
    time: &'a str,
    event: String,
    about: String,
}

impl<'a> Page<'a> {
    fn new(
        agreement: &'a SignedAgreement<impl Program>,
        ledger: Option<&'a Ledger>,
        language: Language,
    ) -> Self {
        let (terms, disclosure) = (agreement.terms(), agreement.disclosure());
        let entries = ledger.map(Ledger::entries).unwrap_or_default();
        let (analysis, setting) = (agreement.analysis(), agreement.setting());
        let about = &agreement.shape().columns()[0];
        let (person, household) = (Subject::Person.column(), Subject::Household.column());
        let people = (person, language.pick("persons", "personen"));
        let households = (household, language.pick("households", "huishoudens"));
        let single = [people, households].into_iter().find(|(column, _)| about == column);
        let own: Vec<&Entry> = entries.iter().filter(|entry| agreement_of(entry) == agreement.id()).collect();
        Self {
            id: agreement.id(),
            name: &terms.name,
            purpose: &terms.purpose,
            legal_basis: &terms.legal_basis,
            valid_from: terms.valid_from().to_string(),
            valid_until: terms.valid_until().to_string(),
            retention_days: language.whole(terms.retention_days.into()),
            parties: agreement.parties().iter().map(|party| party_row(agreement, party, language)).collect(),
            datasets: dataset_rows(agreement, language),
            question: analysis.describe(&setting, language),
            providers: names(agreement, Role::DataProvider, language),
            evaluator: &agreement.only(Role::Evaluator).name,
            key_holder: &agreement.only(Role::KeyHolder).name,
            auditors: names(agreement, Role::Auditor, language),
            receiver: &disclosure.to,
            answers: language.whole(disclosure.answers),
            minimum_cell: disclosure.minimum_cell,
            single: single.map(|(_, several)| several),
            about_household: about == household,
            yes_or_no: agreement.shape().released().is_yes_or_no(),
            blinded: disclosure.blinded,
            share: language.decimal(&disclosure.audit.to_string()),
            is_all_audited: disclosure.audit >= 1.0,
            forgeries: FORGED.iter().map(|forged| forgery(disclosure.audit, *forged, language)).collect(),
            has_ledger: ledger.is_some(),
            head: ledger.map_or(Digest::ZERO, Ledger::head),
            has_other_entries: entries.len() > own.len(),
            entries: own.into_iter().map(|entry| entry_row(entry, language)).collect(),
        }
    }
}

/// One forged answer, as many as give a peek at amounts, and as many as give the whole secret key.
const FORGED: [u32; 3] = [1, 32, 2_048];

fn names(agreement: &SignedAgreement<impl Program>, role: Role, language: Language) -> String {
    let names: Vec<&str> = agreement.holders(role).map(|party| party.name.as_str()).collect();
    language.and(&names)
}

fn party_row<'a>(
    agreement: &SignedAgreement<impl Program>,
    party: &'a Party,
    language: Language,
) -> PartyRow<'a> {
    let mut roles: Vec<&str> = party.roles.iter().map(|role| role_name(*role, language)).collect();
    if party.name == agreement.disclosure().to {
        roles.push(language.pick("receiver of the answers", "ontvanger van de antwoorden"));
    }
    PartyRow {
        name: &party.name,
        roles: roles.join(", "),
        key: party.signing_key.map(|key| key.to_string()).unwrap_or_default(),
    }
}

fn role_name(role: Role, language: Language) -> &'static str {
    match role {
        Role::DataProvider => language.pick("data provider", "gegevensleverancier"),
        Role::Evaluator => language.pick("evaluator", "rekenaar"),
        Role::KeyHolder => language.pick("key holder", "sleutelhouder"),
        Role::Auditor => language.pick("auditor", "controleur"),
    }
}

fn dataset_rows(agreement: &SignedAgreement<impl Program>, language: Language) -> Vec<DatasetRow<'_>> {
    let read = agreement.analysis().datasets();
    let mut rows = Vec::new();
    for dataset in agreement.datasets() {
        rows.push(DatasetRow {
            name: &dataset.name,
            provider: &dataset.provider,
            subject: dataset.subject.each(language),
            concept: &dataset.concept,
            unit: &dataset.unit,
            range: amounts(dataset, language),
            read: if read.contains(&dataset.name) {
                language.pick("yes", "ja")
            } else {
                language.pick("no", "nee")
            },
        });
    }
    rows
}

/// The smallest and the largest amount: in euro where that is the unit.
fn amounts(dataset: &Dataset, language: Language) -> String {
    let range = dataset.min().value()..=dataset.max().value();
    if dataset.unit.starts_with("eurocent") {
        return language.euro_range(range);
    }
    format!("{} {} {}", range.start(), language.pick("to", "tot en met"), range.end())
}

fn forgery(share: f64, forged: u32, language: Language) -> Forgery {
    let text = match unseen(share, forged) {
        _ if share >= 1.0 => "0".to_owned(),
        chance if chance >= 0.001 => format!("{:.1} %", chance * 100.0),
        // Near the smallest numbers that a float can hold.
        chance if chance < 1e-300 => "< 1e-300".to_owned(),
        chance => format!("{chance:.1e}"),
    };
    Forgery { forged: language.whole(forged.into()), unseen: language.decimal(&text) }
}

fn agreement_of(entry: &Entry) -> AgreementId {
    match &entry.event {
        Event::Keys { agreement, .. } | Event::Purge { agreement, .. } => *agreement,
        Event::Release(release) => release.agreement,
    }
}

fn entry_row(entry: &Entry, language: Language) -> EntryRow<'_> {
    let (event, about) = match &entry.event {
        Event::Keys { key, .. } => {
            (language.pick("key set made", "sleutels gemaakt").to_owned(), key.to_string())
        }
        Event::Release(release) => {
            let (answers, audited) = (language.whole(release.answers), language.whole(release.audited));
            let (by, to) = (&release.by, &release.to);
            let event = language.pick(
                format!("{answers} answers opened by {by} for {to}; {audited} of them evaluated again"),
                format!("{answers} antwoorden geopend door {by} voor {to}; {audited} ervan opnieuw berekend"),
            );
            (event, release.answer.to_string())
        }
        Event::Purge { files, .. } => {
            let digests: Vec<String> = files.iter().map(ToString::to_string).collect();
            let event = format!("{} {}", files.len(), language.pick("files deleted", "bestanden verwijderd"));
            (event, digests.join(", "))
        }
    };
    EntryRow { number: entry.number, time: &entry.time, event, about }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::Rehearsal;
    use crate::analysis::test_analysis::{self, TestAnalysis};
    use crate::ledger::Release;

    const AGREEMENT: &str = include_str!("../examples/agreements/svb_uwv.toml");
    const NAME: &str = "AIO supplement: finding households entitled to it";

    fn rehearsal(text: &str) -> Rehearsal {
        Rehearsal::of(text).expect("a sound agreement")
    }

    fn documents(text: &str) -> [String; 2] {
        let rehearsal = rehearsal(text);
        [Language::English, Language::Dutch].map(|language| document(rehearsal.agreement(), None, language))
    }

    #[test]
    fn it_names_parties_with_keys_data_with_meaning_and_lines() {
        let rehearsal = rehearsal(AGREEMENT);
        for language in [Language::English, Language::Dutch] {
            let text = document(rehearsal.agreement(), None, language);
            for party in ["UWV", "computing-centre", "SVB"] {
                let key = rehearsal.key(party).verifying_key().to_string();
                let row = text.lines().find(|line| line.contains(&key)).expect("a row for each key");
                assert!(row.contains(party), "{row}");
            }
            for part in ["Net income from work and benefits", "article 47a", "eurocent/month"] {
                assert!(text.contains(part), "{part}: {text}");
            }
            assert!(text.contains(&language.euro(205_348)), "{text}");
            assert!(text.contains(&rehearsal.agreement().id().to_string()), "{text}");
        }
    }

    #[test]
    fn text_of_the_agreement_cannot_become_markup() {
        let hostile = "x | y <script>alert(1)</script> `z` [here](https://example.org)";
        for text in documents(&AGREEMENT.replace(NAME, hostile)) {
            assert!(text.contains("x &#124; y &lt;script&gt;"), "{text}");
            assert!(text.contains("\\`z\\` \\[here\\](https"), "{text}");
            assert!(!text.contains("<script>") && !text.contains("[here]("), "{text}");
        }
        // The concept stands in a table, whose number of columns must stay.
        let hostile = AGREEMENT.replace("Net income from work and benefits,", "a | b |");
        let columns = |text: &str, word: &str| {
            let row = text.lines().find(|line| line.contains(word)).map(str::to_owned);
            row.expect("there").matches('|').count()
        };
        for (honest, hostile) in documents(AGREEMENT).iter().zip(documents(&hostile)) {
            assert_eq!(columns(honest, "Net income"), columns(&hostile, "a &#124; b"));
        }
    }

    #[test]
    fn the_chance_of_an_unseen_forgery_is_that_of_the_share() {
        let partly = |share: &str| documents(&AGREEMENT.replace("audit = 1.0", &format!("audit = {share}")));
        let [english, dutch] = partly("0.01");
        for part in ["| 1 | 99.0 % |", "| 32 | 72.5 % |", "| 2,048 | 1.2e-9 |"] {
            assert!(english.contains(part), "{part}: {english}");
        }
        assert!(dutch.contains("| 2.048 | 1,2e-9 |"), "{dutch}");
        assert!(partly("0.5")[0].contains("| 2,048 | &lt; 1e-300 |"));
        assert!(partly("1.0")[0].contains("| 1 | 0 |"));
    }

    #[test]
    fn what_the_key_holder_can_learn_depends_on_blinding() {
        let [open, _] = documents(AGREEMENT);
        assert!(!open.contains("random bits"), "{open}");
        let blinded = AGREEMENT.replace("to = \"SVB\"", "to = \"UWV\"\nblinded = true");
        let [hidden, _] = documents(&blinded);
        assert!(hidden.contains("random bits"), "{hidden}");
    }

    #[test]
    fn the_ledger_shows_what_is_of_this_agreement() {
        let (ours, theirs) = (rehearsal(AGREEMENT), rehearsal(AGREEMENT));
        let mut ledger = Ledger::in_memory();
        let key = ours.key("SVB");
        let release = |agreement: &SignedAgreement, answer: Digest| {
            Event::Release(Release {
                agreement: agreement.id(),
                key: Digest::ZERO,
                by: "SVB".to_owned(),
                to: "SVB".to_owned(),
                answer,
                tables: vec![],
                cases: Digest::ZERO,
                attestations: vec![],
                answers: 1_500,
                audited: 1_500,
            })
        };
        let (own, other) = (Digest::of(b"ours"), Digest::of(b"theirs"));
        for event in [release(ours.agreement(), own), release(theirs.agreement(), other)] {
            ledger.append(event, &key).expect("kept in memory");
        }
        let text = document(ours.agreement(), Some(&ledger), Language::English);
        assert!(text.contains(&own.to_string()) && text.contains("1,500 answers"), "{text}");
        assert!(!text.contains(&other.to_string()), "{text}");
        assert!(text.contains(&ledger.head().to_string()), "{text}");
    }

    #[test]
    fn another_analysis_has_no_word_about_households() {
        let probe = test_analysis::agreement("columns = [\"wijk\", \"people\"]\nhighest = 9", "");
        let rehearsal = Rehearsal::<TestAnalysis>::of(&probe).expect("a sound agreement");
        for (language, word) in [(Language::English, "household"), (Language::Dutch, "huishoud")] {
            let text = document(rehearsal.agreement(), None, language);
            assert!(!text.contains(word), "{text}");
        }
        let text = document(rehearsal.agreement(), None, Language::English);
        assert!(text.contains("numbers that they are made from") && !text.contains("no groups"), "{text}");
    }
}
