//! Conditions on labels in Alertmanager's own notation.

use std::collections::BTreeSet;

use super::ANY_LABEL_NAME;
use super::at;
use crate::artifact::Doc;
use crate::ast::{MatchOperator, Version};
use crate::model::routing::Matcher;
use crate::routing::{self, Operator};

/// A list of conditions, or nothing if one of them cannot be said to the target release: a route that lost a condition would
/// take alerts that are not its own.
pub(super) fn list(matchers: &[Matcher], target: Version) -> Option<Doc> {
    if target < ANY_LABEL_NAME && matchers.iter().any(|matcher| !is_plain(&matcher.label)) {
        return None;
    }
    let texts = matchers.iter().flat_map(|matcher| conditions(matcher).into_iter().zip(std::iter::repeat(matcher)));
    Some(Doc::list(
        texts.map(|((operator, value), matcher)| {
            at(condition(&matcher.label, operator.as_str(), &value), matcher.origin)
        }),
    ))
}

/// The same conditions as [`list`], to decide by; nothing also where Alertmanager would refuse one of them.
pub(super) fn deciding(matchers: &[Matcher], target: Version) -> Option<Vec<routing::Matcher>> {
    list(matchers, target)?;
    let conditions =
        matchers.iter().flat_map(|matcher| conditions(matcher).into_iter().zip(std::iter::repeat(matcher)));
    conditions.map(|((operator, value), matcher)| routing::Matcher::new(&matcher.label, operator, value).ok()).collect()
}

/// The conditions that say what a matcher says, as operator and value: one, or one for each value where none of several may
/// fit.
fn conditions(matcher: &Matcher) -> Vec<(Operator, String)> {
    let mut seen = BTreeSet::new();
    let values: Vec<&str> =
        matcher.values.iter().map(|value| value.value.as_str()).filter(|value| seen.insert(*value)).collect();
    let each = |operator: Operator| values.iter().map(|value| (operator, (*value).to_owned())).collect();
    let any = |parts: Vec<String>| vec![(Operator::Matches, parts.join("|"))];
    match (matcher.operator, values.len()) {
        (MatchOperator::Equal, 1) => each(Operator::Equal),
        (MatchOperator::Equal, _) => any(values.iter().map(|value| quote_regex(value)).collect()),
        (MatchOperator::Regex, 1) => each(Operator::Matches),
        // Each in brackets of its own, so that flags such as `(?i)` do not reach into the next.
        (MatchOperator::Regex, _) => any(values.iter().map(|value| format!("(?:{value})")).collect()),
        (MatchOperator::NotEqual, _) => each(Operator::NotEqual),
        (MatchOperator::NotRegex, _) => each(Operator::NotMatches),
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
        let matcher = Matcher { label: "severity".to_owned(), operator, values, origin };
        conditions(&matcher)
            .into_iter()
            .map(|(operator, value)| condition(&matcher.label, operator.as_str(), &value))
            .collect()
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
