//! What changes between two expressions: nothing, the number that decides, or the question itself.

use crate::promql::{self, BinaryOp, Expr, Operand, Target, format_number, shape};

/// What changes.
#[derive(Debug, Clone, PartialEq)]
pub enum QueryChange {
    /// Both ask the same.
    Same,
    /// Both ask the same but for the numbers that are compared with.
    Thresholds(Vec<Threshold>),
    /// They ask something else.
    Different,
}

/// A comparison whose number changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// The operator, as seen from what is compared.
    pub op: BinaryOp,
    /// The number before.
    pub before: f64,
    /// The number now.
    pub after: f64,
    /// Whether less comes through now (`Some(true)`), or more (`Some(false)`); neither contains the other otherwise.
    pub loosened: Option<bool>,
}

/// Compares two expressions; what does not parse is compared as text.
pub fn compare(old: &str, new: &str) -> QueryChange {
    if old == new {
        return QueryChange::Same;
    }
    let (Some(old), Some(new)) = (Canonical::of(old), Canonical::of(new)) else { return QueryChange::Different };
    if old.text == new.text {
        return QueryChange::Same;
    }
    if old.numbers.len() != new.numbers.len() || old.blanked != new.blanked {
        return QueryChange::Different;
    }
    let changes = old.numbers.iter().zip(&new.numbers).filter(|(old, new)| old.value.to_bits() != new.value.to_bits());
    let thresholds: Vec<Threshold> = changes
        .map(|(old, new)| Threshold {
            op: old.op,
            before: old.value,
            after: new.value,
            loosened: direction(old.op, old.value, new.value).map(|less| less != old.inverted),
        })
        .collect();
    if thresholds.is_empty() { QueryChange::Same } else { QueryChange::Thresholds(thresholds) }
}

/// Whether the comparison with `new` holds for fewer values than that with `old`, another number.
fn direction(op: BinaryOp, old: f64, new: f64) -> Option<bool> {
    match op {
        BinaryOp::Greater | BinaryOp::GreaterEqual => Some(new > old),
        BinaryOp::Less | BinaryOp::LessEqual => Some(new < old),
        _ => None,
    }
}

/// The number of the comparison that decides, with its operator: `> 80`.
pub fn deciding(expr: &str) -> Option<(BinaryOp, f64)> {
    Canonical::of(expr)?.numbers.first().map(|number| (number.op, number.value))
}

/// A number as people read it.
pub fn shown(number: f64) -> String {
    format_number(number)
}

/// An expression in Prometheus' own form, and the same with its deciding numbers blanked.
struct Canonical {
    text: String,
    blanked: String,
    numbers: Vec<Number>,
}

struct Number {
    op: BinaryOp,
    value: f64,
    /// Whether the alternative returns something where the comparison fails.
    inverted: bool,
}

fn parse(text: &str) -> Option<Expr> {
    promql::parse(text, &Target::everything()).ok()
}

impl Canonical {
    fn of(text: &str) -> Option<Self> {
        let text = parse(text)?.to_string();
        let shape = shape(&parse(&text)?);
        let mut numbers = Vec::new();
        let mut edits = Vec::new();
        for comparison in shape.branches.iter().filter_map(promql::Conditions::deciding) {
            let value = match &comparison.operand {
                Operand::Literal(value) | Operand::Constant(value) => *value,
                Operand::Placeholder(_) | Operand::Scalar | Operand::Vector => continue,
            };
            // With `bool` the result is always there, and whoever reads it decides.
            if comparison.bool_modifier {
                continue;
            }
            numbers.push(Number { op: comparison.op, value, inverted: comparison.negated });
            edits.push(promql::Edit { range: comparison.threshold_range.clone(), text: "…".to_owned() });
        }
        Some(Self { blanked: promql::apply(&text, &edits), text, numbers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_from_questions() {
        let change = |old, new| match compare(old, new) {
            QueryChange::Same => "same".to_owned(),
            QueryChange::Different => "different".to_owned(),
            QueryChange::Thresholds(all) => all
                .iter()
                .map(|one| format!("{} {} {} {:?}", one.op.as_str(), one.before, one.after, one.loosened))
                .collect::<Vec<_>>()
                .join("; "),
        };
        for (old, new, expected) in [
            ("x > 80", "x>80", "same"),
            ("x{a=\"1\",b=\"2\"} > 80", "x{b='2',a='1'} > 80.0", "same"),
            ("x > 80", "x > 85", "> 80 85 Some(true)"),
            ("80 < x", "75 < x", "> 80 75 Some(false)"),
            ("x < 10", "x < 5", "< 10 5 Some(true)"),
            ("x == 1", "x == 2", "== 1 2 None"),
            ("x > 80", "x >= 80", "different"),
            ("rate(x[5m]) > 80", "rate(x[10m]) > 80", "different"),
            ("x > 1 or y > 2", "x > 1 or y > 3", "> 2 3 Some(true)"),
            ("x > bool 1", "x > bool 2", "different"),
            ("x > 80 / 100", "x > 0.8", "same"),
        ] {
            assert_eq!(change(old, new), expected, "{old} -> {new}");
        }
    }
}
