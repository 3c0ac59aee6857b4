//! `checks.list`: what the runner reads.
//!
//! One line per fact: a key, a blank and a value; a `check` line begins the next check. Values that a spec chooses freely
//! have `\` and line breaks escaped, and the runner undoes exactly that. Nothing of it is ever read as shell.
//!
//! | key | value |
//! | --- | --- |
//! | `check` | the name of the `.prom` file, without its ending |
//! | `label` | the check's name, escaped as a label value of the Prometheus text format |
//! | `file`, `sha256`, `language` | the script below the folder, the hash of its bytes, `bash` or `python` |
//! | `interval`, `timeout` | milliseconds |
//! | `param` | `CHECK_NAME=value` for the script's environment |
//! | `config` | all parameters as one JSON object for the script's standard input |
//! | `metric` | name, type, and labels with commas between them or `-` |
//! | `help` | a metric's name and its `HELP` text, escaped for the text format |

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Running, bundle};
use crate::artifact::{Doc, Value};
use crate::model::check::Metric;

/// The list of one group.
pub(super) fn text(running: &[Running<'_>]) -> String {
    // node_exporter drops a file whose HELP or TYPE differs from another file's, so one declaration speaks for all.
    let mut declared: BTreeMap<&str, &Metric> = BTreeMap::new();
    for metric in running.iter().flat_map(|running| &running.check.metrics) {
        declared.entry(&metric.name.value).or_insert(metric);
    }
    let mut out = String::from("# What runner.sh runs: a key, a blank and a value in each line.\n");
    for running in running {
        entry(&mut out, running, &declared);
    }
    out
}

fn entry(out: &mut String, running: &Running<'_>, declared: &BTreeMap<&str, &Metric>) {
    let check = running.check;
    let mut line = |key: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{key} {value}");
    };
    line("check", &check.slug);
    line("label", &label_value(&check.name.value));
    line("file", &running.file());
    line("sha256", &running.script_hash());
    line("language", check.language.value.as_str());
    // A timeout of 0 would mean "never" to timeout(1), and an interval of 0 would keep a node busy with nothing else.
    line("interval", &check.interval.value.milliseconds().max(1000).to_string());
    line("timeout", &check.timeout.value.milliseconds().max(1).to_string());
    for (name, value) in &running.effective.config {
        line("param", &escape(&format!("{}={}", variable(name), value.value)));
    }
    line("config", &one_line(&bundle::config(running)));
    for metric in check.metrics.iter().filter(|metric| is_metric_name(&metric.name.value)) {
        let name = metric.name.value.as_str();
        let labels: Vec<&str> = metric.labels.iter().map(|label| label.value.as_str()).collect();
        let labels = if labels.is_empty() { "-".to_owned() } else { labels.join(",") };
        let metric = declared.get(name).copied().unwrap_or(metric);
        line("metric", &format!("{name} {} {labels}", metric.r#type.as_str()));
        let help = metric.help.as_ref().map_or("A metric of a node check.", |help| &help.value);
        line("help", &format!("{name} {}", escape(help)));
    }
}

/// The environment variable of a parameter. The prefix keeps it from replacing `PATH` and its like.
fn variable(name: &str) -> String {
    let upper = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("CHECK_{}", name.chars().map(upper).collect::<String>())
}

/// Whether the text format can carry this name without quotes. Others never get here from a spec without errors.
fn is_metric_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':'))
}

/// One line, with `\` and line breaks escaped; also what a `HELP` line wants. NUL cannot be in an environment.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\0' => {}
            other => out.push(other),
        }
    }
    out
}

/// A label value of the text format, without the quotes around it.
fn label_value(text: &str) -> String {
    escape(text).replace('"', "\\\"")
}

/// JSON in one line.
fn one_line(document: &Doc) -> String {
    json(document).to_string()
}

fn json(document: &Doc) -> serde_json::Value {
    match &document.value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        // What is not a number by JSON's grammar stays text, as in bundle.json.
        Value::Number(text) => {
            serde_json::from_str(text).ok().filter(serde_json::Value::is_number).unwrap_or_else(|| text.clone().into())
        }
        Value::String(text) => text.clone().into(),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(entries) => entries.iter().map(|(key, value)| (key.clone(), json(value))).collect(),
    }
}
