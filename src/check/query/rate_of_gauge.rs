//! `query/rate-of-gauge`: `rate` over something that goes up and down, or `delta` over something that only grows.

use std::collections::BTreeSet;

use crate::ast::check::MetricType;
use crate::check::{Check, Context, Rule};
use crate::diagnostic::{Code, Sink};
use crate::model::Model;
use crate::promql::{self, BinaryOp, Dimension, Kind, Node, NodeId};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("query/rate-of-gauge", "0.1.0", include_str!("rate_of_gauge.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in &context.rules {
        // Whoever cuts off what is negative, or looks for it, knows about restarts.
        let meant: BTreeSet<NodeId> = rule.expr.nodes().filter_map(|(_, node)| meant(rule, node)).collect();
        for (id, node) in rule.expr.nodes() {
            let Kind::Call(call) = &node.kind else { continue };
            let Some(argument) = call.arguments.first().map(|id| rule.expr.unwrapped(*id)) else { continue };
            let Kind::Selector(selector) = &rule.node(argument).kind else { continue };
            let Some(metric) = selector.metric() else { continue };
            match call.function.name {
                "rate" | "irate" | "increase" => {
                    let Some(why) = gauge(context.model, metric) else { continue };
                    let name = call.function.name;
                    sink.push(
                        rule.finding(&CODE, format!("`{name}` in {} is over a gauge, `{metric}`", rule.title()))
                            .at(rule.span(&selector.bare), why)
                            .also(rule.span(&call.name), "takes every fall for a restart and adds to the result")
                            .note("A counter falls only when its process restarts, so `rate` counts from 0 again. For a gauge the result is too high.")
                            .help("For a gauge use `delta`, `deriv` or `max_over_time`."),
                    );
                }
                "delta" | "idelta" | "deriv" if promql::is_counter(metric) && !meant.contains(&id) => {
                    let better = if call.function.name == "deriv" { "rate" } else { "increase" };
                    sink.push(
                        rule.finding(&CODE, format!("`{}` in {} is over a counter, `{metric}`", call.function.name, rule.title()))
                            .at(rule.span(&call.name), "is negative when the counter restarts")
                            .also(rule.span(&selector.bare), "a counter by its name")
                            .note("When the process restarts, the counter starts from 0, and what happened before is taken away.")
                            .help(format!("Use `{better}`, which knows about restarts.")),
                    );
                }
                _ => {}
            }
        }
    }
}

/// The node around which stands something that says what negative numbers mean here.
fn meant(rule: &Rule<'_>, node: &Node) -> Option<NodeId> {
    match &node.kind {
        Kind::Call(call) if call.function.name.starts_with("clamp") || call.function.name == "abs" => {
            call.arguments.first().map(|first| rule.expr.unwrapped(*first))
        }
        Kind::Binary(binary) if matches!(binary.op, BinaryOp::Less | BinaryOp::LessEqual) => {
            Some(rule.expr.unwrapped(binary.left))
        }
        _ => None,
    }
}

/// Why a metric is a gauge, if that is certain.
fn gauge(model: &Model, metric: &str) -> Option<&'static str> {
    let declared = model.checks.values().flat_map(|check| &check.metrics).find(|own| own.name.value == metric);
    if let Some(declared) = declared {
        return (declared.r#type == MetricType::Gauge).then_some("its check declares it as a gauge");
    }
    // Whatever is counted, a total only grows.
    if metric.ends_with("_total") {
        return None;
    }
    let unit = promql::metric_quantity(metric);
    match unit.dimension {
        Dimension::Fraction => Some("a ratio by its name"),
        Dimension::Celsius | Dimension::Fahrenheit | Dimension::Kelvin => Some("a temperature by its name"),
        Dimension::Timestamp => Some("a point in time by its name"),
        _ if metric == "up" || metric.ends_with("_info") => Some("0 or 1"),
        _ => None,
    }
}
