//! Whether anybody looks at a file at all: a judge whose pattern misses a file would be silent, and silence looks like consent.

use std::path::Path;

use super::{Generation, Outcome, Verdict, below, files, fits};

/// The files that another judge opens. Templates are read through the alertmanager.yaml beside them.
const OPENED: [&str; 14] = [
    "prometheus/*/rules/**",
    "prometheus/*/targets/*.json",
    "prometheus/*/prometheus.yaml",
    "thanos/*/rules/**",
    "grafana/*/datasources.yaml",
    "alertmanager/*/alertmanager.yaml",
    "alertmanager/*/templates/**",
    "forwarder/*/nginx.conf",
    "forwarder/*/*.sh",
    "argocd/*.yaml",
    ".github/workflows/*",
    ".github/actions/*/action.yml",
    "action.yml",
    "manifest.json",
];

/// One verdict for each file that no other judge opens: JSON and scripts below `checks/` are looked at here, the parts of Kustomize are
/// looked for in the kustomization that should name them, and everything else is rejected.
pub(super) fn judge(dir: &Path, _generation: Generation) -> Vec<Verdict> {
    files(dir, |path| !OPENED.iter().any(|pattern| fits(path, pattern)))
        .iter()
        .map(|file| {
            let subject = below(dir, file);
            let wrong = match subject.split('/').next() {
                Some("kustomize") => unnamed(dir, file),
                // What is neither JSON nor a shell script is the user's own, carried over as it is.
                Some("checks" | "thanos") => not_json(file),
                _ => Some("no judge opens it: tests/support/judges/coverage.rs lists what they open".to_owned()),
            };
            let outcome = wrong.map_or(Outcome::Accepted, Outcome::Rejected);
            Verdict { judge: "coverage", version: String::new(), subject, outcome }
        })
        .collect()
}

/// What is wrong with a file whose name says that it is JSON.
fn not_json(file: &Path) -> Option<String> {
    if file.extension().is_none_or(|ending| ending != "json") {
        return None;
    }
    let text = std::fs::read(file).unwrap_or_default();
    serde_json::from_slice::<serde_json::Value>(&text).err().map(|error| error.to_string())
}

/// A part of Kustomize that no kustomization at or above it names is never built.
fn unnamed(dir: &Path, file: &Path) -> Option<String> {
    if file.ends_with("kustomization.yaml") {
        return None;
    }
    let is_named = file.ancestors().skip(1).take_while(|folder| *folder != dir).any(|folder| {
        let kustomization = std::fs::read_to_string(folder.join("kustomization.yaml")).unwrap_or_default();
        kustomization.contains(&below(folder, file))
    });
    (!is_named).then(|| "no kustomization at or above it names it".to_owned())
}
