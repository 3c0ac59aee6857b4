//! `unit/mismatch`: two sides of an operator that are measured in different units.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};
use crate::promql::{self, Kind};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("unit/mismatch", "0.1.0", include_str!("mismatch.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in &context.rules {
        for mismatch in promql::units(rule.expr).mismatches {
            let Kind::Binary(binary) = &rule.node(mismatch.node).kind else { continue };
            let (left, right) = (mismatch.left.words(), mismatch.right.words());
            sink.push(
                rule.finding(&CODE, format!("{} puts {left} against {right}", rule.title()))
                    .at(rule.span(&binary.op_range), "different units")
                    .also(rule.span(&rule.node(binary.left).range), left)
                    .also(rule.span(&rule.node(binary.right).range), right)
                    .note("By the names of the metrics and the arithmetic, the two sides are not in the same unit, so the result means nothing.")
                    .help("Convert one side, for example with `/ 1000`, or change the metric."),
            );
        }
    }
}
