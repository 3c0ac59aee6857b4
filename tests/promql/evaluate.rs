//! Evaluating queries with the real Prometheus: `promtool test rules`, many blocks in one process.
//!
//! A query that expects nothing fails when it returns something, and promtool then prints what it returned: that is the
//! data.

use super::generate::{Block, MINUTE, Sample};
use crate::support::run::said;
use crate::support::tools::{Generation, tool};
use alertsmith::promql::{Feature, Kind, MatchOp, Target, parse, quote};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The labels of a result.
pub type Series = BTreeMap<String, String>;

/// What promtool said about one query.
pub enum Answer {
    /// The labels and the value of each result.
    Results(Vec<(Series, String)>),
    /// The query failed to run.
    Failed,
}

/// Asks promtool, run with these flags, about all queries of all blocks.
pub fn answers(blocks: &[Block], generation: Generation, flags: &[Feature]) -> Option<Vec<Vec<Answer>>> {
    let tool = tool("promtool", generation)?;
    let mut file = "evaluation_interval: 1m\ntests:\n".to_owned();
    for (number, block) in blocks.iter().enumerate() {
        writeln!(file, "- interval: 1m\n  name: block {number}\n  input_series:").unwrap();
        for (series, samples) in &block.series {
            let values: Vec<String> = samples.iter().map(notation).collect();
            writeln!(file, "  - series: {}\n    values: '{}'", quote(series), values.join(" ")).unwrap();
        }
        writeln!(file, "  promql_expr_test:").unwrap();
        for (index, query) in block.queries.iter().enumerate() {
            // The comment tells which query an answer is about.
            let marked = serde_json::to_string(&format!("{query} # {number}.{index}")).unwrap();
            writeln!(file, "  - expr: {marked}\n    eval_time: {MINUTE}m").unwrap();
        }
    }
    if generation == Generation::Oldest {
        file = file.lines().filter(|line| !line.starts_with("  name:")).collect::<Vec<_>>().join("\n");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tests.yml");
    std::fs::write(&path, &file).unwrap();
    let mut command = tool.command();
    command.args(["test", "rules"]);
    if !flags.is_empty() {
        let words: Vec<&str> = flags.iter().map(|flag| flag.flag()).collect();
        command.arg(format!("--enable-feature={}", words.join(",")));
    }
    let output = command.arg(&path).output().unwrap();
    let text = said(&output);
    let mut said: BTreeMap<String, Answer> = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(rest) = line.trim().strip_prefix("expr: ") else { continue };
        let end = rest.find("\", time: ").unwrap_or_else(|| panic!("{line}")) + 1;
        let query = unquoted(&rest[..end]);
        let (_, mark) = query.rsplit_once(" # ").unwrap();
        let answer = if rest[end..].contains(", err: ") {
            Answer::Failed
        } else {
            lines.next();
            let got =
                lines.next().and_then(|line| line.trim().strip_prefix("got: ")).unwrap_or_else(|| panic!("{line}"));
            Answer::Results(samples(got))
        };
        said.insert(mark.to_owned(), answer);
    }
    assert!(!said.is_empty(), "promtool said nothing: {}", &text[..text.len().min(2000)]);
    let mut answers = Vec::new();
    for (number, block) in blocks.iter().enumerate() {
        // Those that return nothing are not mentioned.
        let mut of = |index| said.remove(&format!("{number}.{index}")).unwrap_or(Answer::Results(Vec::new()));
        answers.push((0..block.queries.len()).map(&mut of).collect());
    }
    assert!(said.is_empty(), "answers to nothing: {:?}", said.keys());
    Some(answers)
}

/// A sample as promtool reads it.
fn notation(sample: &Sample) -> String {
    match sample {
        Sample::Nothing => "_".to_owned(),
        Sample::Number(value) => value.to_string(),
        Sample::Histogram(text) => text.clone(),
        Sample::Stale => "stale".to_owned(),
    }
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
fn samples(text: &str) -> Vec<(Series, String)> {
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
        let (value, next) =
            rest[end + 2..].split_once(", {").map_or((&rest[end + 2..], None), |(v, next)| (v, Some(next)));
        found.push((series, value.to_owned()));
        rest = next.map_or("", |next| &rest[rest.len() - next.len() - 1..]);
    }
    found
}
