//! Areas as polygons, from GeoJSON (RFC 7946) or TopoJSON.

use std::collections::{HashMap, HashSet};

use drempel::units::Digest;
use serde::Deserialize;

mod area;
mod error;
mod features;
mod topology;

use area::Named;
pub(super) use area::Ring;
use error::MAX_BYTES;
pub use error::MapError;

/// The polygons of each area, outer rings and holes alike.
pub struct Shapes {
    /// In the order of the file, each area once.
    areas: Vec<Named>,
    digest: Digest,
}

/// What tells the two forms apart.
#[derive(Deserialize)]
struct Form {
    #[serde(rename = "type")]
    form: String,
}

impl Shapes {
    /// Reads a map whose areas have their names in the property `key`.
    ///
    /// # Errors
    /// When it is too large, malformed, or an area has no name or no polygon.
    pub fn from_json(bytes: &[u8], key: &str) -> Result<Self, MapError> {
        if bytes.len() > MAX_BYTES {
            return Err(MapError::TooLarge);
        }
        let Form { form } = serde_json::from_slice(bytes)?;
        let found =
            if form == "Topology" { topology::areas(bytes, key)? } else { features::areas(bytes, key)? };
        let mut areas: Vec<Named> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for (number, (name, rings)) in (1..).zip(found) {
            if !rings.iter().all(|ring| ring.len() >= 4 && ring.iter().flatten().all(|at| is_sane(*at))) {
                return Err(MapError::BadRing { number });
            }
            // An area may come in pieces.
            match places.get(&name) {
                Some(place) => areas[*place].1.extend(rings),
                None => {
                    places.insert(name.clone(), areas.len());
                    areas.push((name, rings));
                }
            }
        }
        if areas.iter().all(|(_, rings)| rings.is_empty()) {
            return Err(MapError::NoAreas);
        }
        Ok(Self { areas, digest: Digest::of(bytes) })
    }

    /// The digest of the file.
    pub(super) fn digest(&self) -> Digest {
        self.digest
    }

    pub(super) fn areas(&self) -> impl ExactSizeIterator<Item = (&str, &[Ring])> {
        self.areas.iter().map(|(name, rings)| (name.as_str(), rings.as_slice()))
    }

    pub(super) fn names(&self) -> HashSet<&str> {
        self.areas().map(|(name, _)| name).collect()
    }
}

/// Only their number is printed.
impl std::fmt::Debug for Shapes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shapes").field("areas", &self.areas.len()).finish_non_exhaustive()
    }
}

/// Within what any projection gives, so that no difference overflows.
fn is_sane(coordinate: f64) -> bool {
    coordinate.is_finite() && coordinate.abs() <= 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collection(features: &str) -> String {
        format!("{{\"type\":\"FeatureCollection\",\"features\":[{features}]}}")
    }

    fn square(name: &str) -> String {
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"code\":{name}}},\"geometry\":{{\"type\":\"Polygon\",\
             \"coordinates\":[[[0,0],[1,0],[1,1],[0,0]]]}}}}"
        )
    }

    #[test]
    fn pieces_of_one_area_are_joined_and_numbers_are_names() {
        let text = collection(&[square("\"A\""), square("7"), square("\"A\"")].join(","));
        let shapes = Shapes::from_json(text.as_bytes(), "code").expect("a map");
        let found: Vec<_> = shapes.areas().map(|(name, rings)| (name, rings.len())).collect();
        assert_eq!(found, [("A", 2), ("7", 1)]);
    }

    #[test]
    fn a_topology_gives_the_same_rings() {
        // Two squares side by side that share the arc from (1, 0) to (1, 1).
        let text = r#"{"type":"Topology","transform":{"scale":[0.5,0.5],"translate":[0,0]},
            "arcs":[[[2,0],[0,2]],[[2,2],[-2,0],[0,-2],[2,0]],[[2,2],[2,0],[0,-2],[-2,0]]],
            "objects":{"all":{"type":"GeometryCollection","geometries":[
                {"type":"Polygon","properties":{"code":"left"},"arcs":[[0,1]]},
                {"type":"MultiPolygon","properties":{"code":"right"},"arcs":[[[-1,-3]]]}]}}}"#;
        let shapes = Shapes::from_json(text.as_bytes(), "code");
        let shapes = shapes.expect("a map");
        let found: Vec<_> = shapes.areas().collect();
        let left = vec![[1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0], [1.0, 0.0]];
        let right = vec![[1.0, 1.0], [1.0, 0.0], [2.0, 0.0], [2.0, 1.0], [1.0, 1.0]];
        assert_eq!(found, [("left", &[left][..]), ("right", &[right][..])]);
        for (from, to) in [("[[0,1]]", "[[0,9]]"), ("[[[-1,-3]]]", "[[[-9]]]")] {
            let error = Shapes::from_json(text.replace(from, to).as_bytes(), "code").err();
            assert!(matches!(error, Some(MapError::NoArc { .. })), "{error:?}");
        }
    }

    #[test]
    fn what_is_no_map_is_refused() {
        let of = |text: &str| {
            Shapes::from_json(text.as_bytes(), "code").map(drop).expect_err("no map").to_string()
        };
        assert!(of("{\n\"type\":").starts_with("line 2, column"), "{}", of("{\n\"type\":"));
        assert!(of("{\"type\":\"Feature\",\"geometry\":null,\"properties\":{}}").contains("no areas"));
        assert!(of(&collection("")).contains("no areas"));
        assert!(of(&collection(&square("1.5"))).contains("--map-key"));
        assert!(
            of(&collection(&square("\"A\"").replace("Polygon", "MultiPoint"))).contains("line 1, column")
        );
        for ring in ["[[0,0],[1,0],[0,0]]", "[[0,0],[1,0],[1,2e9],[0,0]]"] {
            let bad = square("\"A\"").replace("[[0,0],[1,0],[1,1],[0,0]]", ring);
            assert!(of(&collection(&bad)).contains("at least four points"), "{ring}");
        }
        let point =
            square("\"A\"").replace("Polygon", "Point").replace("[[[0,0],[1,0],[1,1],[0,0]]]", "[0,0]");
        assert!(of(&collection(&point)).contains("no polygon"));
    }
}
