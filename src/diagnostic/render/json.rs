//! One JSON object with every finding, for programs.
//!
//! Keys are always present; what a finding does not have is `null` or empty. `start` and `end` are bytes of the file;
//! lines and columns are one-based, columns count characters, the end is exclusive.

use serde::Serialize;

use super::{Options, Place};
use crate::diagnostic::{Diagnostic, Label};
use crate::source::{Sources, Span};

/// The version of the form; grows when a key changes its meaning or goes away.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    findings: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'a str,
    level: &'a str,
    message: &'a str,
    file: Option<String>,
    range: Option<Range>,
    label: Option<&'a str>,
    labels: Vec<Other<'a>>,
    notes: &'a [String],
    help: Option<String>,
    fix: Option<Edit<'a>>,
}

#[derive(Serialize)]
struct Range {
    start: u32,
    end: u32,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct Other<'a> {
    file: String,
    range: Range,
    message: &'a str,
}

#[derive(Serialize)]
struct Edit<'a> {
    file: String,
    range: Range,
    replacement: &'a str,
}

pub(super) fn render(diagnostics: &[Diagnostic], sources: &Sources, options: &Options) -> String {
    let findings = diagnostics.iter().map(|diagnostic| finding(diagnostic, sources, options)).collect();
    // A report holds nothing that JSON cannot hold, so this does not fail.
    let mut text = serde_json::to_string(&Report { version: VERSION, findings }).unwrap_or_default();
    text.push('\n');
    text
}

fn finding<'a>(diagnostic: &'a Diagnostic, sources: &Sources, options: &Options) -> Finding<'a> {
    let place = |span: Span| {
        let place = Place::of(span, sources, options)?;
        let Place { path, line, column, end_line, end_column } = place;
        Some((path, Range { start: span.start, end: span.end, line, column, end_line, end_column }))
    };
    let (file, range) = diagnostic.primary.as_ref().and_then(|label| place(label.span)).unzip();
    let other = |label: &'a Label| {
        let (file, range) = place(label.span)?;
        Some(Other { file, range, message: &label.text })
    };
    Finding {
        code: diagnostic.code.name,
        level: diagnostic.level.as_str(),
        message: &diagnostic.headline,
        file,
        range,
        label: diagnostic.primary.as_ref().map(|label| label.text.as_str()).filter(|text| !text.is_empty()),
        labels: diagnostic.secondary.iter().filter_map(other).collect(),
        notes: &diagnostic.notes,
        help: (!diagnostic.help.is_empty()).then(|| diagnostic.help.join("\n")),
        fix: diagnostic.fix.as_ref().and_then(|fix| {
            let (file, range) = place(fix.span)?;
            Some(Edit { file, range, replacement: &fix.replacement })
        }),
    }
}
