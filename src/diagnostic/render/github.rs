//! Workflow commands, which GitHub shows as annotations on the lines of a pull request.
//!
//! A step shows at most ten annotations of each type. Where there are more findings than that, the tenth annotation says
//! how many are not shown, and the rest are plain lines of the log.

use std::fmt::Write;

use super::style::one_line;
use super::{Options, Place, concise, plural};
use crate::diagnostic::{Diagnostic, Level};
use crate::source::Sources;

/// Annotations of one type that a step shows.
const SHOWN: usize = 10;
/// Characters of a message that are kept.
const LONGEST_MESSAGE: usize = 4096;

pub(super) fn render(diagnostics: &[Diagnostic], sources: &Sources, options: &Options) -> String {
    let mut out = String::new();
    let mut rest = Vec::new();
    for level in [Level::Error, Level::Warning] {
        let found: Vec<&Diagnostic> = diagnostics.iter().filter(|diagnostic| diagnostic.level == level).collect();
        let shown = if found.len() > SHOWN { SHOWN - 1 } else { found.len() };
        let (annotated, hidden) = found.split_at(shown);
        out.extend(annotated.iter().map(|diagnostic| annotation(diagnostic, sources, options)));
        if !hidden.is_empty() {
            let (word, count) = (level.as_str(), plural(hidden.len(), &format!("more {}", level.as_str())));
            let _ = writeln!(out, "::{word} title=alertsmith::and {count}, listed in the log of this step");
        }
        rest.extend(hidden);
    }
    let plain = Options { color: false, ..options.clone() };
    for diagnostic in rest {
        // Begins with a word of ours, so that no path can turn the line into a command.
        let _ = writeln!(out, "more: {}", concise::line(diagnostic, sources, &plain));
    }
    out
}

fn annotation(diagnostic: &Diagnostic, sources: &Sources, options: &Options) -> String {
    let mut properties = Vec::new();
    if let Some(place) = diagnostic.primary.as_ref().and_then(|label| Place::of(label.span, sources, options)) {
        properties.push(format!("file={}", property(&one_line(&place.path))));
        properties.push(format!("line={},endLine={}", place.line, place.end_line));
        // Columns are dropped by GitHub when the lines differ.
        if place.line == place.end_line {
            properties.push(format!("col={},endColumn={}", place.column, place.end_column));
        }
    }
    properties.push(format!("title={}", property(diagnostic.code.name)));
    format!("::{} {}::{}\n", diagnostic.level.as_str(), properties.join(","), message(&words(diagnostic)))
}

/// Everything that is said, below the headline.
fn words(diagnostic: &Diagnostic) -> String {
    let label = diagnostic.primary.iter().map(|label| label.text.as_str()).filter(|text| !text.is_empty());
    let notes = diagnostic.notes.iter().map(String::as_str);
    let help = diagnostic.help.iter().map(String::as_str);
    let all: Vec<&str> = std::iter::once(diagnostic.headline.as_str()).chain(label).chain(notes).chain(help).collect();
    all.join("\n").chars().take(LONGEST_MESSAGE).collect()
}

fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
