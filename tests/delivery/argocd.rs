//! What ArgoCD is told.

use serde_json::Value;

use crate::support::built::{Files, folder, kdl};
use crate::support::judges::{self, Generation};
use crate::support::yaml;

fn spec(argocd: &str) -> Files {
    kdl(&format!(
        r##"
project "The Fleet"
delivery {{ kustomize; argocd repo="https://git.fleet.example/monitoring.git" {argocd} }}
cluster plain role=standalone {{ prometheus }}
cluster notifies role=standalone namespace=alerts {{ prometheus; alertmanager replicas=2 }}
channel all {{ slack channel="#a" api-url=(secret)key }}
routing {{ default all }}
secret key {{ external-secret store=vault key=slack }}
"##
    ))
}

fn application(files: &Files, cluster: &str) -> Option<Value> {
    let tree = folder(files);
    yaml::read(&[tree.path().join(format!("argocd/{cluster}.yaml"))])?.pop()?.unwrap().pop()
}

#[test]
fn an_application_builds_its_overlay_into_its_cluster() {
    let files = spec("");
    let Some(application) = application(&files, "notifies") else { return };
    assert_eq!(application["metadata"]["name"], "the-fleet-notifies");
    let spec = &application["spec"];
    assert_eq!(spec["source"]["path"], "dist/kustomize/overlays/notifies");
    assert!(files.contains_key("kustomize/overlays/notifies/kustomization.yaml"));
    assert_eq!(
        (&spec["destination"]["name"], &spec["destination"]["namespace"]),
        (&"notifies".into(), &"alerts".into())
    );
    let verdicts = judges::accepted(folder(&files).path(), &[Generation::Newest]);
    assert!(verdicts.iter().any(|verdict| verdict.subject == "argocd/notifies.yaml"));
}

#[test]
fn nothing_is_pruned_where_secrets_live() {
    let prune = |files: &Files, cluster: &str| {
        let application = application(files, cluster)?;
        let automated = &application["spec"]["syncPolicy"]["automated"];
        let finalizers = application["metadata"].get("finalizers").is_some();
        Some((automated["prune"].as_bool().unwrap(), automated["selfHeal"].as_bool().unwrap(), finalizers))
    };
    let files = spec("prune=#true");
    let Some(plain) = prune(&files, "plain") else { return };
    assert_eq!(plain, (true, true, true));
    assert_eq!(prune(&files, "notifies"), Some((false, true, false)));
    let files = spec("self-heal=#false");
    assert_eq!(prune(&files, "plain"), Some((false, false, false)));
}

#[test]
fn paths_and_automation_are_as_the_spec_says() {
    let files = spec("path=\"/deploy/out/\" automated=#false revision=main");
    let Some(application) = application(&files, "plain") else { return };
    let spec = &application["spec"];
    assert_eq!(spec["source"]["path"], "deploy/out/kustomize/overlays/plain");
    assert_eq!(spec["source"]["targetRevision"], "main");
    assert!(spec["syncPolicy"].get("automated").is_none());
}
