//! In which unit the values of a query are, as far as names and arithmetic say.
//!
//! One walk from the leaves up. Names of metrics give units ([`super::name`]); functions keep or change them (`rate` of bytes
//! is bytes per second, a quantile of a histogram has the unit of its buckets); multiplying by a known factor converts (1024,
//! 60, 100), by another one takes a part of the value. Bytes over bytes is a fraction, and times 100 a percentage. Whatever is
//! not known stays unknown and gives no mismatch, so that only what the author wrote twice can disagree.

use super::ast::{Aggregate, Binary, BinaryOp, Call, Expr, Kind, Matcher, NodeId, Number};
use super::function::Aggregator;
use super::name;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are the units' own")]
pub enum Dimension {
    /// Nothing is known.
    Unknown,
    /// A number that was written down.
    Number,
    /// How many.
    Count,
    Bytes,
    Seconds,
    /// A point in time, since 1970.
    Timestamp,
    /// A part of something, or how many times something.
    Fraction,
    Celsius,
    Fahrenheit,
    Kelvin,
    Volts,
    Amperes,
    Watts,
    Joules,
    Meters,
    Grams,
    Hertz,
}

/// A unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantity {
    /// What is measured.
    pub dimension: Dimension,
    /// How many of the unit make one base unit: 1000 for milliseconds, 100 for percent, 1/1024 for KiB; none if not known.
    pub scale: Option<f64>,
    /// Whether it is per second.
    pub per_second: bool,
    /// Whether these are the buckets of a histogram over such values.
    pub bucket: bool,
    /// Whether it is a fraction of a whole, which cannot be more than 1 (or 100 percent).
    pub share: bool,
}

impl Quantity {
    /// Nothing is known.
    pub const UNKNOWN: Quantity =
        Quantity { dimension: Dimension::Unknown, scale: None, per_second: false, bucket: false, share: false };

    /// A unit by its dimension and scale.
    pub const fn of(dimension: Dimension, scale: f64) -> Self {
        Quantity { dimension, scale: Some(scale), ..Self::UNKNOWN }
    }

    /// Whether anything is known that could disagree with something else.
    fn is_known(self) -> bool {
        !matches!(self.dimension, Dimension::Unknown | Dimension::Number | Dimension::Count)
    }

    /// Seconds per second are a fraction of the time.
    #[must_use]
    pub fn as_fraction(self) -> Self {
        if self.dimension == Dimension::Seconds && self.per_second {
            return Quantity { dimension: Dimension::Fraction, per_second: false, ..self };
        }
        self
    }

    /// The unit in words: "bytes per second", "percent (0 to 100)".
    pub fn words(self) -> String {
        let own = self.as_fraction();
        let is = |scale: f64| own.scale.is_some_and(|own| (own / scale - 1.0).abs() < 1e-6);
        let base = match own.dimension {
            Dimension::Unknown | Dimension::Number | Dimension::Count => "numbers",
            Dimension::Bytes if is(8.0) => "bits",
            Dimension::Bytes if is(1.0 / 1024.0) => "KiB",
            Dimension::Bytes if is(1.0 / 1_048_576.0) => "MiB",
            Dimension::Bytes if is(1.0 / 1_073_741_824.0) => "GiB",
            Dimension::Bytes if is(1e-3) => "kB",
            Dimension::Bytes if is(1e-6) => "MB",
            Dimension::Bytes if is(1e-9) => "GB",
            Dimension::Bytes => "bytes",
            Dimension::Seconds if is(1e3) => "milliseconds",
            Dimension::Seconds if is(1e6) => "microseconds",
            Dimension::Seconds if is(1e9) => "nanoseconds",
            Dimension::Seconds if is(1.0 / 60.0) => "minutes",
            Dimension::Seconds if is(1.0 / 3600.0) => "hours",
            Dimension::Seconds if is(1.0 / 86_400.0) => "days",
            Dimension::Seconds => "seconds",
            Dimension::Timestamp if is(1e3) => "a time in milliseconds",
            Dimension::Timestamp => "a time in seconds",
            Dimension::Fraction if is(100.0) => "percent (0 to 100)",
            Dimension::Fraction => "a ratio (0 to 1)",
            Dimension::Celsius => "degrees Celsius",
            Dimension::Fahrenheit => "degrees Fahrenheit",
            Dimension::Kelvin => "kelvins",
            Dimension::Volts => "volts",
            Dimension::Amperes => "amperes",
            Dimension::Watts => "watts",
            Dimension::Joules => "joules",
            Dimension::Meters => "metres",
            Dimension::Grams => "grams",
            Dimension::Hertz => "hertz",
        };
        if own.per_second { format!("{base} per second") } else { base.to_owned() }
    }

    /// Whether the two can be added or compared, as far as is known.
    pub fn agrees(self, other: Self) -> bool {
        let (a, b) = (self.as_fraction(), other.as_fraction());
        if !a.is_known() || !b.is_known() || a.bucket || b.bucket {
            return true;
        }
        // A metric in seconds can be a time.
        let time = |dimension| matches!(dimension, Dimension::Seconds | Dimension::Timestamp);
        let same = a.dimension == b.dimension || (time(a.dimension) && time(b.dimension));
        let scales = match (a.scale, b.scale) {
            (Some(a), Some(b)) => (a / b - 1.0).abs() < 0.2,
            _ => true,
        };
        same && a.per_second == b.per_second && scales
    }
}

/// Two sides of an operator that are measured in different units.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// The operator's node.
    pub node: NodeId,
    /// The unit of its left side.
    pub left: Quantity,
    /// The unit of its right side.
    pub right: Quantity,
}

/// The units of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Units {
    /// The unit of every node, by its index.
    nodes: Vec<Quantity>,
    /// Where units disagree.
    pub mismatches: Vec<Mismatch>,
}

impl Units {
    /// The unit of a node's values.
    pub fn at(&self, id: NodeId) -> Quantity {
        self.nodes.get(id.index()).copied().unwrap_or(Quantity::UNKNOWN)
    }
}

/// Works out the units of `expr`.
pub fn units(expr: &Expr) -> Units {
    let mut walk =
        Walk { expr, done: Vec::with_capacity(expr.nodes.len()), numbers: Vec::new(), mismatches: Vec::new() };
    for (id, node) in expr.nodes() {
        let mut number = None;
        let found = match &node.kind {
            Kind::Number(Number::Literal(value, _)) => {
                number = Some(*value);
                Quantity { dimension: Dimension::Number, ..Quantity::UNKNOWN }
            }
            Kind::Number(Number::Placeholder(_)) | Kind::String(_) => Quantity::UNKNOWN,
            Kind::Selector(selector) => selector.metric().map_or(Quantity::UNKNOWN, name::quantity),
            Kind::Subquery(subquery) => walk.at(subquery.inner),
            Kind::Paren(inner) => {
                number = walk.number(*inner);
                walk.at(*inner)
            }
            Kind::Unary(unary) => walk.at(unary.inner),
            Kind::Call(call) => walk.call(call),
            Kind::Aggregate(aggregate) => walk.aggregate(aggregate),
            Kind::Binary(binary) => {
                number = walk.number(binary.left).zip(walk.number(binary.right)).map(|(a, b)| binary.op.apply(a, b));
                walk.binary(id, binary)
            }
        };
        walk.done.push(found);
        walk.numbers.push(number);
    }
    Units { nodes: walk.done, mismatches: walk.mismatches }
}

/// Words of what is a part of something, and of what is the whole of it.
const PARTS: [&str; 5] = ["avail", "free", "used", "usage", "remaining"];
const WHOLES: [&str; 5] = ["size", "total", "capacity", "limit", "max"];

struct Walk<'a> {
    expr: &'a Expr,
    done: Vec<Quantity>,
    /// What nodes that are plain arithmetic come to.
    numbers: Vec<Option<f64>>,
    mismatches: Vec<Mismatch>,
}

/// Factors that turn one unit into another; any other factor takes a part or a multiple of the value.
fn converts(dimension: Dimension, factor: f64) -> bool {
    const BYTES: [f64; 9] = [8.0, 1024.0, 1_048_576.0, 1_073_741_824.0, 1_099_511_627_776.0, 1e3, 1e6, 1e9, 1e12];
    const TIME: [f64; 7] = [60.0, 3_600.0, 86_400.0, 604_800.0, 1e3, 1e6, 1e9];
    let known: &[f64] = match dimension {
        Dimension::Bytes => &BYTES,
        Dimension::Seconds | Dimension::Timestamp => &TIME,
        Dimension::Fraction => &[100.0],
        _ => &[1e3, 1e6],
    };
    known.iter().any(|known| (factor / known - 1.0).abs() < 1e-9 || (factor * known - 1.0).abs() < 1e-9)
}

impl Walk<'_> {
    fn at(&self, id: NodeId) -> Quantity {
        self.done.get(id.index()).copied().unwrap_or(Quantity::UNKNOWN)
    }

    fn number(&self, id: NodeId) -> Option<f64> {
        self.numbers.get(id.index()).copied().flatten()
    }

    fn call(&self, call: &Call) -> Quantity {
        let argument = |index: usize| call.arguments.get(index).map_or(Quantity::UNKNOWN, |id| self.at(*id));
        let first = argument(0);
        match call.function.name {
            "time" | "timestamp" => Quantity::of(Dimension::Timestamp, 1.0),
            "abs"
            | "ceil"
            | "floor"
            | "round"
            | "clamp"
            | "clamp_min"
            | "clamp_max"
            | "sort"
            | "sort_desc"
            | "sort_by_label"
            | "sort_by_label_desc"
            | "label_replace"
            | "label_join"
            | "scalar"
            | "vector"
            | "increase"
            | "delta"
            | "idelta"
            | "avg_over_time"
            | "min_over_time"
            | "max_over_time"
            | "sum_over_time"
            | "last_over_time"
            | "first_over_time"
            | "stddev_over_time"
            | "mad_over_time"
            | "predict_linear"
            | "info"
            | "holt_winters"
            | "double_exponential_smoothing" => first,
            "quantile_over_time" => argument(1),
            "rate" | "irate" | "deriv" => match first.dimension {
                Dimension::Unknown | Dimension::Number => Quantity::UNKNOWN,
                Dimension::Joules => Quantity { dimension: Dimension::Watts, ..first },
                Dimension::Timestamp | Dimension::Fraction => Quantity::UNKNOWN,
                _ if first.per_second => Quantity::UNKNOWN,
                _ => Quantity { per_second: true, ..first },
            },
            "histogram_quantile" => Quantity { bucket: false, per_second: false, ..argument(1) },
            "histogram_avg" => Quantity { per_second: false, ..first },
            "histogram_fraction" => Quantity { share: true, ..Quantity::of(Dimension::Fraction, 1.0) },
            _ => Quantity::UNKNOWN,
        }
    }

    fn aggregate(&self, aggregate: &Aggregate) -> Quantity {
        match aggregate.op {
            Aggregator::Sum => Quantity { share: false, ..self.at(aggregate.inner) },
            Aggregator::Avg
            | Aggregator::Min
            | Aggregator::Max
            | Aggregator::Stddev
            | Aggregator::Topk
            | Aggregator::Bottomk
            | Aggregator::Quantile
            | Aggregator::Limitk
            | Aggregator::LimitRatio => self.at(aggregate.inner),
            Aggregator::Count => Quantity::of(Dimension::Count, 1.0),
            Aggregator::Group | Aggregator::Stdvar | Aggregator::CountValues => Quantity::UNKNOWN,
        }
    }

    fn binary(&mut self, id: NodeId, binary: &Binary) -> Quantity {
        let (left, right) = (self.at(binary.left), self.at(binary.right));
        match binary.op {
            BinaryOp::And | BinaryOp::Unless => left,
            BinaryOp::Or if left == right => left,
            BinaryOp::Or => Quantity::UNKNOWN,
            op if op.is_comparison() => {
                self.compare(id, left, right);
                match (binary.matching.bool_modifier.is_some(), left.dimension) {
                    (true, _) => Quantity::UNKNOWN,
                    (false, Dimension::Number) => right,
                    (false, _) => left,
                }
            }
            BinaryOp::Add | BinaryOp::Subtract => self.sum(id, binary, left, right),
            BinaryOp::Multiply => self.product(binary, left, right),
            BinaryOp::Divide => self.quotient(binary, left, right),
            _ => Quantity::UNKNOWN,
        }
    }

    fn compare(&mut self, node: NodeId, left: Quantity, right: Quantity) {
        if !left.agrees(right) {
            self.mismatches.push(Mismatch { node, left, right });
        }
    }

    fn sum(&mut self, id: NodeId, binary: &Binary, left: Quantity, right: Quantity) -> Quantity {
        let op = binary.op;
        match (left.dimension, right.dimension) {
            (Dimension::Number, Dimension::Number) => left,
            (Dimension::Number, _) => {
                let rest = right.as_fraction();
                // Whoever takes it away from the whole says that it is a part.
                let whole = self.number(binary.left).is_some_and(|number| Some(number) == rest.scale);
                let share = op == BinaryOp::Subtract && rest.dimension == Dimension::Fraction && whole;
                Quantity { share, ..rest }
            }
            (_, Dimension::Number) => left,
            (Dimension::Unknown | Dimension::Count, _) | (_, Dimension::Unknown | Dimension::Count) => {
                if left.dimension == right.dimension { left } else { Quantity::UNKNOWN }
            }
            (a, b) => {
                self.compare(id, left, right);
                let time = |dimension| matches!(dimension, Dimension::Timestamp);
                if op == BinaryOp::Subtract && (time(a) || time(b)) {
                    return Quantity { dimension: Dimension::Seconds, ..left };
                }
                if left.agrees(right) {
                    Quantity { share: left.share && op == BinaryOp::Subtract, ..left }
                } else {
                    Quantity::UNKNOWN
                }
            }
        }
    }

    fn scaled(quantity: Quantity, factor: f64) -> Quantity {
        let percent = converts(Dimension::Fraction, factor);
        let quantity = if percent { quantity.as_fraction() } else { quantity };
        match quantity.scale {
            Some(scale) if converts(quantity.dimension, factor) => Quantity { scale: Some(scale * factor), ..quantity },
            _ => Quantity { share: false, ..quantity },
        }
    }

    fn product(&self, binary: &Binary, left: Quantity, right: Quantity) -> Quantity {
        match (self.number(binary.left), self.number(binary.right)) {
            (Some(_), Some(_)) => Quantity { dimension: Dimension::Number, ..Quantity::UNKNOWN },
            (Some(factor), None) => Self::scaled(right, factor),
            (None, Some(factor)) => Self::scaled(left, factor),
            (None, None) => Quantity::UNKNOWN,
        }
    }

    fn quotient(&self, binary: &Binary, left: Quantity, right: Quantity) -> Quantity {
        match (self.number(binary.left), self.number(binary.right)) {
            (Some(_), Some(_)) => return Quantity { dimension: Dimension::Number, ..Quantity::UNKNOWN },
            (None, Some(divisor)) => return Self::scaled(left, divisor.recip()),
            (Some(_), None) => return Quantity::UNKNOWN,
            (None, None) => {}
        }
        if left.bucket != right.bucket && left.dimension != Dimension::Count && right.dimension != Dimension::Count {
            return Quantity::UNKNOWN;
        }
        let scale = left.scale.zip(right.scale).map(|(left, right)| left / right);
        let share = self.is_share(binary.left, binary.right);
        match (left.dimension, right.dimension) {
            (Dimension::Unknown | Dimension::Number, _) | (_, Dimension::Unknown | Dimension::Number) => {
                if share {
                    Quantity { share, ..Quantity::of(Dimension::Fraction, 1.0) }
                } else {
                    Quantity::UNKNOWN
                }
            }
            (a, b) if a == b && left.per_second == right.per_second => {
                Quantity { dimension: Dimension::Fraction, scale, per_second: false, bucket: false, share }
            }
            // Buckets over their count.
            (_, Dimension::Count) if left.bucket && left.per_second == right.per_second => {
                Quantity { share: true, ..Quantity::of(Dimension::Fraction, 1.0) }
            }
            (_, Dimension::Count) if left.per_second == right.per_second => Quantity { per_second: false, ..left },
            (_, Dimension::Fraction) => left,
            _ => Quantity::UNKNOWN,
        }
    }

    /// Whether one side is a part of the other: the same metrics, of which the left side selects fewer series; or what is
    /// free or used of what there is.
    fn is_share(&self, left: NodeId, right: NodeId) -> bool {
        let (Some(part), Some(whole)) = (self.only_selector(left), self.only_selector(right)) else { return false };
        let (Some(part_name), Some(whole_name)) = (part.0, whole.0) else { return false };
        if part_name == whole_name {
            let narrower = whole.1.iter().all(|matcher| part.1.iter().any(|own| same(own, matcher)));
            return narrower && part.1.len() > whole.1.len();
        }
        let has = |name: &str, words: &[&str]| {
            let name = name.to_ascii_lowercase();
            words.iter().any(|word| name.contains(word))
        };
        let common = part_name.bytes().zip(whole_name.bytes()).take_while(|(a, b)| a == b).count();
        let stem = part_name.get(..common).is_some_and(|stem| stem.matches('_').count() >= 2);
        stem && has(part_name, &PARTS) && has(whole_name, &WHOLES) && !name::is_counter(whole_name)
    }

    /// The name and matchers of a side that reads one selector, through functions and aggregations that leave a part a part.
    fn only_selector(&self, id: NodeId) -> Option<(Option<&str>, &[Matcher])> {
        let mut id = id;
        loop {
            match &self.expr.node(id).kind {
                Kind::Paren(inner) => id = *inner,
                Kind::Aggregate(aggregate) if aggregate.op == Aggregator::Sum => id = aggregate.inner,
                Kind::Call(call) if matches!(call.function.name, "rate" | "increase" | "sum_over_time") => {
                    id = *call.arguments.first()?;
                }
                Kind::Selector(selector) => return Some((selector.metric(), &selector.matchers)),
                Kind::Number(_)
                | Kind::String(_)
                | Kind::Subquery(_)
                | Kind::Call(_)
                | Kind::Aggregate(_)
                | Kind::Unary(_)
                | Kind::Binary(_) => return None,
            }
        }
    }
}

fn same(a: &Matcher, b: &Matcher) -> bool {
    a.label.name == b.label.name && a.op == b.op && a.value.value == b.value.value
}

#[cfg(test)]
mod tests {
    use super::super::{Target, parse};
    use super::*;

    fn of(text: &str) -> (String, bool, usize) {
        let expr = parse(text, &Target::everything()).unwrap();
        let units = units(&expr);
        let root = units.at(expr.root());
        (root.words(), root.share, units.mismatches.len())
    }

    #[test]
    fn units_follow_the_arithmetic() {
        for (text, words, share) in [
            ("a_bytes / 1024 / 1024", "MiB", false),
            ("a_bytes / 1024 ^ 2", "MiB", false),
            ("rate(a_bytes_total[5m]) * 8", "bits per second", false),
            ("time() - a_timestamp_seconds", "seconds", false),
            ("(time() - a_timestamp_seconds) / 3600", "hours", false),
            ("histogram_quantile(0.9, sum by (le) (rate(a_seconds_bucket[5m])))", "seconds", false),
            ("rate(a_seconds_sum[5m]) / rate(a_seconds_count[5m])", "seconds", false),
            ("1 - avg(rate(node_cpu_seconds_total[5m]))", "a ratio (0 to 1)", true),
            ("100 - avg(rate(node_cpu_seconds_total[5m])) * 100", "percent (0 to 100)", true),
            ("node_filesystem_avail_bytes / node_filesystem_size_bytes", "a ratio (0 to 1)", true),
            ("a_bytes / b_bytes * 100", "percent (0 to 100)", false),
            ("sum(rate(a_total{code=\"5\"}[5m])) / sum(rate(a_total[5m]))", "a ratio (0 to 1)", true),
            ("a_total / b_total", "a ratio (0 to 1)", false),
            ("a_bytes * 0.9", "bytes", false),
            ("a * 100", "numbers", false),
            ("rate(a_joules_total[5m])", "watts", false),
        ] {
            assert_eq!(of(text), (words.to_owned(), share, 0), "{text}");
        }
    }

    #[test]
    fn only_known_units_disagree() {
        for (text, count) in [
            ("a_bytes > b_seconds", 1),
            ("a_bytes > b_bytes / 1024", 1),
            ("a_bytes > b_bytes * 0.8", 0),
            ("a_bytes + b", 0),
            ("time() - a_ms", 1),
            ("time() * 1000 - a_timestamp_ms", 0),
            ("a_ratio > b_percent", 1),
            ("a_bytes > rate(b_bytes_total[5m])", 1),
            ("a_bytes > a_total", 0),
        ] {
            assert_eq!(of(text).2, count, "{text}");
        }
    }
}
