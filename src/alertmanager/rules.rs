//! The rules of a part's table, applied to what was read.

use super::codes::{CONFLICT, MISSING, VALUE};
use super::decode::REFUSED;
use super::section::{Section, Value};
use super::table::Test;
use crate::ast::Version;
use crate::diagnostic::{Diagnostic, Sink, nearest};

/// Reports every rule that the part breaks.
pub(super) fn check(section: &Section, version: Version, sink: &mut Sink) {
    for rule in section.table.rules.iter().filter(|rule| rule.is_in(version)) {
        let found = match &rule.test {
            Test::AtMostOne(fields) => at_most_one(section, fields),
            Test::OneOf(fields) => one_of(section, fields, version),
            Test::Choice(field, values) => choice(section, field, values),
            Test::With(needed, beside) => with(section, needed, beside),
            Test::Check(function) => function(section, version),
        };
        if let Some(diagnostic) = found {
            sink.push(diagnostic);
        }
    }
}

/// Two fields that exclude each other, at the second one written.
pub(super) fn at_most_one(section: &Section, fields: &[&str]) -> Option<Diagnostic> {
    let mut set: Vec<_> = fields.iter().filter_map(|field| Some((*field, section.set(field)?.key.span()))).collect();
    set.sort_by_key(|(_, span)| *span);
    let [(first, first_span), (second, second_span), ..] = set.as_slice() else { return None };
    Some(conflict(section, (first, *first_span), (second, *second_span)))
}

/// The finding about two fields that exclude each other.
pub(super) fn conflict(
    section: &Section,
    (first, first_span): (&str, crate::source::Span),
    (second, second_span): (&str, crate::source::Span),
) -> Diagnostic {
    Diagnostic::new(&CONFLICT, format!("`{}` takes `{first}` or `{second}`, not both", section.table.name))
        .at(second_span, "beside the other one")
        .also(first_span, "the other one")
        .note(REFUSED)
        .help("Keep one of them.")
}

/// A field that is needed and not there.
pub(super) fn missing(section: &Section, headline: String, label: impl Into<String>) -> Diagnostic {
    Diagnostic::new(&MISSING, headline).at(section.head, label).note(REFUSED)
}

/// The fields as a list in words.
pub(super) fn words(fields: &[&str]) -> String {
    match fields {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [first @ .., last] => format!("`{}` or `{last}`", first.join("`, `")),
    }
}

fn one_of(section: &Section, fields: &[&str], version: Version) -> Option<Diagnostic> {
    if fields.iter().any(|field| section.is_set(field)) {
        return None;
    }
    let known: Vec<&str> =
        fields.iter().copied().filter(|field| section.table.find(field, version).is_some()).collect();
    let empty = known.iter().find_map(|field| section.entry(field));
    let needs = words(&known);
    let diagnostic = missing(section, format!("`{}` needs {needs}", section.table.name), format!("{needs} is missing"));
    Some(match empty {
        Some(entry) => diagnostic.also(entry.key.span(), "empty, which counts as missing"),
        None => {
            diagnostic.help(if known.len() > 1 { "Add the one that fits.".to_owned() } else { format!("Add {needs}.") })
        }
    })
}

fn choice(section: &Section, field: &str, values: &[&str]) -> Option<Diagnostic> {
    let entry = section.entry(field)?;
    let (written, span) = match &entry.value {
        Value::Text(text) => (text.as_str(), text.span()),
        Value::Null(_) => ("", entry.key.span()),
        _ => return None,
    };
    if values.contains(&written) {
        return None;
    }
    let known: Vec<&str> = values.iter().copied().filter(|value| !value.is_empty()).collect();
    let diagnostic = Diagnostic::new(&VALUE, format!("`{field}` must be {}", words(&known)))
        .at(span, if written.is_empty() { "this is empty" } else { "this is none of them" })
        .note(REFUSED);
    Some(match nearest(written, known) {
        Some(near) => diagnostic.help(format!("Did you mean `{near}`?")),
        None => diagnostic,
    })
}

/// The finding about a text that is not one of a few, or not there.
pub(super) fn choice_value(section: &Section, field: &str, values: &[&str]) -> Diagnostic {
    let headline = format!("`{field}` must be {}", words(values));
    match section.entry(field) {
        Some(entry) => {
            let empty = entry.value.text().is_none_or(|text| text.as_str().is_empty());
            let label = if empty { "this is empty" } else { "this is none of them" };
            Diagnostic::new(&VALUE, headline).at(entry.value.span(), label).note(REFUSED)
        }
        None => missing(section, headline, format!("`{field}` is missing")).help(format!("Add `{field}`.")),
    }
}

fn with(section: &Section, needed: &str, beside: &str) -> Option<Diagnostic> {
    let entry = section.set(beside)?;
    if section.is_set(needed) {
        return None;
    }
    Some(
        Diagnostic::new(&MISSING, format!("`{beside}` needs `{needed}` beside it"))
            .at(entry.key.span(), format!("`{needed}` is missing"))
            .note(REFUSED)
            .help(format!("Add `{needed}`, or remove `{beside}`.")),
    )
}
