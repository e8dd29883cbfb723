//! What an agreement has for a data protection impact assessment (GDPR, article 35), as one Markdown document.
//!
//! It supplies facts. Whether the processing is necessary and in proportion is for the parties to judge.

use askama::Template;
use drempel::agreement::{Dataset, Party, Role, Subject};
use drempel::ledger::{Entry, Event, Ledger};
use drempel::roles::auditor::unseen;
use drempel::units::{AgreementId, Digest};
use drempel::{Plan, SignedAgreement};

use crate::language::Language;
use crate::names;
use crate::present::{Description, Present};

mod markdown;

/// Writes the document. The ledger, if there is one, adds what was done so far; the key holder's has the releases.
pub fn document(
    agreement: &SignedAgreement<impl Present>,
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
    /// What the noise of one answer can tell at most, as a base-2 logarithm of bits, where the answers are decisions.
    noise: Option<String>,
    /// What was agreed of that.
    noise_bits: Option<u32>,
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
        agreement: &'a SignedAgreement<impl Present>,
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
        let own: Vec<&Entry> =
            entries.iter().filter(|entry| entry.event.agreement() == agreement.id()).collect();
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
            providers: holders(agreement, Role::DataProvider, language),
            evaluator: &agreement.only(Role::Evaluator).name,
            key_holder: &agreement.only(Role::KeyHolder).name,
            auditors: holders(agreement, Role::Auditor, language),
            receiver: &disclosure.to,
            answers: language.whole(disclosure.answers),
            minimum_cell: disclosure.minimum_cell,
            single: single.map(|(_, several)| several),
            about_household: about == household,
            yes_or_no: agreement.shape().released().is_yes_or_no(),
            blinded: disclosure.blinded,
            noise: noise(agreement, language),
            noise_bits: disclosure.noise_bits,
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

/// Of the kind of answer that tells most.
fn noise(agreement: &SignedAgreement<impl Present>, language: Language) -> Option<String> {
    let leaks = Plan::of_samples(agreement).into_iter().map(|(_, plan)| plan.leak.bits);
    let most = leaks.fold(0.0, f64::max);
    // Rounded up.
    (most > 0.0).then(|| language.decimal(&format!("{:.1}", (most.log2() * 10.0).ceil() / 10.0)))
}

/// One forged answer, as many as give a peek at amounts, and as many as give the whole secret key.
const FORGED: [u32; 3] = [1, 32, 2_048];

fn holders(agreement: &SignedAgreement<impl Present>, role: Role, language: Language) -> String {
    let names: Vec<&str> = agreement.holders(role).map(|party| party.name.as_str()).collect();
    language.and(&names)
}

fn party_row<'a>(
    agreement: &SignedAgreement<impl Present>,
    party: &'a Party,
    language: Language,
) -> PartyRow<'a> {
    let mut roles: Vec<&str> = party.roles.iter().map(|role| names::role(*role, language)).collect();
    if party.name == agreement.disclosure().to {
        roles.push(language.pick("receiver of the answers", "ontvanger van de antwoorden"));
    }
    PartyRow {
        name: &party.name,
        roles: roles.join(", "),
        key: party.signing_key.map(|key| key.to_string()).unwrap_or_default(),
    }
}

fn dataset_rows(agreement: &SignedAgreement<impl Present>, language: Language) -> Vec<DatasetRow<'_>> {
    let read = agreement.analysis().datasets();
    let mut rows = Vec::new();
    for dataset in agreement.datasets() {
        rows.push(DatasetRow {
            name: &dataset.name,
            provider: &dataset.provider,
            subject: names::each(dataset.subject, language),
            concept: &dataset.concept,
            unit: &dataset.unit,
            range: amounts(dataset, language),
            read: language.yes_or_no(read.contains(&dataset.name)),
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
    language.range(range.start(), range.end())
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
        _ => {
            let unknown = language.pick(
                "an event that this version does not know",
                "een gebeurtenis die deze versie niet kent",
            );
            (unknown.to_owned(), String::new())
        }
    };
    EntryRow { number: entry.number, time: &entry.time, event, about }
}
