/// The largest file that is read, in bytes.
pub(super) const MAX_BYTES: usize = 256 << 20;

/// Why a file is no map.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MapError {
    /// More than 256 MiB.
    #[error("a map is at most {MAX_BYTES} bytes; simplify it first")]
    TooLarge,
    /// No JSON, or not of this form.
    #[error("line {line}, column {column}: no GeoJSON or TopoJSON")]
    Syntax {
        /// Counted from one.
        line: usize,
        /// Counted from one.
        column: usize,
    },
    /// Another kind of GeoJSON, or TopoJSON without polygons.
    #[error(
        "the map has no areas: a GeoJSON FeatureCollection or a TopoJSON Topology with polygons is expected"
    )]
    NoAreas,
    /// No such property.
    #[error(
        "area {number} of the map has no property \"{key}\" that is a text or a whole number; see --map-key"
    )]
    NoKey {
        /// Counted from one.
        number: usize,
        /// The property.
        key: String,
    },
    /// A point or a line.
    #[error("area {number} of the map is no polygon")]
    NoPolygon {
        /// Counted from one.
        number: usize,
    },
    /// A ring that does not close, or a coordinate that is no number.
    #[error("area {number} of the map: a ring has at least four points, each of two finite numbers")]
    BadRing {
        /// Counted from one.
        number: usize,
    },
    /// TopoJSON that points to an arc that is not there.
    #[error("area {number} of the map names an arc that the map does not have")]
    NoArc {
        /// Counted from one.
        number: usize,
    },
}

impl From<serde_json::Error> for MapError {
    fn from(error: serde_json::Error) -> Self {
        Self::Syntax { line: error.line(), column: error.column() }
    }
}
