//! SARIF 2.1.0, the form in which GitHub and others take the findings of static analysis.
//!
//! The subset is the one that GitHub's code scanning reads. It demands a place and non-empty texts everywhere; a finding
//! without a place is put on the first line of the first file.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{Options, Place, by_severity};
use crate::diagnostic::{Code, Diagnostic, Fix, Label, Level};
use crate::source::Sources;

/// Uploads with more results are refused; the most severe are kept.
const MOST_RESULTS: usize = 25_000;
/// Further places of one result that are accepted.
const MOST_PLACES: usize = 999;
/// Longest short description that is accepted, in characters.
const LONGEST_DESCRIPTION: usize = 1024;

pub(super) fn render(diagnostics: &[Diagnostic], sources: &Sources, options: &Options) -> String {
    let mut codes: Vec<&'static Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    codes.sort_by_key(|code| code.name);
    codes.dedup();
    let results: Vec<Value> = by_severity(diagnostics)
        .into_iter()
        .take(MOST_RESULTS)
        .map(|diagnostic| result(diagnostic, &codes, sources, options))
        .collect();
    let left_out = diagnostics.len().saturating_sub(MOST_RESULTS);
    let mut run = json!({
        "tool": {
            "driver": {
                "name": "alertsmith",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|code| rule(code)).collect::<Vec<_>>(),
            },
        },
        "columnKind": "unicodeCodePoints",
        "results": results,
    });
    if left_out > 0 {
        let text = format!(
            "{left_out} findings are left out: a report holds {MOST_RESULTS}, the most severe first. \
             `--format json` has all of them."
        );
        run["invocations"] = json!([{
            "executionSuccessful": true,
            "toolExecutionNotifications": [{ "level": "warning", "message": { "text": text } }],
        }]);
    }
    let report = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    format!("{report}\n")
}

fn rule(code: &Code) -> Value {
    // The page begins with a heading and a claim of one sentence.
    let claim = code.page.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    let claim: String = claim.unwrap_or(code.name).chars().take(LONGEST_DESCRIPTION).collect();
    let page = if code.page.trim().is_empty() { code.name } else { code.page };
    let family = code.name.split('/').next().unwrap_or_default();
    json!({
        "id": code.name,
        "name": code.name,
        "shortDescription": { "text": claim },
        "fullDescription": { "text": claim },
        "help": { "text": page, "markdown": page },
        "defaultConfiguration": { "level": code.level.as_str() },
        "properties": {
            "tags": [family],
            "precision": "very-high",
            "problem.severity": match code.level { Level::Error => "error", Level::Warning => "warning" },
        },
    })
}

fn result(diagnostic: &Diagnostic, codes: &[&Code], sources: &Sources, options: &Options) -> Value {
    let text = std::iter::once(&diagnostic.headline).chain(&diagnostic.notes).chain(&diagnostic.help);
    let text = text.map(String::as_str).collect::<Vec<_>>().join("\n");
    let place = diagnostic.primary.as_ref().and_then(|label| Place::of(label.span, sources, options));
    let mut result = json!({
        "ruleId": diagnostic.code.name,
        "ruleIndex": codes.iter().position(|code| *code == diagnostic.code),
        "level": diagnostic.level.as_str(),
        "message": { "text": text },
        "locations": [{ "physicalLocation": physical(&place.unwrap_or_else(|| nowhere(sources, options))) }],
    });
    let related: Vec<Value> = diagnostic
        .secondary
        .iter()
        .enumerate()
        .filter_map(|(id, label)| related(id, label, sources, options))
        .take(MOST_PLACES)
        .collect();
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    if let Some(fix) = diagnostic.fix.as_ref().and_then(|fix| edit(fix, sources, options)) {
        result["fixes"] = json!([fix]);
    }
    result
}

fn related(id: usize, label: &Label, sources: &Sources, options: &Options) -> Option<Value> {
    let place = Place::of(label.span, sources, options)?;
    // A text must not be empty.
    let text = if label.text.trim().is_empty() { "belongs to it" } else { &label.text };
    Some(json!({ "id": id, "message": { "text": text }, "physicalLocation": physical(&place) }))
}

fn edit(fix: &Fix, sources: &Sources, options: &Options) -> Option<Value> {
    let place = Place::of(fix.span, sources, options)?;
    Some(json!({
        "description": { "text": "Mend the finding" },
        "artifactChanges": [{
            "artifactLocation": { "uri": uri(&place.path) },
            "replacements": [{ "deletedRegion": region(&place), "insertedContent": { "text": fix.replacement } }],
        }],
    }))
}

fn physical(place: &Place) -> Value {
    json!({ "artifactLocation": { "uri": uri(&place.path) }, "region": region(place) })
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    })
}

/// Where findings about the whole spec are shown.
fn nowhere(sources: &Sources, options: &Options) -> Place {
    let file = sources.iter().next().map_or(".", |(_, file)| file.path());
    Place { path: format!("{}{file}", options.root), line: 1, column: 1, end_line: 1, end_column: 1 }
}

/// A path as a relative reference: everything but unreserved characters and `/` is percent-encoded.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
