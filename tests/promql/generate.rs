//! Series and queries from a seed, for comparing what we say about a query with what Prometheus does.

use super::random::{Random, seed};
use crate::support::tools::Generation;
use alertsmith::promql::{Target, parse, quote};
use std::collections::BTreeSet;

/// The labels that series and queries use.
pub const LABELS: [&str; 5] = ["job", "inst", "env", "le", "v"];
const VALUES: [&str; 3] = ["x", "y", "2"];
const METRICS: [&str; 4] = ["a", "b", "c", "d_bucket"];

/// One block: its series, and the queries over them.
pub struct Block {
    pub series: Vec<String>,
    pub queries: Vec<String>,
}

fn series(random: &mut Random) -> Vec<String> {
    let mut found = BTreeSet::new();
    for _ in 0..6 + random.below(10) {
        let mut labels: Vec<String> = Vec::new();
        for label in LABELS {
            if random.below(3) > 0 {
                labels.push(format!("{label}={}", quote(VALUES[random.below(VALUES.len())])));
            }
        }
        found.insert(format!("{}{{{}}}", random.pick(&METRICS), labels.join(",")));
    }
    found.into_iter().collect()
}

struct Maker<'a> {
    random: &'a mut Random,
    newest: bool,
}

impl Maker<'_> {
    fn label(&mut self) -> &'static str {
        LABELS[self.random.below(LABELS.len())]
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
        let name = *self.random.pick(&["a", "b", "c", "d_bucket", "a", "b", "c", "missing"]);
        match self.random.below(8) {
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

    fn range(&mut self, depth: usize) -> String {
        if depth > 0 && self.random.below(3) == 0 {
            let inner = self.vector(depth - 1);
            let step = *self.random.pick(&["", "1m", "10m"]);
            return format!("({inner})[5m:{step}]");
        }
        format!("{}[5m]", self.selector())
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
            16 => format!("{} offset 1m", self.selector()),
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
        match self.random.below(12) {
            0 => format!("topk {grouping} ({}, {inner})", self.scalar(0)),
            1 => format!("bottomk {grouping} (1, {inner})"),
            2 => format!("quantile {grouping} (0.5, {inner})"),
            3 => format!("count_values {grouping} (\"{}\", {inner})", self.label()),
            _ => {
                let op = *self.random.pick(&["sum", "avg", "min", "max", "count", "group", "stddev"]);
                format!("{op} {grouping} ({inner})")
            }
        }
    }

    fn call(&mut self, depth: usize) -> String {
        match self.random.below(12) {
            0 => format!("absent({})", self.vector(depth - 1)),
            1 => format!("absent_over_time({})", self.range(depth)),
            2 => format!("histogram_quantile(0.9, {})", self.vector(depth - 1)),
            3 => format!("vector({})", self.scalar(depth)),
            4 => format!("clamp_max({}, {})", self.vector(depth - 1), self.scalar(0)),
            5 => format!("sort_desc({})", self.vector(depth - 1)),
            6 => format!("quantile_over_time(0.5, {})", self.range(depth)),
            7 => format!("round({}, 2)", self.vector(depth - 1)),
            8 | 9 => {
                let name = *self.random.pick(&["abs", "ceil", "timestamp", "hour", "day_of_month", "sgn", "exp"]);
                format!("{name}({})", self.vector(depth - 1))
            }
            _ => {
                if self.newest && self.random.below(8) == 0 {
                    return format!("first_over_time({})", self.range(depth));
                }
                let name = *self.random.pick(&[
                    "rate",
                    "increase",
                    "delta",
                    "deriv",
                    "last_over_time",
                    "max_over_time",
                    "count_over_time",
                    "changes",
                    "present_over_time",
                    "irate",
                ]);
                format!("{name}({})", self.range(depth))
            }
        }
    }

    fn label_function(&mut self, depth: usize) -> String {
        let inner = self.vector(depth - 1);
        let (to, from) = (self.label(), self.label());
        if self.random.below(3) == 0 {
            let more = if self.random.below(2) == 0 { String::new() } else { format!(", \"{}\"", self.label()) };
            let separator = *self.random.pick(&["", "-"]);
            let sources = if self.random.below(6) == 0 { String::new() } else { format!(", \"{from}\"{more}") };
            return format!("label_join({inner}, \"{to}\", \"{separator}\"{sources})");
        }
        let from = if self.random.below(4) == 0 { "" } else { from };
        let replacement = *self.random.pick(&["z", "", "$1", "k$1", "$1$2"]);
        let pattern = *self.random.pick(&["(.*)", ".*", "", "x", "x|y", "(x)?", "(.+)", "[^x]*", "x(.*)|y"]);
        format!("label_replace({inner}, \"{to}\", \"{replacement}\", \"{from}\", \"{pattern}\")")
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
        let op = *self.random.pick(&["+", "/", ">", "<", "!= bool", ">=", "*"]);
        let labels = self.labels();
        let word = *self.random.pick(&["on", "on", "ignoring"]);
        let include = if self.random.below(2) == 0 { String::new() } else { self.label().to_owned() };
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
        format!("({left} {op} {matching} {right})")
    }
}

/// Blocks with as many queries in all, each of which `target` accepts.
pub fn blocks(count: usize, generation: Generation, target: &Target) -> Vec<Block> {
    let mut random = Random::new(seed() ^ if generation == Generation::Newest { 0 } else { 77 });
    let mut blocks = Vec::new();
    let mut made = 0;
    while made < count {
        let mut block = Block { series: series(&mut random), queries: Vec::new() };
        let mut seen = BTreeSet::new();
        for _ in 0..40 {
            let depth = 1 + random.below(3);
            let newest = generation == Generation::Newest;
            let query = Maker { random: &mut random, newest }.vector(depth);
            if parse(&query, target).is_ok() && seen.insert(query.clone()) {
                block.queries.push(query);
            }
        }
        made += block.queries.len();
        blocks.push(block);
    }
    blocks
}
