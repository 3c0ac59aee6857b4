//! Secrets across artifacts: what a configuration names is mounted, and what is mounted is delivered.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{object, overlay};
use crate::support::built::{Files, example, kdl};

/// Every string in a document.
fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        Value::Object(fields) => fields.values().flat_map(strings).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

/// Secret and key of every path below `folder` that stands in a text.
fn named(text: &str, folder: &str) -> BTreeSet<(String, String)> {
    text.split(folder)
        .skip(1)
        .filter_map(|rest| {
            let path = rest.split(|c: char| c.is_whitespace() || matches!(c, '"' | ';' | '\'')).next().unwrap();
            let (secret, key) = path.strip_prefix('/')?.split_once('/')?;
            Some((secret.to_owned(), key.to_owned()))
        })
        .collect()
}

/// Secret and key of everything that an overlay delivers or that others bring.
fn delivered(files: &Files, objects: &[Value]) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for object in objects {
        match object["kind"].as_str().unwrap() {
            "ExternalSecret" => {
                let target = object["spec"]["target"]["name"].as_str().unwrap();
                for entry in object["spec"]["data"].as_array().unwrap() {
                    found.insert((target.to_owned(), entry["secretKey"].as_str().unwrap().to_owned()));
                }
            }
            "SealedSecret" => {
                let target = object["spec"]["template"]["metadata"]["name"].as_str().unwrap();
                assert_eq!(object["metadata"]["name"], target, "the ciphertext is bound to the name");
                for key in object["spec"]["encryptedData"].as_object().unwrap().keys() {
                    found.insert((target.to_owned(), key.clone()));
                }
            }
            _ => {}
        }
    }
    assert!(files.keys().any(|path| path.ends_with("/secrets/monitoring-thanos-objstore.sops.yaml")));
    found.insert(("thanos-objstore".to_owned(), "objstore.yml".to_owned()));
    // Somebody else's, by the spec.
    found.insert(("internal-ca-bundle".to_owned(), "ca.crt".to_owned()));
    found
}

#[test]
fn every_secret_that_is_named_is_mounted_and_delivered_under_that_key() {
    let files = example("fleet");
    let Some(objects) = overlay(&files, "cluster-01") else { return };
    let delivered = delivered(&files, &objects);

    let by_alertmanager = named(&files["alertmanager/cluster-01/alertmanager.yaml"], "/etc/alertmanager/secrets");
    let mounts = &object(&objects, "Alertmanager", "main")["spec"]["secrets"];
    let mounts: BTreeSet<&str> = strings(mounts).into_iter().collect();
    assert!(by_alertmanager.len() >= 4, "{by_alertmanager:?}");
    assert_eq!(mounts, by_alertmanager.iter().map(|(secret, _)| secret.as_str()).collect());
    assert!(by_alertmanager.is_subset(&delivered), "{by_alertmanager:?} {delivered:?}");

    let mut by_forwarder = named(&files["forwarder/alert-forwarder/nginx.conf"], "/etc/forwarder/secrets");
    by_forwarder.extend(named(&files["forwarder/alert-forwarder/10-secrets.sh"], "\"$secrets\"'"));
    let pod = &object(&objects, "Deployment", "alert-forwarder")["spec"]["template"]["spec"];
    let volumes = pod["volumes"].as_array().unwrap();
    let mounts: BTreeSet<&str> = volumes.iter().filter_map(|volume| volume["secret"]["secretName"].as_str()).collect();
    assert!(by_forwarder.len() >= 3, "{by_forwarder:?}");
    assert_eq!(mounts, by_forwarder.iter().map(|(secret, _)| secret.as_str()).collect());
    assert!(by_forwarder.is_subset(&delivered), "{by_forwarder:?} {delivered:?}");

    let store = &object(&objects, "ThanosRuler", "alertsmith")["spec"]["objectStorageConfig"];
    let store = (store["name"].as_str().unwrap().to_owned(), store["key"].as_str().unwrap().to_owned());
    assert!(delivered.contains(&store));
}

#[test]
fn the_secret_of_alertmanager_has_the_name_and_key_that_the_operator_reads() {
    let files = example("fleet");
    let Some(objects) = overlay(&files, "cluster-01") else { return };
    let custom = object(&objects, "Alertmanager", "main");
    let secret = object(&objects, "Secret", custom["spec"]["configSecret"].as_str().unwrap());
    assert_eq!(secret["metadata"]["namespace"], custom["metadata"]["namespace"]);
    let text = crate::support::base64::decode(secret["data"]["alertmanager.yaml"].as_str().unwrap()).unwrap();
    assert_eq!(text, files["alertmanager/cluster-01/alertmanager.yaml"]);
}

#[test]
fn a_secret_is_delivered_wherever_it_is_mounted_and_nowhere_else() {
    let files = kdl(r##"
project fleet
delivery { kustomize }
cluster a role=standalone { prometheus; alertmanager replicas=2 namespace=alerting secret=alertmanager-main }
forwarder gate { upstream "http://kafka-rest.kafka.svc.cluster.local:8082"; caller (secret)token }
channel ui { kafka topic=alerts via=gate }
channel chat { slack channel="#a" api-url=(secret)chat }
routing { default chat; route ui { when team=ui } }
secret token { external-secret store=vault key=token }
secret chat key=url { sealed-secret encrypted="AgBy" }
secret unused { external-secret store=vault key=other }
"##);
    let Some(objects) = overlay(&files, "a") else { return };
    let places: BTreeSet<(&str, &str)> = objects
        .iter()
        .filter(|object| matches!(object["kind"].as_str(), Some("ExternalSecret" | "SealedSecret")))
        .map(|object| {
            let metadata = &object["metadata"];
            (metadata["namespace"].as_str().unwrap(), metadata["name"].as_str().unwrap())
        })
        .collect();
    assert_eq!(places, [("alerting", "chat"), ("alerting", "token"), ("monitoring", "token")].into());
}
