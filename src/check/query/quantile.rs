//! `query/quantile`: a quantile that is not between 0 and 1.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};
use crate::promql::{self, Aggregator, Bounds, Kind, Trust, format_number};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("query/quantile", "0.1.0", include_str!("quantile.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in &context.rules {
        let mut bounds: Option<Vec<Bounds>> = None;
        for (_, node) in rule.expr.nodes() {
            let (name, quantile) = match &node.kind {
                Kind::Call(call) if matches!(call.function.name, "histogram_quantile" | "quantile_over_time") => {
                    (call.function.name, call.arguments.first().copied())
                }
                Kind::Aggregate(aggregate) if aggregate.op == Aggregator::Quantile => ("quantile", aggregate.parameter),
                _ => continue,
            };
            let Some(id) = quantile else { continue };
            let all = bounds.get_or_insert_with(|| promql::bounds(rule.expr, Trust::Nothing, &|_| None));
            let Some(Bounds { low, high }) = all.get(id.index()).copied() else { continue };
            let (infinite, percent) = if low > 1.0 {
                ("infinity", low <= 100.0)
            } else if high < 0.0 {
                ("minus infinity", false)
            } else {
                continue;
            };
            let diagnostic = rule
                .finding(&CODE, format!("`{name}` of {} is always {infinite}", rule.title()))
                .at(rule.span(&rule.node(id).range), "must lie between 0 and 1")
                .note("Prometheus does not refuse a quantile outside of 0 to 1; it answers with infinity for every series.");
            sink.push(if percent && low.to_bits() == high.to_bits() {
                diagnostic.help(format!(
                    "For the {}th percentile write `{}`.",
                    format_number(low),
                    format_number(low / 100.0)
                ))
            } else {
                diagnostic.help("Write a number between 0 and 1, such as `0.99`.")
            });
        }
    }
}
