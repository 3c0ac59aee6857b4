//! Custom objects, by the structural schemas of their CustomResourceDefinitions.
//!
//! A structural schema is nearly JSON Schema. What differs is translated: `nullable`, `x-kubernetes-int-or-string` and
//! `x-kubernetes-preserve-unknown-fields`; and every object that names its fields is closed.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::OnceLock,
};

use serde_json::{Value, json};

use super::{Compiled, core, violations};
use crate::support::{corpus, tools::Generation, yaml};

static COMPILED: Compiled = Compiled::new();

pub(super) fn check(
    object: &Value,
    group: &str,
    version: &str,
    kind: &str,
    generation: Generation,
) -> Option<Vec<String>> {
    let name = format!("{group}/{version} {kind}");
    let Some(schema) = schemas()?.get(&name) else {
        return Some(vec![format!("no CustomResourceDefinition at hand serves {name}")]);
    };
    let mut found = violations(&COMPILED.get(&name, || whole_object(schema)), object);
    let metadata = object.get("metadata").cloned().unwrap_or_default();
    found.extend(
        violations(&*core::metadata(generation)?, &metadata)
            .into_iter()
            .map(|violation| format!("/metadata{violation}")),
    );
    repeated(schema, object, "", &mut found);
    Some(found)
}

/// The served schema of every kind, by `group/version Kind`.
fn schemas() -> Option<&'static BTreeMap<String, Value>> {
    static SCHEMAS: OnceLock<Option<BTreeMap<String, Value>>> = OnceLock::new();
    SCHEMAS.get_or_init(read).as_ref()
}

fn read() -> Option<BTreeMap<String, Value>> {
    let folder = corpus::folder()?.join("crds");
    let files: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    let mut schemas = BTreeMap::from([("bitnami.com/v1alpha1 SealedSecret".to_owned(), sealed_secret())]);
    for definition in yaml::read(&files)?.into_iter().flat_map(|documents| documents.expect("a definition in YAML")) {
        let spec = &definition["spec"];
        let text = |value: &Value| value.as_str().expect("a name").to_owned();
        for version in spec["versions"].as_array().into_iter().flatten() {
            if version["served"] == true {
                let name =
                    format!("{}/{} {}", text(&spec["group"]), text(&version["name"]), text(&spec["names"]["kind"]));
                schemas.insert(name, version["schema"]["openAPIV3Schema"].clone());
            }
        }
    }
    Some(schemas)
}

/// The one kind we emit whose definition the corpora lack, from its documentation.
fn sealed_secret() -> Value {
    let texts = json!({ "type": "object", "additionalProperties": { "type": "string" } });
    let metadata = json!({ "type": "object", "properties": {
        "name": { "type": "string" }, "namespace": { "type": "string" }, "labels": texts, "annotations": texts } });
    let template = json!({ "type": "object", "properties": {
        "metadata": metadata, "type": { "type": "string" }, "immutable": { "type": "boolean" }, "data": texts } });
    json!({ "type": "object", "required": ["spec"], "properties": {
        "spec": { "type": "object", "required": ["encryptedData"], "properties": {
            "encryptedData": { "type": "object", "additionalProperties": { "type": "string", "pattern": "^[A-Za-z0-9+/]+=*$" } },
            "template": template } } } })
}

/// The schema of a whole object, whose three common fields are always allowed; metadata is judged on its own.
fn whole_object(schema: &Value) -> Value {
    let mut closed = strict(schema);
    for field in ["apiVersion", "kind"] {
        closed["properties"][field] = json!({ "type": "string" });
    }
    closed["properties"]["metadata"] = json!({ "type": "object" });
    closed["required"] = json!(["apiVersion", "kind", "metadata"]);
    if let Some(required) = schema["required"].as_array() {
        closed["required"].as_array_mut().expect("the list above").extend(required.iter().cloned());
        let fields: BTreeSet<String> = closed["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|field| Some(field.as_str()?.to_owned()))
            .collect();
        closed["required"] = json!(fields);
    }
    closed
}

/// A structural schema as strict JSON Schema.
fn strict(schema: &Value) -> Value {
    let Some(fields) = schema.as_object() else { return schema.clone() };
    let mut strict = serde_json::Map::new();
    for (key, value) in fields {
        match key.as_str() {
            "properties" => {
                let properties = value.as_object().into_iter().flatten();
                let properties = properties.map(|(name, property)| (name.clone(), self::strict(property))).collect();
                strict.insert(key.clone(), Value::Object(properties));
            }
            "items" | "additionalProperties" => {
                strict.insert(key.clone(), self::strict(value));
            }
            // Prose, and what only a server does.
            "description" | "default" | "nullable" => {}
            extension if extension.starts_with("x-kubernetes-") => {}
            _ => {
                strict.insert(key.clone(), value.clone());
            }
        }
    }
    let says = |name: &str| schema[name] == true;
    if says("x-kubernetes-int-or-string") {
        strict.remove("anyOf");
        strict.insert("type".to_owned(), json!(["integer", "string"]));
    }
    if says("nullable")
        && let Some(kind) = strict.get("type").and_then(Value::as_str)
    {
        let kind = json!([kind, "null"]);
        strict.insert("type".to_owned(), kind);
    }
    let is_open = says("x-kubernetes-preserve-unknown-fields") || fields.contains_key("additionalProperties");
    if fields.get("type").is_some_and(|kind| kind == "object") && !is_open {
        strict.insert("additionalProperties".to_owned(), json!(false));
    }
    Value::Object(strict)
}

/// Finds entries of list maps and list sets that stand twice.
fn repeated(schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let schema = schema["properties"].get(name).unwrap_or(&schema["additionalProperties"]);
                repeated(schema, field, &format!("{path}/{name}"), found);
            }
        }
        Value::Array(items) => {
            let keys: Vec<&str> = match schema["x-kubernetes-list-type"].as_str() {
                Some("map") => schema["x-kubernetes-list-map-keys"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .collect(),
                _ => Vec::new(),
            };
            let is_unique = !keys.is_empty() || schema["x-kubernetes-list-type"] == "set";
            let mut seen = BTreeSet::new();
            for (index, item) in items.iter().enumerate() {
                let identity = if keys.is_empty() {
                    item.to_string()
                } else {
                    keys.iter().map(|key| item[key].to_string()).collect::<Vec<_>>().join(", ")
                };
                if is_unique && !seen.insert(identity.clone()) {
                    found.push(format!("{path}/{index}: {identity} stands twice in a list of unique entries"));
                }
                repeated(&schema["items"], item, &format!("{path}/{index}"), found);
            }
        }
        _ => {}
    }
}
