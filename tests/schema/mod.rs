//! The JSON schema of specs: what it refuses, the decoder refuses; and it knows every key that the decoder knows.

use alertsmith::ast::schema;
use alertsmith::ast::spec::SpecFile;
use alertsmith::ast::{Decoder, codes};
use alertsmith::diagnostic::{Level, Sink};
use alertsmith::source::Sources;
use alertsmith::syntax::yaml;
use serde_json::{Value, json};

use crate::support::snapshot::assert_file;

#[test]
fn the_file_for_editors_is_up_to_date() {
    assert_file("schema/alertsmith.schema.json", &schema::print());
}

/// The codes of the errors that the decoder reports; JSON is YAML.
fn refusals(spec: &Value) -> Vec<&'static str> {
    let text = serde_json::to_string_pretty(spec).unwrap();
    let mut sources = Sources::default();
    let file = sources.add("alertsmith.yaml", text.as_str());
    let mut sink = Sink::default();
    let tree = yaml::read(file, &text, &mut sink);
    SpecFile::from_tree(&mut Decoder::new(&mut sink), &tree);
    let errors = sink.finish().into_iter().filter(|found| found.level == Level::Error);
    errors.map(|found| found.code.name).collect()
}

fn specs() -> Vec<Value> {
    vec![
        json!({
            "project": { "name": "fleet", "severities": ["info", "warning", "critical"], "require-labels": ["service", "severity"] },
            "clusters": {
                "cluster-01": { "role": "central", "environment": "production", "external-labels": { "cluster": "central", "shard": 1 } },
                "cluster-02": { "role": "edge", "prometheus": { "mode": "agent", "remote-write": "cluster-01" } },
            },
            "groups": { "production": { "id": "grp-123", "kind": "environment", "clusters": ["cluster-02"] } },
            "alerts": {
                "HighCPUUsage": {
                    "unit": "percent",
                    "query": "100 - rate(x[5m]) > ${threshold}",
                    "levels": { "warning": { "value": 80, "for": "5m" }, "critical": { "value": "95", "for": "2m" } },
                    "labels": { "service": "node" },
                    "summary": "CPU at {{ $value }}",
                },
            },
            "thresholds": [
                { "alert": "HighCPUUsage", "group": "production", "levels": { "info": { "value": 95, "for": "10m" }, "critical": { "off": "nobody is paged" } } },
            ],
        }),
        json!({
            "include": "**/*.kdl",
            "channels": {
                "oncall": { "pagerduty": { "routing-key": { "secret": "pagerduty-routing-key" } } },
                "shop": { "slack": [{ "channel": "#a", "api-url": { "secret": "slack" } }, { "channel": "#b", "api-url": { "secret": "slack" } }] },
            },
            "routing": {
                "default": "shop",
                "group-by": ["alertname"],
                "routes": [
                    { "to": "oncall", "wait": "0s", "when": { "service": "shop-api", "severity": ["critical", "warning"] } },
                    { "to": "shop", "when": { "team": { "regex": "web-.*" } } },
                ],
            },
            "secrets": { "slack": { "existing": null } },
        }),
    ]
}

/// Every place of a value: the path of keys and indexes to it.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(entries) => entries.iter().for_each(|(key, value)| places(value, &format!("{at}/{key}"), all)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| places(value, &format!("{at}/{index}"), all));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The spec with one thing changed, for every place and every kind of change.
fn changed(spec: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    places(spec, "", &mut all);
    let mut results = Vec::new();
    for place in all.iter().filter(|place| !place.is_empty()) {
        // Nothing at all (`{}`, `[]`, `null`) is taken leniently by the decoder, and an editor may well complain.
        for other in [json!("text"), json!(5), json!(-1.5), json!(true), json!(["a", 1]), json!({ "zzz": 1 })] {
            let mut copy = spec.clone();
            *copy.pointer_mut(place).unwrap() = other;
            results.push(copy);
        }
        let (parent, key) = place.rsplit_once('/').unwrap();
        let mut removed = spec.clone();
        let mut renamed = spec.clone();
        if let Value::Object(entries) = removed.pointer_mut(parent).unwrap() {
            entries.shift_remove(key);
            results.push(removed);
        }
        if let Value::Object(entries) = renamed.pointer_mut(parent).unwrap() {
            let value = entries.shift_remove(key).unwrap();
            entries.insert(format!("{key}s"), value);
            results.push(renamed);
        }
    }
    results
}

#[test]
fn agrees_with_the_decoder() {
    let validator = jsonschema::validator_for(&schema::schema()).unwrap();
    let mut refused = 0;
    let mut disagreements = std::collections::BTreeSet::new();
    for spec in specs() {
        assert!(refusals(&spec).is_empty(), "{:?}", refusals(&spec));
        let errors: Vec<String> =
            validator.iter_errors(&spec).map(|error| format!("{} {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:?}");
        for changed in changed(&spec) {
            let errors = refusals(&changed);
            let said: Vec<String> =
                validator.iter_errors(&changed).map(|error| format!("{} {error}", error.instance_path())).collect();
            refused += usize::from(!said.is_empty());
            if !said.is_empty() && errors.is_empty() {
                disagreements.insert(format!("only the schema: {said:?}"));
            }
            // Keys are the schema's whole business; values are the decoder's as well.
            let keys = [codes::UNKNOWN_KEY.name, codes::MISSING_KEY.name];
            if said.is_empty() && errors.iter().any(|code| keys.contains(code)) {
                disagreements.insert(format!("only the decoder: {errors:?} in {changed}"));
            }
        }
    }
    assert!(disagreements.is_empty(), "{disagreements:#?}");
    assert!(refused > 300, "{refused} changes were refused");
}
