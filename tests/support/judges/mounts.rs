//! Whether every file that an artifact names is where another artifact mounts it.
//!
//! A pod that names a file which is not there starts with half of its configuration, or not at all, and each object by itself is
//! fine. So the objects of one overlay are looked at together: what is in Secrets and ConfigMaps, what pods mount of it and
//! where, and every path below `/etc` in arguments and in the configurations that the pods read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::{base64, schema};

/// The keys of a Secret or ConfigMap with their text, where it is known.
type Keys = BTreeMap<String, Option<String>>;

/// What is wrong between the objects of an overlay; `foreign` are secrets and keys that somebody else brings.
pub fn problems(objects: &[Value], foreign: &[(&str, &str)]) -> Vec<String> {
    let mut held = held(objects);
    for (name, key) in foreign {
        held.entry(("Secret", (*name).to_owned())).or_default().insert((*key).to_owned(), None);
    }
    let mut found = Vec::new();
    for object in objects {
        let name = schema::name(object);
        let mut report = |problem: String| found.push(format!("{name}: {problem}"));
        match object["kind"].as_str().unwrap_or_default() {
            "Deployment" | "StatefulSet" | "DaemonSet" => pod(&object["spec"], &held, &mut report),
            "Alertmanager" => operated(&object["spec"], &held, &mut report),
            "ThanosRuler" => {
                let reference = &object["spec"]["objectStorageConfig"];
                if let (Some(secret), Some(key)) = (reference["name"].as_str(), reference["key"].as_str()) {
                    has(&held, ("Secret", secret), key, &mut report);
                }
            }
            _ => {}
        }
    }
    found
}

/// Every Secret and ConfigMap of the overlay, and the Secrets that will be made of its objects.
fn held(objects: &[Value]) -> BTreeMap<(&'static str, String), Keys> {
    let mut held: BTreeMap<(&'static str, String), Keys> = BTreeMap::new();
    let mut add = |kind, name: &Value, key: &str, text| {
        let name = name.as_str().unwrap_or_default().to_owned();
        held.entry((kind, name)).or_default().insert(key.to_owned(), text);
    };
    for object in objects {
        let name = &object["metadata"]["name"];
        let entries = |value: &Value| -> Vec<(String, Value)> {
            value.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect()
        };
        match object["kind"].as_str().unwrap_or_default() {
            "ConfigMap" => {
                for (key, text) in entries(&object["data"]) {
                    add("ConfigMap", name, &key, text.as_str().map(str::to_owned));
                }
            }
            "Secret" => {
                for (key, text) in entries(&object["data"]) {
                    add("Secret", name, &key, text.as_str().and_then(base64::decode));
                }
            }
            "ExternalSecret" => {
                for entry in object["spec"]["data"].as_array().into_iter().flatten() {
                    let key = entry["secretKey"].as_str().unwrap_or_default();
                    add("Secret", &object["spec"]["target"]["name"], key, None);
                }
            }
            "SealedSecret" => {
                for (key, _) in entries(&object["spec"]["encryptedData"]) {
                    add("Secret", &object["spec"]["template"]["metadata"]["name"], &key, None);
                }
            }
            _ => {}
        }
    }
    held
}

type Held = BTreeMap<(&'static str, String), Keys>;

fn has(held: &Held, (kind, name): (&'static str, &str), key: &str, report: &mut impl FnMut(String)) {
    match held.get(&(kind, name.to_owned())) {
        None => report(format!("nobody brings the {kind} {name}")),
        Some(keys) if !keys.contains_key(key) => report(format!("the {kind} {name} has no key {key}")),
        Some(_) => {}
    }
}

/// The operator mounts the configuration under a key of its choice, and each listed Secret below one folder.
fn operated(spec: &Value, held: &Held, report: &mut impl FnMut(String)) {
    let secret = spec["configSecret"].as_str().unwrap_or_default();
    has(held, ("Secret", secret), "alertmanager.yaml", report);
    let names = spec["secrets"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mounts: Vec<Mount> = names
        .map(|name| Mount {
            path: format!("/etc/alertmanager/secrets/{name}"),
            from: vec![("Secret", name.to_owned())],
        })
        .collect();
    for mount in &mounts {
        mount.there(held, report);
    }
    let keys = held.get(&("Secret", secret.to_owned()));
    if let Some(Some(text)) = keys.and_then(|keys| keys.get("alertmanager.yaml")) {
        for path in paths(text) {
            lies(&path, &mounts, held, report);
        }
    }
}

/// A folder in a container, with the Secrets and ConfigMaps in it; with none it is one that programs write to.
#[derive(Debug, Clone)]
struct Mount {
    path: String,
    from: Vec<(&'static str, String)>,
}

impl Mount {
    fn there(&self, held: &Held, report: &mut impl FnMut(String)) {
        for (kind, name) in &self.from {
            if !held.contains_key(&(kind, name.clone())) {
                report(format!("nobody brings the {kind} {name}"));
            }
        }
    }
}

fn pod(spec: &Value, held: &Held, report: &mut impl FnMut(String)) {
    let pod = &spec["template"]["spec"];
    let mut volumes: BTreeMap<&str, Vec<(&'static str, String)>> = BTreeMap::new();
    for volume in pod["volumes"].as_array().into_iter().flatten() {
        let mut from = Vec::new();
        from.extend(volume["secret"]["secretName"].as_str().map(|name| ("Secret", name.to_owned())));
        from.extend(volume["configMap"]["name"].as_str().map(|name| ("ConfigMap", name.to_owned())));
        for source in volume["projected"]["sources"].as_array().into_iter().flatten() {
            from.extend(source["configMap"]["name"].as_str().map(|name| ("ConfigMap", name.to_owned())));
            from.extend(source["secret"]["name"].as_str().map(|name| ("Secret", name.to_owned())));
        }
        volumes.insert(volume["name"].as_str().unwrap_or_default(), from);
    }
    for claim in spec["volumeClaimTemplates"].as_array().into_iter().flatten() {
        volumes.insert(claim["metadata"]["name"].as_str().unwrap_or_default(), Vec::new());
    }
    let containers = ["initContainers", "containers"].map(|field| pod[field].as_array().cloned().unwrap_or_default());
    let mut used = BTreeSet::new();
    for container in containers.iter().flatten() {
        let mut mounts = Vec::new();
        for mount in container["volumeMounts"].as_array().into_iter().flatten() {
            let (name, path) =
                (mount["name"].as_str().unwrap_or_default(), mount["mountPath"].as_str().unwrap_or_default());
            match volumes.get(name) {
                Some(from) => mounts.push(Mount { path: path.to_owned(), from: from.clone() }),
                None => report(format!("there is no volume {name}")),
            }
            used.insert(name.to_owned());
        }
        for mount in &mounts {
            mount.there(held, report);
        }
        let mut texts = Vec::new();
        for argument in ["command", "args"].iter().flat_map(|field| container[*field].as_array().into_iter().flatten())
        {
            texts.extend(argument.as_str().map(str::to_owned));
        }
        // What the container reads is looked at as the container sees it.
        for (kind, name) in mounts.iter().flat_map(|mount| &mount.from) {
            let keys = held.get(&(kind, name.clone())).into_iter().flatten();
            let read =
                keys.filter(|(key, _)| ["alertmanager.yaml", "prometheus.yaml", "nginx.conf"].contains(&key.as_str()));
            // A program that only watches files opens nothing that they name.
            if container["name"] != "config-reloader" {
                texts.extend(read.filter_map(|(_, text)| text.clone()));
            }
        }
        for text in &texts {
            for path in paths(text) {
                lies(&path, &mounts, held, report);
            }
        }
    }
    for name in volumes.keys().filter(|name| !used.contains(**name)) {
        report(format!("nobody mounts the volume {name}"));
    }
}

/// Whether a path lies in a folder that is mounted, and is one of its files.
fn lies(path: &str, mounts: &[Mount], held: &Held, report: &mut impl FnMut(String)) {
    let below = |mount: &&Mount| path == mount.path || path.starts_with(&format!("{}/", mount.path));
    let Some(mount) = mounts.iter().filter(below).max_by_key(|mount| mount.path.len()) else {
        report(format!("{path} is not mounted"));
        return;
    };
    let file = path[mount.path.len()..].trim_start_matches('/');
    if file.is_empty() || file.contains('*') || mount.from.is_empty() {
        return;
    }
    let is_there = |place: &&(&'static str, String)| held.get(*place).is_some_and(|keys| keys.contains_key(file));
    if !mount.from.iter().any(|place| is_there(&place)) {
        report(format!("{path} is mounted, and not there"));
    }
}

/// Every absolute path below `/etc` in a text, but those that images bring.
fn paths(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let is_end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | ',' | ')' | ']' | '}');
    for (at, _) in text.match_indices("/etc/") {
        if text[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '/') {
            continue;
        }
        let path = text[at..].split(is_end).next().unwrap_or_default();
        if !path.starts_with("/etc/nginx/") && !path.starts_with("/etc/ssl/") && !path.contains('$') {
            found.push(path.to_owned());
        }
    }
    found
}
