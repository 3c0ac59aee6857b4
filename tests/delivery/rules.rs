//! Rules on their way to their evaluator.

use std::fmt::Write as _;

use alertsmith::source::MemoryWorld;

use super::{object, overlay};
use crate::support::built::{Files, files, folder, kdl};
use crate::support::judges::{self, Generation};

/// Two clusters that evaluate the same rule themselves, and a third without the operator.
const THREE: &str = r#"
project fleet
delivery { kustomize }
cluster a role=standalone { rule-selector release=stack; prometheus }
cluster b role=standalone { rule-selector release=stack; prometheus }
alert NodeDown evaluate=prometheus {
    query "up{job=\"node\"} == 0"
    level critical for="5m"
}
"#;

#[test]
fn what_all_overlays_share_stands_in_the_base_once() {
    let built = kdl(THREE);
    assert!(built.contains_key("kustomize/base/rules/prometheus-global.yaml"), "{:?}", built.keys());
    assert!(!built.contains_key("kustomize/overlays/a/rules/prometheus-global.yaml"));
    for cluster in ["a", "b"] {
        let Some(objects) = overlay(&built, cluster) else { return };
        let rule = object(&objects, "PrometheusRule", "prometheus-global");
        assert_eq!(rule["metadata"]["labels"]["release"], "stack");
    }
}

#[test]
fn a_difference_keeps_objects_in_their_overlays() {
    let built = kdl(&THREE.replace("cluster b role=standalone {", "cluster b role=standalone namespace=other {"));
    assert!(!built.keys().any(|path| path.starts_with("kustomize/base/rules/")), "{:?}", built.keys());
    for (cluster, namespace) in [("a", "monitoring"), ("b", "other")] {
        let Some(objects) = overlay(&built, cluster) else { return };
        let rule = object(&objects, "PrometheusRule", "prometheus-global");
        assert_eq!(rule["metadata"]["namespace"], namespace);
    }
}

#[test]
fn without_the_operator_rules_are_plain_files_in_a_config_map() {
    let built = kdl(&THREE.replace("cluster b role=standalone {", "cluster b role=standalone delivery=files {"));
    let Some(objects) = overlay(&built, "b") else { return };
    let map = object(&objects, "ConfigMap", "prometheus-rules");
    assert_eq!(map["data"]["global.yaml"], built["prometheus/b/rules/global.yaml"].as_str());
    let pod = &object(&objects, "StatefulSet", "prometheus")["spec"]["template"]["spec"];
    assert_eq!(pod["volumes"][2]["projected"]["sources"][0]["configMap"]["name"], "prometheus-rules", "{pod:#}");
    judges::accepted(folder(&built).path(), &[Generation::Newest]);
}

/// A spec with a rule file of so many groups and rules in each.
fn vendor(groups: usize, rules: usize) -> Files {
    let mut text = String::from("groups:\n");
    for group in 0..groups {
        let _ = writeln!(text, "  - name: Vendor Group {group}\n    rules:");
        for rule in 0..rules {
            let _ = writeln!(
                text,
                "      - alert: Alert{group}x{rule}\n        expr: up{{job=\"{group}\"}} == {rule}\n        labels:\n          severity: \
                 warning\n        annotations:\n          summary: {}",
                "text ".repeat(40)
            );
        }
    }
    let spec = r#"
project fleet
delivery { kustomize }
cluster a role=standalone { prometheus }
rules vendor cluster=a { file "vendor.yaml" }
"#;
    files(&MemoryWorld::default().with("alertsmith.kdl", spec).with("vendor.yaml", text))
}

fn rule_objects(files: &Files) -> Vec<(&String, &String)> {
    files.iter().filter(|(path, _)| path.starts_with("kustomize/") && path.contains("/rules/")).collect()
}

#[test]
fn only_what_is_too_large_for_an_object_is_split_by_rule_group() {
    let small = vendor(3, 2);
    assert_eq!(rule_objects(&small).len(), 1);
    let large = vendor(5, 500);
    let objects = rule_objects(&large);
    assert_eq!(objects.len(), 5, "{:?}", objects.iter().map(|(path, _)| path).collect::<Vec<_>>());
    assert!(objects.iter().all(|(_, text)| text.len() < 512 * 1024));
    // Names come from the group alone: one group more or less renames nothing.
    let larger = vendor(6, 500);
    let paths: Vec<_> = rule_objects(&larger).into_iter().map(|(path, _)| path.clone()).collect();
    assert!(objects.iter().all(|(path, text)| paths.contains(path) && larger[*path] == **text));
    judges::accepted(folder(&large).path(), &[Generation::Newest]);
}

#[test]
fn ruler_and_prometheus_never_take_each_others_rules() {
    let fleet = crate::support::built::example("fleet");
    let Some(objects) = overlay(&fleet, "cluster-01") else { return };
    let ruler = &object(&objects, "ThanosRuler", "alertsmith")["spec"]["ruleSelector"]["matchLabels"];
    let chosen = |labels: &serde_json::Value, rule: &serde_json::Value| {
        labels.as_object().unwrap().iter().all(|(name, value)| rule["metadata"]["labels"][name] == *value)
    };
    let prometheus = serde_json::json!({ "release": "kube-prometheus-stack" });
    let rules: Vec<_> = objects.iter().filter(|object| object["kind"] == "PrometheusRule").collect();
    assert!(rules.len() > 3);
    for rule in rules {
        let has_strategy = rule["spec"]["groups"][0].get("partial_response_strategy").is_some();
        assert_eq!((chosen(ruler, rule), chosen(&prometheus, rule)), (has_strategy, !has_strategy), "{rule:#}");
    }
}

#[test]
fn renaming_a_group_changes_only_what_names_it() {
    let spec = |name: &str| {
        format!(
            r#"
project fleet
delivery {{ kustomize; argocd repo="https://git.fleet.example/monitoring.git" }}
cluster a role=standalone {{ prometheus }}
group production id=grp-1 {{ clusters a; target one address="10.0.0.1" {{ exporters node }} }}
group {name} id=grp-2 {{ clusters a; target two address="10.0.0.2" {{ exporters node }} }}
alert Cpu evaluate=prometheus {{
    query "avg by (instance, group, group_id) (node_load1) > ${{threshold}}"
    level warning 8 for="5m"
}}
threshold Cpu group=production {{ level warning 10 }}
threshold Cpu group={name} {{ level warning 12 }}
"#
        )
    };
    let (before, after) = (kdl(&spec("staging")), kdl(&spec("testing")));
    for (path, text) in &before {
        let names_it = path.contains("staging") || text.contains("staging");
        let is_same = after.get(path) == Some(text);
        assert!(is_same || names_it, "{path} changed");
    }
    let rules = "kustomize/overlays/a/rules/prometheus-production-group-grp-1.yaml";
    assert_eq!(before[rules], after[rules]);
}

#[test]
fn nodes_of_a_cluster_run_the_checks_of_their_group() {
    let fleet = crate::support::built::example("fleet");
    let Some(objects) = overlay(&fleet, "cluster-02") else { return };
    let set = object(&objects, "DaemonSet", "checks-ml-training");
    let pod = &set["spec"]["template"]["spec"];
    assert_eq!(pod["nodeSelector"]["fleet.example/pool"], "ml-training");
    let volume = pod["volumes"].as_array().unwrap().iter().find(|volume| volume["name"] == "bundle").unwrap();
    let map = object(&objects, "ConfigMap", volume["configMap"]["name"].as_str().unwrap());
    let mut paths = Vec::new();
    for item in volume["configMap"]["items"].as_array().unwrap() {
        let path = item["path"].as_str().unwrap();
        let text = map["data"][item["key"].as_str().unwrap()].as_str();
        assert_eq!(text, fleet.get(&format!("checks/ml-training/{path}")).map(String::as_str), "{path}");
        paths.push(path);
    }
    assert_eq!(paths, ["checks.list", "runner.sh", "scripts/mount-check.sh", "scripts/nic-check.py"]);
}
