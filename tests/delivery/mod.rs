//! Delivery: what Kustomize makes of base and overlays, what ArgoCD is told, and that every object is one that Kubernetes takes.

mod argocd;
mod fleet;
mod hostile;
mod mounts;
mod network;
mod rules;
mod secrets;
mod thanos;

use serde_json::Value;

use crate::support::built::{Files, folder};
use crate::support::run::run;
use crate::support::tools::{Generation, tool};
use crate::support::yaml;

/// What `kustomize build` makes of a cluster's overlay; nothing where the tool is not on this machine.
#[track_caller]
fn overlay(files: &Files, cluster: &str) -> Option<Vec<Value>> {
    let kustomize = tool("kustomize", Generation::Newest)?;
    let tree = folder(files);
    let rendered = tree.path().join("rendered.yaml");
    let overlay = tree.path().join("kustomize/overlays").join(cluster);
    run(kustomize.command().arg("build").arg(overlay).arg("-o").arg(&rendered)).unwrap();
    Some(yaml::read(&[rendered])?.pop()?.unwrap())
}

/// The object of that kind and name.
#[track_caller]
fn object<'a>(objects: &'a [Value], kind: &str, name: &str) -> &'a Value {
    let found = objects.iter().find(|object| object["kind"] == kind && object["metadata"]["name"] == name);
    found.unwrap_or_else(|| panic!("no {kind} {name} in {:#?}", names(objects)))
}

/// Kind and name of every object.
fn names(objects: &[Value]) -> Vec<String> {
    objects.iter().map(crate::support::schema::name).collect()
}
