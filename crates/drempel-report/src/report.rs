//! Released answers as pictures: one page that a browser opens, and the same numbers for other programs.
//!
//! A page follows from its inputs and nothing else, so that whoever has them can [`verify`](Report::verify) it.
//! docs/report.md says what it shows and what it hides.

use std::io::{self, Write};

use drempel::artefacts::PROGRAM;
use drempel::units::{AgreementId, Digest};
use serde_json::json;

use crate::language::Language;
use crate::present::picture::{Areas, Picture};
use crate::present::{Answers, Present};

mod cells;
mod chart;
mod error;
mod escape;
mod evidence;
mod head;
mod inputs;
mod map;
mod page;
mod parquet;
mod regions;
mod section;
mod shapes;
mod table;
mod verify;

pub use error::{PageError, ReportError};
pub use inputs::{Inputs, Source};
pub use regions::Regions;
pub use shapes::{MapError, Shapes};

use evidence::Evidence;
use page::Page;
use section::{Frame, Section};
use table::Table;

/// A checked report, ready to be written.
pub struct Report {
    page: Page,
    sections: Vec<Section>,
    language: Language,
    agreement: AgreementId,
    answer: Digest,
    /// The digest of the released answers where the page has all of them: else it would let somebody guess them.
    file: Option<Digest>,
}

impl Report {
    /// Checks every signature and digest, hides what is small, and draws.
    ///
    /// # Errors
    /// When something is not signed or belongs elsewhere, or the answers are none of this analysis.
    pub fn of<A: Present>(inputs: &Inputs<'_, A>, language: Language) -> Result<Self, ReportError> {
        let Inputs { now, before, regions, map } = inputs;
        let evidence = Evidence::check(now)?;
        let earlier = before.as_ref().map(Evidence::check).transpose()?;
        let pictures = pictures(now, language)?;
        let old = before.as_ref().map(|before| self::pictures(before, language)).transpose()?;
        check_fit(inputs, &pictures, old.as_deref())?;
        let mut frame = Frame {
            language,
            minimum: now.agreement.disclosure().minimum_cell.into(),
            subject: &now.released.columns()[0],
            map: *map,
            number: 0,
        };
        let subjects = || now.released.values().map(|(subject, _)| subject);
        let regions_of = |regions: &&Regions| regions.names(subjects());
        let regions_of = regions.as_ref().map(regions_of).transpose()?;
        let mut sections = Vec::new();
        for (place, picture) in pictures.iter().enumerate() {
            frame.number = sections.len() + 1;
            sections.push(match picture {
                Picture::Share(share) => frame.share(share, regions_of.clone()),
                Picture::Distribution(picture) => frame.distribution(picture, subjects().len()),
                Picture::Intervals(picture) => frame.intervals(picture),
                Picture::Areas(picture) => frame.areas(picture),
                Picture::List(picture) => frame.list(picture, now.released),
            });
            if let (Picture::Areas(now), Some(Picture::Areas(before))) =
                (picture, old.as_ref().and_then(|old| old.get(place)))
            {
                frame.number = sections.len() + 1;
                sections.push(frame.difference(now, before));
            }
        }
        // A digest of answers that the page does not show would tell somebody who guesses them that the guess is right.
        let is_open = |picture: &Picture| {
            matches!(picture, Picture::Intervals(_) | Picture::Areas(_) | Picture::List(_))
        };
        let file = pictures.iter().any(is_open).then_some(now.file);
        let page = Page::new(inputs, &evidence, earlier.as_ref(), file, language);
        let (agreement, answer) = (now.agreement.id(), now.answer.digest());
        Ok(Self { page, sections, language, agreement, answer, file })
    }

    /// The page, as HTML: one file, without anything to fetch or to run.
    pub fn page(&self) -> String {
        self.page.render(&self.sections)
    }

    /// Each chart as an SVG file's name and text.
    pub fn charts(&self) -> impl Iterator<Item = (String, &str)> {
        self.sections.iter().filter_map(|section| {
            let chart = section.chart.as_deref()?;
            Some((format!("{}.svg", section.table.name), chart))
        })
    }

    /// Every number of the page, one a line: `table,row,measure,value,suppressed`.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write_csv(&self, out: impl Write) -> io::Result<()> {
        table::write_csv(self.tables(), out)
    }

    /// The same as [`write_csv`](Self::write_csv) as Parquet: `value` where it is a number, `text` where it is none.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write_parquet(&self, out: impl Write) -> io::Result<()> {
        parquet::write(self.tables(), out)
    }

    /// Every table of the page, with the digests that the page has.
    pub fn to_json(&self) -> serde_json::Value {
        let tables: Vec<_> = self.tables().map(Table::to_json).collect();
        json!({
            "program": PROGRAM,
            "language": self.language.code(),
            "agreement": self.agreement,
            "answer": self.answer,
            "digests": self.page.digests(),
            "tables": tables,
        })
    }

    /// How many numbers the tables have room for, and how many of them are suppressed.
    pub fn size(&self) -> (usize, usize) {
        let cells = || self.tables().flat_map(table::values);
        (cells().count(), cells().filter(|(_, _, cell)| cell.is_suppressed()).count())
    }

    fn tables(&self) -> impl Iterator<Item = &Table> {
        self.sections.iter().map(|section| &section.table)
    }
}

/// Answers about people: not for a log.
impl std::fmt::Debug for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Report").field("answer", &self.answer).finish_non_exhaustive()
    }
}

fn pictures<A: Present>(source: &Source<'_, A>, language: Language) -> Result<Vec<Picture>, ReportError> {
    let (analysis, setting) = (source.agreement.analysis(), source.agreement.setting());
    let fits = source.released.columns() == source.agreement.shape().columns()
        && source.released.values().map(|(subject, _)| subject.as_str()).eq(source
            .answer
            .provenance()
            .subjects
            .iter());
    let answers = Answers { setting: &setting, cases: source.cases, answer: source.released };
    let pictures = analysis.pictures(&answers, language).filter(|_| fits);
    pictures.ok_or(ReportError::SchemaMismatch)
}

/// Refuses regions, a map or an earlier answer that nothing in the report would show.
fn check_fit<A: Present>(
    inputs: &Inputs<'_, A>,
    pictures: &[Picture],
    old: Option<&[Picture]>,
) -> Result<(), ReportError> {
    let has_share = pictures.iter().any(|picture| matches!(picture, Picture::Share(_)));
    if inputs.regions.is_some() && !has_share {
        return Err(ReportError::NothingToDivide);
    }
    let areas = |pictures: &[Picture]| pictures.iter().find_map(areas_of).is_some();
    let fits = areas(pictures) && old.is_none_or(areas);
    if (inputs.map.is_some() || inputs.before.is_some()) && !fits {
        return Err(ReportError::NoAreas);
    }
    if let (Some(map), Some(areas)) = (inputs.map, pictures.iter().find_map(areas_of)) {
        let names = map.names();
        if !areas.areas.iter().any(|area| names.contains(area.id.as_str())) {
            return Err(ReportError::OtherMap);
        }
    }
    Ok(())
}

fn areas_of(picture: &Picture) -> Option<&Areas> {
    match picture {
        Picture::Areas(areas) => Some(areas),
        _ => None,
    }
}
