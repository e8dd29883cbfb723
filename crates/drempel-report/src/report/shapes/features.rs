//! GeoJSON: each area has its own points. Source: RFC 7946.

use geojson::{GeoJson, GeometryValue, Position};

use super::area::{Named, Ring, name};
use super::error::MapError;

pub(super) fn areas(bytes: &[u8], key: &str) -> Result<Vec<Named>, MapError> {
    let GeoJson::FeatureCollection(collection) = serde_json::from_slice(bytes)? else {
        return Err(MapError::NoAreas);
    };
    let mut areas = Vec::new();
    for (number, feature) in (1..).zip(&collection.features) {
        let name =
            name(feature.property(key)).ok_or_else(|| MapError::NoKey { number, key: key.to_owned() })?;
        let ring = |ring: &Vec<Position>| ring.iter().map(point).collect::<Option<Ring>>();
        let rings: Option<Vec<Ring>> = match feature.geometry.as_ref().map(|geometry| &geometry.value) {
            Some(GeometryValue::Polygon { coordinates }) => coordinates.iter().map(ring).collect(),
            Some(GeometryValue::MultiPolygon { coordinates }) => {
                coordinates.iter().flatten().map(ring).collect()
            }
            _ => return Err(MapError::NoPolygon { number }),
        };
        areas.push((name, rings.ok_or(MapError::BadRing { number })?));
    }
    Ok(areas)
}

fn point(position: &Position) -> Option<[f64; 2]> {
    position.as_slice().first_chunk().copied()
}
