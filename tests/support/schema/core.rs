//! Core objects: Deployment, Service, ConfigMap and their like.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use jsonschema::Validator;
use serde_json::Value;

use super::{Compiled, violations};
use crate::support::{
    run::run,
    skip,
    tools::{Generation, tool},
};

static COMPILED: Compiled = Compiled::new();

pub(super) fn check(
    object: &Value,
    group: &str,
    version: &str,
    kind: &str,
    generation: Generation,
) -> Option<Vec<String>> {
    let folder = folder(generation)?;
    let mut object = object.clone();
    if kind == "Secret" {
        // SOPS keeps its own data beside the fields of the Secret and takes it away before the object is applied.
        object.as_object_mut().map(|fields| fields.remove("sops"));
    }
    let short_group = group.split('.').next().unwrap_or_default();
    let parts: Vec<String> =
        [kind, short_group, version].iter().filter(|part| !part.is_empty()).map(|part| part.to_lowercase()).collect();
    let file = folder.join(format!("{}.json", parts.join("-")));
    if !file.is_file() {
        return Some(vec![format!("{group}/{version} {kind} is not an object of {}", folder.display())]);
    }
    Some(violations(&compiled(&folder, &file), &object))
}

/// A validator for the object metadata of custom objects.
pub(super) fn metadata(generation: Generation) -> Option<Arc<Validator>> {
    let folder = folder(generation)?;
    Some(compiled(&folder, &folder.join("objectmeta-meta-v1.json")))
}

fn compiled(folder: &Path, file: &Path) -> Arc<Validator> {
    COMPILED.get(&file.display().to_string(), || {
        let mut schema = read(file);
        let mut definitions = read(&folder.join("_definitions.json"));
        schema["$defs"] = definitions["$defs"].take();
        schema
    })
}

/// References inside the package name a server path; here the definitions stand in the schema itself.
fn read(file: &Path) -> Value {
    let text = std::fs::read_to_string(file).expect("a schema of kubernetes-validate");
    let text = text.replace("/api/_definitions.json#/", "#/");
    serde_json::from_str(&text).expect("kubernetes-validate carries JSON")
}

/// The folder of strict schemas for the newest or the oldest Kubernetes that the package knows.
fn folder(generation: Generation) -> Option<PathBuf> {
    static BASE: std::sync::OnceLock<Option<PathBuf>> = std::sync::OnceLock::new();
    let base = BASE.get_or_init(|| {
        let python = tool("python", Generation::Newest)?;
        let ask = "import kubernetes_validate as k, os; print(os.path.dirname(k.__file__))";
        let answer = run(python.command().args(["-c", ask])).ok()?;
        Some(PathBuf::from(String::from_utf8(answer.stdout).ok()?.trim()).join("kubernetes-json-schema"))
    });
    let Some(base) = base else {
        skip::missing("kubernetes-validate");
        return None;
    };
    let mut versions: Vec<PathBuf> = std::fs::read_dir(base)
        .expect("the schemas of kubernetes-validate")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_string_lossy().ends_with("-strict"))
        .collect();
    versions.sort();
    match generation {
        Generation::Newest => versions.pop(),
        Generation::Oldest => versions.into_iter().next(),
    }
}
