//! What Kubernetes objects carry: the rules of PrometheusRule objects, and the files inside ConfigMaps and Secrets.
//!
//! A cluster runs what its objects hold, not the plain files beside them. So each object is unpacked into a tree of the same shape as
//! the plain files have, and the same judges look at it.

use std::path::Path;

use serde_json::Value;

use super::{Generation, Verdict, alertmanager, grafana, nginx, rules, scripts, targets};
use crate::support::base64;

pub(super) fn judge(objects: &[Value], generation: Generation) -> Vec<Verdict> {
    let tree = tempfile::tempdir().expect("a temporary folder");
    for object in objects {
        unpack(object, tree.path());
    }
    let judges = [
        rules::prometheus,
        rules::thanos,
        targets::configuration,
        grafana::judge,
        alertmanager::judge,
        nginx::judge,
        scripts::judge,
    ];
    judges.iter().flat_map(|judge| judge(tree.path(), generation)).collect()
}

fn unpack(object: &Value, tree: &Path) {
    let kind = object["kind"].as_str().unwrap_or_default();
    let name = object["metadata"]["name"].as_str().unwrap_or("unnamed").replace('/', "-");
    match kind {
        "PrometheusRule" => {
            write(tree, &rule_place(&name, "rules.json", &object["spec"].to_string()), &object["spec"].to_string());
        }
        "ConfigMap" | "Secret" => {
            for (key, text) in files(object) {
                let place = match key.as_str() {
                    "alertmanager.yaml" => format!("alertmanager/{name}/{key}"),
                    "prometheus.yaml" => format!("prometheus/{name}/{key}"),
                    "datasources.yaml" => format!("grafana/{name}/{key}"),
                    "nginx.conf" => format!("forwarder/{name}/{key}"),
                    // Templates lie in a folder of their own beside the configuration, or directly beside it.
                    key if Path::new(key).extension().is_some_and(|ending| ending == "tmpl") => {
                        write(tree, &format!("alertmanager/{name}/{key}"), &text);
                        format!("alertmanager/{name}/templates/{key}")
                    }
                    key if text.lines().any(|line| line == "groups:" || line.starts_with("groups: ")) => {
                        rule_place(&name, key, &text)
                    }
                    key => format!("checks/{name}/{key}"),
                };
                write(tree, &place, &text);
            }
        }
        _ => {}
    }
}

/// Where rules belong: to Thanos if a group has a strategy, which Prometheus does not know.
fn rule_place(name: &str, file: &str, text: &str) -> String {
    let reader = if text.contains("partial_response_strategy") { "thanos" } else { "prometheus" };
    format!("{reader}/{name}/rules/{file}")
}

/// The files of a ConfigMap or Secret, by key.
fn files(object: &Value) -> Vec<(String, String)> {
    let entries = |field: &str| object[field].as_object().into_iter().flatten();
    let is_secret = object["kind"] == "Secret";
    let mut files = Vec::new();
    for field in ["data", "stringData"] {
        for (key, value) in entries(field) {
            let text = value.as_str().unwrap_or_default();
            let text = if is_secret && field == "data" { base64::decode(text) } else { Some(text.to_owned()) };
            files.extend(text.map(|text| (key.clone(), text)));
        }
    }
    files
}

fn write(tree: &Path, place: &str, text: &str) {
    let path = tree.join(place);
    std::fs::create_dir_all(path.parent().unwrap_or(tree)).expect("a temporary folder");
    std::fs::write(path, text).expect("a file in a temporary folder");
}
