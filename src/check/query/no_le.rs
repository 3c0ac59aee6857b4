//! `query/no-le`: a quantile of a histogram whose bucket bounds were aggregated away.

use crate::check::{Check, Context, Rule};
use crate::diagnostic::{Code, Sink};
use crate::promql::{self, Aggregate, Kind, NodeId};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("query/no-le", "0.1.0", include_str!("no_le.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in &context.rules {
        for (_, node) in rule.expr.nodes() {
            let Kind::Call(call) = &node.kind else { continue };
            if call.function.name != "histogram_quantile" {
                continue;
            }
            let Some(lost) = call.arguments.get(1).and_then(|buckets| without_bounds(rule, *buckets)) else { continue };
            let range = lost.grouping.as_ref().map_or(&lost.name, |grouping| &grouping.range);
            sink.push(
                rule.finding(&CODE, format!("the quantile of {} has no buckets to look at", rule.title()))
                    .at(rule.span(range), "drops the label `le`")
                    .also(
                        rule.span(&call.name),
                        "reads the bounds of the buckets from `le`, and returns nothing without",
                    )
                    .note("Prometheus loads such a rule without a word; the quantile is never there.")
                    .help("Keep the bounds: `sum by (le, …) (…)`."),
            );
        }
    }
}

/// The aggregation that drops the bounds, if all that it reads are buckets of classic histograms.
fn without_bounds<'r>(rule: &'r Rule<'_>, id: NodeId) -> Option<&'r Aggregate> {
    let Kind::Aggregate(aggregate) = &rule.node(rule.expr.unwrapped(id)).kind else { return None };
    let names = |le: bool| {
        aggregate
            .grouping
            .as_ref()
            .filter(|grouping| !grouping.labels.iter().any(|label| label.open))
            .map_or(aggregate.grouping.is_none() && !le, |grouping| {
                grouping.without == grouping.labels.iter().any(|label| label.name == "le")
            })
    };
    let range = &rule.node(aggregate.inner).range;
    let mut read =
        rule.expr.selectors().filter(|selector| range.start <= selector.bare.start && selector.bare.end <= range.end);
    let classic = read.all(|selector| selector.metric().is_some_and(promql::is_bucket));
    (!aggregate.op.selects() && names(false) && classic).then_some(aggregate)
}
