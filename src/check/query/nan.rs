//! `query/nan`: a comparison with NaN, which is equal to nothing, not even itself.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};
use crate::promql::{BinaryOp, Expr, Kind, NodeId, Number};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("query/nan", "0.1.0", include_str!("nan.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in &context.rules {
        for (_, node) in rule.expr.nodes() {
            let Kind::Binary(binary) = &node.kind else { continue };
            if !binary.op.is_comparison() || rule.flow.never.is_some() {
                continue;
            }
            let Some(nan) = [binary.right, binary.left].into_iter().find(|side| is_nan(rule.expr, *side)) else {
                continue;
            };
            let (holds, help) = match binary.op {
                BinaryOp::NotEqual => ("always holds", "To drop NaN, compare the value with itself: `x == x`."),
                _ => ("never holds", "To find NaN, compare the value with itself: `x != x`."),
            };
            sink.push(
                rule.finding(&CODE, format!("a comparison with NaN in {} {holds}", rule.title()))
                    .at(rule.span(&rule.node(nan).range), holds)
                    .note("NaN is neither less than, nor greater than, nor equal to anything, not even to NaN.")
                    .help(help),
            );
        }
    }
}

fn is_nan(expr: &Expr, id: NodeId) -> bool {
    matches!(expr.node(expr.unwrapped(id)).kind, Kind::Number(Number::Literal(value, _)) if value.is_nan())
}
