//! `alert/never-fires`: a query that can return nothing, whatever the data.

use std::ops::Range;

use crate::check::{Check, Context, Rule};
use crate::diagnostic::{Code, Sink};
use crate::promql::{Aggregator, Kind};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("alert/never-fires", "0.1.0", include_str!("never_fires.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in context.alerts() {
        let Some(reason) = &rule.flow.never else { continue };
        let diagnostic = rule
            .finding(&CODE, format!("`{}` can never fire", rule.name))
            .at(rule.span(&reason.range), reason.words())
            .note("Whatever the data, the query returns nothing. Prometheus loads such a rule without a word.");
        sink.push(if counts(rule, &reason.range) {
            diagnostic
                .note("Counting nothing gives nothing, not 0: where there is no series, there is nothing to compare.")
                .help("Ask with `absent(…)` whether there is none, or give nothing a number: `(count(…) or vector(0)) == 0`.")
        } else {
            diagnostic.help("Change the part that is marked, or remove the alert.")
        });
    }
}

/// Whether the operator at these bytes compares how many there are.
fn counts(rule: &Rule<'_>, operator: &Range<usize>) -> bool {
    rule.expr.nodes().any(|(_, node)| match &node.kind {
        Kind::Binary(binary) if binary.op.is_comparison() && binary.op_range == *operator => {
            let value = &rule.node(rule.expr.unwrapped(binary.left)).kind;
            matches!(value, Kind::Aggregate(aggregate) if aggregate.op == Aggregator::Count)
        }
        _ => false,
    })
}
