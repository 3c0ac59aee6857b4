//! `query/impossible-comparison`: a comparison that no value can fulfil.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::check::{Check, Context, Rule};
use crate::diagnostic::{Code, Level, Sink};
use crate::promql::{self, BinaryOp, Bounds, Kind, NodeId, Trust, format_number};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("query/impossible-comparison", "0.1.0", include_str!("impossible_comparison.md"));

/// A comparison that never holds.
struct Impossible {
    node: NodeId,
    /// The side that is not what it is compared with.
    value: NodeId,
    bounds: Bounds,
    op: BinaryOp,
    /// The operator with what the value is compared with.
    place: Range<usize>,
}

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in &context.rules {
        // What can never return anything is reported by its own code.
        if rule.flow.never.is_some() {
            continue;
        }
        let mut thresholds: Vec<Option<f64>> =
            rule.instances.iter().map(|instance| instance.threshold.and_then(|set| set.value.parse().ok())).collect();
        thresholds.dedup();
        let mut reported: BTreeSet<NodeId> = BTreeSet::new();
        for threshold in thresholds {
            for (trust, level) in [(Trust::Nothing, CODE.level), (Trust::Conventions, Level::Warning)] {
                for found in impossible(rule, trust, threshold) {
                    if reported.insert(found.node) {
                        report(rule, &found, level, sink);
                    }
                }
            }
        }
    }
}

fn impossible(rule: &Rule<'_>, trust: Trust, threshold: Option<f64>) -> Vec<Impossible> {
    let bounds = promql::bounds(rule.expr, trust, &|name| threshold.filter(|_| name == "threshold"));
    let at = |id: NodeId| bounds.get(id.index()).copied().unwrap_or(Bounds::ALL);
    let compared = rule.expr.nodes().filter_map(|(node, what)| match &what.kind {
        Kind::Binary(binary) if binary.op.is_comparison() && binary.matching.bool_modifier.is_none() => {
            let (left, right) = (at(binary.left), at(binary.right));
            // One that is empty already has its own finding.
            let never = !left.is_empty() && !right.is_empty() && left.never(binary.op, right);
            let flipped = matches!(rule.node(rule.expr.unwrapped(binary.left)).kind, Kind::Number(_));
            let value = if flipped { binary.right } else { binary.left };
            let place =
                if flipped { what.range.start..binary.op_range.end } else { binary.op_range.start..what.range.end };
            never.then(|| Impossible { node, value, bounds: at(value), op: binary.op, place })
        }
        _ => None,
    });
    compared.collect()
}

fn report(rule: &Rule<'_>, found: &Impossible, level: Level, sink: &mut Sink) {
    let all =
        rule.shape.branches.iter().all(|branch| {
            branch.comparisons.iter().any(|one| one.range == rule.node(found.node).range && !one.negated)
        });
    let headline = if all && rule.alerts {
        format!("`{}` can never fire: its comparison never holds", rule.name)
    } else {
        format!("a comparison of {} never holds", rule.title())
    };
    let value = rule.node(rule.expr.unwrapped(found.value));
    let (what, nothing) = match &value.kind {
        Kind::Call(call) => (format!("`{}`", call.function.name), matches!(call.function.name, "count_over_time")),
        Kind::Aggregate(aggregate) => {
            (format!("`{}`", aggregate.op.as_str()), aggregate.op == promql::Aggregator::Count)
        }
        _ => ("this".to_owned(), false),
    };
    let mut diagnostic = rule
        .finding(&CODE, headline)
        .at(rule.span(&found.place), "never true")
        .also(rule.span(&value.range), format!("{what} is {}", words(found.bounds)));
    diagnostic.level = diagnostic.level.max(level);
    let below = matches!(found.op, BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Equal);
    sink.push(if nothing && below {
        diagnostic
            .note("Counting nothing gives nothing, not 0: where there is no series, there is nothing to compare.")
            .help(
                "Ask with `absent(…)` whether there is none, or give nothing a number: `(count(…) or vector(0)) == 0`.",
            )
    } else if level == Level::Warning {
        diagnostic
            .note("By the names of the metrics, no value of this is on the other side of the number.")
            .help("Look at the unit and the direction: a ratio goes to 1, a percentage to 100.")
    } else {
        diagnostic
            .note("Prometheus loads such a rule without a word, and it returns nothing.")
            .help("Change the number or the direction of the comparison.")
    });
}

/// An interval in words, behind "it is".
fn words(bounds: Bounds) -> String {
    let Bounds { low, high } = bounds;
    if low.is_finite() && high.is_finite() {
        if high - low <= low.abs() * 1e-6 {
            format!("always {}", format_number(rounded(low)))
        } else {
            format!("between {} and {}", format_number(rounded(low)), format_number(rounded(high)))
        }
    } else if low.is_finite() {
        format!("never less than {}", format_number(rounded(low)))
    } else if high.is_finite() {
        format!("never more than {}", format_number(rounded(high)))
    } else {
        "any number".to_owned()
    }
}

/// Without the little that bounds are widened by.
fn rounded(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}
