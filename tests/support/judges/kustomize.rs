//! The Kubernetes side: `kustomize build` of every overlay, the schemas for every object it renders, and the judges of plain files for
//! what those objects carry; and the schemas for the objects that are written as plain files.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Generation, Outcome, Verdict, below, carried, files, fits, outcome};
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

/// One verdict on all objects of a file, and those on what they carry.
fn objects(subject: &str, file: &Path, generation: Generation) -> Vec<Verdict> {
    let answer = yaml::read(&[PathBuf::from(file)]).and_then(|mut answers| answers.pop());
    let mut verdicts = Vec::new();
    let outcome = match answer {
        None => Outcome::Skipped,
        Some(Err(said)) => Outcome::Rejected(said),
        Some(Ok(documents)) => {
            verdicts = carried::judge(&documents, generation);
            for verdict in &mut verdicts {
                verdict.subject = format!("{subject}, {}", verdict.subject);
            }
            let judged: Option<Vec<String>> =
                documents.iter().map(|object| Some(violations(object, generation)?.join("\n"))).collect();
            judged.map_or(Outcome::Skipped, |texts| {
                let texts: Vec<String> = texts.into_iter().filter(|text| !text.is_empty()).collect();
                if texts.is_empty() { Outcome::Accepted } else { Outcome::Rejected(texts.join("\n")) }
            })
        }
    };
    verdicts.push(Verdict { judge: "object schemas", version: String::new(), subject: subject.to_owned(), outcome });
    verdicts
}

/// What is wrong with an object, each with the name of the object before it.
fn violations(object: &Value, generation: Generation) -> Option<Vec<String>> {
    let named = |text: String| format!("{}: {text}", schema::name(object));
    Some(schema::check(object, generation)?.into_iter().map(named).collect())
}
