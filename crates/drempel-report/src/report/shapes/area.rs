/// A ring of points.
pub(crate) type Ring = Vec<[f64; 2]>;

/// An area with its rings.
pub(super) type Named = (String, Vec<Ring>);

/// An area's name, as it stands in its properties.
pub(super) fn name(value: Option<&serde_json::Value>) -> Option<String> {
    match value? {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        _ => None,
    }
}
