//! Parameters in a query: `${name}` tokens and how values take their place.
//!
//! A parameter is a token of the grammar, never pasted text. The parser notes for each one what stands in its place (a
//! number, a duration, a name, a part of a string), and [`substitute`] writes the value in that place's own syntax:
//! quoted, escaped, or in parentheses where a sign would bind wrongly.

use super::ast::{Expr, Kind, MatchOp};
use super::edit::Edit;
use super::error::Error;
use super::literal::{
    as_seconds, escape_into, format_duration, format_number, is_plain_label_name, is_plain_metric_name, quote,
};
use super::parser::is_reserved;
use super::regex::Pattern;
use super::version::{Target, Version};
use std::collections::BTreeMap;
use std::ops::Range;

/// What a parameter is, as declared by whoever wrote the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParamKind {
    /// A number.
    Number,
    /// A length of time.
    Duration,
    /// A string; within a regular expression it stands for exactly itself.
    String,
    /// A regular expression, for use in `=~` and `!~`.
    Regex,
    /// The name of a metric.
    MetricName,
    /// The name of a label.
    LabelName,
}

impl ParamKind {
    /// The kind in words, with its article.
    pub const fn as_str(self) -> &'static str {
        match self {
            ParamKind::Number => "a number",
            ParamKind::Duration => "a duration",
            ParamKind::String => "a string",
            ParamKind::Regex => "a regular expression",
            ParamKind::MetricName => "a metric name",
            ParamKind::LabelName => "a label name",
        }
    }
}

/// A `${name}` in a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placeholder {
    /// The name between the braces.
    pub name: String,
    /// Its declared kind.
    pub kind: ParamKind,
    /// The bytes from `$` to `}`.
    pub range: Range<usize>,
    /// What stands in its place.
    pub place: Place,
}

/// What a placeholder stands for in the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A number operand. The flag says whether a negative number needs parentheses: the base of a power.
    Number {
        /// Whether the place is directly left of `^`.
        base: bool,
    },
    /// A window, step or offset, or part of one.
    Duration,
    /// The time after `@`.
    Time,
    /// A whole string.
    String {
        /// Whether it is the value of `=~` or `!~`.
        regex: bool,
    },
    /// Part of a quoted string.
    InString {
        /// The quote character.
        quote: char,
        /// Whether it is the value of `=~` or `!~`.
        regex: bool,
    },
    /// The name in front of the braces of a selector.
    MetricName,
    /// The label of a matcher or in a list of labels.
    LabelName,
}

/// A value for a parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// For [`ParamKind::Number`].
    Number(f64),
    /// For [`ParamKind::Duration`], in milliseconds.
    Duration(u64),
    /// For all other kinds.
    Text(String),
}

/// The edits that put `values` in the places of the placeholders of `expr`, which was parsed from `text`.
///
/// Errors point at the placeholder: a value is missing, is of the wrong kind, or cannot be written at that place for
/// `target`.
pub fn substitute(expr: &Expr, values: &BTreeMap<String, Value>, target: &Target) -> Result<Vec<Edit>, Vec<Error>> {
    let mut edits = Vec::new();
    let mut errors = Vec::new();
    for placeholder in &expr.placeholders {
        let Some(value) = values.get(&placeholder.name) else {
            let message = format!("the parameter `{}` has no value", placeholder.name);
            errors.push(Error::new(placeholder.range.clone(), message));
            continue;
        };
        let written = match placeholder.place {
            Place::MetricName => metric_edits(expr, placeholder, value, target).map(|more| edits.extend(more)),
            _ => write(placeholder, value, target)
                .map(|text| edits.push(Edit { range: placeholder.range.clone(), text })),
        };
        if let Err(why) = written {
            errors.push(Error::new(placeholder.range.clone(), format!("the parameter `{}` {why}", placeholder.name)));
        }
    }
    edits.sort_by_key(|edit| edit.range.start);
    if errors.is_empty() { Ok(edits) } else { Err(errors) }
}

/// The text of a value at its place, or what is wrong with it there, in words that follow "the parameter `x`".
fn write(placeholder: &Placeholder, value: &Value, target: &Target) -> Result<String, String> {
    if let (ParamKind::Regex, Value::Text(pattern)) = (placeholder.kind, value)
        && let Err(why) = Pattern::parse(pattern)
    {
        return Err(format!("is no regular expression: {why}"));
    }
    let plain_numbers = target.prometheus >= Version::new(2, 54);
    match (placeholder.place, value) {
        (Place::Number { base }, Value::Number(number)) => {
            let text = format_number(*number);
            Ok(if base && text.starts_with(['-', '+']) { format!("({text})") } else { text })
        }
        (Place::Number { .. } | Place::Time, Value::Duration(milliseconds)) => {
            Ok(format_number(as_seconds(*milliseconds)))
        }
        (Place::Time, Value::Number(number)) if number.is_finite() => Ok(format_number(*number)),
        (Place::Duration, Value::Duration(0)) => Err("is 0s, a duration is positive".to_owned()),
        (Place::Duration, Value::Duration(milliseconds)) => Ok(format_duration(*milliseconds)),
        (Place::Duration, Value::Number(number)) if *number > 0.0 && number.is_finite() => {
            let milliseconds = number * 1000.0;
            if plain_numbers {
                Ok(format_number(*number))
            } else if milliseconds.fract() == 0.0 && milliseconds < 9e15 {
                #[expect(clippy::cast_sign_loss, reason = "positive by the guard above")]
                Ok(format_duration(milliseconds as u64))
            } else {
                Err(format!("is {number} seconds, which is no whole number of milliseconds"))
            }
        }
        (Place::Duration, Value::Number(number)) => Err(format!("is {number}, a duration is positive")),
        (Place::String { regex }, value) => Ok(quote(&in_string(placeholder.kind, value, regex, true))),
        (Place::InString { quote, regex }, value) => {
            let value = in_string(placeholder.kind, value, regex, false);
            if quote == '`' {
                return if value.contains('`') {
                    Err("contains a backtick, which a raw string cannot hold; use double quotes here".to_owned())
                } else {
                    Ok(value)
                };
            }
            let mut text = String::new();
            escape_into(&mut text, &value, quote);
            Ok(text)
        }
        (Place::LabelName | Place::MetricName, Value::Text(name)) if is_plain_label_name(name) => Ok(name.clone()),
        (Place::LabelName | Place::MetricName, Value::Text(name)) => {
            if name.is_empty() {
                Err("is empty, a label needs a name".to_owned())
            } else if target.prometheus < Version::new(3, 0) {
                Err(format!("is {name:?}, and Prometheus {} has no quoted label names", target.prometheus))
            } else {
                Ok(quote(name))
            }
        }
        (Place::Time, Value::Number(number)) => Err(format!("is {number}, which is no time")),
        (Place::Number { .. } | Place::Time, Value::Text(_)) => Err("is a text, a number is needed here".to_owned()),
        (Place::Duration, Value::Text(_)) => Err("is a text, a duration is needed here".to_owned()),
        (Place::LabelName | Place::MetricName, _) => Err("is a number, a name is needed here".to_owned()),
    }
}

/// The value as part of a string, or as the `whole` of it.
fn in_string(kind: ParamKind, value: &Value, regex: bool, whole: bool) -> String {
    match value {
        Value::Number(number) => format_number(*number),
        Value::Duration(milliseconds) => format_duration(*milliseconds),
        Value::Text(text) if regex && kind != ParamKind::Regex => escape_regex(text),
        Value::Text(text) if regex && whole => text.clone(),
        Value::Text(text) if regex => format!("(?:{text})"),
        Value::Text(text) => text.clone(),
    }
}

/// `text` as a regular expression that matches exactly it.
pub fn escape_regex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if r"\.+*?()|[]{}^$".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// A name that cannot stand in front of the braces moves into them.
fn metric_edits(expr: &Expr, placeholder: &Placeholder, value: &Value, target: &Target) -> Result<Vec<Edit>, String> {
    let Value::Text(name) = value else { return Err("is a number, a metric name is needed here".to_owned()) };
    if name.is_empty() {
        return Err("is empty, a metric needs a name".to_owned());
    }
    let range = placeholder.range.clone();
    if is_plain_metric_name(name) && !is_reserved(name) {
        return Ok(vec![Edit { range, text: name.clone() }]);
    }
    if !is_plain_metric_name(name) && target.prometheus < Version::new(3, 0) {
        return Err(format!("is {name:?}, and Prometheus {} has no quoted metric names", target.prometheus));
    }
    let matcher = format!("__name__={}", quote(name));
    let selector = expr.selectors().find(|selector| selector.bare.start == range.start);
    let edits = match selector.and_then(|selector| selector.braces.clone().map(|braces| (selector, braces))) {
        Some((selector, braces)) => {
            let comma = if selector.matchers.is_empty() { "" } else { "," };
            let inside = braces.start + 1;
            vec![Edit { range, text: String::new() }, Edit { range: inside..inside, text: format!("{matcher}{comma}") }]
        }
        None => vec![Edit { range, text: format!("{{{matcher}}}") }],
    };
    Ok(edits)
}

/// Marks the places in front of `^`, once the tree is known.
pub(super) fn mark_bases(expr: &mut Expr) {
    if expr.placeholders.is_empty() {
        return;
    }
    let mut bases: Vec<Range<usize>> = Vec::new();
    for node in &expr.nodes {
        if let Kind::Binary(binary) = &node.kind
            && binary.op == super::ast::BinaryOp::Power
        {
            bases.push(expr.node(binary.left).range.clone());
        }
    }
    bases.sort_by_key(|range| range.start);
    for placeholder in &mut expr.placeholders {
        if let Place::Number { base } = &mut placeholder.place {
            *base = bases
                .binary_search_by_key(&placeholder.range.start, |range| range.start)
                .is_ok_and(|place| bases.get(place).is_some_and(|range| *range == placeholder.range));
        }
    }
}

/// Whether a matcher's value is a regular expression.
pub(super) fn is_regex(op: MatchOp) -> bool {
    matches!(op, MatchOp::Regex | MatchOp::NotRegex)
}
