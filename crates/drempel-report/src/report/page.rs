use askama::Template;
use drempel::artefacts::PROGRAM;
use drempel::units::Digest;

use super::evidence::{Evidence, Released};
use super::head::{meta, start};
use super::inputs::{Inputs, Source};
use super::section::Section;
use super::table::{Cell, Table};
use crate::language::Language;
use crate::names;
use crate::present::Present;

/// What the page says beside the pictures.
pub(super) struct Page {
    language: Language,
    head: String,
    name: String,
    purpose: String,
    legal_basis: String,
    question: String,
    terms: Vec<(String, String)>,
    datasets: Vec<[String; 3]>,
    receiver: String,
    minimum: String,
    answers: String,
    parties: Vec<[String; 3]>,
    audit: String,
    release: Option<Released>,
    digests: Vec<(&'static str, String, Digest)>,
    /// Whether the digest of the released answers is among them.
    has_file: bool,
}

#[derive(Template)]
#[template(path = "report/page.html")]
struct Shown<'p> {
    it: &'p Page,
    sections: Vec<SectionView<'p>>,
}

struct SectionView<'p> {
    title: &'p str,
    chart: Option<&'p str>,
    notes: &'p [String],
    caption: &'p str,
    columns: Vec<&'p str>,
    parts: Vec<PartView>,
    /// Whether all rows are in sight at once.
    is_short: bool,
}

/// Some rows of a table: a browser lays out one table of thousands of rows for seconds, but only the parts in sight.
struct PartView {
    caption: String,
    rows: Vec<Vec<CellView>>,
}

/// Rows of one part.
const PART: usize = 100;

struct CellView {
    text: String,
    class: &'static str,
}

impl Page {
    pub(super) fn new<A: Present>(
        inputs: &Inputs<'_, A>,
        evidence: &Evidence,
        earlier: Option<&Evidence>,
        file: Option<Digest>,
        language: Language,
    ) -> Self {
        let Source { agreement, answer, .. } = &inputs.now;
        let (terms, disclosure, setting) = (agreement.terms(), agreement.disclosure(), agreement.setting());
        let described = agreement.analysis().describe(&setting, language);
        let whole = |number: usize| language.whole(number as u64);
        let answers = answer.provenance().subjects.len();
        let digests = digests(inputs, evidence, earlier, file, language);
        let mut head = start(language);
        head.push_str("<head>\n<meta charset=\"utf-8\">\n");
        let named = [
            ("generator", Some(PROGRAM.to_owned())),
            ("agreement", Some(agreement.id().to_string())),
            ("answer", Some(answer.digest().to_string())),
            ("answers", file.map(|file| file.to_string())),
        ];
        for (name, content) in named {
            head.extend(content.map(|content| meta(name, &content) + "\n"));
        }
        Self {
            language,
            head,
            name: terms.name.clone(),
            purpose: terms.purpose.clone(),
            legal_basis: terms.legal_basis.clone(),
            question: described.question,
            terms: described.terms,
            datasets: setting
                .datasets
                .iter()
                .map(|dataset| [&dataset.name, &dataset.provider, &dataset.concept].map(String::clone))
                .collect(),
            receiver: disclosure.to.clone(),
            minimum: language.whole(disclosure.minimum_cell.into()),
            answers: whole(answers),
            parties: agreement
                .parties()
                .iter()
                .map(|party| {
                    let roles: Vec<&str> =
                        party.roles.iter().map(|role| names::role(*role, language)).collect();
                    let key = party.signing_key.map(|key| key.to_string()).unwrap_or_default();
                    [party.name.clone(), roles.join(", "), key]
                })
                .collect(),
            audit: match evidence.audited {
                Some(audited) => {
                    let (audited, answers) = (language.whole(audited), whole(answers));
                    language.pick(
                        format!("An auditor evaluated {audited} of {answers} answers again and found them the same."),
                        format!("Een controleur heeft {audited} van de {answers} antwoorden opnieuw berekend en vond hetzelfde."),
                    )
                }
                None => language
                    .pick(
                        "No attestation of an auditor was given to this report.",
                        "Bij dit rapport is geen verklaring van een controleur gegeven.",
                    )
                    .to_owned(),
            },
            release: evidence.release.clone(),
            digests,
            has_file: file.is_some(),
        }
    }

    pub(super) fn render(&self, sections: &[Section]) -> String {
        let sections = sections.iter().map(|section| self.view(section)).collect();
        Shown { it: self, sections }.render().expect("writing to a string does not fail")
    }

    fn view<'p>(&self, section: &'p Section) -> SectionView<'p> {
        let table = &section.table;
        SectionView {
            title: &table.caption,
            chart: section.chart.as_deref(),
            notes: &section.notes,
            caption: &table.caption,
            columns: table.columns.iter().map(|column| column.title.as_str()).collect(),
            parts: self.parts(table),
            is_short: table.rows.len() <= 40,
        }
    }

    fn parts(&self, table: &Table) -> Vec<PartView> {
        let count = table.rows.len();
        let part = |(first, rows): (usize, &[Vec<Cell>])| {
            let to = self.language.pick("to", "tot en met");
            let range = format!("{} ({} {to} {})", table.caption, first + 1, first + rows.len());
            PartView {
                caption: if count <= PART { table.caption.clone() } else { range },
                rows: rows.iter().map(|row| row.iter().map(|cell| self.cell(cell)).collect()).collect(),
            }
        };
        // A table without rows has its caption and its columns.
        let rows = if count == 0 { vec![&table.rows[..]] } else { table.rows.chunks(PART).collect() };
        (0..).step_by(PART).zip(rows).map(part).collect()
    }

    fn cell(&self, cell: &Cell) -> CellView {
        let class = match cell {
            cell if cell.is_suppressed() => "hidden",
            cell if cell.is_text() => "text",
            _ => "number",
        };
        CellView { text: cell.shown(self.language), class }
    }

    pub(super) fn digests(&self) -> serde_json::Map<String, serde_json::Value> {
        let mut found = serde_json::Map::new();
        for (name, _, digest) in &self.digests {
            let list = found.entry(*name).or_insert_with(|| serde_json::Value::Array(Vec::new()));
            if let serde_json::Value::Array(list) = list {
                list.push(digest.to_string().into());
            }
        }
        found
    }

    fn pick(&self, english: &'static str, dutch: &'static str) -> &'static str {
        self.language.pick(english, dutch)
    }

    fn whole(&self, number: &u64) -> String {
        self.language.whole(*number)
    }
}

/// Everything that a page was made from: a name for programs, a title, the digest.
fn digests<A: Present>(
    inputs: &Inputs<'_, A>,
    evidence: &Evidence,
    earlier: Option<&Evidence>,
    file: Option<Digest>,
    language: Language,
) -> Vec<(&'static str, String, Digest)> {
    let pick = |english: &'static str, dutch: &'static str| language.pick(english, dutch).to_owned();
    let Source { agreement, answer, attestations, .. } = &inputs.now;
    let made = answer.provenance();
    let mut found = vec![
        ("agreement", pick("agreement", "overeenkomst"), agreement.id()),
        ("answer", pick("encrypted answer", "versleuteld antwoord"), answer.digest()),
        ("cases", pick("cases", "vraaglijst"), made.cases),
        ("evaluation_key", pick("evaluation key", "rekensleutel"), made.evaluation_key),
    ];
    for (table, dataset) in made.tables.iter().zip(agreement.inputs()) {
        let title = format!("{} {}", language.pick("encrypted table", "versleutelde tabel"), dataset.name);
        found.push(("table", title, table.digest()));
    }
    for attestation in *attestations {
        found.push((
            "attestation",
            pick("attestation", "verklaring van de controleur"),
            attestation.digest(),
        ));
    }
    if let Some(release) = &evidence.release {
        let title = language.pick("ledger, up to entry", "grootboek, tot en met regel");
        found.push(("ledger", format!("{title} {}", release.number), release.head));
    }
    if let Some(file) = file {
        found.push((
            "answers",
            pick("released answers (not signed)", "vrijgegeven antwoorden (niet ondertekend)"),
            file,
        ));
    }
    if let Some(regions) = inputs.regions {
        found.push(("regions", pick("regions (not signed)", "regio's (niet ondertekend)"), regions.digest()));
    }
    if let Some(map) = inputs.map {
        found.push(("map", pick("map (not signed)", "kaart (niet ondertekend)"), map.digest()));
    }
    if let (Some(before), Some(evidence)) = (&inputs.before, earlier) {
        let title = |what: &str| format!("{what}, {}", language.pick("earlier", "eerder"));
        found.push((
            "agreement_before",
            title(language.pick("agreement", "overeenkomst")),
            before.agreement.id(),
        ));
        let answer = language.pick("encrypted answer", "versleuteld antwoord");
        found.push(("answer_before", title(answer), before.answer.digest()));
        let answers =
            language.pick("released answers (not signed)", "vrijgegeven antwoorden (niet ondertekend)");
        found.push(("answers_before", title(answers), before.file));
        if let Some(release) = &evidence.release {
            found.push(("ledger_before", title(language.pick("ledger", "grootboek")), release.head));
        }
    }
    found
}
