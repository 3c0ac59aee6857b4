//! What Prometheus loads without a word and then fails on at every evaluation.
//!
//! These mistakes are in constants, so they are known beforehand; they are no errors of the parser, since a rule file with
//! them passes every check that Prometheus' own tools make.

use super::ast::{Call, Expr, Extended, Kind, Node, NodeId, Number, Text};
use super::error::Error;
use super::function::Aggregator;
use super::literal::is_plain_label_name;
use super::regex::Pattern;
use super::types::ValueType;
use super::version::{Target, Version};

/// Functions that can take an `anchored` range.
const ANCHORED: [&str; 5] = ["changes", "delta", "increase", "rate", "resets"];

/// Functions that can take a `smoothed` range.
const SMOOTHED: [&str; 3] = ["delta", "increase", "rate"];

/// Finds everything in `expr` that makes each evaluation by a Prometheus like `target` fail, in order of place. The type
/// of the whole query counts: a rule can only be a scalar or an instant vector.
pub fn pitfalls(expr: &Expr, target: &Target) -> Vec<Error> {
    let mut found = Vec::new();
    let root = expr.node(expr.root());
    if !matches!(root.value_type, ValueType::Scalar | ValueType::InstantVector) {
        let message = format!("a rule needs an instant vector or a scalar, this is a {}", root.value_type);
        found.push(Error::new(root.range.clone(), message));
    }
    for (_, node) in expr.nodes() {
        match &node.kind {
            Kind::Call(call) => {
                labels(expr, call, target, &mut found);
                ranges(expr, call, &mut found);
                smoothing(expr, call, &mut found);
            }
            Kind::Aggregate(aggregate) if aggregate.op == Aggregator::CountValues => {
                if let Some(label) = aggregate.parameter.and_then(|parameter| text(expr, parameter)) {
                    found.extend(bad_label(label, target));
                }
            }
            Kind::Number(_)
            | Kind::String(_)
            | Kind::Selector(_)
            | Kind::Subquery(_)
            | Kind::Aggregate(_)
            | Kind::Unary(_)
            | Kind::Binary(_)
            | Kind::Paren(_) => {}
        }
    }
    found.sort_by_key(|error| error.range.start);
    found
}

fn text(expr: &Expr, id: NodeId) -> Option<&Text> {
    match &expr.node(expr.unwrapped(id)).kind {
        Kind::String(text) => Some(text),
        _ => None,
    }
}

/// Label names and the regular expression of `label_replace` and `label_join`.
fn labels(expr: &Expr, call: &Call, target: &Target, found: &mut Vec<Error>) {
    let argument = |index: usize| call.arguments.get(index).and_then(|argument| text(expr, *argument));
    match call.function.name {
        "label_replace" => {
            if let Some(pattern) = argument(4)
                && let Some(value) = pattern.known()
                && let Err(why) = Pattern::parse(value)
            {
                let message = format!("this regular expression is not valid: {why}");
                found.push(Error::new(pattern.range.clone(), message));
            }
            found.extend(argument(1).and_then(|label| bad_label(label, target)));
        }
        "label_join" => {
            found.extend(argument(1).and_then(|label| bad_label(label, target)));
            found.extend((3..call.arguments.len()).filter_map(argument).filter_map(|label| bad_label(label, target)));
        }
        _ => {}
    }
}

/// Before 3.0 label names were letters, digits and underscores; since then they only must not be empty.
fn bad_label(label: &Text, target: &Target) -> Option<Error> {
    let name = label.known()?;
    let good = if target.prometheus >= Version::new(3, 0) { !name.is_empty() } else { is_plain_label_name(name) };
    (!good).then(|| Error::new(label.range.clone(), format!("{name:?} cannot be the name of a label")))
}

/// `anchored` and `smoothed` under functions that do not know them.
fn ranges(expr: &Expr, call: &Call, found: &mut Vec<Error>) {
    for argument in &call.arguments {
        let Node { kind: Kind::Selector(selector), .. } = expr.node(expr.unwrapped(*argument)) else { continue };
        let Some((extended, range)) = &selector.extended else { continue };
        let (word, functions) = match extended {
            Extended::Anchored => ("anchored", &ANCHORED[..]),
            Extended::Smoothed => ("smoothed", &SMOOTHED[..]),
        };
        if selector.window.is_some() && !functions.contains(&call.function.name) {
            let message =
                format!("`{}` does not know `{word}`, only these do: {}", call.function.name, functions.join(", "));
            found.push(Error::new(range.clone(), message));
        }
    }
}

/// The factors of double exponential smoothing lie between 0 and 1.
fn smoothing(expr: &Expr, call: &Call, found: &mut Vec<Error>) {
    if !matches!(call.function.name, "holt_winters" | "double_exponential_smoothing") {
        return;
    }
    for argument in call.arguments.iter().skip(1) {
        let node = expr.node(expr.unwrapped(*argument));
        if let Kind::Number(Number::Literal(value, _)) = node.kind
            && (value <= 0.0 || value >= 1.0)
        {
            found.push(Error::new(node.range.clone(), format!("the factor must lie between 0 and 1, this is {value}")));
        }
    }
}
