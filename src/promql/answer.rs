//! The machine answer about one query, as one line of JSON: what `alertsmith promql` prints.
//!
//! A query that is accepted gives its type, its labels, and whether it always or never returns something. Labels come in
//! three lists. `possible` is `"any"` where labels that the query does not mention may be there as well; where it is a
//! list, no label outside of `guaranteed` and `possible` can be there. `impossible` names those of the query's own labels
//! that its results never carry.

use super::ast::{Call, Expr, Kind, NodeId};
use super::flow::{Flow, Presence, Reason, flow};
use super::shape::{Operand, shape};
use super::types::ValueType;
use super::version::Target;
use super::{Error, parse};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Answers for one query, with the text of the answer, which has no line break, in the error as well.
pub fn answer(query: &str, target: &Target) -> Result<String, String> {
    match parse(query, target) {
        Ok(expr) => Ok(accepted(&expr, target)),
        Err(errors) => Err(refusal(&errors)),
    }
}

/// The answer where something is wrong.
pub fn refusal(errors: &[Error]) -> String {
    let errors: Vec<String> = errors.iter().map(refused).collect();
    format!("{{\"ok\":false,\"errors\":[{}]}}", errors.join(","))
}

fn refused(error: &Error) -> String {
    let help = error.help.as_ref().map_or_else(String::new, |help| format!(",\"help\":{}", json(help)));
    let (start, end, message) = (error.range.start, error.range.end, json(&error.message));
    format!("{{\"start\":{start},\"end\":{end},\"message\":{message}{help}}}")
}

fn accepted(expr: &Expr, target: &Target) -> String {
    let flow = flow(expr, target);
    let word = match expr.value_type() {
        ValueType::Scalar => "scalar",
        ValueType::String => "string",
        ValueType::InstantVector => "vector",
        ValueType::RangeVector => "matrix",
    };
    let mut text = format!("{{\"ok\":true,\"type\":\"{word}\",{}", labels(expr, &flow));
    for (name, reason) in [("always", &flow.always), ("never", &flow.never)] {
        let _ = write!(text, ",\"{name}\":{}", reason.as_ref().map_or_else(|| "null".to_owned(), because));
    }
    let comparisons: Vec<String> = shape(expr)
        .branches
        .iter()
        .filter_map(|branch| branch.deciding())
        // What `unless` takes away by is no condition of the result.
        .filter(|comparison| !comparison.negated)
        .map(|comparison| {
            let number = match &comparison.operand {
                Operand::Literal(value) | Operand::Constant(value) if value.is_finite() => value.to_string(),
                Operand::Literal(_)
                | Operand::Constant(_)
                | Operand::Placeholder(_)
                | Operand::Scalar
                | Operand::Vector => "null".to_owned(),
            };
            let (start, end) = (comparison.threshold_range.start, comparison.threshold_range.end);
            let op = json(comparison.op.as_str());
            format!("{{\"op\":{op},\"threshold\":{number},\"start\":{start},\"end\":{end}}}")
        })
        .collect();
    let _ = write!(text, ",\"comparisons\":[{}],\"canonical\":{}}}", comparisons.join(","), json(&expr.to_string()));
    text
}

fn because(reason: &Reason) -> String {
    let (start, end) = (reason.range.start, reason.range.end);
    format!("{{\"reason\":{},\"start\":{start},\"end\":{end}}}", json(reason.words()))
}

fn labels(expr: &Expr, flow: &Flow) -> String {
    let mut names = mentioned(expr);
    names.insert("__name__");
    names.extend(flow.labels().named().map(|(name, _)| name));
    let mut lists: BTreeMap<Presence, Vec<String>> = BTreeMap::new();
    let mut values = Vec::new();
    for name in names {
        let carried = flow.label(name);
        lists.entry(carried.presence).or_default().push(json(name));
        if let Some(known) = &carried.values
            && carried.presence != Presence::Impossible
        {
            let known: Vec<String> = known.iter().map(|value| json(value)).collect();
            values.push(format!("{}:[{}]", json(name), known.join(",")));
        }
    }
    let list =
        |presence: Presence| format!("[{}]", lists.get(&presence).map_or_else(String::new, |names| names.join(",")));
    let possible = match flow.labels().rest().presence {
        Presence::Impossible => list(Presence::Possible),
        Presence::Possible | Presence::Guaranteed => "\"any\"".to_owned(),
    };
    format!(
        "\"labels\":{{\"guaranteed\":{},\"possible\":{possible},\"impossible\":{},\"values\":{{{}}}}}",
        list(Presence::Guaranteed),
        list(Presence::Impossible),
        values.join(",")
    )
}

/// Every label name the query writes down.
fn mentioned(expr: &Expr) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for (_, node) in expr.nodes() {
        match &node.kind {
            Kind::Selector(selector) => {
                names.extend(selector.matchers.iter().map(|matcher| matcher.label.name.as_str()));
            }
            Kind::Aggregate(aggregate) => {
                names.extend(aggregate.parameter.and_then(|parameter| text(expr, parameter)));
                names.extend(
                    aggregate.grouping.iter().flat_map(|grouping| &grouping.labels).map(|label| label.name.as_str()),
                );
            }
            Kind::Binary(binary) => {
                let matched = binary.matching.labels.iter().flat_map(|labels| &labels.labels);
                let included = binary.matching.group.iter().flat_map(|group| &group.include);
                names.extend(matched.chain(included).map(|label| label.name.as_str()));
            }
            Kind::Call(call) => names.extend(written(expr, call)),
            Kind::Number(_) | Kind::String(_) | Kind::Subquery(_) | Kind::Unary(_) | Kind::Paren(_) => {}
        }
    }
    names
}

/// The label names among the arguments of a call: those it reads or writes.
fn written<'e>(expr: &'e Expr, call: &'e Call) -> Vec<&'e str> {
    let labels = match call.function.name {
        "label_replace" => call.arguments.get(1).into_iter().chain(call.arguments.get(3)).collect::<Vec<_>>(),
        "label_join" => {
            call.arguments.get(1).into_iter().chain(call.arguments.get(3..).into_iter().flatten()).collect()
        }
        "histogram_quantiles" => call.arguments.get(1).into_iter().collect(),
        "sort_by_label" | "sort_by_label_desc" => call.arguments.iter().skip(1).collect(),
        _ => Vec::new(),
    };
    labels.into_iter().filter_map(|label| text(expr, *label)).filter(|label| !label.is_empty()).collect()
}

/// A string, if its value is known.
fn text(expr: &Expr, id: NodeId) -> Option<&str> {
    match &expr.node(expr.unwrapped(id)).kind {
        Kind::String(text) => text.known(),
        Kind::Number(_)
        | Kind::Selector(_)
        | Kind::Subquery(_)
        | Kind::Call(_)
        | Kind::Aggregate(_)
        | Kind::Unary(_)
        | Kind::Binary(_)
        | Kind::Paren(_) => None,
    }
}

/// A JSON string.
fn json(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            // Line separators would end the line for some readers.
            character if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            character => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_one_line_of_json() {
        for (query, expected) in [
            (
                "sum by (job) (rate(x{job=~\"a|b\",inst!=\"\"}[5m])) > 0.5",
                concat!(
                    r#"{"ok":true,"type":"vector","labels":{"guaranteed":["job"],"possible":[],"impossible":["__name__","inst"],"#,
                    r#""values":{"job":["a","b"]}},"always":null,"never":null,"#,
                    r#""comparisons":[{"op":">","threshold":0.5,"start":50,"end":53}],"#,
                    r#""canonical":"sum by (job) (rate(x{inst!=\"\",job=~\"a|b\"}[5m])) > 0.5"}"#
                ),
            ),
            (
                "1",
                concat!(
                    r#"{"ok":true,"type":"scalar","labels":{"guaranteed":[],"possible":[],"impossible":["__name__"],"values":{}},"#,
                    r#""always":{"reason":"a number is always there and has no labels","start":0,"end":1},"never":null,"#,
                    r#""comparisons":[],"canonical":"1"}"#
                ),
            ),
            (
                "sum(\"a\")\n",
                r#"{"ok":false,"errors":[{"start":4,"end":7,"message":"`sum` aggregates an instant vector, this is a string"}]}"#,
            ),
        ] {
            let (Ok(found) | Err(found)) = answer(query, &Target::default());
            assert_eq!(found, expected);
        }
        let of = |query: &str| answer(query, &Target::default()).unwrap();
        assert!(of("up unless down > 5").contains(r#""comparisons":[],"#));
        assert!(answer("up{a=\"\\n\\u2028\"}", &Target::default()).unwrap().contains(r#"["\n\u2028"]"#));
    }
}
