//! The evaluator's own plaintext: who forms a household, in which area it is, and lines that differ by household.

use std::collections::HashMap;
use std::fmt;
use std::io::Read;

use super::households::{Builder, Household};
use super::{CaseError, Cases};
use crate::table::csv::{Column, CsvError, CsvRows};
use crate::units::{Cents, Digest, SubjectId};

/// Where a household is, and its lines.
#[derive(Clone)]
pub struct Located {
    area: SubjectId,
    total: Option<SubjectId>,
    lines: Vec<Cents>,
}

impl Household<Located> {
    /// The amount in a column of lines, by the column's number.
    pub fn line(&self, column: usize) -> Cents {
        self.stated().lines[column]
    }
}

/// One area.
#[derive(Clone)]
pub struct Area {
    id: SubjectId,
    csv_line: u64,
    households: Vec<Household<Located>>,
}

impl Area {
    /// Its name.
    pub fn id(&self) -> &SubjectId {
        &self.id
    }

    /// The line of the file where it begins.
    pub fn csv_line(&self) -> u64 {
        self.csv_line
    }

    /// Its households, in the order of the file.
    pub fn households(&self) -> &[Household<Located>] {
        &self.households
    }
}

/// The areas of one total, or one area by itself where no totals are asked for.
#[derive(Clone)]
pub struct Region {
    areas: Vec<Area>,
    total: Option<SubjectId>,
}

impl Region {
    /// Its areas, in the order of the file.
    pub fn areas(&self) -> &[Area] {
        &self.areas
    }

    /// The name of the total over its areas.
    pub fn total(&self) -> Option<&SubjectId> {
        self.total.as_ref()
    }

    /// How many answers are about it.
    pub fn answers(&self) -> usize {
        self.areas.len() + usize::from(self.total.is_some())
    }
}

/// Valid areas: each with a household, each household and each person once.
#[derive(Clone)]
pub struct Areas {
    regions: Vec<Region>,
    line_columns: Vec<String>,
}

/// Only sizes are printed.
impl fmt::Debug for Areas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let areas: usize = self.regions.iter().map(|region| region.areas.len()).sum();
        f.debug_struct("Areas").field("areas", &areas).finish_non_exhaustive()
    }
}

const AREA: &str = "area";
/// The most areas of one total: one circuit has them all in memory.
pub(super) const MAX_AREAS: usize = 32;

impl Areas {
    /// Reads `household,person,area`, the column of `totals` and those of lines: one row per person, in any order.
    /// Without a column `person`, one row per household.
    ///
    /// # Errors
    /// A named error with the line and column of the first fault.
    pub fn from_csv(
        input: impl Read,
        totals: Option<&str>,
        line_columns: &[String],
    ) -> Result<Self, CaseError> {
        let mut rows = CsvRows::open(input)?;
        let household = rows.column("household")?;
        let person = rows.optional_column("person")?;
        let area = rows.column(AREA)?;
        let total = totals.map(|name| rows.column(name)).transpose()?;
        let lines: Vec<Column> =
            line_columns.iter().map(|name| rows.column(name)).collect::<Result<_, CsvError>>()?;
        let mut builder: Builder<Located> = Builder::default();
        while let Some(row) = rows.next_row()? {
            let line = row.line();
            let id: SubjectId = row.id(household)?;
            let member: Option<SubjectId> = match person {
                Some(column) if row.is_empty(column) => return Err(CaseError::EmptyHousehold { line }),
                Some(column) => Some(row.id(column)?),
                None => None,
            };
            let stated = Located {
                area: row.id(area)?,
                total: total.map(|column| row.id(column)).transpose()?,
                lines: lines.iter().map(|column| row.cents(*column)).collect::<Result<_, CsvError>>()?,
            };
            let before = builder.households.len();
            let index = builder.household(id, stated, line, |first, other| {
                if first.area != other.area {
                    return Some(AREA.to_owned());
                }
                if first.total != other.total {
                    return totals.map(str::to_owned);
                }
                let mut lines = first.lines.iter().zip(&other.lines);
                let other_line = lines.position(|(first, other)| first != other);
                other_line.map(|column| line_columns[column].clone())
            })?;
            match member {
                Some(member) => builder.member(index, member, line)?,
                None if index < before => return Err(CaseError::DuplicateHousehold { line }),
                None => {}
            }
        }
        let regions = Self::regions(builder.households, totals)?;
        Ok(Self { regions, line_columns: line_columns.to_vec() })
    }

    /// Sorts households into areas, and areas into regions.
    fn regions(households: Vec<Household<Located>>, totals: Option<&str>) -> Result<Vec<Region>, CaseError> {
        let column = || totals.unwrap_or(AREA).to_owned();
        let mut regions: Vec<Region> = Vec::new();
        let mut places: HashMap<SubjectId, (usize, usize)> = HashMap::new();
        let mut by_total: HashMap<SubjectId, usize> = HashMap::new();
        for household in households {
            let (line, located) = (household.csv_line(), household.stated());
            if let Some((region, place)) = places.get(&located.area) {
                let region = &mut regions[*region];
                if region.total != located.total {
                    let first = region.areas[*place].csv_line;
                    return Err(CaseError::AreaContradiction { line, column: column(), first });
                }
                region.areas[*place].households.push(household);
                continue;
            }
            let (id, total) = (located.area.clone(), located.total.clone());
            let next = regions.len();
            let region = total.clone().map_or(next, |total| *by_total.entry(total).or_insert(next));
            if region == next {
                regions.push(Region { areas: Vec::new(), total });
            }
            let areas = &mut regions[region].areas;
            places.insert(id.clone(), (region, areas.len()));
            areas.push(Area { id, csv_line: line, households: vec![household] });
        }
        for region in regions.iter().filter(|region| region.total.is_some()) {
            let (line, found) = (region.areas[0].csv_line, region.areas.len());
            if !(2..=MAX_AREAS).contains(&found) {
                return Err(CaseError::TotalSize { line, column: column(), found });
            }
            if region.total.as_ref().is_some_and(|total| places.contains_key(total)) {
                return Err(CaseError::NameTaken { line, column: column() });
            }
        }
        Ok(regions)
    }

    /// The regions in the order of the answers.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Region> {
        self.regions.iter()
    }
}

impl Cases for Areas {
    /// Each region's areas, then its total where one is asked for.
    fn answers(&self) -> Vec<&SubjectId> {
        self.regions
            .iter()
            .flat_map(|region| region.areas.iter().map(Area::id).chain(&region.total))
            .collect()
    }

    /// Ignored columns do not count.
    fn digest(&self) -> Digest {
        let mut hasher = blake3::Hasher::new();
        // Identifiers hold no white space, so the fields cannot run into one another.
        let mut field = |text: &str| {
            hasher.update(text.as_bytes()).update(b" ");
        };
        for column in &self.line_columns {
            field(column);
        }
        for region in &self.regions {
            for area in &region.areas {
                for household in &area.households {
                    field("\nhousehold");
                    field(household.id().as_str());
                    field(area.id.as_str());
                    for line in &household.stated().lines {
                        field(&line.value().to_string());
                    }
                    for member in household.members() {
                        field(member.as_str());
                    }
                }
            }
            if let Some(total) = &region.total {
                field("\ntotal");
                field(total.as_str());
            }
        }
        hasher.finalize().into()
    }
}
