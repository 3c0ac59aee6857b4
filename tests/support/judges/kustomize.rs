//! The Kubernetes side: `kustomize build` of every overlay, then the schemas for every object it renders, promtool or thanos for the
//! rules inside PrometheusRule objects; and the schemas for the objects that are written as plain files.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Generation, Outcome, Verdict, below, files, fits, outcome, rules};
use crate::support::{run::run, schema, tools::tool, yaml};

pub(super) fn judge(dir: &Path, generation: Generation) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    let scratch = tempfile::tempdir().expect("a temporary folder");
    for file in files(dir, |path| fits(path, "kustomize/overlays/*/kustomization.yaml")) {
        let overlay = file.parent().unwrap_or(dir);
        let subject = below(dir, overlay);
        let rendered = scratch.path().join(subject.replace('/', "-"));
        let (version, outcome) = build(overlay, &rendered, generation);
        if outcome == Outcome::Accepted {
            verdicts.extend(objects(&subject, &rendered, generation));
            verdicts.extend(embedded_rules(&subject, &rendered, generation));
        }
        verdicts.push(Verdict { judge: "kustomize build", version, subject, outcome });
    }
    for file in files(dir, |path| fits(path, "argocd/*.yaml")) {
        verdicts.extend(objects(&below(dir, &file), &file, generation));
    }
    verdicts
}

/// Renders one overlay into a file. What kustomize says on standard error, deprecations mostly, counts as a rejection.
fn build(overlay: &Path, rendered: &Path, generation: Generation) -> (String, Outcome) {
    let Some(tool) = tool("kustomize", generation) else { return (String::new(), Outcome::Skipped) };
    let answer = run(tool.command().arg("build").arg(overlay).arg("-o").arg(rendered)).and_then(|output| {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if said.is_empty() { Ok(()) } else { Err(said) }
    });
    (tool.version, outcome(answer))
}

/// One verdict on all objects of a file.
fn objects(subject: &str, file: &Path, generation: Generation) -> Option<Verdict> {
    let answer = yaml::read(&[file])?.pop()?;
    let mut skipped = false;
    let outcome = match answer {
        Err(said) => Outcome::Rejected(said),
        Ok(documents) => {
            let mut rejected = Vec::new();
            for object in &documents {
                match schema::check(object, generation) {
                    None => skipped = true,
                    Some(violations) => {
                        rejected.extend(violations.iter().map(|text| format!("{}: {text}", schema::name(object))));
                    }
                }
            }
            match (rejected.is_empty(), skipped) {
                (false, _) => Outcome::Rejected(rejected.join("\n")),
                (true, true) => Outcome::Skipped,
                (true, false) => Outcome::Accepted,
            }
        }
    };
    Some(Verdict { judge: "object schemas", version: String::new(), subject: subject.to_owned(), outcome })
}

/// The rules inside PrometheusRule objects, written out as rule files: Thanos's where a group has a strategy, Prometheus's otherwise.
fn embedded_rules(subject: &str, rendered: &Path, generation: Generation) -> Vec<Verdict> {
    let Some(Ok(documents)) = yaml::read(&[rendered]).and_then(|mut answers| answers.pop()) else { return Vec::new() };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (mut prometheus, mut thanos): (Vec<PathBuf>, Vec<PathBuf>) = (Vec::new(), Vec::new());
    for (index, object) in documents.iter().enumerate() {
        if object["kind"] != "PrometheusRule" {
            continue;
        }
        let file =
            folder.path().join(format!("{index}-{}.json", object["metadata"]["name"].as_str().unwrap_or("rule")));
        std::fs::write(&file, object["spec"].to_string()).expect("a file in a temporary folder");
        let groups: Vec<&Value> = object["spec"]["groups"].as_array().into_iter().flatten().collect();
        if groups.iter().any(|group| group.get("partial_response_strategy").is_some()) {
            thanos.push(file);
        } else {
            prometheus.push(file);
        }
    }
    let mut verdicts = rules::promtool(folder.path(), &prometheus, generation);
    verdicts.extend(rules::thanos_rules_check(folder.path(), &thanos, generation));
    for verdict in &mut verdicts {
        verdict.subject = format!("{subject}, PrometheusRule {}", verdict.subject);
    }
    verdicts
}
