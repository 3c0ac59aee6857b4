//! Kubernetes objects that other people published, good ones and wrong ones, before our schemas.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::{corpus, schema, tools::Generation, yaml};

/// Published objects of the kinds whose definitions are at hand, each with whether its publisher says that it is good.
fn published() -> Option<Vec<(PathBuf, Value, bool)>> {
    let folder = corpus::folder()?.join("k8s-cr");
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    files.sort();
    let answers = yaml::read(&files)?;
    let mut objects = Vec::new();
    for (file, answer) in files.into_iter().zip(answers) {
        let is_good = !file.to_string_lossy().contains("invalid");
        for object in answer.unwrap_or_default() {
            objects.push((file.clone(), object, is_good));
        }
    }
    Some(objects)
}

#[test]
fn good_objects_pass_and_invalid_ones_do_not() {
    let Some(objects) = published() else { return };
    let mut judged = 0;
    for (file, object, is_good) in objects {
        let Some(violations) = schema::check(&object, Generation::Newest) else { continue };
        if violations.iter().any(|text| text.starts_with("no CustomResourceDefinition")) {
            continue;
        }
        judged += 1;
        assert_eq!(violations.is_empty(), is_good, "{}, {}: {violations:#?}", file.display(), schema::name(&object));
    }
    assert!(judged > 30, "only {judged} objects were judged");
}

/// Every good object, with an unknown field put into each of its objects in turn, is rejected at that place.
#[test]
fn an_unknown_field_is_found_wherever_it_stands() {
    let Some(objects) = published() else { return };
    let mut places = 0;
    for (file, object, is_good) in objects {
        let judged = schema::check(&object, Generation::Newest).is_some_and(|violations| violations.is_empty());
        if !is_good || !judged || object["kind"] != "AlertmanagerConfig" && object["kind"] != "ServiceMonitor" {
            continue;
        }
        for place in inner_objects(&object["spec"], "/spec") {
            let mut broken = object.clone();
            // Label selectors are open maps of text.
            if place.ends_with("matchLabels") {
                continue;
            }
            broken.pointer_mut(&place).unwrap()["noSuchField"] = json!(1);
            let violations = schema::check(&broken, Generation::Newest).unwrap();
            assert!(
                violations.iter().any(|text| text.starts_with(&format!("{place}: ")) || text.contains("noSuchField")),
                "{}: {place} may hold anything",
                file.display()
            );
            places += 1;
        }
    }
    assert!(places > 20, "only {places} places were tried");
}

fn inner_objects(value: &Value, path: &str) -> Vec<String> {
    match value {
        Value::Object(fields) => {
            let inner = fields.iter().flat_map(|(name, field)| inner_objects(field, &format!("{path}/{name}")));
            std::iter::once(path.to_owned()).chain(inner).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(index, item)| inner_objects(item, &format!("{path}/{index}"))).collect()
        }
        _ => Vec::new(),
    }
}

/// Asserts that an object is rejected, and that the first violation names a place.
fn rejected(object: &Value, place: &str) {
    for generation in [Generation::Newest, Generation::Oldest] {
        let Some(violations) = schema::check(object, generation) else { return };
        assert!(violations.iter().any(|text| text.contains(place)), "{object}: {violations:#?}");
    }
}

#[test]
fn wrong_core_objects_are_rejected() {
    let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "v"}});
    assert!(schema::check(&map, Generation::Newest).is_none_or(|violations| violations.is_empty()));
    let with = |pointer: &str, value: Value| {
        let mut map = map.clone();
        *map.pointer_mut(pointer).unwrap() = value;
        map
    };
    rejected(&with("/data/k", json!(1)), "/data/k");
    rejected(&with("/metadata", json!({"name": "a", "label": {}})), "/metadata");
    rejected(&with("/data", json!([])), "/data");
    rejected(&json!({"apiVersion": "v1", "kind": "ConfigMaps", "metadata": {}}), "is not an object");
    let policy = json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "a"},
        "spec": {"podSelector": {}, "ingres": []}});
    rejected(&policy, "ingres");
}

#[test]
fn versions_that_are_not_served_and_unknown_kinds_are_rejected() {
    let secret = |version: &str| {
        json!({"apiVersion": format!("external-secrets.io/{version}"), "kind": "ExternalSecret", "metadata": {"name": "a"},
            "spec": {"secretStoreRef": {"name": "vault", "kind": "ClusterSecretStore"}, "data": [
                {"secretKey": "a", "remoteRef": {"key": "b"}}]}})
    };
    assert!(schema::check(&secret("v1"), Generation::Newest).is_none_or(|violations| violations.is_empty()));
    rejected(&secret("v1beta1"), "serves external-secrets.io/v1beta1");
    rejected(
        &json!({"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"}}),
        "serves example.com/v1",
    );
}

#[test]
fn sealed_secrets_and_secrets_under_sops_are_known() {
    let sealed = |value: Value| {
        json!({"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": {"name": "a"},
            "spec": {"encryptedData": {"token": value}, "template": {"metadata": {"name": "a"}, "type": "Opaque"}}})
    };
    assert!(
        schema::check(&sealed(json!("AgBy8w==")), Generation::Newest).is_none_or(|violations| violations.is_empty())
    );
    rejected(&sealed(json!(1)), "/spec/encryptedData/token");
    rejected(&sealed(json!("not sealed")), "/spec/encryptedData/token");
    let mut secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "type": "Opaque",
        "stringData": {"token": "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]"}, "sops": {"version": "3.9.0"}});
    assert!(schema::check(&secret, Generation::Newest).is_none_or(|violations| violations.is_empty()));
    secret["sop"] = json!({});
    rejected(&secret, "sop");
}

#[test]
fn groups_of_one_name_are_rejected_as_the_api_server_does() {
    let rule = json!({"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "metadata": {"name": "a"},
        "spec": {"groups": [{"name": "same", "rules": []}, {"name": "same", "rules": []}]}});
    rejected(&rule, "twice");
}
