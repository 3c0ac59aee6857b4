//! What Prometheus without the operator is started with, and target groups: promtool reads each file as a Prometheus with `file_sd_configs` would.

use std::{fmt::Write as _, path::Path};

use super::{Generation, Outcome, Verdict, below, files, fits, outcome};
use crate::support::{run::run, tools::tool};

pub(super) fn judge(dir: &Path, generation: Generation) -> Vec<Verdict> {
    let targets = files(dir, |path| fits(path, "prometheus/*/targets/*.json"));
    let Some(first) = targets.first() else { return Vec::new() };
    let subject = format!("{} and {} more", below(dir, first), targets.len() - 1);
    let Some(tool) = tool("promtool", generation) else {
        let outcome = Outcome::Skipped;
        return vec![Verdict { judge: "promtool check config", version: String::new(), subject, outcome }];
    };
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let config = scratch.path().join("prometheus.yml");
    let mut text = String::from("scrape_configs:\n");
    for (index, file) in targets.iter().enumerate() {
        let file = serde_json::Value::from(file.to_string_lossy());
        let _ = writeln!(text, "- job_name: job-{index}\n  file_sd_configs:\n  - files: [{file}]");
    }
    std::fs::write(&config, text).expect("a file in a temporary folder");
    let answer = run(tool.command().args(["check", "config"]).arg(&config));
    vec![Verdict { judge: "promtool check config", version: tool.version, subject, outcome: outcome(answer) }]
}

/// The configuration of every Prometheus that runs without the operator. Files that it names are not where it says on this machine.
pub(super) fn configuration(dir: &Path, generation: Generation) -> Vec<Verdict> {
    files(dir, |path| fits(path, "prometheus/*/prometheus.yaml"))
        .iter()
        .map(|file| {
            let subject = below(dir, file);
            let (version, outcome) = match tool("promtool", generation) {
                None => (String::new(), Outcome::Skipped),
                Some(tool) => {
                    let answer = run(tool.command().args(["check", "config", "--syntax-only"]).arg(file));
                    (tool.version, outcome(answer))
                }
            };
            Verdict { judge: "promtool check config", version, subject, outcome }
        })
        .collect()
}
