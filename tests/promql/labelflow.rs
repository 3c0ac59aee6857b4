//! Every promise of label flow against the real Prometheus.
//!
//! Series and queries are made from a seed; `promtool test rules` evaluates them, many blocks in one process. A query that
//! expects nothing fails when it returns something, and promtool then prints what it returned: that is the data. For
//! each returned series one branch must explain all of its labels; what never returns must be empty, what always returns
//! must not.

use super::random::{Random, cases, seed};
use crate::support::run::said;
use crate::support::tools::{Generation, tool};
use alertsmith::promql::{Flow, Kind, MatchOp, Presence, Target, Version, flow, parse, quote};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

const LABELS: [&str; 5] = ["job", "inst", "env", "le", "v"];
const VALUES: [&str; 3] = ["x", "y", "2"];
const METRICS: [&str; 4] = ["a", "b", "c", "d_bucket"];

type Series = BTreeMap<String, String>;

/// One block: its series, and the queries over them.
struct Block {
    series: Vec<String>,
    queries: Vec<String>,
}

/// What promtool said about one query.
enum Answer {
    Results(Vec<Series>),
    Failed,
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
            4 if self.newest => format!("limitk {grouping} (1, {inner})"),
            5 if self.newest => format!("limit_ratio {grouping} (0.5, {inner})"),
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
        let fill = match self.random.below(10) {
            0 if self.newest => " fill (1)",
            1 if self.newest => " fill_left (1)",
            2 if self.newest => " fill_right (2)",
            _ => "",
        };
        format!("({left} {op} {matching}{fill} {right})")
    }
}

fn blocks(count: usize, generation: Generation, target: &Target) -> Vec<Block> {
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

/// Asks promtool about all queries of all blocks.
fn answers(blocks: &[Block], generation: Generation) -> Option<Vec<Vec<Answer>>> {
    let tool = tool("promtool", generation)?;
    let mut file = "evaluation_interval: 1m\ntests:\n".to_owned();
    for (number, block) in blocks.iter().enumerate() {
        writeln!(file, "- interval: 1m\n  name: block {number}\n  input_series:").unwrap();
        for (index, series) in block.series.iter().enumerate() {
            writeln!(file, "  - series: {}\n    values: '{index}+{}x20'", quote(series), index % 3).unwrap();
        }
        writeln!(file, "  promql_expr_test:").unwrap();
        for query in &block.queries {
            writeln!(file, "  - expr: {}\n    eval_time: 15m", serde_json::to_string(query).unwrap()).unwrap();
        }
    }
    if generation == Generation::Oldest {
        file = file.lines().filter(|line| !line.starts_with("  name:")).collect::<Vec<_>>().join("\n");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tests.yml");
    std::fs::write(&path, &file).unwrap();
    let mut command = tool.command();
    if generation == Generation::Newest {
        command.arg("--enable-feature=promql-experimental-functions,promql-binop-fill-modifiers");
    }
    let output = command.args(["test", "rules"]).arg(&path).output().unwrap();
    let text = said(&output);
    // Answers come in the order of the queries; those that returned nothing are left out.
    let mut said: Vec<(String, Answer)> = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(rest) = line.trim().strip_prefix("expr: ") else { continue };
        let end = rest.find("\", time: ").unwrap_or_else(|| panic!("{line}")) + 1;
        let query = unquoted(&rest[..end]);
        if rest[end..].contains(", err: ") {
            said.push((query, Answer::Failed));
            continue;
        }
        lines.next();
        let got = lines.next().and_then(|line| line.trim().strip_prefix("got: ")).unwrap_or_else(|| panic!("{line}"));
        said.push((query, Answer::Results(samples(got))));
    }
    assert!(!said.is_empty(), "promtool said nothing: {}", &text[..text.len().min(2000)]);
    let mut said = said.into_iter().peekable();
    let answers = blocks
        .iter()
        .map(|block| {
            let of = |query: &String| match said.next_if(|(about, _)| about == query) {
                Some((_, answer)) => answer,
                None => Answer::Results(Vec::new()),
            };
            block.queries.iter().map(of).collect()
        })
        .collect();
    let left = said.next().map(|(query, _)| query);
    assert!(left.is_none(), "an answer fits no query: {left:?}");
    Some(answers)
}

/// The value of a quoted string, whose escapes are those of PromQL.
fn unquoted(text: &str) -> String {
    let expr = parse(text, &Target::default()).unwrap();
    match &expr.node(expr.root()).kind {
        Kind::String(string) => string.value.clone(),
        other => panic!("{other:?}"),
    }
}

/// `{a="b"} 1E+00, {} 2E+00`
fn samples(text: &str) -> Vec<Series> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while rest.starts_with('{') {
        let end = rest.find("} ").unwrap();
        let labels = &rest[..=end];
        let mut series = Series::new();
        if labels != "{}" {
            let expr = parse(labels, &Target::default()).unwrap();
            for matcher in &expr.selectors().next().unwrap().matchers {
                assert_eq!(matcher.op, MatchOp::Equal);
                series.insert(matcher.label.name.clone(), matcher.value.value.clone());
            }
        }
        found.push(series);
        rest = rest[end..].split_once(", ").map_or("", |(_, rest)| rest);
        while !rest.is_empty() && !rest.starts_with('{') {
            rest = rest.split_once(", ").map_or("", |(_, rest)| rest);
        }
    }
    found
}

/// What the flow promises wrongly about a result, if it does.
fn broken_promise(flow: &Flow, results: &[Series]) -> Option<String> {
    if let Some(reason) = &flow.never
        && !results.is_empty()
    {
        return Some(format!("never returns ({}), yet {results:?}", reason.words()));
    }
    if let Some(reason) = &flow.always
        && results.is_empty()
    {
        return Some(format!("always returns ({}), yet nothing", reason.words()));
    }
    for series in results {
        let mut complaints = Vec::new();
        let mut explained = false;
        for branch in flow.branches.iter().filter(|branch| branch.never.is_none()) {
            let mut wrong = None;
            let named = branch.labels.named().map(|(name, _)| name);
            for name in named.chain(LABELS).chain(series.keys().map(String::as_str)) {
                let carried = branch.labels.get(name);
                let value = series.get(name);
                let fits = match (carried.presence, value) {
                    (Presence::Guaranteed, None) | (Presence::Impossible, Some(_)) => false,
                    (_, Some(value)) => carried.values.as_ref().is_none_or(|values| values.contains(value)),
                    (_, None) => true,
                };
                if !fits {
                    wrong = Some(format!("{name}: {carried:?}"));
                }
            }
            explained |= wrong.is_none();
            complaints.extend(wrong);
        }
        if !explained {
            return Some(format!("{series:?} against {}", complaints.join("; ")));
        }
    }
    None
}

fn check(count: usize, generation: Generation) {
    let version = if generation == Generation::Newest { Version::NEWEST } else { Version::new(2, 42) };
    let target = Target { prometheus: version, ..Target::everything() };
    let blocks = blocks(count, generation, &target);
    let Some(answers) = answers(&blocks, generation) else { return };
    let (mut judged, mut failed, mut returned, mut promises, mut answered) = (0, 0, 0, [0_usize; 3], [0_usize; 2]);
    let mut wrong = Vec::new();
    for (block, answers) in blocks.iter().zip(answers) {
        for (query, answer) in block.queries.iter().zip(answers) {
            let flow = flow(&parse(query, &target).unwrap(), &target);
            let results = match answer {
                Answer::Results(results) => results,
                Answer::Failed => {
                    failed += 1;
                    continue;
                }
            };
            judged += 1;
            answered[0] += usize::from(flow.always.is_some());
            answered[1] += usize::from(flow.never.is_some());
            if !results.is_empty() {
                returned += 1;
                for label in LABELS {
                    promises[flow.label(label).presence as usize] += 1;
                }
            }
            if let Some(what) = broken_promise(&flow, &results) {
                wrong.push(format!("{query}\n    {what}\n    series {:?}", block.series));
            }
        }
    }
    eprintln!(
        "label flow against Prometheus {version}: {judged} queries judged ({failed} failed to run), {returned} returned \
         something; labels guaranteed, possible, impossible: {promises:?}; always, never: {answered:?}"
    );
    assert!(wrong.is_empty(), "{} broken promises\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
    assert!(judged * 2 > count && returned * 4 > judged, "the generator makes too few queries that run");
    assert!(promises.iter().all(|count| count * 20 > returned), "one kind of promise is hardly tried: {promises:?}");
}

#[test]
fn promises_hold_in_the_newest_prometheus() {
    check(cases(1500), Generation::Newest);
}

#[test]
fn promises_hold_in_the_oldest_prometheus() {
    check(cases(1500) / 3, Generation::Oldest);
}
