//! The first lines of a page: by them a reader finds the language, and what it was made from.

use crate::language::Language;

/// The first line of a page.
pub(super) fn start(language: Language) -> String {
    format!("<!DOCTYPE html>\n<html lang=\"{}\">\n", language.code())
}

/// A line of a page's head.
pub(super) fn meta(name: &str, content: &str) -> String {
    format!("<meta name=\"{name}\" content=\"{content}\">")
}
