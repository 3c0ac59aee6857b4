//! `query/rate-of-sum`: `rate` over a sum of counters, which cannot see restarts any more.

use std::collections::BTreeMap;

use crate::check::{Check, Context, Rule};
use crate::diagnostic::{Code, Sink};
use crate::promql::{self, Aggregate, Aggregator, Kind, NodeId};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("query/rate-of-sum", "0.1.0", include_str!("rate_of_sum.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    // Recording rules that keep sums of counters.
    let mut sums: BTreeMap<&str, (&Rule<'_>, &Aggregate)> = BTreeMap::new();
    for rule in context.rules.iter().filter(|rule| !rule.alerts) {
        if let Some(sum) = sum_of_counters(rule, rule.expr.root()) {
            sums.insert(rule.name, (rule, sum));
        }
    }
    for rule in &context.rules {
        for (_, node) in rule.expr.nodes() {
            let Kind::Call(call) = &node.kind else { continue };
            if !matches!(call.function.name, "rate" | "irate" | "increase" | "resets") {
                continue;
            }
            let Some(argument) = call.arguments.first().map(|id| rule.expr.unwrapped(*id)) else { continue };
            let (place, sum) = match &rule.node(argument).kind {
                Kind::Subquery(subquery) => match sum_of_counters(rule, subquery.inner) {
                    Some(sum) => (rule.span(&sum.name), sum),
                    None => continue,
                },
                Kind::Selector(selector) => match selector.metric().and_then(|metric| sums.get(metric)) {
                    Some((other, sum)) => (other.span(&sum.name), *sum),
                    None => continue,
                },
                _ => continue,
            };
            let name = call.function.name;
            sink.push(
                rule.finding(&CODE, format!("`{name}` in {} is over a sum of counters", rule.title()))
                    .at(rule.span(&call.name), "cannot tell a restart of one process from a fall of the sum")
                    .also(place, format!("the `{}` comes first", sum.op.as_str()))
                    .note("When one process restarts, the sum falls a little, and the whole sum is counted as if it were new: a large spike.")
                    .help(format!("The other way round: `sum({name}(…))`.")),
            );
        }
    }
}

/// The aggregation of plain counters that a value is, if it is one.
fn sum_of_counters<'r>(rule: &'r Rule<'_>, id: NodeId) -> Option<&'r Aggregate> {
    let Kind::Aggregate(aggregate) = &rule.node(rule.expr.unwrapped(id)).kind else { return None };
    let Kind::Selector(selector) = &rule.node(rule.expr.unwrapped(aggregate.inner)).kind else { return None };
    let adds = matches!(aggregate.op, Aggregator::Sum | Aggregator::Avg);
    let counter = selector.metric().is_some_and(|metric| promql::is_counter(metric) || promql::is_bucket(metric));
    (adds && counter).then_some(aggregate)
}
