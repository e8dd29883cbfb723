//! The evaluator's own plaintext: who forms a household, in which area it is, and lines that differ by household.

use std::borrow::Cow;
use std::fmt;
use std::io::Read;

use super::case_set::Cases;
use super::columns::{AREA, HOUSEHOLD, PERSON};
use super::error::CaseError;
use super::households::{Builder, HouseholdRef, List};
use crate::agreement::Subject;
use crate::rows::{Column, CsvRows, Position, Rows, RowsError};
use crate::units::{Cents, Digest, Distinct, SubjectId, SubjectIds};

/// A household's place in an area, and its lines.
#[derive(Clone, Copy, Debug)]
pub enum Located {}

impl HouseholdRef<'_, Located> {
    /// The amount in a column of lines, by the column's number.
    pub fn line(&self, column: usize) -> Cents {
        self.amounts()[column]
    }
}

/// One area.
#[derive(Clone, Copy)]
pub struct Area<'a> {
    areas: &'a Areas,
    kept: &'a KeptArea,
}

impl<'a> Area<'a> {
    /// Its name.
    pub fn id(&self) -> &'a str {
        self.areas.names.get(self.kept.name)
    }

    /// Where it begins.
    pub fn position(&self) -> Position {
        self.kept.position
    }

    /// Its households, in the order of the file.
    pub fn households(&self) -> impl ExactSizeIterator<Item = HouseholdRef<'a, Located>> {
        let list = &self.areas.list;
        self.kept.households.iter().map(|place| list.get(*place as usize))
    }
}

/// The areas of one total, or one area by itself where no totals are asked for.
#[derive(Clone, Copy)]
pub struct Region<'a> {
    areas: &'a Areas,
    kept: &'a KeptRegion,
}

impl<'a> Region<'a> {
    /// Its areas, in the order of the file.
    pub fn areas(&self) -> impl ExactSizeIterator<Item = Area<'a>> {
        let areas = self.areas;
        self.kept.areas.iter().map(move |kept| Area { areas, kept })
    }

    /// The name of the total over its areas.
    pub fn total(&self) -> Option<&'a str> {
        self.kept.total.map(|name| self.areas.names.get(name))
    }

    /// How many answers are about it.
    pub fn answers(self) -> usize {
        self.kept.areas.len() + usize::from(self.kept.total.is_some())
    }
}

/// Valid areas: each with a household, each household and each person once.
#[derive(Clone)]
pub struct Areas {
    list: List,
    /// Of areas and of totals.
    names: SubjectIds,
    regions: Vec<KeptRegion>,
    line_columns: Vec<String>,
}

#[derive(Clone)]
struct KeptRegion {
    areas: Vec<KeptArea>,
    total: Option<usize>,
}

#[derive(Clone)]
struct KeptArea {
    name: usize,
    position: Position,
    households: Vec<u32>,
}

/// Only sizes are printed.
impl fmt::Debug for Areas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let areas: usize = self.regions.iter().map(|region| region.areas.len()).sum();
        f.debug_struct("Areas").field("areas", &areas).finish_non_exhaustive()
    }
}

/// The most areas of one total: one circuit has them all in memory.
const MAX_AREAS: usize = 32;

impl Areas {
    /// Reads [rows](Self::from_rows) from CSV.
    ///
    /// # Errors
    /// A named error with the line and column of the first fault.
    pub fn from_csv(
        input: impl Read,
        totals: Option<&str>,
        line_columns: &[String],
    ) -> Result<Self, CaseError> {
        Self::from_rows(&mut CsvRows::open(input)?, totals, line_columns)
    }

    /// Reads `household,person,area`, the column of `totals` and those of lines: one row per person, in any order.
    /// Without a column `person`, one row per household. Other columns are ignored.
    ///
    /// # Errors
    /// A named error with the row and column of each fault.
    pub fn from_rows(
        rows: &mut dyn Rows,
        totals: Option<&str>,
        line_columns: &[String],
    ) -> Result<Self, CaseError> {
        let columns = rows.columns();
        let household = columns.required(HOUSEHOLD)?;
        let person = columns.optional(PERSON)?;
        let area = columns.required(AREA)?;
        let total = totals.map(|name| columns.required(name)).transpose()?;
        let lines: Vec<Column> =
            line_columns.iter().map(|name| columns.required(name)).collect::<Result<_, RowsError>>()?;
        let mut names = Distinct::default();
        let stated = [AREA].into_iter().chain(totals).chain(line_columns.iter().map(String::as_str));
        let mut builder = Builder::of(stated);
        rows.read_each(|row, _| {
            let position = row.position();
            let id = row.id(household)?;
            let member: Option<SubjectId> = match person {
                Some(column) => Some(row.optional_id(column)?.ok_or(CaseError::EmptyHousehold { position })?),
                None => None,
            };
            let named: Vec<u32> = [Some(area), total]
                .into_iter()
                .flatten()
                .map(|column| Ok(names.place(&row.id(column)?) as u32))
                .collect::<Result<_, RowsError>>()?;
            let lines: Vec<Cents> =
                lines.iter().map(|column| row.cents(*column)).collect::<Result<_, RowsError>>()?;
            let before = builder.len();
            let place = builder.household(&id, position, &named, &lines)?;
            match member {
                Some(member) => builder.member(place, &member, position),
                None if place < before => Err(CaseError::DuplicateHousehold { position }),
                None => Ok(()),
            }
        })?;
        let (list, names) = (builder.finish(), names.into_ids());
        let regions = Self::regions(&list, names.len(), totals)?;
        Ok(Self { list, names, regions, line_columns: line_columns.to_vec() })
    }

    /// Sorts households into areas, and areas into regions.
    fn regions(list: &List, names: usize, totals: Option<&str>) -> Result<Vec<KeptRegion>, CaseError> {
        let column = || totals.unwrap_or(AREA).to_owned();
        let mut regions: Vec<KeptRegion> = Vec::new();
        // By their names: the region and the place of an area, the region of a total.
        let mut places: Vec<Option<(usize, usize)>> = vec![None; names];
        let mut by_total: Vec<Option<usize>> = vec![None; names];
        for household in 0..list.len() {
            let position = list.get::<Located>(household).position();
            let named = list.names_of(household);
            let (name, total) = (named[0] as usize, named.get(1).map(|total| *total as usize));
            if let Some((region, place)) = places[name] {
                let region = &mut regions[region];
                if region.total != total {
                    let first = region.areas[place].position;
                    return Err(CaseError::AreaContradiction { position, column: column(), first });
                }
                region.areas[place].households.push(household as u32);
                continue;
            }
            let next = regions.len();
            let region = total.map_or(next, |total| *by_total[total].get_or_insert(next));
            if region == next {
                regions.push(KeptRegion { areas: Vec::new(), total });
            }
            let areas = &mut regions[region].areas;
            places[name] = Some((region, areas.len()));
            areas.push(KeptArea { name, position, households: vec![household as u32] });
        }
        for KeptRegion { areas, total } in &regions {
            let Some(total) = total else { continue };
            let (position, found) = (areas[0].position, areas.len());
            if !(2..=MAX_AREAS).contains(&found) {
                return Err(CaseError::TotalSize { position, column: column(), found, max: MAX_AREAS });
            }
            if places[*total].is_some() {
                return Err(CaseError::NameTaken { position, column: column() });
            }
        }
        Ok(regions)
    }

    /// The regions in the order of the answers.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Region<'_>> {
        self.regions.iter().map(|kept| Region { areas: self, kept })
    }
}

impl Cases for Areas {
    /// Each region's areas, then its total where one is asked for.
    fn answers(&self) -> Cow<'_, SubjectIds> {
        let names = self.regions.iter().flat_map(|KeptRegion { areas, total }| {
            areas.iter().map(|area| area.name).chain(*total).map(|name| name as u32)
        });
        Cow::Owned(self.names.in_order(&Vec::from_iter(names)))
    }

    fn subjects(&self, of: Subject) -> Cow<'_, SubjectIds> {
        match of {
            Subject::Person => Cow::Borrowed(self.list.people()),
            Subject::Household => Cow::Borrowed(self.list.households()),
            _ => Cow::default(),
        }
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
        for region in self.iter() {
            for area in region.areas() {
                for household in area.households() {
                    field("\nhousehold");
                    field(household.id());
                    field(area.id());
                    for line in household.amounts() {
                        field(&line.value().to_string());
                    }
                    household.members().for_each(&mut field);
                }
            }
            if let Some(total) = region.total() {
                field("\ntotal");
                field(total);
            }
        }
        hasher.finalize().into()
    }
}
