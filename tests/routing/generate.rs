//! Random configurations and label sets that meet each other often.

use crate::support::random::Random;
use alertsmith::routing::space::Space;
use alertsmith::routing::{InhibitRule, LabelSet, Matcher, Syntax, Tree, parse_matchers};
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

/// Names that a release with this grammar takes.
fn names(syntax: Syntax) -> &'static [&'static str] {
    match syntax {
        Syntax::Classic => &NAMES[..4],
        Syntax::Utf8 | Syntax::Fallback => &NAMES,
    }
}

/// One entry of `matchers:` in any of the spellings people use; it may hold several matchers, or be understood by one
/// grammar only, but a release with this syntax accepts it.
fn matchers(random: &mut Random, syntax: Syntax) -> String {
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
            let name = random.pick(names(syntax));
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
        if parse_matchers(&text, syntax).is_ok() {
            return text;
        }
    }
}

/// A matcher map of the old keys.
fn old_matchers(random: &mut Random, patterns: bool) -> Value {
    let value = if patterns { random.pick(&PATTERNS) } else { random.pick(&VALUES) };
    json!({ (*random.pick(&NAMES[..4])): value })
}

fn add_matchers(random: &mut Random, into: &mut Map<String, Value>, keys: [&str; 3], syntax: Syntax) {
    let count = 1 + random.below(5) / 3;
    let texts: Vec<String> = (0..count).map(|_| matchers(random, syntax)).collect();
    into.insert(keys[2].to_owned(), Value::from(texts));
    for (key, patterns) in [(keys[0], false), (keys[1], true)] {
        if random.once_in(8) {
            into.insert(key.to_owned(), old_matchers(random, patterns));
        }
    }
}

fn group_by(random: &mut Random, syntax: Syntax) -> Value {
    match random.below(4) {
        0 => json!(["..."]),
        1 => json!([]),
        2 => json!([random.pick(names(syntax))]),
        _ => json!(["team", random.pick(&names(syntax)[1..])]),
    }
}

fn route(random: &mut Random, depth: usize, budget: &mut usize, syntax: Syntax) -> Value {
    let mut route = Map::new();
    if random.below(3) > 0 {
        route.insert("receiver".to_owned(), Value::from(format!("r{}", random.below(6))));
    }
    add_matchers(random, &mut route, ["match", "match_re", "matchers"], syntax);
    if random.once_in(3) {
        route.insert("continue".to_owned(), Value::from(true));
    }
    if random.once_in(3) {
        route.insert("group_by".to_owned(), group_by(random, syntax));
    }
    let children = routes(random, depth + 1, budget, syntax);
    if !children.is_empty() {
        route.insert("routes".to_owned(), Value::from(children));
    }
    Value::from(route)
}

fn routes(random: &mut Random, depth: usize, budget: &mut usize, syntax: Syntax) -> Vec<Value> {
    let mut children = Vec::new();
    let wanted = if depth > 4 { 0 } else { random.below(12 / (depth + 1)) };
    for _ in 0..wanted {
        if *budget == 0 {
            break;
        }
        *budget -= 1;
        children.push(route(random, depth, budget, syntax));
    }
    children
}

/// A whole configuration that loads. Nothing is ever sent: the receivers are empty and groups wait for hours.
pub fn config(random: &mut Random) -> Value {
    config_for(random, Syntax::Fallback)
}

/// The same, for releases with this matcher syntax.
pub fn config_for(random: &mut Random, syntax: Syntax) -> Value {
    let mut budget = 5 + random.below(40);
    let mut root =
        json!({ "receiver": "default", "group_wait": "5h", "routes": routes(random, 0, &mut budget, syntax) });
    if random.once_in(2) {
        root["group_by"] = group_by(random, syntax);
    }
    let rules = (0..random.below(4)).map(|_| {
        let mut rule = Map::new();
        add_matchers(random, &mut rule, ["source_match", "source_match_re", "source_matchers"], syntax);
        add_matchers(random, &mut rule, ["target_match", "target_match_re", "target_matchers"], syntax);
        let known = names(syntax);
        let equal: Vec<&&str> =
            (0..random.below(3)).map(|at| &known[(at * 3 + random.below(2)) % known.len()]).collect();
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

/// Label sets that a tree and inhibition rules are likely to tell apart: what some route or rule asks for, perhaps with a few
/// labels off, or any values that they name.
pub fn labels_of(random: &mut Random, tree: &Tree, rules: &[InhibitRule], count: usize) -> Vec<LabelSet> {
    let of_route = |id| tree.path(id).iter().flat_map(|id| &tree.route(*id).unwrap().matchers).cloned().collect();
    let mut wanted: Vec<Vec<Matcher>> = tree.iter().map(|(id, _)| of_route(id)).collect();
    wanted.extend(rules.iter().flat_map(|rule| [rule.source.clone(), rule.target.clone()]));
    let mut space = Space::new(&[tree], rules).unwrap();
    let names: Vec<String> = space.labels().map(str::to_owned).collect();
    let mut one = |at: usize| -> LabelSet {
        let mut labels = LabelSet::new();
        if at % 3 < 2 {
            let region = space.matching(&wanted[random.below(wanted.len())]).unwrap();
            labels = space.witness(region).unwrap_or_default();
        }
        if !at.is_multiple_of(3) && !names.is_empty() {
            for _ in 0..=random.below(3) {
                let name = random.pick(&names);
                let representatives = space.representatives(name);
                let value = match random.below(4) {
                    0 => (*random.pick(&VALUES)).to_owned(),
                    _ => representatives[random.below(representatives.len())].clone(),
                };
                labels.insert(name.clone(), value);
            }
        }
        labels.retain(|_, value| !value.is_empty());
        labels
    };
    (0..count).map(&mut one).collect()
}
