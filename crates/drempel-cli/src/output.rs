//! What a command says: text for people, one JSON object for scripts, a progress bar on a terminal.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Instant;

use drempel::{Answer, Progress};
use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};
use serde_json::{Value, json};

use crate::failure::Failure;

/// Where results go.
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Prints a command's result: the text, or the object. A closed pipe is no error.
    pub(crate) fn result(&self, text: &str, object: &Value) {
        let mut out = io::stdout().lock();
        let _ = if self.json { writeln!(out, "{object:#}") } else { writeln!(out, "{}", text.trim_end()) };
    }

    /// Prints why a command stopped: text to the error stream, or the object where a script looks for it.
    pub(crate) fn failure(&self, failure: &Failure) {
        let (message, code) = (&failure.message, failure.kind as u8);
        if self.json {
            self.result("", &json!({ "error": message, "exit_code": code }));
        } else {
            let _ = writeln!(io::stderr(), "error: {message}");
        }
    }

    /// Says something that is no result.
    pub(crate) fn note(&self, message: &str) {
        if !self.json {
            let _ = writeln!(io::stderr(), "{message}");
        }
    }

    /// Tells how far a long work is: a bar on a terminal, lines of JSON on the error stream with `--json`.
    pub(crate) fn progress(&self, step: &'static str) -> impl FnMut(Progress) {
        let mut begun = None;
        move |Progress { done, of }| {
            let (bar, first, start) =
                begun.get_or_insert_with(|| (self.bar(step, done, of), done, Instant::now()));
            bar.set_position(done as u64);
            if !self.json || done == *first {
                return;
            }
            let per_second = (done - *first) as f64 / start.elapsed().as_secs_f64();
            let left = (of - done) as f64 / per_second;
            let line = json!({
                "step": step, "done": done, "of": of, "per_second": per_second, "seconds_left": left,
            });
            let _ = writeln!(io::stderr(), "{line}");
        }
    }

    /// A bar over `total` steps of which `done` are done, until it is dropped; invisible in a pipe and with `--json`.
    pub(crate) fn bar(&self, step: &'static str, done: usize, total: usize) -> ProgressBar {
        if self.json || !io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} ({per_sec}, {eta} left)");
        let bar = ProgressBar::new(total as u64).with_position(done as u64).with_message(step);
        bar.reset_eta();
        bar.with_style(style.expect("the template is valid")).with_finish(ProgressFinish::AndClear)
    }
}

/// The size of a file, for a report.
pub(crate) fn file_bytes(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// Bytes for people.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// How many answers, and how many of them are yes: "24 households, 7 eligible".
pub(crate) fn answers(answer: &Answer) -> String {
    let (count, columns) = (answer.values().len(), answer.columns());
    let plural = if count == 1 { "" } else { "s" };
    let yes = answer.yes().map(|yes| format!(", {yes} {}", columns[1])).unwrap_or_default();
    format!("{count} {}{plural}{yes}", columns[0])
}
