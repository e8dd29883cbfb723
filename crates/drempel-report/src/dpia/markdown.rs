//! Text that stays text in a Markdown document. askama.toml sets this for every template that ends in `.md`.

use std::fmt;

use askama::filters::Escaper;

/// Writes text so that it cannot end a cell of a table, or begin code, emphasis, a link or HTML.
///
/// A mark at the beginning of a line (`#`, `-`) stays: the templates begin no line with a value.
#[derive(Clone, Copy)]
pub(super) struct Markdown;

impl Escaper for Markdown {
    fn write_escaped_str<W: fmt::Write>(&self, mut dest: W, text: &str) -> fmt::Result {
        for c in text.chars() {
            match c {
                // Not by backslash: readers of tables and of HTML each have their own idea of it.
                '<' => dest.write_str("&lt;")?,
                '>' => dest.write_str("&gt;")?,
                '&' => dest.write_str("&amp;")?,
                '|' => dest.write_str("&#124;")?,
                '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '$' => {
                    dest.write_char('\\')?;
                    dest.write_char(c)?;
                }
                c if c.is_control() => dest.write_char(' ')?,
                c => dest.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        Markdown.write_escaped_str(&mut out, text).expect("writes to a string");
        out
    }

    #[test]
    fn what_could_be_markup_is_escaped() {
        let cases = [
            ("a | b", "a &#124; b"),
            ("<script>", "&lt;script&gt;"),
            ("`code`", "\\`code\\`"),
            ("[here](https://example.org)", "\\[here\\](https://example.org)"),
            ("![x]", "!\\[x\\]"),
            ("**income_cents**", "\\*\\*income\\_cents\\*\\*"),
            ("\\|", "\\\\&#124;"),
            ("&#124;", "&amp;#124;"),
            ("a\nb", "a b"),
        ];
        for (text, expected) in cases {
            assert_eq!(escaped(text), expected);
        }
    }

    #[test]
    fn ordinary_text_stays_as_it_is() {
        let text = "Participation Act, article 47a; Staatscourant 2022, 24731 (AIO) - 100 % €1,501.07";
        assert_eq!(escaped(text), text);
    }
}
