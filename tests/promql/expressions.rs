//! Queries to try: those of the corpora, and mutations of them.

use super::random::Random;
use crate::support::corpus;
use serde_json::Value;

/// Every query of the rule files of these corpora, without doubles, in order.
pub fn of_rules(kinds: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for kind in kinds {
        for path in corpus::yaml_files(kind) {
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            if path.ends_with("rules_large.yml") {
                continue;
            }
            for document in text.split("\n---") {
                collect(&corpus::yaml(document).unwrap_or(Value::Null), &mut found);
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(fields) => {
            let rule = fields.contains_key("alert") || fields.contains_key("record");
            if rule && let Some(expr) = fields.get("expr") {
                found.push(corpus::text_of(expr));
            }
            fields.values().for_each(|field| collect(field, found));
        }
        _ => {}
    }
}

/// Queries written to find the edges of the grammar.
pub fn probes() -> Vec<String> {
    include_str!("probes.txt").lines().map(|line| line.replace("\\n", "\n")).collect()
}

/// Every query of the parser's own table.
pub fn of_parser_cases() -> Vec<String> {
    ["promql-parse/parse_test.json", "promql-format/format_test.json"]
        .into_iter()
        .filter_map(corpus::table)
        .flat_map(|table| table["cases"].as_array().unwrap().clone())
        .map(|case| case["input"].as_str().unwrap().to_owned())
        .collect()
}

const POOL: &[&str] = &[
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "@",
    "=",
    "=~",
    "!~",
    "!=",
    "==",
    ">",
    "<",
    ">=",
    "<=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "^",
    "</",
    ">/",
    "and",
    "or",
    "unless",
    "atan2",
    "bool",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "by",
    "without",
    "offset",
    "anchored",
    "smoothed",
    "fill",
    "fill_left",
    "fill_right",
    "start",
    "end",
    "step",
    "range",
    "min_of",
    "max_of",
    "sum",
    "avg",
    "topk",
    "count_values",
    "quantile",
    "limitk",
    "limit_ratio",
    "group",
    "rate",
    "abs",
    "time",
    "vector",
    "scalar",
    "absent",
    "label_replace",
    "label_join",
    "round",
    "info",
    "histogram_quantile",
    "predict_linear",
    "sort_by_label",
    "up",
    "foo:bar",
    "job",
    "__name__",
    "inf",
    "NaN",
    "Inf",
    "1",
    "0",
    "-1",
    "0x1f",
    "017",
    "08",
    "1e3",
    "1e",
    ".5",
    "5.",
    "1_000",
    "1__0",
    "5m",
    "1h30m",
    "0s",
    "5m1h",
    "1d",
    "100ms",
    "\"a\"",
    "'b'",
    "`c\\d`",
    "\"\"",
    "\".*\"",
    "\"a|b\"",
    "\"(\"",
    "\"a{2,1}\"",
    "\"[a\"",
    "\"\\\\d+\"",
    "\"\\d\"",
    "#c\n",
    " ",
    "é",
    "$",
    "!",
    ".",
    ";",
    "&",
    "\"é\"",
    "()",
    "{}",
    "[5m]",
    "[5m:]",
    "[5m:1m]",
    "(1)",
    "(job)",
    "(job,)",
    "offset 5m",
    "offset -5m",
    "@ 1",
    "@ start()",
    "@ end()",
    "by (job)",
    "without (job)",
    "on (job)",
    "on ()",
    "ignoring (job)",
    "group_left (job)",
    "group_right ()",
    "group_left",
    "start()",
    "end()",
    "step()",
    "range()",
    "SUM",
    "By",
    "OFFSET",
    "AND",
    "Bool",
    "On",
];

/// A query with a few tokens dropped, doubled, swapped or replaced.
pub fn mutate(text: &str, random: &mut Random) -> String {
    let mut tokens = split(text);
    for _ in 0..=random.below(3) {
        if tokens.is_empty() {
            tokens.push((*random.pick(POOL)).to_owned());
            continue;
        }
        let at = random.below(tokens.len());
        match random.below(6) {
            0 => {
                tokens.remove(at);
            }
            1 => tokens.insert(at, (*random.pick(POOL)).to_owned()),
            2 => (*random.pick(POOL)).clone_into(&mut tokens[at]),
            3 => tokens.insert(at, format!(" {} ", random.pick(POOL))),
            4 => {
                let other = random.below(tokens.len());
                tokens.swap(at, other);
            }
            _ => {
                let token = tokens[at].clone();
                tokens.insert(at, token);
            }
        }
    }
    tokens.concat()
}

/// Words, numbers, strings and single signs, with the spaces between them.
fn split(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut quote: Option<char> = None;
    let mut word = false;
    for character in text.chars() {
        let letter = character.is_alphanumeric() || character == '_';
        match quote {
            Some(open) => {
                tokens.last_mut().unwrap().push(character);
                if open == character {
                    quote = None;
                    word = false;
                }
            }
            None if matches!(character, '"' | '\'' | '`') => {
                quote = Some(character);
                tokens.push(character.to_string());
            }
            None if letter && word => tokens.last_mut().unwrap().push(character),
            None => {
                tokens.push(character.to_string());
                word = letter;
            }
        }
    }
    tokens
}
