//! Pairs of an offer and a demand.

use std::borrow::Cow;
use std::fmt;
use std::io::Read;

use super::case_set::Cases;
use super::error::CaseError;
use crate::agreement::Subject;
use crate::rows::{CsvRows, Position, Positions, Rows};
use crate::units::{Digest, Distinct, SubjectIds};

/// One pair.
#[derive(Clone, Copy)]
pub struct Pair<'a> {
    pairs: &'a Pairs,
    place: usize,
}

impl<'a> Pair<'a> {
    /// The identifier under which it is answered.
    pub fn id(&self) -> &'a str {
        self.pairs.ids.get(self.place)
    }

    /// Which offer.
    pub fn offer(&self) -> &'a str {
        self.pairs.offers.get(self.place)
    }

    /// Which demand.
    pub fn demand(&self) -> &'a str {
        self.pairs.demands.get(self.place)
    }

    /// Where it is.
    pub fn position(&self) -> Position {
        self.pairs.positions.get(self.place)
    }
}

/// Pairs that are asked about, each once. An offer or a demand may stand in several.
#[derive(Clone)]
pub struct Pairs {
    ids: SubjectIds,
    offers: SubjectIds,
    demands: SubjectIds,
    positions: Positions,
}

impl Pairs {
    /// Reads [rows](Self::from_rows) from CSV.
    ///
    /// # Errors
    /// A named error with the line and column of the first fault.
    pub fn from_csv(input: impl Read) -> Result<Self, CaseError> {
        Self::from_rows(&mut CsvRows::open(input)?)
    }

    /// Reads `pair,offer,demand`, one row per pair; other columns are ignored.
    ///
    /// # Errors
    /// A named error with the row and column of each fault.
    pub fn from_rows(rows: &mut dyn Rows) -> Result<Self, CaseError> {
        let pair = rows.columns().required("pair")?;
        let (offer, demand) = (rows.columns().required("offer")?, rows.columns().required("demand")?);
        let (mut ids, mut positions) = (Distinct::default(), Positions::default());
        let (mut offers, mut demands) = (SubjectIds::default(), SubjectIds::default());
        rows.read_each(|row, _| {
            let id = row.id(pair)?;
            if !ids.insert(&id) {
                return Err(CaseError::from(row.duplicate(pair)));
            }
            offers.push(&row.id(offer)?);
            demands.push(&row.id(demand)?);
            positions.push(row.position());
            Ok(())
        })?;
        Ok(Self { ids: ids.into_ids(), offers, demands, positions })
    }

    /// The pair at a place in the file.
    pub fn get(&self, place: usize) -> Pair<'_> {
        Pair { pairs: self, place }
    }
}

impl Cases for Pairs {
    fn answers(&self) -> Cow<'_, SubjectIds> {
        Cow::Borrowed(&self.ids)
    }

    fn subjects(&self, of: Subject) -> Cow<'_, SubjectIds> {
        match of {
            Subject::Offer => Cow::Owned(distinct(&self.offers)),
            Subject::Demand => Cow::Owned(distinct(&self.demands)),
            _ => Cow::default(),
        }
    }

    /// Ignored columns do not count.
    fn digest(&self) -> Digest {
        let mut hasher = blake3::Hasher::new();
        for pair in (0..self.ids.len()).map(|place| self.get(place)) {
            let (id, offer, demand) = (pair.id(), pair.offer(), pair.demand());
            // Identifiers hold no white space, so the fields cannot run into one another.
            hasher.update(format!("{id} {offer} {demand}\n").as_bytes());
        }
        hasher.finalize().into()
    }
}

fn distinct(ids: &SubjectIds) -> SubjectIds {
    let mut distinct = Distinct::default();
    ids.owned().for_each(|id| {
        distinct.insert(&id);
    });
    distinct.into_ids()
}

/// Nobody is named.
impl fmt::Debug for Pair<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pair").finish_non_exhaustive()
    }
}

impl fmt::Debug for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pairs").field("pairs", &self.ids.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Pairs, CaseError> {
        Pairs::from_csv(text.as_bytes())
    }

    #[test]
    fn an_offer_may_stand_in_several_pairs_and_other_columns_are_ignored() {
        let pairs = read("demand,day,offer,pair\nd1,1,o1,a\nd2,1,o1,b\n").expect("valid");
        assert!(pairs.answers().iter().eq(["a", "b"]));
        let second = pairs.get(1);
        let ids = (second.offer(), second.demand());
        assert_eq!((ids, second.position()), (("o1", "d2"), Position::line(3)));
    }

    #[test]
    fn a_fault_is_named_with_its_line() {
        let cases = [
            ("a,o1,d1\na,o2,d2\n", "line 3, column \"pair\": the same identifier"),
            ("a,,d1\n", "line 2, column \"offer\": the cell is empty"),
            ("a,o1,d 1\n", "line 2, column \"demand\": an identifier is"),
        ];
        for (rows, expected) in cases {
            let error = read(&format!("pair,offer,demand\n{rows}")).expect_err(rows).to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        let error = read("pair,offer\na,o1\n").expect_err("no demand").to_string();
        assert!(error.starts_with("line 1: column \"demand\" is missing"), "{error}");
    }

    #[test]
    fn the_digest_covers_who_is_paired_with_whom() {
        let digest = |text: &str| read(text).expect("valid").digest();
        let base = digest("pair,offer,demand\na,o,d\n");
        assert_eq!(base, digest("demand,offer,pair,x\nd,o,a,7\n"));
        for other in ["b,o,d", "a,p,d", "a,o,e", "a,d,o"] {
            assert_ne!(base, digest(&format!("pair,offer,demand\n{other}\n")), "{other}");
        }
    }
}
