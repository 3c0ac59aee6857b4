//! Judges Kubernetes objects by the schemas that the API server would use, without a cluster.
//!
//! Custom objects are judged by the CustomResourceDefinitions of the corpora, core objects by the schemas that the
//! `kubernetes-validate` package carries. Both are made strict: a field that the schema does not name is an error, where the API
//! server would drop it in silence. List maps and list sets must be unique, as the API server demands. The CEL rules of a
//! definition (`x-kubernetes-validations`) are not evaluated.

mod core;
mod crd;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use jsonschema::Validator;
use serde_json::Value;

use super::tools::Generation;

/// What the schemas think of one object: every violation, or none.
///
/// Nothing when the schemas for it are not on this machine. A kind that no schema knows is a violation.
pub fn check(object: &Value, generation: Generation) -> Option<Vec<String>> {
    let text = |field: &str| object[field].as_str().unwrap_or_default();
    let (api_version, kind) = (text("apiVersion"), text("kind"));
    let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
    if !group.contains('.') || group.ends_with(".k8s.io") {
        return core::check(object, group, version, kind, generation);
    }
    crd::check(object, group, version, kind, generation)
}

/// Names an object as a reader would: its kind and where it lives.
pub fn name(object: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    let name = text(&object["metadata"]["name"]);
    match object["metadata"]["namespace"].as_str() {
        Some(namespace) => format!("{} {namespace}/{name}", text(&object["kind"])),
        None => format!("{} {name}", text(&object["kind"])),
    }
}

/// Compiled schemas by name; compiling one takes longer than using it.
struct Compiled(Mutex<BTreeMap<String, Arc<Validator>>>);

impl Compiled {
    const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    fn get(&self, name: &str, schema: impl FnOnce() -> Value) -> Arc<Validator> {
        let mut compiled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let validator = compiled.entry(name.to_owned()).or_insert_with(|| {
            let validator = jsonschema::options().should_validate_formats(true).build(&schema());
            Arc::new(validator.unwrap_or_else(|error| panic!("the schema of {name}: {error}")))
        });
        Arc::clone(validator)
    }
}

fn violations(validator: &Validator, object: &Value) -> Vec<String> {
    let violation = |error: jsonschema::ValidationError<'_>| {
        let mut text = format!("{}: {error}", error.instance_path());
        // A whole object can stand in a message; the first words are enough to find the place.
        if let Some((end, _)) = text.char_indices().nth(300) {
            text.truncate(end);
        }
        text
    };
    validator.iter_errors(object).map(violation).collect()
}
