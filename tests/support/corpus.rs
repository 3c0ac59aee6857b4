//! The third-party corpora: where they are, and reading their tables and YAML files as plain values.

use granit_parser::{Event, Parser};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::skip;

/// The folder of the development set, or nothing where it is absent. Says so then, and fails in CI.
pub fn folder() -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/dev");
    let path = std::env::var_os("ALERTSMITH_CORPORA").map_or(default, PathBuf::from);
    if path.is_dir() {
        return Some(path);
    }
    skip::missing("corpora in ALERTSMITH_CORPORA or ../shared/corpora/dev");
    None
}

/// The cases of one converted table, for instance `am-matchers/compliance.json`, or nothing without corpora.
pub fn table(name: &str) -> Option<Value> {
    let path = folder()?.join(name);
    Some(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
}

/// All files below `kind` whose name ends in `.yaml` or `.yml`, in order.
pub fn yaml_files(kind: &str) -> Vec<PathBuf> {
    let Some(folder) = folder() else { return Vec::new() };
    walkdir::WalkDir::new(folder.join(kind))
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml"))
        .collect()
}

/// The first document of a YAML text as a plain value; nothing when it is not YAML. Plain scalars keep YAML 1.2's types.
pub fn yaml(text: &str) -> Option<Value> {
    let mut anchors = BTreeMap::new();
    let mut stack: Vec<(Value, usize, Option<String>)> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (value, anchor) = match event.ok()?.0 {
            Event::Scalar(scalar, style, anchor, _) => {
                let plain = style == granit_parser::ScalarStyle::Plain;
                let value = if plain { plain_scalar(&scalar) } else { Value::String(scalar.into_owned()) };
                (value, anchor)
            }
            Event::SequenceStart(_, anchor, _) => {
                stack.push((Value::Array(Vec::new()), anchor, None));
                continue;
            }
            Event::MappingStart(_, anchor, _) => {
                stack.push((Value::Object(Map::new()), anchor, None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let (value, anchor, _) = stack.pop()?;
                (value, anchor)
            }
            Event::Alias(anchor) => (anchors.get(&anchor).cloned()?, 0),
            _ => continue,
        };
        if anchor != 0 {
            anchors.insert(anchor, value.clone());
        }
        match stack.last_mut() {
            None => return Some(value),
            Some((Value::Array(items), ..)) => items.push(value),
            Some((Value::Object(fields), _, key)) => match key.take() {
                None => *key = Some(text_of(&value)),
                Some(key) if key == "<<" => {
                    for (name, value) in value.as_object()? {
                        fields.entry(name.clone()).or_insert(value.clone());
                    }
                }
                Some(key) => {
                    fields.insert(key, value);
                }
            },
            Some(_) => return None,
        }
    }
    Some(Value::Null)
}

fn plain_scalar(text: &str) -> Value {
    match text {
        "" | "~" | "null" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => text.parse::<i64>().map_or_else(|_| Value::String(text.to_owned()), Value::from),
    }
}

/// A scalar as text, as a strict YAML decoder hands it to a string field.
pub fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
