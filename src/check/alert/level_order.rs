//! `alert/level-order`: a higher severity that is reached before a lower one.

use std::collections::BTreeSet;

use crate::ast::alert::Unit;
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::model::{Alert, AlertRule, Field};
use crate::promql::{self, BinaryOp};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("alert/level-order", "0.1.0", include_str!("level_order.md"));

/// Where the alert's condition lies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Above,
    Below,
}

fn run(context: &Context<'_>, sink: &mut Sink) {
    let severities = &context.model.project.severities;
    let rank = |severity: &str| severities.iter().position(|known| known.value == severity);
    for (name, alert) in &context.model.alerts {
        let Some(direction) = direction(&alert.expr) else { continue };
        let rules = context.rules(name);
        let mut reported = BTreeSet::new();
        for higher in rules {
            let candidates: Vec<&&AlertRule> = rules
                .iter()
                .filter(|lower| {
                    rank(&lower.severity.value) < rank(&higher.severity.value)
                        && lower.evaluation == higher.evaluation
                        && lower.groups.iter().any(|group| higher.groups.contains(group))
                })
                .collect();
            // Where both levels are set in the same place, that is the pair that holds for the same hosts.
            let same_place: Vec<&&AlertRule> =
                candidates.iter().copied().filter(|lower| lower.place == higher.place).collect();
            for lower in if same_place.is_empty() { candidates } else { same_place } {
                let (Some(high), Some(low)) = (&higher.threshold, &lower.threshold) else { continue };
                if is_looser(direction, high, low)
                    && reported.insert((high.origin, low.origin, higher.severity.value.clone()))
                {
                    let (above, below) = (&higher.severity.value, &lower.severity.value);
                    let word = if direction == Direction::Above { "above" } else { "below" };
                    let headline =
                        format!("`{name}` is {above} {word} {} and only {below} {word} {}", high.value, low.value);
                    let mut diagnostic = Diagnostic::new(&CODE, headline);
                    if let Some(span) = context.span(high.origin) {
                        diagnostic = diagnostic.at(span, format!("{above}, reached first"));
                    }
                    if let Some(span) = context.span(low.origin) {
                        diagnostic = diagnostic.also(span, below.clone());
                    }
                    sink.push(
                        diagnostic
                            .note(format!(
                                "The higher severity fires before the lower one does{}.",
                                higher.place.suffix()
                            ))
                            .help(help(alert, high)),
                    );
                }
            }
        }
    }
}

fn help(alert: &Alert, high: &Field<String>) -> String {
    let percent = alert.unit.as_ref().is_some_and(|unit| unit.value == Unit::Percent);
    match high.value.parse::<f64>() {
        Ok(number) if percent && number > 0.0 && number <= 1.0 => format!(
            "The threshold is in percent, so this is less than one of a hundred: for {} % write `{}`.",
            promql::format_number(number * 100.0),
            promql::format_number(number * 100.0),
        ),
        _ => "Swap the two numbers, or check the direction of the comparison in the query.".to_owned(),
    }
}

/// The direction of the comparison that decides, if all alternatives of the query agree on it.
fn direction(expr: &promql::Expr) -> Option<Direction> {
    let shape = promql::shape(expr);
    let mut all = shape.branches.iter().map(|branch| {
        let comparison = branch.deciding().filter(|comparison| !comparison.negated && !comparison.bool_modifier)?;
        match comparison.op {
            BinaryOp::Greater | BinaryOp::GreaterEqual => Some(Direction::Above),
            BinaryOp::Less | BinaryOp::LessEqual => Some(Direction::Below),
            _ => None,
        }
    });
    let first = all.next()??;
    all.all(|other| other == Some(first)).then_some(first)
}

fn is_looser(direction: Direction, high: &Field<String>, low: &Field<String>) -> bool {
    match (high.value.parse::<f64>(), low.value.parse::<f64>(), direction) {
        (Ok(high), Ok(low), Direction::Above) => high < low,
        (Ok(high), Ok(low), Direction::Below) => high > low,
        _ => false,
    }
}
