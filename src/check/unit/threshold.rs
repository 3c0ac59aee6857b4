//! `unit/threshold`: a threshold in another unit than what it is compared with.

use std::collections::BTreeSet;

use crate::ast::alert::Unit;
use crate::check::{Check, Context, Rule};
use crate::diagnostic::{Code, Sink};
use crate::model::Field;
use crate::promql::{self, BinaryOp, Comparison, Dimension, Operand, Quantity, format_number};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("unit/threshold", "0.1.0", include_str!("threshold.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in &context.rules {
        let units = promql::units(rule.expr);
        for comparison in rule.shape.branches.iter().flat_map(|branch| &branch.comparisons) {
            let value = units.at(comparison.value).as_fraction();
            match &comparison.operand {
                Operand::Literal(number) | Operand::Constant(number) => {
                    if let Some(slip) = slip(value, comparison.op, *number) {
                        report_number(rule, comparison, value, *number, &slip, sink);
                    }
                }
                Operand::Placeholder(name) if name == "threshold" => {
                    let Some(alert) = rule.native else { continue };
                    match alert.unit {
                        Some(unit) => declared(context, rule, comparison, value, unit, sink),
                        None => levels(context, rule, comparison, value, sink),
                    }
                }
                Operand::Placeholder(_) | Operand::Scalar | Operand::Vector => {}
            }
        }
    }
}

/// A number on the wrong scale.
struct Slip {
    says: &'static str,
    effect: &'static str,
    better: f64,
}

/// Whether a number is a ratio where the value is a percentage, or the other way round.
fn slip(value: Quantity, op: BinaryOp, number: f64) -> Option<Slip> {
    if value.dimension != Dimension::Fraction {
        return None;
    }
    let is = |scale: f64| value.scale.is_some_and(|own| (own - scale).abs() < 1e-9);
    let above = matches!(op, BinaryOp::Greater | BinaryOp::GreaterEqual);
    let below = matches!(op, BinaryOp::Less | BinaryOp::LessEqual);
    if is(1.0) && value.share && number > 1.0 && number <= 100.0 && (above || below) {
        let effect = if above { "never reached" } else { "always below" };
        return Some(Slip { says: "a percentage", effect, better: number / 100.0 });
    }
    // Less than half a percent of errors is a usual limit, half a percent of space is not.
    if is(100.0) && value.share && (0.5..1.0).contains(&number) && (above || below) {
        let effect = if above { "nearly always above" } else { "nearly never below" };
        return Some(Slip { says: "a ratio", effect, better: number * 100.0 });
    }
    None
}

fn report_number(rule: &Rule<'_>, comparison: &Comparison, value: Quantity, number: f64, slip: &Slip, sink: &mut Sink) {
    let headline = format!("{} compares {} with {}", rule.title(), value.words(), format_number(number));
    sink.push(
        rule.finding(&CODE, headline)
            .at(rule.span(&comparison.threshold_range), format!("looks like {}: {}", slip.says, slip.effect))
            .also(rule.span(&rule.node(comparison.value).range), value.words())
            .note(WHY)
            .help(format!("Write `{}`, or convert the query.", format_number(slip.better))),
    );
}

const WHY: &str = "By the names of the metrics and the arithmetic, the query yields another unit than the number is in, so the alert fires at the wrong time or not at all.";

/// Levels of an alert that says no unit.
fn levels(context: &Context<'_>, rule: &Rule<'_>, comparison: &Comparison, value: Quantity, sink: &mut Sink) {
    let mut seen = BTreeSet::new();
    for threshold in rule.instances.iter().filter_map(|instance| instance.threshold) {
        let Some(found) = threshold.value.parse().ok().and_then(|number| slip(value, comparison.op, number)) else {
            continue;
        };
        if !seen.insert(threshold.origin) {
            continue;
        }
        let headline = format!("{} compares {} with {}", rule.title(), value.words(), threshold.value);
        let mut diagnostic = rule.finding(&CODE, headline);
        if let Some(span) = context.span(threshold.origin) {
            diagnostic = diagnostic.at(span, format!("looks like {}: {}", found.says, found.effect));
        }
        sink.push(
            diagnostic
                .also(rule.span(&rule.node(comparison.value).range), value.words())
                .note(WHY)
                .help(format!("Write `{}`, or convert the query.", format_number(found.better))),
        );
    }
}

/// An alert that says its unit, against what the query yields.
fn declared(
    context: &Context<'_>,
    rule: &Rule<'_>,
    comparison: &Comparison,
    value: Quantity,
    unit: Field<Unit>,
    sink: &mut Sink,
) {
    let wanted = match unit.value {
        Unit::Percent => Quantity::of(Dimension::Fraction, 100.0),
        Unit::Ratio => Quantity::of(Dimension::Fraction, 1.0),
        Unit::Bytes => Quantity::of(Dimension::Bytes, 1.0),
        Unit::Seconds => Quantity::of(Dimension::Seconds, 1.0),
        Unit::Celsius => Quantity::of(Dimension::Celsius, 1.0),
        Unit::Watts => Quantity::of(Dimension::Watts, 1.0),
        // Anything can come per second, and anything can be counted.
        Unit::PerSecond | Unit::Count => return,
    };
    if wanted.agrees(value) {
        return;
    }
    let said = unit.value.as_str();
    let yields = value.words();
    let mut diagnostic = rule
        .finding(&CODE, format!("`{}` says its thresholds are in {said}, and its query yields {yields}", rule.name))
        .at(rule.span(&rule.node(comparison.value).range), yields.clone());
    if let Some(span) = context.span(unit.origin) {
        diagnostic = diagnostic.also(span, "said here");
    }
    let is = |scale: f64| value.scale.is_some_and(|own| (own - scale).abs() < 1e-9);
    let help = match (unit.value, value.dimension) {
        (Unit::Percent, Dimension::Fraction) if is(1.0) => {
            "Multiply the query by 100, or say `unit=ratio` and write thresholds from 0 to 1.".to_owned()
        }
        (Unit::Ratio, Dimension::Fraction) if is(100.0) => {
            "Take the `* 100` out of the query, or say `unit=percent` and write thresholds from 0 to 100.".to_owned()
        }
        (Unit::Bytes, Dimension::Bytes) if !value.per_second => {
            "Compare plain bytes: a threshold such as `10GiB` is turned into bytes.".to_owned()
        }
        (Unit::Seconds, Dimension::Seconds) if !value.per_second => {
            "Compare seconds: a threshold such as `5m` is turned into seconds.".to_owned()
        }
        _ => format!("Change the `unit`, or make the query yield {}.", wanted.words()),
    };
    sink.push(diagnostic.note(WHY).help(help));
}
