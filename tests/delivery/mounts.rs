//! Paths across artifacts: what is named is mounted, and what is mounted is brought. Each is broken once, to see that the judge
//! notices.

use serde_json::{Value, json};

use super::overlay;
use crate::support::base64;
use crate::support::built::example;
use crate::support::judges::mounts::problems;

/// What the fleet example leaves to others: an existing Secret, and a file that somebody decrypts.
const FOREIGN: [(&str, &str); 2] = [("internal-ca-bundle", "ca.crt"), ("thanos-objstore", "objstore.yml")];

#[test]
fn every_file_that_is_named_is_where_it_is_mounted() {
    let files = example("fleet");
    for cluster in ["cluster-01", "cluster-02", "staging"] {
        let Some(objects) = overlay(&files, cluster) else { return };
        assert_eq!(problems(&objects, &FOREIGN), Vec::<String>::new(), "{cluster}");
    }
}

/// The object of that kind and name, to be broken.
fn broken<'a>(objects: &'a mut [Value], kind: &str, name: &str) -> &'a mut Value {
    let found = objects.iter_mut().find(|object| object["kind"] == kind && object["metadata"]["name"] == name);
    found.unwrap_or_else(|| panic!("no {kind} {name}"))
}

/// Replaces a text everywhere in a value.
fn replace(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(text) => *text = text.replace(from, to),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, from, to)),
        Value::Object(fields) => fields.values_mut().for_each(|field| replace(field, from, to)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Replaces a text in a file that a Secret holds.
fn rewrite(secret: &mut Value, key: &str, from: &str, to: &str) {
    let text = base64::decode(secret["data"][key].as_str().unwrap()).unwrap();
    assert!(text.contains(from), "{text}");
    secret["data"][key] = base64::encode(&text.replace(from, to)).into();
}

#[test]
fn each_path_that_is_broken_is_noticed() {
    type Break = fn(&mut [Value]);
    let cases: [(&str, &str, Break); 12] = [
        ("cluster-01", "is not mounted", |objects| {
            let spec = &mut broken(objects, "Alertmanager", "main")["spec"];
            spec["secrets"].as_array_mut().unwrap().retain(|name| name != "slack-webhook");
        }),
        ("cluster-01", "nobody brings the Secret", |objects| {
            broken(objects, "Alertmanager", "main")["spec"]["configSecret"] = "alertmanager-other".into();
        }),
        ("cluster-01", "has no key alertmanager.yaml", |objects| {
            let data = &mut broken(objects, "Secret", "alertmanager-main")["data"];
            *data = json!({ "alertmanager.yml": data["alertmanager.yaml"] });
        }),
        ("cluster-01", "is mounted, and not there", |objects| {
            let secret = broken(objects, "Secret", "alertmanager-main");
            rewrite(secret, "alertmanager.yaml", "slack-webhook/value", "slack-webhook/url");
        }),
        ("cluster-01", "nobody brings the Secret", |objects| {
            broken(objects, "ExternalSecret", "slack-webhook")["spec"]["target"]["name"] = "slack".into();
        }),
        ("cluster-01", "is mounted, and not there", |objects| {
            broken(objects, "ExternalSecret", "slack-webhook")["spec"]["data"][0]["secretKey"] = "url".into();
        }),
        ("cluster-01", "is mounted, and not there", |objects| {
            replace(broken(objects, "StatefulSet", "thanos-store"), "objstore.yml", "objstore.yaml");
        }),
        ("cluster-01", "is not mounted", |objects| {
            let pod = &mut broken(objects, "Deployment", "alert-forwarder")["spec"]["template"]["spec"];
            for container in ["initContainers", "containers"] {
                replace(&mut pod[container], "/etc/forwarder/secrets/internal-ca-bundle", "/etc/forwarder/other");
            }
        }),
        ("cluster-01", "nobody brings the ConfigMap", |objects| {
            replace(broken(objects, "ConfigMap", "thanos-receive-hashrings"), "thanos-receive-hashrings", "hashrings");
        }),
        ("staging", "is not mounted", |objects| {
            replace(
                broken(objects, "StatefulSet", "alertmanager"),
                "/etc/alertmanager/secrets/",
                "/etc/alertmanager/s/",
            );
        }),
        ("staging", "is not mounted", |objects| {
            replace(broken(objects, "ConfigMap", "prometheus-config"), "/etc/prometheus/rules", "/etc/prometheus/rule");
        }),
        ("staging", "there is no volume", |objects| {
            let pod = &mut broken(objects, "StatefulSet", "thanos-ruler")["spec"]["template"]["spec"];
            pod["volumes"].as_array_mut().unwrap().retain(|volume| volume["name"] != "rules");
        }),
    ];
    let files = example("fleet");
    for (cluster, expected, make) in cases {
        let Some(mut objects) = overlay(&files, cluster) else { return };
        make(&mut objects);
        let found = problems(&objects, &FOREIGN);
        assert!(found.iter().any(|problem| problem.contains(expected)), "{expected}: {found:#?}");
    }
}
