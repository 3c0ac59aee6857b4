//! The shape of a query that decides whether an alert fires: its comparisons, and how far back it looks.

use super::ast::{Binary, BinaryOp, Expr, Kind, NodeId, Number};
use super::types::ValueType;
use std::ops::Range;

/// What a query compares and looks at.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// The alternatives of `or`, from left to right.
    pub branches: Vec<Conditions>,
    /// Every window of the query, from left to right.
    pub windows: Vec<RateWindow>,
}

/// One alternative of a query and the comparisons that all have to hold for it to return something.
#[derive(Debug, Clone, PartialEq)]
pub struct Conditions {
    /// The bytes of the alternative.
    pub range: Range<usize>,
    /// The comparison that decides about the value of the result comes first, then those joined by `and`; empty where
    /// nothing is compared and the alternative returns whatever it selects.
    pub comparisons: Vec<Comparison>,
}

impl Conditions {
    /// The comparison whose left side the result's value comes from.
    pub fn deciding(&self) -> Option<&Comparison> {
        self.comparisons.first()
    }
}

/// A comparison with a threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The bytes of the whole comparison.
    pub range: Range<usize>,
    /// The operator as seen from the compared value: `80 < x` is given as `x > 80`.
    pub op: BinaryOp,
    /// The bytes of the operator.
    pub op_range: Range<usize>,
    /// What is compared.
    pub value: NodeId,
    /// The node of the threshold.
    pub threshold: NodeId,
    /// The bytes of the threshold.
    pub threshold_range: Range<usize>,
    /// What the threshold is.
    pub operand: Operand,
    /// Whether the comparison gives 0 or 1 instead of filtering. Its result is always there.
    pub bool_modifier: bool,
    /// Whether it filters what is taken away (`unless`), so that the alternative returns something where it fails.
    pub negated: bool,
}

/// What stands on the threshold's side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// A number as written.
    Literal(f64),
    /// A parameter by itself.
    Placeholder(String),
    /// Arithmetic over numbers, and what it comes to.
    Constant(f64),
    /// A scalar that is known only when the query runs, such as `time() - 300` or `2 * ${x}`.
    Scalar,
    /// Another instant vector: a threshold per series.
    Vector,
}

/// A range selector or a subquery.
#[derive(Debug, Clone, PartialEq)]
pub struct RateWindow {
    /// The metric, if the selector names one; none for subqueries.
    pub metric: Option<String>,
    /// The function around it, if there is one.
    pub function: Option<&'static str>,
    /// Seconds looked back, if known.
    pub seconds: Option<f64>,
    /// The bytes of the duration.
    pub range: Range<usize>,
    /// Whether it is a subquery.
    pub subquery: bool,
}

/// Works out the shape of `expr`.
pub fn shape(expr: &Expr) -> Shape {
    let constants = constants(expr);
    let mut branches = Vec::new();
    let mut open = vec![expr.root()];
    while let Some(id) = open.pop() {
        match &expr.node(id).kind {
            Kind::Paren(inner) => open.push(*inner),
            Kind::Binary(binary) if binary.op == BinaryOp::Or => open.extend([binary.right, binary.left]),
            _ => branches.push(conditions(expr, id, &constants)),
        }
    }
    Shape { branches, windows: windows(expr) }
}

fn conditions(expr: &Expr, id: NodeId, constants: &[Option<f64>]) -> Conditions {
    let mut comparisons = Vec::new();
    let mut open = vec![(id, false)];
    while let Some((id, negated)) = open.pop() {
        match &expr.node(id).kind {
            Kind::Paren(inner) => open.push((*inner, negated)),
            Kind::Unary(unary) => open.push((unary.inner, negated)),
            // What neither drops results nor makes new ones.
            Kind::Call(call) if matches!(call.function.name, "label_replace" | "label_join" | "sort" | "sort_desc") => {
                open.extend(call.arguments.first().map(|first| (*first, negated)));
            }
            Kind::Binary(binary) => match binary.op {
                BinaryOp::And => open.extend([(binary.right, negated), (binary.left, negated)]),
                BinaryOp::Unless => open.extend([(binary.right, !negated), (binary.left, negated)]),
                op if op.is_comparison() => comparisons.push(comparison(expr, id, binary, constants, negated)),
                BinaryOp::Or => {}
                _ => {
                    let scalar = |id: NodeId| expr.node(id).value_type == ValueType::Scalar;
                    match (scalar(binary.left), scalar(binary.right)) {
                        (false, true) => open.push((binary.left, negated)),
                        (true, false) => open.push((binary.right, negated)),
                        (true, true) | (false, false) => {}
                    }
                }
            },
            Kind::Number(_)
            | Kind::String(_)
            | Kind::Selector(_)
            | Kind::Subquery(_)
            | Kind::Call(_)
            | Kind::Aggregate(_) => {}
        }
    }
    Conditions { range: expr.node(id).range.clone(), comparisons }
}

fn comparison(expr: &Expr, id: NodeId, binary: &Binary, constants: &[Option<f64>], negated: bool) -> Comparison {
    let scalar = |id: NodeId| expr.node(id).value_type == ValueType::Scalar;
    let flipped = scalar(binary.left) && !scalar(binary.right);
    let (value, threshold) = if flipped { (binary.right, binary.left) } else { (binary.left, binary.right) };
    let node = expr.node(threshold);
    let operand = match &expr.node(expr.unwrapped(threshold)).kind {
        Kind::Number(Number::Literal(value, _)) => Operand::Literal(*value),
        Kind::Number(Number::Placeholder(start)) => {
            Operand::Placeholder(expr.placeholder(*start).map_or_else(String::new, |found| found.name.clone()))
        }
        _ => match constants.get(threshold.index()).copied().flatten() {
            Some(value) => Operand::Constant(value),
            None if scalar(threshold) => Operand::Scalar,
            None => Operand::Vector,
        },
    };
    Comparison {
        range: expr.node(id).range.clone(),
        op: if flipped { binary.op.mirrored() } else { binary.op },
        op_range: binary.op_range.clone(),
        value,
        threshold,
        threshold_range: node.range.clone(),
        operand,
        bool_modifier: binary.matching.bool_modifier.is_some(),
        negated,
    }
}

/// The value of every node that is arithmetic over numbers, `vector(…)` included.
fn constants(expr: &Expr) -> Vec<Option<f64>> {
    let mut values: Vec<Option<f64>> = Vec::new();
    for (_, node) in expr.nodes() {
        let of = |id: NodeId| values.get(id.index()).copied().flatten();
        let value = match &node.kind {
            Kind::Number(Number::Literal(value, _)) => Some(*value),
            Kind::Paren(inner) => of(*inner),
            Kind::Unary(unary) => of(unary.inner).map(|value| if unary.negative { -value } else { value }),
            Kind::Call(call) if matches!(call.function.name, "vector" | "scalar") => {
                call.arguments.first().and_then(|first| of(*first))
            }
            Kind::Call(call) if call.function.name == "pi" => Some(std::f64::consts::PI),
            Kind::Binary(binary) if binary.op.precedence() > BinaryOp::Equal.precedence() => {
                of(binary.left).zip(of(binary.right)).map(|(left, right)| binary.op.apply(left, right))
            }
            Kind::Number(Number::Placeholder(_))
            | Kind::String(_)
            | Kind::Selector(_)
            | Kind::Subquery(_)
            | Kind::Call(_)
            | Kind::Aggregate(_)
            | Kind::Binary(_) => None,
        };
        values.push(value);
    }
    values
}

fn windows(expr: &Expr) -> Vec<RateWindow> {
    // The function whose argument a node is.
    let mut functions: Vec<Option<&'static str>> = vec![None; expr.nodes.len()];
    for (id, node) in expr.nodes().rev() {
        let function = match &node.kind {
            Kind::Call(call) => Some(call.function.name),
            Kind::Paren(_) => functions.get(id.index()).copied().flatten(),
            Kind::Number(_)
            | Kind::String(_)
            | Kind::Selector(_)
            | Kind::Subquery(_)
            | Kind::Aggregate(_)
            | Kind::Unary(_)
            | Kind::Binary(_) => None,
        };
        for child in node.kind.children() {
            if let Some(place) = functions.get_mut(child.index()) {
                *place = function;
            }
        }
    }
    let mut windows: Vec<RateWindow> = Vec::new();
    for ((_, node), function) in expr.nodes().zip(functions) {
        match &node.kind {
            Kind::Selector(selector) => windows.extend(selector.window.as_ref().map(|window| RateWindow {
                metric: selector.metric().map(str::to_owned),
                function,
                seconds: window.duration.seconds(),
                range: window.duration.range.clone(),
                subquery: false,
            })),
            Kind::Subquery(subquery) => windows.push(RateWindow {
                metric: None,
                function,
                seconds: subquery.window.seconds(),
                range: subquery.window.range.clone(),
                subquery: true,
            }),
            Kind::Number(_)
            | Kind::String(_)
            | Kind::Call(_)
            | Kind::Aggregate(_)
            | Kind::Unary(_)
            | Kind::Binary(_)
            | Kind::Paren(_) => {}
        }
    }
    windows.sort_by_key(|window| window.range.start);
    windows
}

#[cfg(test)]
mod tests {
    use super::super::{ParamKind, Target, parse_template};
    use super::*;
    use std::collections::BTreeMap;

    fn shape_of(text: &str) -> Shape {
        let parameters = BTreeMap::from([("x".to_owned(), ParamKind::Number)]);
        shape(&parse_template(text, &Target::everything(), &parameters).unwrap())
    }

    /// The comparisons of every branch, as `op operand`, in order.
    fn compared(text: &str) -> Vec<Vec<String>> {
        let shape = shape_of(text);
        let words = |comparison: &Comparison| {
            let not = if comparison.negated { "not " } else { "" };
            let operand = &comparison.operand;
            format!("{not}{} {operand:?} {}", comparison.op.as_str(), &text[comparison.threshold_range.clone()])
        };
        shape.branches.iter().map(|branch| branch.comparisons.iter().map(words).collect()).collect()
    }

    #[test]
    fn the_deciding_comparison_is_found() {
        for (text, expected) in [
            ("up == 0", vec![vec!["== Literal(0.0) 0"]]),
            ("80 < x", vec![vec!["> Literal(80.0) 80"]]),
            ("(x) > (-${x})", vec![vec!["> Scalar (-${x})"]]),
            ("x > ${x}", vec![vec!["> Placeholder(\"x\") ${x}"]]),
            ("x > 80 / 100", vec![vec!["> Constant(0.8) 80 / 100"]]),
            ("x > time() - 300", vec![vec!["> Scalar time() - 300"]]),
            ("x > y", vec![vec!["> Vector y"]]),
            ("x > on () vector(3)", vec![vec!["> Constant(3.0) vector(3)"]]),
            (
                "a > 1 and b < 2 or c >= 3",
                vec![vec!["> Literal(1.0) 1", "< Literal(2.0) 2"], vec![">= Literal(3.0) 3"]],
            ),
            ("a > 1 unless on (x) b == 2", vec![vec!["> Literal(1.0) 1", "not == Literal(2.0) 2"]]),
            ("count(a > 1) > 3", vec![vec!["> Literal(3.0) 3"]]),
            ("label_replace(a > 1, \"b\", \"c\", \"\", \"\")", vec![vec!["> Literal(1.0) 1"]]),
            ("(a > 1) * 100", vec![vec!["> Literal(1.0) 1"]]),
            ("sum(a)", vec![vec![]]),
        ] {
            assert_eq!(compared(text), expected, "{text}");
        }
        assert!(shape_of("a > bool 1").branches[0].comparisons[0].bool_modifier);
    }

    #[test]
    fn windows_are_listed_with_their_functions() {
        let text = "rate(a[5m]) + max_over_time((rate(b{c=\"d\"}[90]))[1h:]) > sum(increase({__name__=\"e\"}[step()]))";
        let windows = shape_of(text).windows;
        let found = windows
            .into_iter()
            .map(|window| (window.metric, window.function, window.seconds, &text[window.range]))
            .collect::<Vec<_>>();
        assert_eq!(
            found,
            [
                (Some("a".to_owned()), Some("rate"), Some(300.0), "5m"),
                (Some("b".to_owned()), Some("rate"), Some(90.0), "90"),
                (None, Some("max_over_time"), Some(3600.0), "1h"),
                (Some("e".to_owned()), Some("increase"), None, "step()"),
            ]
        );
    }
}
