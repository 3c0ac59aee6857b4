//! Conditions on labels in Alertmanager's own notation.

use std::collections::BTreeSet;

use super::ANY_LABEL_NAME;
use super::at;
use crate::artifact::Doc;
use crate::ast::{MatchOperator, Version};
use crate::model::routing::Matcher;

/// A list of conditions, or nothing if one of them cannot be said to the target release: a route that lost a condition would
/// take alerts that are not its own.
pub(super) fn list(matchers: &[Matcher], target: Version) -> Option<Doc> {
    if target < ANY_LABEL_NAME && matchers.iter().any(|matcher| !is_plain(&matcher.label)) {
        return None;
    }
    Some(Doc::list(
        matchers.iter().flat_map(|matcher| conditions(matcher).into_iter().map(|text| at(text, matcher.origin))),
    ))
}

/// The conditions that say what a matcher says: one, or one for each value where none of several may fit.
fn conditions(matcher: &Matcher) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let values: Vec<&str> =
        matcher.values.iter().map(|value| value.value.as_str()).filter(|value| seen.insert(*value)).collect();
    let one = |operator: &str, value: &str| condition(&matcher.label, operator, value);
    match (matcher.operator, values.as_slice()) {
        (MatchOperator::Equal, [value]) => vec![one("=", value)],
        (MatchOperator::Equal, values) => {
            let literals: Vec<String> = values.iter().map(|value| quote_regex(value)).collect();
            vec![one("=~", &literals.join("|"))]
        }
        (MatchOperator::Regex, [value]) => vec![one("=~", value)],
        // Each in brackets of its own, so that flags such as `(?i)` do not reach into the next.
        (MatchOperator::Regex, values) => {
            let parts: Vec<String> = values.iter().map(|value| format!("(?:{value})")).collect();
            vec![one("=~", &parts.join("|"))]
        }
        (MatchOperator::NotEqual, values) => values.iter().map(|value| one("!=", value)).collect(),
        (MatchOperator::NotRegex, values) => values.iter().map(|value| one("!~", value)).collect(),
    }
}

/// One condition as text. The value always stands in quotes: without them the parsers of old and new releases disagree.
fn condition(label: &str, operator: &str, value: &str) -> String {
    if is_plain(label) {
        format!("{label}{operator}{}", quote(value))
    } else {
        format!("{}{operator}{}", quote(label), quote(value))
    }
}

/// Whether every release can read the label name.
pub(super) fn is_plain(label: &str) -> bool {
    !label.starts_with(|c: char| c.is_ascii_digit())
        && !label.is_empty()
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// A regular expression (RE2) that matches this text and nothing else.
fn quote_regex(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\.+*?()|[]{}^$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Field;
    use crate::provenance::{Provenance, Step};

    fn said(operator: MatchOperator, values: &[&str]) -> Vec<String> {
        let origin = Provenance::default().add(Step::Defaulted("a test"));
        let values = values.iter().map(|value| Field::new((*value).to_owned(), origin)).collect();
        conditions(&Matcher { label: "severity".to_owned(), operator, values, origin })
    }

    #[test]
    fn several_values_become_an_alternation_of_literals() {
        assert_eq!(said(MatchOperator::Equal, &["warning", "info"]), [r#"severity=~"warning|info""#]);
        assert_eq!(said(MatchOperator::Equal, &["a.b", "c|d"]), [r#"severity=~"a\\.b|c\\|d""#]);
        assert_eq!(said(MatchOperator::Equal, &["a", "a"]), [r#"severity="a""#]);
    }

    #[test]
    fn none_of_several_becomes_several_conditions() {
        assert_eq!(said(MatchOperator::NotEqual, &["a", "b"]), [r#"severity!="a""#, r#"severity!="b""#]);
        assert_eq!(said(MatchOperator::NotRegex, &["a.*", "b"]), [r#"severity!~"a.*""#, r#"severity!~"b""#]);
    }

    #[test]
    fn a_regex_keeps_its_flags_to_itself() {
        assert_eq!(said(MatchOperator::Regex, &["(?i)a", "b"]), [r#"severity=~"(?:(?i)a)|(?:b)""#]);
    }

    #[test]
    fn values_cannot_end_their_quotes() {
        assert_eq!(said(MatchOperator::Equal, &["a\", b=\"c\\\nd"]), ["severity=\"a\\\", b=\\\"c\\\\\\nd\""]);
    }
}
