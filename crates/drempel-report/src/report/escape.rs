use askama::filters::{Escaper, Html};

/// Text as it stands in HTML and SVG.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    Html.write_escaped_str(&mut out, text).expect("writing to a string does not fail");
    out
}
