//! Workflow commands: an annotation on every spec line that causes a change of behaviour.
//!
//! A step shows ten annotations of each type, so grave changes are warnings and the others notices, the gravest come first,
//! and the last annotation of a type says how many it stands for.

use std::fmt::Write;

use super::{causes, counted, headline};
use crate::diff::report::{Change, Level, Report};

/// Annotations of one type that a step shows.
const SHOWN: usize = 10;
/// Characters of a message that are kept.
const LONGEST: usize = 4096;

pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    if !report.behaviour.is_empty() || !report.text.is_empty() || !report.unknown.is_empty() {
        let mut words = headline(report);
        for unknown in &report.unknown {
            let _ = write!(words, "\n{unknown}");
        }
        let text = report.text.summary();
        if !text.is_empty() {
            let _ = write!(words, "\n{text}");
        }
        let _ = writeln!(out, "::notice title=alertsmith diff::{}", message(&words));
    }
    let grave = |change: &&Change| change.risks.iter().any(|risk| risk.level >= Level::Medium);
    let mut warnings: Vec<&Change> = report.behaviour.iter().filter(grave).collect();
    warnings.sort_by_key(|change| std::cmp::Reverse(change.risks.iter().map(|risk| risk.level).max()));
    let notices: Vec<&Change> = report.behaviour.iter().filter(|change| !grave(change)).collect();
    // The summary is a notice too.
    for (word, changes, room) in [("warning", warnings, SHOWN), ("notice", notices, SHOWN - 1)] {
        let shown = if changes.len() > room { room - 1 } else { changes.len() };
        for change in changes.iter().take(shown) {
            out.push_str(&annotation(word, change));
        }
        if let Some(more) = changes.len().checked_sub(shown).filter(|more| *more > 0) {
            let more = counted(more, "more behavioural change");
            let _ = writeln!(out, "::{word} title=alertsmith diff::and {more}, listed in the log of this step");
        }
        for change in changes.iter().skip(shown) {
            let _ = writeln!(out, "more: {}", change.text.replace(['\n', '\r'], " "));
        }
    }
    out
}

fn annotation(word: &str, change: &Change) -> String {
    let mut properties = String::new();
    // Lines of the older side are not in the pull request's head.
    if let Some((place, false)) = causes(change).first() {
        let _ = write!(properties, "file={},line={},endLine={},", property(&place.file), place.line, place.end_line);
        if place.line == place.end_line {
            let _ = write!(properties, "col={},endColumn={},", place.column, place.end_column);
        }
    }
    let mut words = change.text.clone();
    for risk in &change.risks {
        let _ = write!(words, "\nrisk {}: {}", risk.level.as_str(), risk.reason);
    }
    format!("::{word} {properties}title=alertsmith diff::{}\n", message(&words))
}

fn message(text: &str) -> String {
    let text: String = text.chars().take(LONGEST).collect();
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
