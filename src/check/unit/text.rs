//! `unit/text`: a text that shows the alert's value in another unit than it is in.

use std::ops::Range;

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};
use crate::gotemplate::{self, FunctionSet, Head, Node, Operand, Pipeline};
use crate::promql::{self, Dimension, Quantity};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("unit/text", "0.1.0", include_str!("text.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in context.alerts() {
        let value = promql::units(rule.expr).at(rule.expr.root()).as_fraction();
        if matches!(value.dimension, Dimension::Unknown | Dimension::Number | Dimension::Count) {
            continue;
        }
        for (annotation, text) in rule.annotations {
            let Ok(template) = gotemplate::parse(text.as_str(), FunctionSet::alert()) else { continue };
            for shown in shown(&template.body, text.as_str()) {
                let Some(wrong) = wrong(&shown, value) else { continue };
                sink.push(
                    rule.finding(
                        &CODE,
                        format!("`{annotation}` of `{}` shows {} as {}", rule.name, value.words(), wrong.as_what),
                    )
                    .at(text.span_of(shown.range.clone()), format!("shown as {}", wrong.as_what))
                    .also(rule.query.span(), format!("yields {}", value.words()))
                    .note("The number that people read when they are paged is wrong by a factor, or in the wrong unit.")
                    .help(wrong.help),
                );
            }
        }
    }
}

/// A place that prints the value.
struct Shown<'t> {
    /// The bytes of the action and of the unit behind it.
    range: Range<usize>,
    /// The last function that the value goes through.
    function: &'t str,
    /// The word right behind it, such as `%` or `MB`.
    unit: &'t str,
}

/// Every action that prints the value and nothing else.
fn shown<'t>(nodes: &'t [Node], text: &'t str) -> Vec<Shown<'t>> {
    let mut found = Vec::new();
    let mut open: Vec<&'t [Node]> = vec![nodes];
    while let Some(nodes) = open.pop() {
        for (at, node) in nodes.iter().enumerate() {
            match node {
                Node::Action(pipeline) => {
                    let Some(function) = printing(pipeline) else { continue };
                    let behind = match nodes.get(at + 1) {
                        Some(Node::Text(range)) => range.clone(),
                        _ => pipeline.range.end..pipeline.range.end,
                    };
                    let words = text.get(behind.clone()).unwrap_or_default();
                    let trimmed = words.trim_start_matches([' ', '\t']);
                    let unit = if trimmed.starts_with('%') {
                        &trimmed[..1]
                    } else {
                        let end = trimmed.find(|c: char| !c.is_alphabetic()).unwrap_or(trimmed.len());
                        &trimmed[..end]
                    };
                    let end = behind.start + (words.len() - trimmed.len()) + unit.len();
                    let range = if unit.is_empty() { pipeline.range.clone() } else { pipeline.range.start..end };
                    found.push(Shown { range, function, unit });
                }
                Node::Branch(branch) => {
                    open.extend(branch.arms.iter().map(|arm| arm.body.as_slice()));
                    open.push(&branch.otherwise);
                }
                Node::Text(_) | Node::Comment(_) | Node::Call { .. } | Node::Break(_) | Node::Continue(_) => {}
            }
        }
    }
    found
}

/// The last function that `$value` goes through before it is printed; empty if there is none.
fn printing(pipeline: &Pipeline) -> Option<&str> {
    let (first, rest) = pipeline.commands.split_first()?;
    if !pipeline.variables.is_empty() {
        return None;
    }
    let mut last = match first.operands.as_slice() {
        [value] if is_value(value) => "",
        [Operand { head: Head::Function(name), .. }, .., value] if is_value(value) => name.as_str(),
        _ => return None,
    };
    for command in rest {
        match command.operands.as_slice() {
            // The form of a number says nothing about its unit.
            [Operand { head: Head::Function(name), .. }, ..] if name == "printf" || name == "toString" => {}
            [Operand { head: Head::Function(name), .. }] => last = name.as_str(),
            _ => return None,
        }
    }
    Some(if last == "printf" { "" } else { last })
}

fn is_value(operand: &Operand) -> bool {
    match (&operand.head, operand.fields.as_slice()) {
        (Head::Variable(name), []) => name == "$value",
        (Head::Dot, [field]) => field.name == "Value",
        _ => false,
    }
}

/// What is wrong with a place.
struct Wrong {
    as_what: &'static str,
    help: &'static str,
}

fn wrong(shown: &Shown<'_>, value: Quantity) -> Option<Wrong> {
    let is = |scale: f64| value.scale.is_some_and(|own| (own / scale - 1.0).abs() < 1e-6);
    let fraction = value.dimension == Dimension::Fraction;
    let time = matches!(value.dimension, Dimension::Seconds | Dimension::Timestamp);
    let plain = matches!(shown.function, "" | "humanize");
    let found = |as_what, help| Some(Wrong { as_what, help });
    match (shown.function, shown.unit) {
        ("humanizePercentage", _) if fraction && is(100.0) => found(
            "a hundred times as many percent",
            "Write `{{ $value | humanize }}%`: the value is in percent already.",
        ),
        ("humanizePercentage", _) if !fraction => {
            found("percent", "Use `humanize`, or `humanizeDuration` for seconds.")
        }
        ("humanizeDuration", _) if time && !is(1.0) => {
            found("seconds", "Divide in the query, so that it yields seconds.")
        }
        ("humanizeDuration", _) if !time => found("a duration", "Use `humanize`, or `humanize1024` for bytes."),
        (_, "%") if plain && fraction && value.share && is(1.0) => {
            found("percent", "Write `{{ $value | humanizePercentage }}`, which multiplies by 100 and adds the sign.")
        }
        (_, "%") if plain && !fraction => found("percent", "Write the unit that the value has."),
        ("", "ms") if value.dimension == Dimension::Seconds && is(1.0) => {
            found("milliseconds", "Write `{{ $value | humanizeDuration }}`.")
        }
        ("", "s" | "seconds" | "sec") if value.dimension == Dimension::Seconds && is(1e3) => {
            found("seconds", "Write `ms`, or divide by 1000 in the query.")
        }
        ("", "kB" | "KB" | "MB" | "GB" | "TB" | "KiB" | "MiB" | "GiB" | "TiB")
            if value.dimension == Dimension::Bytes && is(1.0) =>
        {
            found("a multiple of bytes", "Write `{{ $value | humanize1024 }}B`.")
        }
        _ => None,
    }
}
