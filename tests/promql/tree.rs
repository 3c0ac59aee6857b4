//! The tree and its byte ranges: against the trees of Prometheus' own table, and against themselves.

use super::expressions::{of_parser_cases, of_rules, probes};
use crate::support::corpus;
use alertsmith::promql::{
    At, Duration, DurationPart, Expr, Extended, Kind, Modifiers, NodeId, Number, Target, flat, parse, pretty,
};
use serde_json::Value;

fn newest() -> Target {
    Target::everything()
}

/// The name of an operator or aggregation as Prometheus' table writes it.
fn constant(word: &str) -> String {
    match word {
        "+" => "ADD",
        "-" => "SUB",
        "*" => "MUL",
        "/" => "DIV",
        "%" => "MOD",
        "^" => "POW",
        "==" => "EQLC",
        "!=" => "NEQ",
        "<" => "LSS",
        "<=" => "LTE",
        ">" => "GTR",
        ">=" => "GTE",
        "and" => "LAND",
        "or" => "LOR",
        "unless" => "LUNLESS",
        other => return other.to_uppercase(),
    }
    .to_owned()
}

/// Panics where node `id` is not what the table's `wanted` says.
fn compare(text: &str, expr: &Expr, id: NodeId, wanted: &Value) {
    let node = expr.node(id);
    let wrong = |what: &str| panic!("{text:?}: {what}: {node:?}\nwanted {wanted}");
    let start = |value: &Value| usize::try_from(value["Start"].as_u64().unwrap()).unwrap();
    let end = |value: &Value| usize::try_from(value["End"].as_u64().unwrap()).unwrap();
    let position = &wanted["PosRange"];
    if position.is_object() && (node.range.start != start(position) || node.range.end != end(position)) {
        wrong("range");
    }
    let number = |value: &Value| match value {
        Value::String(text) => text.replace("Inf", "inf").parse::<f64>().unwrap(),
        value => value.as_f64().unwrap(),
    };
    match (wanted["_type"].as_str().unwrap(), &node.kind) {
        ("NumberLiteral", Kind::Number(Number::Literal(value, duration))) => {
            assert!(
                value.total_cmp(&number(&wanted["Val"])).is_eq() && *duration == (wanted["Duration"] == true),
                "{text:?}"
            );
        }
        ("StringLiteral", Kind::String(string)) => {
            let value = wanted["Val"].as_str().unwrap();
            assert!(
                string.value == value || value.contains('\u{fffd}') || string.known().is_none(),
                "{text:?} {value:?}"
            );
        }
        ("VectorSelector", Kind::Selector(_)) => selector(text, expr, id, wanted),
        ("MatrixSelector", Kind::Selector(found)) => {
            let window = found.window.as_ref().unwrap();
            duration(text, &window.duration, wanted, "Range");
            let inner = &wanted["VectorSelector"];
            assert_eq!(found.bare, start(&inner["PosRange"])..end(&inner["PosRange"]), "{text:?}");
            assert_eq!(node.range.end, usize::try_from(wanted["EndPos"].as_u64().unwrap()).unwrap(), "{text:?}");
            selector(text, expr, id, inner);
        }
        ("SubqueryExpr", Kind::Subquery(found)) => {
            compare(text, expr, found.inner, &wanted["Expr"]);
            duration(text, &found.window, wanted, "Range");
            match &found.step {
                Some(step) => duration(text, step, wanted, "Step"),
                None => assert!(wanted["Step"].is_null(), "{text:?}"),
            }
            modifiers(text, &found.modifiers, wanted);
            assert_eq!(node.range.end, usize::try_from(wanted["EndPos"].as_u64().unwrap()).unwrap(), "{text:?}");
        }
        ("Call", Kind::Call(call)) => {
            let arguments = wanted["Args"].as_array().cloned().unwrap_or_default();
            assert_eq!(arguments.len(), call.arguments.len(), "{text:?}");
            for (argument, wanted) in call.arguments.iter().zip(&arguments) {
                compare(text, expr, *argument, wanted);
            }
        }
        ("AggregateExpr", Kind::Aggregate(aggregate)) => {
            assert_eq!(constant(aggregate.op.as_str()), wanted["Op"].as_str().unwrap(), "{text:?}");
            compare(text, expr, aggregate.inner, &wanted["Expr"]);
            if let Some(parameter) = aggregate.parameter {
                compare(text, expr, parameter, &wanted["Param"]);
            }
            let labels: Vec<&str> = aggregate
                .grouping
                .iter()
                .flat_map(|grouping| grouping.labels.iter().map(|label| label.name.as_str()))
                .collect();
            let expected = wanted["Grouping"].as_array().cloned().unwrap_or_default();
            assert_eq!(labels, expected.iter().map(|label| label.as_str().unwrap()).collect::<Vec<_>>(), "{text:?}");
        }
        ("UnaryExpr", Kind::Unary(unary)) => {
            assert_eq!(unary.negative, wanted["Op"] == "SUB", "{text:?}");
            compare(text, expr, unary.inner, &wanted["Expr"]);
        }
        ("ParenExpr", Kind::Paren(inner)) => compare(text, expr, *inner, &wanted["Expr"]),
        ("BinaryExpr", Kind::Binary(binary)) => {
            assert_eq!(constant(binary.op.as_str()), wanted["Op"].as_str().unwrap(), "{text:?}");
            assert_eq!(binary.matching.bool_modifier.is_some(), wanted["ReturnBool"] == true, "{text:?}");
            compare(text, expr, binary.left, &wanted["LHS"]);
            compare(text, expr, binary.right, &wanted["RHS"]);
            let names = |value: &Value| -> Vec<String> {
                value.as_array().into_iter().flatten().map(|label| label.as_str().unwrap().to_owned()).collect()
            };
            let expected = &wanted["VectorMatching"];
            let labels: Vec<String> = binary
                .matching
                .labels
                .iter()
                .flat_map(|labels| labels.labels.iter().map(|label| label.name.clone()))
                .collect();
            assert_eq!(labels, names(&expected["MatchingLabels"]), "{text:?}");
            assert_eq!(
                binary.matching.labels.as_ref().is_some_and(|labels| labels.on),
                expected["On"] == true,
                "{text:?}"
            );
            let include: Vec<String> = binary
                .matching
                .group
                .iter()
                .flat_map(|group| group.include.iter().map(|label| label.name.clone()))
                .collect();
            assert_eq!(include, names(&expected["Include"]), "{text:?}");
            if let Some(group) = &binary.matching.group {
                let card = if group.left { "CardManyToOne" } else { "CardOneToMany" };
                assert_eq!(expected["Card"], card, "{text:?}");
            }
        }
        _ => wrong("another kind of node"),
    }
}

fn selector(text: &str, expr: &Expr, id: NodeId, wanted: &Value) {
    let Kind::Selector(found) = &expr.node(id).kind else { panic!("{text:?}") };
    let mut matchers: Vec<String> = found
        .matchers
        .iter()
        .map(|matcher| format!("{}{}{}", matcher.label.name, matcher.op.as_str(), matcher.value.value))
        .chain(found.name.iter().map(|name| format!("__name__={}", name.text.value)))
        .collect();
    let mut expected: Vec<String> = wanted["LabelMatchers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|matcher| ["name", "op", "value"].map(|field| matcher[field].as_str().unwrap()).concat())
        .collect();
    matchers.sort();
    expected.sort();
    assert_eq!(matchers, expected, "{text:?}");
    let extended = found.extended.as_ref().map(|(which, _)| *which);
    assert_eq!(extended == Some(Extended::Anchored), wanted["Anchored"] == true, "{text:?}");
    assert_eq!(extended == Some(Extended::Smoothed), wanted["Smoothed"] == true, "{text:?}");
    modifiers(text, &found.modifiers, wanted);
}

fn modifiers(text: &str, found: &Modifiers, wanted: &Value) {
    match &found.offset {
        Some((offset, _)) => duration(text, offset, wanted, "OriginalOffset"),
        None => assert!(wanted["OriginalOffset"].as_f64().unwrap_or(0.0) == 0.0, "{text:?}"),
    }
    match &found.at {
        Some((At::Seconds(seconds), _)) => {
            assert!((wanted["Timestamp"].as_f64().unwrap() - seconds * 1000.0).abs() < 1.0, "{text:?}");
        }
        Some((at, _)) => {
            let word = if *at == At::Start { "START" } else { "END" };
            assert_eq!(wanted["StartOrEnd"], word, "{text:?}");
        }
        None => assert!(wanted["Timestamp"].is_null() && wanted["StartOrEnd"].as_str().is_none(), "{text:?} {wanted}"),
    }
}

/// Compares a duration with the field that holds its value or its expression.
fn duration(text: &str, found: &Duration, wanted: &Value, field: &str) {
    match wanted.get(format!("{field}Expr")) {
        Some(expression) if !expression.is_null() => {
            let mut parts = Vec::new();
            polish(expression, &mut parts);
            let found: Vec<String> = found.parts.iter().map(|part| format!("{part:?}")).collect();
            assert_eq!(found, parts, "{text:?}");
        }
        _ => {
            let nanoseconds = wanted[field].as_f64().unwrap_or(0.0);
            let seconds = found.seconds().unwrap();
            assert!((seconds * 1e9 - nanoseconds).abs() < 1.0, "{text:?}: {seconds} {nanoseconds}");
        }
    }
}

/// Go's duration expression in reverse Polish notation.
fn polish(value: &Value, parts: &mut Vec<String>) {
    if value["_type"] == "NumberLiteral" {
        let part = DurationPart::Seconds(value["Val"].as_f64().unwrap(), value["Duration"] == true);
        return parts.push(format!("{part:?}"));
    }
    for side in ["LHS", "RHS"] {
        if value[side].is_object() {
            polish(&value[side], parts);
        }
    }
    let two = value["LHS"].is_object();
    match value["Op"].as_str().unwrap() {
        "STEP" => parts.push("Step".to_owned()),
        "RANGE" => parts.push("Range".to_owned()),
        "MAX_OF" => parts.push("MaxOf".to_owned()),
        "MIN_OF" => parts.push("MinOf".to_owned()),
        "SUB" if !two => parts.push("Negate".to_owned()),
        "ADD" if !two => {}
        op => {
            let name = [
                ("ADD", "Add"),
                ("SUB", "Subtract"),
                ("MUL", "Multiply"),
                ("DIV", "Divide"),
                ("MOD", "Modulo"),
                ("POW", "Power"),
            ];
            parts.push(format!("Apply({})", name.iter().find(|(constant, _)| *constant == op).unwrap().1));
        }
    }
    if value["Wrapped"] == true {
        parts.push("Paren".to_owned());
    }
}

#[test]
fn trees_are_those_of_prometheus() {
    let Some(table) = corpus::table("promql-parse/parse_test.json") else { return };
    let mut compared = 0;
    for case in table["cases"].as_array().unwrap() {
        if case["ok"] == true && case["ast"].is_object() {
            let text = case["input"].as_str().unwrap();
            let expr = parse(text, &newest()).unwrap();
            compare(text, &expr, expr.root(), &case["ast"]);
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared}");
}

/// Every query that is accepted, from all sources.
fn accepted() -> Vec<(String, Expr)> {
    let mut texts = of_rules(&["rules-real", "rules-real-crd", "rules-upstream", "rules-thanos"]);
    texts.extend(of_parser_cases());
    texts.extend(probes());
    texts.into_iter().filter_map(|text| parse(&text, &newest()).ok().map(|expr| (text, expr))).collect()
}

#[test]
fn the_slice_at_a_nodes_range_is_that_node() {
    for (text, expr) in accepted() {
        for (id, node) in expr.nodes() {
            let slice = &text[node.range.clone()];
            let selects_labels = matches!(&node.kind, Kind::Selector(selector) if selector.selects_labels);
            if selects_labels {
                continue;
            }
            let again = parse(slice, &newest()).unwrap_or_else(|errors| panic!("{slice:?} of {text:?}: {errors:?}"));
            assert_eq!(again.to_string(), flat(&expr, id), "{slice:?} of {text:?}");
            if let Kind::Selector(selector) = &node.kind {
                for matcher in &selector.matchers {
                    let slice = &text[matcher.range()];
                    let alone = format!("x{{{slice}}}");
                    if matcher.label.range != matcher.op_range && matcher.label.name != "__name__" {
                        let again = parse(&alone, &newest()).unwrap();
                        let first = again.selectors().next().unwrap();
                        assert_eq!(
                            (&first.matchers[0].label.name, &first.matchers[0].value.value),
                            (&matcher.label.name, &matcher.value.value)
                        );
                        assert_eq!(&text[matcher.op_range.clone()], matcher.op.as_str());
                    }
                }
            }
            if let Kind::Binary(binary) = &node.kind {
                assert_eq!(text[binary.op_range.clone()].to_lowercase(), binary.op.as_str());
            }
        }
    }
}

#[test]
fn children_come_before_parents_and_lie_within_them() {
    for (text, expr) in accepted() {
        for (id, node) in expr.nodes() {
            for child in node.kind.children() {
                let inner = &expr.node(child).range;
                assert!(child < id && node.range.start <= inner.start && inner.end <= node.range.end, "{text:?}");
            }
        }
    }
}

#[test]
fn what_is_printed_parses_to_the_same() {
    for (text, expr) in accepted() {
        // Prometheus' own form is no better here: it reads on behind the parenthesis that then comes last.
        if text.contains("offset +(") || text.contains("offset (5m) @") {
            continue;
        }
        let printed = expr.to_string();
        let again = parse(&printed, &newest()).unwrap_or_else(|errors| panic!("{printed:?} of {text:?}: {errors:?}"));
        assert_eq!(again.to_string(), printed, "{text:?}");
        assert_eq!(again.nodes().count(), expr.nodes().count(), "{text:?}");
        for width in [10, 60] {
            let broken = pretty(&expr, width);
            let again = parse(&broken, &newest()).unwrap_or_else(|errors| panic!("{broken:?} of {text:?}: {errors:?}"));
            assert_eq!(again.to_string(), printed, "{text:?}");
        }
    }
}
