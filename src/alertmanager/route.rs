//! What must hold in routes, inhibition rules and time intervals, one by one.

use super::codes::{GROUP_BY, MATCHER, VALUE};
use super::decode::REFUSED;
use super::rules::missing;
use super::scalar::is_label_name;
use super::section::{Section, Value};
use crate::ast::Version;
use crate::diagnostic::Diagnostic;
use crate::golang::Duration;
use crate::routing::{TimeRange, is_legacy_label_name};
use crate::source::Text;

/// Every release after these takes any label name.
const ANY_LABEL_SINCE: (u32, u32) = (0, 27);

/// The keys of `match`, `match_re` and their likes are label names of the old kind, and patterns are not empty.
pub(super) fn match_names(section: &Section, _: Version) -> Option<Diagnostic> {
    let maps = ["match", "match_re", "source_match", "source_match_re", "target_match", "target_match_re"];
    for name in maps {
        let Some(entry) = section.entry(name) else { continue };
        for (label, value) in entry.value.entries() {
            if !is_legacy_label_name(label.as_str()) {
                return Some(
                    Diagnostic::new(&MATCHER, format!("`{label}` in `{name}` is not the name of a label"))
                        .at(label.span(), "only letters, digits and underscores are allowed here")
                        .note(REFUSED)
                        .help("Write the matcher as a line of `matchers`, which take any name."),
                );
            }
            if name.ends_with("_re") && matches!(value, Value::Null(_)) {
                return Some(
                    Diagnostic::new(&MATCHER, format!("the pattern for `{label}` is missing"))
                        .at(label.span(), "without a value")
                        .note(REFUSED)
                        .help("Write a regular expression, or `\"\"` for a label that is not there."),
                );
            }
        }
    }
    None
}

/// Labels of a route have names.
pub(super) fn label_names(section: &Section, _: Version) -> Option<Diagnostic> {
    let (name, _) = section.get("labels")?.entries().iter().find(|(name, _)| name.as_str().is_empty())?;
    Some(Diagnostic::new(&VALUE, "a label of the route has no name").at(name.span(), "this is empty").note(REFUSED))
}

/// The labels of `group_by`; `null` counts as an empty name.
fn group_by(section: &Section) -> impl Iterator<Item = (&str, crate::source::Span)> {
    let items = section.get("group_by").map(Value::items).unwrap_or_default();
    items.iter().filter_map(|item| match item {
        Value::Null(span) => Some(("", *span)),
        value => value.text().map(|text| (text.as_str(), text.span())),
    })
}

/// `...` stands alone.
pub(super) fn group_by_all(section: &Section, _: Version) -> Option<Diagnostic> {
    let (_, all) = group_by(section).find(|(name, _)| *name == "...")?;
    let (_, other) = group_by(section).find(|(name, _)| *name != "...")?;
    Some(
        Diagnostic::new(&GROUP_BY, "`...` in `group_by` stands for all labels, so no other can stand beside it")
            .at(other, "one of all labels")
            .also(all, "all labels")
            .note(REFUSED)
            .help("Keep either `...` or the other labels."),
    )
}

/// Labels of `group_by` have names that the release takes.
pub(super) fn group_by_names(section: &Section, version: Version) -> Option<Diagnostic> {
    let (name, span) =
        group_by(section).find(|(name, _)| *name != "..." && !is_label_name(name, ANY_LABEL_SINCE, version))?;
    let why = if name.is_empty() { "this is empty".to_owned() } else { "not the name of a label".to_owned() };
    Some(
        Diagnostic::new(&GROUP_BY, format!("`{name}` in `group_by` is not the name of a label"))
            .at(span, why)
            .note(REFUSED),
    )
}

/// No label stands twice in `group_by`.
pub(super) fn group_by_twice(section: &Section, _: Version) -> Option<Diagnostic> {
    let mut seen = std::collections::BTreeMap::new();
    let (name, span) = group_by(section).find(|(name, span)| *name != "..." && seen.insert(*name, *span).is_some())?;
    Some(
        Diagnostic::new(&GROUP_BY, format!("`{name}` stands twice in `group_by`"))
            .at(span, "once more")
            .note(REFUSED)
            .help("Remove it."),
    )
}

/// A time that is not 0.
fn not_zero(section: &Section, name: &str) -> Option<Diagnostic> {
    let text = section.text(name)?;
    let zero = text.as_str().parse::<Duration>().is_ok_and(|time| time == Duration::default());
    zero.then(|| {
        Diagnostic::new(&VALUE, format!("`{name}` must not be zero"))
            .at(text.span(), "this is no time at all")
            .note(REFUSED)
            .help("Write the shortest time you want between two notifications, or leave it out to inherit it.")
    })
}

/// `group_interval` is not 0.
pub(super) fn group_interval(section: &Section, _: Version) -> Option<Diagnostic> {
    not_zero(section, "group_interval")
}

/// `repeat_interval` is not 0.
pub(super) fn repeat_interval(section: &Section, _: Version) -> Option<Diagnostic> {
    not_zero(section, "repeat_interval")
}

/// Labels of `equal` are not empty.
pub(super) fn equal_names(section: &Section, version: Version) -> Option<Diagnostic> {
    // Before 0.28 an empty item was passed over.
    if version < Version::new(0, 28) {
        return None;
    }
    let null = section.get("equal")?.items().iter().find(|item| matches!(item, Value::Null(_)))?;
    Some(Diagnostic::new(&MATCHER, "a label of `equal` has no name").at(null.span(), "this is empty").note(REFUSED))
}

/// A part of the day has a start before its end.
pub(super) fn time_range(section: &Section, _: Version) -> Option<Diagnostic> {
    if section.fields.iter().any(|entry| matches!(entry.value, Value::Broken(_))) {
        return None;
    }
    let (start, end) = match (section.text("start_time"), section.text("end_time")) {
        (Some(start), Some(end)) => (start, end),
        (start, _) => {
            let name = if start.is_some() { "end_time" } else { "start_time" };
            return Some(
                missing(section, format!("`times` needs `{name}`"), format!("`{name}` is missing"))
                    .help(format!("Add `{name}`, such as `09:00`; a day ends at `24:00`.")),
            );
        }
    };
    let error = TimeRange::parse(start.as_str(), end.as_str()).err()?;
    let alone = |text: &Text| TimeRange::parse(text.as_str(), "24:00").is_ok() || text.as_str() == "24:00";
    let wrong = if alone(start) { end } else { start };
    let diagnostic =
        Diagnostic::new(&VALUE, "`times` must be a part of one day").at(wrong.span(), error.message).note(REFUSED);
    Some(if alone(start) && alone(end) { diagnostic.also(start.span(), "the start") } else { diagnostic })
}
