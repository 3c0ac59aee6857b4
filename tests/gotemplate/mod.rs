//! The template parser against what Prometheus itself says.

pub mod generated;

use crate::support::corpus;
use alertsmith::gotemplate::{FunctionSet, facts, parse};
use serde_json::Value;

#[test]
fn expansion_table_agrees() {
    let Some(table) = corpus::table("prom-template/expansion.json") else { return };
    for case in table["cases"].as_array().unwrap() {
        let text = case["text"].as_str().unwrap();
        let refused = case["error"].as_str().is_some_and(|error| error.starts_with("error parsing template"));
        let result = parse(text, FunctionSet::alert());
        assert_eq!(result.is_err(), refused, "{text}: {result:?}");
    }
}

/// Label and annotation values of alerting rules below `value`.
fn templates(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) if fields.contains_key("alert") && fields.contains_key("expr") => {
            for part in ["labels", "annotations"] {
                if let Some(Value::Object(entries)) = fields.get(part) {
                    found.extend(entries.values().map(corpus::text_of));
                }
            }
        }
        Value::Object(fields) => fields.values().for_each(|value| templates(value, found)),
        Value::Array(items) => items.iter().for_each(|value| templates(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn published_templates_parse() {
    let mut count = 0;
    for kind in ["rules-real", "rules-real-crd", "rules-thanos", "rules-upstream"] {
        for path in corpus::yaml_files(kind) {
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let mut found = Vec::new();
            templates(&corpus::yaml(&text).unwrap_or(Value::Null), &mut found);
            for template in found {
                count += 1;
                match parse(&template, FunctionSet::alert()) {
                    Ok(parsed) => {
                        for label in facts(&parsed).labels {
                            let slice = &template[label.range];
                            assert_eq!(slice.trim_matches(['"', '`']), label.label, "{}", path.display());
                        }
                    }
                    // One file of promtool's own tests is there to be refused for this.
                    Err(errors) => {
                        assert!(path.ends_with("rules-bad.yml"), "{}: {template:?} {errors:?}", path.display());
                    }
                }
            }
        }
    }
    assert!(count > 10_000 || corpus::folder().is_none(), "only {count} templates were found");
}
