//! `alert/no-comparison`: an alert that fires for every series that its query finds, whatever the value.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::check::{Check, Context, Rule};
use crate::diagnostic::{Code, Sink};
use crate::promql::{BinaryOp, Expr, Kind, NodeId};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("alert/no-comparison", "0.1.0", include_str!("no_comparison.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    // What is recorded only where something holds is a condition by itself.
    let mut recorded: BTreeSet<&str> = BTreeSet::new();
    for rule in context.rules.iter().filter(|rule| !rule.alerts) {
        if unconditional(rule.expr, &BTreeSet::new()).is_none() {
            recorded.insert(rule.name);
        }
    }
    for rule in context.alerts() {
        // Both have codes of their own.
        if rule.flow.always.is_some() || rule.flow.never.is_some() {
            continue;
        }
        let Some(Open { range, bool_modifier }) = unconditional(rule.expr, &recorded) else { continue };
        report(rule, &range, bool_modifier, sink);
    }
}

fn report(rule: &Rule<'_>, range: &Range<usize>, bool_modifier: bool, sink: &mut Sink) {
    let diagnostic = rule.finding(&CODE, format!("`{}` fires for every series that its query finds", rule.name));
    sink.push(if bool_modifier {
        diagnostic
            .at(rule.span(range), "gives 0 where the comparison does not hold, and leaves nothing out")
            .note("An alert fires for everything its query returns, also for 0.")
            .help("Remove `bool`, so that the comparison leaves out what does not hold.")
    } else {
        diagnostic
            .at(rule.span(range), "compared with nothing")
            .note("An alert fires for everything its query returns, whatever the value, also for 0.")
            .help("Compare the result with something, such as `> 0`.")
    });
}

/// A part of a query that returns whatever there is.
struct Open {
    range: Range<usize>,
    bool_modifier: bool,
}

/// The first alternative of a query that leaves nothing out.
fn unconditional(expr: &Expr, recorded: &BTreeSet<&str>) -> Option<Open> {
    let mut open = vec![expr.root()];
    while let Some(id) = open.pop() {
        match &expr.node(id).kind {
            Kind::Paren(inner) => open.push(*inner),
            Kind::Binary(binary) if binary.op == BinaryOp::Or => open.extend([binary.right, binary.left]),
            _ => {
                if !conditional(expr, id, recorded) {
                    let bool_modifier = bool_comparison(expr, id);
                    let range = bool_modifier.clone().unwrap_or_else(|| expr.node(id).range.clone());
                    return Some(Open { range, bool_modifier: bool_modifier.is_some() });
                }
            }
        }
    }
    None
}

/// The word `bool` of the comparison that makes the result.
fn bool_comparison(expr: &Expr, id: NodeId) -> Option<Range<usize>> {
    match &expr.node(expr.unwrapped(id)).kind {
        Kind::Binary(binary) => binary.matching.bool_modifier.clone(),
        _ => None,
    }
}

/// Whether something below decides what is returned: a comparison, `absent`, or whether other series are there.
fn conditional(expr: &Expr, id: NodeId, recorded: &BTreeSet<&str>) -> bool {
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        let node = expr.node(id);
        match &node.kind {
            Kind::Binary(binary) => match binary.op {
                BinaryOp::And | BinaryOp::Unless => return true,
                op if op.is_comparison() && binary.matching.bool_modifier.is_none() => return true,
                _ => open.extend([binary.left, binary.right]),
            },
            Kind::Call(call) => match call.function.name {
                "absent" | "absent_over_time" => return true,
                // A number is always there.
                "vector" => return true,
                _ => open.extend(call.arguments.iter().copied()),
            },
            // Series of alerts are there only while they fire.
            Kind::Selector(selector) => {
                let metric = selector.metric();
                let state = |metric: &str| ["_info", "_metadata"].iter().any(|end| metric.ends_with(end));
                // What describes something with labels is picked by its labels.
                let picked = metric.is_some_and(state) && !selector.matchers.is_empty();
                if picked || metric.is_none_or(|metric| metric.starts_with("ALERTS") || recorded.contains(metric)) {
                    return true;
                }
            }
            Kind::Number(_) | Kind::String(_) => {}
            Kind::Subquery(_) | Kind::Aggregate(_) | Kind::Unary(_) | Kind::Paren(_) => {
                open.extend(node.kind.children());
            }
        }
    }
    false
}
