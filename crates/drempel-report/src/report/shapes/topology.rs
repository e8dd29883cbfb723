//! TopoJSON: areas share arcs, which are stored once. Source: github.com/topojson/topojson-specification, version 1.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::area::{Named, Ring, name};
use super::error::MapError;

/// The most points of all areas together.
const MAX_POINTS: usize = 20_000_000;

#[derive(Deserialize)]
struct Topology {
    arcs: Vec<Vec<Vec<f64>>>,
    transform: Option<Transform>,
    objects: BTreeMap<String, Object>,
}

/// Of whole numbers, each the difference with the one before.
#[derive(Deserialize)]
struct Transform {
    scale: [f64; 2],
    translate: [f64; 2],
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Object {
    GeometryCollection {
        geometries: Vec<Object>,
    },
    Polygon {
        arcs: Vec<Vec<i64>>,
        properties: Option<Properties>,
    },
    MultiPolygon {
        arcs: Vec<Vec<Vec<i64>>>,
        properties: Option<Properties>,
    },
    #[serde(other)]
    Other,
}

type Properties = serde_json::Map<String, serde_json::Value>;

pub(super) fn areas(bytes: &[u8], key: &str) -> Result<Vec<Named>, MapError> {
    let Topology { arcs, transform, objects } = serde_json::from_slice(bytes)?;
    let arcs: Vec<Option<Ring>> = arcs.iter().map(|arc| decoded(arc, transform.as_ref())).collect();
    let mut areas = Vec::new();
    let mut left = MAX_POINTS;
    objects.values().try_for_each(|object| collect(object, key, &arcs, &mut left, &mut areas))?;
    Ok(areas)
}

fn decoded(arc: &[Vec<f64>], transform: Option<&Transform>) -> Option<Ring> {
    let mut at = [0.0; 2];
    let point = |position: &Vec<f64>| {
        let position: [f64; 2] = *position.first_chunk()?;
        let Some(Transform { scale, translate }) = transform else {
            return Some(position);
        };
        at = [at[0] + position[0], at[1] + position[1]];
        Some([at[0] * scale[0] + translate[0], at[1] * scale[1] + translate[1]])
    };
    arc.iter().map(point).collect()
}

fn collect(
    object: &Object,
    key: &str,
    arcs: &[Option<Ring>],
    left: &mut usize,
    areas: &mut Vec<Named>,
) -> Result<(), MapError> {
    let number = areas.len() + 1;
    let (rings, properties): (Vec<&Vec<i64>>, _) = match object {
        Object::GeometryCollection { geometries } => {
            return geometries.iter().try_for_each(|geometry| collect(geometry, key, arcs, left, areas));
        }
        Object::Polygon { arcs, properties } => (arcs.iter().collect(), properties),
        Object::MultiPolygon { arcs, properties } => (arcs.iter().flatten().collect(), properties),
        Object::Other => return Err(MapError::NoPolygon { number }),
    };
    let value = properties.as_ref().and_then(|properties| properties.get(key));
    let name = name(value).ok_or_else(|| MapError::NoKey { number, key: key.to_owned() })?;
    let rings = rings.into_iter().map(|ring| joined(ring, arcs, left, number)).collect::<Result<_, _>>()?;
    areas.push((name, rings));
    Ok(())
}

/// The arcs of a ring, one after the other: a negative number is an arc backwards, -1 the first.
fn joined(ring: &[i64], arcs: &[Option<Ring>], left: &mut usize, number: usize) -> Result<Ring, MapError> {
    let mut points = Ring::new();
    for index in ring {
        let place = usize::try_from(if *index < 0 { !*index } else { *index }).ok();
        let arc = place.and_then(|place| arcs.get(place)).ok_or(MapError::NoArc { number })?;
        let arc = arc.as_ref().ok_or(MapError::BadRing { number })?;
        // Few bytes can name a long arc often.
        *left = left.checked_sub(arc.len()).ok_or(MapError::TooLarge)?;
        // The first point of an arc is the last one of the arc before.
        let skip = usize::from(!points.is_empty());
        match *index < 0 {
            true => points.extend(arc.iter().rev().skip(skip)),
            false => points.extend(arc.iter().skip(skip)),
        }
    }
    Ok(points)
}
