//! Random configurations and label sets that meet each other often.

use crate::support::random::Random;
use alertsmith::routing::space::Space;
use alertsmith::routing::{LabelSet, Matcher, Syntax, Tree, parse_matchers};
use serde_json::{Map, Value, json};

const NAMES: [&str; 7] = ["team", "env", "severity", "_x1", "a.b", "é", "job name"];
const VALUES: [&str; 16] = [
    "", "a", "b", "ab", "A", "prod", "prod-1", "x y", "é🙂", "a\nb", "\u{17f}", "\u{663}", "a\"b", "a\\b", "{a}", "a,b",
];
const PATTERNS: [&str; 26] = [
    "a|b",
    "a.*",
    "prod(-\\d)?",
    "[^a]+",
    "",
    ".*",
    ".+",
    "(?i)A",
    "(?i)s",
    "\\w+",
    "\\W*",
    "a{2}",
    "^a$",
    "a|",
    "[[:alpha:]]+",
    "\\pL+",
    "x y|é.*",
    "(?s)a.b",
    "a.b",
    "\\d",
    "[a-b]{1,2}",
    "a\\\\b",
    "a\"b",
    "\\{a\\}",
    "prod|prod-1|a,b",
    "()|(?:é🙂)",
];

/// One entry of `matchers:` in any of the spellings people use; it may hold several matchers, or be understood by one
/// grammar only, but Alertmanager's default mode accepts it.
fn matchers(random: &mut Random) -> String {
    loop {
        let mut parts = Vec::new();
        for _ in 0..=random.below(8) / 6 {
            let regexp = random.once_in(2);
            let value = if regexp { random.pick(&PATTERNS) } else { random.pick(&VALUES) };
            let operator = match (regexp, random.once_in(3)) {
                (true, false) => "=~",
                (true, true) => "!~",
                (false, false) => "=",
                (false, true) => "!=",
            };
            let name = random.pick(&NAMES);
            let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let quoted = format!("\"{escaped}\"");
            let value = if random.once_in(4) { value } else { quoted.as_str() };
            let name = match random.below(4) {
                0 => format!("\"{name}\""),
                1 => format!(" {name} "),
                _ => (*name).to_owned(),
            };
            parts.push(format!("{name}{operator}{value}"));
        }
        let text = parts.join(",");
        let text = if random.once_in(3) { format!("{{{text}}}") } else { text };
        if parse_matchers(&text, Syntax::Fallback).is_ok() {
            return text;
        }
    }
}

/// A matcher map of the old keys.
fn old_matchers(random: &mut Random, patterns: bool) -> Value {
    let value = if patterns { random.pick(&PATTERNS) } else { random.pick(&VALUES) };
    json!({ (*random.pick(&NAMES[..4])): value })
}

fn add_matchers(random: &mut Random, into: &mut Map<String, Value>, keys: [&str; 3]) {
    let count = 1 + random.below(5) / 3;
    let texts: Vec<String> = (0..count).map(|_| matchers(random)).collect();
    into.insert(keys[2].to_owned(), Value::from(texts));
    for (key, patterns) in [(keys[0], false), (keys[1], true)] {
        if random.once_in(8) {
            into.insert(key.to_owned(), old_matchers(random, patterns));
        }
    }
}

fn group_by(random: &mut Random) -> Value {
    match random.below(4) {
        0 => json!(["..."]),
        1 => json!([]),
        2 => json!([random.pick(&NAMES)]),
        _ => json!(["team", random.pick(&NAMES[1..])]),
    }
}

fn route(random: &mut Random, depth: usize, budget: &mut usize) -> Value {
    let mut route = Map::new();
    if random.below(3) > 0 {
        route.insert("receiver".to_owned(), Value::from(format!("r{}", random.below(6))));
    }
    add_matchers(random, &mut route, ["match", "match_re", "matchers"]);
    if random.once_in(3) {
        route.insert("continue".to_owned(), Value::from(true));
    }
    if random.once_in(3) {
        route.insert("group_by".to_owned(), group_by(random));
    }
    let children = routes(random, depth + 1, budget);
    if !children.is_empty() {
        route.insert("routes".to_owned(), Value::from(children));
    }
    Value::from(route)
}

fn routes(random: &mut Random, depth: usize, budget: &mut usize) -> Vec<Value> {
    let mut children = Vec::new();
    let wanted = if depth > 4 { 0 } else { random.below(12 / (depth + 1)) };
    for _ in 0..wanted {
        if *budget == 0 {
            break;
        }
        *budget -= 1;
        children.push(route(random, depth, budget));
    }
    children
}

/// A whole configuration that loads. Nothing is ever sent: the receivers are empty and groups wait for hours.
pub fn config(random: &mut Random) -> Value {
    let mut budget = 5 + random.below(40);
    let mut root = json!({ "receiver": "default", "group_wait": "5h", "routes": routes(random, 0, &mut budget) });
    if random.once_in(2) {
        root["group_by"] = group_by(random);
    }
    let rules = (0..random.below(4)).map(|_| {
        let mut rule = Map::new();
        add_matchers(random, &mut rule, ["source_match", "source_match_re", "source_matchers"]);
        add_matchers(random, &mut rule, ["target_match", "target_match_re", "target_matchers"]);
        let equal: Vec<&&str> =
            (0..random.below(3)).map(|at| &NAMES[(at * 3 + random.below(2)) % NAMES.len()]).collect();
        rule.insert("equal".to_owned(), json!(equal));
        Value::from(rule)
    });
    let rules: Vec<Value> = rules.collect();
    let names = std::iter::once("default".to_owned()).chain((0..6).map(|at| format!("r{at}")));
    let receivers: Vec<Value> = names.map(|name| json!({ "name": name })).collect();
    json!({ "route": root, "receivers": receivers, "inhibit_rules": rules })
}

/// Labels of one alert; about half of the names are missing.
pub fn labels(random: &mut Random) -> LabelSet {
    let mut labels = LabelSet::new();
    for name in NAMES {
        if random.once_in(2) {
            labels.insert(name.to_owned(), (*random.pick(&VALUES)).to_owned());
        }
    }
    labels
}

/// Label sets that a tree is likely to tell apart: values that its matchers name, or that fit their patterns, or almost.
pub fn labels_of(random: &mut Random, tree: &Tree, count: usize) -> Vec<LabelSet> {
    let matchers: Vec<Vec<&Matcher>> = tree
        .iter()
        .map(|(id, _)| tree.path(id).iter().flat_map(|id| &tree.route(*id).unwrap().matchers).collect())
        .collect();
    let mut space = Space::new(&[tree], &[]).unwrap();
    let mut one = |at: usize| -> LabelSet {
        let mut labels = LabelSet::new();
        let set = |labels: &mut LabelSet, name: &str, value: &str| labels.insert(name.to_owned(), value.to_owned());
        // What some route asks for, perhaps with a few labels off.
        if at % 3 < 2 {
            let wanted: Vec<Matcher> = random.pick(&matchers).iter().map(|matcher| (*matcher).clone()).collect();
            let region = space.matching(&wanted).unwrap();
            labels = space.witness(region).unwrap_or_default();
        }
        if !at.is_multiple_of(3) {
            let names: Vec<String> = space.labels().map(str::to_owned).collect();
            for _ in 0..=random.below(3) {
                if names.is_empty() {
                    break;
                }
                let name = random.pick(&names);
                let representatives = space.representatives(name);
                match random.below(4) {
                    0 => set(&mut labels, name, random.word(&VALUES)),
                    _ => set(&mut labels, name, &representatives[random.below(representatives.len())]),
                };
            }
        }
        labels.retain(|_, value| !value.is_empty());
        labels
    };
    (0..count).map(&mut one).collect()
}
