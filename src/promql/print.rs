//! Writes a query in Prometheus' own form: on one line, or broken over lines where it is too long.
//!
//! Every node is first cut into pieces, plain text and children, which is the one-line form. From them the width of each
//! node follows bottom up, once, and the printer breaks those nodes that are too wide. A list of open work takes the
//! place of recursion.

use super::ast::{
    Aggregate, At, Binary, Duration, DurationPart, Expr, Extended, Fill, FillSide, Kind, Label, Modifiers, Node,
    NodeId, Number, Selector, Subquery,
};
use super::literal::{format_duration, is_plain_label_name, quote};
use std::fmt::{self, Write};

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&flat(self, self.root()))
    }
}

/// A part of a node's one-line form.
enum Piece {
    Text(String),
    Child(NodeId),
}

/// The node on one line, in Prometheus' canonical form: matchers sorted, keywords in lower case, comments gone.
pub fn flat(expr: &Expr, id: NodeId) -> String {
    let mut text = String::new();
    let mut open = vec![Piece::Child(id)];
    while let Some(piece) = open.pop() {
        match piece {
            Piece::Text(piece) => text.push_str(&piece),
            Piece::Child(id) => open.extend(pieces(expr, id).into_iter().rev()),
        }
    }
    text
}

/// Work of the printer that breaks lines.
enum Work {
    Text(String),
    /// A node that begins a line, with its indentation in levels.
    Line(NodeId, usize),
    /// A node that goes on where the line is.
    Rest(NodeId, usize),
}

/// The whole query over several lines, as `promtool promql format` prints it: whatever is wider than `width` characters
/// on one line is broken, with operators on lines of their own.
pub fn pretty(expr: &Expr, width: usize) -> String {
    let widths = widths(expr);
    let fits = |id: NodeId| widths.get(id.index()).is_none_or(|found| *found <= width);
    let mut text = String::new();
    let mut open = vec![Work::Line(expr.root(), 0)];
    while let Some(work) = open.pop() {
        let (id, level) = match work {
            Work::Text(piece) => {
                text.push_str(&piece);
                continue;
            }
            Work::Line(id, level) => {
                // The left side of a broken operator, and the inside of a broken subquery, indent themselves.
                let own = !fits(id) && matches!(expr.node(id).kind, Kind::Binary(_) | Kind::Subquery(_));
                if !own {
                    text.push_str(&indent(level));
                }
                (id, level)
            }
            Work::Rest(id, level) => (id, level),
        };
        if fits(id) {
            text.push_str(&flat(expr, id));
            continue;
        }
        let mut parts: Vec<Work> = Vec::new();
        match &expr.node(id).kind {
            Kind::Number(_) | Kind::String(_) | Kind::Selector(_) => text.push_str(&flat(expr, id)),
            Kind::Unary(unary) => {
                parts.push(Work::Text(sign(unary.negative).to_owned()));
                parts.push(Work::Rest(unary.inner, level));
            }
            Kind::Paren(inner) => {
                parts.push(Work::Text("(\n".to_owned()));
                parts.push(Work::Line(*inner, level + 1));
                parts.push(Work::Text(format!("\n{})", indent(level))));
            }
            Kind::Call(call) => {
                parts.push(Work::Text(format!("{}(\n", call.function.name)));
                for (index, argument) in call.arguments.iter().enumerate() {
                    if index > 0 {
                        parts.push(Work::Text(",\n".to_owned()));
                    }
                    parts.push(Work::Line(*argument, level + 1));
                }
                parts.push(Work::Text(format!("\n{})", indent(level))));
            }
            Kind::Aggregate(aggregate) => {
                parts.push(Work::Text(format!("{}(\n", head(aggregate))));
                if let Some(parameter) = aggregate.parameter {
                    parts.push(Work::Line(parameter, level + 1));
                    parts.push(Work::Text(",\n".to_owned()));
                }
                parts.push(Work::Line(aggregate.inner, level + 1));
                parts.push(Work::Text(format!("\n{})", indent(level))));
            }
            Kind::Subquery(subquery) => {
                parts.push(Work::Line(subquery.inner, level));
                parts.push(Work::Text(suffix(expr, subquery)));
            }
            Kind::Binary(binary) => {
                parts.push(Work::Line(binary.left, level + 1));
                parts.push(Work::Text(format!("\n{}{}\n", indent(level), operator(binary))));
                parts.push(Work::Line(binary.right, level + 1));
            }
        }
        open.extend(parts.into_iter().rev());
    }
    text
}

fn indent(level: usize) -> String {
    "  ".repeat(level)
}

/// The width of every node's one-line form, in characters as Prometheus counts them: bytes.
fn widths(expr: &Expr) -> Vec<usize> {
    let mut widths: Vec<usize> = Vec::with_capacity(expr.nodes.len());
    for (id, _) in expr.nodes() {
        let width = pieces(expr, id)
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.len(),
                Piece::Child(child) => widths.get(child.index()).copied().unwrap_or_default(),
            })
            .sum();
        widths.push(width);
    }
    widths
}

fn pieces(expr: &Expr, id: NodeId) -> Vec<Piece> {
    let text = |text: &str| Piece::Text(text.to_owned());
    let Node { kind, .. } = expr.node(id);
    match kind {
        Kind::Number(number) => vec![Piece::Text(written_number(expr, *number))],
        Kind::String(string) => vec![Piece::Text(quote(&string.value))],
        Kind::Selector(selector) => vec![Piece::Text(written_selector(expr, selector))],
        Kind::Subquery(subquery) => vec![Piece::Child(subquery.inner), Piece::Text(suffix(expr, subquery))],
        Kind::Call(call) => {
            let mut parts = vec![Piece::Text(format!("{}(", call.function.name))];
            for (index, argument) in call.arguments.iter().enumerate() {
                if index > 0 {
                    parts.push(text(", "));
                }
                parts.push(Piece::Child(*argument));
            }
            parts.push(text(")"));
            parts
        }
        Kind::Aggregate(aggregate) => {
            let mut parts = vec![Piece::Text(format!("{}(", head(aggregate)))];
            if let Some(parameter) = aggregate.parameter {
                parts.push(Piece::Child(parameter));
                parts.push(text(", "));
            }
            parts.push(Piece::Child(aggregate.inner));
            parts.push(text(")"));
            parts
        }
        Kind::Unary(unary) => vec![text(sign(unary.negative)), Piece::Child(unary.inner)],
        Kind::Binary(binary) => {
            vec![Piece::Child(binary.left), Piece::Text(format!(" {} ", operator(binary))), Piece::Child(binary.right)]
        }
        Kind::Paren(inner) => vec![text("("), Piece::Child(*inner), text(")")],
    }
}

fn sign(negative: bool) -> &'static str {
    if negative { "-" } else { "+" }
}

fn written_number(expr: &Expr, number: Number) -> String {
    match number {
        Number::Placeholder(start) => parameter(expr, start),
        Number::Literal(value, duration) => literal(value, duration),
    }
}

fn parameter(expr: &Expr, start: usize) -> String {
    let name = expr.placeholder(start).map_or("", |placeholder| placeholder.name.as_str());
    format!("${{{name}}}")
}

/// A number in plain decimals, or as a duration if it was written as one.
fn literal(value: f64, duration: bool) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else if duration {
        length(value)
    } else {
        format!("{value}")
    }
}

/// A length of time in seconds, signed. What is no whole number of milliseconds has no form with units.
fn length(seconds: f64) -> String {
    let rounded = (seconds.abs() * 1000.0).round();
    if seconds.is_nan() || (seconds != 0.0 && rounded < 1.0) {
        return format!("{seconds}");
    }
    let sign = if seconds < 0.0 { "-" } else { "" };
    #[expect(clippy::cast_sign_loss, reason = "the sign is written already; a float beyond the range saturates")]
    let milliseconds = (seconds.abs() * 1000.0).round() as u64;
    format!("{sign}{}", format_duration(milliseconds))
}

fn label_list(labels: &[Label]) -> String {
    labels.iter().map(written_label).collect::<Vec<_>>().join(", ")
}

fn written_label(label: &Label) -> String {
    if label.open || is_plain_label_name(&label.name) { label.name.clone() } else { quote(&label.name) }
}

/// The aggregation's name with its clause and the space behind that.
fn head(aggregate: &Aggregate) -> String {
    let name = aggregate.op.as_str();
    match &aggregate.grouping {
        Some(grouping) if grouping.without => format!("{name} without ({}) ", label_list(&grouping.labels)),
        Some(grouping) if !grouping.labels.is_empty() => format!("{name} by ({}) ", label_list(&grouping.labels)),
        _ => name.to_owned(),
    }
}

/// The operator with its modifiers.
fn operator(binary: &Binary) -> String {
    let mut text = binary.op.as_str().to_owned();
    let matching = &binary.matching;
    if matching.bool_modifier.is_some() {
        text.push_str(" bool");
    }
    if let Some(labels) = &matching.labels
        && (labels.on || !labels.labels.is_empty() || matching.group.is_some())
    {
        let word = if labels.on { "on" } else { "ignoring" };
        let _ = write!(text, " {word} ({})", label_list(&labels.labels));
        if let Some(group) = &matching.group {
            let word = if group.left { "group_left" } else { "group_right" };
            let _ = write!(text, " {word} ({})", label_list(&group.include));
        }
    }
    text.push_str(&fills(&matching.fill));
    text
}

fn fills(fills: &[Fill]) -> String {
    let value = |side: FillSide| fills.iter().find(|fill| fill.side == side).map(|fill| literal(fill.value, false));
    let (left, right) = (value(FillSide::Left), value(FillSide::Right));
    let both = value(FillSide::Both).or_else(|| left.clone().filter(|_| left == right));
    match (both, left, right) {
        (Some(both), ..) => format!(" fill ({both})"),
        (None, left, right) => {
            let side = |word: &str, value: Option<String>| value.map_or_else(String::new, |v| format!(" {word} ({v})"));
            side("fill_left", left) + &side("fill_right", right)
        }
    }
}

fn written_selector(expr: &Expr, selector: &Selector) -> String {
    let mut text = String::new();
    let mut matchers: Vec<String> = selector
        .matchers
        .iter()
        .map(|matcher| {
            format!("{}{}{}", written_label(&matcher.label), matcher.op.as_str(), quote(&matcher.value.value))
        })
        .collect();
    match &selector.name {
        Some(name) if name.quoted => matchers.push(format!("__name__={}", quote(&name.text.value))),
        Some(name) => text.push_str(&name.text.value),
        None => {}
    }
    if !matchers.is_empty() || text.is_empty() {
        matchers.sort();
        let _ = write!(text, "{{{}}}", matchers.join(","));
    }
    if let Some(window) = &selector.window {
        let _ = write!(text, "[{}]", written_duration(expr, &window.duration));
    }
    match &selector.extended {
        Some((Extended::Anchored, _)) => text.push_str(" anchored"),
        Some((Extended::Smoothed, _)) => text.push_str(" smoothed"),
        None => {}
    }
    text + &modifiers(expr, &selector.modifiers)
}

fn modifiers(expr: &Expr, modifiers: &Modifiers) -> String {
    let mut text = match modifiers.at {
        Some((At::Seconds(seconds), _)) => format!(" @ {seconds:.3}"),
        Some((At::Start, _)) => " @ start()".to_owned(),
        Some((At::End, _)) => " @ end()".to_owned(),
        Some((At::Placeholder(start), _)) => format!(" @ {}", parameter(expr, start)),
        None => String::new(),
    };
    if let Some((offset, _)) = &modifiers.offset
        && offset.seconds() != Some(0.0)
    {
        let _ = write!(text, " offset {}", written_duration(expr, offset));
    }
    text
}

fn suffix(expr: &Expr, subquery: &Subquery) -> String {
    let step = subquery.step.as_ref().map_or_else(String::new, |step| written_duration(expr, step));
    format!("[{}:{step}]{}", written_duration(expr, &subquery.window), modifiers(expr, &subquery.modifiers))
}

/// Runs the reverse Polish notation with texts in the place of values.
fn written_duration(expr: &Expr, duration: &Duration) -> String {
    if let [DurationPart::Seconds(seconds, _)] = duration.parts[..] {
        return length(seconds);
    }
    let mut stack: Vec<String> = Vec::new();
    for part in &duration.parts {
        let mut pop = || stack.pop().unwrap_or_default();
        let text = match part {
            DurationPart::Seconds(seconds, with_unit) => literal(*seconds, *with_unit),
            DurationPart::Placeholder(start) => parameter(expr, *start),
            DurationPart::Step => "step()".to_owned(),
            DurationPart::Range => "range()".to_owned(),
            DurationPart::Negate => format!("-{}", pop()),
            DurationPart::Paren => format!("({})", pop()),
            DurationPart::Apply(op) => {
                let (right, mut left) = (pop(), pop());
                let _ = write!(left, " {} {right}", op.as_str());
                left
            }
            DurationPart::MinOf | DurationPart::MaxOf => {
                let (right, left) = (pop(), pop());
                let word = if *part == DurationPart::MinOf { "min_of" } else { "max_of" };
                format!("{word}({left}, {right})")
            }
        };
        stack.push(text);
    }
    stack.pop().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::length;

    #[test]
    fn lengths_keep_their_milliseconds() {
        assert_eq!(length(0.001), "1ms");
        assert_eq!(length(-86_400.001), "-1d1ms");
    }
}
