//! Between which numbers the values of a query lie, whatever the data.
//!
//! One walk from the leaves up gives every node an interval: a selector can be anything, `count` is at least 1, `abs` is never
//! negative, arithmetic is interval arithmetic, and a comparison cuts its side. A comparison that no value in the interval
//! fulfils never holds. Intervals are promises about numbers (a test holds them against the real program); results of
//! computations that may round are widened a little. With [`Trust::Conventions`] the names of metrics count too: counters do
//! not go below 0, `up` is 0 or 1. That is what exporters do and nothing that Prometheus makes sure of.

use super::ast::{Aggregate, Binary, BinaryOp, Call, Expr, Kind, NodeId, Number};
use super::function::Aggregator;
use super::name;
use super::types::ValueType;

/// What intervals rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trust {
    /// Only what Prometheus computes.
    Nothing,
    /// Also what the names of metrics say.
    Conventions,
}

/// An interval with its ends. It says nothing about NaN, which no comparison but `!=` lets through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The smallest possible value.
    pub low: f64,
    /// The largest possible value.
    pub high: f64,
}

impl Bounds {
    /// Any number.
    pub const ALL: Bounds = Bounds { low: f64::NEG_INFINITY, high: f64::INFINITY };
    /// Anything but negative numbers.
    pub const POSITIVE: Bounds = Bounds { low: 0.0, high: f64::INFINITY };

    const fn new(low: f64, high: f64) -> Self {
        Bounds { low, high }
    }

    /// From two ends in any order; what cannot be computed is any number.
    fn of(ends: &[f64]) -> Self {
        if ends.iter().any(|end| end.is_nan()) {
            return Self::ALL;
        }
        let low = ends.iter().copied().fold(f64::INFINITY, f64::min);
        let high = ends.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if low > high { Self::ALL } else { Self { low, high } }
    }

    /// Whether there is no number in it.
    pub fn is_empty(self) -> bool {
        self.low > self.high
    }

    fn union(self, other: Self) -> Self {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() { self } else { Self::new(self.low.min(other.low), self.high.max(other.high)) }
    }

    fn cut(self, other: Self) -> Self {
        Self::new(self.low.max(other.low), self.high.min(other.high))
    }

    /// A little more on both sides, for what rounds.
    fn widened(self) -> Self {
        let more = |end: f64| if end.is_finite() { end.abs() * 1e-9 } else { 0.0 };
        Self::new(self.low - more(self.low), self.high + more(self.high))
    }

    /// The sum of one or more such numbers.
    fn summed(self) -> Self {
        let low = if self.low >= 0.0 { self.low } else { f64::NEG_INFINITY };
        let high = if self.high <= 0.0 { self.high } else { f64::INFINITY };
        Self::new(low, high).widened()
    }

    /// What is left of it where `self op other` holds for some number of `other`.
    fn where_holds(self, op: BinaryOp, other: Self) -> Self {
        let holds = match op {
            BinaryOp::Equal => self.cut(other),
            BinaryOp::Greater | BinaryOp::GreaterEqual => self.cut(Self::new(other.low, f64::INFINITY)),
            BinaryOp::Less | BinaryOp::LessEqual => self.cut(Self::new(f64::NEG_INFINITY, other.high)),
            _ => self,
        };
        if self.never(op, other) { Self::new(f64::INFINITY, f64::NEG_INFINITY) } else { holds }
    }

    /// Whether `a op b` holds for no number `a` in this interval and no `b` in `other`.
    pub fn never(self, op: BinaryOp, other: Self) -> bool {
        // No number at all, but perhaps NaN, which is unequal to everything.
        if self.is_empty() || other.is_empty() {
            return op != BinaryOp::NotEqual;
        }
        match op {
            BinaryOp::Equal => self.high < other.low || self.low > other.high,
            BinaryOp::Greater => self.high <= other.low,
            BinaryOp::GreaterEqual => self.high < other.low,
            BinaryOp::Less => self.low >= other.high,
            BinaryOp::LessEqual => self.low > other.high,
            // NaN is unequal to everything.
            _ => false,
        }
    }

    /// Whether `a op b` holds for all numbers `a` in this interval and `b` in `other`.
    pub fn always(self, op: BinaryOp, other: Self) -> bool {
        match op {
            BinaryOp::Greater => self.low > other.high,
            BinaryOp::GreaterEqual => self.low >= other.high,
            BinaryOp::Less => self.high < other.low,
            BinaryOp::LessEqual => self.high <= other.low,
            BinaryOp::NotEqual => self.high < other.low || self.low > other.high,
            _ => false,
        }
    }
}

/// The bounds of every node, by its index. `value` gives the values of parameters that stand for numbers, by name.
pub fn bounds(expr: &Expr, trust: Trust, value: &dyn Fn(&str) -> Option<f64>) -> Vec<Bounds> {
    let mut walk = Walk { expr, trust, done: Vec::with_capacity(expr.nodes.len()) };
    for (id, node) in expr.nodes() {
        let found = match &node.kind {
            Kind::Number(Number::Literal(number, _)) => Bounds::of(&[*number]),
            Kind::Number(Number::Placeholder(start)) => {
                let known = expr.placeholder(*start).and_then(|placeholder| value(&placeholder.name));
                known.map_or(Bounds::ALL, |known| Bounds::of(&[known]))
            }
            Kind::String(_) => Bounds::ALL,
            Kind::Selector(selector) => match (trust, selector.metric()) {
                (Trust::Conventions, Some(metric)) => by_name(metric),
                _ => Bounds::ALL,
            },
            Kind::Subquery(subquery) => walk.at(subquery.inner),
            Kind::Paren(inner) => walk.at(*inner),
            Kind::Unary(unary) => {
                let inner = walk.at(unary.inner);
                if unary.negative { Bounds::new(-inner.high, -inner.low) } else { inner }
            }
            Kind::Call(call) => walk.call(call),
            Kind::Aggregate(aggregate) => walk.aggregate(aggregate),
            Kind::Binary(binary) => walk.binary(id, binary),
        };
        walk.done.push(found);
    }
    walk.done
}

/// What the name of a metric says about its values.
fn by_name(metric: &str) -> Bounds {
    if matches!(metric, "up" | "probe_success" | "ALERTS") || metric.ends_with("_info") {
        return Bounds::new(0.0, 1.0);
    }
    if name::is_counter(metric) || name::is_bucket(metric) { Bounds::POSITIVE } else { Bounds::ALL }
}

struct Walk<'a> {
    expr: &'a Expr,
    trust: Trust,
    done: Vec<Bounds>,
}

impl Walk<'_> {
    fn at(&self, id: NodeId) -> Bounds {
        self.done.get(id.index()).copied().unwrap_or(Bounds::ALL)
    }

    fn argument(&self, call: &Call, index: usize) -> Bounds {
        call.arguments.get(index).map_or(Bounds::ALL, |id| self.at(*id))
    }

    fn call(&self, call: &Call) -> Bounds {
        let first = self.argument(call, 0);
        match call.function.name {
            "absent" | "absent_over_time" | "present_over_time" => Bounds::new(1.0, 1.0),
            "abs" => {
                let low = if first.low > 0.0 { first.low } else { (-first.high).max(0.0) };
                Bounds::new(low, first.low.abs().max(first.high.abs()))
            }
            "vector" | "scalar" | "sort" | "sort_desc" | "sort_by_label" | "sort_by_label_desc" | "label_replace"
            | "label_join" | "last_over_time" | "first_over_time" | "min_over_time" | "max_over_time" | "info" => first,
            "avg_over_time" => first.widened(),
            "sum_over_time" => first.summed(),
            "count_over_time" => Bounds::new(1.0, f64::INFINITY),
            "changes" | "resets" | "stddev_over_time" | "stdvar_over_time" | "mad_over_time" | "sqrt" | "exp"
            | "time" => Bounds::POSITIVE,
            "hour" => Bounds::new(0.0, 23.0),
            "minute" => Bounds::new(0.0, 59.0),
            "day_of_week" => Bounds::new(0.0, 6.0),
            "day_of_month" => Bounds::new(1.0, 31.0),
            "day_of_year" => Bounds::new(1.0, 366.0),
            "days_in_month" => Bounds::new(28.0, 31.0),
            "month" => Bounds::new(1.0, 12.0),
            "sgn" | "sin" | "cos" | "tanh" => Bounds::new(-1.0, 1.0),
            "pi" => Bounds::new(std::f64::consts::PI, std::f64::consts::PI),
            "ceil" => Bounds::new(first.low.ceil(), first.high.ceil()),
            "floor" => Bounds::new(first.low.floor(), first.high.floor()),
            "round" if call.arguments.len() == 1 => Bounds::new(first.low.floor(), first.high.ceil()),
            "clamp_min" => {
                let least = self.argument(call, 1);
                Bounds::new(first.low.max(least.low), first.high.max(least.high))
            }
            "clamp_max" => {
                let most = self.argument(call, 1);
                Bounds::new(first.low.min(most.low), first.high.min(most.high))
            }
            "clamp" => {
                let (least, most) = (self.argument(call, 1), self.argument(call, 2));
                let cut = |least: f64, most: f64, value: f64| value.min(most).max(least);
                Bounds::new(cut(least.low, most.low, first.low), cut(least.high, most.high, first.high))
            }
            // A counter that is never negative never has a negative rate; numbers below 0 can look like resets.
            "rate" | "increase" | "irate" if self.trust == Trust::Conventions && !self.may_be_gauge(call) => {
                Bounds::POSITIVE
            }
            _ => Bounds::ALL,
        }
    }

    /// Whether a range is over something whose name does not say that it is a counter.
    fn may_be_gauge(&self, call: &Call) -> bool {
        self.argument(call, 0).low < 0.0
    }

    fn aggregate(&self, aggregate: &Aggregate) -> Bounds {
        let inner = self.at(aggregate.inner);
        match aggregate.op {
            Aggregator::Sum => inner.summed(),
            Aggregator::Avg => inner.widened(),
            Aggregator::Count | Aggregator::CountValues => Bounds::new(1.0, f64::INFINITY),
            Aggregator::Group => Bounds::new(1.0, 1.0),
            Aggregator::Stddev | Aggregator::Stdvar => Bounds::POSITIVE,
            Aggregator::Min
            | Aggregator::Max
            | Aggregator::Topk
            | Aggregator::Bottomk
            | Aggregator::Limitk
            | Aggregator::LimitRatio => inner,
            // Outside of 0 to 1 the quantile is infinite.
            Aggregator::Quantile => {
                let quantile = aggregate.parameter.map_or(Bounds::ALL, |id| self.at(id));
                if quantile.low >= 0.0 && quantile.high <= 1.0 { inner.widened() } else { Bounds::ALL }
            }
        }
    }

    fn binary(&self, id: NodeId, binary: &Binary) -> Bounds {
        let (left, right) = (self.at(binary.left), self.at(binary.right));
        let scalar = |id: NodeId| self.expr.node(id).value_type == ValueType::Scalar;
        let op = binary.op;
        // What `fill` stands in for is not known here.
        let filled = !binary.matching.fill.is_empty();
        if filled {
            return Bounds::ALL;
        }
        match op {
            _ if op.is_comparison() && binary.matching.bool_modifier.is_some() => Bounds::new(0.0, 1.0),
            _ if op.is_comparison() => {
                // The value of the vector comes through, wherever it stands.
                if scalar(binary.left)
                    && self.expr.node(id).value_type == ValueType::InstantVector
                    && !scalar(binary.right)
                {
                    right.where_holds(mirrored(op), left)
                } else {
                    left.where_holds(op, right)
                }
            }
            BinaryOp::And | BinaryOp::Unless => left,
            BinaryOp::Or => left.union(right),
            BinaryOp::Add => Bounds::of(&[left.low + right.low, left.high + right.high]).widened(),
            BinaryOp::Subtract => Bounds::of(&[left.low - right.high, left.high - right.low]).widened(),
            BinaryOp::Multiply => products(left, right).widened(),
            BinaryOp::Divide if right.low > 0.0 || right.high < 0.0 => quotients(left, right).widened(),
            // Not negative by not negative, 0 left out: 0 / 0 is NaN, everything else divided by 0 infinite.
            BinaryOp::Divide if left.low >= 0.0 && right.low >= 0.0 => Bounds::POSITIVE,
            BinaryOp::Modulo => {
                let most = right.low.abs().max(right.high.abs());
                let low = if left.low >= 0.0 { 0.0 } else { -most };
                let high = if left.high <= 0.0 { 0.0 } else { most };
                Bounds::new(low, high)
            }
            _ => Bounds::ALL,
        }
    }
}

fn products(left: Bounds, right: Bounds) -> Bounds {
    // 0 times infinity is NaN, which the interval does not speak of; the product of the ends is then 0.
    let times = |a: f64, b: f64| if a == 0.0 || b == 0.0 { 0.0 } else { a * b };
    let ends = [
        times(left.low, right.low),
        times(left.low, right.high),
        times(left.high, right.low),
        times(left.high, right.high),
    ];
    Bounds::of(&ends)
}

fn quotients(left: Bounds, right: Bounds) -> Bounds {
    let over = |a: f64, b: f64| if b.is_infinite() { 0.0 } else { a / b };
    let ends = [
        over(left.low, right.low),
        over(left.low, right.high),
        over(left.high, right.low),
        over(left.high, right.high),
    ];
    Bounds::of(&ends)
}

/// The operator with its sides swapped.
fn mirrored(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Less => BinaryOp::Greater,
        BinaryOp::LessEqual => BinaryOp::GreaterEqual,
        BinaryOp::Greater => BinaryOp::Less,
        BinaryOp::GreaterEqual => BinaryOp::LessEqual,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Target, parse};
    use super::*;

    fn of(text: &str, trust: Trust) -> (f64, f64) {
        let expr = parse(text, &Target::everything()).unwrap();
        let found = bounds(&expr, trust, &|_| None);
        let root = found[expr.root().index()];
        (root.low, root.high)
    }

    #[test]
    fn values_lie_where_the_functions_put_them() {
        let infinite = f64::INFINITY;
        for (text, low, high) in [
            ("count(a)", 1.0, infinite),
            ("count(a) or vector(0)", 0.0, infinite),
            ("-count(a)", -infinite, -1.0),
            ("a > 5", 5.0, infinite),
            ("5 > a", -infinite, 5.0),
            ("a > bool 5", 0.0, 1.0),
            ("sum(abs(a))", 0.0, infinite),
            ("sum(a)", -infinite, infinite),
            ("a and b", -infinite, infinite),
            ("hour()", 0.0, 23.0),
            ("clamp(a, 0, 1)", 0.0, 1.0),
            ("quantile(2, abs(a))", -infinite, infinite),
            ("abs(a) / abs(b)", 0.0, infinite),
            ("a / b", -infinite, infinite),
            ("a % 10", -10.0, 10.0),
            ("rate(a_total[5m])", -infinite, infinite),
        ] {
            assert_eq!(of(text, Trust::Nothing), (low, high), "{text}");
        }
        assert_eq!(of("rate(a_total[5m])", Trust::Conventions), (0.0, infinite));
        assert_eq!(of("rate(a[5m])", Trust::Conventions), (-infinite, infinite));
        assert_eq!(of("up", Trust::Conventions), (0.0, 1.0));
        let (low, high) = of("1 - avg(rate(a_total[5m]))", Trust::Conventions);
        assert!(low < -1e300 && (1.0..1.1).contains(&high), "{low} {high}");
    }
}
