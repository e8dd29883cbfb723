use std::fmt;

/// What identifiers look like: their lengths and the kinds of their characters, never one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IdShape {
    /// The smallest length, in characters; zero where there are none.
    pub shortest: usize,
    /// The largest length.
    pub longest: usize,
    kinds: u8,
}

const DIGITS: u8 = 1;
const HEXADECIMAL: u8 = 2;
const LOWER: u8 = 4;
const UPPER: u8 = 8;
const OTHER: u8 = 16;

/// Lengths of numbers that are written with leading zeros: below it they are counters, which have any length.
const PADDED: usize = 8;

impl IdShape {
    /// The shape of some identifiers.
    pub fn of<'a>(ids: impl IntoIterator<Item = &'a str>) -> Self {
        let mut shape = Self::default();
        ids.into_iter().for_each(|id| shape.add(id));
        shape
    }

    /// Takes one more into account.
    pub(crate) fn add(&mut self, id: &str) {
        let length = id.chars().count();
        self.shortest = if self.shortest == 0 { length } else { self.shortest.min(length) };
        self.longest = self.longest.max(length);
        for c in id.bytes() {
            self.kinds |= match c {
                b'0'..=b'9' => DIGITS,
                b'a'..=b'f' => HEXADECIMAL,
                b'g'..=b'z' => LOWER,
                b'A'..=b'Z' => UPPER,
                _ => OTHER,
            };
        }
    }

    fn is_number(self) -> bool {
        self.kinds == DIGITS
    }

    fn is_pseudonym(self) -> bool {
        self.shortest == 64 && self.longest == 64 && self.kinds & !(DIGITS | HEXADECIMAL) == 0
    }

    /// Why identifiers of these two shapes do not mean the same people; `None` where they may. `matched` says whether
    /// any of them are the same.
    pub(crate) fn difference(self, other: Self, matched: bool) -> Option<&'static str> {
        if self.shortest == 0 || other.shortest == 0 {
            return None;
        }
        if self.is_number() && other.is_number() {
            let lost = |cut: Self, whole: Self| {
                whole.shortest == whole.longest
                    && whole.longest > PADDED
                    && cut.shortest < whole.shortest
                    && cut.longest <= whole.longest
            };
            return (lost(self, other) || lost(other, self)).then_some(
                "leading zeros are lost on one side; export the identifiers as text, with all their digits",
            );
        }
        if matched {
            return None;
        }
        let letters = LOWER | HEXADECIMAL | UPPER;
        if self.is_pseudonym() != other.is_pseudonym() {
            Some(
                "one side has pseudonyms and the other has not; run `drempel pseudonymise` with the agreement's key there",
            )
        } else if (self.kinds ^ other.kinds) & (LOWER | HEXADECIMAL) != 0
            && (self.kinds ^ other.kinds) & UPPER != 0
            && (self.kinds & letters != 0 && other.kinds & letters != 0)
        {
            Some("one side writes capital letters and the other small ones; write them alike")
        } else if self.is_number() != other.is_number() {
            Some("one side has numbers and the other has not; the two columns may be of different kinds")
        } else if self.longest < other.shortest || other.longest < self.shortest {
            Some("one side's are all longer than the other's; something may stand before or after them")
        } else {
            None
        }
    }
}

/// As it stands in a message: "9 characters, digits".
impl fmt::Display for IdShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.shortest, self.longest) {
            (0, _) => return f.write_str("none"),
            (one, same) if one == same => write!(f, "{one} characters, ")?,
            (shortest, longest) => write!(f, "{shortest} to {longest} characters, ")?,
        }
        if self.kinds & !(DIGITS | HEXADECIMAL) == 0 && self.kinds & HEXADECIMAL != 0 && self.longest > PADDED
        {
            return f.write_str("hexadecimal");
        }
        let kinds = [
            (DIGITS, "digits"),
            (LOWER | HEXADECIMAL, "small letters"),
            (UPPER, "capital letters"),
            (OTHER, "other characters"),
        ];
        let mut between = "";
        for (_, name) in kinds.iter().filter(|(kind, _)| self.kinds & kind != 0) {
            write!(f, "{between}{name}")?;
            between = " and ";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_that_cannot_be_the_same_people_are_told_apart() {
        let shape = |id: &str| IdShape::of([id, id]);
        let pseudonym = "96287a06f8fd62c612c74b9cee5330a867e27bdc697f57aa96287a06f8fd62c6";
        let cases = [
            ("111222333", pseudonym, "pseudonyms"),
            ("111222333", "11222333", "leading zeros"),
            ("ab12x", "AB12X", "capital"),
            ("12345", "p-12345", "numbers"),
            ("p-1", "person-1", "longer"),
        ];
        for (one, other, expected) in cases {
            for (one, other) in [(one, other), (other, one)] {
                let reason = shape(one).difference(shape(other), false).expect(expected);
                assert!(reason.contains(expected), "{reason}");
            }
            assert_eq!(shape(one).difference(shape(one), false), None);
        }
        // Counters have any length, and nobody may be there by chance.
        assert_eq!(shape("7").difference(shape("1234"), false), None);
        assert_eq!(shape("p-1").difference(shape("p-2"), false), None);
        assert_eq!(shape("12345").difference(shape("p-12345"), true), None);
    }

    #[test]
    fn a_shape_is_shown_without_an_identifier() {
        assert_eq!(IdShape::of(["111222333", "123456782"]).to_string(), "9 characters, digits");
        assert_eq!(
            IdShape::of(["p-1", "P-17"]).to_string(),
            "3 to 4 characters, digits and small letters and capital letters and other characters"
        );
        assert_eq!(IdShape::of(["96287a06f8fd"]).to_string(), "12 characters, hexadecimal");
        assert_eq!(IdShape::default().to_string(), "none");
    }
}
