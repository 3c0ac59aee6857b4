//! `query/counter`: an alert that compares a counter itself instead of how fast it grows.

use crate::check::{Check, Context, Rule};
use crate::diagnostic::{Code, Sink};
use crate::promql::{self, Aggregator, BinaryOp, Kind, NodeId, Operand, Selector, ValueType};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("query/counter", "0.1.0", include_str!("counter.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in context.alerts() {
        for comparison in rule.shape.branches.iter().filter_map(|branch| branch.deciding()) {
            let grows = matches!(comparison.op, BinaryOp::Greater | BinaryOp::GreaterEqual | BinaryOp::NotEqual);
            if !grows || comparison.negated || comparison.bool_modifier || comparison.operand == Operand::Vector {
                continue;
            }
            let Some((metric, selector)) = counter(rule, comparison.value) else { continue };
            sink.push(
                rule.finding(&CODE, format!("`{}` compares the counter `{metric}` itself", rule.name))
                    .at(rule.span(&selector.bare), "only grows until its process restarts")
                    .also(rule.span(&comparison.range), "once true, it stays true")
                    .note(
                        "A counter says how often something has happened since its process started, whenever that was.",
                    )
                    .help(format!(
                        "Ask how much it has grown: `increase({metric}[15m])`, or `rate(…)` for each second."
                    )),
            );
        }
    }
}

/// The counter that a value is, through whatever leaves a counter a counter.
fn counter<'r>(rule: &'r Rule<'_>, id: NodeId) -> Option<(&'r str, &'r Selector)> {
    let mut id = id;
    loop {
        match &rule.node(id).kind {
            Kind::Paren(inner) => id = *inner,
            Kind::Aggregate(aggregate) => match aggregate.op {
                Aggregator::Sum
                | Aggregator::Avg
                | Aggregator::Min
                | Aggregator::Max
                | Aggregator::Topk
                | Aggregator::Bottomk
                | Aggregator::Quantile
                | Aggregator::Limitk
                | Aggregator::LimitRatio => id = aggregate.inner,
                Aggregator::Count
                | Aggregator::Group
                | Aggregator::Stddev
                | Aggregator::Stdvar
                | Aggregator::CountValues => return None,
            },
            Kind::Selector(selector) if selector.window.is_none() => {
                return selector
                    .metric()
                    .filter(|metric| promql::is_counter(metric))
                    .map(|metric| (metric, &**selector));
            }
            Kind::Binary(binary) if matches!(binary.op, BinaryOp::Multiply | BinaryOp::Divide) => {
                if rule.node(binary.right).value_type != ValueType::Scalar {
                    return None;
                }
                id = binary.left;
            }
            Kind::Number(_)
            | Kind::String(_)
            | Kind::Selector(_)
            | Kind::Subquery(_)
            | Kind::Call(_)
            | Kind::Unary(_)
            | Kind::Binary(_) => return None,
        }
    }
}
