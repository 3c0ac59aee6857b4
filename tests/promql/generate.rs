//! Series and queries from a seed, for comparing what we say about a query with what Prometheus does.

use super::random::Random;
use alertsmith::promql::{FUNCTIONS, Feature, Function, Target, ValueType, Version, parse, quote};
use std::collections::{BTreeMap, BTreeSet};

/// The labels that series and queries use, but for those of which only some releases know the names.
pub const LABELS: [&str; 6] = ["job", "instance", "env", "le", "v", "a.b"];
const VALUES: [&str; 3] = ["x", "y", "2"];
const METRICS: [&str; 7] = ["a", "b", "c", "d_bucket", "h", "target_info", "build_info"];

/// What a series holds at one minute.
#[derive(Debug, Clone)]
pub enum Sample {
    Nothing,
    Number(usize),
    /// In the notation of promtool.
    Histogram(String),
    Stale,
}

/// The samples of each series, from minute 0 to minute 20. Queries are evaluated at [`MINUTE`].
pub type Data = BTreeMap<String, Vec<Sample>>;

/// When queries are evaluated.
pub const MINUTE: usize = 15;

/// One block: its series with their values, and the queries over them.
#[derive(Clone)]
pub struct Block {
    pub series: Data,
    pub queries: Vec<String>,
}

/// Whether names in quotes can be tried.
fn quoted_names(target: &Target) -> bool {
    target.prometheus >= Version::new(3, 0)
}

/// Series and their values. Some end, or begin late, or pause.
pub fn series(random: &mut Random, target: &Target, histograms: bool) -> Data {
    let mut found = Data::new();
    for _ in 0..6 + random.below(10) {
        let mut labels: Vec<String> = Vec::new();
        for label in LABELS.into_iter().filter(|label| quoted_names(target) || is_plain(label)) {
            if random.below(3) > 0 {
                labels.push(format!("{}={}", written(label), quote(VALUES[random.below(VALUES.len())])));
            }
        }
        let metric = random.pick(&METRICS);
        let (first, step) = (random.below(97), random.below(3));
        let histogram = histograms && random.below(if *metric == "h" { 2 } else { 8 }) == 0;
        let gap = match random.below(12) {
            0 => 4..21,
            1 => 0..14,
            2 => 1..13,
            _ => 0..0,
        };
        let samples = (0..21).map(|minute| match minute {
            _ if gap.contains(&minute) && gap.start == minute && minute > 0 => Sample::Stale,
            _ if gap.contains(&minute) => Sample::Nothing,
            _ if histogram => {
                let (low, count) = (first + minute, first + minute + 3);
                Sample::Histogram(format!("{{{{schema:0 sum:{count} count:{count} buckets:[{low} 1 2]}}}}"))
            }
            _ => Sample::Number(first + minute * step),
        });
        found.entry(format!("{metric}{{{}}}", labels.join(","))).or_insert_with(|| samples.collect());
    }
    found
}

fn is_plain(label: &str) -> bool {
    alertsmith::promql::is_plain_label_name(label)
}

/// A label name as it stands in a query.
fn written(label: &str) -> String {
    if is_plain(label) { label.to_owned() } else { quote(label) }
}

struct Maker<'a> {
    random: &'a mut Random,
    target: &'a Target,
}

impl Maker<'_> {
    fn has(&self, feature: Feature) -> bool {
        self.target.features.contains(&feature)
    }

    /// A label name; now and then the one of the metric name.
    fn raw_label(&mut self) -> &'static str {
        if self.random.below(24) == 0 {
            return "__name__";
        }
        let label = LABELS[self.random.below(LABELS.len())];
        if is_plain(label) || quoted_names(self.target) { label } else { "job" }
    }

    fn label(&mut self) -> String {
        written(self.raw_label())
    }

    fn labels(&mut self) -> String {
        let count = self.random.below(4);
        (0..count).map(|_| self.label()).collect::<Vec<_>>().join(", ")
    }

    fn selector(&mut self) -> String {
        let mut matchers = Vec::new();
        for _ in 0..self.random.below(3) {
            let label = self.label();
            let value = *self.random.pick(&["x", "y", "2", ""]);
            let pattern =
                *self.random.pick(&["x|y", "x|", ".+", ".*", "[xy]", "x.*", "", "^(x|2)$", "(y|z)?", "\\\\w+"]);
            matchers.push(match self.random.below(6) {
                0 | 1 => format!("{label}=\"{value}\""),
                2 => format!("{label}!=\"{value}\""),
                3 | 4 => format!("{label}=~\"{pattern}\""),
                _ => format!("{label}!~\"{pattern}\""),
            });
        }
        let name =
            *self.random.pick(&["a", "b", "c", "d_bucket", "a", "b", "c", "missing", "h", "target_info", "build_info"]);
        match self.random.below(12) {
            1 if quoted_names(self.target) => {
                matchers.insert(0, quote(name));
                format!("{{{}}}", matchers.join(", "))
            }
            0 => format!("{{__name__=~\"{name}|b\",{}}}", matchers.join(",")),
            _ if matchers.is_empty() => name.to_owned(),
            _ => format!("{name}{{{}}}", matchers.join(",")),
        }
    }

    fn scalar(&mut self, depth: usize) -> String {
        match self.random.below(8) {
            0 if depth > 0 => format!("scalar({})", self.vector(depth - 1)),
            1 => "time()".to_owned(),
            2 => format!("({} + {})", self.scalar(0), self.scalar(0)),
            3 => format!("({} > bool {})", self.scalar(0), self.scalar(0)),
            4 => "-1".to_owned(),
            _ => self.random.below(4).to_string(),
        }
    }

    /// `offset` and `@`, most often neither.
    fn modifiers(&mut self) -> &'static str {
        match self.random.below(16) {
            0 => " offset 1m",
            1 => " offset -1m",
            2 => " @ 600",
            3 => " @ start()",
            4 => " @ end() offset 2m",
            _ => "",
        }
    }

    fn range(&mut self, depth: usize) -> String {
        if depth > 0 && self.random.below(3) == 0 {
            let inner = self.vector(depth - 1);
            let step = *self.random.pick(&["", "1m", "10m"]);
            let modifiers = self.modifiers();
            return format!("({inner})[5m:{step}]{modifiers}");
        }
        let (selector, modifiers) = (self.selector(), self.modifiers());
        if self.has(Feature::ExtendedRangeSelectors) && self.random.below(4) == 0 {
            let word = *self.random.pick(&["anchored", "smoothed"]);
            return format!("{selector}[5m] {word}{modifiers}");
        }
        format!("{selector}[5m]{modifiers}")
    }

    fn vector(&mut self, depth: usize) -> String {
        if depth == 0 {
            return match self.random.below(10) {
                0 => format!("vector({})", self.scalar(0)),
                1 => format!("absent({})", self.selector()),
                _ => self.selector(),
            };
        }
        match self.random.below(20) {
            0..=4 => self.aggregation(depth),
            5..=7 => self.call(depth),
            8..=13 => self.binary(depth),
            14 => format!("({})", self.vector(depth - 1)),
            15 => format!("-{}", self.selector()),
            16 => {
                let (selector, modifiers) = (self.selector(), self.modifiers());
                let smoothed = self.has(Feature::ExtendedRangeSelectors) && self.random.below(2) == 0;
                format!("{selector}{}{modifiers}", if smoothed { " smoothed" } else { "" })
            }
            17 | 18 => self.label_function(depth),
            _ => self.vector(0),
        }
    }

    fn grouping(&mut self) -> String {
        match self.random.below(5) {
            0 => String::new(),
            1 => format!("without ({})", self.labels()),
            _ => format!("by ({})", self.labels()),
        }
    }

    fn aggregation(&mut self, depth: usize) -> String {
        let inner = self.vector(depth - 1);
        let grouping = self.grouping();
        match self.random.below(if self.has(Feature::ExperimentalFunctions) { 14 } else { 12 }) {
            12 => format!("limitk {grouping} ({}, {inner})", self.scalar(0)),
            13 => format!("limit_ratio {grouping} ({}, {inner})", *self.random.pick(&["0.5", "-0.5", "1", "0"])),
            0 => format!("topk {grouping} ({}, {inner})", self.scalar(0)),
            1 => format!("bottomk {grouping} (1, {inner})"),
            2 => format!("quantile {grouping} (0.5, {inner})"),
            3 => format!("count_values {grouping} ({}, {inner})", quote(self.raw_label())),
            _ => {
                let op = *self.random.pick(&["sum", "avg", "min", "max", "count", "group", "stddev"]);
                format!("{op} {grouping} ({inner})")
            }
        }
    }

    /// A call of any function that the target has, with arguments of the types it takes.
    fn call(&mut self, depth: usize) -> String {
        let known: Vec<&'static Function> = FUNCTIONS
            .iter()
            .filter(|function| !function.name.starts_with("label_") && function.returns == ValueType::InstantVector)
            .filter(|function| self.takes(function))
            .collect();
        let usual = [
            "rate",
            "increase",
            "absent",
            "histogram_quantile",
            "last_over_time",
            "vector",
            "abs",
            "clamp_max",
            "hour",
        ];
        let usual = Function::find(usual[self.random.below(usual.len())]);
        let function =
            if self.random.below(3) == 0 { usual } else { None }.unwrap_or(known[self.random.below(known.len())]);
        let most = function.max.unwrap_or(function.min + 2);
        let count = function.min + self.random.below(most - function.min + 1);
        let mut arguments: Vec<String> = Vec::new();
        for index in 0..count {
            let text = match (function.name, index) {
                ("info", 1) => self.data_labels(),
                ("quantile_over_time" | "histogram_quantile" | "double_exponential_smoothing", _)
                    if function.argument(index) == Some(ValueType::Scalar) =>
                {
                    (*self.random.pick(&["0.5", "0.9", "0.2"])).to_owned()
                }
                _ => match function.argument(index).unwrap() {
                    ValueType::Scalar => self.scalar(0),
                    ValueType::String => quote(self.raw_label()),
                    ValueType::InstantVector => self.vector(depth - 1),
                    ValueType::RangeVector => self.range(depth),
                },
            };
            arguments.push(text);
        }
        format!("{}({})", function.name, arguments.join(", "))
    }

    fn takes(&self, function: &Function) -> bool {
        let here = self.target.prometheus;
        let free = function.stable.is_some_and(|stable| here >= stable) || self.has(Feature::ExperimentalFunctions);
        here >= function.since && function.last.is_none_or(|last| here <= last) && free
    }

    /// The second argument of `info`.
    fn data_labels(&mut self) -> String {
        let mut matchers = Vec::new();
        if self.random.below(3) == 0 {
            matchers.push((*self.random.pick(&["__name__=\"build_info\"", "__name__=~\".+_info\""])).to_owned());
        }
        for _ in 0..self.random.below(3) {
            let label = self.label();
            matchers.push(format!("{label}{}", self.random.pick(&["=~\".+\"", "=~\".*\"", "=\"x\"", "!=\"y\""])));
        }
        format!("{{{}}}", matchers.join(", "))
    }

    fn label_function(&mut self, depth: usize) -> String {
        let inner = self.vector(depth - 1);
        let (to, from) = (quote(self.raw_label()), quote(self.raw_label()));
        if self.random.below(3) == 0 {
            let more = if self.random.below(2) == 0 { String::new() } else { format!(", {}", quote(self.raw_label())) };
            let separator = *self.random.pick(&["", "-"]);
            let sources = if self.random.below(6) == 0 { String::new() } else { format!(", {from}{more}") };
            return format!("label_join({inner}, {to}, \"{separator}\"{sources})");
        }
        let from = if self.random.below(4) == 0 { "\"\"".to_owned() } else { from };
        let replacement =
            *self.random.pick(&["z", "", "$1", "k$1", "$1$2", "${1}k", "$0", "$$", "$1k", "$name-", "${name}"]);
        let pattern = *self.random.pick(&[
            "(.*)",
            ".*",
            "",
            "x",
            "x|y",
            "(x)?",
            "(.+)",
            "[^x]*",
            "x(.*)|y",
            "(?P<name>.+)",
            "(?P<name>x|y)",
            "(?i)(X)|(y)",
        ]);
        format!("label_replace({inner}, {to}, \"{replacement}\", {from}, \"{pattern}\")")
    }

    fn binary(&mut self, depth: usize) -> String {
        let (mut left, mut right) = (self.vector(depth - 1), self.vector(depth - 1));
        let kind = self.random.below(10);
        if kind < 3 {
            let scalar = self.scalar(depth);
            let op = *self.random.pick(&["+", "*", ">", "<=", "== bool", "!=", "> bool", "-", "=="]);
            return if self.random.below(4) == 0 {
                format!("({scalar} {op} {left})")
            } else {
                format!("({left} {op} {scalar})")
            };
        }
        if kind < 6 {
            let op = *self.random.pick(&["and", "or", "unless", "or"]);
            let matching = match self.random.below(4) {
                0 => format!("on ({})", self.labels()),
                1 => format!("ignoring ({})", self.labels()),
                _ => String::new(),
            };
            return format!("({left} {op} {matching} {right})");
        }
        let mut ops = vec!["+", "/", ">", "<", "!= bool", ">=", "*", "^", "%", "atan2", "==", "<= bool"];
        if self.target.prometheus >= Version::new(3, 11) {
            ops.extend(["</", ">/"]);
        }
        let op = *self.random.pick(&ops);
        let labels = self.labels();
        let word = *self.random.pick(&["on", "on", "ignoring"]);
        let include = (0..self.random.below(3)).map(|_| self.label()).collect::<Vec<_>>().join(", ");
        let fill = match self.random.below(12) {
            0..=2 if self.has(Feature::BinopFillModifiers) => {
                *self.random.pick(&[" fill (0)", " fill_left (1)", " fill_right (2)", " fill_left (1) fill_right (-3)"])
            }
            _ => "",
        };
        // Sides that are unique per match group meet without an error.
        if self.random.below(3) > 0 && word == "on" {
            let aggregated = |inner: &str| format!("max by ({labels}) ({inner})");
            match self.random.below(3) {
                0 => {
                    left = aggregated(&left);
                    right = aggregated(&right);
                }
                1 => right = aggregated(&right),
                _ => left = aggregated(&left),
            }
        }
        let matching = match self.random.below(6) {
            0 => String::new(),
            1 | 2 => format!("{word} ({labels})"),
            3 => format!("{word} ({labels}) group_right ({include})"),
            _ => format!("{word} ({labels}) group_left ({include})"),
        };
        format!("({left} {op} {matching}{fill} {right})")
    }
}

/// Blocks with as many queries in all, each of which `target` accepts.
pub fn blocks(count: usize, random: &mut Random, target: &Target, histograms: bool) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut made = 0;
    while made < count {
        let block = Block { series: series(random, target, histograms), queries: queries(40, random, target) };
        made += block.queries.len();
        blocks.push(block);
    }
    blocks
}

/// Queries that `target` accepts, out of so many tries.
pub fn queries(tries: usize, random: &mut Random, target: &Target) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut queries = Vec::new();
    for _ in 0..tries {
        let depth = 1 + random.below(3);
        let query = Maker { random, target }.vector(depth);
        if parse(&query, target).is_ok() && seen.insert(query.clone()) {
            queries.push(query);
        }
    }
    queries
}
