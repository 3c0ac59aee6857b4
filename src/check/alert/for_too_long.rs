//! `alert/for-too-long`: a condition that cannot hold as long as the alert waits.
//!
//! Three conditions end by themselves. What was not there an hour ago (`a unless a offset 1h`) is no news after an hour. What
//! was there an hour ago and is gone (`a offset 1h unless a`) is forgotten after an hour. And a script that runs every ten
//! minutes changes its metric at most that often, so `increase(m[5m]) > 0` falls back to 0 before the next run.

use std::ops::Range;

use crate::ast::Duration;
use crate::check::{Check, Context, Rule, seconds};
use crate::diagnostic::{Code, Sink};
use crate::promql::{self, BinaryOp, Kind, NodeId, Operand, Selector};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("alert/for-too-long", "0.1.0", include_str!("for_too_long.md"));

/// A condition that ends.
struct Ends {
    /// After how many seconds.
    after: f64,
    /// The bytes that say so.
    range: Range<usize>,
    label: String,
}

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in context.alerts() {
        let branches = &rule.shape.branches;
        let all: Option<Vec<Ends>> = branches.iter().map(|branch| ends(context, rule, &branch.range)).collect();
        let Some(longest) = all.into_iter().flatten().max_by(|a, b| a.after.total_cmp(&b.after)) else { continue };
        let Some(instance) = rule.instances.iter().find(|instance| {
            // Evaluations that miss the end by less than their distance count on.
            let step = instance.interval.map_or(60.0, |interval| seconds(interval.value));
            instance.for_seconds() >= longest.after + step && (longest.after / step).fract() == 0.0
        }) else {
            continue;
        };
        let hold = instance.r#for.map(|hold| hold.value).unwrap_or_default();
        let mut diagnostic = rule
            .finding(&CODE, format!("`{}` can never fire: its condition does not hold for {hold}", rule.name))
            .at(rule.span(&longest.range), longest.label);
        if let Some(span) = instance.r#for.and_then(|hold| context.span(hold.origin)) {
            diagnostic = diagnostic.also(span, "must hold this long before the alert fires");
        }
        sink.push(
            diagnostic
                .note("The alert becomes pending and goes back, again and again, and no tool says so.")
                .help("Shorten `for`, or look back further in the query."),
        );
    }
}

/// After how long an alternative of the query ends by itself.
fn ends(context: &Context<'_>, rule: &Rule<'_>, branch: &Range<usize>) -> Option<Ends> {
    let (root, _) = rule.expr.nodes().find(|(_, node)| node.range == *branch)?;
    moved(rule, root).or_else(|| rare(context, rule, branch))
}

/// A metric against itself at another time.
fn moved(rule: &Rule<'_>, root: NodeId) -> Option<Ends> {
    let Kind::Binary(binary) = &rule.node(rule.expr.unwrapped(root)).kind else { return None };
    if binary.op != BinaryOp::Unless || binary.matching.range().is_some() {
        return None;
    }
    let (left, right) = (selector(rule, binary.left)?, selector(rule, binary.right)?);
    if rule.text(&left.bare) != rule.text(&right.bare) || left.window.is_some() || right.window.is_some() {
        return None;
    }
    let offset = |selector: &Selector| {
        let (offset, range) = selector.modifiers.offset.as_ref()?;
        Some((offset.seconds()?, range.clone()))
    };
    let apart = left.modifiers.at.is_none() && right.modifiers.at.is_none();
    match (offset(left), offset(right)) {
        (None, Some((after, range))) if apart && after > 0.0 => {
            Some(Ends { after, range, label: format!("no longer new after {}", words(after)) })
        }
        (Some((after, range)), None) if apart && after > 0.0 => {
            Some(Ends { after, range, label: format!("forgotten after {}", words(after)) })
        }
        _ => None,
    }
}

fn selector<'r>(rule: &'r Rule<'_>, id: NodeId) -> Option<&'r Selector> {
    match &rule.node(rule.expr.unwrapped(id)).kind {
        Kind::Selector(selector) => Some(selector),
        _ => None,
    }
}

/// Changes of a metric that a script writes less often than the window is long.
fn rare(context: &Context<'_>, rule: &Rule<'_>, branch: &Range<usize>) -> Option<Ends> {
    let conditions = rule.shape.branches.iter().find(|conditions| conditions.range == *branch)?;
    let comparison = conditions.deciding()?;
    let above = matches!(comparison.op, BinaryOp::Greater | BinaryOp::NotEqual);
    let zero = matches!(comparison.operand, Operand::Literal(number) | Operand::Constant(number) if number >= 0.0);
    if !above || !zero || comparison.negated || comparison.bool_modifier {
        return None;
    }
    let Kind::Call(call) = &rule.node(rule.expr.unwrapped(comparison.value)).kind else { return None };
    if !matches!(call.function.name, "increase" | "rate" | "irate" | "changes" | "resets") {
        return None;
    }
    let selector = selector(rule, *call.arguments.first()?)?;
    let metric = selector.metric()?;
    let window = selector.window.as_ref()?;
    let length = window.duration.seconds()?;
    let check = context.model.checks.values().find(|check| check.metrics.iter().any(|own| own.name.value == metric))?;
    // With as much time again the next change may come before the last one leaves the window.
    (seconds(check.interval.value) >= 2.0 * length).then(|| Ends {
        after: length,
        range: window.range.clone(),
        label: format!(
            "`{}` runs every {}, so that this falls back to 0 in between",
            check.name.value, check.interval.value
        ),
    })
}

fn words(seconds: f64) -> String {
    promql::format_number(seconds).parse::<u64>().map_or_else(
        |_| format!("{seconds} seconds"),
        |whole| Duration::from_milliseconds(whole.saturating_mul(1000)).to_string(),
    )
}
